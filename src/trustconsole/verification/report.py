"""What a verification says: both verdicts, the full trace of each, and findings with the next step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from trustconsole.findings import Finding
from trustconsole.text import rfc3339

Verdict = Literal["accept", "reject", "unsigned-allowed", "error", "no-boot", "unknown"]
StepStatus = Literal["pass", "fail", "skip", "info", "warn"]
SidecarKind = Literal["sig", "cosign-bundle", "sigstore-bundle", "none"]
Stage = Literal["config", "load", "verify"]

Standing = Literal["accept", "suspect", "reject", "differ", "unsigned", "unknown"]
"""What both verdicts come to; `suspect`: accepted by both, with a finding of severity error."""

ALLOWING: frozenset[Verdict] = frozenset({"accept", "unsigned-allowed"})


@dataclass(frozen=True, slots=True)
class Step:
    """One check of one reading; evidence values are what was compared (hex, numbers, lines, offsets)."""

    id: str
    title: str
    status: StepStatus
    detail: str
    evidence: Mapping[str, object] = field(default_factory=dict)
    after_verdict: bool = False

    def to_dict(self) -> dict[str, object]:
        """An entry of `steps`."""
        return {
            "id": self.id,
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "evidence": dict(self.evidence),
            "after_verdict": self.after_verdict,
        }


@dataclass(frozen=True, slots=True)
class Matched:
    """The trust-root block that made the verdict; `line` is where it begins, None in a trusted_root.json."""

    kind: Literal["public-key", "certificate"]
    fingerprint: str
    line: int | None

    @property
    def place(self) -> str:
        """Where it stands, in words."""
        return f"line {self.line}" if self.line is not None else "in the trusted root"

    def to_dict(self) -> dict[str, object]:
        """The `matched` object."""
        return {"kind": self.kind, "fingerprint": self.fingerprint, "line": self.line}


@dataclass(frozen=True, slots=True)
class DocumentedVerdict:
    """What the documentation promises; `rule` is the id of the failing step."""

    verdict: Verdict
    rule: str | None
    reason: str
    matched: Matched | None = None
    code: str | None = None

    def to_dict(self) -> dict[str, object]:
        """The `documented` object."""
        return {
            "verdict": self.verdict,
            "code": self.code,
            "rule": self.rule,
            "reason": self.reason,
            "matched": self.matched.to_dict() if self.matched else None,
        }


@dataclass(frozen=True, slots=True)
class ControllerVerdict:
    """What the running build does: its exception class, REST answer and exact message; all None on accept."""

    verdict: Verdict
    stage: Stage
    exception: str | None = None
    http: int | None = None
    code: str | None = None
    message: str | None = None
    via: str | None = None
    reason: str = ""
    steps: tuple[Step, ...] = ()

    def to_dict(self) -> dict[str, object]:
        """The `controller` object; `reason` and `steps` are its own trace."""
        return {
            "verdict": self.verdict,
            "stage": self.stage,
            "exception": self.exception,
            "http": self.http,
            "code": self.code,
            "message": self.message,
            "via": self.via,
            "reason": self.reason,
            "steps": [step.to_dict() for step in self.steps],
        }


@dataclass(frozen=True, slots=True)
class Sidecar:
    """The signature file that was used; `path` None with kind `none`."""

    path: str | None
    kind: SidecarKind

    def to_dict(self) -> dict[str, object]:
        """The `sidecar` object."""
        return {"path": self.path, "kind": self.kind}


@dataclass(frozen=True, slots=True)
class PolicyFacts:
    """The policy a verdict was reached under; `source` says where it came from (`flags`, a path)."""

    mode: str | None
    source: str
    trust_root: str | None
    trust_root_sha256: str | None
    rekor_policy: str
    rekor_key: str | None
    at: datetime
    trusted_root: str | None = None

    def to_dict(self) -> dict[str, object]:
        """The `policy` object."""
        return {
            "mode": self.mode,
            "source": self.source,
            "trust_root": self.trust_root,
            "trust_root_sha256": self.trust_root_sha256,
            "rekor_policy": self.rekor_policy,
            "rekor_key": self.rekor_key,
            "trusted_root": self.trusted_root,
            "at": rfc3339(self.at),
        }


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signed, as far as a certificate or a key says so; subject, san and issuer are untrusted text."""

    spki_sha256: str
    subject: str | None = None
    san: tuple[str, ...] = ()
    issuer: str | None = None

    def to_dict(self) -> dict[str, object]:
        """The `signer` object."""
        return {
            "spki_sha256": self.spki_sha256,
            "subject": self.subject,
            "san": list(self.san),
            "issuer": self.issuer,
        }


@dataclass(frozen=True, slots=True)
class VerificationReport:
    """Both verdicts about one artefact. `steps` is the documented trace; the controller's is its own."""

    artifact: str
    sha256: str | None
    size: int | None
    sidecar: Sidecar
    policy: PolicyFacts
    documented: DocumentedVerdict
    controller: ControllerVerdict
    signer: Signer | None
    verified_time: datetime | None
    valid_until: datetime | None
    steps: tuple[Step, ...]
    findings: tuple[Finding, ...]

    @property
    def agree(self) -> bool | None:
        """Whether both readings are on the same side of allowing and refusing; None if one is unknown."""
        verdicts = (self.documented.verdict, self.controller.verdict)
        if "unknown" in verdicts:
            return None
        return (verdicts[0] in ALLOWING) == (verdicts[1] in ALLOWING)

    @property
    def standing(self) -> Standing:
        """The report in one word, for the one sign of a row; never `accept` where there is a doubt."""
        verdicts = {self.documented.verdict, self.controller.verdict}
        if self.agree is False:
            return "differ"
        if self.documented.verdict == "error":
            return "reject"
        if self.agree is None:
            return "unknown"
        if verdicts == {"accept"}:
            return "suspect" if any(finding.severity == "error" for finding in self.findings) else "accept"
        return "unsigned" if "unsigned-allowed" in verdicts else "reject"

    def with_findings(self, findings: tuple[Finding, ...]) -> VerificationReport:
        """The same report with `findings` added at the end."""
        return replace(self, findings=self.findings + findings)

    def to_dict(self) -> dict[str, object]:
        """`trustconsole/verification/1`."""
        return {
            "schema": "trustconsole/verification/1",
            "artifact": self.artifact,
            "sha256": self.sha256,
            "size": self.size,
            "sidecar": self.sidecar.to_dict(),
            "policy": self.policy.to_dict(),
            "documented": self.documented.to_dict(),
            "controller": self.controller.to_dict(),
            "agree": self.agree,
            "signer": self.signer.to_dict() if self.signer else None,
            "verified_time": rfc3339(self.verified_time) if self.verified_time else None,
            "valid_until": rfc3339(self.valid_until) if self.valid_until else None,
            "steps": [step.to_dict() for step in self.steps],
            "findings": [finding.to_dict() for finding in self.findings],
        }
