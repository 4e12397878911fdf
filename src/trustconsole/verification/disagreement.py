"""Where documentation and controller differ: the headline, the rule that makes it, and what to do.

`RULES` is the table of differences between the two readings; the first row whose condition holds names the
cause. `headline` says any report in one sentence.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from trustconsole.findings import Finding
from trustconsole.verification.case import Case
from trustconsole.verification.findings import KINDS
from trustconsole.verification.report import ALLOWING, VerificationReport

DIFFER_ID = "readings-differ"


@dataclass(frozen=True, slots=True)
class Difference:
    """A row: when it applies, why the readings differ, what to do."""

    id: str
    applies: Callable[[VerificationReport, Case], bool]
    cause: str
    advice: str


def _controller_says(text: str) -> Callable[[VerificationReport, Case], bool]:
    return lambda report, _case: text in (report.controller.message or "")


def _has(finding_id: str) -> Callable[[VerificationReport, Case], bool]:
    return lambda report, _case: any(finding.id == finding_id for finding in report.findings)


def _refused_by(*rules: str) -> Callable[[VerificationReport, Case], bool]:
    return lambda report, _case: (report.documented.rule or "").startswith(rules)


def _installs_unverified(report: VerificationReport, _case: Case) -> bool:
    return report.controller.verdict == "unsigned-allowed"


def _judged_at_another_time(report: VerificationReport, _case: Case) -> bool:
    return report.verified_time is not None and "validity check failed" in (report.controller.message or "")


def _block_not_loaded(report: VerificationReport, case: Case) -> bool:
    """The block that the documentation trusts is none that the controller loads in this mode."""
    matched, root = report.documented.matched, case.trust_root
    if matched is None or root is None or case.policy.mode is None:
        return False
    return any(
        block.line_start == matched.line and case.policy.mode not in block.loaded_by for block in root.blocks
    )


def _loads_otherwise(report: VerificationReport, _case: Case) -> bool:
    return report.documented.rule in ("key", "trust-root") or report.controller.stage == "load"


def _starts_otherwise(report: VerificationReport, _case: Case) -> bool:
    return report.controller.stage == "config" or report.documented.verdict == "no-boot"


RULES: tuple[Difference, ...] = (
    Difference(
        "not-enforced",
        _installs_unverified,
        "This configuration does not verify signatures, so the controller would install a module that "
        "does not verify.",
        "Set modules.signing.required: true and runtime.profile: production, then restart.",
    ),
    Difference(
        "entry-not-bound",
        _refused_by("rekor.binding"),
        "The log entry is about something else: REQUIRE_SET in this build does not compare it, so the "
        "controller installs it.",
        "Do not install it; ask the author for a new signature.",
    ),
    Difference(
        "sigstore-format",
        _has("sigstore-under-legacy-name"),
        "It is a Sigstore bundle, as cosign 3 writes by default; this build reads the legacy format alone.",
        "Convert it or sign again: finding sigstore-under-legacy-name has the command.",
    ),
    Difference(
        "block-not-loaded",
        _block_not_loaded,
        "The controller silently ignores the block that verifies this module.",
        "See trustconsole trust-root show for the line and the cause, and mend the block.",
    ),
    Difference(
        "judged-now",
        _judged_at_another_time,
        "The certificate was valid when the log recorded the signature, but this build judges certificates "
        "now.",
        "Sign with an author key or a certificate that outlives the module's use.",
    ),
    Difference(
        "never-verifies",
        _has("controller-never-verifies"),
        "This build loads the signing key and then knows no signature algorithm for it.",
        "Sign with a P-256 or RSA key and add it to the trust root.",
    ),
    Difference(
        "key-in-cert",
        _has("public-key-in-cert"),
        "The bundle carries a public key in cert; the documentation lets it select an equal block, this "
        "build wants a certificate there.",
        "Sign again with cosign 2, or with cosign 3.1.3 and later.",
    ),
    Difference(
        "chain-only",
        _controller_says("cert chain invalid"),
        "With any CERTIFICATE block in the trust root this build only follows the chain and never falls "
        "back to PUBLIC KEY blocks, EKU and time proofs.",
        "Keep certificates and pinned keys in separate trust roots, or sign with the bare key.",
    ),
    Difference(
        "strict-chain",
        _refused_by("chain"),
        "The certificate does not meet the code-signing profile; this build does not look at key usage, "
        "extended key usage or the anchor's own dates.",
        "Replace the certificate; do not rely on the build's leniency.",
    ),
    Difference(
        "rekor-unchecked",
        _refused_by("rekor."),
        "The log entry fails a check that this build does not make.",
        "Do not install it; ask the author for a new signature.",
    ),
    Difference(
        "lenient-parse",
        _refused_by("parse"),
        "The signature file is malformed, and this build's parser is lenient about it.",
        "Ask the author for a well-formed signature file.",
    ),
    Difference(
        "trust-root-loaded-otherwise",
        _loads_otherwise,
        "The controller loads other blocks from the trust root than the documentation trusts.",
        "See trustconsole trust-root show for the blocks that differ, and mend the file.",
    ),
    Difference(
        "configuration",
        _starts_otherwise,
        "The controller reads its configuration otherwise than the documentation says.",
        "See trustconsole config check for the values that differ.",
    ),
)


def disagreement(report: VerificationReport, case: Case) -> tuple[Finding, ...]:
    """The finding `readings-differ`, or nothing where both are on the same side."""
    if report.agree is not False:
        return ()
    row = next((row for row in RULES if row.applies(report, case)), None)
    return (
        KINDS[DIFFER_ID].at(
            report.artifact,
            documented=report.documented.verdict,
            controller=report.controller.verdict,
            cause=row.cause if row else f"Documentation: {report.documented.reason}.",
            advice=row.advice if row else "Compare the two traces.",
        ),
    )


def headline(report: VerificationReport) -> str:
    """What an operator must know about this module, in one sentence."""
    documented, controller = report.documented, report.controller
    if report.agree is False:
        if controller.verdict in ALLOWING and documented.verdict == "reject":
            verb = "would install it although it does not verify"
            return f"The controller {verb}: {documented.reason}."
        cause = next((finding.cause for finding in report.findings if finding.id == DIFFER_ID), None)
        return cause or f"The readings differ: {documented.reason}."
    if controller.verdict == "unknown":
        return f"Documentation: {documented.verdict}. What the controller does cannot be predicted."
    if report.standing == "suspect":
        doubt = next(finding.summary for finding in report.findings if finding.severity == "error")
        return f"Accepted, but {doubt[:1].lower()}{doubt[1:]}"
    if documented.verdict == "accept":
        return f"Genuine: {documented.reason}."
    return f"{documented.reason[:1].upper()}{documented.reason[1:]}."
