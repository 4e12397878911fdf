"""The wizard of a rotation: one view for every step, always of the same parts.

Five dots, the sentence about what to do now, *why*, the evidence as rows, and the gate with what opens it.
What is true comes from `api.RotationView`; here are only cursor, filter and the questions that were asked.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from textual.containers import Horizontal, Vertical

from trustconsole.api import RotationView
from trustconsole.commands import KEYS, Scope
from trustconsole.console.bindings import bindings
from trustconsole.console.display import EMPTY, Display, Words, join
from trustconsole.console.rotation import words
from trustconsole.console.rotation.gate import gate_sheet, running_sheet
from trustconsole.console.rotation.output import Output
from trustconsole.console.rotation.rows import Seen, StepModules, StepNodes, seen_again
from trustconsole.console.screens.detail import DetailScreen
from trustconsole.console.screens.plan import PlanScreen
from trustconsole.console.screens.stepping import SteppingScreen
from trustconsole.console.session import Session
from trustconsole.console.signs import ACCEPT
from trustconsole.console.view import View
from trustconsole.console.widgets.bars import FilterBar, Headline, HintBar, Problems, StatusBar
from trustconsole.console.widgets.pane import PaneBox, TopRule
from trustconsole.console.widgets.sheet_box import SheetBox
from trustconsole.console.widgets.sheet_view import SheetView

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.events import Resize

WIDE, TALL = 110, 34
_HINTS = ("next-step", "undo", "save-commands", "override", "another", "copy", "help", "back")


class RotationScreen(SteppingScreen):
    """Shows where the rotation stands, or the first step of a draft; what it does is `SteppingScreen`'s."""

    SCOPE: ClassVar[Scope] = "rotation"
    AUTO_FOCUS = "#rows-rotation"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("global", "panes", "rotation")]

    def __init__(self, display: Display, session: Session, *, undo: bool = False) -> None:
        """`undo`: ask at once whether the last change is to be taken back, instead of for a plan."""
        super().__init__(display, session)
        self.seen: Seen = {}
        self.offered = undo
        self.undo_first = undo
        self._before: RotationView | None = None
        self._gate_place: tuple[object, bool] | None = None
        self.output = Output()
        self.box = PaneBox(StepModules.pane, display, "┌┐")
        self.gate = SheetBox(display, "┌┐", id="gate")
        self.detail_top = TopRule(display, "├┤")
        self.detail = SheetView()
        self.title_line = Words(classes="rotation-line")
        self.dots = Words(classes="rotation-line")
        self.why = Words(classes="rotation-line")
        self.outcome_line = Words(classes="rotation-outcome")
        self.hints = HintBar([key for name in _HINTS for key in KEYS if key.id == name], display)

    def compose(self) -> ComposeResult:
        """Status and banner, the lines over the step, evidence and gate, filter and keys."""
        yield StatusBar()
        yield Problems()
        yield self.title_line
        yield self.dots
        yield Headline()
        yield self.why
        yield self.outcome_line
        with Horizontal(id="rotation-body"):
            with Vertical(id="rotation-left", classes="last"):
                yield self.box
                with Vertical(id="rotation-detail", classes="box"):
                    yield self.detail_top
                    yield self.detail
            with Vertical(id="rotation-right", classes="last"):
                yield self.gate
        yield FilterBar(self.display_of)
        yield self.hints

    def on_mount(self) -> None:
        """Follow the app's rotation and the clock."""
        self.query_one(Headline).wait(self.display_of)
        self.follow_frame()
        self._before = self.app.rotation
        self.watch(self.app, "rotation", self.follow)
        self.set_interval(0.2, self.show_output)
        self.app.request_rotation()

    # -- showing

    def show_view(self, view: RotationView) -> None:
        """Show a newer view; the cursor stays on its row."""
        before = self.view
        same = before is not None and before.plan is not None and before.plan == view.plan
        self.seen = seen_again(before if same else None, view, self.seen, self.display_of.clock())
        if before is not None and before.step != view.step and self.view_of_outcome != view.step:
            self.outcome = (ACCEPT, "")
        self.view = view
        self.redraw()
        if self.undo_first and view.undo is not None and view is not self._before:
            self.undo_first = False
            self.call_later(self.action_undo)
        if view.plan is None and not self.offered:
            self.offered = True
            self.call_later(self.action_another)

    def redraw(self) -> None:
        """Draw everything of the present view."""
        view, show = self.view, self.display_of
        if view is None:
            return
        standing = show.text(words.step_words(view), "$text-muted")
        name = words.title(view, self.app.snapshot, show)
        self.title_line.show(join(name, show.text("   "), standing))
        self.dots.show(words.dots(view, show))
        self.query_one(Headline).show(words.headline(view, show, draft=self.draft is not None))
        self.why.show(words.why(view, show))
        self.why.display = view.words is not None
        self.hints.name_them(words.hint_labels(view))
        self._show_outcome()
        rows = self._rows(view)
        if self.box.pane.title != rows.pane.title:
            self.box.pane = rows.pane
            self.box.rows.pattern = ""
            self.box.rows.index, self.box.rows.key = 0, None
        self.box.show_view(rows)
        place = (view.step, self.output.running)
        self.show_gate(keep_place=place == self._gate_place)
        self._gate_place = place
        self.show_detail()
        self._lay_out()
        if isinstance(self.app.screen, DetailScreen):
            self.app.screen.show(keep_place=True)

    def _rows(self, view: RotationView) -> View[Any]:
        snapshot = self.app.snapshot
        if view.step in (2, 5, "done") and snapshot is not None:
            return StepNodes(view, replace(snapshot, nodes=view.nodes), self.display_of)
        return StepModules(view, self.display_of, self.seen)

    def _show_outcome(self) -> None:
        sign, said = self.outcome
        self.outcome_line.show(self.display_of.state(sign, said) if said else EMPTY)
        self.outcome_line.set_class(bool(said), "-some")

    def show_gate(self, *, keep_place: bool) -> None:
        """Show the gate, or what a command says while it runs."""
        if self.view is None:
            return
        if self.output.running:
            sheet = running_sheet(self.display_of, self.output)
        else:
            sheet = gate_sheet(self.view, self.display_of, self.output.lines())
        self.gate.show_sheet(sheet, keep_place=keep_place)
        if self.output.running:
            self.call_after_refresh(self.gate.view.scroll_end, animate=False)

    def show_output(self) -> None:
        """Show new lines of a command, and how long it runs."""
        if self.output.take_news():
            self.show_gate(keep_place=True)

    def show_detail(self) -> None:
        """Show the detail of the row under the cursor."""
        sheet = self.box.sheet()
        if sheet is not None:
            self.detail.show_sheet(sheet, keep_place=True)
            self.detail_top.name_it(sheet.title, sheet.summary)

    def on_resize(self, event: Resize) -> None:
        """Choose the layout."""
        self.set_class(event.size.width < WIDE, "-stacked")
        self.set_class(event.size.height >= TALL, "-high")
        self.call_after_refresh(self._lay_out)
        self.call_after_refresh(self.tick)

    def _lay_out(self) -> None:
        """The rows take what they need, up to their share; the part with the focus gets more."""
        height = self.query_one("#rotation-body").size.height
        if not height:
            return
        stacked = self.has_class("-stacked")
        wanted = len(self.box.rows.shown) + self.box.rows.head + 2
        share = height * (3 if self.gate.active else 4) // 9 if stacked else height * 5 // 9
        self.box.styles.height = max(4, min(wanted, share))
        self.query_one("#rotation-left").styles.height = None if not stacked else "auto"
        self.detail.display = self.detail_top.display = not stacked

    def on_descendant_focus(self) -> None:
        """The part with the focus gets more room."""
        self._lay_out()

    # -- moving about

    def action_next_pane(self, by: int) -> None:  # noqa: ARG002 - there are two parts
        """The movement keys go to the evidence or to the gate."""
        self.set_focus(self.box.rows if self.gate.active else self.gate.view)

    def action_move(self, by: int) -> None:
        """Move the cursor, or scroll the gate."""
        if self.gate.active:
            self.gate.view.scroll_relative(y=by, animate=False)
        else:
            self.box.rows.action_cursor(by)

    def action_move_end(self, direction: int) -> None:
        """To the first or last row, the beginning or the end."""
        if not self.gate.active:
            self.box.rows.action_end(direction)
        elif direction < 0:
            self.gate.view.scroll_home(animate=False)
        else:
            self.gate.view.scroll_end(animate=False)

    def action_copy(self) -> None:
        """Copy the commands of the row, or what closes the gate where that has the focus."""
        sheet = self.gate.view.sheet if self.gate.active else self.box.sheet()
        self.app.copy(sheet.copy if sheet else None)

    def action_back(self) -> None:
        """Stop what runs, clear the filter, or leave."""
        if self.busy:
            self.stop.set()
            self.app.say(f"Stopping: {self.busy}")
        else:
            super().action_back()

    async def action_another(self) -> None:
        """Plan another rotation, where none is under way."""
        if self.busy or self.app.snapshot is None:
            return
        if self.view is not None and self.view.step not in (1, "done", "none") and self.draft is None:
            self.refuse(
                "This rotation is under way: finish it, or take it back with u, before another is planned."
            )
            return
        block = self.app.main.block
        at = f"{_KIND_OF.get(block.kind, '')}:{block.fingerprint}" if block is not None else None
        undo = self.view is not None and self.view.plan is None and self.view.undo is not None
        await self.app.push_screen(
            PlanScreen(self.display_of, self.session, self.app.snapshot, at, undo=undo), self.take_draft
        )


_KIND_OF = {"public-key": "author", "certificate": "ca"}
