"""The gates of the five steps, and where a rotation stands: pure functions of plan, overrides and evidence.

Nothing is ticked off. A step is behind an operator because the evidence says so, and comes back when the
evidence goes: a node that falls behind, a module that is replaced, a file that somebody else edits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from trustconsole.findings import Finding
from trustconsole.nodes.model import NodeReport
from trustconsole.records.journal import Override, Plan
from trustconsole.rotation.model import (
    READINGS,
    Evidence,
    Gate,
    Position,
    Reading,
    Reason,
    StepNumber,
)
from trustconsole.rotation.standing import Tracked, gone, lost, track
from trustconsole.rotation.steps import KIND_WORDS
from trustconsole.text import plural, shell_word

_READING_WORDS: Final[Mapping[Reading, str]] = {
    "documented": "by the documentation",
    "controller": "by the controller",
}


@dataclass(frozen=True, slots=True)
class Case:
    """One question: a plan at one look. `overrides` are those of the plan, of any digest."""

    plan: Plan
    evidence: Evidence
    overrides: tuple[Override, ...] = ()

    @property
    def tracked(self) -> tuple[Tracked, ...]:
        """The modules of the look, each with what it must keep."""
        return track(self.plan, self.evidence)


def position_of(case: Case) -> Position:
    """The first step whose gate does not hold, as far as the file says that it was reached."""
    target = case.evidence.target
    has_new, has_old = case.plan.new in target.holds, case.plan.old in target.traces
    if not has_new:
        return 1
    if has_old:
        if not gate_of(2, case).holds:
            return 2
        return 4 if gate_of(3, case).holds else 3
    return "done" if gate_of(5, case).holds else 5


def gate_of(step: StepNumber, case: Case) -> Gate:
    """The gate of one step, whatever the position."""
    reasons, notes = GATES[step](case)
    covered = _covered(step, case)
    blocking = tuple(one for one in reasons if not (one.overridable and one.subject in covered))
    passed = tuple(one for one in reasons if one not in blocking)
    return Gate(not blocking, blocking, tuple(notes), passed)


_Found = tuple[list[Reason], list[str]]


def _covered(step: StepNumber, case: Case) -> frozenset[str]:
    """What the written reasons cover: those of the step and this very file; 3 and 4 ask the same question."""
    steps = {3, 4} if step in (3, 4) else {step}
    digest = case.evidence.target.sha256
    return frozenset(
        name for one in case.overrides if one.step in steps and one.digest == digest for name in one.names
    )


def _file(case: Case, problems: Iterable[Finding]) -> list[Reason]:
    """What speaks against writing the next file: never a matter of a written reason."""
    target = case.evidence.target
    reasons = [] if target.error is None else [Reason(f"{target.path} {target.error}", "mend the file")]
    return reasons + [Reason(one.summary, one.next) for one in problems]


def gate_add(case: Case) -> _Found:
    """1: the candidate loads, and no module that is accepted today is lost by adding the block."""
    reasons = _file(case, case.evidence.add_problems) + _unlisted(case)
    target = case.evidence.target
    notes = []
    if target.error is None and case.plan.old not in target.traces:
        notes.append(f"the old block is not in {target.path} any more")
    for module in case.evidence.modules:
        now, then = module.under["now"], module.under["added"]
        losing: list[Reading] = [one for one in READINGS if now.accepted(one) and not then.accepted(one)]
        if losing:
            by = "" if len(losing) > 1 else f" {_READING_WORDS[losing[0]]}"
            unknown = all(then.verdict(one) == "unknown" for one in losing)
            would = "it is not known whether it would stay so" if unknown else "it would not be any more"
            reasons.append(
                Reason(
                    f"{module.name} is accepted{by} today, and {would}: {then.why(losing[0])}",
                    "re-sign it so that it verifies either way, or add a block of the other kind",
                    module.path,
                    overridable=True,
                    unknown=unknown,
                )
            )
    return reasons, notes


def gate_restart(case: Case) -> _Found:
    """2: every node proves a start after the change, on the files of now."""
    nodes = case.evidence.nodes
    if not nodes:
        words = "the settings name no nodes, so nothing proves that the controllers were restarted"
        what_next = "list controllers and daemons under nodes"
        return [Reason(words, what_next, "nodes", overridable=True, unknown=True)], []
    return [reason for node in nodes if (reason := _node_reason(node)) is not None], []


def _node_reason(node: NodeReport) -> Reason | None:
    if node.state == "current":
        return None
    if node.state == "unknown":
        return Reason(
            f"{node.name}: not known whether it runs on the file of now: {node.reason}",
            _proof_of(node),
            node.name,
            overridable=True,
            unknown=True,
        )
    return Reason(f"{node.name} runs on old files: {node.reason}", _proof_of(node), node.name)


def _proof_of(node: NodeReport) -> str:
    """What makes the node prove itself."""
    if node.acknowledgeable:
        return f"restart it, then: trustconsole restarts --acknowledge {shell_word(node.name)} --apply"
    return "restart it, or see to its evidence" if node.state == "unknown" else "restart it"


def gate_resign(case: Case) -> _Found:
    """3: what was accepted at the start, or is now, is accepted under new without old, in each reading."""
    reasons = list(_lost_reasons(lost(case.tracked, "removed"), KIND_WORDS[case.plan.kind]))
    notes = []
    failing = sum(one.standing == "failing_before" for one in case.tracked)
    if failing:
        notes.append(f"{plural(failing, 'module')} failed before the rotation began: not counted")
    return [*_unlisted(case), *_gone_reasons(case), *reasons], notes


def _unlisted(case: Case) -> list[Reason]:
    """What could not be looked into may hold any module."""
    return [
        Reason(
            f"it is not known which modules there are: {words}",
            "mount or mend it, or take it out of the settings",
            path,
            overridable=True,
            unknown=True,
        )
        for path, words in case.evidence.unlisted
    ]


def _gone_reasons(case: Case) -> list[Reason]:
    block = KIND_WORDS[case.plan.kind]["block"]
    return [
        Reason(
            f"{one.name} {one.version or ''}".strip()
            + f" was accepted at the start and is not there any more: it may still need the old {block}",
            "bring it back; if it was deleted on purpose, say so in a written reason",
            one.path,
            overridable=True,
            unknown=True,
        )
        for one in gone(case.plan, case.evidence)
    ]


def _lost_reasons(found: Iterable[tuple[Tracked, Reading]], words: Mapping[str, str]) -> Iterator[Reason]:
    """One reason for each module, whatever the number of readings that lose it."""
    readings: dict[str, list[Reading]] = {}
    modules: dict[str, Tracked] = {}
    for one, reading in found:
        readings.setdefault(one.module.path, []).append(reading)
        modules[one.module.path] = one
    for path, lost_in in readings.items():
        module = modules[path].module
        verdicts = module.under["removed"]
        refused = [reading for reading in lost_in if verdicts.verdict(reading) != "unknown"]
        by = "" if len(lost_in) > 1 else f" {_READING_WORDS[lost_in[0]]}"
        label = f"{module.name} {module.version or ''}".strip()
        if modules[path].altered:
            yield Reason(
                f"{label} holds other bytes than those that were accepted at the start, and no key vouches "
                "for them",
                "do not sign them: find out where they come from, and put the author's own build there",
                path,
                overridable=True,
            )
        elif refused:
            text = (
                f"{label} would be refused{by} without the old {words['block']}: {verdicts.why(refused[0])}"
            )
            yield Reason(text, f"{words['again']} and install it", path, overridable=True)
        else:
            why = verdicts.why(lost_in[0])
            text = f"{label}: not known{by} whether it verifies without the old {words['block']}: {why}"
            yield Reason(text, words["again"], path, overridable=True, unknown=True)


def gate_remove(case: Case) -> _Found:
    """4: as 3 at the moment of writing, and the candidate can be written."""
    reasons, notes = gate_resign(case)
    return _file(case, case.evidence.remove_problems) + reasons, notes


def gate_finish(case: Case) -> _Found:
    """5: as 2, and what the old key signed is rejected now."""
    reasons, notes = gate_restart(case)
    refused = {one.module.path for one, _ in lost(case.tracked, "now")}
    if refused:
        notes.append(f"{plural(len(refused), 'module')} accepted at the start would be refused now")
    check = case.evidence.negative
    if check is not None and check.by_old:
        reasons.append(
            Reason(
                check.detail,
                f"look for a second copy of the old {KIND_WORDS[case.plan.kind]['block']} in the file",
            )
        )
    elif check is not None:
        notes.append(check.detail)
    return reasons, notes


GATES: Final[Mapping[StepNumber, Callable[[Case], _Found]]] = {
    1: gate_add,
    2: gate_restart,
    3: gate_resign,
    4: gate_remove,
    5: gate_finish,
}


def overridable(gates: Sequence[Gate]) -> tuple[str, ...]:
    """What a written reason given now would cover; empty where nothing can be passed that way."""
    return tuple(dict.fromkeys(one.subject for gate in gates for one in gate.reasons if one.overridable))
