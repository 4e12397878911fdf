"""One release directory, one verdict: signature, then what it covers, then the bills of materials."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from trustconsole import limits
from trustconsole.errors import InputError, Location, MissingFile, UsageError
from trustconsole.findings import Finding, FindingKind
from trustconsole.release import findings as kinds
from trustconsole.release.checksums import Checksums, parse_checksums
from trustconsole.release.files import Progress, ReleaseFile, check_files, find_unlisted
from trustconsole.release.judging import Judged, judge_files, judge_sboms
from trustconsole.release.log_answers import read_entry_file
from trustconsole.release.policy import PolicyOptions, SignerPolicy, read_policy
from trustconsole.release.report import ReleaseReport, code_of_doubt, policy_facts
from trustconsole.release.sboms import SbomReport
from trustconsole.release.signature_files import Fetched, best, judge_signatures, signature_names
from trustconsole.release.signing import SignatureReport
from trustconsole.storage import FileBytes, read_bounded
from trustconsole.text import plural, rfc3339
from trustconsole.verification import Step, Verdict
from trustconsole.verification.identity import PRESETS

CHECKSUMS_NAME = "checksums.txt"


@dataclass(frozen=True, slots=True)
class ReleaseRequest:
    """What `release verify` was asked. `checksums` None: `checksums.txt` in the directory.

    `entry` is a log entry fetched elsewhere; `everything`: all that is listed must be there; `online`: the
    log may be asked; `tables`: read the components of the bills of materials. `now` and `today` as for
    `read_policy`.
    """

    directory: Path
    now: datetime
    today: datetime
    policy: PolicyOptions = field(default_factory=PolicyOptions)
    checksums: Path | None = None
    entry: Path | None = None
    everything: bool = False
    online: bool = False
    tables: bool = False
    jobs: int | None = None


@dataclass(frozen=True, slots=True)
class _Parts:
    """What the three questions came to; the signature's two findings first."""

    signature: SignatureReport
    others: tuple[Finding, ...]
    files: tuple[ReleaseFile, ...]
    sboms: tuple[SbomReport, ...]
    steps: tuple[Step, Step]
    judged: tuple[Judged, Judged]


def verify_release(
    request: ReleaseRequest,
    *,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> ReleaseReport:
    """Judge the directory. Raises `UsageError` where options do not fit together, and `Cancelled`.

    A file that cannot be read makes the verdict `error`, never an exception.
    """
    path = request.checksums or request.directory / CHECKSUMS_NAME
    policy: SignerPolicy | None = None
    kind, step = kinds.TRUST_UNREADABLE, "trusted-root"
    try:
        policy = read_policy(request.policy, PRESETS["release"], request.now, today=request.today)
        kind, step = kinds.ENTRY_UNREADABLE, "parse"
        fetched = _given_entry(request)
        kind, step = kinds.DIRECTORY_UNREADABLE, "checksums"
        directory = _real(request.directory)
        kind = kinds.NO_CHECKSUMS
        file = _read_checksums(path, directory)
        checksums = parse_checksums(file.data, str(path))
        kind = kinds.DIRECTORY_UNREADABLE
        unlisted = find_unlisted(directory, checksums.names, _ignored(path, directory))
    except InputError as error:
        return _unreadable(request, path, policy, kind, step, error)
    signature, others = _signature(request, path, file, policy, fetched)
    listed = check_files(directory, checksums, jobs=request.jobs, progress=progress, cancelled=cancelled)
    parts = _judge(request, path, checksums, (*listed, *unlisted), signature, others)
    return _report(request, path, file, policy, parts)


def _given_entry(request: ReleaseRequest) -> Fetched:
    if request.entry is None:
        return Fetched()
    return Fetched(read_entry_file(request.entry), demanded=True)


def _real(directory: Path) -> Path:
    """The directory without links; raises `MissingFile` where there is none."""
    try:
        real = directory.resolve(strict=True)
        if real.is_dir():
            return real
    except (OSError, RuntimeError, ValueError):
        pass
    raise MissingFile(
        "is no directory that can be looked into",
        hint="name the directory that the release was downloaded into",
        location=Location(str(directory)),
    )


def _read_checksums(path: Path, directory: Path) -> FileBytes:
    try:
        return read_bounded(path, limits.CHECKSUMS_BYTES, what="checksums file")
    except MissingFile as error:
        near = sorted(
            one.name for one in directory.glob("*") if one.name.lower().endswith(("checksums.txt", "256sums"))
        )
        hint = f"--checksums {directory / near[0]}" if near else "download checksums.txt of the release"
        raise MissingFile(error.message, hint=hint, location=error.location) from error


def _ignored(path: Path, directory: Path) -> Sequence[str]:
    """The names in `directory` that are the checksums file and its signatures."""
    if path.absolute().parent.resolve() != directory:
        return ()
    return (path.name, *signature_names(path.name))


def _signature(
    request: ReleaseRequest, path: Path, file: FileBytes, policy: SignerPolicy, fetched: Fetched
) -> tuple[SignatureReport, tuple[Finding, ...]]:
    chosen, others = best(judge_signatures(path, file.data, policy, fetched))
    if not request.online or chosen.verdict == "accept" or not chosen.unlogged:
        return chosen, others
    # Only who asks for it pays for loading what speaks to the network.
    from trustconsole.release.online import LogSearch, addresses_of

    addresses = addresses_of(policy.logs, policy.root)
    if not addresses:
        raise UsageError(
            "--online needs a log whose address is known",
            hint="name a trusted_root.json with --trusted-root F",
        )
    try:
        entries = LogSearch(addresses).entries_about(file.sha256)
    except InputError as error:
        return chosen, (*others, kinds.ENTRY_NOT_FOUND.at(str(path), reason=str(error)))
    again, others = best(judge_signatures(path, file.data, policy, Fetched(entries)))
    if again.unlogged:
        reason = f"{plural(len(entries), 'entry is', 'entries are')} about this file, and none about it"
        others = (*others, kinds.ENTRY_NOT_FOUND.at(str(path), reason=f"{reason} by this signer"))
    return again, others


def _judge(
    request: ReleaseRequest,
    path: Path,
    checksums: Checksums,
    files: tuple[ReleaseFile, ...],
    signature: SignatureReport,
    others: tuple[Finding, ...],
) -> _Parts:
    files_step, files_judged = judge_files(checksums, str(path), files, everything=request.everything)
    sbom_step, sboms_judged, sboms = judge_sboms(files, str(path), tables=request.tables)
    return _Parts(signature, others, files, sboms, (files_step, sbom_step), (files_judged, sboms_judged))


def _report(
    request: ReleaseRequest, path: Path, file: FileBytes, policy: SignerPolicy, parts: _Parts
) -> ReleaseReport:
    verdict, code, rule, reason = _verdict(parts)
    found = parts.signature
    signed = found.verdict == "accept"
    directory_findings = [one for judged in parts.judged for one in judged.findings]
    findings = (*found.findings, *directory_findings, *parts.others)
    return ReleaseReport(
        str(request.directory),
        verdict,
        code_of_doubt(findings) if verdict == "accept" else code,
        rule,
        reason,
        str(path),
        file.sha256,
        found.source if found.form != "none" else None,
        found.form,
        signed,
        policy_facts(policy),
        found.signer,
        found.verified_time,
        (*found.steps, *(replace(step, after_verdict=not signed) for step in parts.steps)),
        parts.files,
        parts.sboms,
        findings,
    )


def _verdict(parts: _Parts) -> tuple[Verdict, str | None, str | None, str]:
    """A refusal beats what could not be judged, and that a doubt; among equals the earlier step."""
    found = parts.signature
    answers: list[tuple[Verdict, str | None, str | None, str]] = []
    if found.verdict != "accept":
        answers.append((found.verdict, found.code, found.rule, found.reason))
    for step, judged in zip(parts.steps, parts.judged, strict=True):
        if judged.decision is not None:
            answers.append((judged.decision.verdict, judged.decision.code, step.id, step.detail))
    order: tuple[Verdict, ...] = ("reject", "error", "unknown")
    if answers:
        return min(answers, key=lambda answer: order.index(answer[0]))
    verified = sum(file.status == "ok" for file in parts.files)
    when = f", signed at {rfc3339(found.verified_time)}" if found.verified_time else ""
    return "accept", None, None, f"{plural(verified, 'file')} as signed{when}"


def _unreadable(
    request: ReleaseRequest,
    path: Path,
    policy: SignerPolicy | None,
    kind: FindingKind,
    rule: str,
    error: InputError,
) -> ReleaseReport:
    """Nothing could be judged: the files to trust, an entry, the checksums or the directory do not read."""
    reason = str(error)
    finding = kind.at(str(error.location or path), reason=reason)
    step = Step(rule, kind.summary, "fail", reason, {"hint": error.hint})
    return ReleaseReport(
        str(request.directory),
        "error",
        kind.id,
        rule,
        reason,
        str(path),
        None,
        None,
        None,
        False,
        policy_facts(policy),
        None,
        None,
        (step,),
        (),
        (),
        (finding,),
    )
