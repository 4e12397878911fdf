"""`verify-bundle`: one Sigstore bundle, as text or JSON, with the exit code of the conformance protocol."""

from __future__ import annotations

from typing import Final

from trustconsole import api
from trustconsole.api import BundleReport, ExpectedSigner
from trustconsole.cli import blocks, exit_codes
from trustconsole.cli.call import Call
from trustconsole.cli.output import Stream
from trustconsole.cli.report_text import print_trace
from trustconsole.cli.signs import BY_VERDICT
from trustconsole.errors import UsageError
from trustconsole.text import human_bytes, rfc3339, sentence

_CODES: Final = {"accept": exit_codes.GOOD, "reject": exit_codes.REFUSED, "error": exit_codes.USAGE}


def verify_bundle(call: Call) -> int:
    """Verify what was named and print it; 0 only where it verifies."""
    values = call.values
    if values.file_or_digest is None or values.bundle is None:
        raise UsageError(
            "verify-bundle needs an artefact and its bundle",
            hint="trustconsole verify-bundle --bundle F.sigstore.json … FILE_OR_DIGEST (see --help)",
        )
    report = api.verify_bundle(
        values.file_or_digest,
        bundle=values.bundle,
        signer=ExpectedSigner(
            values.certificate_identity,
            values.certificate_identity_regexp,
            values.certificate_oidc_issuer,
            values.key,
        ),
        trusted_root=values.trusted_root,
        staging=values.staging,
        predicate_type=values.predicate_type,
        at=values.at,
    )
    if call.output.json:
        call.output.json_line(report.to_dict())
    else:
        print_bundle(call.output.out, report)
    return _CODES[report.verdict]


def print_bundle(out: Stream, report: BundleReport) -> None:
    """Verdict, facts, findings, trace."""
    reason = sentence(report.reason)
    blocks.answer(
        out, BY_VERDICT[report.verdict], report.verdict, report.rule, reason, _facts(report), report.findings
    )
    print_trace(out, "Trace", report.steps)


def _facts(report: BundleReport) -> tuple[tuple[str, str | None], ...]:
    signer, taken = report.signer, report.trusted_root_taken
    size = f", {human_bytes(report.size)}" if report.size is not None else ""
    root = report.trusted_root + (f", taken {rfc3339(taken)}" if taken else "")
    return (
        ("artefact", f"{report.artifact}{size}"),
        ("SHA-256", report.sha256),
        ("bundle", f"{report.bundle} ({report.media_type or 'not read'})"),
        ("trusted root", root),
        ("signer SPKI", signer.spki_sha256 if signer else None),
        ("names", blocks.names(signer.san) if signer and signer.san else None),
        ("issuer", signer.issuer if signer else None),
        *(("signed at", f"{rfc3339(one.time)} by {one.source}") for one in report.times),
        ("judged at", rfc3339(report.at)),
    )
