"""Modules that come, go and change while a rotation is under way: what the gate says of each."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.api.usual import restart_all, start, usual_world
from tests.api.world import World

from trustconsole.demo.authorities import public_pem


@pytest.fixture
def world(tmp_path: Path) -> World:
    return usual_world(tmp_path)


def test_a_new_version_under_another_name_counts_for_the_module(world: World) -> None:
    start(world)
    restart_all(world)
    old = world.root / "modules/by-old.jar"
    new = old.with_name("by-old-2.jar")
    new.write_bytes(old.read_bytes())
    old.unlink()
    old.with_name("by-old.jar.cosign.bundle").unlink()
    view = world.rotation().view()
    assert view.step == 3  # it is there, and not signed yet
    world.sign(new, world.new)
    assert world.rotation().view().step == 4


def test_modules_that_are_not_there_any_more_close_the_gate_until_a_reason_is_given(world: World) -> None:
    """An unmounted store looks like an empty one: nothing says that its modules need no old key."""
    start(world)
    restart_all(world)
    (world.root / "modules").rename(world.root / "elsewhere")
    view = world.rotation().view()
    assert view.step == 3
    assert all(reason.unknown for reason in view.gate.reasons)
    assert {reason.subject for reason in view.gate.reasons} >= {
        str(world.root / "modules"),
        str(world.root / "modules/by-old.jar"),
    }
    world.rotation().next(apply=True, confirm=world.old_fingerprint[:8])
    assert public_pem(world.old) in world.trust_root.read_bytes()
    (world.root / "modules").mkdir()
    assert world.rotation().view().step == 3  # empty is no better than missing
    assert world.rotation().next(apply=True, override="both modules were deleted").step == 4


@pytest.mark.parametrize("what", ["fifo", "dangling"])
def test_a_module_that_gave_way_to_something_else_is_not_gone(world: World, what: str) -> None:
    start(world)
    restart_all(world)
    jar = world.root / "modules/by-old.jar"
    jar.unlink()
    os.mkfifo(jar) if what == "fifo" else jar.symlink_to("nowhere")
    assert world.rotation().view().step == 3


def test_nobody_is_told_to_sign_bytes_that_were_never_accepted(world: World) -> None:
    start(world)
    restart_all(world)
    jar = world.root / "modules/by-other.jar"
    jar.write_bytes(jar.read_bytes() + b"EVIL")
    rotation = world.rotation()
    view = rotation.view()
    row = next(one for one in view.modules if one.path == str(jar))
    assert row.commands == ()
    assert "not those that were accepted" in row.detail
    reason = next(one for one in view.gate.reasons if one.subject == str(jar))
    assert "do not sign them" in reason.next
    assert "by-other" not in rotation.save_commands(view).read_text()


def test_a_new_build_that_the_new_key_signed_is_as_good_as_the_old_one(world: World) -> None:
    start(world)
    restart_all(world)
    jar = world.root / "modules/by-old.jar"
    jar.write_bytes(jar.read_bytes() + b"a new build")
    world.sign(jar, world.new)
    assert world.rotation().view().step == 4
