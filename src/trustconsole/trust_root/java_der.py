"""DER as the controller's runtime reads it: lenient about lengths, exact about its own complaints.

`cryptography` is stricter than Java in places (long-form lengths, RSA keys without NULL) and laxer in others,
so the controller reading needs this bounded reader of its own. It never trusts a length and never recurses
deeper than the runtime would. What belongs elsewhere: what keys and certificates are made of
(`java_keys`, `java_certificates`). Observed on Java 25; sources: X.690, and the runtime's answers.
"""

from __future__ import annotations

_INDEFINITE = 0x80
_EOC = b"\x00\x00"
_MAX_DEPTH = 64
_OID_BYTES = 4096

BOOLEAN, INTEGER, BIT_STRING, OCTET_STRING, NULL, OID = 0x01, 0x02, 0x03, 0x04, 0x05, 0x06
UTC_TIME, GENERALIZED_TIME, BMP_STRING, SEQUENCE, SET = 0x17, 0x18, 0x1E, 0x30, 0x31


class CannotPredict(Exception):
    """Saying what the runtime does here would mean rebuilding one of its parsers; `str()` says which."""


class ForeignParameters(CannotPredict):
    """Parameters of an algorithm that only the runtime parses."""


class JavaIOError(Exception):
    """An IOException of the runtime; `message` is its text, `java` what its `toString()` gives."""

    def __init__(self, message: str, class_name: str = "java.io.IOException") -> None:
        super().__init__(message)
        self.message = message
        self.class_name = class_name

    @property
    def java(self) -> str:
        """Class and message, as the runtime prints them inside an outer message."""
        return f"{self.class_name}: {self.message}"


def signed(tag: int) -> int:
    """A byte as Java prints it."""
    return tag - 256 if tag > 127 else tag


def encode_length(length: int) -> bytes:
    """The shortest definite form."""
    if length < 0x80:
        return bytes([length])
    digits = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([0x80 | len(digits)]) + digits


def encode(tag: int, content: bytes) -> bytes:
    """One value with its header in the shortest form."""
    return bytes([tag]) + encode_length(len(content)) + content


class DerValue:
    """One value inside a buffer; `stream` reads its content and keeps its place, as the runtime's does."""

    __slots__ = ("buffer", "end", "start", "stream", "tag")

    def __init__(self, tag: int, buffer: bytes, start: int, end: int) -> None:
        self.tag = tag
        self.buffer = buffer
        self.start = start
        self.end = end
        self.stream = DerStream(buffer, start, end)

    @property
    def content(self) -> bytes:
        """The bytes after the header."""
        return self.buffer[self.start : self.end]

    @property
    def constructed(self) -> bool:
        """Whether the CONSTRUCTED bit is set."""
        return bool(self.tag & 0x20)

    def context(self, number: int) -> bool:
        """Whether this is context-specific `[number]`, constructed or not."""
        return self.tag & 0xC0 == 0x80 and self.tag & 0x1F == number

    def reencoded(self) -> bytes:
        """Header in shortest form and the content; the stream is back at its start, as in the runtime."""
        self.stream.position = self.start
        return encode(self.tag, self.content)

    def retagged(self, tag: int) -> DerValue:
        """The same content under another tag, for implicit tagging."""
        return DerValue(tag, self.buffer, self.start, self.end)

    def children(self, tag: int) -> list[DerValue]:
        """All values inside a value that must have `tag`."""
        if self.tag != tag:
            raise JavaIOError("Not the correct tag")
        inner = DerStream(self.buffer, self.start, self.end)
        found = []
        while inner.available:
            found.append(inner.read())
        return found

    def oid(self) -> bytes:
        """The content of an OBJECT IDENTIFIER, checked as the runtime checks it."""
        if self.tag != OID:
            raise JavaIOError(f"DerValue.getOID, not an OID {signed(self.tag)}")
        self.stream.position = self.end
        raw = self.content
        if len(raw) > _OID_BYTES:
            raise JavaIOError(
                "ObjectIdentifier encoded length exceeds the restriction in JDK "
                f"(OId length(>=): {len(raw)}, Restriction: {_OID_BYTES})"
            )
        if not raw or raw[-1] & 0x80:
            raise JavaIOError("ObjectIdentifier() -- Invalid DER encoding, not ended")
        if any(byte == 0x80 and (i == 0 or not raw[i - 1] & 0x80) for i, byte in enumerate(raw)):
            raise JavaIOError("ObjectIdentifier() -- Invalid DER encoding, useless extra octet detected")
        return raw

    def integer(self, *, positive: bool = False) -> int:
        """An INTEGER; `positive` reads the bytes as unsigned."""
        if self.tag != INTEGER:
            raise JavaIOError(f"DerValue.getBigIntegerInternal, not expected {signed(self.tag)}")
        if self.end == self.start:
            raise JavaIOError("Invalid encoding: zero length Int value")
        self.stream.position = self.end
        return int.from_bytes(self.content, "big", signed=not positive)

    def int32(self) -> int:
        """An INTEGER that fits Java's int."""
        number = self.integer()
        if number < -(1 << 31):
            raise JavaIOError("Integer below minimum valid value")
        if number >= 1 << 31:
            raise JavaIOError("Integer exceeds maximum valid value")
        return number

    def boolean(self) -> bool:
        """A BOOLEAN of one byte, any non-zero value true."""
        if self.tag != BOOLEAN:
            raise JavaIOError(f"DerValue.getBoolean, not a BOOLEAN {signed(self.tag)}")
        if self.end - self.start != 1:
            raise JavaIOError(f"DerValue.getBoolean, invalid length {self.end - self.start}")
        self.stream.position = self.end
        return self.content != b"\x00"

    def bit_string(self, *, implicit: bool = False) -> tuple[bytes, int]:
        """The bits with unused ones cleared, and how many of the last byte are unused."""
        if not implicit and self.tag != BIT_STRING:
            raise JavaIOError(f"DerValue.getBitString, not a bit string {signed(self.tag)}")
        if self.end == self.start:
            raise JavaIOError("Invalid encoding: zero length bit string")
        raw = self.content
        unused = raw[0]
        if unused > 7:
            raise JavaIOError("Invalid number of padding bits")
        self.stream.position = self.end
        body = raw[1:]
        if not body:
            if unused:
                raise JavaIOError("Not enough bytes in BitString")
            return b"", 0
        return body[:-1] + bytes([body[-1] & (0xFF << unused) & 0xFF]), unused

    def octet_string(self, depth: int = 0) -> bytes:
        """An OCTET STRING, primitive or built from parts."""
        if self.tag != OCTET_STRING and not (self.constructed and self.tag & 0x1F == OCTET_STRING):
            raise JavaIOError(f"DerValue.getOctetString, not an Octet String: {signed(self.tag)}")
        self.stream.position = self.end if not self.constructed else self.start
        if not self.constructed:
            return self.content
        if depth > _MAX_DEPTH:
            raise CannotPredict("an octet string nested too deep")
        parts = []
        while self.stream.available:
            parts.append(self.stream.read().octet_string(depth + 1))
        return b"".join(parts)


class DerStream:
    """Values one after the other in `buffer[start:end]`."""

    __slots__ = ("buffer", "end", "position")

    def __init__(self, buffer: bytes, start: int, end: int) -> None:
        self.buffer = buffer
        self.position = start
        self.end = end

    @property
    def available(self) -> int:
        """Bytes not read yet."""
        return self.end - self.position

    def read(self) -> DerValue:
        """The next value; more may follow it."""
        value, self.position = _parse(self.buffer, self.position, self.end)
        return value


def read_all(data: bytes) -> DerValue:
    """The one value that `data` consists of."""
    value, end = _parse(data, 0, len(data))
    if end < len(data):
        raise JavaIOError("extra data at the end")
    return value


def _parse(buffer: bytes, offset: int, end: int) -> tuple[DerValue, int]:
    if end - offset < 2:
        raise JavaIOError("Too short")
    tag = buffer[offset]
    if tag & 0x1F == 0x1F:
        raise JavaIOError(f"Tag number over 30 at {offset} is not supported")
    if buffer[offset + 1] == _INDEFINITE:
        if not tag & 0x20:
            raise JavaIOError("Indefinite length encoding not supported with non-constructed data")
        content, after = _definite(buffer, offset + 2, end, 0)
        return DerValue(tag, content, 0, len(content)), after
    start, length = _length(buffer, offset, end)
    if length > end - start:
        raise JavaIOError("not enough content", "java.io.EOFException")
    return DerValue(tag, buffer, start, start + length), start + length


def _length(buffer: bytes, offset: int, end: int) -> tuple[int, int]:
    """Where the content of the value at `offset` starts, and its length; any form up to four bytes."""
    first = buffer[offset + 1]
    if first < 0x80:
        return offset + 2, first
    count = first & 0x7F
    if count > 4:
        raise JavaIOError("Invalid lenByte")
    if end - offset < 2 + count:
        raise JavaIOError("Not enough length bytes")
    if count == 0:
        raise CannotPredict("a length without bytes")
    length = int.from_bytes(buffer[offset + 2 : offset + 2 + count], "big")
    if length >= 1 << 31:
        raise JavaIOError("Invalid length bytes")
    return offset + 2 + count, length


def _definite(buffer: bytes, position: int, end: int, depth: int) -> tuple[bytes, int]:
    """The content up to the end-of-contents mark, headers in definite form, and where reading stopped."""
    if depth > _MAX_DEPTH:
        raise CannotPredict("indefinite lengths nested too deep")
    parts = []
    while buffer[position : position + 2] != _EOC:
        if end - position < 2 or buffer[position] & 0x1F == 0x1F:
            raise CannotPredict("an indefinite length without its end")
        tag = buffer[position]
        if buffer[position + 1] == _INDEFINITE:
            content, position = _definite(buffer, position + 2, end, depth + 1)
        else:
            if buffer[position + 1] & 0x7F > 4 and buffer[position + 1] > _INDEFINITE:
                raise JavaIOError("Too much data")
            start, length = _length(buffer, position, end)
            if length > end - start:
                raise CannotPredict("an indefinite length without its end")
            content, position = buffer[start : start + length], start + length
        parts.append(encode(tag, content))
    if position + 2 > end:
        raise CannotPredict("an indefinite length without its end")
    return b"".join(parts), position + 2


def dotted(raw: bytes) -> str:
    """OID content as dotted numbers."""
    numbers: list[int] = []
    value = 0
    for byte in raw:
        value = value << 7 | byte & 0x7F
        if not byte & 0x80:
            numbers.append(value)
            value = 0
    if not numbers:
        return ""
    first = min(numbers[0] // 40, 2)
    return ".".join(str(number) for number in (first, numbers[0] - 40 * first, *numbers[1:]))
