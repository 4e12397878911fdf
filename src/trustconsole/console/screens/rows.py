"""A screen of its own around one list of rows: filter, cursor, detail, export, as in the panes."""

from __future__ import annotations

from typing import TypeVar

from textual.widgets import Input

from trustconsole.console.bindings import OPENERS
from trustconsole.console.screens.detail import DetailScreen
from trustconsole.console.screens.working import WorkingScreen
from trustconsole.console.sheet import LEVELS
from trustconsole.console.widgets.bars import FilterBar
from trustconsole.console.widgets.pane import PaneBox

Kind = TypeVar("Kind")


class RowsScreen(WorkingScreen[Kind]):
    """`box` holds the rows; subclasses compose it, a `FilterBar`, and say what the cursor's row means."""

    box: PaneBox

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Where the filter has the focus, its key is a letter."""
        return not (action in OPENERS and isinstance(self.focused, Input))

    def show_detail(self) -> None:
        """Show the detail of the row under the cursor."""
        raise NotImplementedError

    def on_row_list_moved(self) -> None:
        """The detail follows the cursor."""
        self.show_detail()

    async def on_row_list_opened(self) -> None:
        """A double click opens."""
        await self.action_open_detail()

    def action_pane(self, number: int) -> None:
        """Leave for a pane."""
        if not self.busy:
            self.dismiss()
            self.app.main.action_pane(number)

    def action_next_pane(self, by: int) -> None:
        """There is one list."""

    def action_move(self, by: int) -> None:
        """Move the cursor."""
        self.box.rows.action_cursor(by)

    def action_move_end(self, direction: int) -> None:
        """To the first or last row."""
        self.box.rows.action_end(direction)

    def action_filter(self) -> None:
        """Open the filter of the rows."""
        bar = self.query_one(FilterBar)
        bar.open(self.box.rows.pattern)
        self.set_focus(bar.field)

    def on_filter_bar_changed(self, message: FilterBar.Changed) -> None:
        """Filter while it is typed."""
        if self.query_one(FilterBar).display:
            self.box.filter(message.text)
            self.show_detail()

    def on_filter_bar_done(self, message: FilterBar.Done) -> None:
        """Close the filter line."""
        self.query_one(FilterBar).display = False
        if not message.keep:
            self.box.filter("")
        self.set_focus(self.box.rows)

    async def action_open_detail(self) -> None:
        """Give the detail of the row the whole screen."""
        if self.box.sheet() is not None:
            await self.app.push_screen(DetailScreen(self.display_of, self.box))

    def action_detail_level(self) -> None:
        """Step through one line, trace, evidence."""
        self.box.level = (self.box.level + 1) % 3  # type: ignore[assignment]
        self.show_detail()
        self.app.say(f"Detail: {LEVELS[self.box.level]}")

    def action_export(self) -> None:
        """Write the detail into the state directory."""
        self.app.export_sheet(self.box)

    def action_copy(self) -> None:
        """Copy what identifies the row."""
        sheet = self.box.sheet()
        self.app.copy(sheet.copy if sheet else None)

    def action_copy_more(self) -> None:
        """Copy the longer text."""
        sheet = self.box.sheet()
        self.app.copy(sheet.more if sheet else None)

    def action_back(self) -> None:
        """Clear the filter, or leave."""
        if self.box.rows.pattern:
            self.box.filter("")
        else:
            self.dismiss()
