"""The parts below a replacement: names that are given exclusively, locks that count, private directories."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from tests.storage.placing import NEW, OLD, holds, names, sha256
from tests.storage.tracing import BEGIN, END, calls_of, ended, need_strace, stopped_after

from trustconsole.storage import lock_beside, make_private, replace_file, replace_own, sweep_leftovers
from trustconsole.storage.temporary import open_directory, temporary_beside


def test_a_name_is_given_exclusively_or_not_at_all(tmp_path: Path) -> None:
    path = holds(tmp_path / "root.pem")
    with (
        open_directory(tmp_path) as directory,
        pytest.raises(FileExistsError),
        temporary_beside(directory, path.name, NEW) as temporary,
    ):
        temporary.publish(path.name, exclusive=True)
    assert path.read_bytes() == OLD
    assert names(tmp_path) == ["root.pem"]


def test_the_temporary_file_of_a_living_writer_is_not_swept(tmp_path: Path) -> None:
    path = holds(tmp_path / "root.pem")
    swept = []

    def meanwhile(_data: bytes) -> None:
        assert len(names(tmp_path)) == 2
        swept.append(sweep_leftovers(path))

    assert replace_file(path, NEW, reviewed=sha256(OLD), check=meanwhile).outcome == "new"
    assert swept == [()]


def test_a_state_file_is_replaced_privately_and_leftovers_of_it_are_swept(tmp_path: Path) -> None:
    path = holds(tmp_path / "observations.json")
    path.chmod(0o644)
    holds(tmp_path / f".observations.json.{'a' * 16}.tmp")
    replace_own(path, NEW)
    assert path.read_bytes() == NEW
    assert path.stat().st_mode & 0o7777 == 0o600
    assert names(tmp_path) == ["observations.json"]
    with pytest.raises(FileExistsError):
        replace_own(path, OLD, exclusive=True)
    assert path.read_bytes() == NEW


def test_directories_are_made_private_and_existing_ones_are_left_as_they_are(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    make_private(tmp_path / "a" / "b")
    make_private(tmp_path / "a" / "b")
    modes = [path.stat().st_mode & 0o7777 for path in (tmp_path, tmp_path / "a", tmp_path / "a" / "b")]
    assert modes == [0o755, 0o700, 0o700]
    holds(tmp_path / "file")
    with pytest.raises(OSError, match="Not a directory"):
        make_private(tmp_path / "file" / "c")


LOCK = """
import os, sys
from pathlib import Path
from trustconsole.errors import Locked
from trustconsole.storage.locking import lock_beside
begin, end, path = sys.argv[1:]
os.access(begin, os.F_OK)
try:
    with lock_beside(Path(path), holder="bob"):
        print("held", end="")
except Locked as error:
    print(error.holder, end="")
os.access(end, os.F_OK)
"""


def test_a_lock_on_a_file_that_was_removed_meanwhile_does_not_count(tmp_path: Path) -> None:
    need_strace()
    path, log = holds(tmp_path / "root.pem"), tmp_path / "log"
    program = ["-S", "-c", LOCK, BEGIN, END, str(path)]
    calls_of(program, log)  # once for the bytecode files
    [opened] = [call for call in calls_of(program, log) if call.name == "openat" and "-lock" in call.text]
    with lock_beside(path, holder="ann"):
        process, pid = stopped_after(program, log, opened)  # it has our file open, not locked yet
    with lock_beside(path, holder="carol"):
        os.kill(pid, signal.SIGCONT)
        run = ended(process, log)
    assert f"pid {os.getpid()}, carol, since" in run.said[0]
