"""The syntax of regular expressions over untrusted names: RE2's, as cosign reads it.

What RE2 has and names never need (`\\p`, `\\Q…\\E`, octal) is refused, as are look-around and back
references, which RE2 does not have. `\\Z` counts as `\\z`, Python's name for it. Running an expression is
the business of `expressions`.
"""

from __future__ import annotations

import string
from collections.abc import Iterable
from dataclasses import dataclass

from trustconsole.errors import Location, UsageError
from trustconsole.verification.expression_nodes import (
    POSIX,
    SETS,
    Char,
    Edge,
    EdgeKind,
    Either,
    Node,
    Repeat,
    Sequence,
    Test,
)

_REPEATS = 1000
_DEPTH = 32
_CONTROLS = {"a": "\a", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_ANCHORS: dict[tuple[str, bool], EdgeKind] = {
    ("^", False): "begin",
    ("^", True): "line-begin",
    ("$", False): "end",
    ("$", True): "line-end",
}
_EDGES: dict[str, EdgeKind] = {"A": "begin", "z": "end", "Z": "end", "b": "word", "B": "no-word"}


@dataclass(frozen=True, slots=True)
class _Flags:
    """`i`, `m` and `s` as they stand where the parser is."""

    fold: bool = False
    lines: bool = False
    dot_all: bool = False


def parse_expression(pattern: str) -> Node:
    """The expression as a tree; raises `UsageError` with the offset of what is wrong or not supported."""
    return _Parser(pattern).parse()


class _Parser:
    """Recursive descent over one expression."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0
        self._depth = 0
        self._flags = _Flags()

    def parse(self) -> Node:
        """The whole expression; raises `UsageError` with the offset of what is wrong."""
        node = self._either()
        if self._at < len(self._pattern):
            raise self._wrong("an unopened )")
        return node

    def _wrong(self, what: str) -> UsageError:
        return UsageError(
            f"the expression has {what}",
            hint="write it in RE2's syntax, as for cosign",
            location=Location(self._pattern, offset=self._at),
        )

    def _peek(self, text: str) -> bool:
        return self._pattern.startswith(text, self._at)

    def _take(self, text: str) -> bool:
        if self._peek(text):
            self._at += len(text)
            return True
        return False

    def _next(self) -> str:
        if self._at >= len(self._pattern):
            raise self._wrong("an end where more must follow")
        self._at += 1
        return self._pattern[self._at - 1]

    def _either(self) -> Node:
        branches = [self._sequence()]
        while self._take("|"):
            branches.append(self._sequence())
        return branches[0] if len(branches) == 1 else Either(tuple(branches))

    def _sequence(self) -> Node:
        parts: list[Node] = []
        while self._at < len(self._pattern) and not self._peek("|") and not self._peek(")"):
            parts.append(self._repeats(self._atom()))
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def _repeats(self, node: Node) -> Node:
        bounds = self._bounds()
        if bounds is None:
            return node
        self._take("?")  # lazy or greedy: whether there is a match is the same
        if self._bounds() is not None:
            raise self._wrong("a repetition of a repetition")
        return Repeat(node, *bounds)

    def _bounds(self) -> tuple[int, int | None] | None:
        for sign, bounds in (("*", (0, None)), ("+", (1, None)), ("?", (0, 1))):
            if self._take(sign):
                return bounds
        end = self._pattern.find("}", self._at)
        if not self._peek("{") or end < 0:
            return None
        low, comma, high = self._pattern[self._at + 1 : end].partition(",")
        if not (low.isascii() and low.isdigit()) or (high and not (high.isascii() and high.isdigit())):
            return None
        least, most = int(low[:5]), int((high if comma else low)[:5] or _REPEATS)
        if max(least, most) > _REPEATS or most < least:
            raise self._wrong(f"a repetition beyond {_REPEATS} or with its bounds reversed")
        self._at = end + 1
        return least, most if high or not comma else None

    def _atom(self) -> Node:
        char = self._next()
        if char == "(":
            return self._group()
        if char == "[":
            return Char(self._class())
        if char == "\\":
            return self._escape()
        if char == ".":
            dot_all = self._flags.dot_all
            return Char(lambda one: dot_all or one != "\n")
        if char in "^$":
            kinds: tuple[EdgeKind, EdgeKind] = (
                ("line-begin", "line-end") if self._flags.lines else ("begin", "end")
            )
            return Edge(kinds["^$".index(char)])
        if char in "*+?":
            self._at -= 1
            raise self._wrong("a repetition of nothing")
        return Char(self._literal(char))

    def _group(self) -> Node:
        self._depth += 1
        if self._depth > _DEPTH:
            raise self._wrong(f"groups nested deeper than {_DEPTH}")
        outer = self._flags
        if self._take("?"):
            if self._take("P<") or (self._peek("<") and not self._peek("<=") and not self._peek("<!")):
                end = self._pattern.find(">", self._at)
                if end < 0:
                    raise self._wrong("an unfinished group name")
                self._at = end + 1
            elif self._set_flags():
                self._depth -= 1
                return Sequence(())
        node = self._either()
        if not self._take(")"):
            raise self._wrong("an unclosed (")
        self._flags = outer
        self._depth -= 1
        return node

    def _set_flags(self) -> bool:
        """Flags after `(?`; True where they hold for the rest of the surrounding group."""
        names = {"i": "fold", "m": "lines", "s": "dot_all"}
        value = True
        flags = {name: getattr(self._flags, name) for name in names.values()}
        while True:
            char = self._next()
            if char in names:
                flags[names[char]] = value
            elif char == "-" and value:
                value = False
            elif char in ":)":
                self._flags = _Flags(**flags)
                return char == ")"
            else:
                self._at -= 1
                raise self._wrong(f"(?{char}, which names need not")

    def _literal(self, char: str) -> Test:
        if self._flags.fold:
            folded = char.casefold()
            return lambda one: one.casefold() == folded
        return lambda one: one == char

    def _escape(self) -> Node:
        char = self._next()
        if char in _EDGES:
            return Edge(_EDGES[char])
        members = SETS.get(char.lower())
        if members is not None:
            return Char(self._members(members, inside=char.islower()))
        return Char(self._literal(self._escaped(char)))

    def _escaped(self, char: str) -> str:
        """The one character that backslash and `char` stand for."""
        if char in _CONTROLS:
            return _CONTROLS[char]
        if char == "x":
            braced = self._take("{")
            end = self._pattern.find("}", self._at) if braced else self._at + 2
            digits = self._pattern[self._at : end] if end >= 0 else ""
            if len(digits) not in (range(1, 7) if braced else (2,)) or any(
                one not in string.hexdigits for one in digits
            ):
                raise self._wrong("an unfinished \\x")
            self._at = end + 1 if braced else end
            if int(digits, 16) > 0x10FFFF:
                raise self._wrong("a character beyond Unicode")
            return chr(int(digits, 16))
        if char.isalnum():
            self._at -= 1
            raise self._wrong(f"\\{char}, which is not supported")
        return char

    def _class(self) -> Test:
        negated = self._take("^")
        tests: list[Test] = []
        first = True
        while first or not self._peek("]"):
            first = False
            tests.append(self._class_item())
        self._at += 1
        return (lambda one: not any(test(one) for test in tests)) if negated else _any_of(tests)

    def _class_item(self) -> Test:
        if self._take("[:"):
            end = self._pattern.find(":]", self._at)
            name = self._pattern[self._at : end] if end >= 0 else ""
            members = POSIX.get(name.removeprefix("^"))
            if members is None:
                raise self._wrong("an unknown class of characters")
            self._at = end + 2
            return self._members(members, inside=not name.startswith("^"))
        low = self._next()
        if low == "\\":
            escaped = self._next()
            members = SETS.get(escaped.lower())
            if members is not None:
                return self._members(members, inside=escaped.islower())
            low = self._escaped(escaped)
        if not self._peek("-") or self._peek("-]"):
            return self._literal(low)
        self._at += 1
        high = self._next()
        if high == "\\":
            high = self._escaped(self._next())
        if high < low:
            raise self._wrong("a range with its ends reversed")
        return self._range(low, high)

    def _members(self, members: frozenset[str], *, inside: bool) -> Test:
        if self._flags.fold:
            return lambda one: any(form in members for form in (one, one.lower(), one.upper())) is inside
        return lambda one: (one in members) is inside

    def _range(self, low: str, high: str) -> Test:
        if self._flags.fold:
            return lambda one: any(low <= form <= high for form in (one, one.lower(), one.upper()))
        return lambda one: low <= one <= high


def _any_of(tests: Iterable[Test]) -> Test:
    kept = tuple(tests)
    return lambda one: any(test(one) for test in kept)
