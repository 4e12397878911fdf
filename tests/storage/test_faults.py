"""Whatever a system call of the write path answers: the file is old or new, and the report says which.

Real system calls are made to fail in a real process, one at a time, each in each of the ways that a disk, a
signal or the death of the process can make it fail.
"""

from __future__ import annotations

import os
import re
import signal
import struct
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.storage import fault_driver
from tests.storage.placing import NEW, OLD, names, sha256
from tests.storage.tracing import (
    BEGIN,
    END,
    SOURCE,
    Call,
    Run,
    calls_of,
    ended,
    need_strace,
    run_traced,
    run_with_fault,
    stopped_after,
)

from trustconsole.storage import FileMetadata, sweep_leftovers

ACL = struct.pack(
    "<I" + "HHI" * 5,
    *(2, 1, 6, 2**32 - 1, 2, 4, 1234, 4, 4, 2**32 - 1, 0x10, 4, 2**32 - 1, 0x20, 0, 2**32 - 1),
)
"""user::rw- user:1234:r-- group::r-- mask::r-- other::--- as the kernel stores it (acl(5), xattr form)."""


@dataclass(frozen=True)
class Scene:
    """A kind of replacement: of an existing file, of none, through a link, with the metadata of an undo."""

    name: str
    reviewed: bool = True
    linked: bool = False
    undo: bool = False

    def set_up(self, place: Path) -> list[str]:
        """Make the file in a directory of its own; the program that replaces it."""
        directory = place / "security"
        directory.mkdir(parents=True)
        real, path = self.real(place), self.real(place)
        (place / "new").write_bytes(NEW)
        if self.reviewed:
            real.write_bytes(OLD)
            _give_rights(real)
        if self.linked:
            path = place / "root.pem"
            path.symlink_to("security/root.pem")
        reviewed = sha256(OLD) if self.reviewed else "-"
        undo = "undo" if self.undo else "plain"
        return ["-S", fault_driver.__file__, BEGIN, END, str(path), reviewed, str(place / "new"), undo]

    def real(self, place: Path) -> Path:
        return place / "security" / "root.pem"


def _give_rights(path: Path) -> None:
    path.chmod(0o640)
    for name, value in (("user.origin", b"ansible"), ("system.posix_acl_access", ACL)):
        with suppress(OSError):  # where there are none, there is nothing to keep
            os.setxattr(path, name, value)
    if os.geteuid() == 0:
        os.chown(path, 1234, 2345)


PLAIN = Scene("plain")
CREATE = Scene("create", reviewed=False)
LINKED = Scene("linked", linked=True)
UNDO = Scene("undo", undo=True)


@dataclass(frozen=True)
class Case:
    """One fault and what it left: the run, the file and its rights, and what lies beside it."""

    call: Call
    run: Run
    content: bytes | None
    rights: FileMetadata | None
    beside: list[str]

    def wrong(self, scene: Scene, rights: FileMetadata | None) -> list[str]:
        """Every promise that this case breaks."""
        before = OLD if scene.reviewed else None
        found = []
        if not self.run.hit(self.call):
            found.append("the fault did not happen where it was meant")
        if self.content not in (before, NEW):
            found.append(f"torn: {self.content!r}")
        if self.content == before and self.rights != rights:
            found.append(f"other rights: {self.rights}")
        if (
            self.content == NEW
            and rights
            and not scene.undo
            and not (self.rights or rights).same_rights(rights)
        ):
            found.append(f"rights were not kept: {self.rights}")
        if self.run.code == -9:
            return found
        outcome, _, told = self.run.said
        claimed = {"old": before, "refused": before, "new": NEW}.get(outcome, b"nothing")
        if self.run.code or claimed != self.content:
            found.append(f"said {self.run.said}, exit code {self.run.code}")
        # A lock that could not be taken is not ours to remove; the sweep does, once nobody holds it.
        left = [name for name in self.beside if "cannot be locked" not in told or "-lock" not in name]
        if left != ([] if self.content is None else ["root.pem"]) and self.call.name[:6] != "unlink":
            found.append(f"left behind: {self.beside}")
        return [f"{self.call}: {one}" for one in found]


class Bench:
    """Runs the driver in a fresh directory for each case."""

    def __init__(self, place: Path, scene: Scene) -> None:
        need_strace()
        self._place, self._scene, self._count = place, scene, 0

    def fresh(self) -> tuple[Path, list[str]]:
        self._count += 1
        place = self._place / f"{self._count:04}"
        return place, self._scene.set_up(place)

    def calls(self) -> list[Call]:
        """The calls of an undisturbed run; of the second one, when all bytecode is written."""
        calls_of(self.fresh()[1], self._place / "log")
        return calls_of(self.fresh()[1], self._place / "log")

    def hurt(self, call: Call, fault: str) -> list[str]:
        """What is wrong after one fault; nothing, if all is well."""
        place, program = self.fresh()
        real = self._scene.real(place)
        rights = FileMetadata.of(real) if self._scene.reviewed else None
        run = run_with_fault(program, self._place / "log", call, fault)
        there = real.exists()
        case = Case(
            call,
            run,
            real.read_bytes() if there else None,
            FileMetadata.of(real) if there else None,
            names(real.parent),
        )
        wrong = case.wrong(self._scene, rights)
        sweep_leftovers(real)
        if call.name[:6] != "unlink" and names(real.parent) != (["root.pem"] if there else []):
            wrong.append(f"{call}: not swept: {names(real.parent)}")
        return wrong


FAULTS = ["error=EIO", "error=ENOSPC", "error=EINTR", "signal=SIGKILL"]


@pytest.mark.parametrize("fault", FAULTS)
def test_any_failing_call_leaves_the_old_or_the_new_file_and_the_truth(tmp_path: Path, fault: str) -> None:
    bench = Bench(tmp_path, PLAIN)
    calls = bench.calls()
    assert {"openat", "write", "fsync", "renameat", "close", "read", "flock"} <= {call.name for call in calls}
    assert [wrong for call in calls for wrong in bench.hurt(call, fault)] == []


@pytest.fixture(scope="module")
def plain_names(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names of the calls that the plain replacement makes, each of which is made to fail there."""
    return {call.name for call in Bench(tmp_path_factory.mktemp("plain"), PLAIN).calls()}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("scene", [CREATE, LINKED, UNDO], ids=lambda scene: scene.name)
def test_what_other_replacements_do_besides_fails_as_well(
    tmp_path: Path, scene: Scene, fault: str, plain_names: set[str]
) -> None:
    bench = Bench(tmp_path, scene)
    calls = bench.calls()
    publish = next(number for number, call in enumerate(calls) if call.name in ("renameat", "linkat"))
    own = [call for number, call in enumerate(calls) if call.name not in plain_names or number >= publish]
    assert [wrong for call in own for wrong in bench.hurt(call, fault)] == []


@pytest.mark.parametrize("taken", [0, 1, 700])
def test_a_write_that_takes_fewer_bytes_than_it_says_is_found_out(tmp_path: Path, taken: int) -> None:
    bench = Bench(tmp_path, PLAIN)
    writes = [call for call in bench.calls() if call.name == "write"]
    assert writes
    assert [wrong for call in writes for wrong in bench.hurt(call, f"retval={taken}")] == []


def test_a_write_that_is_cut_off_in_the_middle_is_found_out(tmp_path: Path) -> None:
    program = PLAIN.set_up(tmp_path)
    ran = subprocess.run(
        ["sh", "-c", 'ulimit -f 1; exec "$@"', "sh", sys.executable, *program],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(SOURCE), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert len(NEW) > 512
    assert ran.stdout.split("\t")[:2] == ["refused", "WriteRefused"], ran.stdout
    assert PLAIN.real(tmp_path).read_bytes() == OLD
    assert names(tmp_path / "security") == ["root.pem"]


@pytest.mark.parametrize("name", ["fchown", "fsetxattr", "fchmod"])
def test_rights_that_cannot_be_kept_refuse_the_change(tmp_path: Path, name: str) -> None:
    bench = Bench(tmp_path, PLAIN)
    calls = [call for call in bench.calls() if call.name == name]
    if not calls:
        pytest.skip(f"nothing here needs {name}")
    assert [wrong for call in calls for wrong in bench.hurt(call, "error=EPERM")] == []
    place, program = bench.fresh()
    run = run_with_fault(program, tmp_path / "log", calls[0], "error=EPERM")
    assert run.said[:2] == ["refused", "WriteRefused"]
    assert "same owner, mode and attributes" in run.said[2]
    assert PLAIN.real(place).read_bytes() == OLD


def test_a_directory_that_cannot_be_synced_is_a_new_file_of_unconfirmed_durability(tmp_path: Path) -> None:
    bench = Bench(tmp_path, PLAIN)
    last = [call for call in bench.calls() if call.name == "fsync"][-1]
    place, program = bench.fresh()
    run = run_with_fault(program, tmp_path / "log", last, "error=EIO")
    assert run.said[:2] == ["new", sha256(NEW)]
    assert "power cut" in run.said[2]
    assert PLAIN.real(place).read_bytes() == NEW


@pytest.mark.parametrize("scene", [PLAIN, CREATE, LINKED, UNDO], ids=lambda scene: scene.name)
def test_the_file_is_synced_before_its_name_and_the_directory_after(tmp_path: Path, scene: Scene) -> None:
    bench = Bench(tmp_path, scene)
    run = run_traced(bench.fresh()[1], tmp_path / "log", "trace=openat,write,fsync,renameat,linkat,access")
    made = re.search(r'openat\((\d+), "(\.root[^"]*\.tmp)", O_RDWR\|O_CREAT\|O_EXCL\|.* = (\d+)', run.between)
    assert made, run.between
    directory, temporary, descriptor = made.groups()
    assert run.said[0] == "new"
    published = "renameat" if scene.reviewed else "linkat"
    steps = [
        rf"write\({descriptor}, .* = {len(NEW)}$",
        rf"fsync\({descriptor}\) += 0$",
        rf'{published}\({directory}, "{re.escape(temporary)}", {directory}, "root\.pem".* = 0$',
        rf"fsync\({directory}\) += 0$",
    ]
    lines = run.between.splitlines()
    places = [[number for number, line in enumerate(lines) if re.search(step, line)] for step in steps]
    assert [len(found) for found in places] == [1, 1, 1, 1], run.between
    assert places == sorted(places)


def test_a_rename_that_did_nothing_is_found_out(tmp_path: Path) -> None:
    bench = Bench(tmp_path, PLAIN)
    [rename] = [call for call in bench.calls() if call.name == "renameat"]
    place, program = bench.fresh()
    run = run_with_fault(program, tmp_path / "log", rename, "retval=0")
    assert run.hit(rename)
    assert run.said[:2] == ["old", sha256(OLD)]
    assert "although" in run.said[2]
    assert PLAIN.real(place).read_bytes() == OLD


def test_what_somebody_else_wrote_after_the_rename_is_called_indeterminate(tmp_path: Path) -> None:
    bench = Bench(tmp_path, PLAIN)
    last = [call for call in bench.calls() if call.name == "fsync"][-1]
    place, program = bench.fresh()
    process, pid = stopped_after(program, tmp_path / "log", last)
    assert PLAIN.real(place).read_bytes() == NEW
    PLAIN.real(place).write_bytes(b"somebody else's")
    os.kill(pid, signal.SIGCONT)
    run = ended(process, tmp_path / "log")
    assert run.said[:2] == ["indeterminate", sha256(b"somebody else's")]
    assert sha256(b"somebody else's") in run.said[2]


def test_a_file_that_appears_at_the_last_moment_is_never_overwritten(tmp_path: Path) -> None:
    bench = Bench(tmp_path, CREATE)
    looks = [call for call in bench.calls() if call.name == "openat" and '"root.pem"' in call.text]
    place, program = bench.fresh()
    process, pid = stopped_after(
        program, tmp_path / "log", looks[1]
    )  # the last look before the name is given
    assert not CREATE.real(place).exists()
    CREATE.real(place).write_bytes(b"somebody else's")
    os.kill(pid, signal.SIGCONT)
    run = ended(process, tmp_path / "log")
    assert run.said[:2] == ["refused", "ConcurrentChange"]
    assert CREATE.real(place).read_bytes() == b"somebody else's"
    assert names(place / "security") == ["root.pem"]
