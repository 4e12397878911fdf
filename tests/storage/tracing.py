"""strace around a small program: which system calls it makes between two marks, and what if one goes wrong.

Calls are counted from the start of the process (strace's `when=`), so that a fault hits the very call that
was meant; the trace is asked whether it did, because an injection that misses is silent.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src"
BEGIN, END = "/trustconsole-begins-here", "/trustconsole-ends-here"
"""Names that the program asks for (access(2)) before and after what is examined."""
_BEGUN, _ENDED = (f'access("{name}"' for name in (BEGIN, END))
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
    """One run of the program: how it ended, what it printed (its tab-separated parts), and its trace."""

    code: int
    said: list[str]
    trace: str

    @property
    def between(self) -> str:
        """The part of the trace between the markers, or up to the process's end."""
        _, begun, rest = self.trace.partition(_BEGUN)
        assert begun, self.trace[-2000:]
        inside = rest.partition("\n")[2].partition(_ENDED)[0]
        return inside[: inside.rfind("\n") + 1]

    def hit(self, call: Call) -> bool:
        """Whether the fault happened between the marks: an error, or death at that call."""
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


def calls_of(program: list[str], log: Path) -> list[Call]:
    """Every system call between the marks that may fail, in order."""
    run = run_traced(program, log, "trace=all")
    assert run.code == 0, run.said
    inside = run.trace.count("\n", 0, run.trace.index(_BEGUN))
    end = run.trace.count("\n", 0, run.trace.index(_ENDED))
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


def strace(program: list[str], log: Path, *expressions: str) -> subprocess.Popen[str]:
    """A Python program with its arguments under strace with these `-e` expressions, just started."""
    log.unlink(missing_ok=True)
    command = ["strace", "-f", "-o", str(log), *(part for one in expressions for part in ("-e", one))]
    if not any(one == "trace=all" or ":signal=" in one for one in expressions):
        command.insert(1, "--seccomp-bpf")  # with it, no signal is ever injected (strace 6.1)
    return subprocess.Popen(
        [*command, sys.executable, *program],
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(SOURCE),
            "PYTHONHASHSEED": "0",
            "PYTHONDONTWRITEBYTECODE": "",
            "LANG": "C.UTF-8",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(process: subprocess.Popen[str], log: Path) -> Run:
    """What a started program left when it ends by itself."""
    out, err = process.communicate(timeout=120)
    assert not err, err
    return Run(process.returncode, out.split("\t"), log.read_text(errors="replace"))


def run_traced(program: list[str], log: Path, *expressions: str) -> Run:
    """The program under strace; the fewer calls are traced, the faster."""
    return ended(strace(program, log, *expressions), log)


def run_with_fault(program: list[str], log: Path, call: Call, fault: str) -> Run:
    """The program with one call made to fail: `fault` is `error=EIO`, `retval=1`, `signal=SIGKILL`."""
    traced = "trace=" + ",".join(sorted({"access", call.name}))
    return run_traced(program, log, traced, f"inject={call.name}:{fault}:when={call.number}")


def stopped_after(program: list[str], log: Path, call: Call) -> tuple[subprocess.Popen[str], int]:
    """The program, stopped when `call` has been made, and the process to send SIGCONT to."""
    stop = f"inject={call.name}:signal=SIGSTOP:when={call.number}"
    process = strace(program, log, f"trace=access,{call.name}", stop)
    deadline = time.monotonic() + 60
    while not log.exists() or "stopped by SIGSTOP" not in log.read_text(errors="replace"):
        assert time.monotonic() < deadline, f"{call} was never made"
        time.sleep(0.01)
    return process, int(log.read_text().split()[0])
