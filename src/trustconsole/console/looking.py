"""Looking again and again: snapshots and the rotation come from threads, and only the newest is kept.

A word of the watcher, a timer or a key asks for a look; one that is asked for while another is under way
follows it. Where the rotation stands is asked for after each look and never holds one up.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from time import monotonic
from typing import Final

from textual import work
from textual.app import App
from textual.message import Message
from textual.reactive import reactive
from textual.worker import get_current_worker

from trustconsole.api import RotationView, Snapshot
from trustconsole.console.problems import sentence
from trustconsole.console.session import Session
from trustconsole.errors import TrustConsoleError

PROGRESS_SECONDS: Final = 0.25
"""At least this long between two partial snapshots."""


class LookingApp(App[None]):
    """An application that follows a session; `snapshot`, `rotation` and `problems` are what it knows."""

    session: Session | None
    snapshot: reactive[Snapshot | None] = reactive(None, always_update=True)
    rotation: reactive[RotationView | None] = reactive(None, always_update=True)
    problems: reactive[tuple[str, ...]] = reactive(())
    _looking = _again = _watching = _asking = _ask_again = False
    _watch_problem = _look_problem = _rotation_problem = ""
    _asked = _shown = 0
    """Numbers of the last question about the rotation and of the one whose answer is shown."""

    @dataclass
    class Ready(Message):
        """A snapshot from the thread; `complete` False while modules are still being verified."""

        snapshot: Snapshot
        complete: bool

    @dataclass
    class LookEnded(Message):
        """A look ended; `problem` says why there is no snapshot, empty where all is well."""

        problem: str

    @dataclass
    class RotationSeen(Message):
        """Where the rotation stands, or why that is not known; `number` orders the answers."""

        number: int
        view: RotationView | None
        problem: str

    def request_look(self) -> None:
        """Look now, or once more when the present look is done."""
        if self._looking:
            self._again = True
        elif self.session is not None:
            self._looking, self._again = True, False
            self._look(self.session)

    @work(thread=True, group="look")
    def _look(self, session: Session) -> None:
        worker = get_current_worker()
        last = 0.0

        def progress(partial: Snapshot) -> None:
            nonlocal last
            if monotonic() - last >= PROGRESS_SECONDS:
                self.post_message(self.Ready(partial, complete=False))
                last = monotonic()

        try:
            snapshot = session.look(progress, lambda: worker.is_cancelled)
        except TrustConsoleError as error:
            self.post_message(self.LookEnded(sentence(error)))
        else:
            self.post_message(self.Ready(snapshot, complete=True))
            self.post_message(self.LookEnded(""))

    def on_looking_app_ready(self, message: Ready) -> None:
        """Take a snapshot unless a newer one, or a fuller one of the same look, is on the screen."""
        old, new = self.snapshot, message.snapshot
        if old is None or (new.generation, new.verified) >= (old.generation, old.verified):
            self.snapshot = new
            self._tell()

    def on_looking_app_look_ended(self, message: LookEnded) -> None:
        """Show what went wrong, and look again where that was asked for meanwhile."""
        self._looking = False
        self._look_problem = message.problem
        if not message.problem:
            self.request_rotation()
        if self.session is not None and not self._watching:
            # Only a look tells which directories matter, so watching begins after the first.
            self._watching = True
            self._watch(self.session)
        self._tell()
        if self._again:
            self.request_look()

    @work(group="watch", exclusive=True)
    async def _watch(self, session: Session) -> None:
        stop = asyncio.Event()
        try:
            async for word in session.changes(stop):
                if word == "rescan":
                    if not self._looking:
                        self.request_look()
                    continue
                self._watch_problem = "" if word == "changed" else word
                self._tell()
                self.request_look()
        finally:
            stop.set()

    def _tell(self) -> None:
        own = (self._look_problem, self._watch_problem, self._rotation_problem)
        theirs = self.snapshot.problems if self.snapshot else ()
        self.problems = tuple(dict.fromkeys(p for p in (*own, *theirs) if p))

    def request_rotation(self) -> None:
        """Ask where the rotation stands, or once more when the present question is answered."""
        if self._asking:
            self._ask_again = True
        elif self.session is not None:
            self._asking, self._ask_again = True, False
            self._asked += 1
            self._ask_rotation(self.session, self._asked)

    @work(thread=True, group="rotation")
    def _ask_rotation(self, session: Session, number: int) -> None:
        worker = get_current_worker()
        try:
            view = session.rotation().view(lambda: worker.is_cancelled, fresh=False)
        except TrustConsoleError as error:
            self.post_message(self.RotationSeen(number, None, sentence(error)))
        else:
            self.post_message(self.RotationSeen(number, view, ""))

    def on_looking_app_rotation_seen(self, message: RotationSeen) -> None:
        """Take the answer unless something newer is shown."""
        self._asking = False
        self._rotation_problem = message.problem
        if message.view is not None and message.number > self._shown:
            self._shown = message.number
            self.rotation = message.view
        self._tell()
        if self._ask_again:
            self.request_rotation()

    def take_rotation(self, view: RotationView) -> None:
        """Show what a change answered: it is newer than every answer that is still on its way."""
        self._asked += 1
        self._shown = self._asked
        self.rotation = view
