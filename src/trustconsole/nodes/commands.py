"""Running a command: an argument list, no shell, a time limit, and no more output kept than it may have."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import IO

from trustconsole import limits

_CHUNK = 64 * limits.KIB
_LINE_CHARS = 4096
_POLL_SECONDS = 0.1
_GRACE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class CommandResult:
    """What a command answered. `status` is its exit code, None where it never ended by itself or never ran;
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
    stdin: bytes = b"",
    seconds: float = limits.COMMAND_SECONDS,
    most_bytes: int = limits.COMMAND_OUTPUT_BYTES,
) -> CommandResult:
    """Run `argv` with `stdin` to read. Never raises over the command: its absence is a `problem`."""
    return _run(argv, stdin, _Exchange(argv[0], time.monotonic() + seconds, most_bytes))


def follow_command(
    argv: Sequence[str],
    on_output: Callable[[str], None],
    *,
    stdin: bytes = b"",
    seconds: float,
    most_bytes: int = limits.COMMAND_OUTPUT_BYTES,
    cancelled: Callable[[], bool] = lambda: False,
) -> CommandResult:
    """As `run_command`, but `on_output` is given every line (untrusted text, cut at 4096 characters) of both
    streams as it comes, a flood is not kept but does not end the command, and `cancelled` does end it.
    """
    exchange = _Exchange(argv[0], time.monotonic() + seconds, most_bytes, on_output, cancelled)
    return _run(argv, stdin, exchange)


def _run(argv: Sequence[str], stdin: bytes, exchange: _Exchange) -> CommandResult:
    try:
        process = subprocess.Popen(
            list(argv),
            stdin=subprocess.PIPE if stdin else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,  # no terminal: ssh and sudo cannot ask for a password behind our back
            env={**os.environ, "SSH_ASKPASS_REQUIRE": "never"},
        )
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "impossible argument"
        return CommandResult(None, problem=f"{argv[0]} cannot be run: {reason}")
    with process:
        problem = exchange.until_the_end(process, stdin)
        if problem is None:
            with suppress(subprocess.TimeoutExpired):
                return CommandResult(process.wait(_GRACE_SECONDS), *exchange.texts())
            problem = f"{argv[0]} closed its output and kept running"
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    return CommandResult(None, *exchange.texts(), problem=problem)


@dataclass(slots=True)
class _Exchange:
    """What goes in and comes out of one command, until both streams end or the command does.

    A child that keeps the streams open after the command has ended (the background master of a shared ssh
    connection) is not waited for.
    """

    name: str
    deadline: float
    most_bytes: int
    on_output: Callable[[str], None] | None = None
    cancelled: Callable[[], bool] = lambda: False
    kept: dict[int, bytearray] = field(default_factory=dict)
    lines: dict[int, bytearray] = field(default_factory=dict)

    def until_the_end(self, process: subprocess.Popen[bytes], stdin: bytes) -> str | None:
        """Everything until the end; why it stopped before that."""
        with selectors.DefaultSelector() as selector:
            for stream in (process.stdout, process.stderr):
                if stream is not None:
                    self.kept[stream.fileno()], self.lines[stream.fileno()] = bytearray(), bytearray()
                    selector.register(stream, selectors.EVENT_READ)
            if process.stdin is not None:
                os.set_blocking(process.stdin.fileno(), False)
                selector.register(process.stdin, selectors.EVENT_WRITE)
            problem = self._exchange(selector, process, memoryview(stdin))
        for rest in self.lines.values():
            self._tell(rest)
        return problem

    def _exchange(
        self, selector: selectors.BaseSelector, process: subprocess.Popen[bytes], left: memoryview
    ) -> str | None:
        while any(key.events & selectors.EVENT_READ for key in selector.get_map().values()):
            ready = selector.select(min(max(self.deadline - time.monotonic(), 0), _POLL_SECONDS))
            for key, events in ready:
                if events & selectors.EVENT_WRITE:
                    left = _feed(selector, process.stdin, left)
                elif not self._take(key.fd):
                    selector.unregister(key.fileobj)
                elif self.on_output is None and sum(map(len, self.kept.values())) > self.most_bytes:
                    return f"{self.name} answers more than {self.most_bytes} bytes"
            if self.cancelled():
                return f"{self.name} was cancelled"
            if not ready and process.poll() is not None:
                return None
            if time.monotonic() >= self.deadline:
                return f"{self.name} did not answer in time"
        return None

    def _take(self, descriptor: int) -> bool:
        """Keep the next piece of one stream; False at its end."""
        chunk = os.read(descriptor, _CHUNK)
        room = self.most_bytes + 1 - sum(map(len, self.kept.values()))
        self.kept[descriptor] += chunk if self.on_output is None else chunk[: max(room, 0)]
        if self.on_output is not None:
            *whole, rest = (bytes(self.lines[descriptor]) + chunk).split(b"\n")
            for line in whole:
                self._tell(line)
            self.lines[descriptor] = bytearray(rest[: 4 * _LINE_CHARS])
        return bool(chunk)

    def _tell(self, line: bytes | bytearray) -> None:
        if self.on_output is not None and line:
            self.on_output(line.decode("utf-8", "replace").rstrip("\r")[:_LINE_CHARS])

    def texts(self) -> tuple[str, str]:
        """What is kept of standard output and standard error."""
        output, errors = (
            bytes(text[: self.most_bytes]).decode("utf-8", "replace") for text in self.kept.values()
        )
        return output, errors


def _feed(selector: selectors.BaseSelector, stream: IO[bytes] | None, left: memoryview) -> memoryview:
    """Write a piece of what is left; where nothing is left, or nobody reads any more, close the stream."""
    if stream is None:
        return left
    try:
        left = left[os.write(stream.fileno(), left[:_CHUNK]) :]
    except BlockingIOError:
        return left
    except BrokenPipeError:
        left = left[:0]
    if not left:
        selector.unregister(stream)
        stream.close()
    return left
