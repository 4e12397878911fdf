"""The first start: where a controller was looked for, what was found, and the demo to look around in."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import Screen

from trustconsole.console.display import Display, Words, lines
from trustconsole.console.screens.pick import Choice, ChoiceView
from trustconsole.console.session import Start
from trustconsole.console.widgets.pane import TopRule
from trustconsole.console.widgets.row_list import RowList

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from trustconsole.console.app import ConsoleApp


class StartScreen(Screen[None]):
    """Offers every place that was found, then the demo."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "pick", show=False),
        Binding("j", "move(1)", show=False),
        Binding("k", "move(-1)", show=False),
        Binding("q", "app.quit", show=False),
    ]
    app: ConsoleApp

    def __init__(self, display: Display, start: Start) -> None:
        super().__init__()
        self.display_of = display
        self.start = start
        self.top = TopRule(display, "┌┐")
        self.rows = RowList(display, id="places")

    def compose(self) -> ComposeResult:
        """What this is, what was looked for, what to pick."""
        show = self.display_of
        with Vertical(classes="box last"):
            yield self.top
            yield Words(
                lines(
                    [
                        show.text("No controller is configured yet. These places were looked at:"),
                        *(
                            show.text(f"  {p.path}: {p.note}", "" if p.found else "$text-muted")
                            for p in self.start.places
                        ),
                        show.text(""),
                        show.text("Pick one (enter), or look around in the demo. To skip this screen:"),
                        show.text("  trustconsole --config F", "bold"),
                        show.text(""),
                    ]
                ),
                classes="intro",
            )
            yield self.rows

    def on_mount(self) -> None:
        """Show the choices."""
        found = [
            Choice("open", place.path, place.note, place.path) for place in self.start.places if place.found
        ]
        demo = Choice("demo", "Build a sample workspace in a new directory and open it", "", "demo")
        verify = Choice("verify", "Verify a downloaded release or an image", "", "verify")
        quit_ = Choice("quit", "Leave the console", "q", "quit")
        self.rows.show_view(ChoiceView([*found, demo, verify, quit_], self.display_of))
        self.rows.focus()
        title = self.display_of.text("trustconsole · first start", "bold")
        self.call_after_refresh(self.top.name_it, title, self.display_of.text(""))

    def action_move(self, by: int) -> None:
        """Move the cursor."""
        self.rows.action_cursor(by)

    async def on_row_list_opened(self) -> None:
        """A double click picks."""
        await self.action_pick()

    async def action_pick(self) -> None:
        """Open the place under the cursor, build the demo, verify what was downloaded, or leave."""
        item = self.rows.item
        if item is None:
            return
        if item.name == "quit":
            self.app.exit()
        elif item.name == "verify":
            await self.app.action_release()
        else:
            self.app.begin(None if item.name == "demo" else item.action)
