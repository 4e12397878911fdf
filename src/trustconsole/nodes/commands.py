"""Running a probe: an argument list, no shell, a time limit, and no more output kept than it may have."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import IO

from trustconsole import limits

_CHUNK = 64 * limits.KIB


@dataclass(frozen=True, slots=True)
class CommandResult:
    """What a probe answered. `status` is its exit code, None where it never ended by itself or never ran;
    `problem` then says why. `output` and `errors` are untrusted text.
    """

    status: int | None
    output: str = ""
    errors: str = ""
    problem: str | None = None


Runner = Callable[[Sequence[str]], CommandResult]


def run_command(
    argv: Sequence[str],
    *,
    seconds: float = limits.COMMAND_SECONDS,
    most_bytes: int = limits.COMMAND_OUTPUT_BYTES,
) -> CommandResult:
    """Run `argv` with nothing on stdin. Never raises over the command: its absence is a `problem`."""
    try:
        process = subprocess.Popen(
            list(argv),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "impossible argument"
        return CommandResult(None, problem=f"{argv[0]} cannot be run: {reason}")
    with process:
        streams = [stream for stream in (process.stdout, process.stderr) if stream is not None]
        texts, problem = _collect(streams, argv[0], time.monotonic() + seconds, most_bytes)
        if problem is None:
            with suppress(subprocess.TimeoutExpired):
                status = process.wait(1.0)
                return CommandResult(status, *texts)
            problem = f"{argv[0]} closed its output and kept running"
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    return CommandResult(None, *texts, problem=problem)


def _collect(
    streams: list[IO[bytes]], name: str, deadline: float, most_bytes: int
) -> tuple[tuple[str, str], str | None]:
    """All output until both streams end, and why reading stopped before that."""
    kept = {stream.fileno(): bytearray() for stream in streams}
    problem = None
    with selectors.DefaultSelector() as selector:
        for descriptor in kept:
            selector.register(descriptor, selectors.EVENT_READ)
        while selector.get_map() and problem is None:
            ready = selector.select(max(deadline - time.monotonic(), 0))
            if not ready:
                problem = f"{name} did not answer in time"
            for key, _ in ready:
                chunk = os.read(key.fd, _CHUNK)
                kept[key.fd] += chunk
                if not chunk:
                    selector.unregister(key.fd)
                elif sum(map(len, kept.values())) > most_bytes:
                    problem = f"{name} answers more than {most_bytes} bytes"
    output, errors = (bytes(text[:most_bytes]).decode("utf-8", "replace") for text in kept.values())
    return (output, errors), problem
