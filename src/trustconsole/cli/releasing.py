"""`release verify` and `release diff`: a downloaded release, and what changed between two of them."""

from __future__ import annotations

from typing import Final

from trustconsole import api
from trustconsole.api import (
    Component,
    ReleaseDiff,
    ReleaseFile,
    ReleaseOptions,
    ReleaseReport,
    SbomReport,
    SignerOptions,
    ToVerify,
)
from trustconsole.cli import blocks, exit_codes
from trustconsole.cli.call import Call
from trustconsole.cli.opening import open_on
from trustconsole.cli.output import Stream
from trustconsole.cli.progress import Progress
from trustconsole.cli.report_text import print_trace
from trustconsole.cli.signs import ACCEPT, BY_VERDICT, INFO, NEUTRAL, REJECT, UNKNOWN, WARN, Sign
from trustconsole.cli.styled import Styled
from trustconsole.cli.table import Column, print_table
from trustconsole.text import human_bytes, plural, rfc3339, sentence

BY_FILE_STATUS: Final[dict[str, Sign]] = {
    "ok": ACCEPT,
    "altered": REJECT,
    "conflicting": REJECT,
    "refused": REJECT,
    "missing": NEUTRAL,
    "unlisted": INFO,
}
_MIB: Final = 1 << 20
_FILES: Final = (Column("status"), Column("file", least=16), Column("SHA-256"), Column("size", right=True))
_SBOMS: Final = (
    Column("about its archive"),
    Column("bill of materials", least=16),
    Column("signed"),
    Column("components", right=True),
)
_COMPONENTS: Final = (
    Column("", least=1),
    Column("component", least=16),
    Column("version", least=8, leaves=3),
    Column("licence", least=8, leaves=2),
    Column("package URL", least=16, leaves=1),
)


def verify(call: Call) -> int:
    """Verify the directory and print it; 0 only where it is accepted and no finding is an error."""
    values = call.values
    if values.tui:
        first = ToVerify("release", str(values.dir), str(values.entry or ""), online=bool(values.online))
        return open_on(call, first, release=_wanted(call))
    with Progress(call.output.err, "hashing, MiB") as progress:
        call.output.before_write = progress.clear
        report = api.verify_release(
            call.values.dir,
            _wanted(call),
            progress=lambda done, total: progress.tell(done // _MIB, total // _MIB),
        )
    if call.output.json:
        call.output.document(report.to_dict())
        for sbom in report.sboms:
            if sbom.table_note:
                call.output.note(f"{sbom.name}: {sbom.table_note}")
    else:
        print_release(call.output.out, report, components=bool(call.values.components))
    return exit_codes.of_release(report.verdict, clean=report.clean)


def _wanted(call: Call) -> ReleaseOptions:
    values = call.values
    return ReleaseOptions(
        signer_options(call),
        values.checksums,
        values.entry,
        values.at,
        everything=bool(values.all),
        online=bool(values.online),
        components=bool(values.components),
        jobs=values.jobs,
        options=call.options,
    )


def signer_options(call: Call) -> SignerOptions:
    """The flags that say whom a signature must be by."""
    values = call.values
    return SignerOptions(
        values.trusted_root,
        values.roots,
        values.key,
        values.rekor_key,
        values.certificate_identity,
        values.certificate_identity_regexp,
        values.certificate_oidc_issuer,
        documented_identity=bool(values.documented_identity),
    )


def sign_of(report: ReleaseReport) -> Sign:
    """The one sign of a release: never a good one where a finding is an error."""
    return WARN if report.verdict == "accept" and not report.clean else BY_VERDICT[report.verdict]


def print_release(out: Stream, report: ReleaseReport, *, components: bool) -> None:
    """Verdict, facts, findings, trace, files, bills of materials."""
    reason = blocks.brief(sentence(report.reason))
    blocks.answer(out, sign_of(report), report.verdict, report.rule, reason, _facts(report), report.findings)
    print_trace(out, "Trace", report.steps)
    if report.files:
        blocks.heading(out, "Files")
        print_table(out, _FILES, [_file(out, file, signed=report.signed) for file in report.files], indent=2)
    if report.sboms:
        blocks.heading(out, "Bills of materials")
        print_table(out, _SBOMS, [_sbom(out, sbom, signed=report.signed) for sbom in report.sboms], indent=2)
    if components:
        for sbom in report.sboms:
            _components_of(out, sbom)


def _facts(report: ReleaseReport) -> list[tuple[str, str | None]]:
    policy, signer = report.policy, report.signer
    form = f" ({report.form})" if report.form else ""
    return [
        ("directory", report.directory),
        ("checksums", report.checksums),
        ("SHA-256", report.checksums_sha256),
        ("signature", f"{report.signature}{form}" if report.signature else "none"),
        ("trusted", policy.trust if policy else None),
        ("wanted", policy.identity if policy else None),
        ("issuer", policy.issuer if policy else None),
        ("signer", blocks.names(signer.san) if signer and signer.san else None),
        ("signer SPKI", signer.spki_sha256 if signer else None),
        ("signed at", rfc3339(report.verified_time) if report.verified_time else None),
        ("judged at", rfc3339(policy.at) if policy else None),
    ]


def _file(out: Stream, file: ReleaseFile, *, signed: bool) -> list[Styled]:
    """A file that is as listed is good only where the list is signed as it should be."""
    sign = BY_FILE_STATUS[file.status]
    if file.status == "unlisted" and file.role == "archive":
        sign = REJECT
    elif file.status == "ok" and not signed:
        sign = NEUTRAL
    size = human_bytes(file.size) if file.size is not None else ""
    return [
        out.state(sign, file.status),
        out.text(file.name),
        out.text((file.sha256 or "")[:8], "muted"),
        out.text(size, "muted"),
    ]


def _sbom(out: Stream, sbom: SbomReport, *, signed: bool) -> list[Styled]:
    good = ACCEPT if signed else NEUTRAL
    sign, word = {True: (good, "yes"), False: (REJECT, "no"), None: (UNKNOWN, "not said")}[sbom.matches]
    covered = out.state(good, "yes" if signed else "listed") if sbom.covered else out.state(WARN, "no")
    return [out.state(sign, word), out.text(sbom.name), covered, out.text(sbom.components)]


def _components_of(out: Stream, sbom: SbomReport) -> None:
    """The table of one bill of materials, and what it leaves out or why there is none."""
    blocks.heading(out, f"{sbom.name}: {plural(sbom.components, 'component')}")
    if sbom.table:
        print_table(out, _COMPONENTS, [_component(out, "", row) for row in sbom.table], indent=2)
    if sbom.table_note:
        out.row(out.text("  "), out.text(sentence(sbom.table_note)))


def _component(out: Stream, mark: str, row: Component) -> list[Styled]:
    return [
        out.text(mark),
        out.text(row.name),
        out.text(row.version),
        out.text(row.licence, "muted"),
        out.text(row.purl, "muted"),
    ]


def diff(call: Call) -> int:
    """Print the components that differ; a difference is no refusal, so the exit code is 0."""
    report = api.diff_releases(call.values.a, call.values.b)
    if call.output.json:
        call.output.document(report.to_dict())
    else:
        _print_diff(call.output.out, report)
    for problem in report.problems:
        call.output.note(problem)
    return exit_codes.USAGE if report.problems else exit_codes.GOOD


def _print_diff(out: Stream, report: ReleaseDiff) -> None:
    if report.empty:
        out.row(Styled(), out.state(ACCEPT, f"Both hold the same {plural(report.same, 'component')}."))
    else:
        counts = (
            f"{len(report.added)} added, {len(report.removed)} removed, {len(report.changed)} changed, "
            f"{report.same} the same"
        )
        out.row(Styled(), out.state(WARN, counts))
    blocks.facts(out, (("from", report.before), ("to", report.after)))
    rows = [_component(out, "-", row) for row in report.removed]
    rows += [_component(out, "+", row) for row in report.added]
    for change in report.changed:
        rows += [_component(out, "~ was", row) for row in change.before if row not in change.after]
        rows += [_component(out, "~ now", row) for row in change.after if row not in change.before]
    if rows:
        out.line()
        print_table(out, _COMPONENTS, rows, indent=2)
    out.line()
    out.row(
        Styled(),
        out.text("Nothing was verified here; verify both releases before you rely on this.", "muted"),
    )
