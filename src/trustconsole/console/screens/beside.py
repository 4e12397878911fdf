"""Rows with the detail beside them: the movement keys go to whichever has the focus."""

from __future__ import annotations

from trustconsole.console.screens.rows import Kind, RowsScreen
from trustconsole.console.widgets.sheet_box import SheetBox


class BesideScreen(RowsScreen[Kind]):
    """`detail` stands beside `box` and follows its cursor."""

    detail: SheetBox

    def show_detail(self) -> None:
        """Show the detail of the row under the cursor."""
        sheet = self.box.sheet()
        if sheet is not None:
            self.detail.show_sheet(sheet, keep_place=False)

    def action_next_pane(self, by: int) -> None:  # noqa: ARG002 - there are two parts
        """The movement keys go to the rows or to the detail."""
        self.set_focus(self.box.rows if self.detail.active else self.detail.view)

    def action_move(self, by: int) -> None:
        """Move the cursor, or scroll the detail."""
        if self.detail.active:
            self.detail.view.scroll_relative(y=by, animate=False)
        else:
            super().action_move(by)

    def action_move_end(self, direction: int) -> None:
        """To the first or last row, the beginning or the end."""
        if not self.detail.active:
            super().action_move_end(direction)
        elif direction < 0:
            self.detail.view.scroll_home(animate=False)
        else:
            self.detail.view.scroll_end(animate=False)
