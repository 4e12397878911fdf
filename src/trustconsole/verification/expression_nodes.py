"""What a regular expression is made of once it is read, and the sets of characters that have a name in RE2.

All of them are ASCII, whatever the text: `\\d` is no Arabic digit. Reading an expression is the business of
`expression_syntax`, running it that of `expressions`.
"""

from __future__ import annotations

import string
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Test = Callable[[str], bool]
EdgeKind = Literal["begin", "end", "line-begin", "line-end", "word", "no-word"]

_WORD = frozenset(string.ascii_letters + string.digits + "_")
SETS: dict[str, frozenset[str]] = {
    "d": frozenset(string.digits),
    "w": _WORD,
    "s": frozenset("\t\n\f\r "),
}
POSIX: dict[str, frozenset[str]] = {
    "alnum": frozenset(string.ascii_letters + string.digits),
    "alpha": frozenset(string.ascii_letters),
    "digit": frozenset(string.digits),
    "lower": frozenset(string.ascii_lowercase),
    "punct": frozenset(string.punctuation),
    "space": frozenset("\t\n\v\f\r "),
    "upper": frozenset(string.ascii_uppercase),
    "word": _WORD,
    "xdigit": frozenset(string.hexdigits),
}


@dataclass(frozen=True, slots=True)
class Char:
    """One character for which `test` holds."""

    test: Test


@dataclass(frozen=True, slots=True)
class Edge:
    """A place between characters."""

    kind: EdgeKind


@dataclass(frozen=True, slots=True)
class Sequence:
    """One after the other; none is the empty expression."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """Any one of them."""

    branches: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """`low` to `high` times, None without an upper bound."""

    inner: Node
    low: int
    high: int | None


Node = Char | Edge | Sequence | Either | Repeat


def is_word(char: str) -> bool:
    """Whether `\\b` counts `char` as part of a word: ASCII letters, digits and the underscore."""
    return char in _WORD
