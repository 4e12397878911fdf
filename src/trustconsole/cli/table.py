"""Tables that fit the terminal: columns leave in an order, then shrink in their middle; verdicts never."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from trustconsole.cli.output import Stream
from trustconsole.cli.styled import Span, Styled, cut_middle

GAP: Final = 2
"""Cells between two columns."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: cut down to `least` cells (None: never cut); leaves in the order of `leaves` (0: never).

    `most` cuts it even where there is room.
    """

    title: str
    least: int | None = None
    leaves: int = 0
    most: int | None = None
    right: bool = False


def print_table(
    stream: Stream, columns: Sequence[Column], rows: Sequence[Sequence[Styled]], *, indent: int = 0
) -> None:
    """Write the rows under their titles (no titles where all are empty)."""
    widths = [_wanted(column, [row[index].cells for row in rows]) for index, column in enumerate(columns)]
    shown = _fit(columns, widths, None if stream.width is None else stream.width - indent)
    pad = Styled((Span(" " * indent),))
    if any(column.title for column in columns):
        titles = [stream.text(column.title, "muted") for column in columns]
        stream.line(pad + _row(stream, columns, titles, shown))
    for row in rows:
        stream.line(pad + _row(stream, columns, row, shown))


def _wanted(column: Column, found: Sequence[int]) -> int:
    widest = max([len(column.title), *found])
    return widest if column.most is None else min(widest, column.most)


def _fit(columns: Sequence[Column], wanted: Sequence[int], width: int | None) -> dict[int, int]:
    """The cells of each column that is shown; an empty column is not."""
    shown = {index: size for index, size in enumerate(wanted) if size}
    if width is None:
        return shown
    floor = {i: min(size, columns[i].least or size) for i, size in shown.items()}
    for leaver in sorted((i for i in shown if columns[i].leaves), key=lambda i: columns[i].leaves):
        if _total(floor) <= width:
            break
        del shown[leaver], floor[leaver]
    while _total(shown) > width:
        index = max((i for i in shown if shown[i] > floor[i]), key=lambda i: shown[i], default=None)
        if index is None:
            break
        shown[index] -= 1
    return shown


def _total(sizes: dict[int, int]) -> int:
    return sum(sizes.values()) + GAP * max(0, len(sizes) - 1)


def _row(stream: Stream, columns: Sequence[Column], cells: Sequence[Styled], shown: dict[int, int]) -> Styled:
    line = Styled()
    for place, (index, width) in enumerate(shown.items()):
        cell = _cut(cells[index], width, stream.ellipsis).padded(width, right=columns[index].right)
        line = line + (Styled((Span(" " * GAP),)) if place else Styled()) + cell
    return line


def _cut(cell: Styled, width: int, ellipsis: str) -> Styled:
    if cell.cells <= width:
        return cell
    role = cell.spans[0].role if cell.spans else ""
    return Styled((Span(cut_middle(cell.plain, width, ellipsis), role),))
