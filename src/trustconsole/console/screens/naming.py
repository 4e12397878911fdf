"""Naming what is to be verified: two paths, a question before anything is connected to, how far it is.

Here is how an answer is asked for; what it looks like is the business of `screens/release.py`.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, replace
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Final

from textual.message import Message
from textual.widgets import Input

from trustconsole.api import ArtefactKind, ToldApart
from trustconsole.console.display import Display, Words
from trustconsole.console.problems import sentence
from trustconsole.console.release.asking import Answer, Asked, Found, answer_to, registry_question
from trustconsole.console.release.fields import (
    ENTRY_EXPLAINED,
    EXPLAINED,
    PathField,
    completions,
    in_two_lines,
)
from trustconsole.console.screens.beside import BesideScreen
from trustconsole.console.screens.confirm import ConfirmScreen
from trustconsole.console.session import Artefacts
from trustconsole.console.signs import INFO, PENDING, REJECT, Sign
from trustconsole.console.widgets.bars import Headline

if TYPE_CHECKING:
    from trustconsole.console.question import Answer as Chosen
    from trustconsole.errors import TrustConsoleError

PROGRESS_SECONDS: Final = 0.1
_BAR: Final = 24


class NamingScreen(BesideScreen[None]):
    """Verifies one release or image after the other; the content tells which it is, else `kind`.

    `shown` is the place whose answer is shown, empty where there is none; `result` is a line of that answer,
    which stands where the paths are explained while they are typed in.
    """

    shown = ""
    result = ""

    @dataclass
    class Hashed(Message):
        """So much of all is hashed: bytes of a release, blobs of an image."""

        done: int
        total: int
        words: str

    def __init__(self, display: Display, artefacts: Artefacts, kind: ArtefactKind) -> None:
        super().__init__(display)
        self.artefacts = artefacts
        self.kind: ArtefactKind = kind
        self.place = PathField("Release or image", display, id="release-input")
        self.entry = PathField("File with the log entry", display, id="release-entry-input")
        self.note = Words(classes="plan-note")

    @abstractmethod
    def show_answer(self, asked: Asked, answer: Found) -> None:
        """Show what came of it."""

    @abstractmethod
    def forget(self, place: str) -> None:
        """What is shown is no answer about `place`, or no longer one."""

    def on_descendant_focus(self) -> None:
        """What can be typed depends on where."""
        self.explain()

    def ask_for(self, kind: ArtefactKind) -> None:
        """Ask for another place; `kind` is what it is where its content does not tell."""
        self.kind = kind
        self.place.input.focus()
        self.explain()

    def explain(self) -> None:
        """Say what can be typed where the focus is, or what came of it."""
        show = self.display_of
        if self.entry.input.has_focus:
            self.note.show(show.text(ENTRY_EXPLAINED, "$text-muted"))
        elif self.result and not self.place.input.has_focus:
            self.note.show(in_two_lines(show, self.result, self.size.width - 2))
        else:
            self.note.show(show.text(EXPLAINED[self.kind], "$text-muted"))

    def state(self, sign: Sign, words: str) -> None:
        """Say this on top."""
        self.query_one(Headline).show(self.display_of.state(sign, words))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show what the path could become."""
        event.stop()
        found = completions(event.value, archives=event.input is self.place.input)
        if found and event.input.has_focus:
            self.note.show(self.display_of.text(found, "$text-muted"))
        else:
            self.explain()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Verify what is named."""
        event.stop()
        self.close_entry()
        self.action_again()

    def close_entry(self) -> None:
        """An empty field for the log entry goes."""
        if not self.entry.typed:
            self.entry.display = False
            if self.entry.input.has_focus:
                self.place.input.focus()

    def action_again(self) -> None:
        """Verify what is named (again)."""
        self.verify(online=False)

    def action_ask_log(self) -> None:
        """Ask the log over the network, which nothing else here does."""
        if not self.shown:
            self.app.say("Verify something first; the log is asked about its signature")
        else:
            self.verify(online=True)

    def verify(self, *, online: bool) -> None:
        """Verify what is named; with `online` the log may be asked."""
        if self.place.typed:
            self._begin(Asked(self.place.typed, self.kind, self.entry.typed, online))
        else:
            self.state(REJECT, "Name the directory that the release was downloaded into, or an image")
            self.place.input.focus()

    def _begin(self, asked: Asked) -> None:
        last = 0.0

        def progress(done: int, total: int, words: str) -> None:
            nonlocal last
            if monotonic() - last >= PROGRESS_SECONDS:
                last = monotonic()
                self.post_message(self.Hashed(done, total, words))

        if self.begin(
            f"{asked.place} is being verified",
            lambda cancelled: answer_to(asked, self.artefacts, progress, cancelled),
            partial(self._answered, asked),
            partial(self._refused, asked.place),
        ):
            if asked.place != self.shown:
                self._drop(asked.place)
            words = f"asking {asked.allowed}" if asked.allowed else "looking"
            self.state(PENDING, f"verifying {asked.place}: {'asking the log' if asked.online else words}")

    def on_naming_screen_hashed(self, message: Hashed) -> None:
        """Show how far it is."""
        if self.busy and message.total:
            filled = _BAR * message.done // message.total
            full, blank = ("█", "░") if self.display_of.unicode else ("#", ".")
            self.state(PENDING, f"hashing  {full * filled}{blank * (_BAR - filled)}  {message.words}")

    def _drop(self, place: str) -> None:
        self.shown = self.result = ""
        self.forget(place)
        self.explain()

    def _refused(self, place: str, error: TrustConsoleError) -> None:
        self._drop(place)
        self.state(REJECT, sentence(error))

    def _answered(self, asked: Asked, answer: Answer) -> None:
        if answer is None:
            self._drop(asked.place)
            self.query_one(Headline).show(
                self.display_of.text("Stopped; nothing was decided.", "$text-muted")
            )
        elif isinstance(answer, ToldApart):
            self._ask_registry(asked, answer)
        else:
            self.shown = asked.place
            self.show_answer(asked, answer)

    def _ask_registry(self, asked: Asked, found: ToldApart) -> None:
        def connect(chosen: Chosen | None) -> None:
            if chosen is None:
                self.state(INFO, "Not asked; nothing was connected to.")
            else:
                self._begin(replace(asked, allowed=found.registry))

        question = registry_question(self.display_of, found, online=asked.online)
        self.app.push_screen(ConfirmScreen(question, self.display_of), connect)

    def action_place(self) -> None:
        """Name another place."""
        self.place.input.focus()

    def action_entry(self) -> None:
        """Name a file with a log entry."""
        self.entry.display = True
        self.entry.input.focus()
