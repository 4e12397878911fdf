"""A detail as a sheet: headings, facts, steps and findings, laid out for a width with hanging indents.

The formatters of the panes write sheets; the detail below the table, the detail screen and the export read
them. Nothing here knows what a trust root is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Literal

from textual.content import Content

from trustconsole.api import Finding
from trustconsole.console.display import EMPTY, Display, join
from trustconsole.console.signs import BY_SEVERITY, Sign
from trustconsole.text import sentence

Level = Literal[0, 1, 2]
LEVELS: Final[tuple[str, ...]] = ("one line", "trace", "evidence")
LABEL: Final = 14
"""Cells for the label of a fact."""


@dataclass(frozen=True, slots=True)
class Copyable:
    """Something that a key copies: `what` says it in words, `value` is the (untrusted) text."""

    what: str
    value: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A paragraph: `lead` stands before its first line, further lines begin below the body."""

    lead: Content
    body: Content = EMPTY
    wrap: bool = True


@dataclass(slots=True)
class Sheet:
    """A detail being written. `summary` goes into the border; `copy` and `more` are what y and Y take."""

    display: Display
    title: Content
    summary: Content = EMPTY
    entries: list[Entry] = field(default_factory=list)
    copy: Copyable | None = None
    more: Copyable | None = None
    mark: int = 0
    """The entry to scroll to when the sheet is opened."""

    def say(self, sign: Sign | None, words: object, style: str = "") -> None:
        """A sentence, with its sign before it where there is one."""
        lead = join(self.display.sign(sign), Content(" ")) if sign else EMPTY
        self.entries.append(Entry(lead, self.display.text(words, style)))

    def heading(self, words: str) -> None:
        """A heading, set off by an empty line."""
        if self.entries:
            self.entries.append(Entry(EMPTY))
        self.entries.append(Entry(self.display.text(words, "bold")))

    def fact(self, label: str, value: object, sign: Sign | None = None) -> None:
        """A label and its value; nothing where the value is None or empty."""
        if value is None or value == "":
            return
        body = value if isinstance(value, Content) else self.display.text(value)
        if sign:
            body = join(self.display.sign(sign), Content(" "), body)
        lead = self.display.text(f"{label:<{LABEL - 1}} ", "$text-muted")
        self.entries.append(Entry(lead, body))

    def row(self, lead: Content, body: Content) -> None:
        """A paragraph with its own lead."""
        self.entries.append(Entry(lead, body))

    def verbatim(self, rows: Iterable[Content]) -> None:
        """Lines that keep their breaks: PEM, a file."""
        self.entries.extend(Entry(EMPTY, row, wrap=False) for row in rows)

    def findings(self, findings: Iterable[Finding]) -> None:
        """Each finding with its place, cause and next step, under a heading; nothing where there is none."""
        found = list(findings)
        if not found:
            return
        self.heading("Findings")
        for finding in found:
            place = f"  (line {finding.line})" if finding.line else ""
            self.say(BY_SEVERITY[finding.severity], sentence(finding.summary) + place)
            self.labelled("cause", sentence(finding.cause))
            self.labelled("next", sentence(finding.next))

    def labelled(self, label: str, words: str) -> None:
        """A sentence under a finding, after a quiet label."""
        if words:
            self.entries.append(
                Entry(self.display.text(f"  {label:<6} ", "$text-muted"), self.display.text(words))
            )


def lay_out(sheet: Sheet, width: int) -> list[Content]:
    """The sheet's lines for a width in cells."""
    rows: list[Content] = []
    for entry in sheet.entries:
        rows.extend(_paragraph(entry, width) if entry.body else [entry.lead])
    return rows


def _paragraph(entry: Entry, width: int) -> list[Content]:
    """The entry's lines; a digest or path too long to stand beside the lead is kept whole, further left."""
    hang = entry.lead.cell_length
    room = max(12, width - hang)
    rows: list[Content] = []
    for piece in _pieces(entry.body, room, width) if entry.wrap else [entry.body]:
        cells = piece.cell_length
        alone = entry.wrap and room < cells <= width and " " not in piece.plain
        indent = width - cells if alone else hang
        if alone and not rows:
            rows.append(entry.lead.rstrip())
        for part in [piece] if alone else piece.wrap(room) if entry.wrap else piece.fold(room):
            rows.append(join(Content(" " * indent) if rows else entry.lead, part.rstrip()))
    return rows


def _pieces(body: Content, room: int, width: int) -> list[Content]:
    """The body cut before and after every word that is longer than the room but not than a line."""
    long = re.compile(rf"(?<!\S)\S{{{room + 1},{max(width, room + 1)}}}(?!\S)")
    found: list[Content] = []
    start = 0
    for match in long.finditer(body.plain):
        found += [body[start : match.start()].rstrip(), body[match.start() : match.end()]]
        start = match.end() + 1
    found.append(body[start:] if start else body)
    return [piece for piece in found if piece.plain.strip()] or [body]


def mark_line(sheet: Sheet, width: int) -> int:
    """The line at which the sheet's marked entry begins."""
    before = Sheet(sheet.display, sheet.title, entries=sheet.entries[: sheet.mark])
    return len(lay_out(before, width))


def as_text(sheet: Sheet) -> str:
    """The sheet as plain text of a hundred columns, for the export; already harmless."""
    return "\n".join([sheet.title.plain, "", *(row.plain for row in lay_out(sheet, 100))]) + "\n"
