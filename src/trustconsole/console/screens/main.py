"""The main screen: five panes, the sentence on top, and the detail of what the cursor is on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widgets import Input

from trustconsole.api import Block, Snapshot
from trustconsole.commands import PANES, hints
from trustconsole.console.bindings import OPENERS, bindings
from trustconsole.console.display import Display
from trustconsole.console.headline import headline, status
from trustconsole.console.panes import VIEWS
from trustconsole.console.screens.detail import DetailScreen
from trustconsole.console.sheet import LEVELS, Sheet
from trustconsole.console.stack import stack_heights
from trustconsole.console.view import View
from trustconsole.console.widgets.bars import FilterBar, Headline, HintBar, PaneStrip, Problems, StatusBar
from trustconsole.console.widgets.pane import PaneBox, TopRule
from trustconsole.console.widgets.row_list import RowList
from trustconsole.console.widgets.sheet_view import SheetView

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.events import Resize

    from trustconsole.console.app import ConsoleApp

WIDE = 120
TALL = 36


class DetailBox(Vertical):
    """The detail below the bundles, following the cursor of whichever pane has it."""

    def __init__(self, display: Display) -> None:
        super().__init__(id="detail", classes="box last")
        self.top = TopRule(display, "├┤")
        self.view = SheetView()

    def compose(self) -> ComposeResult:
        """Border and sheet."""
        yield self.top
        yield self.view


class MainScreen(Screen[None]):
    """All panes at once where there is room, one at a time where there is not."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("global", "panes", "trust-root")]
    AUTO_FOCUS = "#rows-bundles"
    app: ConsoleApp

    def __init__(self, display: Display) -> None:
        super().__init__()
        self.display_of = display
        self.boxes = [PaneBox(pane, display, "┌┐" if pane.number in (1, 4) else "├┤") for pane in PANES]
        self.boxes[4].add_class("last")
        self.front = 4
        self._shown: tuple[int, str | None, int] | None = None
        self.snapshot: Snapshot | None = None

    def compose(self) -> ComposeResult:
        """Status, strip, headline, problems; the panes; filter and hints."""
        yield StatusBar()
        yield PaneStrip()
        yield Headline()
        yield Problems()
        with Horizontal(id="body"):
            with Vertical(id="left"):
                yield from (self.boxes[i] for i in (0, 1, 2, 4))
            with Vertical(id="right"):
                yield self.boxes[3]
                yield DetailBox(self.display_of)
        yield FilterBar(self.display_of)
        yield HintBar(hints(("global", "panes")), self.display_of)

    def on_mount(self) -> None:
        """Follow the app's snapshot and the clock."""
        self.query_one(Headline).wait(self.display_of)
        self.watch(self.app, "snapshot", self.show_snapshot)
        self.watch(self.app, "rotation", self.show_rotation)
        self.watch(self.app, "problems", self.show_problems)
        self.set_interval(1, self.tick)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Where the filter has the focus, its key is a letter."""
        return not (action in OPENERS and isinstance(self.focused, Input))

    @property
    def box(self) -> PaneBox:
        """The pane in front."""
        return self.boxes[self.front - 1]

    def tick(self) -> None:
        """Draw the status line for the present second."""
        bar = self.query_one(StatusBar)
        bar.put(
            *status(self.snapshot, self.display_of, read_only=self.app.read_only, width=bar.size.width),
            self.display_of,
        )

    def show_snapshot(self, snapshot: Snapshot | None) -> None:
        """Show a newer snapshot in every pane."""
        if snapshot is None:
            return
        self.snapshot = snapshot
        for view, box in zip(self._views(snapshot), self.boxes, strict=True):
            box.show_view(view)
        self.show_rotation()
        self._strip()
        self._stack()
        self.tick()

    def show_rotation(self) -> None:
        """Draw the headline, which says where a rotation stands."""
        if self.snapshot is not None:
            self.query_one(Headline).show(headline(self.snapshot, self.display_of, self.app.rotation))

    @property
    def block(self) -> Block | None:
        """The block of the trust root under the cursor of pane 1."""
        item = self.boxes[0].rows.item
        return item if isinstance(item, Block) else None

    def _views(self, snapshot: Snapshot) -> list[View[Any]]:
        return [make(snapshot, self.display_of) for make in VIEWS]

    def show_problems(self, sentences: tuple[str, ...]) -> None:
        """Show or hide the banner."""
        self.query_one(Problems).put(sentences, self.display_of)

    def _strip(self) -> None:
        signs = [box.rows.view.worst() for box in self.boxes if box.rows.view is not None]
        if signs:
            self.query_one(PaneStrip).put(signs, self.front, self.display_of)

    def on_resize(self, event: Resize) -> None:
        """Choose the layout."""
        self.set_class(event.size.width < WIDE, "-narrow")
        self.set_class(event.size.height >= TALL, "-tall")
        self.query_one("#left").styles.width = (
            None if event.size.width < WIDE else max(49, event.size.width * 5 // 12)
        )
        self._bring_to_front()
        self.call_after_refresh(self._stack)
        self.call_after_refresh(self.tick)

    def _stack(self) -> None:
        """Share the height of both columns by what their panes have to show."""
        height = self.query_one("#body").size.height
        stack = [self.boxes[i] for i in (0, 1, 2, 4)]
        if not height or self.has_class("-narrow"):
            for box in self.boxes:
                box.styles.height = None
            return
        focused = next((i for i, box in enumerate(stack) if box is self.box), None)
        full = [min(len(box.rows.shown), 200) if box.rows.shown else 4 for box in stack]
        modest = list(full)
        if focused != 2:
            modest[2] = min(full[2], 1 + self._config_findings())
        heights = stack_heights(height - 1, modest, full, focused)
        for box, lines in zip(stack, heights, strict=True):
            box.styles.height = lines + (1 if box is stack[-1] else 0)
        bundles = self.boxes[3]
        bundles.styles.height = max(6, min(len(bundles.rows.shown) + 2, height * 11 // 20))

    def _config_findings(self) -> int:
        config = self.snapshot.config if self.snapshot else None
        return len(config.findings) if config else 0

    def _bring_to_front(self) -> None:
        for box in self.boxes:
            box.set_class(box is self.box, "-front")
        self.query_one("#left").set_class(self.front != 4, "-front")
        self.query_one("#right").set_class(self.front == 4, "-front")
        self._strip()

    def on_descendant_focus(self) -> None:
        """Remember which pane has the focus and show its detail."""
        for box in self.boxes:
            if box.rows.has_focus and box.pane.number != self.front:
                self.front = box.pane.number
                self._bring_to_front()
                self._stack()
        self.show_detail()

    def on_row_list_moved(self, message: RowList.Moved) -> None:
        """The detail follows the cursor of the pane in front."""
        if message.rows is self.box.rows:
            self.show_detail()

    async def on_row_list_opened(self) -> None:
        """A double click opens."""
        await self.action_open_detail()

    def show_detail(self) -> None:
        """Show the detail of the row under the cursor."""
        sheet = self.sheet()
        if sheet is None:
            return
        detail = self.query_one(DetailBox)
        now = (self.front, self.box.rows.key, self.box.level)
        detail.view.show_sheet(sheet, keep_place=now == self._shown)
        self._shown = now
        detail.top.name_it(sheet.title, sheet.summary)

    def sheet(self) -> Sheet | None:
        """The detail of the row under the cursor, at the pane's level."""
        return self.box.sheet()

    def action_pane(self, number: int) -> None:
        """Give a pane the focus."""
        self.front = number
        self._bring_to_front()
        self._stack()
        self.set_focus(self.box.rows)

    def action_next_pane(self, by: int) -> None:
        """Give the next pane the focus."""
        self.action_pane((self.front - 1 + by) % len(PANES) + 1)

    def action_move(self, by: int) -> None:
        """Move the cursor of the pane in front."""
        self.box.rows.action_cursor(by)

    def action_move_end(self, direction: int) -> None:
        """Move it to the first or last row."""
        self.box.rows.action_end(direction)

    def action_filter(self) -> None:
        """Open the filter of the pane in front."""
        bar = self.query_one(FilterBar)
        bar.open(self.box.rows.pattern)
        # At once, not when there is time: what is typed next belongs into the field.
        self.set_focus(bar.field)

    def on_filter_bar_changed(self, message: FilterBar.Changed) -> None:
        """Filter while it is typed."""
        if self.query_one(FilterBar).display:
            self.box.filter(message.text)
            self.show_detail()

    def on_filter_bar_done(self, message: FilterBar.Done) -> None:
        """Close the filter line."""
        self.query_one(FilterBar).display = False
        if not message.keep:
            self.box.filter("")
        self.set_focus(self.box.rows)

    def action_back(self) -> None:
        """Clear the filter of the pane in front; there is nothing above this screen."""
        if self.box.rows.pattern:
            self.box.filter("")

    async def action_open_detail(self) -> None:
        """Give the detail the whole screen."""
        if self.sheet() is not None:
            await self.app.push_screen(DetailScreen(self.display_of, self.box))

    def action_detail_level(self) -> None:
        """Step through one line, trace, evidence."""
        self.box.level = (self.box.level + 1) % 3  # type: ignore[assignment]
        self.show_detail()
        self.app.say(f"Detail: {LEVELS[self.box.level]}")

    def action_copy(self) -> None:
        """Copy what identifies the row."""
        sheet = self.sheet()
        self.app.copy(sheet.copy if sheet else None)

    def action_copy_more(self) -> None:
        """Copy the longer text."""
        sheet = self.sheet()
        self.app.copy(sheet.more if sheet else None)

    def action_export(self) -> None:
        """Write the detail into the state directory."""
        self.app.export_sheet(self.box)
