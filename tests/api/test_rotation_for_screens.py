"""What the wizard asks of the use-cases: a view of the last look, the reviewed digest, one node, paths."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.api.world import World

from trustconsole import api
from trustconsole.errors import ConcurrentChange, GateRefused
from trustconsole.records import NodeSettings
from trustconsole.storage import link_end

NODES = (("controller-1", "controller"), ("daemon-1", "daemon"))


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path, nodes=NODES)
    made.module("by-old", made.old)
    return made


def start(world: World, **options: object) -> api.RotationView:
    rotation = world.rotation()
    return rotation.start("author", world.old_fingerprint, world.new_pem, apply=True, **options)  # type: ignore[arg-type]


def test_a_view_of_the_last_look_reads_nothing_again_unless_the_file_moved(world: World) -> None:
    start(world)
    session = world.session()
    session.look()
    rotation = api.Rotation(session)
    assert rotation.view(fresh=False).taken_at == world.now
    world.wait(60)
    before = rotation.view(fresh=False)
    assert before.taken_at < world.now
    assert before.step == 2
    world.trust_root.write_bytes(world.trust_root.read_bytes() + b"# moved\n")
    after = rotation.view(fresh=False)
    assert after.taken_at == world.now
    assert after.digest != before.digest


def test_a_step_is_written_only_on_the_file_that_was_reviewed(world: World) -> None:
    rotation = world.rotation()
    seen = rotation.start("author", world.old_fingerprint, world.new_pem)
    theirs = world.trust_root.read_bytes() + b"# somebody else\n"
    world.trust_root.write_bytes(theirs)
    with pytest.raises(ConcurrentChange):
        start(world, reviewed=seen.digest)
    assert world.trust_root.read_bytes() == theirs
    assert start(world, reviewed=rotation.view().digest).step == 2
    added = world.trust_root.read_bytes()
    with pytest.raises(ConcurrentChange):
        rotation.undo(apply=True, reviewed=seen.digest)
    assert world.trust_root.read_bytes() == added


def test_a_revocation_is_written_only_on_the_file_that_was_reviewed(world: World) -> None:
    session = world.session()
    seen = session.revoke(world.old_fingerprint)
    assert seen.link is None
    assert not seen.needs_reason
    world.trust_root.write_bytes(world.trust_root.read_bytes() + b"# somebody else\n")
    with pytest.raises(ConcurrentChange):
        session.revoke(world.old_fingerprint, apply=True, reviewed=seen.digest)
    again = session.revoke(world.old_fingerprint)
    assert session.revoke(world.old_fingerprint, apply=True, reviewed=again.digest).applied


def test_the_dry_run_of_an_undo_shows_what_the_file_would_gain_and_lose(world: World) -> None:
    start(world)
    diff = world.rotation().undo().diff
    assert diff is not None
    assert [change.fingerprint for change in diff.removed] == [world.new_fingerprint]
    assert not diff.added


def test_an_undo_that_would_lose_a_module_says_that_a_reason_would_pass_it(world: World) -> None:
    start(world)
    world.sign(world.root / "modules/by-old.jar", world.new)
    with pytest.raises(GateRefused) as refused:
        world.rotation().undo()
    assert refused.value.overridable
    assert world.rotation().undo(apply=True, override="it is rebuilt tonight").step == 1


def test_only_the_named_node_is_restarted(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    restarted: list[str] = []

    def restart(_: object, node: NodeSettings, *__: object) -> None:
        restarted.append(node.name)

    monkeypatch.setattr("trustconsole.api.rotation_nodes.NodeRestarts.restart_one", restart)
    start(world)
    world.rotation().next(apply=True, restart=True, only="daemon-1")
    assert restarted == ["daemon-1"]
    world.rotation().next(apply=True, restart=True)
    assert restarted == ["daemon-1", "controller-1", "daemon-1"]


def test_what_was_passed_with_a_reason_is_not_called_proved_at_the_end(world: World) -> None:
    start(world)
    world.sign(world.root / "modules/by-old.jar", world.new)
    for name, _ in NODES:
        (world.root / f"run/{name}.pid").unlink()
    rotation = world.rotation()
    rotation.next(apply=True, override="taken out of service")
    rotation.next(apply=True, confirm=world.old_fingerprint[:8])
    view = rotation.next(apply=True, override="taken out of service")
    assert view.step == "done"
    assert "passed with a written reason" in view.next
    assert "proves" not in view.next


def test_a_path_is_completed_as_far_as_there_is_no_choice(tmp_path: Path) -> None:
    for name in ("author-new.pub", "author-new.key", "other.pem", ".hidden"):
        (tmp_path / name).touch()
    (tmp_path / "keys").mkdir()
    found = api.complete_path(f"{tmp_path}/au")
    assert found == api.PathCompletion(f"{tmp_path}/author-new.", ("author-new.key", "author-new.pub"))
    assert api.complete_path(f"{tmp_path}/k").common == f"{tmp_path}/keys/"
    assert ".hidden" not in api.complete_path(f"{tmp_path}/").names
    assert api.complete_path(f"{tmp_path}/.").names == (".hidden",)
    for nowhere in (f"{tmp_path}/none/x", "~nobody-has-this-name/x", f"{tmp_path}/nul\0/x"):
        assert api.complete_path(nowhere) == api.PathCompletion(nowhere, ())


def test_where_a_link_leads_is_said_and_that_there_is_none(tmp_path: Path) -> None:
    real = tmp_path / "real.pem"
    real.touch()
    (tmp_path / "link.pem").symlink_to(real)
    assert link_end(real) is None or os.path.realpath(tmp_path) != str(tmp_path)
    assert link_end(tmp_path / "link.pem") == os.path.realpath(real)
