"""A file is replaced whole or not at all, never without consent, never over somebody else's change."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.storage.placing import NEW, OLD, accept, holds, names, put, sha256

from trustconsole.errors import ConcurrentChange, InputError, Locked, MalformedInput, WriteRefused
from trustconsole.storage import FileMetadata, lock_beside, replace_file, sweep_leftovers


def test_the_new_file_is_there_and_nothing_else(tmp_path: Path) -> None:
    path = holds(tmp_path / "root.pem")
    answer = put(path)
    assert (answer.outcome, answer.path, answer.problem) == ("new", path, None)
    assert answer.wanted == answer.found == sha256(NEW)
    assert path.read_bytes() == NEW
    assert names(tmp_path) == ["root.pem"]


@pytest.mark.parametrize("data", [b"", b"\0", bytes(range(256)) * 5_000], ids=["empty", "NUL", "1.2 MiB"])
def test_any_bytes_are_put_down_as_they_are(tmp_path: Path, data: bytes) -> None:
    path = holds(tmp_path / "root.pem")
    assert put(path, data).outcome == "new"
    assert path.read_bytes() == data


@pytest.mark.parametrize("name", ["x" * 255, "ü" * 127, ".hidden", "a b\n\x1b[2J", "\udcff.pem"])
def test_any_name_that_a_file_may_have_is_served(tmp_path: Path, name: str) -> None:
    path = holds(tmp_path / name)
    assert put(path).outcome == "new"
    assert names(tmp_path) == [name]


def test_a_file_that_moved_since_the_review_is_left_alone(tmp_path: Path) -> None:
    path = holds(tmp_path / "root.pem", b"somebody else's")
    with pytest.raises(ConcurrentChange) as refused:
        put(path)
    assert (refused.value.expected, refused.value.found) == (sha256(OLD), sha256(b"somebody else's"))
    assert str(refused.value.expected) in refused.value.message
    assert str(refused.value.found) in refused.value.message
    assert path.read_bytes() == b"somebody else's"
    assert names(tmp_path) == ["root.pem"]


def test_a_file_that_is_gone_is_not_made_again(tmp_path: Path) -> None:
    with pytest.raises(ConcurrentChange) as refused:
        put(tmp_path / "root.pem")
    assert refused.value.found is None
    assert names(tmp_path) == []


def test_a_new_file_is_made_where_there_was_none_and_is_private(tmp_path: Path) -> None:
    path = tmp_path / "rekor.pub"
    answer = put(path, reviewed=None)
    assert (answer.outcome, answer.problem) == ("new", None)
    assert path.read_bytes() == NEW
    assert path.stat().st_mode & 0o7777 == 0o600
    assert path.stat().st_nlink == 1


def test_where_none_should_be_an_existing_file_stays(tmp_path: Path) -> None:
    path = holds(tmp_path / "rekor.pub")
    with pytest.raises(ConcurrentChange):
        put(path, reviewed=None)
    assert path.read_bytes() == OLD


def _appears(path: Path) -> None:
    path.write_bytes(b"just made")


def _edited(path: Path) -> None:
    path.write_bytes(b"in between")


def _tightened(path: Path) -> None:
    path.chmod(0o600)


def _relinked(path: Path) -> None:
    path.rename(path.with_name("moved"))
    path.symlink_to("moved")


@pytest.mark.parametrize("edit", [_edited, _tightened, _relinked, Path.unlink])
def test_a_change_after_the_first_look_is_never_overwritten(tmp_path: Path, edit: object) -> None:
    path = holds(tmp_path / "root.pem")
    after: list[object] = []

    def meanwhile(_data: bytes) -> None:
        edit(path)  # type: ignore[operator]  # one of four functions of a path
        after.extend([path.is_symlink(), path.read_bytes() if path.exists() else None])

    with pytest.raises(ConcurrentChange):
        replace_file(path, NEW, reviewed=sha256(OLD), check=meanwhile)
    assert [path.is_symlink(), path.read_bytes() if path.exists() else None] == after
    assert not [name for name in names(tmp_path) if name.endswith(".tmp")]


def test_a_file_that_appears_meanwhile_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "rekor.pub"
    with pytest.raises(ConcurrentChange):
        replace_file(path, NEW, reviewed=None, check=lambda _data: _appears(path))
    assert path.read_bytes() == b"just made"


def test_what_came_back_from_the_disk_is_checked_before_it_counts(tmp_path: Path) -> None:
    path = holds(tmp_path / "root.pem")
    seen = []

    def check(data: bytes) -> None:
        seen.append(data)
        raise MalformedInput("holds no block that loads")

    with pytest.raises(InputError, match="no block"):
        replace_file(path, NEW, reviewed=sha256(OLD), check=check)
    assert seen == [NEW]
    assert path.read_bytes() == OLD
    assert names(tmp_path) == ["root.pem"]


def test_without_consent_a_link_is_left_alone(tmp_path: Path) -> None:
    real = holds(tmp_path / "real.pem")
    link = tmp_path / "root.pem"
    link.symlink_to("real.pem")
    with pytest.raises(WriteRefused, match=r"is a link to .*real\.pem"):
        put(link)
    assert real.read_bytes() == OLD
    assert names(tmp_path) == ["real.pem", "root.pem"]


def test_with_consent_the_file_behind_the_links_is_replaced_and_the_links_stay(tmp_path: Path) -> None:
    generation = tmp_path / "..2026_02_11"
    generation.mkdir()
    real = holds(generation / "root.pem")
    (tmp_path / "..data").symlink_to(generation.name)
    link = tmp_path / "root.pem"
    link.symlink_to("..data/root.pem")
    answer = put(link, follow_link=True)
    assert (answer.outcome, answer.path) == ("new", real)
    assert real.read_bytes() == link.read_bytes() == NEW
    assert os.readlink(link) == "..data/root.pem"  # noqa: PTH115 - the text, not a path
    assert names(generation) == ["root.pem"]


def test_links_that_are_swapped_meanwhile_are_noticed(tmp_path: Path) -> None:
    for name in ("..1", "..2"):
        (tmp_path / name).mkdir()
        holds(tmp_path / name / "root.pem")
    (tmp_path / "..data").symlink_to("..1")
    link = tmp_path / "root.pem"
    link.symlink_to("..data/root.pem")

    def swap(_data: bytes) -> None:
        (tmp_path / "..new").symlink_to("..2")
        (tmp_path / "..new").rename(tmp_path / "..data")

    with pytest.raises(ConcurrentChange, match="another file"):
        replace_file(link, NEW, reviewed=sha256(OLD), check=swap, follow_link=True)
    assert {(tmp_path / name / "root.pem").read_bytes() for name in ("..1", "..2")} == {OLD}


def test_directories_and_broken_links_are_refused(tmp_path: Path) -> None:
    (tmp_path / "dangling").symlink_to("nowhere")
    (tmp_path / "loop").symlink_to("loop")
    os.mkfifo(tmp_path / "fifo")
    for path in (tmp_path, *(tmp_path / name for name in ("dangling", "loop", "fifo", "no/where"))):
        with pytest.raises(WriteRefused):
            put(path, reviewed=None, follow_link=True)
    assert names(tmp_path) == ["dangling", "fifo", "loop"]


@pytest.mark.parametrize("name", ["a\0b", "a\0/b", "\ud800"])
def test_an_impossible_path_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(WriteRefused, match="not a possible path"):
        put(tmp_path / name, reviewed=None)
    with pytest.raises(WriteRefused, match="not a possible path"), lock_beside(tmp_path / name, holder="x"):
        pass
    assert sweep_leftovers(tmp_path / name) == ()


def test_a_file_beyond_every_bound_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "root.pem"
    with path.open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(WriteRefused, match="larger than"):
        put(path)


def test_the_lock_says_who_holds_it(tmp_path: Path) -> None:
    path = holds(tmp_path / "root.pem")
    code = (
        "import sys; from pathlib import Path; from trustconsole.storage import lock_beside\n"
        "with lock_beside(Path(sys.argv[1]), holder='ann'): print('held', flush=True); sys.stdin.read()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", code, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        link = tmp_path / "other-name"
        link.symlink_to(path)
        with pytest.raises(Locked) as locked, lock_beside(link, holder="bob"):
            pass
        assert locked.value.holder.startswith(f"pid {holder.pid}, ann, since 20")
        assert locked.value.holder in locked.value.message
        holder.kill()
        holder.wait()
    with lock_beside(path, holder="bob"):  # the lock of the dead is free
        assert put(path).outcome == "new"  # and whoever holds it may write
    assert names(tmp_path) == ["other-name", "root.pem"]


@pytest.mark.parametrize("make", [os.mkfifo, lambda path: Path(path).symlink_to("victim")])
def test_an_odd_file_in_the_place_of_the_lock_is_refused(tmp_path: Path, make: object) -> None:
    path = holds(tmp_path / "root.pem")
    make(tmp_path / ".root.pem.trustconsole-lock")  # type: ignore[operator]  # one of two functions of a path
    with pytest.raises(WriteRefused, match="lock"):
        put(path)
    assert path.read_bytes() == OLD
    assert not (tmp_path / "victim").exists()


def test_a_lock_file_that_is_another_file_too_is_left_alone(tmp_path: Path) -> None:
    path, victim = holds(tmp_path / "root.pem"), holds(tmp_path / "victim", b"precious")
    lock = tmp_path / ".root.pem.trustconsole-lock"
    os.link(victim, lock)
    with pytest.raises(WriteRefused, match=r"root\.pem\.trustconsole-lock beside it: it has 2 names"):
        put(path)
    with pytest.raises(WriteRefused, match="2 names"), lock_beside(path, holder="ann"):
        pass
    assert sweep_leftovers(path) == ()
    assert (victim.read_bytes(), path.read_bytes()) == (b"precious", OLD)
    assert lock.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_a_lock_file_of_a_stranger_is_left_alone_and_told_while_it_is_held(tmp_path: Path) -> None:
    path, lock = holds(tmp_path / "root.pem"), holds(tmp_path / ".root.pem.trustconsole-lock", b"bob")
    os.chown(lock, 1234, 1234)
    with pytest.raises(WriteRefused, match=r"root\.pem\.trustconsole-lock beside it: it belongs to uid 1234"):
        put(path)
    assert sweep_leftovers(path) == ()
    with lock.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(Locked, match="by bob"), lock_beside(path, holder="ann"):
            pass
    assert (lock.read_bytes(), path.read_bytes()) == (b"bob", OLD)


def test_leftovers_of_the_dead_are_swept_and_those_of_the_living_stay(tmp_path: Path) -> None:
    path = holds(tmp_path / "root.pem")
    dead = holds(tmp_path / f".root.pem.{'a' * 16}.tmp")
    living = holds(tmp_path / f".root.pem.{'b' * 16}.tmp")
    stranger = holds(tmp_path / ".root.pem.swp")
    link = tmp_path / f".root.pem.{'c' * 16}.tmp"
    link.symlink_to(path)
    holds(tmp_path / ".root.pem.trustconsole-lock", b"pid 1")
    with living.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert sweep_leftovers(path) == (dead,)
    assert names(tmp_path) == sorted([path.name, living.name, stranger.name, link.name])
    assert sweep_leftovers(tmp_path / "no" / "where") == ()


def test_a_killed_writer_leaves_what_the_next_one_sweeps(tmp_path: Path) -> None:
    path = holds(tmp_path / "root.pem")
    code = (
        "import os, signal, sys; from pathlib import Path; from trustconsole.storage import replace_file\n"
        "replace_file(Path(sys.argv[1]), b'x', reviewed=sys.argv[2],"
        " check=lambda _: os.kill(os.getpid(), signal.SIGKILL))"
    )
    killed = subprocess.run([sys.executable, "-c", code, path, sha256(OLD)], check=False)
    assert killed.returncode == -9
    assert path.read_bytes() == OLD
    assert len(names(tmp_path)) == 2
    [left] = sweep_leftovers(path)
    assert left.parent == tmp_path
    assert names(tmp_path) == ["root.pem"]


def test_the_same_bytes_with_other_rights_are_a_replacement_too(tmp_path: Path) -> None:
    path = holds(tmp_path / "root.pem")
    rights = FileMetadata(0o440, os.getuid(), os.getgid(), {}, mtime_ns=1_700_000_000_123_456_789)
    inode = path.stat().st_ino
    answer = replace_file(path, OLD, reviewed=sha256(OLD), check=accept, metadata=rights)
    assert (answer.outcome, answer.problem) == ("new", None)
    assert FileMetadata.of(path) == rights
    assert path.stat().st_ino != inode
