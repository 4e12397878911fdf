"""Help: the keys of the place one is in first, then all others and the commands; typing narrows it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen

from trustconsole.commands import COMMANDS, PANES, Scope, keys_of
from trustconsole.console.display import Display, Words
from trustconsole.console.sheet import Sheet
from trustconsole.console.signs import SIGNS
from trustconsole.console.widgets.bars import FilterInput
from trustconsole.console.widgets.pane import TopRule
from trustconsole.console.widgets.sheet_view import SheetView

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult
    from textual.widgets import Input

    from trustconsole.console.app import ConsoleApp


@dataclass(frozen=True, slots=True)
class Topic:
    """A heading with its rows: what is pressed, typed or seen, and what that means."""

    title: str
    rows: tuple[tuple[str, str], ...]


class HelpScreen(ModalScreen[None]):
    """A field to type in and the help that matches."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,f1,enter", "back", show=False, priority=True)]
    app: ConsoleApp

    def __init__(self, display: Display, here: Scope) -> None:
        super().__init__()
        self.display_of = display
        self.here = here
        self.top = TopRule(display, "┌┐")
        self.view = SheetView()
        self.field = FilterInput(compact=True, id="help-input")

    def compose(self) -> ComposeResult:
        """Border, field, help."""
        with Vertical(classes="dialog box last"):
            yield self.top
            with Horizontal(classes="field"):
                yield Words(self.display_of.text("▸ ", "$text-muted"))
                yield self.field
            yield self.view

    def on_mount(self) -> None:
        """Show everything."""
        self.set_focus(self.field)
        self.call_after_refresh(self.narrow, "")

    def narrow(self, words: str) -> None:
        """Show the rows that contain the words."""
        show = self.display_of
        self.top.name_it(show.text("Help", "bold"), show.text("type to narrow · esc closes", "$text-muted"))
        self.view.show_sheet(help_sheet(show, self.here, words), keep_place=False)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Narrow the help."""
        event.stop()
        self.narrow(event.value)

    def on_key(self, event: events.Key) -> None:
        """Arrows scroll while the field keeps the focus."""
        steps = {"down": 1, "up": -1, "pagedown": 10, "pageup": -10}
        if event.key in steps:
            event.stop()
            self.view.scroll_relative(y=steps[event.key], animate=False)

    def action_back(self) -> None:
        """Close."""
        self.dismiss()


_SCREENS: Final[dict[Scope, str]] = {
    "rotation": "In a rotation",
    "revocation": "In a revocation",
    "audit": "In the audit log",
    "release": "In a release",
}
"""Screens besides the panes that have keys of their own."""


def topics(here: Scope) -> Iterator[Topic]:
    """All of the help, that of `here` first."""
    if here in _SCREENS and _keys(here):
        yield Topic(_SCREENS[here], _keys(here))
    for pane in PANES:
        if pane.id == here:
            yield Topic(f"Pane {pane.number}: {pane.title}", (("", pane.help), *_keys(pane.id)))
    order: tuple[Scope, ...] = (
        ("detail", "global", "panes") if here == "detail" else ("panes", "global", "detail")
    )
    titles = {"detail": "In the detail", "panes": "In every pane", "global": "Everywhere"}
    for scope in order:
        yield Topic(titles[scope], _keys(scope))
    for pane in PANES:
        if pane.id != here and _keys(pane.id):
            yield Topic(f"In pane {pane.number}: {pane.title}", _keys(pane.id))
    for scope, title in _SCREENS.items():
        if scope != here and _keys(scope):
            yield Topic(title, _keys(scope))
    yield Topic("On the command line", tuple((row.name, row.summary) for row in COMMANDS if row.words))


def _keys(scope: Scope) -> tuple[tuple[str, str], ...]:
    return tuple((key.shown, key.help) for key in keys_of(scope))


def help_sheet(display: Display, here: Scope, words: str) -> Sheet:
    """The topics with the rows that contain the words, and the signs."""
    wanted = words.lower().strip()
    sheet = Sheet(display, display.text("Help"))
    for topic in topics(here):
        rows = [row for row in topic.rows if wanted in f"{row[0]} {row[1]}".lower()]
        if rows:
            sheet.heading(topic.title)
        wide = max(len(name) for name, _ in topic.rows)
        for name, meaning in rows:
            lead = f"  {name:<{wide}}  " if wide else "  "
            sheet.row(display.text(lead, "bold"), display.text(meaning))
    signs = [sign for sign in SIGNS if wanted in f"sign {sign.word}"]
    if signs:
        sheet.heading("Signs")
        for sign in signs:
            sheet.row(display.text("  "), display.state(sign))
    if not sheet.entries:
        sheet.say(None, f"Nothing in the help contains {words}.")
    return sheet
