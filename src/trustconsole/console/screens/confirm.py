"""The one dialog of the console: what would happen, and Cancel in front.

A question that must not be answered by habit asks for text. Cancel has the focus; what is typed goes into the
field, and enter there counts only when the text is what was asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.screen import ModalScreen

from trustconsole.console.display import EMPTY, Display, Words, join
from trustconsole.console.question import Answer, Question
from trustconsole.console.sheet import lay_out
from trustconsole.console.signs import WARN
from trustconsole.console.widgets.bars import FilterInput
from trustconsole.console.widgets.pane import TopRule
from trustconsole.console.widgets.sheet_view import SheetView

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult
    from textual.widgets import Input

    from trustconsole.console.app import ConsoleApp


_FRAME: Final = 8
"""Lines of the dialog around its sheet and field: border, note, choices, and what is kept free."""


class Button(Words, can_focus=True):
    """A choice; the one with the focus is marked, not only coloured."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,space", "choose", show=False)]

    @dataclass
    class Chosen(Message):
        """It was pressed."""

        name: str

    def __init__(self, name: str, words: str, display: Display) -> None:
        super().__init__(classes="button")
        self.choice = name
        self.words = words
        self.display_of = display

    def on_mount(self) -> None:
        """Draw it."""
        self.redraw()

    def redraw(self) -> None:
        """Draw it with or without the mark of the focus."""
        show = self.display_of
        mark = show.text("▸ " if self.has_focus else "  ")
        self.show(join(mark, show.text(self.words, "bold" if self.has_focus else ""), show.text(" ")))

    def watch_has_focus(self, has_focus: bool) -> None:
        """Mark the choice that enter takes."""
        super().watch_has_focus(has_focus)
        self.redraw()

    def on_click(self) -> None:
        """A click chooses."""
        self.action_choose()

    def action_choose(self) -> None:
        """Choose it."""
        self.post_message(self.Chosen(self.choice))


class ConfirmScreen(ModalScreen[Answer | None]):
    """Asks a question; None is what comes back from Cancel and esc."""

    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", show=False),
        Binding("tab,right", "turn(1)", show=False),
        Binding("shift+tab,left", "turn(-1)", show=False),
        Binding("down", "scroll(1)", show=False),
        Binding("up", "scroll(-1)", show=False),
        Binding("pagedown", "scroll(8)", show=False),
        Binding("pageup", "scroll(-8)", show=False),
    ]
    app: ConsoleApp

    def __init__(self, question: Question, display: Display) -> None:
        super().__init__()
        self.question = question
        self.display_of = display
        self.top = TopRule(display, "┌┐")
        self.view = SheetView()
        self.field = FilterInput(compact=True, select_on_focus=False, id="confirm-input")
        self.note = Words(classes="confirm-note")
        self.cancel = Button("", "Cancel", display)
        self.buttons = [self.cancel, *(Button(name, words, display) for name, words in question.choices)]

    def compose(self) -> ComposeResult:
        """Border, sheet, field, note, choices."""
        asked = self.question.asked
        with Vertical(classes="dialog box confirm"):
            yield self.top
            yield self.view
            if asked is not None:
                with Horizontal(classes="field"):
                    yield Words(self.display_of.text(f"{asked.label} ▸ ", "$text-muted"))
                    yield self.field
            yield self.note
            with Horizontal(classes="buttons"):
                yield from self.buttons

    def on_mount(self) -> None:
        """Cancel has the focus, and the sheet is laid out once there is room."""
        self.cancel.focus()
        self.call_after_refresh(self._show)

    def _show(self) -> None:
        sheet = self.question.sheet
        show = self.display_of
        self.top.name_it(sheet.title, show.text("esc cancels", "$text-muted"))
        self._fit()
        self.view.show_sheet(sheet, keep_place=False)

    def on_resize(self) -> None:
        """Choices stay in sight, whatever the size: it is the sheet that scrolls."""
        self.call_after_refresh(self._fit)

    def _fit(self) -> None:
        width = self.view.size.width
        if width:
            wanted = len(lay_out(self.question.sheet, max(20, width - 3)))
            room = self.size.height - _FRAME - (self.question.asked is not None)
            self.view.styles.height = max(1, min(wanted, room))

    def on_key(self, event: events.Key) -> None:
        """What is typed while a choice has the focus goes into the field."""
        typed = event.character
        if (
            self.question.asked is None
            or self.focused is self.field
            or typed is None
            or not typed.isprintable()
        ):
            return
        if typed == " " and not self.field.value:
            return
        event.stop()
        event.prevent_default()
        self.field.focus()
        self.field.insert_text_at_cursor(typed)

    def on_input_changed(self, event: Input.Changed) -> None:
        """What was wrong with the text before is not said of the next one."""
        event.stop()
        self.note.show(EMPTY)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter in the field takes the first choice."""
        event.stop()
        self._take(self.question.choices[0][0])

    def on_button_chosen(self, message: Button.Chosen) -> None:
        """Cancel, or the choice if the text is as it was asked for."""
        message.stop()
        if message.name:
            self._take(message.name)
        else:
            self.dismiss(None)

    def _take(self, choice: str) -> None:
        asked = self.question.asked
        text = self.field.value.strip()
        problem = asked.problem(text) if asked is not None else ""
        if problem:
            self.note.show(self.display_of.state(WARN, problem))
            self.field.focus()
            return
        self.dismiss(Answer(choice, text))

    def action_turn(self, by: int) -> None:
        """Give the next choice the focus, the field among them."""
        stops = [*([self.field] if self.question.asked is not None else []), *self.buttons]
        here = stops.index(self.focused) if self.focused in stops else 0
        stops[(here + by) % len(stops)].focus()

    def action_scroll(self, by: int) -> None:
        """Scroll what is asked about."""
        self.view.scroll_relative(y=by, animate=False)

    def action_back(self) -> None:
        """Cancel."""
        self.dismiss(None)
