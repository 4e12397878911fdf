"""Which columns of a table fit, and how wide each is: pure arithmetic, tested without a screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

GAP: Final = 2
"""Cells between two columns."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `least` and `most` cells, what is given up when it is too narrow, and when it leaves.

    Columns leave in the order of `leaves` (1 first); 0 never leaves. `flexible` ones share what is left over.
    An `early` one leaves as soon as any text beside it would be cut.
    `instead_of` is the title of the column that this one replaces once that has left.
    """

    title: str
    least: int
    most: int
    cut: Literal["end", "middle", "never"] = "end"
    leaves: int = 0
    flexible: bool = False
    right: bool = False
    instead_of: str | None = None
    early: bool = False


def fit(columns: Sequence[Column], wanted: Sequence[int], width: int) -> tuple[int, ...]:
    """Cells for each column in a table `width` cells wide; 0 where the column is not shown.

    `wanted` is the widest content of each column.
    """
    wishes = [max(c.least, min(c.most, w)) for c, w in zip(columns, wanted, strict=True)]
    floor = [w if c.cut == "never" else min(w, c.least) for c, w in zip(columns, wishes, strict=True)]
    shown = {i for i, column in enumerate(columns) if column.instead_of is None}
    for leaver in sorted((i for i in shown if columns[i].leaves), key=lambda i: columns[i].leaves):
        if _total(wishes if columns[leaver].early else floor, shown) <= width:
            continue
        shown.discard(leaver)
        shown |= {i for i, column in enumerate(columns) if column.instead_of == columns[leaver].title}
    sizes = [floor[i] if i in shown else 0 for i in range(len(columns))]
    spare = width - _total(sizes, shown)
    for index in sorted(shown, key=lambda i: (columns[i].flexible, i)):
        grown = max(0, min(spare, wishes[index] - sizes[index]))
        sizes[index] += grown
        spare -= grown
    return tuple(sizes)


def _total(sizes: Sequence[int], shown: set[int]) -> int:
    return sum(sizes[i] for i in shown) + GAP * max(0, len(shown) - 1)
