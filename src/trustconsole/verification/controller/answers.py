"""What the build answers, exception by exception: REST status, code, and its own sentences.

Source: observed answers of build cd937d338454. `SENTENCES` are the controller's own words; what comes
from the Java runtime (path validation, Base64, DER) is passed through.
"""

from __future__ import annotations

from dataclasses import dataclass

from trustconsole.verification.engine import Decision, Result
from trustconsole.verification.report import Stage, Verdict

REFUSED, ARGUMENT, UNCHECKED_IO = (
    "SignatureVerificationException",
    "IllegalArgumentException",
    "UncheckedIOException",
)


@dataclass(frozen=True, slots=True)
class Answer:
    """How the REST API reports an exception of the signature step."""

    exception: str
    verdict: Verdict
    http: int
    code: str


ANSWERS: dict[str, Answer] = {
    row.exception: row
    for row in (
        Answer(REFUSED, "reject", 422, "SIGNATURE_VERIFICATION_FAILED"),
        Answer(ARGUMENT, "error", 422, "VALIDATION_ERROR"),
        Answer(UNCHECKED_IO, "error", 500, "INTERNAL_ERROR"),
    )
}


@dataclass(frozen=True, slots=True)
class Sentences:
    """The controller's own messages; `{path}` is the sidecar, `{sha256}` the artefact's digest."""

    no_sidecar: str = "missing signature sidecar: {path}"
    no_match: str = "module signature did not match any trusted key (sha256={sha256})"
    unreadable_sidecar: str = "failed to read module bytes for verification"
    no_bundle: str = "missing cosign bundle: {path}"
    unreadable_bundle: str = "failed to read cosign bundle: {path}"
    no_signature: str = "cosign bundle missing base64Signature: {path}"
    bad_certificate: str = "cosign bundle has unparseable cert: {path}: {why}"
    no_certificate_block: str = "cert field has no CERTIFICATE block"
    no_rekor_bundle: str = "rekor policy REQUIRE_SET requires rekorBundle in cosign bundle: {path}"
    no_set: str = "rekorBundle missing SignedEntryTimestamp or Payload: {path}"
    bad_set_text: str = "rekorBundle SignedEntryTimestamp is not valid Base64: {path}"
    no_fields: str = (
        "rekorBundle.Payload missing required fields (body, integratedTime, logID, logIndex): {path}"
    )
    wrong_set: str = "rekor SET did not verify against any trusted Rekor public key (sha256={sha256})"
    bad_chain: str = "cosign bundle cert chain invalid: {why}"
    not_pinned: str = "cosign bundle cert public key not in trust root (sha256={sha256})"
    wrong_with_certificate: str = "cosign signature did not verify with embedded cert (sha256={sha256})"
    no_key_matches: str = "cosign signature did not match any trusted key (sha256={sha256})"


SENTENCES = Sentences()


class BuildAnswer(Exception):
    """The build throws here: `exception` is its class, `str()` the message."""

    def __init__(self, exception: str, message: str) -> None:
        super().__init__(message)
        self.exception = exception


def refused(message: str) -> BuildAnswer:
    """A SignatureVerificationException."""
    return BuildAnswer(REFUSED, message)


def thrown(answer: BuildAnswer, detail: str, **evidence: object) -> Result:
    """A failing step and the verdict that the exception makes; `detail` is for people."""
    row = ANSWERS[answer.exception]
    decision = Decision(row.verdict, detail, "verify", row.exception, row.http, row.code, str(answer))
    return Result("fail", detail, {**evidence, "message": str(answer)}, decision)


def no_boot(stage: Stage, reason: str, exception: str | None, message: str | None) -> Result:
    """The controller does not start."""
    decision = Decision("no-boot", reason, stage, exception, None, None, message)
    return Result("fail", reason, {"exception": exception, "message": message}, decision)


def unknown(stage: Stage, why: str) -> Result:
    """The build's answer cannot be predicted."""
    reason = f"cannot be predicted: {why}"
    return Result("info", reason, {}, Decision("unknown", reason, stage))


def skipped(detail: str) -> Result:
    """A step that does not apply or can no longer be taken."""
    return Result("skip", detail)
