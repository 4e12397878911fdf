"""Making the plan of a rotation from arguments and one look; with a lost journal, from any state."""

from __future__ import annotations

import re
import secrets
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final

from trustconsole import limits
from trustconsole.api.rotation_evidence import role_of, target_path
from trustconsole.api.survey import Survey
from trustconsole.errors import InputError, Location, MalformedInput, UsageError
from trustconsole.records import Backups, ModuleAtStart, Plan, RotationKind
from trustconsole.storage import FileMetadata, read_bounded
from trustconsole.text import rfc3339
from trustconsole.trust_root import Block, BlockKind, block_as_written, find_fingerprint, scan_trust_root
from trustconsole.verification import ALLOWING, VerificationReport

KINDS: Final[dict[RotationKind, BlockKind]] = {
    "author": "public-key",
    "ca": "certificate",
    "rekor": "public-key",
}
_MOST_SIDECARS: Final = 64
"""Signature files of the old key that are kept: one that is rejected is enough, but jars change meanwhile."""
_WHOLE: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)


def make_plan(survey: Survey, kind: str, old: str, new: Path, backups: Backups) -> Plan:
    """The plan that these arguments ask for; nothing is written.

    `old` is a fingerprint or its first 8 digits or more, of a block that is in the file, or that was in it
    before (backups tell); `new` is a PEM file with one block of the kind. Raises `UsageError`, `InputError`.
    """
    if kind not in KINDS:
        raise UsageError(f"there is no rotation of kind {kind!r}", hint=f"one of {', '.join(KINDS)}")
    checked: RotationKind = next(one for one in KINDS if one == kind)
    path = target_path(survey, checked)
    if checked == "ca" and role_of(survey, checked) == "KEYED":
        raise UsageError("a controller in mode KEYED reads no certificates", hint="rotate with --kind author")
    file = read_bounded(path, limits.PEM_BYTES, what="PEM file")
    block, pem = _new_block(new, checked, survey.now)
    fingerprint = _old_fingerprint(file.data, path, old, backups, survey.now)
    if fingerprint == block.fingerprint:
        raise UsageError("the old and the new block are the same", hint="name another PEM file with --new")
    return Plan(
        secrets.token_hex(8),
        checked,
        fingerprint,
        block.fingerprint or "",
        pem,
        str(path),
        rfc3339(survey.now),
        file.sha256,
        _modules(survey),
    )


def _new_block(path: Path, kind: RotationKind, now: datetime) -> tuple[Block, str]:
    """The one block of that kind in the PEM file, and the text that would be added for it.

    Whether it may be added is the gate's question.
    """
    file = read_bounded(path, limits.PEM_BYTES, what="PEM file")
    report = scan_trust_root(file.data, str(path), now=now)
    if any(finding.id == "private-key-in-file" for finding in report.all_findings):
        raise MalformedInput(
            "holds a private key, which belongs in no trust root",
            hint="give the public half: openssl pkey -in KEY -pubout",
            location=Location(str(path)),
        )
    blocks = [block for block in report.blocks if block.fingerprint is not None]
    if len(blocks) != 1:
        raise MalformedInput(
            f"holds {len(blocks) or 'no'} usable blocks, and exactly one is needed",
            hint="put the new key or certificate alone into a file",
            location=Location(str(path)),
        )
    if blocks[0].kind != KINDS[kind]:
        wanted = "CERTIFICATE" if KINDS[kind] == "certificate" else "PUBLIC KEY"
        raise UsageError(
            f"{path} holds a {blocks[0].label}, and a rotation of kind {kind} takes a {wanted}",
            hint="name another kind or another file",
        )
    return blocks[0], block_as_written(file.data, blocks[0])


def _old_fingerprint(data: bytes, path: Path, old: str, backups: Backups, now: datetime) -> str:
    """The whole fingerprint that `old` means: in the file, else in an earlier state of it, else as given."""
    report = scan_trust_root(data, str(path), now=now)
    try:
        return find_fingerprint(report, old)
    except UsageError:
        wanted = old.strip().lower().replace(":", "")
        for backup in backups.all():
            if backup.path != path:
                continue
            earlier = scan_trust_root(backup.data, str(path), now=now)
            found = {block.fingerprint for block in earlier.blocks if block.fingerprint is not None}
            named = [one for one in found if one.startswith(wanted)]
            if len(wanted) >= 8 and len(named) == 1:
                return named[0]
        if _WHOLE.fullmatch(wanted):
            return wanted
        raise


def _modules(survey: Survey) -> tuple[ModuleAtStart, ...]:
    return tuple(
        ModuleAtStart(
            module.path,
            module.name,
            module.version,
            report.sha256,
            report.documented.verdict,
            report.controller.verdict,
        )
        for module, report in zip(survey.modules, survey.reports, strict=True)
        if report is not None
    )


def keep_sidecars(plan: Plan, survey: Survey, backups: Backups) -> Plan:
    """The plan with the signature files of the old key kept in the state directory, for the last step.

    Of an author key or a CA those that the old block made accept; of a log every one with an entry.
    """
    kept: dict[str, str] = {}
    for report in survey.reports:
        if report is None or report.sidecar.path is None or len(kept) == _MOST_SIDECARS:
            continue
        if _by_old(plan, report) and (backup := _keep(Path(report.sidecar.path), backups)) is not None:
            kept[report.artifact] = backup
    modules = tuple(replace(module, sidecar=kept.get(module.path)) for module in plan.modules)
    return replace(plan, modules=modules)


def _by_old(plan: Plan, report: VerificationReport) -> bool:
    """Whether the old block had a part in accepting it."""
    if report.documented.verdict not in ALLOWING and report.controller.verdict not in ALLOWING:
        return False
    if plan.kind == "rekor":
        return any(step.id == "rekor.set" and step.status == "pass" for step in report.steps)
    matched = report.documented.matched
    return matched is not None and matched.fingerprint == plan.old


def _keep(path: Path, backups: Backups) -> str | None:
    """The id of a backup of a signature file, None where it cannot be read (then the check says so)."""
    try:
        file = read_bounded(path, limits.SIDECAR_BYTES, what="signature file")
    except InputError:
        return None
    return backups.keep(path, file.data, FileMetadata.of(path)).id
