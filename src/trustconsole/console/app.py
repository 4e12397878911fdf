"""The application: it asks for snapshots in a thread, keeps the newest, and hands it to the screens.

Nothing flows the other way: a key is an action, an action asks the session, and the result is the next
snapshot. What a screen shows belongs to the panes; what is true belongs to the session.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from textual import work
from textual.driver import Driver
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Input

from trustconsole.api import ArtefactKind
from trustconsole.commands import Scope
from trustconsole.console.bindings import OPENERS
from trustconsole.console.clipboard import OSC52_LIMIT, encoded_size
from trustconsole.console.crash import crash_text
from trustconsole.console.display import Display
from trustconsole.console.looking import LookingApp
from trustconsole.console.problems import sentence
from trustconsole.console.screens.audit import AuditScreen
from trustconsole.console.screens.detail import DetailScreen
from trustconsole.console.screens.help import HelpScreen
from trustconsole.console.screens.info import InfoScreen
from trustconsole.console.screens.main import MainScreen
from trustconsole.console.screens.pick import PickScreen, commands_choices
from trustconsole.console.screens.plan import PlanScreen
from trustconsole.console.screens.release import ReleaseScreen
from trustconsole.console.screens.revocation import RevocationScreen
from trustconsole.console.screens.rotation import RotationScreen
from trustconsole.console.screens.start import StartScreen
from trustconsole.console.screens.what_if import WhatIfScreen
from trustconsole.console.screens.working import WorkingScreen
from trustconsole.console.session import Session, Start
from trustconsole.console.sheet import Copyable, Sheet, as_text
from trustconsole.console.theme import DARK, LIGHT, PLAIN, VARIABLES
from trustconsole.console.widgets.pane import PaneBox
from trustconsole.errors import TrustConsoleError
from trustconsole.text import shorten, visible_lines


class ConsoleApp(LookingApp):
    """The console over one session, or over none yet on the first start."""

    CSS_PATH = "console.tcss"
    ENABLE_COMMAND_PALETTE = False
    TITLE = "trustconsole"

    @dataclass
    class Opened(Message):
        """The session of a place picked on the first start, or why there is none."""

        session: Session | None
        problem: str

    def __init__(
        self,
        session: Session | None,
        *,
        clock: Callable[[], datetime],
        unicode: bool = True,
        no_color: bool = False,
        start: Start | None = None,
        driver_class: type[Driver] | None = None,
    ) -> None:
        super().__init__(driver_class=driver_class)
        self.session = session
        self.start = start
        self.show_as = Display(unicode=unicode, clock=clock)
        self.main = MainScreen(self.show_as)
        for theme in (DARK, LIGHT, PLAIN):
            self.register_theme(theme)
        self.theme = PLAIN.name if no_color else DARK.name
        self.set_class(no_color, "-plain")
        self.set_class(not unicode, "-ascii")

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Names the style sheet uses that Textual's own themes do not have."""
        return VARIABLES

    @property
    def read_only(self) -> bool:
        """Whether changes are refused."""
        return self.session is None or self.session.read_only

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Where a field has the focus, the keys that open one are letters."""
        return not (action in OPENERS and isinstance(self.focused, Input))

    def on_mount(self) -> None:
        """Open the first screen and begin to look."""
        if self.session is None and self.start is not None:
            self.push_screen(StartScreen(self.show_as, self.start))
        else:
            self._open_main()

    def _open_main(self) -> None:
        if isinstance(self.screen, StartScreen):
            self.switch_screen(self.main)
        else:
            self.push_screen(self.main)
        self.request_look()
        first = self.session.to_verify if self.session is not None else None
        if self.session is not None and first is not None:
            self.push_screen(ReleaseScreen(self.show_as, self.session, first=first))

    def begin(self, path: str | None) -> None:
        """Open the place picked on the first start, or the demo."""
        if self.start is not None:
            self._open_place(self.start, path)

    @work(thread=True, group="open", exclusive=True)
    def _open_place(self, start: Start, path: str | None) -> None:
        try:
            session = start.demo() if path is None else start.open(path)
        except TrustConsoleError as error:
            self.post_message(self.Opened(None, sentence(error)))
        else:
            self.post_message(self.Opened(session, ""))

    def on_console_app_opened(self, message: Opened) -> None:
        """Go on to the main screen, or say why not."""
        if message.session is None:
            self.say(message.problem, severity="error")
        else:
            self.session = message.session
            self._open_main()

    def say(self, words: str, *, severity: str = "information") -> None:
        """A note that passes by; a state belongs into the banner or a pane."""
        level: Literal["error", "information"] = "error" if severity == "error" else "information"
        self.notify(self.show_as.plain(words), severity=level, timeout=4, markup=False)

    def copy(self, what: Copyable | None) -> None:
        """Copy to the terminal's clipboard (OSC 52) and say exactly what; too long goes to a file."""
        if what is None or not what.value:
            self.say("Nothing to copy here")
            return
        text = visible_lines(what.value)
        if encoded_size(text) > OSC52_LIMIT:
            self.export_text("copied", text, f"{what.what} is too long for the clipboard; written to")
            return
        self.copy_to_clipboard(text)
        lines = text.count("\n") + 1
        shown = f"{lines} lines" if lines > 1 else shorten(text, 48)
        self.say(f"Copied {what.what}: {shown}")

    def export_sheet(self, box: PaneBox) -> None:
        """Write the detail of the row under a pane's cursor, with all evidence, into the state directory."""
        view = box.rows.view
        if view is None:
            self.say("Nothing to export yet")
            return
        self.export(f"{box.pane.id}-detail", view.sheet(box.rows.item, 2))

    def export(self, name: str, sheet: Sheet) -> None:
        """Write a sheet as text into the state directory."""
        self.export_text(name, as_text(sheet), "Written to")

    def export_text(self, name: str, text: str, words: str) -> None:
        """Write `text` into the state directory and say so after `words`."""
        writer = self.session or self.start
        if writer is None:
            return
        try:
            path = writer.export(name, text)
        except TrustConsoleError as error:
            self.say(sentence(error), severity="error")
        else:
            self.say(f"{words} {path}")

    def action_rescan(self) -> None:
        """Read every file again."""
        self.request_look()
        self.say("Reading every file again")

    async def action_palette(self) -> None:
        """The commands by their names."""
        if not isinstance(self.screen, ModalScreen):
            await self.push_screen(
                PickScreen("Commands", "type to narrow · enter runs · esc", commands_choices(), self.show_as),
                self._run,
            )

    async def action_help(self) -> None:
        """The keys, those of this place first."""
        if isinstance(self.screen, ModalScreen):
            return
        here: Scope = self.main.box.pane.id
        if isinstance(
            self.screen, (DetailScreen, RotationScreen, RevocationScreen, AuditScreen, ReleaseScreen)
        ):
            here = self.screen.SCOPE
        await self.push_screen(HelpScreen(self.show_as, here))

    async def action_rotate(self) -> None:
        """The rotation that is under way, or the planning of one."""
        if self.session is None or self._changing():
            return
        await self.push_screen(RotationScreen(self.show_as, self.session))

    def _changing(self) -> bool:
        """Whether a screen that changes something is open already; then it is said."""
        if isinstance(self.screen, ModalScreen):
            return True
        kinds = (RotationScreen, RevocationScreen, PlanScreen)
        if any(isinstance(screen, kinds) for screen in self.screen_stack):
            self.say("Leave this first: esc")
            return True
        return False

    async def action_revoke(self) -> None:
        """What removing the block under the cursor of pane 1 at once would do."""
        if self.session is None or self._changing():
            return
        block = self.main.block
        if block is None or block.fingerprint is None:
            self.say("Put the cursor of pane 1 on the key or certificate that is to go: 1, then X")
            return
        await self.push_screen(RevocationScreen(self.show_as, self.session, block.fingerprint))

    async def action_release(self) -> None:
        """Verify a downloaded release."""
        await self._verify("release")

    async def action_image(self) -> None:
        """Verify an image."""
        await self._verify("image")

    async def _verify(self, kind: ArtefactKind) -> None:
        artefacts = self.session or self.start
        if isinstance(self.screen, ReleaseScreen):
            self.screen.ask_for(kind)
        elif artefacts is not None and not isinstance(self.screen, (ModalScreen, WorkingScreen)):
            await self.push_screen(ReleaseScreen(self.show_as, artefacts, kind))

    async def action_audit(self) -> None:
        """What this console changed, and whether that record is whole."""
        if self.session is not None and not isinstance(self.screen, (ModalScreen, AuditScreen)):
            await self.push_screen(AuditScreen(self.show_as, self.session))

    async def action_quit(self) -> None:
        """Leave, unless a change or a restart is under way."""
        busy = next((s.busy for s in self.screen_stack if isinstance(s, WorkingScreen) and s.busy), "")
        if busy:
            self.say(f"Not yet: {busy}. esc stops what can be stopped")
        else:
            self.exit()

    async def _run(self, action: str | None) -> None:
        if action:
            await self.run_action(action, self.screen)

    async def action_what_if(self) -> None:
        """What happens if the block under the cursor of pane 1 goes."""
        if not isinstance(self.screen, MainScreen | DetailScreen) or isinstance(self.screen, WhatIfScreen):
            return
        box = self.main.box
        if box.pane.number != 1:
            self.screen.action_pane(1)
            self.say("Choose a block, then w: what if it goes")
        elif box.rows.item is None:
            self.say("There is no block to ask about")
        else:
            await self.push_screen(WhatIfScreen(self.show_as, box))

    async def action_info(self) -> None:
        """Versions and the paths of this session."""
        await self.push_screen(InfoScreen(self.show_as, self.snapshot, self.problems))

    def _fatal_error(self) -> None:
        """Leave with the traceback of our own making: no locals, no untrusted bytes."""
        self.bell()
        self._exit_renderables.append(crash_text())
        self._close_messages_no_wait()
