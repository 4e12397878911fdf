"""One look at a node behind `via`: a single script answers for clock, evidence and files (`look.sh`).

Every time in it is the other host's own and is only ever compared with times of that host, so that no clock
skew between the two can turn anything green. Asking is apart from judging, because hosts are asked at the
same time and judged one after the other.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import shlex
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from trustconsole.errors import MalformedInput
from trustconsole.nodes.commands import CommandResult
from trustconsole.nodes.probing import SYSTEMD_PROPERTIES, Host, PidFile, instant
from trustconsole.nodes.processes import SECOND, Process, parse_process
from trustconsole.nodes.target_files import MEMO, NOT_LOADED, NodeFile, Seen
from trustconsole.nodes.via import Answer, Shell, ask, script
from trustconsole.records import Evidence, NodeSettings, Observations
from trustconsole.text import relative_time

_CLOCK = re.compile(r"(\d{1,12})\.(\d{9})?")
_CTIME = re.compile(r"(\d{1,12}) \d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.(\d{9}))? [+-]\d{4}")
_USER_HZ = 100
"""Ticks per second in /proc on every Linux but two dead ones, where `getconf` is missing."""
_PID_FILE_BYTES = 64
_MOST_MATCHES = 64
_SKEW = 30 * SECOND


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file there: digest of its bytes, bound of its ctimes, or why there is neither."""

    sha256: str = ""
    ctime: int = 0
    content: bytes | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class RemoteLook:
    """What one look found. `problem` is set where nothing was found; `now` and `slack` are as in
    `Observations.see_file`, in the other host's time; `skew` is how far its clock is ahead of this host's.
    """

    answer: Answer
    problem: str | None
    now: int = 0
    slack: int = 0
    skew: int = 0
    files: tuple[RemoteFile, ...] = ()

    @property
    def latest(self) -> int:
        """The latest time that it may have been there."""
        return self.now + self.slack


def unreachable(problem: str) -> RemoteLook:
    """A look that found nothing, and why."""
    return RemoteLook(Answer(), problem)


def look_behind(
    node: NodeSettings,
    files: Sequence[NodeFile],
    directory: Path,
    *,
    shell: Shell,
    proc: Path,
    clock: Callable[[], int] = time.time_ns,
) -> RemoteLook:
    """Ask the other side once; blocks for at most the limit of one command, and never raises over it."""
    begun = clock()
    answer = ask(node.via, _body(node, files, directory, proc), shell)
    ended = clock()
    if answer.problem is not None:
        return unreachable(answer.problem)
    told = _CLOCK.match(answer.get("clock") or "")
    if told is None:
        return RemoteLook(answer, f"{shlex.join(node.via)} does not tell the time by date +%s")
    now = int(told[1]) * SECOND + int(told[2] or 0)
    found = tuple(_file(answer, number) for number in range(len(files)))
    # Clocks and time stamps in whole seconds are only known to the second.
    coarse_clock = told[2] is None
    coarse_stamps = any(
        _is_coarse(line) for number in range(len(files)) for line in answer.all(f"ctime-{number}")
    )
    slack = (coarse_clock + coarse_stamps) * SECOND
    ahead = now - begun if now < begun else max(now - ended, 0)
    return RemoteLook(answer, None, now, slack, ahead, found)


def _body(node: NodeSettings, files: Sequence[NodeFile], directory: Path, proc: Path) -> str:
    quote = shlex.quote
    value = quote(evidence_of(node, directory).value)
    evidence = {
        "systemd": f"unit {value} {SYSTEMD_PROPERTIES}",
        "pid_file": f"pid_file {value} {_PID_FILE_BYTES}",
        "process": f"matching {value} {_MOST_MATCHES}",
        "manual": ":",
    }[node.evidence.kind]
    calls = [f"proc={quote(str(proc))}", script("digest"), script("look"), "clock", evidence]
    known = quote(" " + " ".join(MEMO.known()))
    for number, file in enumerate(files):
        word = "content" if file.role == "controller.yml" else "digest"
        calls.append(f"file {number} {quote(str(directory / file.path))} {file.limit} {word} {known}")
    return "\n".join(calls)


def evidence_of(node: NodeSettings, directory: Path) -> Evidence:
    """The node's evidence; the path of a pid file there is relative to the controller's working directory."""
    evidence = node.evidence
    if evidence.kind == "pid_file":
        return replace(evidence, value=str(directory / evidence.value))
    return evidence


def _is_coarse(line: str) -> bool:
    match = _CTIME.fullmatch(line)
    return match is not None and not int(match[2] or 0)


def _file(answer: Answer, number: int) -> RemoteFile:
    problem = answer.get(f"file-{number}")
    digest = answer.get(f"digest-{number}")
    lines = answer.all(f"ctime-{number}")
    stamps = [match for line in lines if (match := _CTIME.fullmatch(line))]
    if problem is not None:
        return RemoteFile(problem=problem)
    if digest is None or not stamps or len(stamps) != len(lines):
        return RemoteFile(
            problem="cannot be looked at there: stat answers in another form than -c '%Z %z' asks"
        )
    ctime = max(int(stamp[1]) * SECOND + (int(stamp[2] or 0) or SECOND - 1) for stamp in stamps)
    content = None
    if (text := answer.get(f"content-{number}")) is not None:
        try:
            content = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            return RemoteFile(problem="cannot be read there: is base64 missing")
        if hashlib.sha256(content).hexdigest() != digest:
            return RemoteFile(problem="was changed while it was looked at")
    return RemoteFile(digest, ctime, content)


def remember(
    look: RemoteLook, node: NodeSettings, files: Sequence[NodeFile], observations: Observations
) -> list[Seen]:
    """What is known of the files now; tells `observations`."""
    return [
        _remember(look, node, file, found, observations)
        for file, found in zip(files, look.files, strict=True)
    ]


def _remember(
    look: RemoteLook, node: NodeSettings, file: NodeFile, found: RemoteFile, observations: Observations
) -> Seen:
    if found.problem is not None:
        return Seen(None, found.problem)
    digest, values = found.sha256, None
    if file.role == "controller.yml":
        if found.content is None and found.sha256 not in MEMO.known():
            return Seen(None, "was not sent along this time")
        values = MEMO.of(found.sha256, found.content)
        if values is None:
            return Seen(None, NOT_LOADED)
        digest = values.digest
    key = f"{file.role}:{file.path} behind {shlex.join(node.via)}"
    memory = observations.see_file(key, digest, found.ctime, now=look.now, slack=look.slack)
    return Seen(memory, None, values)


def host_behind(look: RemoteLook, observations: Observations) -> Host:
    """The other host as `probing` sees one, answering from what was found."""
    answer = look.answer
    tick = SECOND // _number(answer.get("ticks"), _USER_HZ)
    processes: dict[int, Process] = {}
    for line in answer.all("process"):
        number, _, rest = line.partition(" ")
        if number.isdecimal() and (process := parse_process(int(number), rest.encode(), tick)):
            processes[process.pid] = process
    boot = answer.get("btime") or ""
    table = _Table(
        (answer.get("boot-id") or "").strip()[:64],
        int(boot) * SECOND if boot.isdecimal() and len(boot) < 13 else None,
        processes,
        tuple(int(pid) for pid in answer.all("matching") if pid.isdecimal()),
        SECOND + tick,
    )

    def see_boot(boot_id: str, instant: int, since_boot: int, /) -> tuple[int, int]:
        # Not by the name under which this host keeps its own boot, to the nanosecond: `via` may be sudo.
        return observations.see_boot(f"{boot_id} by btime", instant, since_boot, now=look.latest)

    return Host(lambda _unit_name: _unit(answer), lambda _path: _pid_file(answer), table, see_boot)


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isdecimal() and 0 < len(text) < 6 and int(text) else default


@dataclass(frozen=True, slots=True)
class _Table:
    """The processes that the script looked at; a boot from `btime` is cut to the second."""

    name: str
    instant: int | None
    found: dict[int, Process]
    matched: tuple[int, ...]
    resolution: int

    def boot_id(self) -> str:
        return self.name

    def boot(self) -> int | None:
        return self.instant

    def find(self, pid: int, /) -> Process | None:
        return self.found.get(pid)

    def matching(self, _text: str, /) -> Iterable[int]:
        return self.matched


def _unit(answer: Answer) -> CommandResult:
    lines = "\n".join(answer.all("unit"))
    status = _number(answer.get("unit-status"), 0)
    return CommandResult(status, lines if status == 0 else "", lines if status else "")


def _pid_file(answer: Answer) -> PidFile:
    problem = answer.get("pid-file")
    written = answer.get("pid-time") or ""
    if problem is not None or not written.isdecimal():
        raise MalformedInput(problem or "tells no time of writing there")
    return PidFile((answer.get("pid-text") or "").encode(), int(written[:12]) * SECOND)


def skew_words(skew: int) -> str:
    """`, its clock 7 min ahead of this host's`; nothing where the two agree to half a minute."""
    if abs(skew) < _SKEW:
        return ""
    distance = relative_time(instant(abs(skew)), instant(0))
    return f", its clock {distance} {'ahead of' if skew > 0 else 'behind'} this host's"
