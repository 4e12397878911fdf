"""`image verify`: an image, its signatures and attestations, and the exact line to pull it."""

from __future__ import annotations

from typing import Final

from trustconsole import api
from trustconsole.api import ImageAttestation, ImageOptions, ImageReport, ImageSignature, ToVerify
from trustconsole.cli import blocks, exit_codes
from trustconsole.cli.call import Call
from trustconsole.cli.opening import open_on
from trustconsole.cli.output import Stream
from trustconsole.cli.progress import Progress
from trustconsole.cli.releasing import signer_options
from trustconsole.cli.report_text import evidence_words, print_trace
from trustconsole.cli.signs import ACCEPT, BY_VERDICT, NEUTRAL, REJECT, WARN, Sign
from trustconsole.cli.styled import Styled
from trustconsole.cli.table import Column, print_table
from trustconsole.text import plural, rfc3339, sentence

_PLATFORMS: Final = (Column("platform", least=12), Column("digest"))


def verify(call: Call) -> int:
    """Verify the image and print it; 0 only where it is accepted and no finding is an error."""
    values = call.values
    if values.tui:
        first = ToVerify("image", values.ref, str(values.entry or ""), online=bool(values.online))
        return open_on(call, first, image=_wanted(call))
    with Progress(call.output.err, "hashing, blobs") as progress:
        call.output.before_write = progress.clear
        report = api.verify_image(call.values.ref, _wanted(call), progress=progress.tell)
    if call.output.json:
        call.output.document(report.to_dict())
    else:
        print_image(call.output.out, report)
    return exit_codes.of_release(report.verdict, clean=report.clean)


def _wanted(call: Call) -> ImageOptions:
    values = call.values
    return ImageOptions(
        signer_options(call),
        values.entry,
        values.at,
        everything=bool(values.all),
        online=bool(values.online),
        jobs=values.jobs,
        options=call.options,
    )


def sign_of(report: ImageReport) -> Sign:
    """The one sign of an image: never a good one where a finding is an error."""
    return WARN if report.verdict == "accept" and not report.clean else BY_VERDICT[report.verdict]


def print_image(out: Stream, report: ImageReport) -> None:
    """Verdict, facts, findings, every signature and attestation, platforms, and the line to pull."""
    reason = blocks.brief(sentence(report.reason))
    blocks.answer(out, sign_of(report), report.verdict, report.rule, reason, _facts(report), report.findings)
    for number, signature in enumerate(report.signatures, 1):
        _signature(out, signature, f"Signature {number} of {len(report.signatures)}")
    for number, attestation in enumerate(report.attestations, 1):
        _attestation(out, attestation, f"Attestation {number} of {len(report.attestations)}")
    if report.platforms:
        blocks.heading(out, "Platforms")
        rows = [[out.text(one.name), out.text(one.digest)] for one in report.platforms]
        print_table(out, _PLATFORMS, rows, indent=2)
    _next_line(out, report)


def _facts(report: ImageReport) -> list[tuple[str, str | None]]:
    policy = report.policy
    signer = next((one.signer for one in report.signatures if one.verdict == "accept"), None)
    return [
        ("image", report.reference),
        ("digest", report.digest),
        ("trusted", policy.trust if policy else None),
        ("wanted", policy.identity if policy else None),
        ("issuer", policy.issuer if policy else None),
        ("signer", blocks.names(signer.san) if signer and signer.san else None),
        ("signer SPKI", signer.spki_sha256 if signer else None),
        ("blobs", ", ".join(f"{count} {word}" for word, count in sorted(report.blobs.items()))),
        ("judged at", rfc3339(policy.at) if policy else None),
    ]


def _signature(out: Stream, signature: ImageSignature, title: str) -> None:
    blocks.heading(out, title)
    by = f"  by step {signature.rule}" if signature.rule else ""
    signer = signature.signer
    blocks.facts(
        out,
        (
            ("verdict", out.state(BY_VERDICT[signature.verdict], signature.verdict) + out.text(by)),
            ("", sentence(signature.reason)),
            ("form", signature.form),
            ("from", signature.where),
            ("made for", signature.reference),
            ("signer", blocks.names(signer.san) if signer and signer.san else None),
            ("signed at", rfc3339(signature.verified_time) if signature.verified_time else None),
        ),
    )
    print_trace(out, f"Trace of {title[:1].lower()}{title[1:]}", signature.steps)


def _attestation(out: Stream, attestation: ImageAttestation, title: str) -> None:
    blocks.heading(out, title)
    by = f"  by step {attestation.rule}" if attestation.rule else ""
    blocks.facts(
        out,
        (
            ("verdict", out.state(BY_VERDICT[attestation.verdict], attestation.verdict) + out.text(by)),
            ("", sentence(attestation.reason)),
            ("predicate", attestation.predicate_type or "not known"),
            ("form", attestation.form),
            ("from", attestation.where),
            ("about", attestation.about),
            ("trusted by", _backing(out, attestation)),
            *((name, evidence_words(value)) for name, value in attestation.facts.items()),
        ),
    )
    print_trace(out, f"Trace of {title[:1].lower()}{title[1:]}", attestation.steps)


def _backing(out: Stream, attestation: ImageAttestation) -> Styled:
    """What makes its words count: a signature of its own, the index that names it, or nothing."""
    if attestation.signed:
        return out.state(ACCEPT, "its own signature")
    if attestation.covered:
        return out.state(ACCEPT, "the signature of the index that names it; it has none of its own")
    return out.state(REJECT if attestation.verdict == "reject" else NEUTRAL, "nothing")


def _next_line(out: Stream, report: ImageReport) -> None:
    """The exact line to pull, alone at the end, so that it can be copied."""
    out.line()
    if report.verdict != "accept":
        words = "Nothing to pull: this image is not accepted."
        out.row(Styled(), out.text(words, "muted"))
    elif report.pull is None:
        words = f"The copy names no repository; pull {report.digest} from yours, by that digest."
        out.row(Styled(), out.text(words))
    else:
        platforms = plural(len(report.platforms), "platform")
        out.row(Styled(), out.text(f"Pull exactly what was verified ({platforms}):", "muted"))
        out.line(out.text(report.pull, "bold"))
