"""A verified release as a tree: signature, identity, time, archives, bills of materials, provenance.

Rows are made of the report alone; a row's sheet is the business of `sheets`. Nothing that the checksums list
is shown as good where their signature does not count.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from textual.content import Content

from trustconsole.api import ReleaseFile, ReleaseReport, SbomReport, Step
from trustconsole.commands import Pane
from trustconsole.console.columns import Column
from trustconsole.console.display import Display, join
from trustconsole.console.release import sheets
from trustconsole.console.sheet import Level, Sheet
from trustconsole.console.signs import ACCEPT, BY_STEP, BY_VERDICT, INFO, NEUTRAL, REJECT, UNKNOWN, WARN, Sign
from trustconsole.console.signs import gravest as gravest_of
from trustconsole.console.view import View

PANE: Final = Pane(0, "release", "Release", "Release", "Who signed it and when, and every file it lists.")


@dataclass(frozen=True, slots=True)
class Question:
    """A branch of the tree, and the steps that answer it; `main` is the one whose words stand for all."""

    key: str
    title: str
    main: str
    steps: tuple[str, ...]


QUESTIONS: Final = (
    Question(
        "signature",
        "Signature",
        "chain",
        ("parse", "trusted-root", "artifact", "key", "signature", "chain", "sct"),
    ),
    Question("identity", "Identity", "identity", ("identity",)),
    Question(
        "time",
        "Time",
        "time",
        (
            *("timestamp", "rekor.log-id", "rekor.set", "rekor.binding", "rekor.inclusion", "rekor.time"),
            "time",
        ),
    ),
    Question("archives", "Archives", "checksums", ("checksums",)),
    Question("sboms", "Bills of materials", "sbom", ("sbom",)),
    Question("provenance", "Provenance", "provenance", ("provenance",)),
)
_LISTED: Final = ("archives", "sboms")

Subject = ReleaseReport | Question | Step | ReleaseFile | SbomReport


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the tree; `of` is what its sheet is about."""

    key: str
    depth: int
    sign: Sign
    name: str
    words: str
    of: Subject


def release_sign(report: ReleaseReport) -> Sign:
    """The one sign of a release: never a good one where a finding is an error."""
    return WARN if report.verdict == "accept" and not report.clean else BY_VERDICT[report.verdict]


def step_sign(report: ReleaseReport, step: Step) -> Sign:
    """A step's sign: a missing proof of time is a doubt, no refusal."""
    if step.id == "time" and step.status == "fail":
        return UNKNOWN
    sign = BY_STEP[step.status]
    return NEUTRAL if sign is ACCEPT and step.id in ("checksums", "sbom") and not report.signed else sign


def file_sign(report: ReleaseReport, file: ReleaseFile) -> Sign:
    """A file's sign."""
    if file.status == "ok":
        return ACCEPT if report.signed else NEUTRAL
    if file.status in ("altered", "conflicting", "refused") or file.role == "archive":
        return NEUTRAL if file.status == "missing" else REJECT
    return NEUTRAL if file.status == "missing" else INFO


def sbom_sign(report: ReleaseReport, sbom: SbomReport) -> Sign:
    """A bill of materials' sign."""
    if sbom.matches is False:
        return REJECT
    if sbom.matches is None:
        return UNKNOWN
    if not sbom.covered:
        return WARN
    return ACCEPT if report.signed else NEUTRAL


class ReleaseTree(View[Row]):
    """The tree as rows; the first one is the release as a whole."""

    pane = PANE
    columns = (Column("", 22, 44, "middle"), Column("", 12, 200, "end", flexible=True))

    def __init__(self, report: ReleaseReport, display: Display) -> None:
        self.report = report
        self.display = display
        self.items = self.rows()

    def rows(self) -> Sequence[Row]:
        """The release, then each question with what answers it."""
        return list(self._rows())

    def _rows(self) -> Iterator[Row]:
        report = self.report
        words = report.verdict if report.verdict == "accept" else f"{report.verdict}: {report.reason}"
        yield Row("release", 0, release_sign(report), "Release", words, report)
        for question in QUESTIONS:
            steps = [step for step in report.steps if step.id in question.steps]
            yield self._question(question, steps)
            yield from self._answers(question, steps)

    def _question(self, question: Question, steps: Sequence[Step]) -> Row:
        signs = [step_sign(self.report, step) for step in steps]
        loud = [sign for sign in signs if sign not in (NEUTRAL, INFO)]
        sign = gravest_of(loud) if loud else (signs[-1] if signs else NEUTRAL)
        # A doubt weighs less than a warning, but here it is what is to be said.
        if UNKNOWN in loud and REJECT not in loud:
            sign = UNKNOWN
        told = next((step for step in steps if step.status == "fail"), None)
        told = told or next((step for step in steps if step.id == question.main), None)
        words = told.detail if told else "not judged"
        return Row(question.key, 1, sign, question.title, words, question)

    def _answers(self, question: Question, steps: Sequence[Step]) -> Iterator[Row]:
        report = self.report
        if question.key == "archives":
            for file in report.files:
                if file.role != "sbom":
                    words = file.status + (f": {file.reason}" if file.reason else "")
                    yield Row(f"file:{file.name}", 2, file_sign(report, file), file.name, words, file)
        elif question.key == "sboms":
            for sbom in report.sboms:
                yield Row(
                    f"sbom:{sbom.name}", 2, sbom_sign(report, sbom), sbom.name, sheets.sbom_words(sbom), sbom
                )
        elif len(steps) > 1:
            for step in steps:
                yield Row(f"step:{step.id}", 2, step_sign(report, step), step.id, step.detail, step)

    def key(self, item: Row) -> str:
        """Where it stands in the tree."""
        return item.key

    def cells(self, item: Row) -> tuple[Content, ...]:
        """Indent, sign and name; then the words."""
        show = self.display
        name = show.text(item.name, "" if item.depth == 2 else "bold")
        lead = join(show.text("  " * item.depth), show.sign(item.sign), Content(" "), name)
        return lead, show.text(item.words, item.sign.style if item.sign.gravity > 2 else "$text-muted")

    def summary(self) -> Content:
        """The verdict."""
        return self.display.state(release_sign(self.report), self.report.verdict)

    def worst(self) -> Sign:
        """The verdict's sign."""
        return release_sign(self.report)

    def empty(self) -> str:
        """Never empty."""
        return ""

    def sheet(self, item: Row | None, level: Level) -> Sheet:
        """The detail of a row, of the release where there is none."""
        show, report = self.display, self.report
        subject: Subject = item.of if item is not None else report
        if isinstance(subject, ReleaseReport):
            return sheets.release_sheet(show, report, release_sign(report), level)
        if isinstance(subject, Question):
            steps = [step for step in report.steps if step.id in subject.steps]
            return sheets.steps_sheet(show, subject.title, report, steps, level)
        if isinstance(subject, Step):
            return sheets.steps_sheet(show, subject.title, report, [subject], level)
        if isinstance(subject, ReleaseFile):
            return sheets.file_sheet(show, report, subject, file_sign(report, subject))
        return sheets.sbom_sheet(show, report, subject, sbom_sign(report, subject), level)
