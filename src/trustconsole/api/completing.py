"""Completing a path that is being typed. Reads names of one directory, and no file."""

from __future__ import annotations

import os
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

_MOST_NAMES: Final = 1000
"""Names of a directory that are looked at."""


@dataclass(frozen=True, slots=True)
class PathCompletion:
    """`common` is what was typed and what follows without a choice; `names` (untrusted) what could follow.

    Directories end with a slash. Both are as typed where nothing begins like it.
    """

    common: str
    names: tuple[str, ...]


def complete_path(typed: str) -> PathCompletion:
    """What the path `typed` could become; hidden names only where a dot was typed. Never raises."""
    directory, _, start = typed.rpartition("/")
    place = home_expanded(f"{directory}/" if "/" in typed else ".")
    try:
        with os.scandir(place) as entries:
            names = sorted(
                entry.name + ("/" if entry.is_dir() else "")
                for entry in islice(entries, _MOST_NAMES)
                if entry.name.startswith(start) and (start.startswith(".") or not entry.name.startswith("."))
            )
    except (OSError, ValueError):  # ValueError: a NUL byte
        return PathCompletion(typed, ())
    common = _common_start(names) if names else start
    return PathCompletion(typed[: len(typed) - len(start)] + common, tuple(names))


def home_expanded(typed: str) -> Path:
    """The path with `~` and `~name` replaced; a name that nobody has stays as typed."""
    return Path(os.path.expanduser(typed))  # noqa: PTH111 - Path.expanduser raises over such a name


def _common_start(names: list[str]) -> str:
    """What all of the sorted names begin with: what the first and the last have in common."""
    first, last = names[0], names[-1]
    length = next((i for i, char in enumerate(first) if not last.startswith(char, i)), len(first))
    return first[:length]
