"""`trust-root show` and `trust-root diff`: what is trusted, what the controller loads, what changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from trustconsole import api
from trustconsole.api import Block, BlockChange, ControllerLoad, LoadChange, TrustRootDiff, TrustRootReport
from trustconsole.cli import blocks, exit_codes
from trustconsole.cli.call import Call
from trustconsole.cli.output import Stream
from trustconsole.cli.signs import ACCEPT, NEUTRAL, REJECT, WARN, Sign, of_start
from trustconsole.cli.styled import Styled
from trustconsole.cli.table import Column, print_table
from trustconsole.text import plural, relative_time, rfc3339, sentence

_COLUMNS: Final = (
    Column("block"),
    Column("lines", right=True, leaves=1),
    Column("fingerprint"),
    Column("algorithm", least=8, leaves=2),
    Column("whose", least=12),
    Column("state", least=12),
)
_KINDS: Final = {"public-key": "key", "certificate": "cert", "other": "other"}
_ROLES: Final = {
    "KEYED": "trust root, KEYED",
    "COSIGN_BUNDLE": "trust root, COSIGN_BUNDLE",
    "REKOR": "Rekor key file",
}
_SOON: Final = timedelta(days=90)


def show(call: Call) -> int:
    """Print one PEM file in both readings."""
    report = api.show_trust_root(call.values.f)
    if call.output.json:
        call.output.document(report.to_dict())
    elif report.error is None:
        _print(call.output.out, report, datetime.now(UTC))
    if report.error is not None:
        call.output.note(
            _unreadable(report.path, report.error), hint="name a PEM file that this user may read"
        )
    return exit_codes.of_trust_root(
        readable=report.error is None,
        certificates=any(block.kind == "certificate" for block in report.blocks),
        keyed=report.controller["KEYED"].loads,
        cosign=report.controller["COSIGN_BUNDLE"].loads,
        severities=[finding.severity for finding in report.all_findings],
    )


def _print(out: Stream, report: TrustRootReport, now: datetime) -> None:
    trusted = len(report.trusted_blocks)
    ignored = len(report.blocks) - trusted
    counts = f"{plural(len(report.blocks), 'block')}: {trusted} trusted, {ignored} ignored"
    severities = {finding.severity for finding in report.all_findings}
    sign = REJECT if "error" in severities or not trusted else WARN if "warning" in severities else ACCEPT
    out.row(Styled(), out.state(sign, counts))
    blocks.facts(out, (("path", report.path), ("SHA-256", report.sha256)))
    if report.blocks:
        out.line()
        print_table(out, _COLUMNS, [_row(out, block, now) for block in report.blocks], indent=2)
        blocks.heading(out, "Blocks (fingerprints are SHA-256)")
        for block in report.blocks:
            _facts(out, block, now)
    blocks.heading(out, "What the controller loads")
    blocks.facts(out, [(_ROLES[role], _load(out, load)) for role, load in report.controller.items()])
    if report.findings:
        blocks.heading(out, "Findings about the file")
        blocks.findings(out, report.findings)


def _row(out: Stream, block: Block, now: datetime) -> list[Styled]:
    sign, words = _state(block, now)
    return [
        out.state(sign, _KINDS[block.kind]),
        out.text(f"{block.line_start}-{block.line_end}"),
        out.text((block.fingerprint or "none")[:8]),
        out.text(block.key or "unknown"),
        out.text(_whose(block)),
        out.text(words, sign.role if sign in (REJECT, WARN) else ""),
    ]


def _state(block: Block, now: datetime) -> tuple[Sign, str]:
    """Trusted, trusted with something to know, or ignored and why."""
    grave = next((finding.summary for finding in block.findings if finding.severity != "info"), None)
    if not block.trusted:
        return REJECT, f"ignored: {grave or block.status}"
    if block.not_after is not None:
        distance = relative_time(block.not_after, now)
        if block.not_after <= now:
            return REJECT, f"expired {distance} ago"
        soon = block.not_after - now < _SOON
        words = f"expires in {distance}" if soon else f"until {block.not_after:%Y-%m-%d}"
        return (WARN if grave else ACCEPT), words
    if grave:
        return WARN, sentence(grave)
    return (ACCEPT, "trusted") if block.loaded_by else (WARN, "trusted, not loaded")


def _whose(block: Block) -> str:
    if block.kind == "certificate":
        return block.subject or block.comment or "no subject"
    return block.comment or ("no comment" if block.kind == "public-key" else block.label)


def _facts(out: Stream, block: Block, now: datetime) -> None:
    sign, _ = _state(block, now)
    place = f"{block.label}, lines {block.line_start}-{block.line_end}, {block.status}"
    out.row(out.text("  "), out.state(sign, place))
    dates = (
        f"{rfc3339(block.not_before)} to {rfc3339(block.not_after)}"
        if block.not_before and block.not_after
        else None
    )
    loaded = ", ".join(block.loaded_by) or "nothing"
    blocks.facts(
        out,
        (
            ("comment", block.comment),
            ("cert", block.cert_sha256),
            ("SPKI", block.spki_sha256),
            ("key", str(block.key) if block.key else None),
            ("subject", block.subject),
            ("issuer", block.issuer),
            ("valid", dates),
            ("CA", None if block.is_ca is None else "yes" if block.is_ca else "no"),
            ("loaded as", loaded),
        ),
        indent="    ",
    )
    blocks.findings(out, block.findings, indent="    ")


def _load(out: Stream, load: ControllerLoad) -> Styled:
    if load.loads:
        keys, certificates = len(load.keys), len(load.certificates)
        held = [plural(keys, "key")] if keys else []
        held += [plural(certificates, "certificate")] if certificates else []
        return out.state(ACCEPT, f"loads {' and '.join(held) or 'nothing'}")
    why = load.error or load.exception or "not observed"
    words = "cannot be predicted" if load.loads is None else "does not load"
    return out.state(of_start(load.loads), f"{words}: {why}")


def _unreadable(path: str, error: str) -> str:
    return error if error.startswith(path) else f"{path}: {error}"


def diff(call: Call) -> int:
    """Print what the second file trusts that the first does not, and the reverse."""
    report = api.diff_trust_roots(call.values.a, call.values.b)
    pairs = ((report.before, report.error_before), (report.after, report.error_after))
    errors = [_unreadable(path, error) for path, error in pairs if error is not None]
    if call.output.json:
        call.output.document(report.to_dict())
    elif not errors:
        _print_diff(call.output.out, report)
    for error in errors:
        call.output.note(error, hint="name two PEM files that this user may read")
    return exit_codes.USAGE if errors else exit_codes.GOOD


def _print_diff(out: Stream, report: TrustRootDiff) -> None:
    if report.empty:
        out.row(Styled(), out.state(ACCEPT, "Both files trust the same, in either reading."))
    else:
        counts = [
            f"{len(found)} {word}"
            for found, word in (
                (report.added, "added"),
                (report.removed, "removed"),
                (report.renewed, "renewed"),
                (report.kept, "kept"),
            )
        ]
        otherwise = sum(change.trust_changed for change in report.kept)
        if otherwise:
            counts.append(f"{otherwise} of them no longer read as before")
        out.row(Styled(), out.state(WARN, ", ".join(counts)))
    blocks.facts(out, (("from", report.before), ("to", report.after)))
    out.line()
    print_changes(out, report, report.kept)
    loads = [(_ROLES[role], _load_change(out, change)) for role, change in report.controller.items()]
    blocks.heading(out, "What the controller loads")
    blocks.facts(out, loads)


def print_changes(out: Stream, report: TrustRootDiff, kept: Sequence[BlockChange] = ()) -> None:
    """A row for each block that goes, comes, is renewed, or is among `kept`."""
    rows = [_change(out, "-", change.before, change) for change in report.removed]
    rows += [_change(out, "+", change.after, change) for change in report.added]
    rows += [
        _identity(
            out, "~", renewal.after, f"same key, was certificate {(renewal.before.fingerprint or '')[:8]}"
        )
        for renewal in report.renewed
    ]
    rows += [_change(out, " ", change.after, change) for change in kept]
    if rows:
        print_table(out, [Column(""), *(Column("", least=12) for _ in range(3))], rows, indent=2)


def _change(out: Stream, mark: str, block: Block | None, change: BlockChange) -> list[Styled]:
    notes = []
    if change.change == "kept":
        notes += _trust_notes(change)
        notes += ["moved"] if change.moved else []
        notes += ["comment changed"] if change.relabelled else []
    if change.count_before != change.count_after and change.change == "kept":
        notes.append(f"{change.count_before} copies, now {change.count_after}")
    return _identity(out, mark, block, ", ".join(notes) or change.change)


def _trust_notes(change: BlockChange) -> list[str]:
    """What is read otherwise of a block that is in both files."""
    if change.before is None or change.after is None or not change.trust_changed:
        return []
    notes = []
    if change.before.trusted != change.after.trusted:
        notes.append("now trusted" if change.after.trusted else "no longer trusted")
    if change.before.loaded_by != change.after.loaded_by:
        loaded = ", ".join(change.after.loaded_by) or "nothing"
        notes.append(f"the controller now loads it as {loaded}")
    return notes


def _identity(out: Stream, mark: str, block: Block | None, note: str) -> list[Styled]:
    role = {"-": "error", "+": "success", "~": "warning"}.get(mark, "muted")
    if block is None:
        return [out.text(mark), Styled(), Styled(), Styled()]
    kind = f"{mark} {_KINDS[block.kind]:<5} {(block.fingerprint or 'none')[:8]}"
    return [
        out.text(kind, role),  # type: ignore[arg-type]  # the table above holds roles only
        out.text(block.key or ""),
        out.text(_whose(block)),
        out.text(note, "muted"),
    ]


def _load_change(out: Stream, change: LoadChange) -> Styled:
    if change.loads_before == change.loads_after is True:
        words = f"{len(change.added)} more, {len(change.removed)} fewer, {len(change.kept)} as before"
        return out.state(ACCEPT if change.kept or change.added else NEUTRAL, words)
    word = {True: "loads", False: "does not load", None: "cannot be predicted"}
    error = f": {change.error_after}" if change.error_after else ""
    words = f"{word[change.loads_before]} before, {word[change.loads_after]} after{error}"
    return out.state(of_start(change.loads_after), words)
