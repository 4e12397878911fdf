"""Base64 and JSON without any leniency, as the documented reading wants them.

Sources: RFC 4648 section 4 (canonical: padded, zero spare bits, standard alphabet, no line breaks) and
RFC 8259 with unique names, UTF-8 without byte order mark, no NaN, a bound on depth.
"""

from __future__ import annotations

import base64
import json
import re

from trustconsole import limits
from trustconsole.errors import LimitExceeded, Location, MalformedInput

_FOREIGN = re.compile(rb"[^A-Za-z0-9+/=]")
_STRING_OR_BRACKET = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[\[\]{}]', re.DOTALL)


def strict_base64(text: bytes, where: str) -> bytes:
    """The bytes of canonical Base64; raises `MalformedInput` with the offset of the first bad byte.

    `where` is the path or field that a message names. Empty text is refused: nothing here may be empty.
    """
    foreign = _FOREIGN.search(text)
    if foreign is not None:
        byte = text[foreign.start()]
        names = {0x0A: "a line feed", 0x0D: "a carriage return", 0x20: "a space", 0x09: "a tab"}
        name = names.get(byte, f"byte 0x{byte:02x}")
        raise MalformedInput(
            f"{name} is not part of standard Base64", location=Location(where, offset=foreign.start())
        )
    if not text:
        raise MalformedInput("is empty where Base64 is expected", location=Location(where, offset=0))
    try:
        decoded = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise MalformedInput(
            "is not complete Base64 (length or padding)", location=Location(where, offset=len(text))
        ) from error
    if base64.b64encode(decoded) != text:
        raise MalformedInput(
            "is not canonical Base64 (spare bits or padding)", location=Location(where, offset=len(text) - 1)
        )
    return decoded


def _depth(text: str) -> int:
    """The deepest nesting of objects and arrays; strings are skipped, syntax is not judged."""
    depth = deepest = 0
    for found in _STRING_OR_BRACKET.finditer(text):
        mark = text[found.start()]
        if mark in "{[":
            depth += 1
            deepest = max(deepest, depth)
        elif mark in "}]":
            depth -= 1
    return deepest


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    result: dict[str, object] = {}
    for name, value in pairs:
        if name in result:
            raise _Refused(f"the name {json.dumps(name[:80])} stands twice in one object")
        result[name] = value
    return result


class _Refused(ValueError):
    """A document that is JSON for others, but not here."""


def _no_constant(name: str) -> object:
    raise _Refused(f"{name} is not JSON")


def strict_json(data: bytes, where: str) -> object:
    """The one JSON value in `data`; raises `MalformedInput` with an offset, `LimitExceeded` over depth."""
    if data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        raise MalformedInput("begins with a byte order mark", location=Location(where, offset=0))
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedInput("is not UTF-8", location=Location(where, offset=error.start)) from error
    if _depth(text) > limits.JSON_DEPTH:
        raise LimitExceeded(
            f"is nested deeper than the limit of {limits.JSON_DEPTH}",
            hint="no signing tool writes such a bundle",
            location=Location(where),
        )
    try:
        return json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        offset = len(text[: error.pos].encode())
        if error.msg == "Extra data":
            message = "has further bytes after the JSON value"
        else:
            message = f"is not JSON: {error.msg[:1].lower()}{error.msg[1:]}"
        raise MalformedInput(message, location=Location(where, offset=offset)) from error
    except _Refused as error:
        raise MalformedInput(str(error), location=Location(where)) from error
    except ValueError as error:  # a number of more digits than Python converts
        raise MalformedInput("holds a number beyond any use", location=Location(where)) from error
