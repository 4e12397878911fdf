"""What the values of options must look like: each a function for argparse that says what is wrong."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from trustconsole.commands import Parse

_RFC3339: Final = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d{1,9})?(?P<zone>[Zz]|[+-]\d{2}:\d{2})?", re.ASCII
)
_EXAMPLE: Final = "2026-02-11T09:30:00Z"
_INTEGER: Final = re.compile(r"[1-9]\d{0,8}", re.ASCII)


def path(text: str) -> Path:
    """A path; nothing, or a NUL byte, is none."""
    if not text:
        raise argparse.ArgumentTypeError("a path cannot be empty")
    if "\0" in text:
        raise argparse.ArgumentTypeError("a path cannot hold a NUL byte")
    return Path(text)


def integer(text: str) -> int:
    """A whole number of 1 or more."""
    if not _INTEGER.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of 1 or more")
    return int(text)


def time(text: str) -> datetime:
    """An RFC 3339 time, which has a time zone, in UTC."""
    found = _RFC3339.fullmatch(text)
    if found is None:
        raise argparse.ArgumentTypeError(f"{text!r} is not an RFC 3339 time, for example {_EXAMPLE}")
    if found["zone"] is None:
        raise argparse.ArgumentTypeError(f"{text!r} has no time zone; end it with Z or +HH:MM, as {_EXAMPLE}")
    try:
        # Python keeps microseconds: further digits are cut.
        exact = re.sub(r"(\.\d{6})\d+", r"\1", text.upper())
        return datetime.fromisoformat(exact).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a time that exists") from error


def text(value: str) -> str:
    """Any text."""
    return value


PARSERS: Final[dict[Parse, Callable[[str], object]]] = {
    "text": text,
    "path": path,
    "integer": integer,
    "time": time,
}
