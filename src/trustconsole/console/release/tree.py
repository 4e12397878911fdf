"""A verified release as a tree: signature, identity, time, archives, bills of materials, provenance.

Rows are made of the report alone; a row's sheet is the business of `sheets`. Nothing that the checksums list
is shown as good where their signature does not count.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from trustconsole.api import ReleaseFile, ReleaseReport, SbomReport, Step
from trustconsole.commands import Pane
from trustconsole.console.display import Display
from trustconsole.console.release import answers, sheets
from trustconsole.console.release.answers import (
    IDENTITY,
    SIGNATURE,
    TIME,
    AnswerTree,
    Question,
    Row,
    question_row,
    report_sign,
)
from trustconsole.console.sheet import Level, Sheet
from trustconsole.console.signs import ACCEPT, INFO, NEUTRAL, REJECT, UNKNOWN, WARN, Sign

PANE: Final = Pane(0, "release", "Release", "Release", "Who signed it and when, and every file it lists.")
QUESTIONS: Final = (
    Question("signature", "Signature", "chain", SIGNATURE),
    IDENTITY,
    TIME,
    Question("archives", "Archives", "checksums", ("checksums",)),
    Question("sboms", "Bills of materials", "sbom", ("sbom",)),
    Question("provenance", "Provenance", "provenance", ("provenance",)),
)


def step_sign(report: ReleaseReport, step: Step) -> Sign:
    """A step's sign; what is listed is not good by itself."""
    sign = answers.step_sign(step)
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


class ReleaseTree(AnswerTree):
    """The tree of a release."""

    pane = PANE
    exported = "release"

    def __init__(self, report: ReleaseReport, display: Display) -> None:
        self.report = report
        super().__init__(report, display)

    def branches(self) -> Iterator[Row]:
        """Each question with its steps, files or bills of materials."""
        for question in QUESTIONS:
            steps = [step for step in self.report.steps if step.id in question.steps]
            yield question_row(question, steps, [step_sign(self.report, step) for step in steps])
            yield from self._answers(question, steps)

    def _answers(self, question: Question, steps: Sequence[Step]) -> Iterator[Row]:
        report = self.report
        if question.key == "archives":
            for file in report.files:
                if file.role != "sbom":
                    words = file.status + (f": {file.reason}" if file.reason else "")
                    yield Row(f"file:{file.name}", 2, file_sign(report, file), file.name, words, file)
        elif question.key == "sboms":
            for sbom in report.sboms:
                sign, words = sbom_sign(report, sbom), sheets.sbom_words(sbom)
                yield Row(f"sbom:{sbom.name}", 2, sign, sbom.name, words, sbom)
        elif len(steps) > 1:
            for step in steps:
                yield Row(f"step:{step.id}", 2, step_sign(report, step), step.id, step.detail, step)

    def sheet(self, item: Row | None, level: Level) -> Sheet:
        """The detail of a row, of the release where there is none."""
        show, report = self.display, self.report
        subject = item.of if item is not None else report
        if isinstance(subject, Question):
            steps = [step for step in report.steps if step.id in subject.steps]
            return sheets.steps_sheet(show, subject.title, report, steps, level)
        if isinstance(subject, Step):
            return sheets.steps_sheet(show, subject.title, report, [subject], level)
        if isinstance(subject, ReleaseFile):
            return sheets.file_sheet(show, report, subject, file_sign(report, subject))
        if isinstance(subject, SbomReport):
            return sheets.sbom_sheet(show, report, subject, sbom_sign(report, subject), level)
        return sheets.release_sheet(show, report, report_sign(report), level)
