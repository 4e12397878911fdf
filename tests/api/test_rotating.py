"""The five steps on real files: what is written, what is refused, what the disk and the records hold then."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import pytest
from tests.api.usual import NODES, digest, restart_all, start, usual_world
from tests.api.world import World
from tests.storage.confined import with_mounts

from trustconsole.api import changing
from trustconsole.demo.authorities import derive_key, private_pem, public_pem
from trustconsole.errors import ConcurrentChange, GateRefused, MalformedInput, ReadOnlyRefused, UsageError


@pytest.fixture
def world(tmp_path: Path) -> World:
    return usual_world(tmp_path)


def test_the_whole_rotation_goes_step_by_step_and_leaves_only_the_new_key(world: World) -> None:
    rotation = world.rotation()
    assert rotation.view().step == "none"
    assert start(world) == 2
    assert rotation.next(apply=True).step == 2  # nothing was restarted yet
    restart_all(world)
    view = rotation.view()
    assert view.step == 3
    assert [(one.name, one.standing) for one in view.modules] == [
        ("by-old", "old_only"),
        ("by-other", "both"),
        ("unsigned", "failing_before"),
    ]
    assert not view.gate.holds
    assert [reason.subject for reason in view.gate.reasons] == [str(world.root / "modules/by-old.jar")]
    world.sign(world.root / "modules/by-old.jar", world.new)
    assert rotation.view().step == 4
    with pytest.raises(GateRefused, match="not confirmed"):
        rotation.next(apply=True)
    assert rotation.next(apply=True, confirm=world.old_fingerprint[:8]).step == 5
    assert public_pem(world.old) not in world.trust_root.read_bytes()
    assert public_pem(world.new) in world.trust_root.read_bytes()
    restart_all(world)
    done = rotation.view()
    assert done.step == "done"
    assert done.negative is not None
    assert done.negative.result == "rejected"
    assert [record["action"] for record in world.audit()] == ["rotation.start", "trust.add", "trust.remove"]


def test_a_dry_run_shows_everything_and_writes_nothing(world: World) -> None:
    before = digest(world.trust_root)
    view = world.rotation(write=False).start("author", world.old_fingerprint, world.new_pem)
    assert view.step == 1
    assert view.gate.holds
    assert view.diff is not None
    assert [change.fingerprint for change in view.diff.added] == [world.new_fingerprint]
    assert digest(world.trust_root) == before
    assert not (world.root / "state/journal.json").exists()
    assert not (world.root / "state/backups").exists()
    assert world.rotation().view().plan is None


def test_a_session_that_is_not_armed_changes_nothing_whatever_is_asked(world: World) -> None:
    rotation = world.rotation(write=False)
    with pytest.raises(ReadOnlyRefused):
        rotation.start("author", world.old_fingerprint, world.new_pem, apply=True)
    start(world)
    before = digest(world.trust_root)
    with pytest.raises(ReadOnlyRefused):
        rotation.next(apply=True, confirm=world.old_fingerprint[:8])
    with pytest.raises(ReadOnlyRefused):
        rotation.undo(apply=True)
    assert digest(world.trust_root) == before


def test_adding_a_certificate_that_flips_pinned_bundles_closes_the_first_gate(tmp_path: Path) -> None:
    world = World(tmp_path, nodes=NODES)
    world.module("pinned", leaf=world.leaf("author", None, world.old))
    authority = world.authority("New CA")
    pem = tmp_path / "ca.pem"
    pem.write_bytes(authority.pem)
    gone = hashlib.sha256(b"a certificate that is not there any more").hexdigest()
    view = world.rotation().start("ca", gone, pem, apply=True)
    assert view.step == 1
    assert not view.gate.holds
    assert "by the controller" in view.gate.reasons[0].text
    assert b"CERTIFICATE" not in world.trust_root.read_bytes()
    passed = world.rotation().next(apply=True, override="the module is deleted next")
    assert passed.step == 5  # the old certificate was not there any more
    assert b"CERTIFICATE" in world.trust_root.read_bytes()
    assert "rotation.override" in [record["action"] for record in world.audit()]


@pytest.mark.parametrize("missing", ["controller-1", "daemon-1"])
def test_one_node_that_was_not_restarted_keeps_the_second_gate_closed(world: World, missing: str) -> None:
    start(world)
    world.rotation().view()
    for name, _ in NODES:
        if name != missing:
            world.restart(name)
    view = world.rotation().view()
    assert view.step == 2
    assert [reason.subject for reason in view.gate.reasons] == [missing]
    assert not view.gate.reasons[0].overridable


def test_a_node_that_is_not_known_may_be_passed_with_a_written_reason_and_only_it(world: World) -> None:
    start(world)
    world.restart("controller-1")
    (world.root / "run/daemon-1.pid").unlink()
    rotation = world.rotation()
    assert rotation.view().step == 2
    assert rotation.next(apply=True, override="daemon-1 was taken out of service").step == 3
    assert world.audit()[-1]["reason"] == "daemon-1 was taken out of service"
    (world.root / "run/controller-1.pid").unlink()  # another one that nobody gave a reason for
    assert rotation.view().step == 2


def test_undo_takes_back_bytes_mode_owner_and_times(world: World) -> None:
    world.trust_root.chmod(0o640)
    os.chown(world.trust_root, 12345, 54321) if os.getuid() == 0 else None
    os.utime(world.trust_root, ns=(1_600_000_000_123_456_789, 1_600_000_000_987_654_321))
    before, content = world.trust_root.stat(), world.trust_root.read_bytes()
    start(world)
    assert world.trust_root.read_bytes() != content
    view = world.rotation().undo(apply=True)
    after = world.trust_root.stat()
    assert world.trust_root.read_bytes() == content
    assert (after.st_mode, after.st_uid, after.st_gid) == (before.st_mode, before.st_uid, before.st_gid)
    assert after.st_mtime_ns == before.st_mtime_ns
    assert view.step == 1
    assert view.undo is None
    with pytest.raises(GateRefused, match="no change"):
        world.rotation().undo(apply=True)


def test_undo_at_the_end_brings_the_old_key_back_and_one_more_the_start(world: World) -> None:
    content = world.trust_root.read_bytes()
    start(world)
    restart_all(world)
    world.sign(world.root / "modules/by-old.jar", world.new)
    rotation = world.rotation()
    rotation.next(apply=True, confirm=world.old_fingerprint[:8])
    assert public_pem(world.old) not in world.trust_root.read_bytes()
    assert rotation.undo(apply=True).step == 2
    assert public_pem(world.old) in world.trust_root.read_bytes()
    with pytest.raises(GateRefused, match="by-old"):
        rotation.undo(apply=True)  # the module verifies with the new key alone by now
    world.sign(world.root / "modules/by-old.jar", world.old)
    rotation.undo(apply=True)
    assert world.trust_root.read_bytes() == content


def test_an_undo_never_takes_somebody_elses_change_with_it(world: World) -> None:
    start(world)
    world.trust_root.write_bytes(world.trust_root.read_bytes() + b"# a note by hand\n")
    with pytest.raises(GateRefused, match="was changed since"):
        world.rotation().undo(apply=True)
    assert world.trust_root.read_bytes().endswith(b"# a note by hand\n")


def test_the_same_start_resumes_and_another_is_refused(world: World) -> None:
    start(world)
    assert start(world) == 2
    third = world.root / "third.pub"
    third.write_bytes(public_pem(derive_key(7, "third")))
    with pytest.raises(GateRefused, match="another rotation is under way"):
        world.rotation().start("author", world.old_fingerprint, third)


def test_a_lost_journal_costs_nothing_but_the_plan(world: World) -> None:
    start(world)
    restart_all(world)
    (world.root / "state/journal.json").unlink()
    assert world.rotation().view().step == "none"
    assert start(world) == 3
    world.sign(world.root / "modules/by-old.jar", world.new)
    world.rotation().next(apply=True, confirm=world.old_fingerprint[:8])
    (world.root / "state/journal.json").write_text("{")
    view = world.rotation().view()
    assert view.step == "none"
    assert view.problems
    assert start(world) == 5
    restart_all(world)
    assert world.rotation().view().step == "done"


def test_a_change_between_look_and_write_is_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody else writes while the gate is judged: the lock is not theirs, the digest is."""
    wanted = changing.Changes.write

    def late(self: changing.Changes, change: changing.Wanted) -> object:
        world.trust_root.write_bytes(public_pem(world.other))
        return wanted(self, change)

    monkeypatch.setattr(changing.Changes, "write", late)
    with pytest.raises(ConcurrentChange):
        start(world)
    assert world.trust_root.read_bytes() == public_pem(world.other)


@pytest.mark.parametrize("step", [2, 3])
def test_the_position_comes_back_when_the_evidence_goes(world: World, step: int) -> None:
    start(world)
    restart_all(world)
    world.sign(world.root / "modules/by-old.jar", world.new)
    assert world.rotation().view().step == 4
    if step == 2:
        world.trust_root.write_bytes(b"# touched by hand\n" + world.trust_root.read_bytes())
    else:
        world.sign(world.root / "modules/by-old.jar", world.old)
    view = world.rotation().view()
    assert view.step == step
    world.rotation().next(apply=True, confirm=world.old_fingerprint[:8])
    assert public_pem(world.old) in world.trust_root.read_bytes()


@pytest.mark.parametrize(
    ("content", "error", "words"),
    [
        ("private", MalformedInput, "private key"),
        ("private in a comment", MalformedInput, "private key"),
        ("two", MalformedInput, "exactly one"),
        ("none", MalformedInput, "exactly one"),
        ("same", UsageError, "the same"),
        ("certificate", UsageError, "takes a PUBLIC KEY"),
    ],
)
def test_a_wrong_new_file_is_refused_with_what_is_wrong(
    world: World, content: str, error: type[Exception], words: str
) -> None:
    pem = {
        "private": private_pem(world.new),
        "private in a comment": b"#"
        + b"#".join(private_pem(world.new).splitlines(keepends=True)[1:-1])
        + public_pem(world.new),
        "two": public_pem(world.new) + public_pem(world.other),
        "none": b"nothing\n",
        "same": public_pem(world.old),
        "certificate": world.authority("CA").pem,
    }[content]
    world.new_pem.write_bytes(pem)
    with pytest.raises(error, match=words):
        start(world)
    assert not (world.root / "state/journal.json").exists()


def test_the_plan_keeps_the_new_block_with_its_own_comment_and_nothing_else_of_the_file(world: World) -> None:
    world.new_pem.write_bytes(
        b"notes of ann\n\n# release \x1b[2J key\n" + public_pem(world.new) + b"more notes\n"
    )
    start(world)
    plan = json.loads((world.root / "state/journal.json").read_bytes())["plan"]
    assert plan["new_pem"] == "# release \\x1b[2J key\n" + public_pem(world.new).decode()
    assert plan["new_pem"] in world.trust_root.read_text()


@pytest.mark.parametrize("spoiled", ["nothing", "no record", "other digest", "more names", "cut chain"])
def test_an_override_counts_only_with_its_record_in_the_audit_log(world: World, spoiled: str) -> None:
    start(world)
    restart_all(world)
    rotation = world.rotation()
    assert rotation.next(apply=True, override="the module is deleted next").step == 4
    journal, log = world.root / "state/journal.json", world.root / "state/audit.jsonl"
    lines = log.read_bytes().splitlines(keepends=True)
    if spoiled == "no record":
        log.write_bytes(b"".join(line for line in lines if b"rotation.override" not in line))
    elif spoiled == "cut chain":
        log.write_bytes(b"".join(lines[1:]))
    elif spoiled != "nothing":
        document = json.loads(journal.read_bytes())
        [override] = document["overrides"]
        if spoiled == "more names":
            override["names"].append("another")
        else:
            override["digest"] = "0" * 64
        journal.write_text(json.dumps(document))
    view = world.rotation().view()
    assert view.step == (4 if spoiled == "nothing" else 3)
    assert ("1 override of the journal" in " ".join(view.problems)) == (spoiled != "nothing")


def test_a_line_that_a_crash_cut_off_takes_no_override_away(world: World) -> None:
    start(world)
    restart_all(world)
    rotation = world.rotation()
    rotation.next(apply=True, override="the module is deleted next")
    with (world.root / "state/audit.jsonl").open("ab") as log:
        log.write(b'{"seq":')
    assert rotation.view().step == 4


def test_the_script_to_re_sign_names_every_module_that_needs_it(world: World) -> None:
    start(world)
    restart_all(world)
    rotation = world.rotation()
    path = rotation.save_commands(rotation.view())
    text = path.read_text()
    assert path.parent == world.root / "state/exports"
    assert "cosign sign-blob --yes --key NEW.key" in text
    assert str(world.root / "modules/by-old.jar") in text
    assert "by-other" not in text


@pytest.mark.parametrize("room", [100, 2_000, 5_000, 9_000, 14_000])
def test_a_full_state_disk_stops_the_step_before_the_file_is_touched(world: World, room: int) -> None:
    """The state directory on 64 KiB with little room left: at whichever record it ends, nothing happened."""
    state = world.root / "state"
    state.mkdir(mode=0o700)
    code = """
from datetime import UTC, datetime
from trustconsole import api
state, world, old, room = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
free = os.statvfs(state)
(state / "ballast").write_bytes(b"x" * max(0, free.f_bavail * free.f_frsize - room))
session = api.Session(
    api.Options(settings=world / "settings.yml"), write=True, clock=lambda: datetime(2027, 1, 2, tzinfo=UTC)
)
try:
    api.Rotation(session).start("author", old, world / "new.pub", apply=True)
    said = "done"
except TrustConsoleError as error:
    said = type(error).__name__
print(json.dumps(said))
"""
    before = world.trust_root.read_bytes()
    said = with_mounts(
        'mount -t tmpfs -o size=64k,mode=700 t "$1"',
        code,
        state,
        world.root,
        Path(world.old_fingerprint),
        Path(str(room)),
    )
    changed = world.trust_root.read_bytes() != before
    assert changed == (said == "done")
    assert said in ("AuditRefused", "WriteRefused", "done")
    if room <= 2_000:
        assert not changed
