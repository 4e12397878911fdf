"""A verified release or image: the tree of answers, the components, which image is meant.

What is true comes from the reports of `api`; here are only cursor, filter and which list is shown. Naming a
place and waiting for the answer is the business of `screens/naming.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

from textual.containers import Horizontal, Vertical
from textual.widgets import Input

from trustconsole.api import ArtefactKind, ImageReport, ReleaseReport, SeveralImages, ToVerify
from trustconsole.commands import KEYS, Scope
from trustconsole.console.bindings import bindings
from trustconsole.console.display import Display
from trustconsole.console.release.answers import AnswerTree, NothingYet
from trustconsole.console.release.asking import Asked, Found
from trustconsole.console.release.choices import ImagesView
from trustconsole.console.release.components import ComponentsView
from trustconsole.console.release.image_tree import ImageTree
from trustconsole.console.release.tree import ReleaseTree
from trustconsole.console.screens.naming import NamingScreen
from trustconsole.console.session import Artefacts
from trustconsole.console.widgets.bars import FilterBar, Headline, HintBar, Problems, StatusBar
from trustconsole.console.widgets.pane import PaneBox
from trustconsole.console.widgets.sheet_box import SheetBox

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.events import Resize

    from trustconsole.console.view import View

WIDE: Final = 110
_HINTS: Final = (
    "release-place",
    "release-entry",
    "release-components",
    "release-log",
    "copy",
    "help",
    "back",
)


class ReleaseScreen(NamingScreen):
    """Shows one answer after the other; `first` is verified at once."""

    SCOPE: ClassVar[Scope] = "release"
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("global", "panes", "release")]

    def __init__(
        self,
        display: Display,
        artefacts: Artefacts,
        kind: ArtefactKind = "release",
        first: ToVerify | None = None,
    ) -> None:
        super().__init__(display, artefacts, first.kind if first else kind)
        self.first = first
        self.report: ReleaseReport | ImageReport | None = None
        self.several: SeveralImages | None = None
        self.components = False
        self.box = PaneBox(NothingYet.pane, display, "┌┐")
        self.detail = SheetBox(display, "┌┐", id="release-detail")
        self.hints = HintBar([key for name in _HINTS for key in KEYS if key.id == name], display)

    def compose(self) -> ComposeResult:
        """Status, the two paths, the verdict, tree and detail, filter and keys."""
        yield StatusBar()
        yield Problems()
        yield self.place
        yield self.entry
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
        """Ask for a place, or begin with the one that was named."""
        self.follow_frame()
        self.entry.display = False
        self._put(NothingYet(self.display_of))
        self.place.input.focus()
        if self.first is not None:
            self.place.put(self.first.place)
            self.entry.put(self.first.entry)
            self.entry.display = bool(self.first.entry)
            self.verify(online=self.first.online)
        self.explain()

    def on_resize(self, event: Resize) -> None:
        """Choose the layout."""
        self.set_class(event.size.width < WIDE, "-stacked")
        self.call_after_refresh(self.tick)
        self.call_after_refresh(self.explain)

    # -- what is shown

    def show_answer(self, asked: Asked, answer: Found) -> None:  # noqa: ARG002 - the interface's
        """A report as its tree, or the images to choose from."""
        if isinstance(answer, SeveralImages):
            self.report, self.several = None, answer
        else:
            self.report = answer
        self.result = (answer.pull or "") if isinstance(answer, ImageReport) else ""
        self._list()

    def forget(self, place: str) -> None:
        """The images to choose from stay while one of them is asked about."""
        self.report = None
        self.box.rows.pattern, self.box.rows.key, self.box.rows.index = "", None, 0
        if self.several is None or not place.startswith(f"{self.several.where}@"):
            self.several = None
            self._put(NothingYet(self.display_of))
        else:
            self.shown = self.several.where
            self._list()

    def _list(self) -> None:
        """Show what the last answer came to, and give it the focus."""
        show, report = self.display_of, self.report
        if isinstance(report, ReleaseReport):
            tree: AnswerTree | ImagesView = ReleaseTree(report, show)
        elif report is not None:
            tree = ImageTree(report, show)
        elif self.several is not None:
            tree = ImagesView(self.several, show)
        else:
            return
        self.components = self.components and isinstance(report, ReleaseReport)
        self.query_one(Headline).show(tree.headline())
        self.box.rows.focus()
        if self.components and isinstance(report, ReleaseReport):
            self._put(ComponentsView(report, show))
        else:
            self._put(tree)
        self.explain()

    def _put(self, view: View[Any]) -> None:
        self.box.pane = view.pane
        self.box.show_view(view)
        self.show_detail()

    def action_components(self) -> None:
        """Show the components, or the tree again."""
        if not isinstance(self.report, ReleaseReport):
            self.app.say("Components are those of a release: verify one first")
            return
        self.components = not self.components
        self.box.rows.pattern, self.box.rows.key = "", None
        self._list()

    async def action_open_detail(self) -> None:
        """Verify the image under the cursor, or give the detail of the row the whole screen."""
        view, item = self.box.rows.view, self.box.rows.item
        if isinstance(view, ImagesView) and item is not None:
            self.place.put(view.reference(item))
            self.action_again()
        elif self.report is not None:
            await super().action_open_detail()

    def action_export(self) -> None:
        """Write the whole report, all evidence and every file or blob, into the state directory."""
        if self.report is None:
            self.app.say("Nothing to export yet")
            return
        tree = (
            ReleaseTree(self.report, self.display_of)
            if isinstance(self.report, ReleaseReport)
            else ImageTree(self.report, self.display_of)
        )
        self.app.export(tree.exported, tree.sheet(None, 2))

    def action_pane(self, number: int) -> None:
        """Leave for a pane, where a controller is open."""
        if self.app.session is None:
            self.app.say("No controller is open: esc goes back to the choices")
            return
        self.stop.set()
        self.dismiss()
        self.app.main.action_pane(number)

    def action_back(self) -> None:
        """Stop what runs, clear the filter, leave field, components or image, then leave."""
        if self.busy:
            self.stop.set()
            self.app.say(f"Stopping: {self.busy}")
        elif self.box.rows.pattern:
            self.box.filter("")
        elif isinstance(self.focused, Input) and (self.report or self.several):
            self.close_entry()
            self.place.put(self.shown)
            self.box.rows.focus()
        elif self.components:
            self.action_components()
        elif self.several is not None and self.report is not None:
            self.shown, self.result = self.several.where, ""
            self.place.put(self.shown)
            self.report = None
            self._list()
        else:
            self.dismiss()
