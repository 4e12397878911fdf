"""Emergency revocation: what removing a block now stops, what runs on, and what it does not achieve.

Two questions at most in the ordinary case: look, then type the fingerprint. The result keeps the list of what
was not achieved, because that is what is left to do.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual.containers import Vertical

from trustconsole.api import Revocation
from trustconsole.commands import KEYS, Scope
from trustconsole.console.bindings import bindings
from trustconsole.console.changes import show_changes
from trustconsole.console.display import EMPTY, Display, Words
from trustconsole.console.problems import sentence as error_sentence
from trustconsole.console.question import Answer, Question
from trustconsole.console.rotation import questions
from trustconsole.console.rotation.words import READ_ONLY
from trustconsole.console.screens.confirm import ConfirmScreen
from trustconsole.console.screens.rotation import RotationScreen
from trustconsole.console.screens.working import WorkingScreen
from trustconsole.console.session import Session
from trustconsole.console.sheet import Copyable, Sheet
from trustconsole.console.signs import ACCEPT, BY_NODE_STATE, INFO, REJECT, RESTART, WARN
from trustconsole.console.widgets.bars import Headline, HintBar, Problems, StatusBar
from trustconsole.console.widgets.sheet_box import SheetBox
from trustconsole.errors import TrustConsoleError
from trustconsole.text import plural, sentence

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

_HINTS = ("remove-now", "take-back", "copy", "help", "back")


class RevocationScreen(WorkingScreen[None]):
    """One block and what its removal means, before and after."""

    SCOPE: ClassVar[Scope] = "revocation"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("global", "revocation")]

    def __init__(self, display: Display, session: Session, fingerprint: str) -> None:
        super().__init__(display)
        self.session = session
        self.fingerprint = fingerprint
        self.report: Revocation | None = None
        self.box = SheetBox(display, "┌┐", id="revocation")
        self.outcome = Words(classes="rotation-outcome")
        self.hints = HintBar([key for name in _HINTS for key in KEYS if key.id == name], display)

    def compose(self) -> ComposeResult:
        """Status, the sentence on top, what it means, keys."""
        yield StatusBar()
        yield Problems()
        yield Headline()
        yield self.outcome
        with Vertical(classes="last", id="revocation-body"):
            yield self.box
        yield self.hints

    def on_mount(self) -> None:
        """Find out what the removal would do."""
        self.query_one(Headline).wait(self.display_of)
        self.hints.name_them({"take-back": ""})
        self.follow_frame()
        self.set_focus(self.box.view)
        self._look()

    def _look(self) -> None:
        self.begin(
            "the removal is being tried",
            lambda _: self.session.revoke(self.fingerprint),
            self._show,
            self._failed,
        )

    def _show(self, report: Revocation) -> None:
        self.report = report
        show = self.display_of
        short = report.fingerprint[:8]
        if report.applied:
            headline = show.state(
                ACCEPT, f"{short} is removed; what that does not achieve is below. u takes it back."
            )
            self.hints.name_them({"remove-now": ""})
        else:
            headline = show.state(
                WARN,
                f"Removing {short}: {plural(len(report.stops), 'module')} would be refused. n asks first.",
            )
        self.query_one(Headline).show(headline)
        self.box.show_sheet(revocation_sheet(report, show), keep_place=False)

    def _say(self, words: str) -> None:
        self.outcome.show(self.display_of.state(REJECT, words) if words else EMPTY)
        self.outcome.set_class(bool(words), "-some")

    def _failed(self, error: TrustConsoleError) -> None:
        self._say(error_sentence(error))
        if self.report is None:
            self.query_one(Headline).show(self.display_of.state(REJECT, "This block cannot be removed here."))

    async def action_remove_now(self) -> None:
        """Ask for the fingerprint, and for a reason where nothing would be left to load."""
        report = self.report
        if self.busy:
            self.app.say(f"Not yet: {self.busy}")
        elif self.app.read_only:
            self._say(READ_ONLY)
        elif report is None or report.applied:
            self.app.say("There is nothing to remove here any more")
        elif report.problems and not report.needs_reason:
            problem = report.problems[0]
            self._say(f"{sentence(problem.summary)}. {problem.next}")
        elif report.needs_reason:
            question = questions.revoke_reason_question(report, self.display_of)
            await self._ask(question, lambda answer: self.call_later(self._confirm, report, answer.text))
        else:
            await self._confirm(report, "")

    async def _confirm(self, report: Revocation, reason: str) -> None:
        question = questions.revoke_question(report, self.display_of)
        await self._ask(question, lambda _: self._remove(report, reason))

    async def _ask(self, question: Question, then: Callable[[Answer], object]) -> None:
        def answered(answer: Answer | None) -> None:
            if answer is not None:
                then(answer)

        await self.app.push_screen(ConfirmScreen(question, self.display_of), answered)

    def _remove(self, report: Revocation, reason: str) -> None:
        self._say("")
        self.begin(
            "the file is being written",
            lambda _: self.session.revoke(
                report.fingerprint,
                apply=True,
                override=reason,
                follow_link=report.link is not None,
                reviewed=report.digest,
            ),
            self._removed,
            self._failed,
        )

    def _removed(self, report: Revocation) -> None:
        self._show(report)
        self.app.request_look()

    async def action_undo(self) -> None:
        """Ask whether the removal is to be taken back, in the view of rotations, which has the question."""
        if self.busy:
            self.app.say(f"Not yet: {self.busy}")
        elif self.report is None or not self.report.applied:
            self.app.say("Nothing was removed here that could be taken back")
        else:
            asking = RotationScreen(self.display_of, self.session, undo=True)

            def left(_: None) -> None:
                if asking.undone:
                    self.dismiss()

            await self.app.push_screen(asking, left)

    def action_pane(self, number: int) -> None:
        """Leave for a pane."""
        if not self.busy:
            self.dismiss()
            self.app.main.action_pane(number)

    def action_next_pane(self, by: int) -> None:
        """There is one part."""

    def action_move(self, by: int) -> None:
        """Scroll by a line."""
        self.box.view.scroll_relative(y=by, animate=False)

    def action_move_end(self, direction: int) -> None:
        """To the beginning or the end."""
        if direction < 0:
            self.box.view.scroll_home(animate=False)
        else:
            self.box.view.scroll_end(animate=False)

    def action_detail_level(self) -> None:
        """Everything is shown already."""

    def action_copy(self) -> None:
        """Copy what was not achieved."""
        sheet = self.box.view.sheet
        self.app.copy(sheet.copy if sheet else None)

    def action_copy_more(self) -> None:
        """The same."""
        self.action_copy()

    def action_export(self) -> None:
        """Write it into the state directory."""
        sheet = self.box.view.sheet
        if sheet is not None:
            self.app.export("revocation", sheet)

    def action_back(self) -> None:
        """Leave, once nothing is being written."""
        if not self.busy:
            self.dismiss()


def revocation_sheet(report: Revocation, display: Display) -> Sheet:
    """What stops, what runs on, what is not achieved, in that order."""
    title = "Removed" if report.applied else "Revocation of"
    stopped = display.state(REJECT, f"{plural(len(report.stops), 'module')} refused")
    sheet = Sheet(
        display, display.text(f"{title} {report.fingerprint[:8]}"), stopped if report.stops else EMPTY
    )
    sheet.fact("file", report.target)
    sheet.fact("leads to", report.link)
    if report.problems:
        sheet.heading("What stands against it")
        for problem in report.problems:
            sheet.say(REJECT, sentence(problem.summary))
            sheet.labelled("cause", sentence(problem.cause))
            sheet.labelled("next", sentence(problem.next))
    show_changes(sheet, report.diff)
    stops = (
        "Refused from now on, at the next install"
        if report.applied
        else "Would be refused at the next install"
    )
    sheet.heading(f"{stops}: {plural(len(report.stops), 'module')}")
    for name in report.stops:
        sheet.say(REJECT, name)
    sheet.heading(
        f"Installed under this block, and running on: {plural(len(report.keeps_running), 'module')}"
    )
    for name in report.keeps_running:
        sheet.say(INFO, name)
    sheet.heading("What this does not achieve")
    for words in report.not_achieved:
        sheet.say(WARN, words)
    if report.restart:
        sheet.heading("To restart")
        for node in report.restart:
            sign = BY_NODE_STATE[node.state] if report.applied else RESTART
            why = sentence(node.reason) if report.applied else "After the removal, to make it count."
            sheet.row(display.state(sign, f"{node.name}  "), display.text(why))
    sheet.findings(report.warnings)
    sheet.copy = Copyable("what this does not achieve", "\n".join(report.not_achieved))
    return sheet
