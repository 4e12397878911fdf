"""The engine: one list of small checks, run to the end, whatever the verdict.

A reading is a table of `Check` rows over a case and a state of its own. The first check that refuses makes
the verdict; those after it still run where they can and are marked `after_verdict`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from trustconsole.verification.report import Stage, Step, StepStatus, Verdict

C = TypeVar("C")
S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict that a check makes. The last five fields are the controller's own answer, if it is one."""

    verdict: Verdict
    reason: str
    stage: Stage = "verify"
    exception: str | None = None
    http: int | None = None
    code: str | None = None
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What one check found; `decision` is set where it ends the question (for or against)."""

    status: StepStatus
    detail: str
    evidence: Mapping[str, object] = field(default_factory=dict)
    decision: Decision | None = None


@dataclass(frozen=True, slots=True)
class Check(Generic[C, S]):
    """A row of a reading. `run` reads the case and the state, and records what later checks need."""

    id: str
    title: str
    run: Callable[[C, S], Result]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The whole trace, and the first decision with the id of the check that made it (None: all passed)."""

    steps: tuple[Step, ...]
    rule: str | None
    decision: Decision | None


def run_checks(checks: Sequence[Check[C, S]], case: C, state: S) -> Outcome:
    """Run every check in order; the first decision counts."""
    steps: list[Step] = []
    rule: str | None = None
    decision: Decision | None = None
    for check in checks:
        result = check.run(case, state)
        steps.append(
            Step(check.id, check.title, result.status, result.detail, result.evidence, decision is not None)
        )
        if decision is None and result.decision is not None:
            rule, decision = check.id, result.decision
    return Outcome(tuple(steps), rule, decision)
