"""Lines of printed text as spans with a colour role: measured in cells, cut, wrapped, and only then coloured.

Spans are made by `Output.text`, which is where untrusted text becomes harmless; this module only arranges.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from trustconsole.cli.signs import Role


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of text in one role."""

    text: str
    role: Role = ""


@dataclass(frozen=True, slots=True)
class Styled:
    """One line of text: spans in order."""

    spans: tuple[Span, ...] = ()

    def __add__(self, other: Styled) -> Styled:
        return Styled(self.spans + other.spans)

    def __bool__(self) -> bool:
        return any(span.text for span in self.spans)

    @property
    def plain(self) -> str:
        """The text without roles."""
        return "".join(span.text for span in self.spans)

    @property
    def cells(self) -> int:
        """How many terminal cells it takes."""
        return cells(self.plain)

    def padded(self, width: int, *, right: bool = False) -> Styled:
        """Filled with spaces to `width` cells, on the left where `right` is set."""
        blank = Styled((Span(" " * max(0, width - self.cells)),))
        return blank + self if right else self + blank

    def words(self) -> Iterator[Styled]:
        """Its words with their roles; each run of spaces parts two words."""
        word: list[Span] = []
        for span in self.spans:
            for index, piece in enumerate(span.text.split(" ")):
                if index and word:
                    yield Styled(tuple(word))
                    word = []
                if piece:
                    word.append(Span(piece, span.role))
        if word:
            yield Styled(tuple(word))


def cells(text: str) -> int:
    """Terminal cells of `text`: two for wide East Asian characters, none for combining marks."""
    if text.isascii():
        return len(text)
    return sum(_cells_of(char) for char in text)


def _cells_of(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def cut_middle(text: str, width: int, ellipsis: str = "…") -> str:
    """`text` cut in its middle to at most `width` cells, so that both ends stay readable."""
    if cells(text) <= width:
        return text
    room = width - len(ellipsis)
    if room < 2:
        return _head(text, width)
    tail = _head(text[::-1], room // 2)[::-1]
    return _head(text, room - cells(tail)) + ellipsis + tail


def _head(text: str, width: int) -> str:
    taken = 0
    for index, char in enumerate(text):
        taken += _cells_of(char)
        if taken > width:
            return text[:index]
    return text


def wrap(body: Styled, width: int, *, first: int | None = None) -> list[Styled]:
    """`body` broken between words into lines of at most `width` cells, the first of at most `first`.

    A longer word (a path, a digest, a command's argument) stays whole, so that it can be copied.
    """
    room = width if first is None else first
    if body.cells <= room:
        return [body]
    lines: list[Styled] = []
    line = Styled()
    for word in body.words():
        if line and line.cells + 1 + word.cells > room:
            lines.append(line)
            line = Styled()
            room = width
        line = line + Styled((Span(" "),)) + word if line else word
    return [*lines, line]


def join(separator: Styled, parts: Sequence[Styled]) -> Styled:
    """The parts that are not empty, with `separator` between them."""
    found = [part for part in parts if part]
    result = found[0] if found else Styled()
    for part in found[1:]:
        result = result + separator + part
    return result
