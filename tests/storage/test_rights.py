"""Mode, owner, access control list, attributes: the same afterwards, or the change is refused."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.storage.confined import with_mounts, without_powers
from tests.storage.placing import NEW, OLD, accept, holds, names, put, sha256

from trustconsole.errors import WriteRefused
from trustconsole.storage import FileMetadata, replace_file, resolve_target

PUT = "print(json.dumps(put(sys.argv[1], b'old', b'new' * 20_000)))"
ROOT = os.geteuid() == 0

needs_root = pytest.mark.skipif(not ROOT, reason="only root gives files away")


def _acl(path: Path) -> str:
    return subprocess.run(["getfacl", "-p", "-n", path], capture_output=True, text=True, check=True).stdout


def _with_acl(path: Path, *entries: str) -> None:
    if shutil.which("setfacl") is None:
        pytest.skip("setfacl is not installed (Debian: acl)")
    made = subprocess.run(["setfacl", *entries, path], capture_output=True, text=True, check=False)
    if made.returncode:
        pytest.skip(f"no access control lists here: {made.stderr.strip()}")


def _with_attribute(path: Path, name: str, value: bytes) -> None:
    try:
        os.setxattr(path, name, value)
    except OSError as error:
        pytest.skip(f"no extended attributes here: {error.strerror}")


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644, 0o440, 0o4755, 0o2750, 0o000, 0o666])
def test_the_mode_is_kept(tmp_path: Path, mode: int) -> None:
    if not ROOT and not mode & 0o400:
        pytest.skip("only root reads such a file")
    path = holds(tmp_path / "root.pem")
    path.chmod(mode)
    assert put(path).outcome == "new"
    assert path.stat().st_mode & 0o7777 == mode


@needs_root
def test_the_owner_is_kept(tmp_path: Path) -> None:
    path = holds(tmp_path / "root.pem")
    os.chown(path, 1234, 2345)
    path.chmod(0o2640)
    before = FileMetadata.of(path)
    assert put(path).outcome == "new"
    after = FileMetadata.of(path)
    assert after.same_rights(before)
    assert (after.uid, after.gid, after.mode) == (1234, 2345, 0o2640)


def test_the_access_control_list_is_kept(tmp_path: Path) -> None:
    path = holds(tmp_path / "root.pem")
    path.chmod(0o640)
    _with_acl(path, "-m", "u:1234:r,g:2345:rw,m:rw")
    before = _acl(path)
    assert put(path).outcome == "new"
    assert _acl(path) == before
    assert "user:1234:r--" in before


def test_a_list_that_the_directory_hands_down_is_not_added(tmp_path: Path) -> None:
    path = holds(tmp_path / "root.pem")
    path.chmod(0o640)
    _with_acl(tmp_path, "-d", "-m", "u:1234:rwx")
    before = _acl(path)
    assert "1234" not in before
    assert put(path).outcome == "new"
    assert _acl(path) == before


@pytest.mark.parametrize("value", [b"", b"\0\xff" * 100])
def test_attributes_are_kept(tmp_path: Path, value: bytes) -> None:
    path = holds(tmp_path / "root.pem")
    _with_attribute(path, "user.origin", value)
    assert put(path).outcome == "new"
    assert os.getxattr(path, "user.origin") == value


def test_undo_brings_back_bytes_rights_and_time(tmp_path: Path) -> None:
    path = holds(tmp_path / "root.pem")
    path.chmod(0o640)
    _with_acl(path, "-m", "u:1234:r")
    _with_attribute(path, "user.origin", b"ansible")
    os.utime(path, ns=(1_600_000_000_000_000_001, 1_600_000_000_987_654_321))
    if ROOT:
        os.chown(path, 1234, 2345)
    before, acl = FileMetadata.of(path), _acl(path)
    assert put(path).outcome == "new"
    assert path.stat().st_mtime_ns != before.mtime_ns
    path.chmod(0o600)
    os.removexattr(path, "user.origin")
    back = replace_file(path, OLD, reviewed=sha256(NEW), check=accept, metadata=before)
    assert (back.outcome, back.problem) == ("new", None)
    assert path.read_bytes() == OLD
    assert FileMetadata.of(path) == before
    assert _acl(path) == acl


@needs_root
def test_without_the_power_to_keep_the_owner_the_change_is_refused(tmp_path: Path) -> None:
    path = holds(tmp_path / "root.pem", b"old")
    os.chown(path, 1234, 2345)
    before = FileMetadata.of(path)
    name, message, hint = without_powers("-chown", PUT, path)
    assert name == "WriteRefused"
    assert "same owner" in message
    assert "root" in hint
    assert path.read_bytes() == b"old"
    assert FileMetadata.of(path) == before
    assert names(tmp_path) == ["root.pem"]


@needs_root
def test_a_directory_that_may_not_be_written_is_said_beforehand(tmp_path: Path) -> None:
    directory = tmp_path / "security"
    directory.mkdir()
    path = holds(directory / "root.pem", b"old")
    directory.chmod(0o555)
    code = "print(json.dumps([resolve_target(Path(sys.argv[1])).refusal, put(sys.argv[1], b'old', b'new')]))"
    said, answer = without_powers("-dac_override", code, path)
    assert "may not write" in said
    assert answer[:2] == ["WriteRefused", said]
    assert path.read_bytes() == b"old"


def test_a_file_system_that_is_read_only_is_said_beforehand(tmp_path: Path) -> None:
    path = holds(tmp_path / "root.pem", b"old")
    name, message, _ = with_mounts(
        'd=$(dirname "$1"); mount --bind "$d" "$d"; mount -o remount,bind,ro "$d"', PUT, path
    )
    assert (name, "read-only" in message) == ("WriteRefused", True)
    assert path.read_bytes() == b"old"


def test_a_bind_mount_is_refused_with_the_reason(tmp_path: Path) -> None:
    path = holds(tmp_path / "root.pem", b"old")
    holds(tmp_path / "source with a space", b"old")
    name, message, hint = with_mounts('mount --bind "$(dirname "$1")/source with a space" "$1"', PUT, path)
    assert (name, "bind mount" in message) == ("WriteRefused", True)
    assert "mounted from" in hint
    spaced = tmp_path / "source with a space"
    name, message, _ = with_mounts('mount --bind "$(dirname "$1")/root.pem" "$1"', PUT, spaced)
    assert (name, "bind mount" in message) == ("WriteRefused", True)
    assert names(tmp_path) == ["root.pem", "source with a space"]


@pytest.mark.parametrize("flag", ["i", "a"])
@pytest.mark.parametrize("of_directory", [False, True])
def test_what_is_immutable_is_refused_with_the_reason(
    tmp_path: Path, flag: str, *, of_directory: bool
) -> None:
    directory = tmp_path / "security"
    directory.mkdir()
    path = holds(directory / "root.pem")
    marked = directory if of_directory else path
    if shutil.which("chattr") is None:
        pytest.skip("chattr is not installed (Debian: e2fsprogs)")
    set_flag = subprocess.run(["chattr", f"+{flag}", marked], capture_output=True, text=True, check=False)
    if set_flag.returncode:
        pytest.skip(f"no such flags here: {set_flag.stderr.strip()}")
    try:
        said = resolve_target(path)
        assert said.refusal is not None
        assert "chattr" in said.refusal
        assert str(marked) in said.hint
        outcome = _refused(path)
    finally:
        subprocess.run(["chattr", f"-{flag}", marked], check=True)
    assert outcome == said.refusal
    assert path.read_bytes() == OLD
    assert names(directory) == ["root.pem"]


def _refused(path: Path) -> str:
    with pytest.raises(WriteRefused) as refused:
        put(path)
    return refused.value.message


def test_a_full_disk_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    code = """
path = Path(sys.argv[1], "root.pem")
path.write_bytes(b"old" * 10_000)
answer = put(path, b"old" * 10_000, b"new" * 20_000)
same = path.read_bytes() == b"old" * 10_000
small = put(path, b"old" * 10_000, b"new")
print(json.dumps([answer, same, small, sorted(os.listdir(sys.argv[1])), path.read_bytes().decode()]))
"""
    answer, same, small, left, now = with_mounts('mount -t tmpfs -o size=64k tmpfs "$1"', code, tmp_path)
    assert answer[0] == "WriteRefused"
    assert "no space" in answer[1]
    assert same
    assert small == ["new", None]
    assert left == ["root.pem"]
    assert now == "new"
    assert names(tmp_path) == []


def test_what_stands_in_the_way_and_what_follows_is_said_beforehand(tmp_path: Path) -> None:
    path = holds(tmp_path / "root.pem")
    plain = resolve_target(path)
    assert (plain.real, plain.links, plain.exists, plain.needs_consent, plain.refusal, plain.notes) == (
        *(path, (), True, False, None),
        (),
    )
    (tmp_path / "second-name").hardlink_to(path)
    (tmp_path / "..data").symlink_to(".")
    link = tmp_path / "link.pem"
    link.symlink_to("..data/root.pem")
    found = resolve_target(link)
    assert (found.real, found.links, found.needs_consent) == (path, (link, tmp_path / "..data"), True)
    assert [word in note for word, note in zip(("link", "swaps", "hard link"), found.notes, strict=True)] == [
        *(True, True, True)
    ]
    absent = resolve_target(tmp_path / "absent")
    assert (absent.exists, absent.refusal) == (False, None)
