"""Protobuf messages in JSON, read strictly: known names only, exact types, canonical Base64.

Source: the ProtoJSON mapping. Its default rule holds (a field that is absent or null has its default value,
a 64-bit number is a string of digits); its leniencies (names in snake case, enumerations as numbers,
URL-safe Base64) do not, because no signing tool uses them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import cast

from trustconsole.errors import LimitExceeded, Location, MalformedInput
from trustconsole.strict_text import strict_base64

_DIGITS = re.compile(r"0|[1-9][0-9]{0,18}")


class Message:
    """One JSON object. `where` is the path of its field, for messages; an unknown name is refused.

    A whole document has no field: its `where` is empty, and `document` names it instead.
    """

    def __init__(self, value: object, where: str, known: frozenset[str], *, document: str = "") -> None:
        self.place = where or document
        if not isinstance(value, dict):
            raise MalformedInput("is not a JSON object", location=Location(self.place))
        fields = cast("Mapping[str, object]", value)
        unknown = sorted(set(fields) - known)
        if unknown:
            raise MalformedInput(
                f"has a field {unknown[0]!r}, which is not known", location=Location(self.place)
            )
        self.where = where
        self._fields = {name: member for name, member in fields.items() if member is not None}

    def has(self, name: str) -> bool:
        """Whether the field is there and not null."""
        return name in self._fields

    def path(self, name: str) -> str:
        """The field's own path, for messages."""
        return f"{self.where}.{name}" if self.where else name

    def text(self, name: str) -> str:
        """A string; empty where absent."""
        value = self._fields.get(name, "")
        if not isinstance(value, str):
            raise self._wrong_type(name, value)
        return value

    def data(self, name: str) -> bytes:
        """The bytes of Base64 text; empty where absent or empty."""
        text = self.text(name)
        return strict_base64(text.encode("utf-8", "surrogatepass"), self.path(name)) if text else b""

    def number(self, name: str) -> int:
        """A whole number from 0 to 2^63 - 1, as digits in a string or as a JSON number; 0 where absent."""
        value = self._fields.get(name, 0)
        if isinstance(value, bool) or not isinstance(value, int | str):
            raise self._wrong_type(name, value)
        if isinstance(value, str):
            if value.startswith("-"):
                raise MalformedInput("is negative", location=Location(self.path(name)))
            if not _DIGITS.fullmatch(value):
                raise MalformedInput("is not a whole number", location=Location(self.path(name)))
            value = int(value)
        if not 0 <= value < 2**63:
            raise MalformedInput(
                "is negative" if value < 0 else "is out of range", location=Location(self.path(name))
            )
        return value

    def message(self, name: str, known: frozenset[str]) -> Message | None:
        """The message in that field, None where absent."""
        if not self.has(name):
            return None
        return Message(self._fields[name], self.path(name), known)

    def messages(self, name: str, known: frozenset[str], limit: int) -> list[Message]:
        """A list of at most `limit` messages; empty where absent."""
        return [
            Message(value, f"{self.path(name)}[{index}]", known)
            for index, value in enumerate(self._list(name, limit))
        ]

    def blobs(self, name: str, limit: int) -> list[bytes]:
        """A list of at most `limit` byte strings in Base64; empty where absent."""
        blobs = []
        for index, value in enumerate(self._list(name, limit)):
            where = f"{self.path(name)}[{index}]"
            if not isinstance(value, str):
                raise MalformedInput("is not a string", location=Location(where))
            blobs.append(strict_base64(value.encode("utf-8", "surrogatepass"), where))
        return blobs

    def one_of(self, *names: str) -> str:
        """The one of `names` that is there; raises `MalformedInput` where it is none or several."""
        given = [name for name in names if self.has(name)]
        if len(given) != 1:
            count = "none" if not given else " and ".join(given)
            raise MalformedInput(
                f"has {count} where exactly one of {', '.join(names)} belongs", location=Location(self.place)
            )
        return given[0]

    def _list(self, name: str, limit: int) -> list[object]:
        value = self._fields.get(name, [])
        if not isinstance(value, list):
            raise self._wrong_type(name, value)
        if len(value) > limit:
            raise LimitExceeded(
                f"has {len(value)} entries, more than the limit of {limit}",
                location=Location(self.path(name)),
            )
        return cast("list[object]", value)

    def _wrong_type(self, name: str, value: object) -> MalformedInput:
        return MalformedInput(
            f"is of a wrong type ({type(value).__name__})", location=Location(self.path(name))
        )
