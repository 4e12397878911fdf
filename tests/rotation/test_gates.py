"""Gates and position as tables: what each kind of evidence opens, closes, and takes back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from trustconsole.findings import Finding
from trustconsole.nodes import NodeReport, RestartState
from trustconsole.records import ModuleAtStart, Override, Plan
from trustconsole.rotation import (
    SCENARIOS,
    Case,
    Evidence,
    ModuleEvidence,
    NegativeCheck,
    Position,
    TargetFacts,
    Verdicts,
    counts,
    gate_of,
    position_of,
    track,
)
from trustconsole.verification import Verdict

OLD, NEW, OTHER = "a" * 64, "b" * 64, "c" * 64
Pair = tuple[Verdict, Verdict]
BOTH, REMOVED = frozenset({OLD, NEW}), frozenset({NEW})
YES: Pair = ("accept", "accept")
NO: Pair = ("reject", "reject")
PERHAPS: Pair = ("unknown", "unknown")


def plan(*modules: ModuleAtStart) -> Plan:
    return Plan("1", "author", OLD, NEW, "PEM", "/trust.pem", "2026-06-01T12:00:00Z", "d" * 64, modules)


def at_start(name: str, pair: tuple[str, str] = YES) -> ModuleAtStart:
    return ModuleAtStart(f"/m/{name}.jar", name, "1", "e" * 64, *pair)


def module(name: str, now: Pair = YES, **under: Pair) -> ModuleEvidence:
    verdicts = {scenario: Verdicts(*under.get(scenario, now), reason="why") for scenario in SCENARIOS}
    return ModuleEvidence(f"/m/{name}.jar", name, "1", "e" * 64, verdicts)


def node(name: str, state: RestartState, role: str = "controller") -> NodeReport:
    return NodeReport(name, "daemon" if role == "daemon" else "controller", state, None, "", "reason")


CURRENT = (node("c", "current"),)


def evidence(
    holds: frozenset[str],
    modules: tuple[ModuleEvidence, ...] = (),
    nodes: tuple[NodeReport, ...] = CURRENT,
    **more: object,
) -> Evidence:
    return Evidence(TargetFacts("/trust.pem", "f" * 64, holds, holds), modules, nodes, **more)  # type: ignore[arg-type]


POSITIONS: dict[str, tuple[frozenset[str], tuple[ModuleEvidence, ...], tuple[NodeReport, ...], Position]] = {
    "the new block is not there": (frozenset({OLD}), (), CURRENT, 1),
    "neither is": (frozenset({OTHER}), (), CURRENT, 1),
    "a node is behind": (BOTH, (), (node("c", "restart"),), 2),
    "a daemon is behind": (BOTH, (), (*CURRENT, node("d", "restart", "daemon")), 2),
    "a node is not known": (BOTH, (), (node("c", "unknown"),), 2),
    "there are no nodes": (BOTH, (), (), 2),
    "a module needs the old key": (BOTH, (module("m", removed=NO),), CURRENT, 3),
    "a module is not known": (BOTH, (module("m", removed=PERHAPS),), CURRENT, 3),
    "one reading loses it": (BOTH, (module("m", removed=("accept", "reject")),), CURRENT, 3),
    "all are signed again": (BOTH, (module("m", removed=YES, old_only=NO),), CURRENT, 4),
    "the old block is gone, nodes are behind": (REMOVED, (), (node("c", "restart"),), 5),
    "all is done": (REMOVED, (), CURRENT, "done"),
}


@pytest.mark.parametrize("what", POSITIONS)
def test_the_position_follows_from_what_is_there(what: str) -> None:
    holds, modules, nodes, wanted = POSITIONS[what]
    assert position_of(Case(plan(at_start("m")), evidence(holds, modules, nodes))) == wanted


def test_an_old_block_that_only_one_reading_takes_is_not_gone() -> None:
    facts = TargetFacts("/trust.pem", "f" * 64, frozenset({NEW}), frozenset({NEW, OLD}))
    assert position_of(Case(plan(), Evidence(facts, (), CURRENT))) == 4


def test_a_new_block_that_only_one_reading_takes_carries_nothing() -> None:
    facts = TargetFacts("/trust.pem", "f" * 64, frozenset({OLD}), frozenset({NEW, OLD}))
    assert position_of(Case(plan(), Evidence(facts, (), CURRENT))) == 1


@pytest.mark.parametrize("then", [("reject", "accept"), ("accept", "reject")])
def test_adding_never_loses_a_module_in_either_reading(then: Pair) -> None:
    gate = gate_of(1, Case(plan(), evidence(frozenset({OLD}), (module("m", added=then),))))
    assert not gate.holds
    assert gate.reasons[0].subject == "/m/m.jar"
    assert gate.reasons[0].overridable


def test_what_speaks_against_the_file_itself_no_reason_passes() -> None:
    finding = Finding("private-key-in-file", "error", "it holds a private key", "", "remove it")
    override = Override(1, "f" * 64, ("", "/m/m.jar"), "because", "2026-06-01T12:00:00Z")
    case = Case(plan(), evidence(frozenset({OLD}), add_problems=(finding,)), (override,))
    assert not gate_of(1, case).holds


@pytest.mark.parametrize(
    ("digest", "names", "holds"),
    [("f" * 64, ("/m/m.jar",), True), ("0" * 64, ("/m/m.jar",), False), ("f" * 64, ("/m/x.jar",), False)],
    ids=["this file and this module", "another file", "another module"],
)
def test_a_written_reason_covers_what_it_was_given_for(
    digest: str, names: tuple[str, ...], holds: bool
) -> None:
    override = Override(3, digest, names, "because", "2026-06-01T12:00:00Z")
    case = Case(plan(at_start("m")), evidence(BOTH, (module("m", removed=NO),)), (override,))
    for gate in (gate_of(3, case), gate_of(4, case)):
        assert gate.holds is holds
        assert bool(gate.overridden) is holds


def test_a_node_on_old_files_is_passed_by_no_reason() -> None:
    override = Override(2, "f" * 64, ("c",), "because", "2026-06-01T12:00:00Z")
    assert not gate_of(2, Case(plan(), evidence(BOTH, (), (node("c", "restart"),)), (override,))).holds
    assert gate_of(2, Case(plan(), evidence(BOTH, (), (node("c", "unknown"),)), (override,))).holds


def test_a_module_that_failed_before_is_listed_and_not_counted() -> None:
    case = Case(plan(at_start("b", ("reject", "reject"))), evidence(BOTH, (module("b", now=NO),)))
    gate = gate_of(3, case)
    assert gate.holds
    assert "1 module failed before" in gate.notes[0]
    assert counts(case.tracked)["failing_before"] == 1


def test_a_module_that_came_during_the_rotation_must_survive_it_too() -> None:
    assert not gate_of(3, Case(plan(), evidence(BOTH, (module("late", removed=NO),)))).holds


def test_a_module_that_was_accepted_at_the_start_and_fails_now_closes_the_gate() -> None:
    case = Case(plan(at_start("m")), evidence(BOTH, (module("m", now=NO),)))
    assert not gate_of(3, case).holds
    assert counts(case.tracked)["neither"] == 1


def test_each_reading_counts_for_itself() -> None:
    half = at_start("m", ("accept", "reject"))
    now: Pair = ("accept", "reject")
    assert gate_of(3, Case(plan(half), evidence(BOTH, (module("m", now=now),)))).holds
    lost: Pair = ("reject", "accept")
    assert not gate_of(3, Case(plan(half), evidence(BOTH, (module("m", now=now, removed=lost),)))).holds


def test_a_file_under_the_name_of_one_that_is_still_there_owes_it_nothing() -> None:
    impostor = replace(module("m", now=NO), path="/m/copy.jar")
    case = Case(plan(at_start("m")), evidence(BOTH, (module("m"), impostor)))
    assert [one.standing for one in track(case.plan, case.evidence)] == ["both", "failing_before"]


@pytest.mark.parametrize(
    ("check", "holds"),
    [
        (NegativeCheck("rejected", "rejected"), True),
        (NegativeCheck("accepted", "through another block"), True),
        (NegativeCheck("accepted", "by the old block", by_old=True), False),
        (NegativeCheck("none", "nothing was kept"), True),
    ],
    ids=["rejected", "another block", "the old block", "none kept"],
)
def test_the_negative_check_is_said_and_closes_only_where_the_old_block_accepts(
    check: NegativeCheck, holds: bool
) -> None:
    gate = gate_of(5, Case(plan(), evidence(REMOVED, negative=check)))
    assert gate.holds is holds
    assert check.detail in (*gate.notes, *(reason.text for reason in gate.reasons))
