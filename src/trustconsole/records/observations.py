"""What the console saw at earlier looks: digests of files, identities of nodes, the host's clock.

A file's ctime tells when *something* about it changed; only memory tells whether its content did. The record
makes three things provable: a touch is no change, a change happened after a process was first seen (whatever
the clocks say), and the clock was not moved under a comparison. It is a JSON file in the state directory,
replaced atomically; where it cannot be written, or what is there makes no sense, memory alone serves.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TypeVar

from trustconsole import limits
from trustconsole.errors import InputError, MissingFile
from trustconsole.records.json_fields import text, whole
from trustconsole.storage import make_private, read_own, replace_own
from trustconsole.text import to_json

FILE_NAME = "observations.json"
SCHEMA = "trustconsole/observations/1"

_MOST_ENTRIES = 1024
_MOST_GAPS = 8
_MOST_STEPS = 16
_SAVE_AFTER_NS = 60_000_000_000
_COARSE_NS = 20_000_000
"""How far a ctime may lie behind the clock that we read: the kernel stamps files by ticks (4 to 10 ms)."""


@dataclass(frozen=True, slots=True)
class FileMemory:
    """What is known about one file; instants in nanoseconds since 1970.

    Its content last changed within [`changed_after`, `changed_before`], one instant wherever the ctime tells.
    `changed_look` is the look that found the change, 0 where the file was there at the first look. `gaps` are
    spans between two looks in which the file was rewritten with, in the end, the same content: what it held
    in between is not known. `seen` and `ctime` are those of the last look.
    """

    digest: str
    changed_after: int
    changed_before: int
    changed_look: int
    ctime: int
    seen: int
    gaps: tuple[tuple[int, int], ...] = ()

    @property
    def first_seen(self) -> bool:
        """Whether no change was ever observed, so that the times are only the file's own word."""
        return self.changed_look == 0


@dataclass(frozen=True, slots=True)
class _NodeMemory:
    identity: str
    first_look: int
    seen: int


@dataclass(frozen=True, slots=True)
class _BootMemory:
    """`steps`: how long after the boot the clock was first seen to put the boot where, at most 16 times."""

    steps: tuple[tuple[int, int], ...]
    seen: int


class Observations:
    """The record, and the only way to change it.

    Call `begin_look` with the time, then `see_file`, `see_node`, `see_boot`, then `save`.
    """

    def __init__(self, directory: Path | None = None) -> None:
        self._damage: str | None = None
        self._refused: str | None = None
        self._directory = directory
        self._look = 0
        self._now = 0
        self._saved_at = 0
        self._changed = False
        self._files: dict[str, FileMemory] = {}
        self._nodes: dict[str, _NodeMemory] = {}
        self._boots: dict[str, _BootMemory] = {}

    @classmethod
    def load(cls, directory: Path) -> Observations:
        """The record kept in `directory`; an empty one where there is none, or none that makes sense."""
        self = cls(directory)
        path = directory / FILE_NAME
        try:
            record = json.loads(read_own(path, limits.STATE_BYTES).data)
            if not isinstance(record, dict) or record.get("schema") != SCHEMA:
                raise ValueError(SCHEMA)
            files = {key: _file_memory(value) for key, value in record["files"].items()}
            nodes = {key: _node_memory(value) for key, value in record["nodes"].items()}
            boots = {key: _boot_memory(value) for key, value in record["boots"].items()}
            look, saved = whole(record["look"]), whole(record["saved"])
        except MissingFile:
            pass
        except InputError as error:
            self._damage = f"{path} {error.message}: earlier observations are not used"
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            self._damage = f"{path} is damaged: earlier observations are not used"
        else:
            self._files, self._nodes, self._boots = files, nodes, boots
            self._look, self._saved_at = look, saved
        return self

    @property
    def problem(self) -> str | None:
        """Why nothing is kept beyond this session, or what was wrong with the record that was there."""
        return self._refused or self._damage

    def begin_look(self, now: int) -> None:
        """A new look begins at `now`, taken before anything is read."""
        self._look += 1
        self._now = now

    def see_file(
        self, key: str, digest: str, ctime: int, *, now: int | None = None, slack: int = 0
    ) -> FileMemory:
        """The file `key` holds `digest`, its ctime bound being `ctime`; what is known about it now.

        A file of another host comes with that host's own time, taken before it was read: its clock showed
        something within [`now`, `now` + `slack`], and `slack` also covers how coarse its time stamps are.
        """
        now = self._now if now is None else now
        before = self._files.get(key)
        if before is None:
            memory = FileMemory(digest, ctime, ctime, 0, ctime, now)
        else:
            # A ctime from before the last look does not date what happened since: another file took its place
            # without a new ctime (a directory was renamed), or the clock moved.
            dated = ctime > before.seen + slack - _COARSE_NS
            until = ctime if dated else max(now + slack, before.seen)
            if before.digest != digest:
                after = ctime if dated else before.seen
                memory = FileMemory(digest, after, until, self._look, ctime, now)
            elif before.ctime != ctime:
                memory = replace(before, ctime=ctime, seen=now, gaps=_with_gap(before, until))
            else:
                memory = replace(before, seen=now)
        if before is None or replace(before, seen=0) != replace(memory, seen=0):
            self._changed = True
        self._files[key] = memory
        return memory

    def see_node(self, name: str, identity: str) -> int:
        """The node `name` is the process `identity`; the number of the look that first saw this identity."""
        before = self._nodes.get(name)
        first = before.first_look if before is not None and before.identity == identity else self._look
        self._changed |= before is None or before.identity != identity
        self._nodes[name] = _NodeMemory(identity, first, self._now)
        return first

    def see_boot(
        self, boot_id: str, instant: int, since_boot: int, *, now: int | None = None
    ) -> tuple[int, int]:
        """The host booted at `instant` by today's clock: the earliest and latest instant by any clock that
        was in force since a process started `since_boot` nanoseconds after the boot.

        They differ where the clock was set in the life of that process, and its start with it. `now` is the
        host's own time, at the latest, where it is another one.
        """
        now = self._now if now is None else now
        before = self._boots.get(boot_id)
        steps = before.steps if before is not None else ()
        if not steps or abs(steps[-1][1] - instant) > _COARSE_NS:
            steps = (*steps, (max(now - instant, 0), instant))[-_MOST_STEPS:]
            self._changed = True
        self._boots[boot_id] = _BootMemory(steps, self._now)
        earlier = [number for number, (seen_at, _) in enumerate(steps) if seen_at <= since_boot]
        in_force = [step for _, step in steps[earlier[-1] if earlier else 0 :]] + [instant]
        return min(in_force), max(in_force)

    def save(self) -> None:
        """Keep the record where something changed, or the last time was a minute ago; sets `problem`."""
        due = abs(self._now - self._saved_at) > _SAVE_AFTER_NS
        if self._directory is None or not (self._changed or due):
            return
        record = {
            "schema": SCHEMA,
            "look": self._look,
            "saved": self._now,
            "files": _newest(self._files),
            "nodes": _newest(self._nodes),
            "boots": _newest(self._boots),
        }
        try:
            make_private(self._directory)
            replace_own(self._directory / FILE_NAME, to_json(record, indent=1).encode())
        except OSError as error:
            self._refused = (
                f"{self._directory} cannot be written ({error.strerror or error}): "
                "observations last only as long as this session"
            )
            return
        self._changed, self._saved_at = False, self._now
        self._refused = None


def _with_gap(before: FileMemory, until: int) -> tuple[tuple[int, int], ...]:
    gaps = (*before.gaps, (before.seen, until))[-_MOST_GAPS:]
    if len(before.gaps) >= _MOST_GAPS:  # what is dropped is merged, never forgotten
        gaps = ((before.gaps[0][0], gaps[0][1]), *gaps[1:])
    return gaps


_Memory = TypeVar("_Memory", FileMemory, _NodeMemory, _BootMemory)


def _newest(entries: dict[str, _Memory]) -> dict[str, dict[str, object]]:
    kept = sorted(entries.items(), key=lambda item: item[1].seen, reverse=True)[:_MOST_ENTRIES]
    return {key: asdict(value) for key, value in sorted(kept)}


def _pairs(value: object, most: int) -> tuple[tuple[int, int], ...]:
    if not isinstance(value, list) or len(value) > most:
        raise ValueError(value)
    return tuple((whole(first), whole(second)) for first, second in value)


def _file_memory(value: dict[str, object]) -> FileMemory:
    return FileMemory(
        text(value["digest"]),
        whole(value["changed_after"]),
        whole(value["changed_before"]),
        whole(value["changed_look"]),
        whole(value["ctime"]),
        whole(value["seen"]),
        _pairs(value["gaps"], _MOST_GAPS),
    )


def _node_memory(value: dict[str, object]) -> _NodeMemory:
    return _NodeMemory(text(value["identity"]), whole(value["first_look"]), whole(value["seen"]))


def _boot_memory(value: dict[str, object]) -> _BootMemory:
    return _BootMemory(_pairs(value["steps"], _MOST_STEPS), whole(value["seen"]))
