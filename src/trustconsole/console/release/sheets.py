"""The sheets of a release: the whole of it, some of its steps, a file, a bill of materials."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from trustconsole.api import Component, Finding, ReleaseFile, ReleaseReport, SbomReport, Step
from trustconsole.console.display import Display
from trustconsole.console.release.answers import Report, step_sign
from trustconsole.console.sheet import Copyable, Level, Sheet
from trustconsole.console.signs import UNKNOWN, Sign
from trustconsole.text import human_bytes, plural, sentence

_LISTED: Final = 200
"""Components named in a sheet; the table of components names them all."""


def sbom_words(sbom: SbomReport) -> str:
    """A bill of materials in a line."""
    about = {True: "about its archive", False: sbom.reason, None: sbom.reason}[sbom.matches]
    covered = "" if sbom.covered else ", not covered by the signature"
    return f"{plural(sbom.components, 'component')}, {about}{covered}"


def release_sheet(display: Display, report: ReleaseReport, sign: Sign, level: Level) -> Sheet:
    """Verdict, files and signer; then the findings, the trace and, with evidence, every file."""
    sheet = Sheet(display, display.text(report.directory), display.state(sign, report.verdict))
    sheet.copy = Copyable("the directory", report.directory)
    sheet.more = Copyable("the SHA-256 of the checksums", report.checksums_sha256 or "")
    sheet.say(sign, f"{report.verdict}: {sentence(report.reason)}", sign.style if sign.gravity else "")
    if level == 0:
        return sheet
    _facts(sheet, report)
    sheet.findings(report.findings)
    sheet.heading("Trace")
    for step in report.steps:
        show_step(sheet, step, level)
    if level == 2:
        sheet.heading("Files")
        for file in report.files:
            sheet.fact(file.status, f"{file.name}  {file.sha256 or ''}".rstrip())
    return sheet


def _facts(sheet: Sheet, report: ReleaseReport) -> None:
    signer, policy = report.signer, report.policy
    form = f" ({report.form})" if report.form else ""
    sheet.fact("checksums", report.checksums)
    sheet.fact("signature", f"{report.signature}{form}" if report.signature else "none")
    if policy is not None:
        sheet.fact("trusted", policy.trust)
        sheet.fact("wanted", policy.identity)
        sheet.fact("issuer", policy.issuer)
    if signer is not None:
        sheet.fact("signer", ", ".join(signer.san) or signer.spki_sha256)
    if report.verified_time is not None:
        sheet.fact("signed at", sheet.display.moment(report.verified_time))
    if policy is not None:
        sheet.fact("judged at", sheet.display.moment(policy.at))


def steps_sheet(display: Display, title: str, report: Report, steps: Sequence[Step], level: Level) -> Sheet:
    """Some steps with their evidence, and the findings that they led to."""
    sheet = Sheet(display, display.text(title))
    for step in steps:
        show_step(sheet, step, level)
    if not steps:
        sheet.say(UNKNOWN, "This was not judged, because what comes before it could not be read.")
    if steps:
        sheet.copy = Copyable("the step", f"{steps[-1].id}: {steps[-1].detail}")
        lines = [f"{step.id}: {step.detail}\n{_evidence(step.evidence)}".rstrip() for step in steps]
        sheet.more = Copyable("steps with evidence", "\n".join(lines))
    named = [step.id for step in steps]
    if report.rule in named:
        sheet.findings(_of_code(report.findings, report.code))
    return sheet


def _of_code(findings: Sequence[Finding], code: str | None) -> list[Finding]:
    return [finding for finding in findings if finding.id == code]


def show_step(sheet: Sheet, step: Step, level: Level) -> None:
    """A step as a sentence, with its evidence where it says no or everything is wanted."""
    sign = step_sign(step)
    sheet.say(sign, f"{step.id}: {step.detail}", sign.style if sign.gravity > 2 else "")
    if level == 2 or step.status in ("fail", "warn"):
        for name, value in step.evidence.items():
            sheet.labelled(name, evidence_words(value))


def _evidence(evidence: Mapping[str, object]) -> str:
    return "\n".join(f"  {name} {evidence_words(value)}" for name, value in evidence.items())


def evidence_words(value: object) -> str:
    """A value of an evidence in a line."""
    if value is None or value == []:
        return "none"
    if isinstance(value, list | tuple):
        return ", ".join(str(one) for one in value)
    return str(value)


def file_sheet(display: Display, report: ReleaseReport, file: ReleaseFile, sign: Sign) -> Sheet:
    """One file: what was found and what is listed."""
    sheet = Sheet(display, display.text(file.name), display.state(sign, file.status))
    why = f": {file.reason}" if file.reason else ""
    sheet.say(sign, f"{file.status}{why}", sign.style if sign.gravity > 2 else "")
    sheet.fact("found", file.sha256)
    sheet.fact("listed", file.expected or ("no" if not file.listed else "with different sums"))
    sheet.fact("size", human_bytes(file.size) if file.size is not None else None)
    if file.status == "ok" and not report.signed:
        sheet.say(None, "It is as listed, but the signature of the list does not count.")
    sheet.copy = Copyable("the SHA-256", file.sha256 or file.expected or "")
    sheet.more = Copyable("the name", file.name)
    sheet.findings(finding for finding in report.findings if file.name in finding.summary)
    return sheet


def sbom_sheet(display: Display, report: ReleaseReport, sbom: SbomReport, sign: Sign, level: Level) -> Sheet:
    """One bill of materials, and what is in it."""
    sheet = Sheet(display, display.text(sbom.name), display.text(plural(sbom.components, "component")))
    sheet.say(sign, sentence(sbom_words(sbom)), sign.style if sign.gravity > 2 else "")
    sheet.fact("archive", sbom.archive)
    sheet.fact("format", f"CycloneDX {sbom.spec_version}" if sbom.spec_version else None)
    sheet.fact("note", sbom.table_note)
    sheet.copy = Copyable("the name", sbom.name)
    sheet.more = Copyable("its components", "\n".join(map(component_line, sbom.table)))
    sheet.findings(finding for finding in report.findings if sbom.name in finding.summary)
    if level and sbom.table:
        sheet.heading("Components")
        for row in sbom.table[:_LISTED]:
            sheet.say(None, component_line(row))
        if len(sbom.table) > _LISTED:
            sheet.say(None, f"and {len(sbom.table) - _LISTED:,} more; c lists all")
    return sheet


def component_line(row: Component) -> str:
    """A component in a line."""
    return "  ".join(part for part in (row.name, row.version, row.licence, row.purl) if part)
