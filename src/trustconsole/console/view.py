"""What a pane shows, apart from how it is drawn: rows, cells, a summary, an empty state and a detail.

Each pane has one `View`, built anew from every snapshot and thrown away with it. Views are plain objects:
they are tested without a screen. Rows are made into cells only when they come into sight, so that ten
thousand modules cost no more than those on the screen.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from trustconsole.api import Snapshot
from trustconsole.commands import Pane
from trustconsole.console.columns import Column
from trustconsole.console.display import Display
from trustconsole.console.sheet import Level, Sheet
from trustconsole.console.signs import Sign

if TYPE_CHECKING:
    from textual.content import Content

Item = TypeVar("Item")


class View(ABC, Generic[Item]):
    """One pane's view of one snapshot; `items` are its rows, in order."""

    pane: ClassVar[Pane]
    columns: ClassVar[tuple[Column, ...]]
    headed: ClassVar[bool] = False
    """Whether the column titles are shown."""

    def __init__(self, snapshot: Snapshot, display: Display) -> None:
        self.snapshot = snapshot
        self.display = display
        self.items: Sequence[Item] = self.rows()

    @abstractmethod
    def rows(self) -> Sequence[Item]:
        """The rows, in the order they are shown."""

    @abstractmethod
    def key(self, item: Item) -> str:
        """What the cursor is kept by from one snapshot to the next."""

    @abstractmethod
    def cells(self, item: Item) -> tuple[Content, ...]:
        """One cell for each column."""

    @abstractmethod
    def summary(self) -> Content:
        """Counts or the state in words, for the border."""

    @abstractmethod
    def worst(self) -> Sign:
        """The one sign that stands for the whole pane."""

    @abstractmethod
    def empty(self) -> str:
        """What would be here and what brings it; one or two sentences."""

    @abstractmethod
    def sheet(self, item: Item | None, level: Level) -> Sheet:
        """The detail of a row, or of the pane where there is no row."""

    def search(self, item: Item) -> str:
        """What the filter looks in: the row's text, in lower case."""
        return " ".join(cell.plain for cell in self.cells(item)).lower()
