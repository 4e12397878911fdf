"""A rotation at one look, frozen: everything that the wizard shows and that `rotate` prints."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from trustconsole.findings import Finding
from trustconsole.nodes import NodeReport
from trustconsole.records import Change, Plan
from trustconsole.rotation import (
    DONE,
    DONE_WITH_REASONS,
    KIND_WORDS,
    NOTHING_PLANNED,
    STEPS,
    CommandLine,
    Gate,
    NegativeCheck,
    Position,
    Signing,
    Standing,
    StepWords,
    Tracked,
)
from trustconsole.text import rfc3339
from trustconsole.trust_root import TrustRootDiff

SCHEMA = "trustconsole/rotation/1"


@dataclass(frozen=True, slots=True)
class RotationModule:
    """A module in a rotation. `detail` says why it does not verify with the new key alone (untrusted text).

    `signed` is when its signature file was last written, `resigned` whether that was after the start.
    """

    tracked: Tracked
    detail: str
    signed: datetime | None
    resigned: bool
    commands: tuple[CommandLine, ...]

    @property
    def path(self) -> str:
        """The artefact's path, which UI state is kept by."""
        return self.tracked.module.path

    @property
    def name(self) -> str:
        """The module's name (untrusted text)."""
        return self.tracked.module.name

    @property
    def version(self) -> str | None:
        """The module's version (untrusted text)."""
        return self.tracked.module.version

    @property
    def standing(self) -> Standing:
        """Which of the two keys it verifies under."""
        return self.tracked.standing

    @property
    def unsigned(self) -> bool:
        """Whether it is let in without a signature, so that neither key plays a part."""
        return self.tracked.unsigned

    @property
    def shown(self) -> Standing | Literal["unsigned"]:
        """What it is shown as: its standing, or that it is let in unsigned, which proves nothing of a key."""
        return "unsigned" if self.unsigned else self.standing

    def to_dict(self) -> dict[str, object]:
        """An entry of `module_list`."""
        return {
            "path": self.path,
            "name": self.name,
            "version": self.version,
            "standing": self.standing,
            "wanted": list(self.tracked.wanted),
            "detail": self.detail,
            "signed": rfc3339(self.signed) if self.signed else None,
        }


@dataclass(frozen=True, slots=True)
class Distribution:
    """A node on another host whose file is not the target's; `command` brings the new file there."""

    node: str
    path: str
    command: CommandLine


@dataclass(frozen=True, slots=True)
class RotationView:
    """Where the rotation stands. `plan` is None where none is made; then `step` is `none`.

    `words` are the step's own, None at the end. `diff` is what the next write changes, by identity. `undo` is
    the change that an undo would take back. `result` is a sentence about
    what was just done; `link` is where the target really is, if it is behind a symbolic link. `warnings` are
    about the file that the next write would make, `digest` is the SHA-256 of the file as it is.
    `signing` is what a new signature must have. `moved`: this call carried the step on.
    """

    taken_at: datetime
    read_only: bool
    plan: Plan | None
    step: Position
    words: StepWords | None
    gate: Gate
    target: str | None
    nodes: tuple[NodeReport, ...] = ()
    modules: tuple[RotationModule, ...] = ()
    counts: tuple[tuple[Standing, int], ...] = ()
    diff: TrustRootDiff | None = None
    starts: tuple[str, ...] = ()
    negative: NegativeCheck | None = None
    distribute: tuple[Distribution, ...] = ()
    traps: tuple[str, ...] = ()
    undo: Change | None = None
    link: str | None = None
    problems: tuple[str, ...] = ()
    result: str | None = None
    warnings: tuple[Finding, ...] = ()
    digest: str | None = None
    signing: Signing | None = None
    moved: bool = False

    @property
    def sign_where(self) -> str:
        """Where the commands of step 3 are to be run."""
        return self.signing.place if self.signing else ""

    @property
    def overridable(self) -> bool:
        """Whether a written reason would open the gate: all that closes it may be passed that way."""
        reasons = self.gate.reasons
        return not self.gate.holds and bool(reasons) and all(reason.overridable for reason in reasons)

    @property
    def title(self) -> str:
        """`Rotate author key`, or that nothing is planned."""
        return f"Rotate {KIND_WORDS[self.plan.kind]['title']}" if self.plan else "Rotate a key"

    @property
    def step_names(self) -> tuple[tuple[int, str], ...]:
        """Number and name of every step, for the line of dots."""
        return tuple((row.number, row.name) for row in STEPS)

    @property
    def next(self) -> str:
        """One sentence: what to do now."""
        if self.plan is None:
            return f"{NOTHING_PLANNED} Start one: trustconsole rotate start --kind KIND --old FP --new PEM"
        if self.step == "done":
            done = DONE_WITH_REASONS if self.gate.overridden else DONE
            return done.format(**KIND_WORDS[self.plan.kind])
        if not self.gate.holds and self.gate.reasons:
            first = self.gate.reasons[0]
            return f"Step {self.step} is not finished: {first.text}." + (
                f" Next: {first.next}." if first.next else ""
            )
        return self.words.what if self.words else ""

    def to_dict(self) -> dict[str, object]:
        """`trustconsole/rotation/1`."""
        return {
            "schema": SCHEMA,
            "kind": self.plan.kind if self.plan else None,
            "old": self.plan.old if self.plan else None,
            "new": self.plan.new if self.plan else None,
            "step": self.step,
            "gate": self.gate.to_dict(),
            "nodes": [node.to_dict() for node in self.nodes],
            "modules": dict(self.counts),
            "next": self.next,
            "target": self.target,
            "module_list": [module.to_dict() for module in self.modules],
            "undo": {"action": self.undo.action, "at": self.undo.at, "restores": self.undo.before}
            if self.undo
            else None,
            "negative_check": {"result": self.negative.result, "detail": self.negative.detail}
            if self.negative
            else None,
            "warnings": [finding.to_dict() for finding in self.warnings],
            "problems": list(self.problems),
            "result": self.result,
        }
