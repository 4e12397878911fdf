"""One verification report for people: headline, both verdicts, facts, findings, both traces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from trustconsole.api import Step, Verdict, VerificationReport, headline
from trustconsole.cli import blocks
from trustconsole.cli.output import Stream
from trustconsole.cli.signs import BY_STANDING, BY_STEP, BY_VERDICT, Sign
from trustconsole.cli.styled import Styled
from trustconsole.text import human_bytes, rfc3339

_TOLD: Final = ("fail", "warn")


def sign_of(report: VerificationReport) -> Sign:
    """The one sign of an artefact."""
    return BY_STANDING[report.standing]


def sentence_of(report: VerificationReport) -> str:
    """What to know about it, in one sentence."""
    if report.documented.verdict != "error" or report.agree is False:
        return headline(report)
    reason = report.documented.reason
    return f"{reason[:1].upper()}{reason[1:]}."


def print_one(out: Stream, report: VerificationReport) -> None:
    """Headline, both verdicts, facts, findings, both traces."""
    name = out.text(f"{Path(report.artifact).name}: ", "bold")
    out.row(out.sign(sign_of(report)) + out.text(" "), name + out.text(sentence_of(report)))
    out.line()
    _verdicts(out, report)
    _facts(out, report)
    if report.findings:
        blocks.heading(out, "Findings")
        blocks.findings(out, report.findings)
    print_trace(out, "Documented trace", report.steps)
    print_trace(out, "Controller trace", report.controller.steps)


def _verdicts(out: Stream, report: VerificationReport) -> None:
    documented, controller = report.documented, report.controller
    by = f"  by step {documented.rule}" if documented.rule else ""
    if documented.matched:
        kind = "key" if documented.matched.kind == "public-key" else "certificate"
        by = f"  by {kind} {documented.matched.fingerprint[:8]}, {documented.matched.place}"
    answer = f"  HTTP {controller.http} {controller.code or ''}".rstrip() if controller.http else ""
    via = f"  via {controller.via}" if controller.via else ""
    stage = f"  at {controller.stage}" if controller.verdict in ("no-boot", "error") else ""
    blocks.facts(
        out,
        (
            ("documented", verdict_of(out, documented.verdict) + out.text(by)),
            ("", documented.reason),
            ("controller", verdict_of(out, controller.verdict) + out.text(f"{answer}{via}{stage}")),
            ("", controller.message or controller.reason),
        ),
    )


def verdict_of(out: Stream, verdict: Verdict) -> Styled:
    """A verdict's sign and word."""
    return out.state(BY_VERDICT[verdict], verdict)


def _facts(out: Stream, report: VerificationReport) -> None:
    policy, signer = report.policy, report.signer
    size = f", {human_bytes(report.size)}" if report.size is not None else ""
    sidecar = f"{report.sidecar.path} ({report.sidecar.kind})" if report.sidecar.path else "none"
    mode = f"{policy.mode or 'no mode'}, Rekor {policy.rekor_policy}, from {policy.source}"
    out.line()
    blocks.facts(
        out,
        (
            ("artefact", f"{report.artifact}{size}"),
            ("SHA-256", report.sha256),
            ("sidecar", sidecar),
            ("policy", mode),
            ("trust root", policy.trust_root or "none"),
            ("Rekor key", policy.rekor_key),
            ("trusted root", policy.trusted_root),
            ("signer SPKI", signer.spki_sha256 if signer else None),
            ("subject", signer.subject if signer else None),
            ("names", blocks.names(signer.san) if signer else None),
            ("issuer", signer.issuer if signer else None),
            ("signed at", rfc3339(report.verified_time) if report.verified_time else None),
            ("valid until", rfc3339(report.valid_until) if report.valid_until else None),
            ("judged at", rfc3339(policy.at)),
        ),
    )


def print_trace(out: Stream, title: str, steps: Sequence[Step]) -> None:
    """One trace, with the evidence of the steps that say no."""
    if not steps:
        return
    blocks.heading(out, title)
    width = max(len(step.id) for step in steps)
    for step in steps:
        sign = BY_STEP[step.status]
        lead = out.text("  ") + out.sign(sign) + out.text(f" {step.id:<{width}}  ")
        after = out.text("  (after the verdict)", "muted") if step.after_verdict else Styled()
        role = sign.role if step.status in (*_TOLD, "skip") else ""
        out.row(lead, out.text(blocks.brief(step.detail or step.title), role) + after)
        if step.status in _TOLD:
            _evidence(out, step.evidence, width + 6)


def _evidence(out: Stream, evidence: Mapping[str, object], indent: int) -> None:
    rows = [(name, evidence_words(value)) for name, value in evidence.items()]
    blocks.facts(out, rows, indent=" " * indent)


def evidence_words(value: object) -> str:
    """A value of evidence as text: bytes in hex, lists with commas."""
    if value is None:
        return "none"
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, list | tuple) and all(isinstance(part, str) for part in value):
        return blocks.names(value) or "none"
    if isinstance(value, list | tuple):
        return ", ".join(evidence_words(part) for part in value) or "none"
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {evidence_words(part)}" for key, part in value.items())
    return str(value)
