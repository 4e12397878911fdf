"""A rotation that is killed at any point goes on where the files say it is; nothing is done twice or lost.

The console is killed at every call that makes something durable: journal, audit log, backup, the file itself.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.api.world import OPERATOR, World
from tests.storage.tracing import Call, calls_of, need_strace, run_with_fault

from trustconsole.demo.authorities import public_pem
from trustconsole.records import AuditLog

PROGRAM = Path(__file__).with_name("rotating_program.py")
DURABLE = frozenset({"rename", "renameat", "renameat2", "link", "linkat"})
SYNCS = frozenset({"fsync", "ftruncate"})


def _before_start(world: World) -> None:
    world.module("by-old", world.old)


def _before_removal(world: World) -> None:
    world.module("by-old", world.old)
    world.rotation().start("author", world.old_fingerprint, world.new_pem, apply=True)
    world.rotation().next(apply=True, override="no nodes in this test")
    world.sign(world.root / "modules/by-old.jar", world.new)


ACTIONS: dict[str, tuple[Callable[[World], None], frozenset[str], int]] = {
    "start": (_before_start, DURABLE | SYNCS, 2),
    "remove": (_before_removal, DURABLE, 5),
    "undo": (_before_removal, DURABLE, 1),
}
"""What comes before, at which calls it is killed, and the step that the action ends on."""


def _carry_out(world: World, action: str) -> object:
    rotation = world.rotation()
    if action == "start":
        return rotation.start("author", world.old_fingerprint, world.new_pem, apply=True).step
    if action == "undo":
        if rotation.view().undo is None:
            return rotation.view().step
        world.sign(world.root / "modules/by-old.jar", world.old)
        return rotation.undo(apply=True).step
    view = rotation.view()
    return rotation.next(apply=True, confirm=world.old_fingerprint[:8]).step if view.step == 4 else view.step


@pytest.mark.parametrize("action", ACTIONS)
def test_a_step_that_was_killed_anywhere_is_resumed(action: str, tmp_path: Path) -> None:
    need_strace()
    prepare, names, ends_on = ACTIONS[action]
    origin = tmp_path / "world"
    world = World(origin, nodes=())
    prepare(world)
    if action == "undo":
        world.sign(world.root / "modules/by-old.jar", world.old)
    untouched = world.trust_root.read_bytes()
    kept = tmp_path / "kept"
    shutil.copytree(origin, kept)
    program = [str(PROGRAM), str(origin), action, world.old_fingerprint]
    calls = [call for call in calls_of(program, tmp_path / "log") if call.name in names]
    finished = world.trust_root.read_bytes()
    assert finished != untouched
    assert len(calls) >= 5
    for call in calls:
        _reset(origin, kept)
        _kill_and_resume(world, action, call, program, tmp_path / "log", (untouched, finished), ends_on)


def _reset(origin: Path, kept: Path) -> None:
    shutil.rmtree(origin)
    shutil.copytree(kept, origin)


def _kill_and_resume(
    world: World,
    action: str,
    call: Call,
    program: list[str],
    log: Path,
    states: tuple[bytes, bytes],
    ends_on: int,
) -> None:
    run = run_with_fault(program, log, call, "signal=SIGKILL")
    assert run.hit(call), call
    assert world.trust_root.read_bytes() in states, f"torn at {call}"
    seen = world.rotation(write=False).view()
    assert seen.plan is None or seen.step in (1, 2, 3, 4, 5), f"{seen.step} after {call}"
    assert _carry_out(world, action) == ends_on, call
    assert world.trust_root.read_bytes() == states[1], call
    state = world.root / "state"
    assert AuditLog(state, operator=OPERATOR).verify().ok, call
    left = [path.name for path in world.trust_root.parent.iterdir() if path.name.endswith(".tmp")]
    assert left == [], call
    if action == "start":
        assert public_pem(world.old) in world.trust_root.read_bytes()
        world.rotation().undo(apply=True)
        assert world.trust_root.read_bytes() == states[0], call
