"""The one dialog of the console: what would happen, and Cancel in front.

A question that must not be answered by habit asks for text. Cancel is marked at first; what is typed goes
into the field, and enter there counts only when the text is what was asked for.

Which choice is marked is a number of the screen, not the focus of a widget: one widget gets every key, and
each is carried out where it arrives. Focus that moves lets a quick enter reach the choice that was left.
"""

from __future__ import annotations

from collections.abc import Sequence
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


_CANCEL: Final = ("", "Cancel")
_ACTS: Final = {
    "escape": "back",
    "enter": "choose",
    "space": "choose",
    "tab": "turn(1)",
    "right": "turn(1)",
    "shift+tab": "turn(-1)",
    "left": "turn(-1)",
    "down": "scroll(1)",
    "up": "scroll(-1)",
    "pagedown": "scroll(8)",
    "pageup": "scroll(-8)",
}
_TYPED: Final = ("space", "left", "right")
"""Keys that are the field's while that is marked."""
_FRAME: Final = 8
"""Lines of the dialog around its sheet and field: border, note, choices, and what is kept free."""


class Button(Words):
    """A choice; the one that enter takes is marked, not only coloured."""

    @dataclass
    class Chosen(Message):
        """It was clicked."""

        name: str

    def __init__(self, name: str, words: str, display: Display) -> None:
        super().__init__(classes="button")
        self.choice = name
        self.words = words
        self.display_of = display

    def mark(self, *, here: bool) -> None:
        """Draw it with or without the mark."""
        show = self.display_of
        mark = show.text("▸ " if here else "  ")
        self.show(join(mark, show.text(self.words, "bold" if here else ""), show.text(" ")))
        self.set_class(here, "-here")

    def on_click(self) -> None:
        """A click chooses."""
        self.post_message(self.Chosen(self.choice))


class AnswerInput(FilterInput):
    """The field of a dialog: the dialog looks at each key before the field does."""

    @property
    def dialog(self) -> ConfirmScreen:
        """The dialog around it."""
        return self.query_ancestor(ConfirmScreen)

    async def on_key(self, event: events.Key) -> None:
        """What is not the dialog's is typed."""
        self.dialog.take_key(event)

    def on_paste(self) -> None:
        """What is pasted is typed, too."""
        self.dialog.mark_field()

    def on_click(self) -> None:
        """A click marks the field."""
        self.dialog.mark_field()


class ConfirmScreen(ModalScreen[Answer | None]):
    """Asks a question; None is what comes back from Cancel and esc.

    `marked` is the index in `stops` of what enter takes.
    """

    AUTO_FOCUS = ""
    # For keys that were pressed while the dialog was being opened; what comes later is `take_key`'s.
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(keys, action, show=False) for keys, action in _ACTS.items()
    ]
    app: ConsoleApp

    def __init__(self, question: Question, display: Display) -> None:
        super().__init__()
        self.question = question
        self.display_of = display
        self.top = TopRule(display, "┌┐")
        self.view = SheetView()
        self.field = AnswerInput(compact=True, select_on_focus=False, id="confirm-input")
        self.note = Words(classes="confirm-note")
        self.buttons = [Button(name, words, display) for name, words in (_CANCEL, *question.choices)]
        self.stops: list[AnswerInput | Button] = [*self.buttons]
        if question.asked is not None:
            self.stops.insert(0, self.field)
        self.marked = self.stops.index(self.buttons[0])

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
        """Cancel is marked, and the sheet is laid out once there is room."""
        self.set_focus(self.field if self.question.asked is not None else None)
        self._mark(self.marked)
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

    # -- keys

    def on_key(self, event: events.Key) -> None:
        """Keys come here where there is no field."""
        self.take_key(event)

    def take_key(self, event: events.Key) -> None:
        """Carry a key of the dialog out at once; leave what is typed to the field."""
        if event.key in self._acts():
            event.stop()
            event.prevent_default()
            self._act(event.key)
        elif event.is_printable:
            self.mark_field()

    def _acts(self) -> Sequence[str]:
        """The keys that are not the field's now; a space belongs to the text once there is some."""
        if self.stops[self.marked] is self.field:
            return [key for key in _ACTS if key not in _TYPED]
        return [key for key in _ACTS if key != "space" or not self.field.value]

    def _act(self, key: str) -> None:
        name, _, by = _ACTS[key].rstrip(")").partition("(")
        if name == "turn":
            self.action_turn(int(by))
        elif name == "scroll":
            self.action_scroll(int(by))
        elif name == "choose":
            self.action_choose()
        else:
            self.action_back()

    def mark_field(self) -> None:
        """Mark the field, where there is one."""
        if self.field in self.stops:
            self._mark(self.stops.index(self.field))

    def _mark(self, index: int) -> None:
        self.marked = index
        here = self.stops[index]
        for button in self.buttons:
            button.mark(here=button is here)
        self.field.set_class(here is not self.field, "-resting")

    def on_input_changed(self, event: Input.Changed) -> None:
        """What was wrong with the text before is not said of the next one."""
        event.stop()
        self.note.show(EMPTY)

    def on_button_chosen(self, message: Button.Chosen) -> None:
        """A click on Cancel or a choice."""
        message.stop()
        self._choose(message.name)

    def _choose(self, name: str) -> None:
        """Cancel, or the choice if the text is as it was asked for."""
        if name:
            self._take(name)
        else:
            self._end(None)

    def _end(self, answer: Answer | None) -> None:
        if self.is_current:  # a second enter behind the one that ended it is nobody's
            self.dismiss(answer)

    def _take(self, choice: str) -> None:
        asked = self.question.asked
        text = self.field.value.strip()
        problem = asked.problem(text) if asked is not None else ""
        if problem:
            self.note.show(self.display_of.state(WARN, problem))
            self.mark_field()
            return
        self._end(Answer(choice, text))

    def action_choose(self) -> None:
        """Take what is marked; in the field that is the first choice."""
        here = self.stops[self.marked]
        self._choose(here.choice if isinstance(here, Button) else self.question.choices[0][0])

    def action_turn(self, by: int) -> None:
        """Mark the next choice, the field among them."""
        self._mark((self.marked + by) % len(self.stops))

    def action_scroll(self, by: int) -> None:
        """Scroll what is asked about."""
        self.view.scroll_relative(y=by, animate=False)

    def action_back(self) -> None:
        """Cancel."""
        self._end(None)
