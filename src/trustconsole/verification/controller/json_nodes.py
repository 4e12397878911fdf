"""What JSON nodes mean to the build: its text of any scalar, its number of any number.

The build asks `asText()` and `asLong()`, so numbers and truth values count as text, and fractions as whole
numbers. Source: observed answers; the decimal form of a double is that of `Double.toString` since Java 19.
"""

from __future__ import annotations

import math
from decimal import Decimal

from trustconsole.verification.controller.java_json import Missing, Node

_LONG_MIN, _LONG_MAX = -(1 << 63), (1 << 63) - 1
_JAVA_SPACE = frozenset("\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \u1680\u2028\u2029\u205f\u3000") | frozenset(
    chr(code) for code in range(0x2000, 0x200B) if code != 0x2007
)


def member(node: Node, name: str) -> Node:
    """The member of an object; None where there is none, it is null, or `node` is no object."""
    return node.get(name) if isinstance(node, dict) else None


def as_text(node: Node) -> str | None:
    """The text of a scalar, empty for a container, None for null and for nothing."""
    if node is None or isinstance(node, Missing):
        return None
    if isinstance(node, str):
        return node
    if isinstance(node, bool):
        return "true" if node else "false"
    if isinstance(node, float):
        return java_double(node)
    return str(node) if isinstance(node, int) else ""


def as_long(node: Node) -> int | None:
    """The whole part of a number within 64 bits, None for anything else."""
    if isinstance(node, bool):
        return None
    if isinstance(node, int):
        return node if _LONG_MIN <= node <= _LONG_MAX else None
    if isinstance(node, float) and float(_LONG_MIN) <= node <= float(_LONG_MAX):
        return min(int(node), _LONG_MAX)
    return None


def is_blank(text: str) -> bool:
    """Whether Java's `isBlank` holds: nothing but what `Character.isWhitespace` knows (no NBSP)."""
    return all(char in _JAVA_SPACE for char in text)


def java_utf8(text: str) -> bytes:
    """The UTF-8 that Java writes: a lone surrogate becomes a question mark."""
    return text.encode("utf-8", "replace")


def java_trim(text: str) -> str:
    """Java's `trim`: all characters up to U+0020 go at both ends."""
    return text.strip("".join(map(chr, range(0x21))))


def java_double(value: float) -> str:
    """A double as `Double.toString` writes it."""
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    sign = "-" if math.copysign(1.0, value) < 0 else ""
    magnitude = abs(value)
    if magnitude == 0:
        return f"{sign}0.0"
    parts = Decimal(_shortest(magnitude)).normalize().as_tuple()
    digits = "".join(map(str, parts.digits))
    exponent = len(digits) + int(parts.exponent) - 1
    if -3 <= exponent < 7:
        if exponent < 0:
            return f"{sign}0.{'0' * (-exponent - 1)}{digits}"
        whole = digits[: exponent + 1].ljust(exponent + 1, "0")
        return f"{sign}{whole}.{digits[exponent + 1 :] or '0'}"
    return f"{sign}{digits[0]}.{digits[1:] or '0'}E{exponent}"


def _shortest(magnitude: float) -> str:
    """The shortest decimal that reads back, of at least two digits: among those the nearest."""
    text = repr(magnitude)
    if len(Decimal(text).normalize().as_tuple().digits) > 1:
        return text
    two = f"{magnitude:.1e}"
    return two if float(two) == magnitude else text
