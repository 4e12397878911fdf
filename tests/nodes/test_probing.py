"""Each kind of evidence: what it proves, and in which words it says that it proves nothing."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from tests.nodes.fake_proc import FakeProc

from trustconsole.nodes import CommandResult, ProcessTable
from trustconsole.nodes.probing import Host, Probe, Start, probe
from trustconsole.records import Evidence, Observations

SECOND = 1_000_000_000
BOOT = 1_770_000_000
MakeProc = Callable[[int], FakeProc]
Answering = Callable[..., Callable[[Sequence[str]], CommandResult]]

UNIT = """\
LoadState=loaded
ActiveState=active
MainPID=4711
InvocationID=0f3c
ExecMainStartTimestamp=Mon 2026-02-02 02:41:40 UTC
ExecMainStartTimestampMonotonic=100500000
"""


def _refuse(argv: Sequence[str]) -> CommandResult:
    raise AssertionError(f"no command was expected: {argv}")


def _probe(
    kind: str,
    value: str,
    table: ProcessTable,
    runner: Callable[[Sequence[str]], CommandResult] = _refuse,
    observations: Observations | None = None,
) -> Probe:
    return probe(Evidence(kind, value), Host.here(runner, table, observations or Observations()))  # type: ignore[arg-type]


def _pid_file(tmp_path: Path, content: str, written: int) -> str:
    path = tmp_path / "node.pid"
    path.write_text(content)
    os.utime(path, (written, written))
    return str(path)


def test_a_pid_file_gives_start_and_identity(fake_proc: MakeProc, tmp_path: Path) -> None:
    proc = fake_proc(BOOT)
    proc.add(4711, 100.5, name="a (b) c")
    found = _probe("pid_file", _pid_file(tmp_path, "4711\n", BOOT + 101), proc.table)
    assert found.problem is None
    assert found.start is not None
    assert found.start.earliest == BOOT * SECOND + 100_500_000_000
    assert found.start.latest - found.start.earliest == SECOND + SECOND // 100
    assert found.identity == "6f1c/4711/100500000000"
    assert found.evidence.startswith("pid 4711 since 2026-02-02 02:41:40 UTC")


@pytest.mark.parametrize(
    ("content", "written", "problem"),
    [
        ("4711", 50, "the number was used again"),
        ("4712", 200, "no process 4712 runs"),
        ("4713", 200, "has ended and waits to be reaped"),
        ("", 200, "does not begin with a process number"),
        ("0", 200, "does not begin with a process number"),
        ("-1", 200, "does not begin with a process number"),
        ("4711x", 200, "does not begin with a process number"),
        ("9" * 5000, 200, "does not begin with a process number"),
    ],
)
def test_a_pid_file_that_proves_nothing_says_why(
    fake_proc: MakeProc, tmp_path: Path, content: str, written: int, problem: str
) -> None:
    proc = fake_proc(BOOT)
    proc.add(4711, 100.5)
    proc.add(4713, 100.5, state="Z")
    found = _probe("pid_file", _pid_file(tmp_path, content, BOOT + written), proc.table)
    assert found.start is None
    assert found.identity is None
    assert found.problem is not None
    assert problem in found.problem


def test_a_missing_pid_file_and_a_fifo_are_answered(fake_proc: MakeProc, tmp_path: Path) -> None:
    proc = fake_proc(BOOT)
    os.mkfifo(tmp_path / "fifo")
    assert "does not exist" in (_probe("pid_file", str(tmp_path / "none"), proc.table).problem or "")
    assert "is a FIFO" in (_probe("pid_file", str(tmp_path / "fifo"), proc.table).problem or "")


def test_a_clock_that_was_set_widens_the_start(fake_proc: MakeProc, tmp_path: Path) -> None:
    proc, observations = fake_proc(BOOT), Observations()
    proc.add(4711, 100)
    path = _pid_file(tmp_path, "4711", BOOT + 100)
    observations.begin_look((BOOT + 200) * SECOND)
    before = _probe("pid_file", path, proc.table, observations=observations)
    proc.set_boot(BOOT + 3600)
    observations.begin_look((BOOT + 3600 + 300) * SECOND)
    after = _probe("pid_file", path, proc.table, observations=observations)
    assert before.start is not None
    assert after.start is not None
    assert after.start.earliest == before.start.earliest
    assert after.start.latest == before.start.latest + 3600 * SECOND
    assert after.identity == before.identity


def test_a_process_is_found_by_its_arguments(fake_proc: MakeProc) -> None:
    proc = fake_proc(BOOT)
    proc.add(10, 50, argv="java -jar daemon.jar")
    proc.add(11, 60, argv="java -jar controller.jar --x")
    found = _probe("process", "-jar controller.jar", proc.table)
    assert found.identity == "6f1c/11/60000000000"
    assert "controller.jar" in found.evidence


def test_of_several_processes_the_oldest_decides(fake_proc: MakeProc) -> None:
    proc = fake_proc(BOOT)
    for pid, since in ((10, 70), (11, 60), (12, 80)):
        proc.add(pid, since, argv="java -jar controller.jar")
    proc.add(9, 10, argv="java -jar controller.jar", state="Z")
    found = _probe("process", "controller.jar", proc.table)
    assert found.identity == "6f1c/11/60000000000"
    assert "the oldest of 3 processes" in found.evidence


def test_this_very_process_is_not_the_node(fake_proc: MakeProc) -> None:
    proc = fake_proc(BOOT)
    proc.add(os.getpid(), 50, argv="trustconsole --process controller.jar")
    assert "no process runs with" in (_probe("process", "controller.jar", proc.table).problem or "")


def test_a_table_that_cannot_be_read_has_no_processes(tmp_path: Path) -> None:
    table = ProcessTable(tmp_path / "none")
    assert _probe("process", "x", table).start is None
    assert "no process 1 runs" in (_probe("pid_file", _pid_file(tmp_path, "1", BOOT), table).problem or "")


def test_systemd_gives_its_own_clock_and_the_invocation(fake_proc: MakeProc, answering: Answering) -> None:
    runner = answering(UNIT)
    found = _probe("systemd", "prexorcloud-controller", fake_proc(BOOT).table, runner)
    assert found.start == Start((BOOT + 100) * SECOND, (BOOT + 101) * SECOND)
    assert found.identity == "0f3c"
    assert found.evidence == ("systemd unit prexorcloud-controller, pid 4711 since 2026-02-02 02:41:40 UTC")
    [argv] = runner.asked  # type: ignore[attr-defined]
    assert argv[:5] == ("env", "LC_ALL=C", "TZ=UTC", "systemctl", "show")
    assert argv[-2:] == ("--", "prexorcloud-controller")


def test_systemd_and_a_clock_that_was_set_back_give_a_span(fake_proc: MakeProc, answering: Answering) -> None:
    proc = fake_proc(BOOT - 3600)
    proc.add(4711, 100.5)
    found = _probe("systemd", "u", proc.table, answering(UNIT))
    assert found.start is not None
    assert found.start.earliest == (BOOT - 3600) * SECOND + 100_500_000_000
    assert found.start.latest == (BOOT + 101) * SECOND


def test_systemd_with_microseconds_is_exact(fake_proc: MakeProc, answering: Answering) -> None:
    answer = UNIT.replace("02:41:40 UTC", "02:41:40.500123 UTC")
    found = _probe("systemd", "u", fake_proc(BOOT).table, answering(answer))
    assert found.start == Start((BOOT + 100) * SECOND + 500_123_000, (BOOT + 100) * SECOND + 500_124_000)


def test_systemd_without_a_printed_time_falls_back_on_the_monotonic_one(
    fake_proc: MakeProc, answering: Answering
) -> None:
    answer = UNIT.replace("Mon 2026-02-02 02:41:40 UTC", "n/a")
    found = _probe("systemd", "u", fake_proc(BOOT).table, answering(answer))
    assert found.start is not None
    assert found.start.earliest == BOOT * SECOND + 100_500_000_000


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ({"output": UNIT.replace("=loaded", "=not-found")}, "systemd knows no unit u"),
        ({"output": UNIT.replace("=active", "=failed")}, "unit u is failed"),
        ({"output": ""}, "unit u is in no known state"),
        ({"output": "LoadState=loaded\nActiveState=active\nMainPID=0\n"}, "no start time"),
        ({"output": UNIT.replace("02-02 02", "02-31 02").replace("100500000", "0")}, "no start time"),
        (
            {"status": 1, "errors": "System has not been booted\nmore"},
            "answer for u: System has not been booted",
        ),
        ({"status": None, "problem": "env cannot be run"}, "env cannot be run"),
    ],
)
def test_systemd_that_proves_nothing_says_why(
    fake_proc: MakeProc, answering: Answering, answer: dict[str, object], problem: str
) -> None:
    found = _probe("systemd", "u", fake_proc(BOOT).table, answering(**answer))
    assert found.start is None
    assert problem in (found.problem or "")


def test_manual_evidence_is_none(fake_proc: MakeProc) -> None:
    assert _probe("manual", "", fake_proc(BOOT).table).start is None


def test_the_real_table_knows_this_process_to_the_tick() -> None:
    table = ProcessTable.of_this_host()
    myself = table.find(os.getpid())
    assert myself is not None
    assert myself.running
    assert table.boot_id()
    boot, btime = table.boot(), ProcessTable().boot()
    assert boot is not None
    assert btime is not None
    assert abs(boot - btime) < 2 * SECOND
