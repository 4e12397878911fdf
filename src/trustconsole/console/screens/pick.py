"""The palette: the commands by the names they have on the command line, narrowed by typing.

Nothing in here is built from data: a certificate subject can never become a command.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen

from trustconsole.commands import COMMANDS, KEYS, PANES
from trustconsole.console.bindings import qualified
from trustconsole.console.columns import Column
from trustconsole.console.display import Display, Words
from trustconsole.console.sheet import Level, Sheet
from trustconsole.console.signs import INFO, Sign
from trustconsole.console.view import View
from trustconsole.console.widgets.bars import FilterInput
from trustconsole.console.widgets.pane import TopRule
from trustconsole.console.widgets.row_list import RowList

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult
    from textual.widgets import Input

    from trustconsole.console.app import ConsoleApp


@dataclass(frozen=True, slots=True)
class Choice:
    """One row: a name, a sentence, a place or key; `action` is what picking it does, empty for a heading."""

    name: str
    words: str
    aside: str = ""
    action: str = ""


class ChoiceView(View[Choice]):
    """Choices as a view, so that the same list draws them."""

    pane = PANES[0]
    columns = (
        Column("", 9, 20, "end"),
        Column("", 20, 120, "end", flexible=True),
        Column("", 3, 12, "end", leaves=1),
    )

    def __init__(self, choices: Sequence[Choice], display: Display) -> None:
        self.choices = choices
        self.display = display
        self.items = choices

    def rows(self) -> Sequence[Choice]:
        """The choices."""
        return self.choices

    def key(self, item: Choice) -> str:
        """Name and action."""
        return f"{item.name}:{item.words}"

    def cells(self, item: Choice) -> tuple[Content, ...]:
        """Name, sentence, aside."""
        show = self.display
        if not item.action and not item.words:
            return show.text(item.name, "bold $text-primary"), Content(""), Content("")
        return show.text(item.name, "bold"), show.text(item.words), show.text(item.aside, "$text-muted")

    def summary(self) -> Content:
        """Nothing."""
        return Content("")

    def worst(self) -> Sign:
        """Nothing to report."""
        return INFO

    def empty(self) -> str:
        """Never empty."""
        return ""

    def sheet(self, item: Choice | None, level: Level) -> Sheet:  # noqa: ARG002 - the interface's
        """The choice as a sentence."""
        return Sheet(self.display, self.display.text(item.name if item else ""))


class PickScreen(ModalScreen[str | None]):
    """A field to type in and the rows that match; enter picks, escape leaves."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "back", show=False)]
    app: ConsoleApp

    def __init__(self, title: str, aside: str, choices: Sequence[Choice], display: Display) -> None:
        super().__init__()
        self.display_of = display
        self.words = (title, aside)
        self.choices = choices
        self.top = TopRule(display, "┌┐")
        self.rows = RowList(display, id="choices")
        self.rows.leads = True
        self.field = FilterInput(compact=True, id="pick-input")

    def compose(self) -> ComposeResult:
        """Border, field, rows."""
        with Vertical(classes="dialog box last"):
            yield self.top
            with Horizontal(classes="field"):
                yield Words(self.display_of.text("▸ ", "$text-muted"))
                yield self.field
            yield self.rows

    def on_mount(self) -> None:
        """Show all choices."""
        title, aside = self.words
        self.rows.show_view(ChoiceView(self.choices, self.display_of))
        self.call_after_refresh(
            self.top.name_it, self.display_of.text(title, "bold"), self.display_of.text(aside, "$text-muted")
        )
        self.set_focus(self.field)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Narrow the rows."""
        event.stop()
        self._narrow()

    def _narrow(self) -> None:
        """To what is in the field now: keys overtake the message that it changed."""
        if self.rows.pattern != self.field.value:
            self.rows.filter(self.field.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Pick the row under the cursor."""
        event.stop()
        self._pick()

    def on_row_list_opened(self) -> None:
        """A double click picks."""
        self._pick()

    def on_key(self, event: events.Key) -> None:
        """Arrows move the cursor while the field keeps the focus."""
        moves = {"down": 1, "up": -1}
        if event.key in moves:
            event.stop()
            self._narrow()
            self.rows.action_cursor(moves[event.key])
        elif event.key in ("pagedown", "pageup"):
            event.stop()
            self._narrow()
            self.rows.action_page(1 if event.key == "pagedown" else -1)

    def _pick(self) -> None:
        self._narrow()
        item = self.rows.item
        self.dismiss(item.action or None if item is not None else None)

    def action_back(self) -> None:
        """Leave without picking."""
        self.dismiss(None)


def commands_choices() -> list[Choice]:
    """The palette: the commands by their names on the command line, then what keys do."""
    shown = {key.presses[0][1]: key.shown for key in KEYS}
    found = [
        Choice(row.name, row.palette_help or row.summary, "", row.action) for row in COMMANDS if row.action
    ]
    for key in KEYS:
        action = key.presses[0][1]
        if key.id not in ("panes", "next", "move", "neighbour", "palette", "back"):
            found.append(Choice(key.label, key.help, shown[action], qualified(action)))
    return [
        Choice(c.name, c.words, c.aside, c.action if "." in c.action else qualified(c.action)) for c in found
    ]
