"""What a rotation is judged by, as plain facts: modules under each file that matters, nodes, the file itself.

Nothing here reads a disk or a process. `api` gathers the evidence at every look; `position` and `gates` turn
it into where the rotation stands and what may be done next.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from trustconsole.findings import Finding
from trustconsole.nodes.model import NodeReport
from trustconsole.verification import ALLOWING, Judgement, Verdict, VerificationReport

Reading = Literal["documented", "controller"]
READINGS: Final[tuple[Reading, ...]] = ("documented", "controller")

Scenario = Literal["now", "added", "removed", "old_only"]
"""The file as it is · with the new block · new without old · without the new block."""
SCENARIOS: Final[tuple[Scenario, ...]] = ("now", "added", "removed", "old_only")

StepNumber = Literal[1, 2, 3, 4, 5]
Position = Literal[1, 2, 3, 4, 5, "done", "none"]

Standing = Literal["old_only", "new", "both", "neither", "failing_before"]
STANDINGS: Final[tuple[Standing, ...]] = ("old_only", "new", "both", "neither", "failing_before")


@dataclass(frozen=True, slots=True)
class Verdicts:
    """Both verdicts about a module under one file, with the sentence behind each (untrusted text)."""

    documented: Verdict
    controller: Verdict
    rule: str | None = None
    reason: str = ""
    message: str = ""
    matched: str | None = None

    @classmethod
    def of(cls, report: Judgement | VerificationReport) -> Verdicts:
        """What a gate needs of a report; `matched` is the fingerprint of the block that made it accept."""
        documented, controller = report.documented, report.controller
        return cls(
            documented.verdict,
            controller.verdict,
            documented.rule,
            documented.reason,
            controller.message or controller.reason,
            documented.matched.fingerprint if documented.matched else None,
        )

    def verdict(self, reading: Reading) -> Verdict:
        """The verdict of one reading."""
        return self.documented if reading == "documented" else self.controller

    def accepted(self, reading: Reading) -> bool:
        """Whether the module may be installed by this reading."""
        return self.verdict(reading) in ALLOWING

    def why(self, reading: Reading) -> str:
        """The sentence behind the verdict of one reading (untrusted text)."""
        return self.reason if reading == "documented" else self.message


@dataclass(frozen=True, slots=True)
class ModuleEvidence:
    """One module on disk and its verdicts under every scenario. `name` and `version` are untrusted text."""

    path: str
    name: str
    version: str | None
    sha256: str | None
    under: Mapping[Scenario, Verdicts]
    sidecar: str | None = None
    stored: bool = False


@dataclass(frozen=True, slots=True)
class TargetFacts:
    """The file that is rotated, as it is now; fingerprints as an operator types them.

    `holds` are the blocks that count in both readings: only those can carry a module over. `traces` are
    those that count in either: as long as the old block is among them, it is not gone.
    """

    path: str
    sha256: str | None
    holds: frozenset[str]
    traces: frozenset[str]
    error: str | None = None


@dataclass(frozen=True, slots=True)
class NegativeCheck:
    """What the engine says about a sidecar that the old key made, on the files that the nodes run on.

    `rejected`: as it must be. `accepted`: another block, or the policy, lets it through. `none`: there is
    nothing to check, `detail` says why. It is not the running process that is asked.
    """

    result: Literal["rejected", "accepted", "none"]
    detail: str
    by_old: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that is known at one look; `nodes` are those that read the file that is rotated.

    `add_problems` and `remove_problems` are what speaks against writing the next file, whatever the modules.
    `unlisted` are places of modules that were named and cannot be looked into, with a sentence (untrusted).
    """

    target: TargetFacts
    modules: tuple[ModuleEvidence, ...]
    nodes: tuple[NodeReport, ...]
    add_problems: tuple[Finding, ...] = ()
    remove_problems: tuple[Finding, ...] = ()
    negative: NegativeCheck | None = None
    unlisted: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a gate does not hold: a sentence, what opens it, and what it is about.

    `subject` is a node's name or a module's path; `overridable`: a written reason may pass it; `unknown`: it
    is not that the opposite was proved, there is no proof.
    """

    text: str
    next: str = ""
    subject: str = ""
    overridable: bool = False
    unknown: bool = False


@dataclass(frozen=True, slots=True)
class Gate:
    """Whether the step may be left. `notes` are said and do not block, `overridden` were passed over."""

    holds: bool
    reasons: tuple[Reason, ...] = ()
    notes: tuple[str, ...] = ()
    overridden: tuple[Reason, ...] = field(default=())

    def to_dict(self) -> dict[str, object]:
        """The `gate` object of `trustconsole/rotation/1`."""
        return {
            "holds": self.holds,
            "reasons": [reason.text for reason in self.reasons],
            "next": [reason.next for reason in self.reasons if reason.next],
            "notes": list(self.notes),
            "overridden": [reason.text for reason in self.overridden],
        }
