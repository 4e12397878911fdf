"""A report as a tree of questions and what answers them: what releases and images have in common.

Rows are made of the report alone. Which questions there are is said by `tree` (releases) and `image_tree`;
what a row's detail says is the business of `sheets` and `image_sheets`.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from textual.content import Content

from trustconsole.api import ImageReport, ReleaseReport, Step
from trustconsole.commands import Pane
from trustconsole.console.columns import Column
from trustconsole.console.display import Display, join
from trustconsole.console.sheet import Level, Sheet
from trustconsole.console.signs import BY_STEP, BY_VERDICT, INFO, NEUTRAL, REJECT, UNKNOWN, WARN, Sign
from trustconsole.console.signs import gravest as gravest_of
from trustconsole.console.view import View
from trustconsole.text import sentence

Report = ReleaseReport | ImageReport


@dataclass(frozen=True, slots=True)
class Question:
    """A branch of the tree, and the steps that answer it; `main` is the one whose words stand for all."""

    key: str
    title: str
    main: str
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the tree; `of` is what its sheet is about."""

    key: str
    depth: int
    sign: Sign
    name: str
    words: str
    of: object


SIGNATURE: Final = ("parse", "trusted-root", "artifact", "key", "signature", "chain", "sct")
"""Steps that say whether there is a signature by an authority or key that counts."""
IDENTITY: Final = Question("identity", "Identity", "identity", ("identity",))
TIME: Final = Question(
    "time",
    "Time",
    "time",
    (
        *("timestamp", "rekor.log-id", "rekor.set", "rekor.binding", "rekor.inclusion", "rekor.time"),
        "time",
    ),
)


def report_sign(report: Report) -> Sign:
    """The one sign of a report: never a good one where a finding is an error."""
    return WARN if report.verdict == "accept" and not report.clean else BY_VERDICT[report.verdict]


def step_sign(step: Step) -> Sign:
    """A step's sign: a missing proof of time is a doubt, no refusal."""
    return UNKNOWN if (step.id, step.status) == ("time", "fail") else BY_STEP[step.status]


def question_row(question: Question, steps: Sequence[Step], signs: Sequence[Sign]) -> Row:
    """The branch itself: the gravest of what its steps say, in the words of the one that decides."""
    loud = [sign for sign in signs if sign not in (NEUTRAL, INFO)]
    sign = gravest_of(loud) if loud else (signs[-1] if signs else NEUTRAL)
    # A doubt weighs less than a warning, but here it is what is to be said.
    if UNKNOWN in loud and REJECT not in loud:
        sign = UNKNOWN
    told = next((step for step in steps if step.status == "fail"), None)
    told = told or next((step for step in steps if step.id == question.main), None)
    words = told.detail if told else "not judged"
    return Row(question.key, 1, sign, question.title, words, question)


class AnswerTree(View[Row]):
    """The tree as rows; the first one is the whole. `exported` is what an export of it is named after."""

    columns = (Column("", 22, 44, "middle"), Column("", 12, 200, "end", flexible=True))
    exported: ClassVar[str]

    def __init__(self, report: Report, display: Display) -> None:
        self._whole = report
        self.display = display
        self.items = self.rows()

    def rows(self) -> Sequence[Row]:
        """The whole, then each question with what answers it."""
        report = self._whole
        words = report.verdict if report.verdict == "accept" else f"{report.verdict}: {report.reason}"
        whole = Row(self.pane.title.lower(), 0, report_sign(report), self.pane.title, words, report)
        return [whole, *self.branches()]

    @abstractmethod
    def branches(self) -> Iterator[Row]:
        """The questions, each followed by what answers it."""

    def headline(self) -> Content:
        """Verdict and reason."""
        report = self._whole
        return self.display.state(report_sign(report), f"{report.verdict}: {sentence(report.reason)}")

    def key(self, item: Row) -> str:
        """Where it stands in the tree."""
        return item.key

    def cells(self, item: Row) -> tuple[Content, ...]:
        """Indent, sign and name; then the words."""
        show = self.display
        name = show.text(item.name, "bold" if item.depth < 2 else "")
        lead = join(show.text("  " * item.depth), show.sign(item.sign), Content(" "), name)
        return lead, show.text(item.words, item.sign.style if item.sign.gravity > 2 else "$text-muted")

    def summary(self) -> Content:
        """The verdict."""
        return self.display.state(report_sign(self._whole), self._whole.verdict)

    def worst(self) -> Sign:
        """The verdict's sign."""
        return report_sign(self._whole)

    def empty(self) -> str:
        """Never empty."""
        return ""


class NothingYet(View[Row]):
    """What stands in the place of the tree before anything is verified."""

    pane = Pane(0, "release", "Nothing verified yet", "Release", "A release or an image, once it is named.")
    columns = AnswerTree.columns

    def __init__(self, display: Display) -> None:
        self.display = display
        self.items = self.rows()

    def rows(self) -> Sequence[Row]:
        """None."""
        return ()

    def key(self, item: Row) -> str:
        """Never asked for."""
        return item.key

    def cells(self, item: Row) -> tuple[Content, ...]:
        """Never asked for."""
        return self.display.text(item.name), self.display.text(item.words)

    def summary(self) -> Content:
        """Nothing."""
        return Content("")

    def worst(self) -> Sign:
        """Nothing is judged."""
        return INFO

    def empty(self) -> str:
        """What would be here, and what brings it."""
        return (
            "Here will be the answers: who signed it and when, and every file or blob. Name a place above, "
            "the directory of a release or an image; which of them it is, its content tells."
        )

    def sheet(self, item: Row | None, level: Level) -> Sheet:  # noqa: ARG002 - the interface's
        """What can be named."""
        sheet = Sheet(self.display, self.display.text("What can be verified"))
        sheet.fact("release", "a directory with checksums.txt, its signature and what you downloaded")
        sheet.fact("OCI layout", "a directory with oci-layout and index.json; DIR@sha256:HEX names one image")
        sheet.fact("dir: copy", "a directory with manifest.json, as skopeo copy writes it")
        sheet.fact("archive", "a saved layout: FILE.tar")
        sheet.fact("registry", "HOST/NAME:TAG or HOST/NAME@sha256:HEX; you are asked before it connects")
        return sheet
