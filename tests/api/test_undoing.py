"""Taking back, and starting anew: without a plan, over somebody's edit, after a wrong file or a kill."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from tests.api.world import World

from trustconsole import api
from trustconsole.demo.authorities import derive_key, public_pem
from trustconsole.errors import GateRefused, WriteRefused
from trustconsole.records import AuditLog, Backups, Operator

NODES = (("controller-1", "controller"),)


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path, nodes=NODES)
    made.module("by-old", made.old)
    return made


def _start(world: World, new: Path | None = None) -> api.RotationView:
    return world.rotation().start("author", world.old_fingerprint, new or world.new_pem, apply=True)


def _actions(world: World) -> list[object]:
    return [record["action"] for record in world.audit()]


def test_a_revocation_is_taken_back_where_no_rotation_was_ever_planned(world: World) -> None:
    before = world.trust_root.read_bytes()
    api.revoke(world.session(), world.old_fingerprint, apply=True)
    assert public_pem(world.old) not in world.trust_root.read_bytes()
    view = world.rotation().view()
    assert view.plan is None
    assert view.undo is not None
    assert view.undo.action == "revoke"
    dry = world.rotation(write=False).undo()
    assert dry.diff is not None
    assert [change.fingerprint for change in dry.diff.added] == [world.old_fingerprint]
    assert world.rotation().undo(apply=True).undo is None
    assert world.trust_root.read_bytes() == before


def test_a_workspace_without_a_plan_still_lists_its_nodes_and_counts(world: World) -> None:
    document = world.rotation().view().to_dict()
    assert document["step"] == "none"
    assert document["modules"] == dict.fromkeys(("old_only", "new", "both", "neither", "failing_before"), 0)
    assert isinstance(document["nodes"], list)
    assert [node["name"] for node in document["nodes"]] == ["controller-1"]


def test_an_edit_by_somebody_else_stands_against_the_undo_until_a_reason_is_given(world: World) -> None:
    before = world.trust_root.read_bytes()
    _start(world)
    world.trust_root.write_bytes(world.trust_root.read_bytes() + b"# a note\n")
    edited = world.trust_root.read_bytes()
    with pytest.raises(GateRefused, match="was changed since") as refused:
        world.rotation().undo(apply=True)
    assert refused.value.overridable
    assert world.trust_root.read_bytes() == edited
    command = refused.value.hint.split("compare: ")[1].split(";")[0].split()
    assert command[:3] == ["trustconsole", "trust-root", "diff"]
    assert Path(command[3]).read_bytes() == before
    assert command[4] == str(world.trust_root)
    world.rotation().undo(apply=True, override="the note was mine")
    assert world.trust_root.read_bytes() == before
    assert world.audit()[-1]["reason"] == "the note was mine"
    kept = [backup.data for backup in Backups(world.root / "state").all()]
    assert edited in kept


def test_a_plan_that_changed_nothing_is_replaced_and_one_that_did_is_not(world: World) -> None:
    wrong = world.root / "wrong.pub"
    wrong.write_bytes(public_pem(world.other))  # trusted already, so step 1 has nothing to do
    mistaken = _start(world, wrong)
    assert mistaken.step != 1
    assert mistaken.result is not None
    assert "holds" in mistaken.result
    right = _start(world)
    assert right.plan is not None
    assert right.plan.new == world.new_fingerprint
    assert "replaces" in str(world.audit()[1]["details"])
    another = world.root / "another.pub"
    another.write_bytes(public_pem(derive_key(7, "another")))
    with pytest.raises(GateRefused, match="under way"):
        _start(world, another)
    world.rotation().undo(apply=True)
    replaced = _start(world, another).plan
    assert replaced is not None
    assert replaced.new != world.new_fingerprint


def test_a_change_whose_backup_fails_is_closed_in_the_audit_log(world: World) -> None:
    before = world.trust_root.read_bytes()
    state = world.root / "state"
    state.mkdir(exist_ok=True)
    (state / "backups").write_text("not a directory")
    with pytest.raises(WriteRefused):
        api.revoke(world.session(), world.old_fingerprint, apply=True)
    assert world.trust_root.read_bytes() == before
    assert _actions(world) == ["trust.revoke", "trust.outcome"]
    assert str(world.audit()[-1]["reason"]).startswith("void: ")


@pytest.mark.parametrize("reached", [False, True])
def test_what_a_kill_left_open_is_closed_by_the_next_change(world: World, *, reached: bool) -> None:
    """Killed between the audit record and the journal: the record alone says that something was meant."""
    found = hashlib.sha256(world.trust_root.read_bytes()).hexdigest()
    AuditLog(world.root / "state", operator=Operator.current()).append(
        "trust.add", target=str(world.trust_root), before="0" * 64, after=found if reached else "1" * 64
    )
    _start(world)
    assert _actions(world) == ["trust.add", "rotation.start", "trust.outcome", "trust.add"]
    reason = str(world.audit()[2]["reason"])
    assert reason.startswith("applied: " if reached else "void: ")
    world.rotation().undo(apply=True)
    assert _actions(world)[-1] == "trust.undo"  # nothing was open any more
