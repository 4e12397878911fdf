"""The answer of `verify-bundle`, frozen; `to_dict` is its JSON."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from trustconsole.findings import Finding
from trustconsole.text import rfc3339
from trustconsole.verification.report import Signer, Step
from trustconsole.verification.signing_times import ProvedTime

BundleVerdict = Literal["accept", "reject", "error"]


@dataclass(frozen=True, slots=True)
class BundleReport:
    """One bundle. `rule` is the id of the failing step; `size` is None where only a digest was given.

    `trusted_root` and its digest say what was trusted, `trusted_root_taken` when a packaged one was taken.
    """

    artifact: str
    sha256: str
    size: int | None
    bundle: str
    media_type: str | None
    verdict: BundleVerdict
    rule: str | None
    reason: str
    signer: Signer | None
    times: tuple[ProvedTime, ...]
    at: datetime
    trusted_root: str
    trusted_root_sha256: str
    trusted_root_taken: datetime | None
    steps: tuple[Step, ...]
    findings: tuple[Finding, ...]

    @property
    def verified_time(self) -> datetime | None:
        """The earliest proved time."""
        return min((one.time for one in self.times), default=None)

    def to_dict(self) -> dict[str, object]:
        """`trustconsole/bundle/1`."""
        taken = self.trusted_root_taken
        return {
            "schema": "trustconsole/bundle/1",
            "artifact": self.artifact,
            "sha256": self.sha256,
            "size": self.size,
            "bundle": self.bundle,
            "media_type": self.media_type,
            "verdict": self.verdict,
            "rule": self.rule,
            "reason": self.reason,
            "signer": self.signer.to_dict() if self.signer else None,
            "verified_time": rfc3339(self.verified_time) if self.verified_time else None,
            "times": [{"time": rfc3339(one.time), "source": one.source} for one in self.times],
            "policy": {
                "at": rfc3339(self.at),
                "trusted_root": self.trusted_root,
                "trusted_root_sha256": self.trusted_root_sha256,
                "trusted_root_taken": rfc3339(taken) if taken else None,
            },
            "steps": [step.to_dict() for step in self.steps],
            "findings": [finding.to_dict() for finding in self.findings],
        }
