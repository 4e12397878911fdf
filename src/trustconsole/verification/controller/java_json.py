"""JSON exactly as the controller's parser reads it (Jackson 2.21, `readTree` over the file's bytes).

It stops at the end of the first value and never looks further, takes the last of equal names, and accepts
overlong UTF-8, UTF-16 and UTF-32; so a bundle that strict parsers refuse may well be read. The parser works
on bytes with a stack of its own: depth costs memory, never the interpreter's recursion.
What the nodes mean to the build (`asText`, `asLong`) is in `json_nodes`. Sources: RFC 8259, observed answers.
"""

from __future__ import annotations

import codecs
import re
from typing import Final, TypeAlias

from trustconsole.trust_root import CannotPredict

Node: TypeAlias = "dict[str, Node] | list[Node] | str | int | float | bool | Missing | None"

_MAX_DEPTH: Final = 1000
_MAX_DIGITS: Final = 1000
_MAX_NAME: Final = 50_000
_MAX_STRING: Final = 20_000_000
_SPACE = re.compile(rb"[ \t\r\n]*")
_PLAIN = re.compile(rb'[^"\\\x00-\x1f]*')
_NUMBER = re.compile(rb"-?(?:0|[1-9][0-9]*)(?P<fraction>\.[0-9]+)?(?P<exponent>[eE][+-]?[0-9]+)?")
_DIGIT = re.compile(rb"[0-9]")
_HEX = re.compile(rb"[0-9A-Fa-f]{4}")
_IDENTIFIER_PART = re.compile(rb"[A-Za-z0-9_\x7f]")
_ESCAPES: Final = {
    ord('"'): '"',
    ord("\\"): "\\",
    ord("/"): "/",
    ord("b"): "\b",
    ord("f"): "\f",
    ord("n"): "\n",
    ord("r"): "\r",
    ord("t"): "\t",
}
_LITERALS: Final[tuple[tuple[bytes, bool | None], ...]] = (
    (b"true", True),
    (b"false", False),
    (b"null", None),
)


class Missing:
    """The node of an empty document."""


MISSING: Final = Missing()


class JavaJsonError(ValueError):
    """The parser refuses the document; `offset` is the byte (after a byte order mark) at fault."""

    def __init__(self, why: str, offset: int) -> None:
        super().__init__(why)
        self.offset = offset


def read_tree(data: bytes) -> Node:
    """The first value of `data`; raises `JavaJsonError`, or `CannotPredict`."""
    if not data:
        return MISSING
    encoding, skip = _encoding(data)
    body = data[skip:]
    return _Reader(body).document() if encoding is None else _read_wide(body, encoding)


def _read_wide(body: bytes, encoding: str) -> Node:
    """A document in UTF-16 or UTF-32; one with malformed characters only where it is refused before them."""
    try:
        return _Reader(body.decode(encoding).encode("utf-8")).document()
    except UnicodeDecodeError as error:
        sound = body[: error.start].decode(encoding).encode("utf-8")
        try:
            _Reader(sound).document()
        except JavaJsonError as refused:
            if refused.offset < len(sound):
                raise
        raise CannotPredict(f"malformed {encoding}") from error


def _encoding(data: bytes) -> tuple[str | None, int]:
    """UTF-16 and UTF-32 by mark or by zero bytes, as the parser guesses; None means UTF-8."""
    if len(data) >= 4:
        first = data[:4]
        if first in (b"\x00\x00\xff\xfe", b"\xfe\xff\x00\x00"):
            raise JavaJsonError("an unsupported byte order", 0)
        for mark, encoding in (
            (codecs.BOM_UTF32_BE, "utf-32-be"),
            (codecs.BOM_UTF32_LE, "utf-32-le"),
            (codecs.BOM_UTF16_BE, "utf-16-be"),
            (codecs.BOM_UTF16_LE, "utf-16-le"),
        ):
            if first.startswith(mark):
                return encoding, len(mark)
        if first.startswith(codecs.BOM_UTF8):
            return None, len(codecs.BOM_UTF8)
        zeros = tuple(byte == 0 for byte in first)
        if zeros[:3] == (True, True, True):
            return "utf-32-be", 0
        if zeros[1:] == (True, True, True):
            return "utf-32-le", 0
        if zeros.count(True) == 3:
            raise JavaJsonError("an unsupported byte order", 0)
    if len(data) >= 2:
        if data[0] == 0:
            return "utf-16-be", 0
        if data[1] == 0:
            return "utf-16-le", 0
    return None, 0


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def document(self) -> Node:
        self._skip_space()
        if self._at >= len(self._data):
            return MISSING
        stack: list[tuple[dict[str, Node] | list[Node], str | None]] = []
        value = self._open(stack)
        while True:
            while isinstance(value, _Opened):
                value = self._first_member(value.container, stack)
            if not stack:
                return value
            container, name = stack.pop()
            if isinstance(container, dict):
                container[name or ""] = value
            else:
                container.append(value)
            value = self._next_member(container, stack)

    def _open(self, stack: list[tuple[dict[str, Node] | list[Node], str | None]]) -> Node | _Opened:
        """A scalar, or a container whose bracket was just read."""
        byte = self._byte()
        if byte in b"{[":
            if len(stack) >= _MAX_DEPTH:
                raise JavaJsonError(f"nested deeper than {_MAX_DEPTH}", self._at)
            self._at += 1
            return _Opened({} if byte == ord("{") else [])
        if byte == ord('"'):
            return self._string(_MAX_STRING)
        if byte == ord("-") or _DIGIT.match(self._data, self._at):
            return self._number(root=not stack)
        return self._literal()

    def _first_member(
        self,
        container: dict[str, Node] | list[Node],
        stack: list[tuple[dict[str, Node] | list[Node], str | None]],
    ) -> Node | _Opened:
        self._skip_space()
        if self._byte() == self._closing(container):
            self._at += 1
            return container
        return self._member(container, stack)

    def _next_member(
        self,
        container: dict[str, Node] | list[Node],
        stack: list[tuple[dict[str, Node] | list[Node], str | None]],
    ) -> Node | _Opened:
        self._skip_space()
        byte = self._byte()
        if byte == self._closing(container):
            self._at += 1
            return container
        if byte != ord(","):
            raise JavaJsonError("expected a comma or the end", self._at)
        self._at += 1
        self._skip_space()
        return self._member(container, stack)

    def _member(
        self,
        container: dict[str, Node] | list[Node],
        stack: list[tuple[dict[str, Node] | list[Node], str | None]],
    ) -> Node | _Opened:
        name = None
        if isinstance(container, dict):
            if self._byte() != ord('"'):
                raise JavaJsonError("expected a name in quotes", self._at)
            name = self._string(_MAX_NAME)
            self._skip_space()
            if self._byte() != ord(":"):
                raise JavaJsonError("expected a colon", self._at)
            self._at += 1
            self._skip_space()
        stack.append((container, name))
        return self._open(stack)

    @staticmethod
    def _closing(container: dict[str, Node] | list[Node]) -> int:
        return ord("}") if isinstance(container, dict) else ord("]")

    def _skip_space(self) -> None:
        match = _SPACE.match(self._data, self._at)
        self._at = match.end() if match else self._at

    def _byte(self) -> int:
        if self._at >= len(self._data):
            raise JavaJsonError("the document ends too early", self._at)
        return self._data[self._at]

    def _number(self, *, root: bool) -> int | float:
        start = self._at
        match = _NUMBER.match(self._data, start)
        if match is None:
            raise JavaJsonError("not a number", start)
        self._at = match.end()
        text = match[0]
        if root and self._at < len(self._data) and self._data[self._at] not in b" \t\r\n":
            raise JavaJsonError("expected a space after the number", self._at)
        if len(text.translate(None, b"+-.eE")) > _MAX_DIGITS:
            raise JavaJsonError(f"a number of more than {_MAX_DIGITS} digits", start)
        if match["fraction"] or match["exponent"]:
            return float(text)
        return int(text)

    def _literal(self) -> bool | None:
        for text, value in _LITERALS:
            if self._data.startswith(text, self._at):
                after = self._at + len(text)
                follower = self._data[after : after + 1]
                if follower >= b"\x80":
                    raise CannotPredict("a letter right after a literal")
                if _IDENTIFIER_PART.match(follower):
                    break
                self._at = after
                return value
        raise JavaJsonError("not a JSON value", self._at)

    def _string(self, limit: int) -> str:
        start = self._at
        self._at += 1
        parts: list[str] = []
        escaped = False
        while True:
            match = _PLAIN.match(self._data, self._at)
            end = match.end() if match else self._at
            parts.append(self._text(self._at, end, name=limit == _MAX_NAME))
            self._at = end
            byte = self._byte()
            if byte == ord('"'):
                break
            if byte != ord("\\"):
                raise JavaJsonError("a control character in a string", self._at)
            parts.append(self._escape())
            escaped = True
        self._at += 1
        text = "".join(parts)
        if limit == _MAX_NAME and self._at - start - 2 > limit:
            raise CannotPredict(f"a name longer than {limit} characters")
        return (
            text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
            if escaped
            else text
        )

    def _escape(self) -> str:
        self._at += 1
        byte = self._byte()
        if byte == ord("u"):
            match = _HEX.match(self._data, self._at + 1)
            if match is None:
                raise JavaJsonError("a broken escape", self._at)
            self._at = match.end()
            return chr(int(match[0], 16))
        self._at += 1
        char = _ESCAPES.get(byte)
        if char is None:
            raise JavaJsonError("an unknown escape", self._at - 1)
        return char

    def _text(self, start: int, end: int, *, name: bool) -> str:
        raw = self._data[start:end]
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError as error:
            if name:
                lenient_utf8(raw, start)
                raise CannotPredict("irregular UTF-8 in a name") from error
            return lenient_utf8(raw, start)


class _Opened:
    """A container that was opened and not read yet."""

    __slots__ = ("container",)

    def __init__(self, container: dict[str, Node] | list[Node]) -> None:
        self.container = container


_FORMS: Final = ((0xE0, 0xC0, 1, 0x1F), (0xF0, 0xE0, 2, 0x0F), (0xF8, 0xF0, 3, 0x07))


def lenient_utf8(raw: bytes, offset: int) -> str:
    """UTF-8 with overlong forms allowed; raises `JavaJsonError`, or `CannotPredict` beyond Unicode."""
    chars: list[str] = []
    at = 0
    while at < len(raw):
        byte = raw[at]
        if byte < 0x80:
            chars.append(chr(byte))
            at += 1
            continue
        form = next((form for form in _FORMS if byte & form[0] == form[1]), None)
        if form is None:
            raise JavaJsonError("an invalid UTF-8 start byte", offset + at)
        _mask, _lead, more, bits = form
        tail = raw[at + 1 : at + 1 + more]
        if len(tail) < more or any(part & 0xC0 != 0x80 for part in tail):
            raise JavaJsonError("an invalid UTF-8 byte", offset + at)
        code = byte & bits
        for part in tail:
            code = code << 6 | part & 0x3F
        if 0xD800 <= code <= 0xDFFF:
            raise JavaJsonError("a surrogate in UTF-8", offset + at)
        if more == 3 and not 0x10000 <= code <= 0x10FFFF:
            raise CannotPredict("a character beyond Unicode")
        chars.append(chr(code))
        at += 1 + more
    return "".join(chars)
