"""Whether a node runs on the files that are on disk now: the one rule, pure, over times that are spans.

A node is `current` only where that is proved: it started more than a second after the content last changed
and is not the process that was seen before the change. It needs a `restart` where the opposite is proved.
Anything else is `unknown` (design note "Restart truth").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from trustconsole.nodes.model import RestartState
from trustconsole.nodes.probing import Probe, Start, instant
from trustconsole.nodes.processes import SECOND
from trustconsole.records import FileMemory
from trustconsole.text import relative_time

FileRole = Literal["trust root", "Rekor key", "controller.yml"]

_MARGIN = SECOND
_FUTURE_SLACK = 2 * SECOND


@dataclass(frozen=True, slots=True)
class FileFacts:
    """One file that a node loads at its start.

    `memory` is None where the file cannot be read, and `problem` says why. `ran_before` is set where this
    very run of the node was seen before the content changed. `other_than` is the path of the target file
    where the node has a file of its own and its digest is another one.
    """

    role: FileRole
    memory: FileMemory | None
    problem: str | None = None
    ran_before: bool = False
    other_than: str | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """The state of a node (or of one file of it), and the reason in words."""

    state: RestartState
    reason: str


_GRAVITY: tuple[RestartState, ...] = ("restart", "unknown", "current")


def judge(files: Sequence[FileFacts], probe: Probe, now: int) -> Judgement:
    """The worst answer over all `files`; `now` in nanoseconds since 1970."""
    if not files:
        return Judgement("unknown", "no trust root or configuration is known for it to be compared with")
    known_old = [file for file in files if file.ran_before or file.other_than is not None]
    if probe.start is None and not (probe.identity and known_old):
        return Judgement("unknown", probe.problem or "there is no evidence of when it started")
    start = probe.start or Start(0, now)
    if start.earliest > now + _FUTURE_SLACK:
        return Judgement("unknown", "its start lies in the future: the clock was set back since")
    answers = [_judge_file(file, start, now) for file in files]
    worst = min(answers, key=lambda answer: _GRAVITY.index(answer.state))
    return worst if worst.state != "current" else _current(files, start)


def _current(files: Sequence[FileFacts], start: Start) -> Judgement:
    last = max(file.memory.changed_before for file in files if file.memory is not None)
    return Judgement("current", f"started {_apart(last, start.earliest)} after the last change")


def _judge_file(file: FileFacts, start: Start, now: int) -> Judgement:
    role, memory = file.role, file.memory
    if memory is None:
        return Judgement("unknown", f"{role} {file.problem or 'cannot be read'}")
    if file.other_than is not None:
        return Judgement(
            "restart", f"its {role} is not the same as {file.other_than}: bring it there, then restart"
        )
    if file.ran_before:
        return Judgement("restart", f"{_changed(role, memory, now)}, and the same process ran before that")
    if memory.changed_before > now + _FUTURE_SLACK:
        return Judgement("unknown", f"{role} changed in the future: the clock was set back since")
    if start.latest + _MARGIN < memory.changed_after:
        return _started_before(role, memory, start, now)
    if start.earliest <= memory.changed_before + _MARGIN:
        return _too_close(role, memory, start, now)
    for after, before in memory.gaps:
        if start.latest > after and start.earliest <= before + _MARGIN:
            return Judgement(
                "unknown",
                f"{role} was rewritten {_clock(before, now)} with the content it had before; "
                "what it held when the node started was not seen",
            )
    return Judgement("current", f"{role} unchanged since it started")


def _started_before(role: FileRole, memory: FileMemory, start: Start, now: int) -> Judgement:
    if role == "controller.yml" and memory.first_seen:
        return Judgement(
            "unknown",
            f"controller.yml was written {_clock(memory.changed_before, now)}, after the start, and what it "
            "held before was never seen (a controller rewrites it itself)",
        )
    ago = _apart(start.earliest, memory.changed_before)
    return Judgement("restart", f"{_changed(role, memory, now)}, node started {ago} before")


def _too_close(role: FileRole, memory: FileMemory, start: Start, now: int) -> Judgement:
    if start.latest - start.earliest > 2 * SECOND:
        return Judgement("unknown", f"the clock was set since, so its start and {role} cannot be compared")
    if memory.changed_before - memory.changed_after > SECOND:
        return Judgement(
            "unknown",
            f"{role} changed some time before {_clock(memory.changed_before, now)} under an old time stamp; "
            "the node started in that span",
        )
    return Judgement("unknown", f"{_changed(role, memory, now)}, the node started within the same second")


def _changed(role: FileRole, memory: FileMemory, now: int) -> str:
    return f"{role} changed {_clock(memory.changed_before, now)}"


def _clock(moment: int, now: int) -> str:
    """`13:58 UTC` today, with the date on other days."""
    there, here = instant(moment), instant(now)
    return there.strftime("%H:%M UTC" if there.date() == here.date() else "%Y-%m-%d %H:%M UTC")


def _apart(first: int, second: int) -> str:
    return relative_time(instant(first), instant(second))
