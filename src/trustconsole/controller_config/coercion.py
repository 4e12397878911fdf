"""How the build turns a YAML token into a Java value: Jackson 2.21's scalar deserialisers, one function each.

Blank strings and the word "null" become null (zero, false) for numbers and booleans; whole numbers are
accepted as booleans, fractions as whole numbers; everything is accepted as text. Enumerations are exact.
"""

from __future__ import annotations

import base64
import binascii
import math
import re
from typing import Final

from trustconsole.controller_config.java_scalars import JavaScalar, Kind
from trustconsole.controller_config.yaml_events import unpredictable

_JAVA_WHITESPACE = "".join(chr(code) for code in range(0x21))
_DECIMAL = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_DOUBLE_WORDS: Final = frozenset({"NaN", "Infinity", "+Infinity", "-Infinity", "INF", "+INF", "-INF"})
_TRUE_WORDS: Final = frozenset({"true", "True", "TRUE"})
_FALSE_WORDS: Final = frozenset({"false", "False", "FALSE"})
_RANGES: Final = {"int": (-(2**31), 2**31 - 1), "long": (-(2**63), 2**63 - 1)}
_TOKEN_NAMES: Final = {
    Kind.TRUE: "Boolean value",
    Kind.FALSE: "Boolean value",
    Kind.INT: "Integer value",
    Kind.FLOAT: "Floating-point value",
    Kind.STRING: "String value",
    Kind.BINARY: "Embedded Object",
}


class BindError(Exception):
    """The build refuses the value: simple class name of the exception and the message's first line."""

    def __init__(self, exception: str, message: str) -> None:
        super().__init__(message)
        self.exception = exception
        self.message = message


def java_trim(text: str) -> str:
    """`String.trim`: everything up to U+0020 at both ends."""
    return text.strip(_JAVA_WHITESPACE)


def java_blank(text: str) -> bool:
    """`String.isBlank`: Unicode white space except the non-breaking kinds."""
    return all(_java_whitespace(char) for char in text)


def _java_whitespace(char: str) -> bool:
    if char in "\xa0\u2007\u202f\x85":
        return False
    return char.isspace()


def mismatch(type_name: str, what: str, token: str) -> BindError:
    """Jackson's refusal of a token of another shape."""
    message = f"Cannot deserialize value of type `{type_name}` from {what} (token `JsonToken.{token}`)"
    return BindError("MismatchedInputException", message)


def cannot_coerce(what: str, type_name: str) -> BindError:
    """Jackson's refusal to take an empty or blank string for null."""
    but = "but could if coercion was enabled using `CoercionConfig`"
    return BindError("InvalidFormatException", f"Cannot coerce {what} to `{type_name}` value ({but})")


def _weird_string(type_name: str, text: str, why: str) -> BindError:
    message = f'Cannot deserialize value of type `{type_name}` from String "{text}": {why}'
    return BindError("InvalidFormatException", message)


def wrong_token(type_name: str, scalar: JavaScalar) -> BindError:
    """Jackson's refusal of a scalar of another kind."""
    return mismatch(type_name, _TOKEN_NAMES[scalar.kind], scalar.kind.value)


def _out_of_range(type_name: str, text: str) -> BindError:
    low, high = _RANGES[type_name]
    return BindError(
        "JsonMappingException", f"Numeric value ({text}) out of range of {type_name} ({low} - {high})"
    )


def as_text(scalar: JavaScalar) -> str | None:
    """`String`: numbers and booleans keep the text they were written with."""
    if scalar.kind is Kind.NULL:
        return None
    if scalar.kind is not Kind.BINARY:
        return scalar.text
    try:
        decoded = base64.b64decode(java_trim(scalar.text), validate=True)
    except (binascii.Error, ValueError) as error:
        raise unpredictable("a !!binary value that is not plain Base64") from error
    return base64.b64encode(decoded).decode("ascii")


def as_boolean(scalar: JavaScalar, type_name: str) -> bool | None:
    """`boolean` or `java.lang.Boolean`; None stands for null (which a primitive turns into false)."""
    if scalar.kind in (Kind.TRUE, Kind.FALSE, Kind.NULL):
        return None if scalar.kind is Kind.NULL else scalar.kind is Kind.TRUE
    if scalar.kind is Kind.INT:
        return scalar.number != 0
    if scalar.kind is not Kind.STRING:
        raise wrong_token(type_name, scalar)
    text = java_trim(scalar.text)
    if text in _TRUE_WORDS:
        return True
    if text in _FALSE_WORDS:
        return False
    if text in ("", "null"):
        return None
    accepted = (
        '"true" or "false"' if type_name != "boolean" else ('"true"/"True"/"TRUE" or "false"/"False"/"FALSE"')
    )
    raise _weird_string(type_name, scalar.text, f"only {accepted} recognized")


def as_whole(scalar: JavaScalar, type_name: str) -> int | None:
    """`int` or `long`; None stands for null (which a primitive turns into 0)."""
    if scalar.kind is Kind.NULL:
        return None
    if scalar.kind is Kind.INT and scalar.number is not None:
        return _in_range(scalar.number, type_name, scalar.text)
    if scalar.kind is Kind.FLOAT:
        return _truncated(scalar, type_name)
    if scalar.kind is Kind.STRING:
        return _whole_from_text(scalar.text, type_name)
    raise wrong_token(type_name, scalar)


def _in_range(number: int, type_name: str, text: str) -> int:
    low, high = _RANGES[type_name]
    if not low <= number <= high:
        raise _out_of_range(type_name, text)
    return number


def _double(scalar: JavaScalar) -> float:
    text = scalar.cleaned
    if _DECIMAL.fullmatch(text):
        return float(text)
    if ":" in text or text.lower().lstrip("+-") in (".inf", ".nan") or set(text) <= set("+-."):
        raise BindError("JsonMappingException", f"Malformed numeric value '{scalar.text}'")
    raise unpredictable(f"the number {scalar.text!r}")  # only a !!float tag gets here


def _truncated(scalar: JavaScalar, type_name: str) -> int:
    value = _double(scalar)
    low, high = _RANGES[type_name]
    if math.isinf(value) or not float(low) <= value <= float(high):
        raise _out_of_range(type_name, scalar.text)
    return min(int(value), high)


def _whole_from_text(text: str, type_name: str) -> int | None:
    trimmed = java_trim(text)
    if trimmed in ("", "null"):
        return None
    digits = trimmed[1:] if trimmed[0] in "+-" else trimmed
    if not digits or not all(char.isdecimal() and char <= "\uffff" for char in digits):
        raise _weird_string(type_name, text, f"not a valid `{type_name}` value")
    if len(digits) > 1000:
        raise unpredictable("a number of more than 1,000 digits")
    number = int(trimmed)
    low, high = _RANGES[type_name]
    if low <= number <= high:
        return number
    if type_name == "int" and -(2**63) <= number < 2**63:
        why = f"Overflow: numeric value ({trimmed}) out of range of `int` ({low} -{high})"
        raise _weird_string(type_name, text, why)
    raise _weird_string(type_name, text, f"not a valid `{type_name}` value")


def as_double(scalar: JavaScalar) -> float | None:
    """`java.lang.Double`."""
    if scalar.kind is Kind.NULL:
        return None
    if scalar.kind is Kind.INT and scalar.number is not None:
        return float(scalar.number) if abs(scalar.number) < 10**300 else math.inf
    if scalar.kind is Kind.FLOAT:
        return _double(scalar)
    if scalar.kind is not Kind.STRING:
        raise wrong_token("java.lang.Double", scalar)
    text = java_trim(scalar.text)
    if text in ("", "null"):
        return None
    if _DECIMAL.fullmatch(text):
        return float(text)
    if text in _DOUBLE_WORDS or re.search(r"[0-9]", text):
        raise unpredictable(f"the number {text!r}")
    raise _weird_string("java.lang.Double", scalar.text, "not a valid `Double` value")


def as_enum(scalar: JavaScalar, type_name: str, constants: tuple[str, ...]) -> str | None:
    """A constant by exact name (surrounding blanks aside) or by its ordinal number."""
    if scalar.kind is Kind.NULL:
        return None
    if scalar.kind is Kind.INT and scalar.number is not None:
        return _by_ordinal(_in_range(scalar.number, "int", scalar.text), type_name, constants)
    if scalar.kind is not Kind.STRING:
        raise wrong_token(type_name, scalar)
    text = java_trim(scalar.text)
    if text in constants:
        return text
    if not text:
        raise cannot_coerce('empty String ("")', type_name)
    if text.isascii() and text.isdigit() and (text[0] != "0" or len(text) == 1) and len(text) <= 9:
        ordinal = int(text)
        if ordinal < len(constants):
            return constants[ordinal]
    names = ", ".join(reversed(constants))  # the order of Java's hash map, for both enumerations
    raise _weird_string(type_name, scalar.text, f"not one of the values accepted for Enum class: [{names}]")


def _by_ordinal(number: int, type_name: str, constants: tuple[str, ...]) -> str:
    if 0 <= number < len(constants):
        return constants[number]
    message = (
        f"Cannot deserialize value of type `{type_name}` from number {number}: "
        f"index value outside legal index range [0..{len(constants) - 1}]"
    )
    raise BindError("InvalidFormatException", message)
