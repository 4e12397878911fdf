"""strace around `fault_driver`: which system calls a replacement makes, and what happens if one goes wrong.

Calls are counted from the start of the process (strace's `when=`), so that a fault hits the very call that
was meant; the trace is asked whether it did, because an injection that misses is silent.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.storage import fault_driver

SOURCE = Path(fault_driver.__file__).resolve().parents[2] / "src"
HARMLESS = frozenset(
    {
        *("mmap", "munmap", "mremap", "mprotect", "madvise", "brk", "futex"),
        *("getpid", "getuid", "geteuid", "gettid", "getrandom", "rt_sigaction", "rt_sigprocmask"),
    }
)
"""Memory and identity: Python's own business, which no file system can make fail."""

_CALL = re.compile(r"^(?:\d+ +)?(\w+)\((.*)$")


@dataclass(frozen=True)
class Call:
    """The `number`th call (from 1) of `name` in the life of the process, as strace wrote it."""

    name: str
    number: int
    text: str


@dataclass(frozen=True)
class Run:
    """One run of the driver: how it ended, what it printed, and its trace."""

    code: int
    said: list[str]
    trace: str

    @property
    def between(self) -> str:
        """The part of the trace between the markers, or up to the process's end."""
        _, begun, rest = self.trace.partition(fault_driver.BEGIN)
        assert begun, self.trace[-2000:]
        return rest.partition("\n")[2].partition(fault_driver.END)[0]

    def hit(self, call: Call) -> bool:
        """Whether the fault happened, and inside the replacement: an error, or death at that call."""
        name = rf"\b{call.name}\("
        error = re.search(rf"{name}.*\(INJECTED\)", self.between)
        death = re.search(rf"{name}[^\n]*\n[^\n]*\+\+\+ killed by SIGKILL \+\+\+\n\Z", self.between)
        return error is not None or (death is not None and self.code == -9)


def need_strace() -> None:
    """Skip where system calls cannot be made to fail."""
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed (Debian: strace)")
    probe = ["strace", "-f", "--seccomp-bpf", "-o", os.devnull, "-e", "inject=getppid:error=EPERM", "true"]
    if subprocess.run(probe, capture_output=True, check=False).returncode:
        pytest.skip("this host does not let a process be traced")


def calls_of(arguments: list[str], log: Path) -> list[Call]:
    """Every system call between the markers that may fail, in order."""
    run = run_traced(arguments, log, "trace=all")
    assert run.code == 0, run.said
    inside = run.trace.count("\n", 0, run.trace.index(fault_driver.BEGIN))
    end = run.trace.count("\n", 0, run.trace.index(fault_driver.END))
    seen: Counter[str] = Counter()
    found = []
    for number, line in enumerate(run.trace.splitlines()):
        match = _CALL.match(line)
        if match is None:
            continue
        seen[match[1]] += 1
        if inside < number < end and match[1] not in HARMLESS:
            found.append(Call(match[1], seen[match[1]], match[2]))
    return found


def run_traced(arguments: list[str], log: Path, *expressions: str) -> Run:
    """The driver under strace with these `-e` expressions; the fewer calls are traced, the faster."""
    command = ["strace", "-f", "-o", str(log), *(part for one in expressions for part in ("-e", one))]
    if not any(one == "trace=all" or ":signal=" in one for one in expressions):
        command.insert(1, "--seccomp-bpf")  # with it, no signal is ever injected (strace 6.1)
    ran = subprocess.run(
        [*command, sys.executable, "-S", fault_driver.__file__, *arguments],
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(SOURCE),
            "PYTHONHASHSEED": "0",
            "PYTHONDONTWRITEBYTECODE": "",
            "LANG": "C.UTF-8",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert not ran.stderr, ran.stderr
    return Run(ran.returncode, ran.stdout.split("\t"), log.read_text(errors="replace"))


def run_with_fault(arguments: list[str], log: Path, call: Call, fault: str) -> Run:
    """The driver with one call made to fail: `fault` is `error=EIO`, `retval=1`, `signal=SIGKILL`."""
    traced = "trace=" + ",".join(sorted({"access", call.name}))
    return run_traced(arguments, log, traced, f"inject={call.name}:{fault}:when={call.number}")
