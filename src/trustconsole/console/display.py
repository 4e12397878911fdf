"""The only place where text becomes something that a widget shows.

Certificate subjects, comments, paths and messages are untrusted. Textual does not sanitise: it reads markup
in a `str` and passes control bytes to the terminal. So widgets are only ever given `Content`, and `Content`
is only made here, from `text.visible`. `Words` is the one widget for text and takes nothing but `Content`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from textual.content import Content
from textual.widgets import Static

from trustconsole.console.signs import Sign
from trustconsole.text import relative_time, rfc3339, visible

_TO_ASCII: Final = str.maketrans(
    {
        "…": "...", "·": "|", "–": "-", "—": "-", "→": "->", "←": "<-", "×": "x", "≠": "!=", "≤": "<=",
        "≥": ">=",
        "✓": "+", "✗": "x", "⚠": "!", "↻": "@", "▸": ">", "‘": "'", "’": "'", "“": '"', "”": '"', "─": "-",
        "│": "|", "┌": "+", "┐": "+", "└": "+", "┘": "+", "├": "+", "┤": "+", "●": "*", "○": "o", "◐": ">",
    }
)  # fmt: skip

EMPTY: Final = Content("")


@dataclass(frozen=True, slots=True)
class Display:
    """How text is shown in this session: with which characters, and relative to which clock.

    `unicode` False: everything beyond ASCII is replaced (the console's own signs) or escaped (all else).
    """

    unicode: bool
    clock: Callable[[], datetime]

    def plain(self, value: object) -> str:
        """`value` as one line of harmless text in this session's characters."""
        raw = value if isinstance(value, str) else str(value)
        return visible(raw) if self.unicode else visible(raw.translate(_TO_ASCII), ascii_only=True)

    def text(self, value: object, style: str = "") -> Content:
        """`value` as content: never markup, never a control character."""
        plain = self.plain(value)
        return Content.styled(plain, style) if style else Content(plain)

    def sign(self, sign: Sign) -> Content:
        """The sign alone; whoever shows it puts words beside it."""
        return Content.styled(sign.glyph if self.unicode else sign.plain, sign.style)

    def state(self, sign: Sign, words: object = None) -> Content:
        """Sign and words (the sign's own word unless given), both in the sign's style."""
        return join(
            self.sign(sign), Content(" "), self.text(sign.word if words is None else words, sign.style)
        )

    def separated(self, parts: Iterable[Content]) -> Content:
        """The parts with a quiet dot between them; empty ones are left out."""
        return self.text(" · ", "$text-muted").join(part for part in parts if part)

    def ago(self, moment: datetime) -> str:
        """`3 h ago`, `in 12 d`; seconds are not counted, because what is shown stays for a while."""
        now = self.clock()
        if abs((moment - now).total_seconds()) < 60:
            return "just now" if moment <= now else "within a minute"
        distance = relative_time(moment, now)
        return f"in {distance}" if moment > now else f"{distance} ago"

    def moment(self, moment: datetime) -> str:
        """Absolute and relative: `2026-02-11T09:30:00Z (in 12 d)`."""
        return f"{rfc3339(moment)} ({self.ago(moment)})"

    def cut_end(self, content: Content, width: int) -> Content:
        """`content` in at most `width` cells, the end given up."""
        if content.cell_length <= width:
            return content
        mark = self.text("…", "$text-muted")
        keep = max(0, width - mark.cell_length)
        return join(_head(content, keep), mark) if keep else _head(content, width)

    def cut_middle(self, content: Content, width: int) -> Content:
        """`content` in at most `width` cells, both ends kept."""
        if content.cell_length <= width:
            return content
        mark = self.text("…", "$text-muted")
        keep = width - mark.cell_length
        if keep < 2:
            return self.cut_end(content, width)
        tail = keep // 2
        return join(_head(content, keep - tail), mark, _tail(content, tail))


def join(*parts: Content) -> Content:
    """The parts one after the other."""
    return EMPTY.join(parts)


def lines(parts: Iterable[Content]) -> Content:
    """The parts as lines."""
    return Content("\n").join(parts)


def _head(content: Content, cells: int) -> Content:
    end = min(len(content), cells)
    while end and content[:end].cell_length > cells:
        end -= 1
    return content[:end]


def _tail(content: Content, cells: int) -> Content:
    start = max(0, len(content) - cells)
    while start < len(content) and content[start:].cell_length > cells:
        start += 1
    return content[start:]


def fingerprint8(value: str | None) -> str:
    """The first eight digits of a digest, for lists; `unknown` where there is none."""
    return value[:8] if value else "unknown"


class Words(Static):
    """The one text widget of the console: it takes content, never a string."""

    def __init__(self, content: Content = EMPTY, *, classes: str | None = None) -> None:
        super().__init__(content, classes=classes, markup=False)

    def show(self, content: Content) -> None:
        """Show this instead."""
        self.update(content)
