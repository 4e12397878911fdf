"""Restarting one node by the command of the settings, and waiting until it says that it is ready.

Which node comes next, and whether the one before proved its start, is the caller's business. A command that
ended well proves nothing: `check_nodes` decides by evidence.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from trustconsole import limits
from trustconsole.nodes.commands import CommandResult, follow_command
from trustconsole.nodes.ready import Readiness, ask_ready
from trustconsole.nodes.via import Shell, command_behind, last_line, run_shell
from trustconsole.records import NodeSettings

_PAUSE_SECONDS = 0.5
_STEP_SECONDS = 0.1


class Streamer(Protocol):
    """Runs a command and hands its lines on as they come; `follow_command` is the real one."""

    def __call__(
        self,
        argv: tuple[str, ...],
        on_output: Callable[[str], None],
        /,
        *,
        stdin: bytes,
        seconds: float,
        cancelled: Callable[[], bool],
    ) -> CommandResult:
        """As `follow_command`."""


def _never() -> bool:
    return False


def _nowhere(_line: str) -> None:
    """Where lines go that nobody wants to see."""


@dataclass(frozen=True, slots=True)
class RestartRun:
    """How the restart command ended: `status` is its exit code, None where it has none; `problem` a sentence
    where it did not end well. `output` (untrusted, bounded) are the lines of both streams as they came.
    """

    status: int | None
    problem: str | None
    output: str = ""

    @property
    def succeeded(self) -> bool:
        """Whether the command ended with 0."""
        return self.problem is None


def restart(
    node: NodeSettings,
    *,
    streamer: Streamer = follow_command,
    on_output: Callable[[str], None] = _nowhere,
    seconds: float = limits.RESTART_SECONDS,
    cancelled: Callable[[], bool] = _never,
) -> RestartRun:
    """Run the node's restart command, behind its `via`; blocks. `on_output` gets each line, untrusted.

    Never raises over the command. Where it is cancelled or takes too long it is killed on this host; behind a
    `via` it may go on on the other, and the problem says so.
    """
    if not node.restart:
        return RestartRun(None, f"the settings name no restart command for {node.name}: add restart to it")
    lines: list[str] = []
    room = limits.COMMAND_OUTPUT_BYTES

    def take(line: str) -> None:
        nonlocal room
        if (room := room - len(line) - 1) >= 0:
            lines.append(line)
        on_output(line)

    argv, stdin = command_behind(node.via, node.restart)
    result = streamer(argv, take, stdin=stdin, seconds=seconds, cancelled=cancelled)
    return RestartRun(result.status, _problem_of(node, result, lines), "\n".join(lines))


def _problem_of(node: NodeSettings, result: CommandResult, lines: list[str]) -> str | None:
    if result.problem is not None:
        still = "; it may still run there" if node.via else ""
        return f"the restart of {node.name} did not end: {result.problem}{still}"
    if result.status == 0:
        return None
    said = last_line("\n".join(lines))
    status = result.status or 0
    how = f"was ended by signal {-status}" if status < 0 else f"ended with exit code {status}"
    return f"the restart command of {node.name} {how}{f': {said}' if said else ''}"


@dataclass(frozen=True, slots=True)
class ReadyWait:
    """`unasked`: the settings name no URL. `reason` is one sentence and may quote the node (untrusted)."""

    state: Literal["ready", "not-ready", "cancelled", "unasked"]
    reason: str


def wait_ready(
    node: NodeSettings,
    *,
    seconds: float = limits.READY_SECONDS,
    cancelled: Callable[[], bool] = _never,
    on_answer: Callable[[str], None] = _nowhere,
    shell: Shell = run_shell,
) -> ReadyWait:
    """Ask the node's `ready` URL until it answers 200, at most `seconds`; blocks. `on_answer` hears others.

    It is asked from this host; a loopback URL of a node behind `via` means that node's own loopback, and is
    asked there with `curl` or `wget`.
    """
    if node.ready is None:
        return ReadyWait("unasked", f"the settings name no ready URL for {node.name}: nothing was waited for")
    deadline = time.monotonic() + seconds
    told = ""
    while True:
        if cancelled():
            return ReadyWait("cancelled", f"waiting for {node.name} was cancelled")
        answer: Readiness = ask_ready(node.ready, node.via, shell)
        if answer.ready:
            return ReadyWait("ready", f"{node.ready} answers 200")
        if answer.words != told:
            on_answer(told := answer.words)
        if time.monotonic() + _PAUSE_SECONDS >= deadline:
            return ReadyWait("not-ready", f"{node.name} is not ready after {seconds:g} s: {answer.words}")
        _pause(cancelled)


def _pause(cancelled: Callable[[], bool]) -> None:
    until = time.monotonic() + _PAUSE_SECONDS
    while time.monotonic() < until and not cancelled():
        time.sleep(_STEP_SECONDS)
