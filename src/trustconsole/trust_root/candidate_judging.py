"""Whether a changed PEM file changes exactly what was asked, in both readings, and what else is to be known.

The proof is made on the two texts themselves: the blocks that the documented reading trusts, the bodies that
the controller's search matches, and every other block have to be those of before, less what was to go, plus
what was to come, in the same order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from trustconsole.findings import Finding
from trustconsole.text import plural
from trustconsole.trust_root import candidate_findings as kinds
from trustconsole.trust_root import findings as of_file
from trustconsole.trust_root.java_loader import matched_bodies
from trustconsole.trust_root.model import Block, ControllerLoad, LoadAs, TrustRootReport
from trustconsole.trust_root.rewriting import pem_block, rewritable
from trustconsole.trust_root.scanner import RawBlock


@dataclass(frozen=True, slots=True)
class Change:
    """A file before and after: bytes and scans; the blocks of before, which of them go, and the one added."""

    data_before: bytes = field(repr=False)
    before: TrustRootReport
    data_after: bytes = field(repr=False)
    after: TrustRootReport
    raws: Sequence[RawBlock] = field(repr=False)
    removed: frozenset[int]
    added: Block | None
    load_as: LoadAs


def judge(change: Change) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """What forbids writing the new file, and what has to be read before."""
    problems, warnings = list(_loads(change)), list(_warnings(change))
    for finding in _of_added(change):
        (problems if finding.id in kinds.GATE else warnings).append(finding)
    if change.after.error is None and not problems:
        flaw = next(_flaws(change), None)
        if flaw is not None:
            problems.append(kinds.NOT_EXACT.at(change.after.path, what=flaw))
    return tuple(problems), tuple(warnings)


def words_of(block: Block) -> str:
    """A block for a sentence: what it is, the start of its fingerprint, where it begins."""
    what = "certificate" if block.kind == "certificate" else "key"
    return f"{what} {(block.fingerprint or 'none')[:16]} (line {block.line_start})"


def _loads(change: Change) -> Iterator[Finding]:
    """Whether the controller starts with the new file, and something is left to verify with."""
    path, load = change.after.path, change.after.controller[change.load_as]
    if change.after.error is not None:
        yield from change.after.findings
    elif load.loads is None:
        yield of_file.CONTROLLER_UNKNOWN.at(path, reason=load.error)
    elif not load.loads:
        some = any(_role_reads(block, change.load_as) for block in change.after.blocks)
        kind = of_file.CONTROLLER_REFUSES if some else kinds.NOTHING_LEFT
        yield kind.at(path, exception=load.exception, message=load.error)
    elif not any(_role_reads(block, change.load_as) for block in change.after.trusted_blocks):
        yield kinds.NOTHING_TRUSTED.at(path)


def _role_reads(block: Block, load_as: LoadAs) -> bool:
    return block.kind == "public-key" or (block.kind == "certificate" and load_as == "COSIGN_BUNDLE")


def _of_added(change: Change) -> tuple[Finding, ...]:
    """The findings of the new block, which is the last one of the file."""
    if change.added is None or not change.after.blocks:
        return ()
    last = change.after.blocks[-1]
    return last.findings if last.fingerprint == change.added.fingerprint else ()


def _warnings(change: Change) -> Iterator[Finding]:
    path = change.after.path
    if change.load_as == "COSIGN_BUNDLE":
        before, after = (report.controller["COSIGN_BUNDLE"] for report in (change.before, change.after))
        if _key_only(before) and after.certificates:
            yield kinds.FIRST_CERTIFICATE.at(path)
        if before.certificates and _key_only(after):
            yield kinds.LAST_CERTIFICATE.at(path)
    gone = {change.before.blocks[index].spki_sha256 for index in change.removed} - {None}
    for block in change.after.blocks:
        if block.spki_sha256 in gone and (block.trusted or block.loaded_by):
            yield kinds.SAME_KEY_STAYS.at(
                path,
                block.line_start,
                what="certificate" if block.kind == "certificate" else "key",
                fingerprint=(block.fingerprint or "")[:16],
                first_line=block.line_start,
            )
    kept = [
        block
        for block, raw in zip(change.before.blocks, change.raws, strict=True)
        if block.index not in change.removed and not rewritable(raw) and block.findings
    ]
    if kept:
        lines = ", ".join(f"line {block.line_start}" for block in kept)
        yield kinds.KEPT_AS_THEY_ARE.at(path, blocks=plural(len(kept), "block"), lines=f"now {lines}")


def _key_only(load: ControllerLoad) -> bool:
    return bool(load.loads and load.keys and not load.certificates)


def _flaws(change: Change) -> Iterator[str]:
    """Where the new file differs in more or less than what was asked."""
    added, before, after = change.added, change.before, change.after
    stay = [block for block in before.blocks if block.index not in change.removed]
    trusted = [_identity(block) for block in stay if block.trusted] + ([_identity(added)] if added else [])
    if trusted != [_identity(block) for block in after.trusted_blocks]:
        yield "the documented reading would trust other blocks"
    if _seen_after(change) != _bodies(change.data_after):
        yield "the controller would find other blocks"
    there = [_identity(block) for block in stay] + ([_identity(added)] if added else [])
    if there != [_identity(block) for block in after.blocks]:
        yield "blocks that nobody trusts would be read otherwise"


def _identity(block: Block) -> tuple[str, str]:
    return block.label, block.fingerprint or block.text


def _bodies(data: bytes) -> dict[str, list[str]]:
    text = data.decode("utf-8", "surrogateescape")
    return {label: [body for _, body in found] for label, found in matched_bodies(text).items()}


def _seen_after(change: Change) -> dict[str, list[str]]:
    """What the controller's search should match in the new file."""
    text = change.data_before.decode("utf-8", "surrogateescape")
    gone = {change.raws[index].label_offset for index in change.removed}
    expected = {
        label: [body for offset, body in found if offset not in gone]
        for label, found in matched_bodies(text).items()
    }
    if change.added is not None and change.added.der is not None:
        lines = pem_block(change.added.label, change.added.der).splitlines()
        expected[change.added.label].append("".join(lines[1:-1]))
    return expected
