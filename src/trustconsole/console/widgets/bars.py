"""The lines around the panes: status, strip of panes, headline, problems, filter, hints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Input

from trustconsole.commands import PANES, Key, Pane
from trustconsole.console.bindings import qualified
from trustconsole.console.display import Display, Words, join
from trustconsole.console.signs import PENDING, WARN, Sign
from trustconsole.text import visible

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult


class StatusBar(Words):
    """One line with a left and a right part."""

    def put(self, left: Content, right: Content, display: Display) -> None:
        """Show both parts; the left one is cut where they would meet."""
        room = self.size.width - 2
        left = display.cut_end(left, max(0, room - right.cell_length - 2))
        gap = max(1, room - left.cell_length - right.cell_length)
        self.show(join(Content(" "), left, Content(" " * gap), right))


class StripItem(Words):
    """One pane in the strip; a click goes there."""

    def __init__(self, pane: Pane) -> None:
        super().__init__(classes="strip-item")
        self.pane = pane

    async def on_click(self) -> None:
        """Go to the pane."""
        await self.run_action(f"screen.pane({self.pane.number})")


class PaneStrip(Horizontal):
    """All five panes with their worst sign, for screens that show one at a time."""

    def compose(self) -> ComposeResult:
        """One item for each pane."""
        for pane in PANES:
            yield StripItem(pane)

    def put(self, signs: Sequence[Sign], focused: int, display: Display) -> None:
        """Show the signs; `focused` is the number of the pane in front."""
        for item, sign in zip(self.query(StripItem), signs, strict=False):
            here = item.pane.number == focused
            name = display.text(f"{item.pane.number} {item.pane.short}", "bold" if here else "$text-muted")
            open_mark, close_mark = ("[", "]") if here else (" ", " ")
            item.show(join(Content(open_mark), name, Content(" "), display.sign(sign), Content(close_mark)))


class Problems(Words):
    """Sentences about the console's own work, as long as they hold; nothing when there are none."""

    def put(self, sentences: Sequence[str], display: Display) -> None:
        """Show the first three."""
        rows = [join(Content(" "), display.state(WARN, sentence)) for sentence in sentences[:3]]
        if len(sentences) > 3:
            rows.append(display.text(f"   and {len(sentences) - 3} more", "$text-muted"))
        self.show(Content("\n").join(rows))
        self.set_class(bool(sentences), "-some")


class Headline(Words):
    """The sentence on top."""

    def wait(self, display: Display) -> None:
        """Say that files are being read."""
        self.show(display.state(PENDING, "reading files"))


class FilterInput(Input):
    """What the operator types to filter; what is pasted passes the same door as everything else."""

    cursor_blink = False

    def validate_value(self, value: str) -> str:
        """No control or format character survives, typed or pasted."""
        return visible(value)[:200]

    async def on_key(self, event: events.Key) -> None:
        """Carry the field's own keys out here: by a binding they come after letters typed behind them."""
        active = self.screen.active_bindings.get(event.key)
        if active is None or active.node is not self or not active.enabled or event.is_printable:
            return
        if await self.app.run_action(active.binding.action, self):
            event.stop()
            event.prevent_default()


class FilterBar(Horizontal):
    """The line for the filter of a pane."""

    @dataclass
    class Changed(Message):
        """The text changed."""

        text: str

    @dataclass
    class Done(Message):
        """Enter keeps the filter, escape clears it."""

        keep: bool

    def __init__(self, display: Display) -> None:
        super().__init__(id="filter")
        self.display_of = display
        self.field = FilterInput(compact=True, select_on_focus=False, id="filter-input")

    def compose(self) -> ComposeResult:
        """A slash, then the field."""
        yield Words(self.display_of.text(" / ", "bold"), classes="filter-mark")
        yield self.field
        yield Words(
            self.display_of.text("! in front inverts · enter keeps · esc clears ", "$text-muted"),
            classes="filter-help",
        )

    def on_mount(self) -> None:
        """Closed until it is asked for."""
        self.display = False

    def open(self, text: str) -> None:
        """Show the line with the present filter in it."""
        self.display = True
        self.field.value = text
        self.field.cursor_position = len(text)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Pass the text on."""
        event.stop()
        self.post_message(self.Changed(event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Keep the filter."""
        event.stop()
        self.post_message(self.Done(True))

    def on_key(self, event: events.Key) -> None:
        """Escape clears; down goes to the rows."""
        if event.key in ("escape", "down", "tab"):
            event.stop()
            event.prevent_default()
            self.post_message(self.Done(event.key != "escape"))


class Hint(Words):
    """One hint; a click does what the key does."""

    def __init__(self, key: Key, display: Display) -> None:
        super().__init__(classes="hint")
        self.key_row = key
        self.display_of = display
        self.name_it(key.label)

    def name_it(self, label: str) -> None:
        """Say this beside the key."""
        show = self.display_of
        self.show(join(show.text(self.key_row.shown, "bold"), Content(" "), show.text(label, "$text-muted")))

    async def on_click(self) -> None:
        """Do what the key does; the row of the pane keys goes to the next pane."""
        action = "next_pane(1)" if len(self.key_row.presses) > 3 else self.key_row.presses[0][1]
        await self.run_action(qualified(action))


class HintBar(Horizontal):
    """The keys that matter here, at most eight."""

    def __init__(self, keys: Sequence[Key], display: Display) -> None:
        super().__init__(classes="hints")
        self.keys = keys
        self.display_of = display

    def compose(self) -> ComposeResult:
        """One hint for each key."""
        for key in self.keys:
            yield Hint(key, self.display_of)

    def name_them(self, labels: Mapping[str, str]) -> None:
        """Say something else beside the keys of these rows, by their ids; nothing: the hint goes."""
        for hint in self.query(Hint):
            label = labels.get(hint.key_row.id, hint.key_row.label)
            hint.name_it(label)
            hint.display = bool(label)
