"""What the files and bills of materials of a release come to: two steps, their decisions and findings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from trustconsole import limits
from trustconsole.errors import InputError
from trustconsole.findings import Finding, FindingKind
from trustconsole.release import findings as kinds
from trustconsole.release.checksums import Checksums
from trustconsole.release.components import EXTRA_HINT, LibraryMissing, read_components
from trustconsole.release.files import ReleaseFile
from trustconsole.release.roles import SBOM_SUFFIXES, archive_of
from trustconsole.release.sboms import SbomContent, SbomReport, compare, read_sbom
from trustconsole.text import plural
from trustconsole.verification import Step
from trustconsole.verification.engine import Decision

MOST_FINDINGS: Final = 50
"""Findings of one kind; beyond it the step's detail counts them."""
_SHOWN_NAMES: Final = 5


@dataclass(slots=True)
class Judged:
    """A step being made: the first refusal decides, and every one is counted and told."""

    decision: Decision | None = None
    findings: list[Finding] = field(default_factory=list)
    refused: int = 0
    _told: dict[str, int] = field(default_factory=dict)

    def refuse(self, kind: FindingKind, finding: Finding, reason: str) -> None:
        """Something that makes the verdict `reject`."""
        self.refused += 1
        self.decision = self.decision or Decision("reject", reason, code=kind.id)
        self.tell(finding)

    def tell(self, finding: Finding) -> None:
        """Keep a finding, the first ones of each kind."""
        count = self._told.get(finding.id, 0)
        self._told[finding.id] = count + 1
        if count < MOST_FINDINGS:
            self.findings.append(finding)


def judge_files(
    checksums: Checksums, where: str, files: Sequence[ReleaseFile], *, everything: bool
) -> tuple[Step, Judged]:
    """Step `checksums`: every line and every file; `everything` wants all that is listed to be there."""
    judged = Judged()
    for line in checksums.bad_lines:
        finding = kinds.LINE_UNREADABLE.at(where, line.number, reason=line.reason, text=line.text)
        judged.refuse(
            kinds.LINE_UNREADABLE,
            finding,
            f"line {line.number} of the checksums cannot be read: {line.reason}",
        )
    for file in files:
        _judge_file(judged, checksums, file, where)
    missing = [file.name for file in files if file.status == "missing"]
    present = [file for file in files if file.listed and file.present and file.role != "sbom"]
    if not present:
        count = plural(len(checksums.files), "listed file")
        reason = f"no archive of the release is here (of {count})"
        judged.refuse(kinds.NOTHING_PRESENT, kinds.NOTHING_PRESENT.at(where, count=count), reason)
    if missing and everything:
        reason = f"{plural(len(missing), 'listed file')} not there: {_names(missing)}"
        finding = kinds.FILE_MISSING.at(
            where, count=plural(len(missing), "file is", "files are"), names=_names(missing)
        )
        judged.refuse(kinds.FILE_MISSING, finding, reason)
    elif missing:
        count = plural(len(missing), "file is", "files are")
        judged.tell(kinds.FILES_NOT_HERE.at(where, count=count, names=_names(missing)))
    strange = [file.name for file in files if file.status == "unlisted" and file.role == "other"]
    if strange:
        count = plural(len(strange), "file is", "files are")
        judged.tell(kinds.FILES_UNLISTED.at(where, count=count, names=_names(strange)))
    return _files_step(judged, files, missing), judged


def _judge_file(judged: Judged, checksums: Checksums, file: ReleaseFile, where: str) -> None:
    name = file.name
    if file.status == "altered":
        finding = kinds.FILE_ALTERED.at(where, name=name, found=file.sha256, expected=file.expected)
        judged.refuse(kinds.FILE_ALTERED, finding, f"{name} is not what was signed")
    elif file.status == "conflicting":
        listed = checksums.find(name)
        lines = " and ".join(map(str, listed.lines)) if listed else ""
        finding = kinds.FILE_CONFLICTING.at(where, name=name, lines=lines)
        judged.refuse(
            kinds.FILE_CONFLICTING, finding, f"{name} is listed with different sums (lines {lines})"
        )
    elif file.status == "refused":
        finding = kinds.FILE_REFUSED.at(where, name=name, reason=file.reason)
        judged.refuse(kinds.FILE_REFUSED, finding, f"{name} is not looked at: {file.reason}")
    elif file.status == "unlisted" and file.role == "archive":
        reason = file.reason or "this file is none of them"
        finding = kinds.ARCHIVE_UNLISTED.at(where, name=name, reason=reason)
        judged.refuse(kinds.ARCHIVE_UNLISTED, finding, f"{name} is not listed in the checksums")


def _names(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_SHOWN_NAMES])
    more = len(names) - _SHOWN_NAMES
    return f"{shown} and {more} more" if more > 0 else shown


def _files_step(judged: Judged, files: Sequence[ReleaseFile], missing: Sequence[str]) -> Step:
    counts = {
        status: sum(file.status == status for file in files)
        for status in ("ok", "altered", "conflicting", "refused", "missing", "unlisted")
    }
    words = ", ".join(f"{count} {status}" for status, count in counts.items() if count)
    if judged.decision is not None:
        more = f" (and {judged.refused - 1} more)" if judged.refused > 1 else ""
        return Step("checksums", _FILES, "fail", f"{judged.decision.reason}{more}", {**counts})
    evidence: dict[str, object] = {**counts, "not_here": list(missing[:MOST_FINDINGS])}
    return Step("checksums", _FILES, "pass", words or "nothing is listed", evidence)


_FILES: Final = "Is every file what the checksums list"
_SBOMS: Final = "Is every bill of materials about its archive"


def judge_sboms(
    files: Sequence[ReleaseFile], where: str, *, tables: bool
) -> tuple[Step, Judged, tuple[SbomReport, ...]]:
    """Step `sbom`: every bill of materials that is here, and every archive that has none."""
    judged = Judged()
    by_name = {file.name: file for file in files}
    reports = tuple(
        _judge_sbom(file, by_name.get(archive_of(file.name)), tables=tables)
        for file in files
        if file.role == "sbom" and file.path is not None
    )
    for report in reports:
        _tell_sbom(judged, report, where)
    bare = [file for file in files if _lacks_sbom(file, by_name)]
    for file in bare:
        finding = kinds.SBOM_MISSING.at(where, name=file.name)
        judged.refuse(
            kinds.SBOM_MISSING, finding, f"{file.name} has no bill of materials, and none is listed"
        )
    return _sbom_step(judged, reports), judged, reports


def _lacks_sbom(file: ReleaseFile, by_name: dict[str, ReleaseFile]) -> bool:
    """Whether an archive that is here has no bill of materials, not even a listed one that is missing."""
    if file.role != "archive" or not file.present:
        return False
    beside = (by_name.get(f"{file.name}{suffix}") for suffix in SBOM_SUFFIXES)
    return not any(sbom is not None and (sbom.listed or sbom.path is not None) for sbom in beside)


def _judge_sbom(file: ReleaseFile, archive: ReleaseFile | None, *, tables: bool) -> SbomReport:
    name = archive.name if archive is not None else archive_of(file.name)
    blank = SbomReport(file.name, name, file.listed, False, 0, "")
    if file.path is None:
        return replace(blank, matches=None, reason=file.reason)
    try:
        content = read_sbom(file.path, sha256=file.sha256)
    except InputError as error:
        return replace(blank, reason=f"it {error.message}")
    known = (archive.expected, archive.sha256) if archive is not None else ()
    matches, reason = compare(content, name, tuple(digest for digest in known if digest is not None))
    report = replace(
        blank,
        matches=matches,
        reason=reason,
        components=len(content.components),
        spec_version=content.spec_version,
    )
    return with_table(report, content) if tables else report


def with_table(report: SbomReport, content: SbomContent) -> SbomReport:
    """The same with its components as rows, or a note why there are none."""
    try:
        rows, refused = read_components(content.components[: limits.SBOM_TABLE])
    except LibraryMissing:
        return replace(report, table_note=f"the table needs CycloneDX's own library: {EXTRA_HINT}")
    notes = [f"{plural(refused, 'component')} could not be read"] if refused else []
    if len(content.components) > limits.SBOM_TABLE:
        notes.append(f"only the first {limits.SBOM_TABLE:,} components are shown")
    return replace(report, table=rows, table_note="; ".join(notes))


def _tell_sbom(judged: Judged, report: SbomReport, where: str) -> None:
    if report.matches is False:
        finding = kinds.SBOM_REFUSED.at(where, name=report.name, archive=report.archive, reason=report.reason)
        judged.refuse(kinds.SBOM_REFUSED, finding, f"{report.name}: {report.reason}")
        return
    if report.matches is None:
        judged.tell(kinds.SBOM_VAGUE.at(where, name=report.name, reason=report.reason))
    if not report.covered:
        judged.tell(kinds.SBOM_UNCOVERED.at(where, name=report.name))


def _sbom_step(judged: Judged, reports: Sequence[SbomReport]) -> Step:
    evidence: dict[str, object] = {
        "matching": sum(report.matches is True for report in reports),
        "covered": sum(report.covered for report in reports),
        "components": sum(report.components for report in reports),
    }
    if judged.decision is not None:
        more = f" (and {judged.refused - 1} more)" if judged.refused > 1 else ""
        return Step("sbom", _SBOMS, "fail", f"{judged.decision.reason}{more}", evidence)
    if not reports:
        return Step("sbom", _SBOMS, "skip", "no bill of materials is here; the listed ones are missing")
    words = f"{plural(len(reports), 'bill')} of materials"
    if judged.findings:
        return Step("sbom", _SBOMS, "warn", f"{words}; {judged.findings[0].summary}", evidence)
    return Step("sbom", _SBOMS, "pass", f"{words}, each about its archive", evidence)
