"""A backup is there before the change, comes back with its metadata, and is never half trusted."""

from __future__ import annotations

import os
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.storage.confined import with_mounts
from tests.storage.placing import accept, holds, names, sha256

from trustconsole import limits
from trustconsole.errors import InputError, MissingFile, WriteRefused
from trustconsole.records import Backups
from trustconsole.storage import FileMetadata, replace_file

NOW = datetime(2026, 2, 11, 9, 30, 0, 123_456, tzinfo=UTC)
RIGHTS = FileMetadata(0o640, 1234, 2345, {"user.origin": b"\0\xff", "system.posix_acl_access": b""}, -5, 7)


def backups_in(state: Path) -> Backups:
    moments = iter(NOW + timedelta(microseconds=number) for number in range(1000))
    return Backups(state, clock=lambda: next(moments))


def test_what_was_kept_comes_back(tmp_path: Path) -> None:
    backups = backups_in(tmp_path / "a" / "state")
    kept = backups.keep(Path("/etc/trust.pem"), b"old\0bytes", RIGHTS)
    assert (kept.sha256, kept.taken_at) == (sha256(b"old\0bytes"), NOW)
    assert backups.load(kept.id) == kept
    assert backups.all() == (kept,)
    assert backups.damaged() == ()
    assert b"bytes" not in repr(kept).encode()


def test_backups_are_private(tmp_path: Path) -> None:
    backups = backups_in(tmp_path / "state")
    backups.keep(Path("/etc/trust.pem"), b"old", RIGHTS)
    modes = {path.stat().st_mode & 0o7777 for path in backups.directory.iterdir()}
    assert modes == {0o600}
    assert {path.stat().st_mode & 0o7777 for path in (backups.directory, tmp_path / "state")} == {0o700}


def test_the_same_bytes_are_one_file_with_metadata_for_each_time(tmp_path: Path) -> None:
    backups = backups_in(tmp_path)
    first = backups.keep(Path("/etc/a.pem"), b"same", RIGHTS)
    second = backups.keep(Path("/etc/b.pem"), b"same", FileMetadata(0o600, 0, 0))
    other = backups.keep(Path("/etc/a.pem"), b"other", RIGHTS)
    assert len({first.id, second.id, other.id}) == 3
    assert backups.all() == (first, second, other)
    contents = [name for name in names(backups.directory) if not name.endswith(".json")]
    assert contents == sorted([sha256(b"same"), sha256(b"other")])


def test_two_consoles_never_take_the_same_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = backups_in(tmp_path).keep(Path("/etc/a.pem"), b"same", RIGHTS)
    slow = backups_in(tmp_path)
    monkeypatch.setattr(slow, "_names", list)  # it looked before the other one wrote
    second = slow.keep(Path("/etc/b.pem"), b"same", RIGHTS)
    assert (first.id[-2:], second.id[-2:]) == (".1", ".2")
    assert backups_in(tmp_path).load(first.id) == first


def test_a_damaged_content_is_never_handed_out_and_is_written_again(tmp_path: Path) -> None:
    backups = backups_in(tmp_path)
    kept = backups.keep(Path("/etc/a.pem"), b"old", RIGHTS)
    sound = backups.keep(Path("/etc/a.pem"), b"other", RIGHTS)
    (backups.directory / kept.sha256).write_bytes(b"0ld")
    with pytest.raises(InputError, match="damaged"):
        backups.load(kept.id)
    assert backups.all() == (sound,)
    assert [error.location for error in backups.damaged()]
    again = backups.keep(Path("/etc/a.pem"), b"old", RIGHTS)
    assert {backups.load(one.id).data for one in (kept, again)} == {b"old"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"mode": 416', '"mode": "416"'),
        ('"mode": 416', '"mode": true'),
        ('"mode": 416', '"mode": -1'),
        ("trustconsole/backup/1", "trustconsole/backup/2"),
        ('"/etc/a.pem"', "null"),
        ("AP8=", "AP8"),
        ("AP8=", "A*8="),
        ("2026-02-11", "2026-02-31"),
        ('"microsecond": 123456', '"microsecond": 1000000'),
        ("{", "["),
    ],
)
def test_a_damaged_description_is_never_used(tmp_path: Path, old: str, new: str) -> None:
    backups = backups_in(tmp_path)
    kept = backups.keep(Path("/etc/a.pem"), b"old", RIGHTS)
    description = backups.directory / f"{kept.id}.json"
    text = description.read_text()
    assert old in text
    description.write_text(text.replace(old, new, 1))
    with pytest.raises(InputError, match="damaged"):
        backups.load(kept.id)
    assert (backups.all(), len(backups.damaged())) == ((), 1)


@pytest.mark.parametrize(
    "name", ["", "../../etc/passwd", f"{'a' * 64}", f"{'a' * 64}.0", f"{'a' * 64}.1/x", f"{'A' * 64}.1", "\0"]
)
def test_no_name_leads_out_of_the_directory(tmp_path: Path, name: str) -> None:
    with pytest.raises(MissingFile):
        backups_in(tmp_path).load(name)


def test_where_there_are_none_there_are_none(tmp_path: Path) -> None:
    backups = backups_in(tmp_path / "state")
    assert (backups.all(), backups.damaged()) == ((), ())
    with pytest.raises(MissingFile):
        backups.load(f"{'a' * 64}.1")


def test_what_cannot_be_kept_is_refused(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file")
    with pytest.raises(WriteRefused, match="nothing was changed"):
        backups_in(tmp_path / "state").keep(Path("/etc/a.pem"), b"old", RIGHTS)
    with pytest.raises(WriteRefused, match="larger than"):
        backups_in(tmp_path).keep(Path("/etc/a.pem"), b"x" * (limits.BACKUP_BYTES + 1), RIGHTS)
    holds(tmp_path / "backups", b"a file")
    with pytest.raises(WriteRefused):
        backups_in(tmp_path).keep(Path("/etc/a.pem"), b"old", RIGHTS)
    assert [type(error) for error in backups_in(tmp_path).damaged()]


def test_a_full_disk_refuses_the_backup_and_leaves_the_earlier_ones(tmp_path: Path) -> None:
    code = """
from trustconsole.records import Backups
from trustconsole.storage import FileMetadata
backups = Backups(Path(sys.argv[1]))
first = backups.keep(Path("/etc/a.pem"), b"a" * 20_000, FileMetadata(0o600, 0, 0))
try:
    backups.keep(Path("/etc/a.pem"), b"b" * 60_000, FileMetadata(0o600, 0, 0))
    said = ["kept"]
except TrustConsoleError as error:
    said = [type(error).__name__, error.message]
print(json.dumps([said, backups.all() == (first,), len(list(backups.directory.iterdir()))]))
"""
    said, whole, count = with_mounts('mount -t tmpfs -o size=64k,mode=700 t "$1"', code, tmp_path)
    assert said[0] == "WriteRefused"
    assert "No space left" in said[1]
    assert whole
    assert count == 2


@settings(max_examples=60, deadline=None)
@given(
    st.binary(max_size=2000),
    st.binary(max_size=2000),
    st.sampled_from([0o600, 0o640, 0o644, 0o444, 0o2755]),
    st.dictionaries(st.from_regex(r"user\.[a-z]{1,8}", fullmatch=True), st.binary(max_size=60), max_size=3),
    st.integers(-(10**18), 4 * 10**18),
)
def test_any_file_is_brought_back_as_it_was(
    before: bytes, after: bytes, mode: int, attributes: dict[str, bytes], mtime: int
) -> None:
    with tempfile.TemporaryDirectory() as directory:
        path = holds(Path(directory, "trust.pem"), before)
        try:
            for name, value in attributes.items():
                os.setxattr(path, name, value)
        except OSError as error:
            pytest.skip(f"no extended attributes here: {error.strerror}")
        path.chmod(mode)
        os.utime(path, ns=(mtime, mtime))
        original = FileMetadata.of(path)
        kept = Backups(Path(directory, "state")).keep(path, before, original)
        assert replace_file(path, after, reviewed=sha256(before), check=accept).outcome == "new"
        path.chmod(0o600)
        back = Backups(Path(directory, "state")).load(kept.id)
        answer = replace_file(path, back.data, reviewed=sha256(after), check=accept, metadata=back.metadata)
        assert (answer.outcome, answer.problem) == ("new", None)
        assert path.read_bytes() == before
        assert FileMetadata.of(path) == original
