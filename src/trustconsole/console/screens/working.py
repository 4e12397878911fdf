"""Screens that ask for something slow: it runs in a thread, one thing at a time, and its end is told here.

They have status line and banner like every other screen, and follow the session as those do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from threading import Event
from typing import TYPE_CHECKING, Generic, TypeVar

from textual import work
from textual.message import Message
from textual.screen import Screen
from textual.worker import get_current_worker

from trustconsole.console.display import Display
from trustconsole.console.headline import status
from trustconsole.console.widgets.bars import Problems, StatusBar
from trustconsole.errors import TrustConsoleError

if TYPE_CHECKING:
    from trustconsole.console.app import ConsoleApp

Result = TypeVar("Result")
Kind = TypeVar("Kind")

Cancelled = Callable[[], bool]


class WorkingScreen(Screen[Kind], Generic[Kind]):
    """`busy` says what is under way, in words that follow "Not yet:"; empty where nothing is."""

    busy = ""
    app: ConsoleApp

    @dataclass
    class Ended(Message):
        """Something slow ended; `finish` tells the screen how."""

        finish: Callable[[], object]

    def __init__(self, display: Display) -> None:
        super().__init__()
        self.display_of = display
        self.stop = Event()

    def follow_frame(self) -> None:
        """Keep status line and banner up to date; for `on_mount`."""
        self.watch(self.app, "problems", self.show_problems)
        self.set_interval(1, self.tick)
        self.call_after_refresh(self.tick)

    def show_problems(self, sentences: tuple[str, ...]) -> None:
        """Show or hide the banner."""
        self.query_one(Problems).put(sentences, self.display_of)

    def tick(self) -> None:
        """Draw the status line for the present second."""
        bar = self.query_one(StatusBar)
        if self.app.session is None:
            show = self.display_of
            bar.put(
                show.text("no controller is open", "$text-muted"), show.text("read-only", "$text-muted"), show
            )
            return
        parts = status(self.app.snapshot, self.display_of, read_only=self.app.read_only, width=bar.size.width)
        bar.put(*parts, self.display_of)

    def begin(
        self,
        busy: str,
        act: Callable[[Cancelled], Result],
        then: Callable[[Result], object],
        failed: Callable[[TrustConsoleError], object],
    ) -> bool:
        """Run `act` in a thread, then `then` or `failed` here; False where something else is under way."""
        if self.busy:
            self.app.say(f"Not yet: {self.busy}")
            return False
        self.busy = busy
        self.stop.clear()
        self._act(act, then, failed)
        return True

    @work(thread=True, group="act")
    def _act(
        self,
        act: Callable[[Cancelled], Result],
        then: Callable[[Result], object],
        failed: Callable[[TrustConsoleError], object],
    ) -> None:
        worker = get_current_worker()
        try:
            result = act(lambda: self.stop.is_set() or worker.is_cancelled)
        except TrustConsoleError as error:
            self.post_message(self.Ended(partial(failed, error)))
        else:
            self.post_message(self.Ended(partial(then, result)))

    def on_working_screen_ended(self, message: Ended) -> None:
        """It is over."""
        self.busy = ""
        message.finish()
