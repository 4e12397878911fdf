"""A downloaded release: choose its directory, watch it being hashed, read the tree of answers.

What is true comes from `api.ReleaseReport`; here are only the directory that was typed, cursor, filter and
which of the two lists is shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, ClassVar, Final

from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input

from trustconsole.api import ReleaseCancelled, ReleaseReport, complete_path, home_expanded
from trustconsole.commands import KEYS, Scope
from trustconsole.console.bindings import OPENERS, bindings
from trustconsole.console.display import EMPTY, Display, Words
from trustconsole.console.problems import sentence
from trustconsole.console.release.components import ComponentsView
from trustconsole.console.release.tree import PANE, ReleaseTree, release_sign
from trustconsole.console.screens.detail import DetailScreen
from trustconsole.console.screens.plan import PathInput
from trustconsole.console.screens.working import WorkingScreen
from trustconsole.console.session import Session
from trustconsole.console.sheet import LEVELS
from trustconsole.console.signs import PENDING, REJECT
from trustconsole.console.widgets.bars import FilterBar, Headline, HintBar, Problems, StatusBar
from trustconsole.console.widgets.pane import PaneBox
from trustconsole.console.widgets.sheet_box import SheetBox
from trustconsole.errors import TrustConsoleError
from trustconsole.text import human_bytes
from trustconsole.text import sentence as capital

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.events import Resize

WIDE: Final = 110
PROGRESS_SECONDS: Final = 0.1
_BAR: Final = 24
_MOST_SHOWN: Final = 6
_HINTS: Final = ("release-directory", "release-components", "release-log", "filter", "copy", "help", "back")


class ReleaseScreen(WorkingScreen[None]):
    """Verifies one release directory after the other; nothing is fetched unless the log is asked."""

    SCOPE: ClassVar[Scope] = "release"
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("global", "panes", "release")]

    @dataclass
    class Hashed(Message):
        """So many bytes of all are hashed."""

        done: int
        total: int

    def __init__(self, display: Display, session: Session) -> None:
        super().__init__(display)
        self.session = session
        self.report: ReleaseReport | None = None
        self.components = False
        self.field = PathInput(compact=True, select_on_focus=False, id="release-input")
        self.note = Words(classes="plan-note")
        self.box = PaneBox(PANE, display, "┌┐")
        self.detail = SheetBox(display, "┌┐", id="release-detail")
        self.hints = HintBar([key for name in _HINTS for key in KEYS if key.id == name], display)

    def compose(self) -> ComposeResult:
        """Status, the directory, the verdict, tree and detail, filter and keys."""
        yield StatusBar()
        yield Problems()
        with Horizontal(classes="plan-field"):
            yield Words(
                self.display_of.text("Directory of the release ▸ ", "$text-muted"), classes="plan-label"
            )
            yield self.field
        yield self.note
        yield Headline()
        with Horizontal(id="release-body"):
            with Vertical(id="release-left", classes="last"):
                yield self.box
            with Vertical(id="release-right", classes="last"):
                yield self.detail
        yield FilterBar(self.display_of)
        yield self.hints

    def on_mount(self) -> None:
        """Ask for the directory."""
        self.follow_frame()
        self._explain()
        self.field.focus()

    def on_resize(self, event: Resize) -> None:
        """Choose the layout."""
        self.set_class(event.size.width < WIDE, "-stacked")
        self.call_after_refresh(self.tick)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Where a field has the focus, the keys that open one are letters."""
        return not (action in OPENERS and isinstance(self.focused, Input))

    def _explain(self) -> None:
        words = (
            "Verifies checksums.txt, its signature, every listed archive and its bill of materials. "
            "Nothing is fetched. enter verifies, tab completes."
        )
        self.note.show(self.display_of.text(words, "$text-muted"))

    # -- choosing and verifying

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show what the path could become."""
        event.stop()
        found = complete_path(event.value) if event.value else None
        directories = [name for name in found.names if name.endswith("/")] if found else []
        if not directories:
            self._explain()
            return
        more = len(directories) - _MOST_SHOWN
        shown = "  ".join(directories[:_MOST_SHOWN]) + (f"  and {more} more" if more > 0 else "")
        self.note.show(self.display_of.text(shown, "$text-muted"))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Verify the directory."""
        event.stop()
        self.action_again()

    def action_again(self) -> None:
        """Verify the directory (again)."""
        self._verify(online=False)

    def action_ask_log(self) -> None:
        """Ask the log over the network, which nothing else here does."""
        if self.report is None:
            self.app.say("Verify a release first; the log is asked about its checksums")
        else:
            self._verify(online=True)

    def _verify(self, *, online: bool) -> None:
        typed = self.field.value.strip()
        if not typed:
            self.note.show(
                self.display_of.state(REJECT, "Name the directory that the release was downloaded into")
            )
            self.field.focus()
            return
        directory = home_expanded(typed)
        last = 0.0

        def progress(done: int, total: int) -> None:
            nonlocal last
            if monotonic() - last >= PROGRESS_SECONDS:
                last = monotonic()
                self.post_message(self.Hashed(done, total))

        def act(cancelled: object) -> ReleaseReport | None:
            try:
                return self.session.release(
                    directory,
                    online=online,
                    progress=progress,
                    cancelled=cancelled,  # type: ignore[arg-type]  # a callable, by `begin`
                )
            except ReleaseCancelled:
                return None

        words = "asking the log" if online else "looking"
        if self.begin("the release is being verified", act, self._show, self._refused):
            self.query_one(Headline).show(self.display_of.state(PENDING, f"verifying {typed}: {words}"))

    def on_release_screen_hashed(self, message: Hashed) -> None:
        """Show how far it is."""
        if self.busy and message.total:
            filled = _BAR * message.done // message.total
            full, blank = ("█", "░") if self.display_of.unicode else ("#", ".")
            bar = full * filled + blank * (_BAR - filled)
            words = f"hashing  {bar}  {human_bytes(message.done)} of {human_bytes(message.total)}"
            self.query_one(Headline).show(self.display_of.state(PENDING, words))

    def _refused(self, error: TrustConsoleError) -> None:
        self.query_one(Headline).show(self.display_of.state(REJECT, sentence(error)))

    def _show(self, report: ReleaseReport | None) -> None:
        if report is None:
            self.query_one(Headline).show(
                self.display_of.text("Stopped; nothing was decided.", "$text-muted")
            )
            return
        self.report = report
        sign = release_sign(report)
        self.query_one(Headline).show(
            self.display_of.state(sign, f"{report.verdict}: {capital(report.reason)}")
        )
        self.note.show(EMPTY)
        self._list()
        self.box.rows.focus()

    def _list(self) -> None:
        if self.report is None:
            return
        view = ComponentsView if self.components else ReleaseTree
        self.box.show_view(view(self.report, self.display_of))
        self._show_detail()

    def _show_detail(self) -> None:
        sheet = self.box.sheet()
        if sheet is not None:
            self.detail.show_sheet(sheet, keep_place=False)

    # -- moving about

    def on_row_list_moved(self) -> None:
        """The detail follows the cursor."""
        self._show_detail()

    async def on_row_list_opened(self) -> None:
        """A double click opens."""
        await self.action_open_detail()

    def action_directory(self) -> None:
        """Ask for another directory."""
        self.field.focus()

    def action_components(self) -> None:
        """Show the components, or the tree again."""
        self.components = not self.components
        self.box.rows.pattern, self.box.rows.key = "", None
        self._list()

    def action_pane(self, number: int) -> None:
        """Leave for a pane."""
        self.stop.set()
        self.dismiss()
        self.app.main.action_pane(number)

    def action_next_pane(self, by: int) -> None:  # noqa: ARG002 - there are two parts
        """The movement keys go to the tree or to the detail."""
        self.set_focus(self.box.rows if self.detail.active else self.detail.view)

    def action_move(self, by: int) -> None:
        """Move the cursor, or scroll the detail."""
        if self.detail.active:
            self.detail.view.scroll_relative(y=by, animate=False)
        else:
            self.box.rows.action_cursor(by)

    def action_move_end(self, direction: int) -> None:
        """To the first or last row, the beginning or the end."""
        if not self.detail.active:
            self.box.rows.action_end(direction)
        elif direction < 0:
            self.detail.view.scroll_home(animate=False)
        else:
            self.detail.view.scroll_end(animate=False)

    def action_filter(self) -> None:
        """Open the filter of the rows."""
        bar = self.query_one(FilterBar)
        bar.open(self.box.rows.pattern)
        self.set_focus(bar.field)

    def on_filter_bar_changed(self, message: FilterBar.Changed) -> None:
        """Filter while it is typed."""
        if self.query_one(FilterBar).display:
            self.box.filter(message.text)

    def on_filter_bar_done(self, message: FilterBar.Done) -> None:
        """Close the filter line."""
        self.query_one(FilterBar).display = False
        if not message.keep:
            self.box.filter("")
        self.set_focus(self.box.rows)

    async def action_open_detail(self) -> None:
        """Give the detail of the row the whole screen."""
        if self.report is not None and self.box.sheet() is not None:
            await self.app.push_screen(DetailScreen(self.display_of, self.box))

    def action_detail_level(self) -> None:
        """Step through one line, trace, evidence."""
        self.box.level = (self.box.level + 1) % 3  # type: ignore[assignment]
        self._show_detail()
        self.app.say(f"Detail: {LEVELS[self.box.level]}")

    def action_copy(self) -> None:
        """Copy what identifies the row."""
        sheet = self.box.sheet()
        self.app.copy(sheet.copy if sheet else None)

    def action_copy_more(self) -> None:
        """Copy the longer text."""
        sheet = self.box.sheet()
        self.app.copy(sheet.more if sheet else None)

    def action_export(self) -> None:
        """Write the whole release, all evidence and every file, into the state directory."""
        if self.report is None:
            self.app.say("Nothing to export yet")
        else:
            self.app.export("release", ReleaseTree(self.report, self.display_of).sheet(None, 2))

    def action_back(self) -> None:
        """Stop what runs, clear the filter, leave the components, then leave."""
        if self.busy:
            self.stop.set()
            self.app.say(f"Stopping: {self.busy}")
        elif self.box.rows.pattern:
            self.box.filter("")
        elif self.components:
            self.action_components()
        elif self.field.has_focus and self.report is not None:
            self.box.rows.focus()
        else:
            self.dismiss()
