"""What verifying an image says: one verdict, every signature and attestation with its trace, what to pull."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from trustconsole.findings import Finding
from trustconsole.release.images.blobs import Condition
from trustconsole.release.images.content import Platform
from trustconsole.release.report import ReleasePolicyFacts
from trustconsole.text import rfc3339
from trustconsole.verification.report import Signer, Step

ImageVerdict = Literal["accept", "reject", "unknown", "error"]


@dataclass(frozen=True, slots=True)
class ImageSignature:
    """One signature. `form` is how it is stored, `reference` the name that it was made for (untrusted)."""

    verdict: ImageVerdict
    code: str | None
    rule: str | None
    reason: str
    form: str
    where: str
    signer: Signer | None
    verified_time: datetime | None
    reference: str | None
    steps: tuple[Step, ...]

    def to_dict(self) -> dict[str, object]:
        """An entry of `signatures`."""
        return {
            "verdict": self.verdict,
            "code": self.code,
            "rule": self.rule,
            "reason": self.reason,
            "form": self.form,
            "where": self.where,
            "signer": self.signer.to_dict() if self.signer else None,
            "verified_time": rfc3339(self.verified_time) if self.verified_time else None,
            "reference": self.reference,
            "steps": [step.to_dict() for step in self.steps],
        }


@dataclass(frozen=True, slots=True)
class ImageAttestation:
    """One attestation. `signed`: by a good signature of its own; `covered`: by a good one of the index.

    `about` is the digest of the manifest that it speaks of, `facts` what its provenance says.
    """

    predicate_type: str | None
    verdict: ImageVerdict
    signed: bool
    covered: bool
    about: str
    code: str | None
    rule: str | None
    reason: str
    form: str
    where: str
    signer: Signer | None
    facts: Mapping[str, object]
    steps: tuple[Step, ...]

    def to_dict(self) -> dict[str, object]:
        """An entry of `attestations`."""
        return {
            "predicate_type": self.predicate_type,
            "verdict": self.verdict,
            "signed": self.signed,
            "covered": self.covered,
            "about": self.about,
            "code": self.code,
            "rule": self.rule,
            "reason": self.reason,
            "form": self.form,
            "where": self.where,
            "signer": self.signer.to_dict() if self.signer else None,
            "facts": dict(self.facts),
            "steps": [step.to_dict() for step in self.steps],
        }


@dataclass(frozen=True, slots=True)
class ImageBlob:
    """One blob that the image reaches, each once; `media_type` as stated (untrusted), `size` in bytes."""

    digest: str
    media_type: str
    size: int
    condition: Condition
    reason: str


@dataclass(frozen=True, slots=True)
class ImageReport:
    """The answer of `image verify`. `digest` is None where the image could not be found; `rule` names the
    part that decided: `image`, `content`, `signature` or `attestation`.

    `content` are the blobs themselves, which its JSON only counts (`blobs`); the image's manifest is first.
    `pull` is the exact line to pull what was verified; None where it was not accepted, or no repository is
    known to pull from.
    """

    reference: str
    digest: str | None
    verdict: ImageVerdict
    code: str | None
    rule: str | None
    reason: str
    policy: ReleasePolicyFacts | None
    pull: str | None = None
    signatures: tuple[ImageSignature, ...] = ()
    attestations: tuple[ImageAttestation, ...] = ()
    platforms: tuple[Platform, ...] = ()
    findings: tuple[Finding, ...] = ()
    blobs: Mapping[str, int] = field(default_factory=dict)
    content: tuple[ImageBlob, ...] = field(default=(), repr=False)

    @property
    def signed(self) -> bool:
        """Whether a signature by itself is accepted, so that what its digest covers counts."""
        return any(signature.verdict == "accept" for signature in self.signatures)

    @property
    def clean(self) -> bool:
        """Whether no finding is an error; an accepted image may have one under a lax policy."""
        return all(finding.severity != "error" for finding in self.findings)

    def to_dict(self) -> dict[str, object]:
        """`trustconsole/image/1`."""
        return {
            "schema": "trustconsole/image/1",
            "reference": self.reference,
            "digest": self.digest,
            "verdict": self.verdict,
            "code": self.code,
            "rule": self.rule,
            "reason": self.reason,
            "policy": self.policy.to_dict() if self.policy else None,
            "pull": self.pull,
            "signatures": [signature.to_dict() for signature in self.signatures],
            "attestations": [attestation.to_dict() for attestation in self.attestations],
            "platforms": [platform.to_dict() for platform in self.platforms],
            "blobs": dict(self.blobs),
            "findings": [finding.to_dict() for finding in self.findings],
        }
