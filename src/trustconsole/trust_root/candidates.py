"""From the bytes of a trust root or Rekor key file to the bytes that would be written, and what they change.

Pure: nothing is written here, and no module is looked at. Every candidate is scanned like a file on disk and
compared with the one before in both readings: it carries a problem unless it changes exactly what was asked.
A candidate with problems is never to be written.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from trustconsole.errors import UsageError
from trustconsole.findings import Finding
from trustconsole.text import plural
from trustconsole.trust_root import candidate_findings as kinds
from trustconsole.trust_root import findings as of_file
from trustconsole.trust_root.candidate_judging import Change, judge, words_of
from trustconsole.trust_root.diff import TrustRootDiff, diff_trust_roots
from trustconsole.trust_root.model import Block, LoadAs, TrustRootReport
from trustconsole.trust_root.reading import scan_trust_root
from trustconsole.trust_root.rewriting import own_comment, pem_block, rewritable, rewrite
from trustconsole.trust_root.scanner import RawBlock, scan

_LEAST_DIGITS = 8
_HEX = re.compile(r"[0-9a-f]{8,64}", re.ASCII)


class FileContent(Protocol):
    """A file that was read: `storage.FileBytes` is one."""

    @property
    def path(self) -> Path:
        """Where it lies; shown in findings."""

    @property
    def data(self) -> bytes:
        """All of it."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """What would be written in place of a file, and everything that is known about it beforehand.

    `data` are the bytes (those of the file itself where the change was refused before it was made), `report`
    their scan under the file's path, `before` the scan of the file. `added` and `removed` are whole
    fingerprints. `problems` forbid writing; `warnings` have to be read first.
    """

    data: bytes = field(repr=False)
    report: TrustRootReport
    before: TrustRootReport
    diff: TrustRootDiff
    problems: tuple[Finding, ...]
    warnings: tuple[Finding, ...] = ()
    added: str | None = None
    removed: str | None = None


def add_block(
    current: FileContent, pem: bytes, *, now: datetime, load_as: LoadAs = "COSIGN_BUNDLE"
) -> Candidate:
    """`current` with the one block of `pem` as its last.

    `load_as` is what the controller reads the file as; `now` (aware) judges dates. Never raises over a file.
    """
    return _candidate(current, None, pem, now, load_as)


def remove_block(
    current: FileContent, fingerprint_prefix: str, *, now: datetime, load_as: LoadAs = "COSIGN_BUNDLE"
) -> Candidate:
    """`current` without every block that has this fingerprint (see `find_fingerprint`, which raises)."""
    return _candidate(current, fingerprint_prefix, None, now, load_as)


def replace_block(
    current: FileContent,
    fingerprint_prefix: str,
    pem: bytes,
    *,
    now: datetime,
    load_as: LoadAs = "COSIGN_BUNDLE",
) -> Candidate:
    """Both at once: the block with this fingerprint gives way to the one of `pem`."""
    return _candidate(current, fingerprint_prefix, pem, now, load_as)


def find_fingerprint(report: TrustRootReport, prefix: str) -> str:
    """The whole fingerprint of the one identity in `report` that `prefix` (8 or more hex digits) names.

    Certificate SHA-256 for a CERTIFICATE, SPKI SHA-256 for a PUBLIC KEY; colons and case do not matter.
    Raises `UsageError` where it names none or several.
    """
    wanted = prefix.strip().lower().replace(":", "")
    if not _HEX.fullmatch(wanted):
        raise UsageError(
            f"{prefix!r} is not a fingerprint",
            hint=f"give {_LEAST_DIGITS} to 64 hex digits; trustconsole trust-root show F prints them",
        )
    known = {block.fingerprint: block for block in reversed(report.blocks) if block.fingerprint is not None}
    found = [fingerprint for fingerprint in known if fingerprint.startswith(wanted)]
    if len(found) == 1:
        return found[0]
    if found:
        named = ", ".join(words_of(known[fingerprint]) for fingerprint in reversed(found))
        raise UsageError(f"{prefix} fits {len(found)} blocks: {named}", hint="give more digits")
    message = f"no block of {report.path} has the fingerprint {prefix}"
    raise UsageError(message, hint=_what_is_there(report, wanted))


def _what_is_there(report: TrustRootReport, wanted: str) -> str:
    for block in report.blocks:
        if block.kind == "certificate" and (block.spki_sha256 or "").startswith(wanted):
            return f"that is the key inside a certificate; the block is named by its own: {words_of(block)}"
    named = ", ".join(words_of(block) for block in report.blocks if block.fingerprint is not None)
    return f"it has: {named}" if named else "it holds no block that has one"


@dataclass(frozen=True, slots=True)
class _NewBlock:
    """The one usable block of a PEM file, and how it would be written."""

    block: Block
    text: str = field(repr=False)
    warnings: tuple[Finding, ...]


def _candidate(
    current: FileContent, prefix: str | None, pem: bytes | None, now: datetime, load_as: LoadAs
) -> Candidate:
    path = str(current.path)
    before = scan_trust_root(current.data, path, now=now)
    refusals = _of_kind(before, of_file.PRIVATE_KEY.id) if before.error is None else before.findings
    removed = find_fingerprint(before, prefix) if prefix is not None and before.error is None else None
    new: _NewBlock | None = None
    if pem is not None:
        new, of_pem = _read_block(pem, now)
        refusals += of_pem
    if refusals:
        return _unchanged(current, before, refusals)
    text = current.data.decode("utf-8", "surrogateescape")
    raws = list(scan(text))
    if new is not None:
        refusals = _refusals_of(new.block, before, raws, removed, load_as)
        if refusals:
            return _unchanged(current, before, refusals)
    gone = frozenset(block.index for block in before.blocks if removed and block.fingerprint == removed)
    data = rewrite(text, raws, gone, new.text if new else "").encode("utf-8", "surrogateescape")
    report = scan_trust_root(data, path, now=now)
    change = Change(current.data, before, data, report, raws, gone, new.block if new else None, load_as)
    problems, warnings = judge(change)
    return Candidate(
        data,
        report,
        before,
        diff_trust_roots(before, report),
        problems,
        warnings + (new.warnings if new else ()),
        new.block.fingerprint if new else None,
        removed,
    )


def _unchanged(current: FileContent, before: TrustRootReport, problems: tuple[Finding, ...]) -> Candidate:
    return Candidate(current.data, before, before, diff_trust_roots(before, before), problems)


def _of_kind(report: TrustRootReport, finding_id: str) -> tuple[Finding, ...]:
    return tuple(finding for finding in report.all_findings if finding.id == finding_id)


def _read_block(pem: bytes, now: datetime) -> tuple[_NewBlock | None, tuple[Finding, ...]]:
    """The block of `pem` that is to be added, or why there is none."""
    report = scan_trust_root(pem, "the block to add", now=now)
    if report.error is not None:
        return None, report.findings
    private = _of_kind(report, of_file.PRIVATE_KEY.id)
    if private:
        return None, private
    usable = [block for block in report.blocks if block.fingerprint and block.status != "malformed"]
    if len(usable) != 1:
        malformed = _of_kind(report, of_file.MALFORMED_BLOCK.id)
        count = plural(len(usable), "usable block") if usable else "no usable block"
        return None, (kinds.NOT_ONE_BLOCK.at(report.path, count=count), *malformed)
    (block,) = usable
    others = tuple(finding for other in report.blocks if other is not block for finding in other.findings)
    return _NewBlock(block, block_as_written(pem, block), others), ()


def block_as_written(pem: bytes, block: Block) -> str:
    """The text that a change would add for `block`, one of the scan of `pem`: its comment, and it anew.

    `pem` holds no private key (see the findings of its scan), else its text could be in the comment.
    """
    text = pem.decode("utf-8", "surrogateescape")
    raw = list(scan(text))[block.index]
    return own_comment(text, raw) + pem_block(block.label, block.der or b"")


def _refusals_of(
    new: Block, before: TrustRootReport, raws: Sequence[RawBlock], removed: str | None, load_as: LoadAs
) -> tuple[Finding, ...]:
    """Why the block needs no adding, or would never be read."""
    for block, raw in zip(before.blocks, raws, strict=True):
        if block.fingerprint == new.fingerprint and (removed == new.fingerprint or rewritable(raw)):
            what = "certificate" if new.kind == "certificate" else "key"
            return (
                kinds.ALREADY_THERE.at(before.path, block.line_start, what=what, first_line=block.line_start),
            )
    if new.kind == "certificate" and load_as != "COSIGN_BUNDLE":
        role = "a Rekor key file" if load_as == "REKOR" else "the trust root of mode KEYED"
        return (kinds.KIND_NOT_READ.at(before.path, label=new.label, role=role),)
    return ()
