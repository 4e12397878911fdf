"""How tall the panes of the left column are, by what each has to show: pure arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

LEAST: Final = 2
"""Lines of a pane besides its top border that are always kept."""


def stack_heights(
    total: int, modest: Sequence[int], full: Sequence[int], focused: int | None
) -> tuple[int, ...]:
    """Lines for each pane, top border included, adding up to `total`.

    `modest` is what must be read in each pane, `full` all it could show. Every pane keeps its border and
    two rows. What is left goes round one line at a time, two to the focused pane, until the modest wishes are
    met, then the full ones; what nobody needs goes to the last pane.
    """
    heights = [1 + LEAST for _ in modest]
    spare = total - sum(heights)
    for wanted in (modest, full):
        wishes = [max(LEAST, count) + 1 for count in wanted]
        while spare > 0 and any(h < w for h, w in zip(heights, wishes, strict=True)):
            for index, wish in enumerate(wishes):
                step = max(0, min(2 if index == focused else 1, wish - heights[index], spare))
                heights[index] += step
                spare -= step
    heights[-1] += spare
    return tuple(heights)
