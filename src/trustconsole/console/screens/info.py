"""Versions and the paths of this session."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from importlib.metadata import version
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from trustconsole.api import Snapshot
from trustconsole.console.display import Display
from trustconsole.console.sheet import Sheet
from trustconsole.console.signs import WARN
from trustconsole.console.widgets.pane import TopRule
from trustconsole.console.widgets.sheet_view import SheetView

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from trustconsole.console.app import ConsoleApp


class InfoScreen(ModalScreen[None]):
    """What this installation is and which files it reads."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter", "back", show=False),
    ]
    app: ConsoleApp

    def __init__(self, display: Display, snapshot: Snapshot | None, problems: Sequence[str]) -> None:
        super().__init__()
        self.sheet = info_sheet(display, snapshot, problems)
        self.top = TopRule(display, "┌┐")
        self.view = SheetView()

    def compose(self) -> ComposeResult:
        """Border and sheet."""
        with Vertical(classes="dialog box last"):
            yield self.top
            yield self.view

    def on_mount(self) -> None:
        """Show it once there is room."""
        self.call_after_refresh(self._show)

    def _show(self) -> None:
        self.top.name_it(self.sheet.title, self.sheet.summary)
        self.view.show_sheet(self.sheet, keep_place=False)

    def action_back(self) -> None:
        """Close."""
        self.dismiss()


def info_sheet(display: Display, snapshot: Snapshot | None, problems: Sequence[str]) -> Sheet:
    """Versions, paths, and the problems of the banner in full."""
    sheet = Sheet(display, display.text("Info", "bold"), display.text("esc closes", "$text-muted"))
    sheet.fact("trustconsole", version("trustconsole"))
    sheet.fact("python", platform.python_version())
    for name in ("textual", "cryptography", "pyyaml", "watchfiles"):
        sheet.fact(name, version(name))
    if snapshot is not None:
        paths = snapshot.paths
        sheet.heading("Paths")
        sheet.fact("configuration", paths.config or "none")
        sheet.fact("settings", paths.settings or "none")
        sheet.fact("directory", paths.working_directory or "unknown")
        sheet.fact("trust root", paths.trust_root or "none")
        sheet.fact("rekor key", paths.rekor_key or "none")
        for place in paths.modules:
            sheet.fact("modules", place)
        sheet.fact("state", paths.state)
    if problems:
        sheet.heading("Problems")
        for sentence in problems:
            sheet.say(WARN, sentence)
    return sheet
