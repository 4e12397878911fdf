"""What `release verify` says about a directory, frozen; `to_dict` is its JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from trustconsole.findings import Finding
from trustconsole.release.files import FileStatus, ReleaseFile
from trustconsole.release.policy import SignerPolicy
from trustconsole.release.sboms import SbomReport
from trustconsole.text import rfc3339
from trustconsole.verification import Signer, Step, Verdict


@dataclass(frozen=True, slots=True)
class ReleasePolicyFacts:
    """By what it was judged: `trust` and `identity` in words, both in full."""

    trust: str
    trust_sha256: str | None
    identity: str
    issuer: str | None
    at: datetime

    def to_dict(self) -> dict[str, object]:
        """The `policy` object."""
        return {
            "trust": self.trust,
            "trust_sha256": self.trust_sha256,
            "identity": self.identity,
            "issuer": self.issuer,
            "at": rfc3339(self.at),
        }


def policy_facts(policy: SignerPolicy | None) -> ReleasePolicyFacts | None:
    """A policy in words, None where it could not be read."""
    if policy is None:
        return None
    trust = policy.root.path
    if policy.taken is not None:
        trust = f"{trust} (public-good Sigstore, {policy.taken:%Y-%m-%d})"
    issuer = policy.identity.issuer if policy.identity is not None else None
    return ReleasePolicyFacts(trust, policy.root.sha256 or None, policy.wanted, issuer, policy.now)


def code_of_doubt(findings: Iterable[Finding]) -> str | None:
    """The finding for which an acceptance is no good exit code: the first error among them."""
    return next((finding.id for finding in findings if finding.severity == "error"), None)


@dataclass(frozen=True, slots=True)
class ReleaseReport:
    """One release. `rule` is the step that made the verdict, None on `accept`; `code` the finding that did.

    An acceptance has a `code` only where a finding is an error nevertheless.
    `checksums` and `signature` are the files that were used, `form` what the signature file holds. `signed`:
    the signature by itself is accepted, so that what the checksums list counts.
    """

    directory: str
    verdict: Verdict
    code: str | None
    rule: str | None
    reason: str
    checksums: str
    checksums_sha256: str | None
    signature: str | None
    form: str | None
    signed: bool
    policy: ReleasePolicyFacts | None
    signer: Signer | None
    verified_time: datetime | None
    steps: tuple[Step, ...]
    files: tuple[ReleaseFile, ...] = field(repr=False)
    sboms: tuple[SbomReport, ...] = field(repr=False)
    findings: tuple[Finding, ...]

    @property
    def counts(self) -> Mapping[FileStatus, int]:
        """How many files have which status."""
        found: dict[FileStatus, int] = {}
        for file in self.files:
            found[file.status] = found.get(file.status, 0) + 1
        return found

    @property
    def clean(self) -> bool:
        """Accepted, and no finding is an error: what exit code 0 stands for."""
        return self.verdict == "accept" and all(one.severity != "error" for one in self.findings)

    def step(self, identifier: str) -> Step | None:
        """The step of that id."""
        return next((step for step in self.steps if step.id == identifier), None)

    def to_dict(self) -> dict[str, object]:
        """`trustconsole/release/1`."""
        return {
            "schema": "trustconsole/release/1",
            "directory": self.directory,
            "verdict": self.verdict,
            "code": self.code,
            "rule": self.rule,
            "reason": self.reason,
            "checksums": {"path": self.checksums, "sha256": self.checksums_sha256},
            "signature": {"path": self.signature, "form": self.form, "accepted": self.signed},
            "policy": self.policy.to_dict() if self.policy else None,
            "signer": self.signer.to_dict() if self.signer else None,
            "verified_time": rfc3339(self.verified_time) if self.verified_time else None,
            "steps": [step.to_dict() for step in self.steps],
            "files": [file.to_dict() for file in self.files],
            "sboms": [sbom.to_dict() for sbom in self.sboms],
            "findings": [finding.to_dict() for finding in self.findings],
        }
