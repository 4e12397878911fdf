"""Base64 exactly as the controller's runtime decodes it (`java.util.Base64.getDecoder()`).

Differs from RFC 4648 strictness: missing padding and non-zero spare bits are accepted; from leniency: no
line breaks, no URL-safe alphabet, nothing after padding. Messages are the runtime's own.
"""

from __future__ import annotations

import base64
import string

_ALPHABET = string.ascii_uppercase + string.ascii_lowercase + string.digits + "+/"
_VALUE = {ord(char): value for value, char in enumerate(_ALPHABET)}
_PAD = ord("=")


class JavaBase64Error(ValueError):
    """What the runtime throws as IllegalArgumentException; `str()` is its message."""


def java_base64_decode(text: str) -> bytes:
    """The bytes of `text`; raises `JavaBase64Error` with the runtime's message."""
    source = text.encode("latin-1", "replace")
    if not source:
        return b""
    if len(source) < 2:
        raise JavaBase64Error("Input byte[] should at least have 2 bytes for base64 bytes")
    body_end = len(source)
    for position, byte in enumerate(source):
        if byte == _PAD:
            body_end = position
            break
        if byte not in _VALUE:
            signed = byte - 256 if byte > 127 else byte
            sign, magnitude = ("-", -signed) if signed < 0 else ("", signed)
            raise JavaBase64Error(f"Illegal base64 character {sign}{magnitude:x}")
    remainder = body_end % 4
    position = body_end
    if body_end < len(source):
        position += 1
        if remainder == 0:
            raise JavaBase64Error("Input byte array has wrong 4-byte ending unit")
        if remainder == 2:
            if position == len(source) or source[position] != _PAD:
                raise JavaBase64Error("Input byte array has wrong 4-byte ending unit")
            position += 1
    if remainder == 1:
        raise JavaBase64Error("Last unit does not have enough valid bits")
    if position < len(source):
        raise JavaBase64Error(f"Input byte array has incorrect ending byte at {position}")
    body = source[:body_end]
    return base64.b64decode(body + b"=" * (-body_end % 4))
