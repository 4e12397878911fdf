"""A sheet on the screen, laid out for its width and scrolled; its text can be selected with the mouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import VerticalScroll

from trustconsole.console.display import Words, lines
from trustconsole.console.sheet import Sheet, lay_out, mark_line

if TYPE_CHECKING:
    from textual.app import ComposeResult


class SheetView(VerticalScroll, can_focus=False):
    """Shows a sheet; lays it out again when its width changes.

    The scrollbar's column is kept free (`scrollbar-gutter`), so a sheet is as wide with it as without it.
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes="sheet")
        self.sheet: Sheet | None = None
        self._words = Words()
        self._width = 0

    def compose(self) -> ComposeResult:
        """One block of words."""
        yield self._words

    def show_sheet(self, sheet: Sheet, *, keep_place: bool) -> None:
        """Show this sheet, at its marked line unless the place is kept."""
        self.sheet = sheet
        self._draw()
        if not keep_place:
            target = mark_line(sheet, self._room()) if sheet.mark else 0
            self.call_after_refresh(self.scroll_to, y=target, animate=False)

    def _room(self) -> int:
        return max(20, self.scrollable_content_region.width - 1)

    def _draw(self) -> None:
        if self.sheet is not None and self.size.width:
            self._width = self._room()
            self._words.show(lines(lay_out(self.sheet, self._width)))

    def on_resize(self) -> None:
        """Follow the width."""
        if self._room() != self._width:
            self._draw()
