"""What the wizard does: it asks, runs the use-case in a thread, and shows what came of it.

Every change goes through a question with Cancel in front, and names the digest of the file that the operator
saw, so that a file that somebody else changed meanwhile is not written over.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from textual import work
from textual.message import Message

from trustconsole.api import NodeReport, RotationView
from trustconsole.console.problems import sentence
from trustconsole.console.question import Answer, Question
from trustconsole.console.rotation import questions
from trustconsole.console.rotation.words import READ_ONLY, as_sentence
from trustconsole.console.screens.confirm import ConfirmScreen
from trustconsole.console.screens.rows import RowsScreen
from trustconsole.console.screens.working import Cancelled, Result
from trustconsole.console.signs import ACCEPT, PENDING, REJECT, Sign
from trustconsole.errors import GateRefused, TrustConsoleError

if TYPE_CHECKING:
    from trustconsole.console.display import Display
    from trustconsole.console.rotation.output import Output
    from trustconsole.console.screens.plan import Draft
    from trustconsole.console.session import Session


class SteppingScreen(RowsScreen[None]):
    """The acts of a rotation. `draft` is a plan not recorded yet; `outcome` what the last act came to."""

    output: Output

    @dataclass
    class Tried(Message):
        """The dry run of a draft on the files of now, or why there is none."""

        draft: Draft
        view: RotationView | None
        problem: str

    def __init__(self, display: Display, session: Session) -> None:
        super().__init__(display)
        self.session = session
        self.view: RotationView | None = None
        self.draft: Draft | None = None
        self.outcome: tuple[Sign, str] = (ACCEPT, "")
        self.view_of_outcome: object = None
        """The step that the last act led to; what it came to is not said any more of later steps."""
        self.undone = False
        """Whether a change was taken back here."""

    @abstractmethod
    def show_view(self, view: RotationView) -> None:
        """Show a newer view."""

    @abstractmethod
    def redraw(self) -> None:
        """Draw everything of the present view."""

    # -- following

    def follow(self, view: RotationView | None) -> None:
        """Take what the app learned; a draft that was recorded meanwhile is none any more."""
        if view is None:
            return
        draft = self.draft
        if draft is not None:
            plan, drafted = view.plan, draft.view.plan
            recorded = plan is not None and drafted is not None
            if not (recorded and plan.is_same(drafted.kind, drafted.old, drafted.new, drafted.target)):  # type: ignore[union-attr]  # both are there
                self._try_again(draft)
                return
            self.draft = None
        self.show_view(view)

    def take_draft(self, draft: Draft | Literal["undo"] | None) -> None:
        """Show the first step of a plan that was just made; nothing of it is recorded."""
        if draft == "undo":
            self.call_later(self.action_undo)
        elif draft is not None:
            self.draft = draft
            self.say(ACCEPT, "")
            self.show_view(draft.view)
        elif self.view is None or (self.view.plan is None and self.draft is None):
            self.dismiss()

    @work(thread=True, group="draft", exclusive=True)
    def _try_again(self, draft: Draft) -> None:
        try:
            view = self.session.rotation().start(draft.kind, draft.old, draft.new)
        except TrustConsoleError as error:
            self.post_message(self.Tried(draft, None, sentence(error)))
        else:
            self.post_message(self.Tried(draft, view, ""))

    def on_stepping_screen_tried(self, message: Tried) -> None:
        """Show the draft on the files of now, unless it is none any more."""
        if message.draft is not self.draft or self.busy:
            return
        if message.view is not None:
            self.show_view(message.view)
        else:
            self.refuse(message.problem)

    # -- saying

    def say(self, sign: Sign, words: str) -> None:
        """What the last act came to; it stays until the next one."""
        self.outcome = (sign, words)
        self.redraw()

    def refuse(self, words: str) -> None:
        """Why nothing was done."""
        self.say(REJECT, words)

    def begin(
        self,
        busy: str,
        act: Callable[[Cancelled], Result],
        then: Callable[[Result], object],
        failed: Callable[[TrustConsoleError], object],
    ) -> bool:
        """As everywhere; what the act before came to gives way to what is under way."""

        def settled(follow: Callable[[Any], object], what: object) -> None:
            self.say(ACCEPT, "")
            follow(what)

        if not super().begin(busy, act, partial(settled, then), partial(settled, failed)):
            return False
        self.say(PENDING, as_sentence(busy))
        return True

    def _failed(self, error: TrustConsoleError) -> None:
        self.output.end()
        self.refuse(sentence(error))
        self.app.request_look()

    def _done(self, view: RotationView, words: str = "") -> None:
        self.output.end()
        if view.plan is not None and self.draft is not None and not view.read_only:
            self.draft = None
        result = words or (as_sentence(view.result) if view.result else "")
        self.outcome = (ACCEPT, result) if result else (REJECT, f"No file was changed. {view.next}")
        self.view_of_outcome = view.step
        self.app.take_rotation(view)
        self.app.request_look()

    async def _ask(self, question: Question, then: Callable[[Answer], object]) -> None:
        def answered(answer: Answer | None) -> None:
            if answer is not None:
                then(answer)

        await self.app.push_screen(ConfirmScreen(question, self.display_of), answered)

    def _ready(self) -> RotationView | None:
        """The view, if something may be asked now; otherwise it was said why not."""
        if self.busy:
            self.app.say(f"Not yet: {self.busy}")
        elif self.view is not None and self.app.read_only:
            self.refuse(READ_ONLY)
        else:
            return self.view
        return None

    # -- acts

    async def action_next_step(self) -> None:
        """Ask, then carry the step out; say why not where its gate is closed."""
        view = self._ready()
        if view is None:
            return
        if view.plan is None:
            await self.action_another()
        elif self.draft is not None and view.step != 1:
            await self._ask_start(view)
        elif view.step in (2, 5) and view.nodes:
            await self._ask_restart(view)
        elif not view.gate.holds:
            self.refuse(view.next)
        elif view.step == 1:
            await self._ask_start(view)
        elif view.step == 4:
            question = questions.remove_question(view, self.display_of)
            await self._ask(question, lambda answer: self._remove(view, answer.text))
        else:
            self.say(ACCEPT, "There is no further step. c plans another rotation.")

    async def _ask_start(self, view: RotationView) -> None:
        question = questions.add_question(view, self.display_of, draft=self.draft is not None)
        await self._ask(question, lambda _: self._start(view))

    @abstractmethod
    async def action_another(self) -> None:
        """Plan another rotation."""

    def _start(self, view: RotationView, override: str = "") -> None:
        """Carry step 1 out as it was asked about: on the file of `view` and on no other."""
        draft, link, digest = self.draft, view.link is not None, view.digest
        rotation = self.session.rotation()

        def act(_: Cancelled) -> RotationView:
            if draft is None:
                return rotation.next(apply=True, override=override, follow_link=link, reviewed=digest)
            plan = (draft.kind, draft.old, draft.new)
            return rotation.start(*plan, apply=True, override=override, follow_link=link, reviewed=digest)

        self.begin("the file is being written", act, self._done, self._failed)

    def _remove(self, view: RotationView, typed: str) -> None:
        self.begin(
            "the file is being written",
            lambda _: self.session.rotation().next(
                apply=True, confirm=typed, follow_link=view.link is not None, reviewed=view.digest
            ),
            self._done,
            self._failed,
        )

    async def _ask_restart(self, view: RotationView) -> None:
        waiting = [node for node in view.nodes if node.state != "current"]
        if not waiting:
            self.refuse(view.next)
            return
        item = self.box.rows.item
        first = item if isinstance(item, NodeReport) and item in waiting else waiting[0]
        question = questions.restart_question(view, waiting, first, self.display_of)
        await self._ask(question, lambda answer: self._reach_nodes(answer.choice, first.name))

    def _reach_nodes(self, choice: str, first: str) -> None:
        output, send = self.output, choice == "send"
        only = first if choice == "one" else None
        busy = "the file is being sent" if send else f"{only or 'every node in turn'} is being restarted"
        output.begin()
        started = self.begin(
            busy,
            lambda cancelled: self.session.rotation().next(
                apply=True, restart=not send, send=send, only=only, on_output=output.add, cancelled=cancelled
            ),
            lambda view: self._restarted(view, only),
            self._failed,
        )
        if not started:
            output.end()

    def _restarted(self, view: RotationView, only: str | None) -> None:
        left = [node.name for node in view.nodes if node.state != "current"]
        if only is not None and only not in left:
            self._done(view, f"{only} runs on the file of now.")
        elif not left:
            self._done(view, "Every node proves that it runs on the file of now.")
        else:
            self._done(view)

    async def action_override(self) -> None:
        """Ask for the reason, where every open reason may be passed with one."""
        view = self._ready()
        if view is None or view.plan is None:
            return
        if view.gate.holds:
            self.refuse("The gate is open: there is nothing to pass.")
        elif not view.overridable:
            self.refuse("A written reason does not open this gate: what closes it has to be mended.")
        else:
            question = questions.override_question(view, self.display_of)
            await self._ask(question, lambda answer: self._override(view, answer))

    def _override(self, view: RotationView, answer: Answer) -> None:
        if view.step == 1:
            self._start(view, override=answer.text)
            return
        self.begin(
            "the reason is being recorded",
            lambda _: self.session.rotation().next(apply=True, override=answer.text),
            lambda after: self._done(after, "The reason is recorded in the audit log."),
            self._failed,
        )

    async def action_undo(self) -> None:
        """Find out what taking the last change back would do, then ask."""
        view = self._ready()
        if view is None:
            return
        if view.undo is None or self.draft is not None:
            self.refuse("There is no change that could be taken back.")
            return
        self.begin(
            "the undo is being tried",
            lambda _: self.session.rotation().undo(),
            lambda dry: self.call_later(self._ask_undo, dry, ""),
            self._undo_refused,
        )

    def _undo_refused(self, error: TrustConsoleError) -> None:
        if isinstance(error, GateRefused) and error.overridable and self.view is not None:
            self.call_later(self._ask_undo, self.view, error.message)
        else:
            self._failed(error)

    async def _ask_undo(self, view: RotationView, refused: str) -> None:
        question = questions.undo_question(view, self.display_of, refused=refused)
        await self._ask(question, lambda answer: self._undo(view, answer))

    def _undo(self, view: RotationView, answer: Answer) -> None:
        change = view.undo
        if change is None:
            return
        # The change may be another file's than the plan's; without a reason the file is what the change left.
        seen = view.digest if change.target == view.target else None
        reviewed = seen if answer.text else change.after

        def taken_back(after: RotationView) -> None:
            self.undone = True
            self._done(after)

        self.begin(
            "the file is being written",
            lambda _: self.session.rotation().undo(
                apply=True, override=answer.text, follow_link=view.link is not None, reviewed=reviewed
            ),
            taken_back,
            self._failed,
        )

    def action_save_commands(self) -> None:
        """Write the commands that sign again as a script into the state directory, in every session."""
        view = self.view
        if view is None or self.busy:
            return

        def saved(path: Path) -> None:
            self.say(ACCEPT, f"The commands are in {path}.")

        self.begin(
            "the commands are being written",
            lambda _: self.session.rotation().save_commands(view),
            saved,
            self._failed,
        )
