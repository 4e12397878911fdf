"""A verified image as a tree: signatures, identity, time, platforms, attestations, blobs.

Nothing that the image's digest covers is shown as good where no signature of that digest counts. Of several
signatures the good one answers for identity and time, else the one that came nearest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from trustconsole.api import ImageAttestation, ImageBlob, ImageReport, ImageSignature, Platform, Step
from trustconsole.commands import Pane
from trustconsole.console.display import Display
from trustconsole.console.release import image_sheets, sheets
from trustconsole.console.release.answers import (
    IDENTITY,
    SIGNATURE,
    TIME,
    AnswerTree,
    Question,
    Row,
    question_row,
    report_sign,
    step_sign,
)
from trustconsole.console.sheet import Level, Sheet
from trustconsole.console.signs import ACCEPT, BY_VERDICT, INFO, NEUTRAL, REJECT, UNKNOWN, WARN, Sign
from trustconsole.text import human_bytes, plural

PANE: Final = Pane(0, "release", "Image", "Image", "Who signed it and when, and everything that it reaches.")
SIGNATURES: Final = Question("signatures", "Signatures", "signature", ("payload", *SIGNATURE))
PLATFORMS: Final = Question("platforms", "Platforms", "", ())
ATTESTATIONS: Final = Question("attestations", "Attestations", "", ())
BLOBS: Final = Question("blobs", "Blobs", "", ())
_NEARNESS: Final = ("accept", "unknown", "reject", "error")
_REFUSING: Final = frozenset(("no-good-attestation", "other-build"))
"""Findings that say of all attestations that none counts."""
_GRAVE_FIRST: Final = ("altered", "unreadable", "missing", "remote", "ok")


def chosen_of(report: ImageReport) -> ImageSignature | None:
    """The signature that answers for all."""
    return min(report.signatures, key=lambda one: _NEARNESS.index(one.verdict), default=None)


def signature_sign(report: ImageReport, signature: ImageSignature) -> Sign:
    """A signature's sign; one that is not good weighs nothing beside one that is."""
    return NEUTRAL if report.signed and signature.verdict != "accept" else BY_VERDICT[signature.verdict]


def blob_sign(report: ImageReport, blob: ImageBlob) -> Sign:
    """A blob's sign."""
    if blob.condition == "ok":
        return ACCEPT if report.signed else NEUTRAL
    if blob.condition == "missing":
        return REJECT if report.code == "incomplete" else WARN
    return INFO if blob.condition == "remote" else REJECT


def attestations_sign(report: ImageReport) -> Sign:
    """The sign of all attestations together; a refusal is one only where the image was refused over it."""
    bad = [one for one in report.attestations if one.verdict != "accept"]
    if not bad:
        return ACCEPT if report.attestations else INFO
    if _REFUSING & {finding.id for finding in report.findings}:
        return REJECT
    return UNKNOWN if len(bad) == len(report.attestations) else WARN


class ImageTree(AnswerTree):
    """The tree of an image."""

    pane = PANE
    exported = "image"

    def __init__(self, report: ImageReport, display: Display) -> None:
        self.report = report
        self.chosen = chosen_of(report)
        super().__init__(report, display)

    def branches(self) -> Iterator[Row]:
        """Each question with its signatures, steps, platforms, attestations or blobs."""
        yield from self._signatures()
        for question in (IDENTITY, TIME):
            steps = self._steps(question)
            yield question_row(question, steps, [step_sign(step) for step in steps])
            yield from self._step_rows(steps, 2) if len(steps) > 1 else ()
        yield from self._platforms()
        yield from self._attestations()
        yield from self._blobs()

    def _steps(self, question: Question) -> list[Step]:
        steps = self.chosen.steps if self.chosen is not None else ()
        return [step for step in steps if step.id in question.steps]

    def _step_rows(self, steps: Sequence[Step], depth: int) -> Iterator[Row]:
        for step in steps:
            yield Row(f"step:{step.id}", depth, step_sign(step), step.id, step.detail, step)

    def _signatures(self) -> Iterator[Row]:
        report, chosen = self.report, self.chosen
        if chosen is None:
            words = "no signature of the image was found" if report.content else "not judged"
            yield Row(
                SIGNATURES.key, 1, REJECT if report.content else NEUTRAL, "Signatures", words, SIGNATURES
            )
            return
        good = sum(one.verdict == "accept" for one in report.signatures)
        words = f"{good} of {len(report.signatures)} good"
        words = words if good else f"{words}: {chosen.reason}"
        yield Row(SIGNATURES.key, 1, BY_VERDICT[chosen.verdict], "Signatures", words, SIGNATURES)
        for number, one in enumerate(report.signatures):
            sign = signature_sign(report, one)
            yield Row(f"signature:{number}", 2, sign, one.form, f"{one.verdict}: {one.reason}", one)
            if one is chosen:
                yield from self._step_rows(self._steps(SIGNATURES), 3)

    def _platforms(self) -> Iterator[Row]:
        report = self.report
        sign = ACCEPT if report.signed and report.platforms else NEUTRAL
        words = plural(len(report.platforms), "platform") if report.content else "not judged"
        yield Row(PLATFORMS.key, 1, sign, PLATFORMS.title, words, PLATFORMS)
        for number, one in enumerate(report.platforms):
            yield Row(f"platform:{number}", 2, sign, one.name, one.digest, one)

    def _attestations(self) -> Iterator[Row]:
        report = self.report
        good = sum(one.verdict == "accept" for one in report.attestations)
        words = f"{good} of {len(report.attestations)} good" if report.attestations else "none"
        words, sign = (words, attestations_sign(report)) if report.content else ("not judged", NEUTRAL)
        yield Row(ATTESTATIONS.key, 1, sign, ATTESTATIONS.title, words, ATTESTATIONS)
        for number, one in enumerate(report.attestations):
            name = (one.predicate_type or one.form).removeprefix("https://")
            said = next((step.detail for step in one.steps if step.id == "build"), one.reason)
            words = f"{one.verdict}: {said if one.verdict == 'accept' else one.reason}"
            yield Row(f"attestation:{number}", 2, BY_VERDICT[one.verdict], name, words, one)

    def _blobs(self) -> Iterator[Row]:
        report = self.report
        blobs = sorted(report.content, key=lambda blob: _GRAVE_FIRST.index(blob.condition))
        sign = blob_sign(report, blobs[0]) if blobs else NEUTRAL
        words = image_sheets.counted(report.blobs) if blobs else "not judged"
        yield Row(BLOBS.key, 1, sign, BLOBS.title, words, BLOBS)
        for blob in blobs:
            why = f": {blob.reason}" if blob.reason else ""
            words = f"{blob.condition}{why}  {human_bytes(blob.size)}  {blob.media_type}"
            name = image_sheets.digest8(blob.digest)
            yield Row(f"blob:{blob.digest}", 2, blob_sign(report, blob), name, words, blob)

    def sheet(self, item: Row | None, level: Level) -> Sheet:
        """The detail of a row, of the image where there is none."""
        show, report = self.display, self.report
        subject = item.of if item is not None else report
        if isinstance(subject, Question):
            return self._question_sheet(subject, level)
        if isinstance(subject, Step):
            return sheets.steps_sheet(show, subject.title, report, [subject], level)
        if isinstance(subject, ImageSignature):
            sign = signature_sign(report, subject)
            return image_sheets.signature_sheet(show, report, subject, sign, level)
        if isinstance(subject, ImageAttestation):
            sign = BY_VERDICT[subject.verdict]
            return image_sheets.attestation_sheet(show, report, subject, sign, level)
        if isinstance(subject, Platform):
            sign = ACCEPT if report.signed else NEUTRAL
            return image_sheets.platform_sheet(show, report, subject, sign)
        if isinstance(subject, ImageBlob):
            return image_sheets.blob_sheet(show, report, subject, blob_sign(report, subject))
        return image_sheets.image_sheet(show, report, self.chosen, report_sign(report), level)

    def _question_sheet(self, question: Question, level: Level) -> Sheet:
        """The steps of a question; what has none is said by its rows, of which the sheet tells the gist."""
        show = self.display
        if question.steps:
            return sheets.steps_sheet(show, question.title, self.report, self._steps(question), level)
        sheet = Sheet(show, show.text(question.title))
        inside = [row for row in self.items if row.key.partition(":")[0] == question.key.removesuffix("s")]
        own = next(row for row in self.items if row.key == question.key)
        sheet.say(own.sign, own.words)
        for row in inside[: image_sheets.LISTED]:
            sheet.say(row.sign, f"{row.name}  {row.words}")
        if len(inside) > image_sheets.LISTED:
            sheet.say(None, f"and {len(inside) - image_sheets.LISTED:,} more")
        if question is ATTESTATIONS and not inside:
            sheet.say(None, "Nothing beside the image says how and from what it was built.")
        return sheet
