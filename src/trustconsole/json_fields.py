"""Members of a JSON object, each of exactly the type that its format demands.

What `strict_text.strict_json` read is still untyped; these turn it into typed values or a `MalformedInput`
that names the member and the place. Which members a format has is the business of the format's module.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from trustconsole.errors import LimitExceeded, Location, MalformedInput
from trustconsole.strict_text import strict_base64

_NAMES = {
    dict: "an object",
    list: "an array",
    str: "a string",
    bool: "a boolean",
    int: "a number",
    float: "a number",
    type(None): "null",
}


def _member(value: object, name: str, kind: type, where: str) -> object:
    if not isinstance(value, dict) or name not in value:
        raise MalformedInput(f"has no {name}", location=Location(where))
    member = cast("Mapping[str, object]", value)[name]
    if not isinstance(member, kind) or (kind is int and isinstance(member, bool)):
        found = _NAMES.get(type(member), type(member).__name__)
        raise MalformedInput(
            f"has {name} of a wrong type ({found} where {_NAMES[kind]} belongs)", location=Location(where)
        )
    return member


def text_member(value: object, name: str, where: str) -> str:
    """`value[name]`, a string; `where` names the object in messages. All here raise `MalformedInput`."""
    return cast("str", _member(value, name, str, where))


def object_member(value: object, name: str, where: str) -> Mapping[str, object]:
    """`value[name]`, an object."""
    return cast("Mapping[str, object]", _member(value, name, dict, where))


def list_member(value: object, name: str, where: str, limit: int) -> list[object]:
    """`value[name]`, an array of at most `limit` entries; raises `LimitExceeded` beyond."""
    entries = cast("list[object]", _member(value, name, list, where))
    if len(entries) > limit:
        raise LimitExceeded(f"has more than the limit of {limit} {name}", location=Location(where))
    return entries


def base64_member(value: object, name: str, where: str) -> bytes:
    """`value[name]`, a string of canonical Base64 that is not empty, decoded."""
    text = text_member(value, name, where)
    return strict_base64(text.encode("utf-8", "surrogatepass"), f"{where}.{name}")


def whole_member(value: object, name: str, where: str) -> int:
    """`value[name]`, a whole number from 0 to 2⁶³ - 1."""
    number = cast("int", _member(value, name, int, where))
    if not 0 <= number < 2**63:
        raise MalformedInput(f"has {name} out of range", location=Location(where))
    return number


def is_given(value: Mapping[str, object], name: str) -> bool:
    """Whether an optional member is there; in Protobuf's JSON a null says that it is not."""
    return value.get(name) is not None
