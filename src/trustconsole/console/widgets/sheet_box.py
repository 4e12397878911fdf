"""A sheet in a box of its own that can have the focus, so that the movement keys scroll it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trustconsole.console.display import Display
from trustconsole.console.sheet import Sheet
from trustconsole.console.widgets.pane import Box, TopRule
from trustconsole.console.widgets.sheet_view import SheetView

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult


class FocusSheet(SheetView, can_focus=True):
    """A sheet that arrows and page keys scroll while it has the focus."""


class SheetBox(Box):
    """Border and sheet; a click gives it the focus."""

    def __init__(self, display: Display, corners: str, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes="box")
        self.top = TopRule(display, corners)
        self.view = FocusSheet()

    def compose(self) -> ComposeResult:
        """Border and sheet."""
        yield self.top
        yield self.view

    def show_sheet(self, sheet: Sheet, *, keep_place: bool) -> None:
        """Show this sheet and name the box after it."""
        self.view.show_sheet(sheet, keep_place=keep_place)
        self.top.name_it(sheet.title, sheet.summary)

    def on_click(self, event: events.Click) -> None:
        """A click anywhere in the box gives it the focus."""
        event.stop()
        self.view.focus()
