"""The process table under /proc: who runs, since when, as what.

A process is identified by boot, pid and start tick, none of which follow the wall clock; its start in wall
clock time is *computed* from the boot's instant and so moves when the clock is set (proc(5), field 22).
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from trustconsole import limits
from trustconsole.errors import InputError
from trustconsole.storage import read_bounded

SECOND = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Process:
    """One entry: `since_boot` in nanoseconds, one clock tick exact; `state` is the letter of proc(5)."""

    pid: int
    since_boot: int
    state: str

    @property
    def running(self) -> bool:
        """Not a zombie, not dead."""
        return self.state not in "ZXx"


class Processes(Protocol):
    """What probing asks of a process table, of this host or of another one."""

    @property
    def resolution(self) -> int:
        """How far the boot's instant may lie behind the true one, in nanoseconds."""

    def boot_id(self) -> str:
        """As `ProcessTable.boot_id`."""

    def boot(self) -> int | None:
        """As `ProcessTable.boot`."""

    def find(self, pid: int, /) -> Process | None:
        """As `ProcessTable.find`."""

    def matching(self, text: str, /) -> Iterable[int]:
        """As `ProcessTable.matching`."""


def parse_process(pid: int, line: bytes, tick: int) -> Process | None:
    """The process in a line of `/proc/PID/stat`, `tick` in nanoseconds; None where it makes no sense."""
    fields = line.rpartition(b")")[2].split()  # the name before it may hold anything, brackets too
    if len(fields) < 20 or not fields[19].isdigit():
        return None
    return Process(pid, int(fields[19]) * tick, fields[0].decode("ascii", "replace"))


class ProcessTable:
    """`/proc`, or a directory that looks like it.

    `boot_instant` gives the boot in wall clock nanoseconds; without it, `btime` in the table's `stat` counts,
    which is cut to the second (`resolution`).
    """

    def __init__(
        self,
        root: Path = Path("/proc"),
        *,
        boot_instant: Callable[[], int] | None = None,
        ticks: int | None = None,
    ) -> None:
        self.root = root
        self._boot_instant = boot_instant
        self._tick = SECOND // (ticks or os.sysconf("SC_CLK_TCK"))
        self.resolution = self._tick if boot_instant else SECOND + self._tick

    @classmethod
    def of_this_host(cls) -> ProcessTable:
        """The real table, its boot instant from the kernel's clocks."""
        return cls(boot_instant=lambda: time.time_ns() - time.clock_gettime_ns(time.CLOCK_BOOTTIME))

    def _read(self, *parts: str) -> bytes | None:
        path = self.root.joinpath(*parts)
        try:
            return read_bounded(path, limits.PROCESS_ENTRY_BYTES, what="process entry").data
        except InputError:
            return None

    def boot_id(self) -> str:
        """The random name of this boot, empty where the kernel tells none."""
        data = self._read("sys", "kernel", "random", "boot_id") or b""
        return data.decode("ascii", "replace").strip()[:64]

    def boot(self) -> int | None:
        """The instant of the boot by today's clock, None where it cannot be known."""
        if self._boot_instant is not None:
            return self._boot_instant()
        for line in (self._read("stat") or b"").splitlines():
            words = line.split()
            if len(words) == 2 and words[0] == b"btime" and words[1].isdigit():
                return int(words[1]) * SECOND
        return None

    def find(self, pid: int) -> Process | None:
        """The process with that number, None where there is none (or its entry makes no sense)."""
        data = self._read(str(pid), "stat")
        return parse_process(pid, data, self._tick) if data is not None else None

    def matching(self, text: str) -> Iterator[int]:
        """Pids whose arguments, joined by spaces, hold `text`; this very process is left out."""
        try:
            names = [entry.name for entry in self.root.iterdir() if entry.name.isdecimal()]
        except OSError:
            return
        for name in sorted(names, key=int):
            data = self._read(name, "cmdline")
            words = (data or b"").replace(b"\0", b" ").decode("utf-8", "replace")
            if text in words and int(name) != os.getpid():
                yield int(name)
