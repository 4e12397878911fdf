"""What kind of token the build's YAML parser makes of a scalar, and which number stands in it.

Source: jackson-dataformat-yaml 2.21 (`YAMLParser`) over SnakeYAML 2's resolver. Only unquoted, untagged text
is guessed at; a tag of YAML's own set decides where it is given; everything else is a string.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final

from trustconsole.controller_config.yaml_events import ParseError, ParseFailure, unpredictable
from trustconsole.controller_config.yaml_tree import Scalar


class Kind(Enum):
    """Jackson's scalar tokens; the value is how its messages name the token."""

    STRING = "VALUE_STRING"
    INT = "VALUE_NUMBER_INT"
    FLOAT = "VALUE_NUMBER_FLOAT"
    TRUE = "VALUE_TRUE"
    FALSE = "VALUE_FALSE"
    NULL = "VALUE_NULL"
    BINARY = "VALUE_EMBEDDED_OBJECT"


@dataclass(frozen=True, slots=True)
class JavaScalar:
    """A token: `text` as written; `number` for INT; `cleaned` (underscores removed) for FLOAT."""

    kind: Kind
    text: str
    number: int | None = None
    cleaned: str = ""


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A row of SnakeYAML's resolver: tried where the text begins so and is not longer than `limit`."""

    kind: Kind
    first: str
    expression: re.Pattern[str]
    limit: int = 1024


_BOOL = re.compile(r"yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF")
_INT = re.compile(
    r"[-+]?0b_*[01][01_]*|[-+]?0_*[0-7][0-7_]*|[-+]?(?:0|[1-9][0-9_]*)"
    r"|[-+]?0x_*[0-9a-fA-F][0-9a-fA-F_]*|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+"
)
_FLOAT = re.compile(
    r"[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+]?[0-9]+)?|[-+]?[0-9][0-9_]*[eE][-+]?[0-9]+"
    r"|[-+]?\.[0-9_]+(?:[eE][-+]?[0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*"
    r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
)
_NULL = re.compile(r"~|null|Null|NULL| ")

RESOLVER: Final = (
    _Pattern(Kind.TRUE, "yYnNtTfFoO", _BOOL, 10),
    _Pattern(Kind.INT, "-+0123456789", _INT),
    _Pattern(Kind.FLOAT, "-+0123456789.", _FLOAT),
    _Pattern(Kind.NULL, "~nN", _NULL, 10),
)
"""In the order in which they are tried; YAML 1.1 timestamps and merge keys stay strings either way."""

_BOOLEAN_WORDS: Final = {
    "y": True, "yes": True, "on": True, "true": True,
    "n": False, "no": False, "off": False, "false": False,
}  # fmt: skip
_YAML_TAG: Final = "tag:yaml.org,2002:"
_BASES: Final = {"b": 2, "B": 2, "x": 16, "X": 16}


def token_of(scalar: Scalar) -> JavaScalar:
    """The token for `scalar`; raises `ParseError` where the parser itself refuses the text."""
    if scalar.alias:
        return JavaScalar(Kind.STRING, scalar.text)
    kind = _tagged(scalar) if scalar.tag is not None else _guessed(scalar)
    if kind in (Kind.TRUE, Kind.FALSE):
        truth = _BOOLEAN_WORDS.get(scalar.text.lower())
        if truth is None:
            return JavaScalar(Kind.STRING, scalar.text)
        return JavaScalar(Kind.TRUE if truth else Kind.FALSE, scalar.text)
    if kind is Kind.INT:
        return _integer(scalar)
    if kind is Kind.FLOAT:
        return JavaScalar(Kind.FLOAT, scalar.text, cleaned=scalar.text.replace("_", ""))
    return JavaScalar(kind, scalar.text)


def _guessed(scalar: Scalar) -> Kind:
    if not scalar.plain:
        return Kind.STRING
    text = scalar.text
    if not text:
        return Kind.NULL
    for row in RESOLVER:
        if text[0] in row.first and len(text) <= row.limit and row.expression.fullmatch(text):
            return row.kind
    return Kind.STRING


def _tagged(scalar: Scalar) -> Kind:
    tag = (scalar.tag or "").removeprefix(_YAML_TAG)
    if tag != scalar.tag:
        tag = tag.split(",", 1)[0]
    if tag == "binary":
        return Kind.BINARY
    if tag == "bool":
        return Kind.TRUE
    if not scalar.text:
        return Kind.STRING
    return {"int": Kind.INT, "float": Kind.FLOAT, "null": Kind.NULL}.get(tag, Kind.STRING)


def _integer(scalar: Scalar) -> JavaScalar:
    """Binary, octal, hexadecimal and decimal; what is none of them (base 60) stays a string."""
    text = scalar.text
    negative = text[0] == "-"
    digits = text[1:] if text[0] in "+-" else text
    if not digits:
        raise unpredictable(f"the number {text!r}", scalar.line, scalar.column)
    if digits == "0":
        return JavaScalar(Kind.INT, text, 0)
    if digits[0] == "0":
        base = _BASES.get(digits[1], 8)
        if base == 8 and digits[1] not in "0123456789_":
            return JavaScalar(Kind.STRING, text)
        cleaned = digits[1 if base == 8 else 2 :].replace("_", "")
        return JavaScalar(Kind.INT, text, _signed(cleaned, base, negative, scalar))
    if any(char not in "0123456789_" for char in digits):
        return JavaScalar(Kind.STRING, text)
    cleaned = digits.replace("_", "")
    if not cleaned or len(cleaned) > 1000:
        raise unpredictable("a number of more than 1,000 digits, or of none", scalar.line, scalar.column)
    return JavaScalar(Kind.INT, text, _signed(cleaned, 10, negative, scalar))


def _signed(cleaned: str, base: int, negative: bool, scalar: Scalar) -> int:
    if len(cleaned) > 1000:
        raise unpredictable("a number of more than 1,000 digits", scalar.line, scalar.column)
    try:
        value = int(cleaned, base)
    except ValueError as error:
        message = f"Invalid base-{base} number ('{cleaned}'), problem: For input string: \"{cleaned}\""
        failure = ParseFailure("JsonParseException", message, scalar.line, scalar.column)
        raise ParseError(failure) from error
    return -value if negative else value
