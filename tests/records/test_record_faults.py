"""Whatever a system call answers: what is reported as written is there, and what was there before stays."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.records import record_driver
from tests.records.audit_logs import append, log_in
from tests.storage.tracing import BEGIN, END, Call, Run, calls_of, need_strace, run_traced, run_with_fault

from trustconsole.errors import InputError
from trustconsole.records import Backups
from trustconsole.storage import FileMetadata

FAULTS = ["error=EIO", "error=ENOSPC", "error=EINTR", "signal=SIGKILL"]
WRITING = {"openat", "write", "fsync", "flock"}
TORN = b'{"seq": 3, "time'


class Bench:
    """Runs the driver in a fresh state directory; `earlier` records and backups are there already."""

    def __init__(self, place: Path, what: str, *, earlier: int, torn: bytes = b"") -> None:
        need_strace()
        self._place, self._what, self._earlier, self._torn = place, what, earlier, torn
        self._count = 0

    def fresh(self) -> tuple[Path, list[str]]:
        self._count += 1
        state = self._place / f"{self._count:04}" / "state"
        for number in range(self._earlier):
            append(log_in(state), number)
            Backups(state).keep(Path("/etc/other.pem"), b"%d" % number, FileMetadata(0o600, 0, 0))
        if self._torn:
            with (state / "audit.jsonl").open("ab") as file:
                file.write(self._torn)
        return state, [record_driver.__file__, BEGIN, END, str(state), self._what]

    def calls(self) -> list[Call]:
        """The calls of an undisturbed run; of the second one, when all bytecode is written."""
        calls_of(self.fresh()[1], self._place / "log")
        return calls_of(self.fresh()[1], self._place / "log")

    def hurt(self, call: Call, fault: str) -> list[str]:
        state, program = self.fresh()
        records, backups = log_in(state).records(), Backups(state).all()
        run = run_with_fault(program, self._place / "log", call, fault)
        found = [] if run.hit(call) else ["the fault did not happen where it was meant"]
        found += _wrong_with_log(state, run, len(records)) if self._what == "audit" else []
        if Backups(state).all()[: len(backups)] != backups:
            found.append("an earlier backup is lost")
        if self._what == "backup":
            found += _wrong_with_backup(state, run)
        return [f"{call}: {one}" for one in found]


def _wrong_with_log(state: Path, run: Run, earlier: int) -> list[str]:
    log = log_in(state)
    records, judged = log.records(), log.verify()
    found = []
    if run.code == 0 and run.said[0] == "refused":
        if len(records) != earlier:
            found.append(f"refused, and there is {records[-1].action}")
    elif run.code == 0 and (not judged.ok or records[-1].hash != run.said[0]):
        found.append(f"said {run.said}, and there is {judged}")
    if not judged.ok and judged.damage != "torn":
        found.append(f"the log is damaged: {judged}")
    append(log, 9)
    if not log.verify().ok or log.records()[:earlier] != records[:earlier]:
        found.append(f"the next record does not mend it: {log.verify()}")
    return found


def _wrong_with_backup(state: Path, run: Run) -> list[str]:
    backups = Backups(state)
    if run.code == 0 and run.said[0] != "refused":
        try:
            return [] if backups.load(run.said[0]).data == record_driver.DATA else ["other bytes"]
        except InputError as error:
            return [f"said {run.said}, and {error}"]
    again = backups.keep(Path("/etc/trust.pem"), record_driver.DATA, FileMetadata(0o640, 1, 2))
    return [] if backups.load(again.id) == again else ["it cannot be kept afterwards"]


@pytest.mark.parametrize("fault", ["error=EIO", "signal=SIGKILL"])
@pytest.mark.parametrize(("what", "earlier"), [("audit", 0), ("audit", 2), ("backup", 1)])
def test_any_failing_call_is_refused_or_harmless(tmp_path: Path, what: str, earlier: int, fault: str) -> None:
    bench = Bench(tmp_path, what, earlier=earlier)
    calls = bench.calls()
    assert {call.name for call in calls} >= WRITING
    assert [wrong for call in calls for wrong in bench.hurt(call, fault)] == []


@pytest.mark.parametrize("fault", ["error=ENOSPC", "error=EINTR"])
@pytest.mark.parametrize("what", ["audit", "backup"])
def test_a_full_disk_or_a_signal_at_any_write_is_harmless(tmp_path: Path, what: str, fault: str) -> None:
    bench = Bench(tmp_path, what, earlier=1)
    calls = [call for call in bench.calls() if call.name in WRITING]
    assert calls
    assert [wrong for call in calls for wrong in bench.hurt(call, fault)] == []


@pytest.mark.parametrize("fault", FAULTS)
def test_taking_off_a_torn_line_may_fail_as_well(tmp_path: Path, fault: str) -> None:
    bench = Bench(tmp_path, "audit", earlier=2, torn=TORN)
    own = [call for call in bench.calls() if call.name in ("ftruncate", "write", "fsync", "pread64")]
    assert {"ftruncate", "write"} <= {call.name for call in own}
    assert [wrong for call in own for wrong in bench.hurt(call, fault)] == []


def test_a_record_is_synced_and_so_is_the_name_of_a_new_log(tmp_path: Path) -> None:
    bench = Bench(tmp_path, "audit", earlier=0)
    run = run_traced(bench.fresh()[1], tmp_path / "log", "trace=openat,write,fsync,access")
    before, _, after = run.between.partition("audit.jsonl")
    assert "O_CREAT" in after.partition("\n")[0], before
    opened = re.search(r"= (\d+)$", after, re.M)
    assert opened
    directory = re.search(r'openat\([^\n]*/state", [^\n]*O_DIRECTORY[^\n]* = (\d+)$', after, re.M)
    assert directory
    steps = [rf"write\({opened[1]}, ", rf"fsync\({opened[1]}\) += 0", rf"fsync\({directory[1]}\) += 0"]
    places = [[found.start() for found in re.finditer(step, after)] for step in steps]
    assert [len(found) for found in places] == [1, 1, 1], after
    assert places == sorted(places)


def test_a_backup_is_synced_with_its_name_before_it_is_described(tmp_path: Path) -> None:
    bench = Bench(tmp_path, "backup", earlier=1)
    run = run_traced(bench.fresh()[1], tmp_path / "log", "trace=openat,write,fsync,renameat,linkat,access")
    lines = [re.sub(r"^\d+ +", "", line) for line in run.between.splitlines()]
    order = [line.partition("(")[0] for line in lines if not line.startswith(("openat", "access"))]
    assert order == ["write", "fsync", "renameat", "fsync", "write", "fsync", "linkat", "fsync"]


@pytest.mark.parametrize(("what", "earlier"), [("audit", 0), ("audit", 2), ("backup", 0), ("backup", 1)])
def test_what_cannot_be_made_durable_is_refused(tmp_path: Path, what: str, earlier: int) -> None:
    bench = Bench(tmp_path, what, earlier=earlier)
    syncs = [call for call in bench.calls() if call.name == "fsync"]
    assert syncs
    for call in syncs:
        run = run_with_fault(bench.fresh()[1], tmp_path / "log", call, "error=EIO")
        assert run.hit(call)
        assert run.said[0] == "refused", call
