"""What if this block goes? The blast radius of the block under the cursor, computed in a thread.

The screen stays while the files change: each new snapshot asks again, and the old answer stands until the new
one is there.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Final

from textual import work
from textual.message import Message
from textual.worker import get_current_worker

from trustconsole.api import Block, Impact
from trustconsole.console.display import EMPTY, Display, join
from trustconsole.console.problems import sentence
from trustconsole.console.screens.detail import DetailScreen
from trustconsole.console.sheet import LEVELS, Level, Sheet, as_text
from trustconsole.console.what_if import failed_sheet, impact_sheet, unnamed_sheet, waiting_sheet
from trustconsole.console.widgets.pane import PaneBox
from trustconsole.errors import TrustConsoleError

if TYPE_CHECKING:
    from textual.content import Content

    from trustconsole.console.session import Session

PROGRESS_SECONDS: Final = 0.25


class WhatIfScreen(DetailScreen):
    """Shows the impact of removing the block under the cursor of pane 1; `n` and `p` go to its neighbours."""

    @dataclass
    class Judged(Message):
        """So many of all modules are judged."""

        fingerprint: str
        done: int
        total: int

    @dataclass
    class Answered(Message):
        """The answer about a block, or why there is none."""

        fingerprint: str
        impact: Impact | None
        problem: str

    def __init__(self, display: Display, box: PaneBox) -> None:
        super().__init__(display, box)
        self.level: Level = 1
        self.answer: Impact | None = None
        self._problem = ""
        self._asked: str | None = None

    @property
    def block(self) -> Block | None:
        """The block under the cursor of pane 1."""
        item = self.box.rows.item
        return item if isinstance(item, Block) else None

    def show(self, *, keep_place: bool) -> None:
        """Ask about the block under the cursor; until the answer is there, show what is known."""
        block = self.block
        if block is None:
            self.dismiss()
            return
        if self._asked != block.fingerprint:
            self.answer, self._problem = None, ""
        self._asked = block.fingerprint
        self._draw(keep_place=keep_place)
        if block.fingerprint is not None and self.app.session is not None:
            self._ask(self.app.session, block.fingerprint)

    @work(thread=True, group="what-if", exclusive=True)
    def _ask(self, session: Session, fingerprint: str) -> None:
        worker = get_current_worker()
        last = monotonic()

        def progress(done: int, total: int) -> None:
            nonlocal last
            if monotonic() - last >= PROGRESS_SECONDS:
                self.post_message(self.Judged(fingerprint, done, total))
                last = monotonic()

        try:
            impact = session.impact(
                remove=fingerprint, progress=progress, cancelled=lambda: worker.is_cancelled
            )
        except TrustConsoleError as error:
            self.post_message(self.Answered(fingerprint, None, sentence(error)))
        else:
            if not worker.is_cancelled:
                self.post_message(self.Answered(fingerprint, impact, ""))

    def on_what_if_screen_judged(self, message: Judged) -> None:
        """Show how far it is, where nothing else is shown yet."""
        if message.fingerprint == self._asked and self.answer is None:
            show = self.display_of
            self._entitle(show.text(f"{message.done:,} of {message.total:,} judged", "$text-muted"))

    def on_what_if_screen_answered(self, message: Answered) -> None:
        """Show the answer, unless the cursor has gone on."""
        if message.fingerprint != self._asked:
            return
        first = self.answer is None
        self.answer, self._problem = message.impact, message.problem
        self._draw(keep_place=not first)

    def _sheet(self, block: Block, level: Level) -> Sheet:
        if block.fingerprint is None:
            return unnamed_sheet(self.display_of, block)
        if self._problem:
            return failed_sheet(self.display_of, block, self._problem)
        if self.answer is None:
            return waiting_sheet(self.display_of, block)
        return impact_sheet(self.display_of, block, self.answer, level)

    def _draw(self, *, keep_place: bool) -> None:
        block = self.block
        if block is not None:
            sheet = self._sheet(block, self.level)
            self.view.show_sheet(sheet, keep_place=keep_place)
            level = self.display_of.text(LEVELS[self.level], "$text-muted")
            self._entitle(self.display_of.separated((sheet.summary, level)))

    def _entitle(self, right: Content) -> None:
        show = self.display_of
        title = self.view.sheet.title if self.view.sheet else EMPTY
        place = show.text(f"{self.box.pane.number} {self.box.pane.title} · ", "$text-muted")
        self.top.name_it(join(place, title), right)

    def action_detail_level(self) -> None:
        """Step through the answer, what changes, every module."""
        self.level = (self.level + 1) % 3  # type: ignore[assignment]
        self._draw(keep_place=False)

    def action_export(self) -> None:
        """Write the answer, every module named, into the state directory."""
        if self.block is not None and self.answer is not None:
            self.app.export_text("what-if", as_text(self._sheet(self.block, 2)), "Written to")
        else:
            self.app.say("Nothing to export yet")
