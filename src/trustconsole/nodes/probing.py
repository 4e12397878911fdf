"""Since when a node runs, and as which process: one function per kind of evidence, in one table.

Times are spans, not points: systemd prints whole seconds, and a start computed from the boot moves with the
clock, so each answer says how early and how late the start may have been by any clock that was seen. Whoever
compares takes the end of the span that cannot flatter.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from trustconsole import limits
from trustconsole.errors import InputError
from trustconsole.nodes.commands import CommandResult, Runner
from trustconsole.nodes.processes import SECOND, Process, Processes
from trustconsole.records import Evidence, EvidenceKind, Observations
from trustconsole.storage import read_bounded
from trustconsole.text import plural, shorten

_PID_FILE_SLACK = 2 * SECOND
SYSTEMD_PROPERTIES = (
    "LoadState,ActiveState,MainPID,InvocationID,ExecMainStartTimestamp,ExecMainStartTimestampMonotonic"
)
_TIMESTAMP = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))? UTC")


@dataclass(frozen=True, slots=True)
class Start:
    """The node started within [`earliest`, `latest`], nanoseconds since 1970."""

    earliest: int
    latest: int


@dataclass(frozen=True, slots=True)
class Probe:
    """What was found out about a node. `problem` says in words why there is no (or no trustworthy) start.

    `identity` names this run of the node and no other; it does not depend on the wall clock.
    """

    evidence: str
    start: Start | None = None
    identity: str | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class PidFile:
    """The beginning of a pid file, and when it was written (nanoseconds since 1970)."""

    text: bytes
    written: int


class SeeBoot(Protocol):
    """Remembers where a host's clock puts its boot; `Observations.see_boot`."""

    def __call__(self, boot_id: str, instant: int, since_boot: int, /) -> tuple[int, int]:
        """The earliest and latest instant of the boot."""


@dataclass(frozen=True, slots=True)
class Host:
    """Where the evidence is, this host or another: what systemd says of a unit, the bytes of a pid file
    (raises `InputError`), a process table, and the memory of the host's clock.
    """

    show_unit: Callable[[str], CommandResult]
    read_pid_file: Callable[[str], PidFile]
    processes: Processes
    see_boot: SeeBoot

    @classmethod
    def here(cls, runner: Runner, processes: Processes, observations: Observations) -> Host:
        """This host."""

        def show_unit(unit: str) -> CommandResult:
            shown = ("env", "LC_ALL=C", "TZ=UTC", "systemctl", "show", "--no-pager")
            return runner((*shown, f"--property={SYSTEMD_PROPERTIES}", "--", unit))

        return cls(show_unit, _read_pid_file, processes, observations.see_boot)


def _read_pid_file(path: str) -> PidFile:
    read = read_bounded(Path(path), limits.PROCESS_ENTRY_BYTES, what="pid file")
    return PidFile(read.data, read.identity.mtime_ns)


def instant(nanoseconds: int) -> datetime:
    """Nanoseconds since 1970 as an aware UTC time; what no calendar holds is cut to the year 9999."""
    return datetime.fromtimestamp(min(max(nanoseconds // 1000, 0), 253_402_300_799_000_000) / 1_000_000, UTC)


def _clock_text(nanoseconds: int) -> str:
    return instant(nanoseconds).strftime("%Y-%m-%d %H:%M:%S UTC")


def _start_of(process: Process, host: Host) -> Start | None:
    boot = host.processes.boot()
    if boot is None:
        return None
    earliest, latest = host.see_boot(host.processes.boot_id(), boot, process.since_boot)
    return Start(earliest + process.since_boot, latest + process.since_boot + host.processes.resolution)


def _identity_of(process: Process, host: Host) -> str:
    return f"{host.processes.boot_id()}/{process.pid}/{process.since_boot}"


def _of_process(process: Process | None, pid: int, where: str, host: Host) -> Probe:
    evidence = f"pid {pid} {where}"
    if process is None:
        return Probe(evidence, problem=f"no process {pid} runs ({where})")
    if not process.running:
        return Probe(evidence, problem=f"process {pid} has ended and waits to be reaped ({where})")
    start = _start_of(process, host)
    if start is None:
        return Probe(evidence, problem="the host's boot time cannot be read, so no start can be computed")
    return Probe(
        f"pid {pid} since {_clock_text(start.earliest)}, {where}", start, _identity_of(process, host)
    )


def _probe_pid_file(value: str, host: Host) -> Probe:
    try:
        read = host.read_pid_file(value)
    except InputError as error:
        return Probe(f"pid file {value}", problem=f"pid file {value} {error.message}")
    first = read.text.split(None, 1)[:1]
    if not first or len(first[0]) > 10 or not first[0].isdigit() or not int(first[0]):
        return Probe(f"pid file {value}", problem=f"{value} does not begin with a process number")
    pid, where = int(first[0]), f"from {value}"
    probe = _of_process(host.processes.find(pid), pid, where, host)
    if probe.start is not None and probe.start.earliest > read.written + _PID_FILE_SLACK:
        return Probe(
            probe.evidence,
            problem=f"process {pid} started after {value} was written: the number was used again, "
            "or the clock was set",
        )
    return probe


def _probe_process(value: str, host: Host) -> Probe:
    words = shorten(value, 60)
    found = [process for pid in host.processes.matching(value) if (process := host.processes.find(pid))]
    running = [process for process in found if process.running]
    if not running:
        return Probe(f'process "{words}"', problem=f'no process runs with "{words}" among its arguments')
    # Of several, the oldest decides: the node is not newer than any part of it.
    oldest = min(running, key=lambda process: (process.since_boot, process.pid))
    where = f'by "{words}"'
    if len(running) > 1:
        where += f", the oldest of {plural(len(running), 'process', 'processes')}"
    return _of_process(oldest, oldest.pid, where, host)


def _probe_systemd(unit: str, host: Host) -> Probe:
    result = host.show_unit(unit)
    evidence = f"systemd unit {unit}"
    if result.status != 0:
        said = (result.problem or result.errors.strip().partition("\n")[0] or "no answer")[:200]
        return Probe(evidence, problem=f"systemctl does not answer for {unit}: {said}")
    facts = dict(line.partition("=")[::2] for line in result.output.splitlines())
    if facts.get("LoadState") == "not-found":
        return Probe(evidence, problem=f"systemd knows no unit {unit}")
    if facts.get("ActiveState") not in ("active", "reloading"):
        return Probe(evidence, problem=f"unit {unit} is {facts.get('ActiveState') or 'in no known state'}")
    spans = _systemd_spans(facts, host)
    if not spans:
        return Probe(evidence, problem=f"systemd gives no start time for {unit}")
    start = Start(min(span.earliest for span in spans), max(span.latest for span in spans))
    pid = facts.get("MainPID", "0")
    return Probe(
        f"systemd unit {unit}, pid {pid} since {_clock_text(start.earliest)}",
        start,
        facts.get("InvocationID") or f"{pid}/{facts.get('ExecMainStartTimestampMonotonic', '')}",
    )


def _systemd_spans(facts: Mapping[str, str], host: Host) -> list[Start]:
    """Every account of the start: the wall clock's at that moment, and the process table's or the boot's now.

    They disagree where the clock was set in between; the span over all of them then allows no firm answer.
    """
    spans: list[Start] = []
    printed = _TIMESTAMP.search(facts.get("ExecMainStartTimestamp", ""))
    if printed is not None:
        spans += _printed_span(printed)
    pid = facts.get("MainPID", "")
    process = host.processes.find(int(pid)) if pid.isdecimal() and 0 < len(pid) < 11 else None
    if process is not None and (span := _start_of(process, host)) is not None:
        spans.append(span)
    elif not spans and (micro := facts.get("ExecMainStartTimestampMonotonic", "")).isdecimal():
        boot = host.processes.boot()
        if boot is not None and int(micro[:18]) > 0:
            since = boot + int(micro[:18]) * 1000
            spans.append(Start(since, since + host.processes.resolution))
    return spans


def _printed_span(match: re.Match[str]) -> list[Start]:
    day, clock, fraction = match.groups()
    try:
        second = int(datetime.fromisoformat(f"{day}T{clock}+00:00").timestamp())
    except ValueError:  # the 31st of February
        return []
    if fraction is None:
        return [Start(second * SECOND, second * SECOND + SECOND)]
    exact = second * SECOND + int(fraction.ljust(6, "0")) * 1000
    return [Start(exact, exact + 1000)]


def _probe_manual(_value: str, _host: Host) -> Probe:
    return Probe("none", problem="no evidence is set up: the settings say manual")


PROBES: Mapping[EvidenceKind, Callable[[str, Host], Probe]] = {
    "systemd": _probe_systemd,
    "pid_file": _probe_pid_file,
    "process": _probe_process,
    "manual": _probe_manual,
}


def probe(evidence: Evidence, host: Host) -> Probe:
    """Look at one node's evidence; never raises over what is found."""
    return PROBES[evidence.kind](evidence.value, host)
