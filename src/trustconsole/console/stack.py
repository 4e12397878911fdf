"""How tall the panes of the left column are: by what each has to show, within what there is. Pure arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

LEAST: Final = 2
"""Lines of a pane besides its top border that are always kept."""


def stack_heights(total: int, rows: Sequence[int], focused: int | None) -> tuple[int, ...]:
    """Lines for each pane, top border included, adding up to `total`; `rows` is what each could fill.

    Every pane keeps its border and two rows. What is left goes round one line at a time to panes that still
    have something to show, two at a time to the focused one; what nobody needs goes to the last.
    """
    heights = [1 + LEAST for _ in rows]
    wishes = [max(LEAST, count) + 1 for count in rows]
    spare = total - sum(heights)
    while spare > 0 and any(h < w for h, w in zip(heights, wishes, strict=True)):
        for index, wish in enumerate(wishes):
            step = min(2 if index == focused else 1, wish - heights[index], spare)
            if step > 0:
                heights[index] += step
                spare -= step
    heights[-1] += spare
    return tuple(heights)
