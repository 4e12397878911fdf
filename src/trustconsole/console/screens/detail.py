"""One row's detail with the whole screen to itself; it stays live while the files change."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Vertical
from textual.screen import Screen

from trustconsole.commands import Scope, hints
from trustconsole.console.bindings import bindings
from trustconsole.console.display import Display
from trustconsole.console.headline import status
from trustconsole.console.sheet import LEVELS
from trustconsole.console.widgets.bars import HintBar, Problems, StatusBar
from trustconsole.console.widgets.pane import PaneBox, TopRule
from trustconsole.console.widgets.sheet_view import SheetView

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from trustconsole.console.app import ConsoleApp


class DetailScreen(Screen[None]):
    """Shows the sheet of a pane's row; the pane keeps cursor and level."""

    SCOPE: ClassVar[Scope] = "detail"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("global", "detail", "trust-root")]
    app: ConsoleApp

    def __init__(self, display: Display, box: PaneBox) -> None:
        super().__init__()
        self.display_of = display
        self.box = box
        self.top = TopRule(display, "┌┐")
        self.view = SheetView()

    def compose(self) -> ComposeResult:
        """Status, problems, the sheet, hints."""
        yield StatusBar()
        yield Problems()
        with Vertical(classes="box last"):
            yield self.top
            yield self.view
        yield HintBar(hints(("global", "detail")), self.display_of)

    def on_mount(self) -> None:
        """Follow the app's snapshot and the clock."""
        self.watch(self.app, "snapshot", self.follow, init=False)
        self.watch(self.app, "problems", self.show_problems)
        self.set_interval(1, self.tick)
        self.call_after_refresh(self.tick)
        self.call_after_refresh(self.show, keep_place=False)

    def on_resize(self) -> None:
        """Follow the width."""
        self.call_after_refresh(self.tick)

    def follow(self) -> None:
        """Show the newer snapshot once the pane has it."""
        self.call_after_refresh(self.show, keep_place=True)

    def show(self, *, keep_place: bool) -> None:
        """Show the sheet of the pane's row."""
        sheet = self.box.sheet()
        if sheet is None:
            return
        show = self.display_of
        place = show.text(f"{self.box.pane.name} · ", "$text-muted")
        level = show.text(LEVELS[self.box.level], "$text-muted")
        self.top.name_it(place + sheet.title, show.separated((sheet.summary, level)))
        self.view.show_sheet(sheet, keep_place=keep_place)

    def show_problems(self, sentences: tuple[str, ...]) -> None:
        """Show or hide the banner."""
        self.query_one(Problems).put(sentences, self.display_of)

    def tick(self) -> None:
        """Draw the status line for the present second."""
        bar = self.query_one(StatusBar)
        parts = status(self.app.snapshot, self.display_of, read_only=self.app.read_only, width=bar.size.width)
        bar.put(*parts, self.display_of)

    def action_pane(self, number: int) -> None:
        """Leave the detail for a pane."""
        self.dismiss()
        self.app.main.action_pane(number)

    def action_next_pane(self, by: int) -> None:
        """Leave the detail for the next pane."""
        self.dismiss()
        self.app.main.action_next_pane(by)

    def action_move(self, by: int) -> None:
        """Scroll by a line."""
        self.view.scroll_relative(y=by, animate=False)

    def action_move_end(self, direction: int) -> None:
        """Scroll to the beginning or the end."""
        if direction < 0:
            self.view.scroll_home(animate=False)
        else:
            self.view.scroll_end(animate=False)

    def action_neighbour(self, by: int) -> None:
        """Show the next row."""
        self.box.rows.action_cursor(by)
        self.show(keep_place=False)

    def action_detail_level(self) -> None:
        """Step through one line, trace, evidence."""
        self.box.level = (self.box.level + 1) % 3  # type: ignore[assignment]
        self.show(keep_place=False)

    def action_copy(self) -> None:
        """Copy what identifies the row."""
        self.app.copy(self.view.sheet.copy if self.view.sheet else None)

    def action_copy_more(self) -> None:
        """Copy the longer text."""
        self.app.copy(self.view.sheet.more if self.view.sheet else None)

    def action_export(self) -> None:
        """Write the detail into the state directory."""
        self.app.export_sheet(self.box)

    def action_back(self) -> None:
        """One level up."""
        self.dismiss()
