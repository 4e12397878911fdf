"""Fields of the JSON that the console wrote itself, read back without trust: a wrong type is a `ValueError`.

Every record file is read through these; what a damaged file means is said where it is read.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

_TIME: Final = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z", re.ASCII)


def whole(value: object) -> int:
    """An integer of 0 or more that fits 63 bits."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**63:
        raise ValueError(value)
    return value


def integer(value: object) -> int:
    """An integer that fits 64 bits; times before 1970 are negative."""
    if not isinstance(value, int) or isinstance(value, bool) or not -(2**63) <= value < 2**63:
        raise ValueError(value)
    return value


def text(value: object) -> str:
    """A string."""
    if not isinstance(value, str):
        raise ValueError(value)
    return value


def optional_text(value: object) -> str | None:
    """A string or null."""
    return None if value is None else text(value)


def texts(value: object) -> dict[str, str]:
    """An object of strings."""
    if not isinstance(value, dict):
        raise ValueError(value)
    return {name: text(one) for name, one in value.items()}


def fields(value: object, names: tuple[str, ...]) -> dict[str, object]:
    """An object with exactly these fields in this order."""
    if not isinstance(value, dict) or tuple(value) != names:
        raise ValueError(value)
    return value


def moment(value: object) -> datetime:
    """A time as `text.rfc3339` writes it, aware."""
    if not _TIME.fullmatch(text(value)):
        raise ValueError(value)
    return datetime.fromisoformat(text(value)).astimezone(UTC)
