"""Hints that something may have changed, as fast as the kernel gives them and never later than a timer.

Directories are watched, never files: an editor's rename or a swapped link silences a watch on a file. An
event names what the kernel saw (`..data`, a temporary file), which need not be the file that changed in
effect, so every hint means *look at everything again*, and the look decides by content. Inotify can be
silent (network and bind mounts) or run out; then the timer carries on alone and the hint says so.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from watchfiles import Change, awatch

from trustconsole.storage.links import follow
from trustconsole.text import plural

RESCAN_SECONDS = 5.0
_STEP_MS = 10
_DEBOUNCE_MS = 50

HintKind = Literal["armed", "event", "rescan"]
Seats = frozenset[tuple[Path, int, int]]


@dataclass(frozen=True, slots=True)
class Hint:
    """A reason to look again.

    `armed`: the watch now stands on `directories` (the first time, and whenever they move): what changed
    before is not announced any more. `event`: the kernel named `paths`. `rescan`: the timer. `problem` is a
    sentence where changes are not, or not all, announced at once.
    """

    kind: HintKind
    paths: frozenset[Path]
    directories: frozenset[Path]
    problem: str | None = None


def watch_directories(paths: Iterable[Path]) -> frozenset[Path]:
    """The directories in which any change of `paths` shows.

    For each path: the directory of every symbolic link on the way, the target's directory, the target itself
    where it is a directory, and where something is missing the last existing directory before it.
    """
    found: set[Path] = set()
    for path in paths:
        trail = follow(path)
        found.update(link.parent for link in trail.links)
        if trail.complete:
            found.add(trail.end.parent)
        found.add(trail.end if trail.end.is_dir() else trail.end.parent)
    return frozenset(found)


def _seats(directories: frozenset[Path]) -> tuple[Seats, tuple[Path, ...]]:
    """Directories with device and inode (a recreated one is another), and those that may not be watched."""
    seats: set[tuple[Path, int, int]] = set()
    closed: list[Path] = []
    for directory in directories:
        try:
            status = os.stat(directory)  # noqa: PTH116 - the path may vanish at any time
        except OSError:
            continue
        if os.access(directory, os.R_OK):
            seats.add((directory, status.st_dev, status.st_ino))
        else:
            closed.append(directory)
    return frozenset(seats), tuple(sorted(closed))


class _Watch:
    """One armed watch; `pending` ends with the next batch of events, or with why the watch broke."""

    def __init__(self, seats: Seats) -> None:
        self.seats = seats
        self.directories = frozenset(directory for directory, _, _ in seats)
        self._stop = asyncio.Event()
        self._events = awatch(
            *sorted(self.directories),
            watch_filter=None,
            step=_STEP_MS,
            debounce=_DEBOUNCE_MS,
            recursive=False,
            stop_event=self._stop,
        )
        self.pending = self._next()

    def _next(self) -> asyncio.Future[set[tuple[Change, str]]]:
        return asyncio.ensure_future(anext(self._events))

    def take(self) -> frozenset[Path]:
        """The paths of the batch that arrived; raises OSError or RuntimeError where the watch broke."""
        try:
            batch = self.pending.result()
        except StopAsyncIteration:
            raise RuntimeError("the watch ended by itself") from None
        self.pending = self._next()
        return frozenset(Path(name) for _, name in batch)

    async def close(self) -> None:
        """End the watch and its thread."""
        self._stop.set()
        with suppress(StopAsyncIteration, OSError, RuntimeError):
            await self.pending
        await self._events.aclose()


def _off(reason: str, seconds: float) -> str:
    return f"Live watch is off, looking every {seconds:g} s: {reason}"


async def _arm(seats: Seats) -> tuple[_Watch | None, str]:
    """A watch that stands when this returns, or None and the reason."""
    if not seats:
        return None, "there is no directory that could be watched"
    watch = _Watch(seats)
    await asyncio.sleep(0)  # the kernel watches are placed in the first step of the pending task
    if watch.pending.done():
        try:
            watch.pending.result()
        except (OSError, RuntimeError) as error:
            await watch.close()
            return None, str(error)
    return watch, ""


class _Watcher:
    """The watch as it moves with the directories, and the words for what it cannot see."""

    def __init__(self, paths: Callable[[], Iterable[Path]], rescan_seconds: float) -> None:
        self._paths = paths
        self._seconds = rescan_seconds
        self.watch: _Watch | None = None
        self.problem: str | None = None

    @property
    def directories(self) -> frozenset[Path]:
        """What is watched now; nothing where the watch is off."""
        return self.watch.directories if self.watch else frozenset()

    def _look(self) -> tuple[Seats, tuple[Path, ...]]:
        return _seats(watch_directories(self._paths()))

    async def settle(self, *, moved: bool) -> bool:
        """Re-arm where the directories are others than before, or `moved`; True where it did."""
        seats, closed = await asyncio.to_thread(self._look)
        if self.watch is not None and self.watch.seats == seats and not moved:
            return False
        had = self.watch is not None
        await self.close()
        self.watch, reason = await _arm(seats)
        if self.watch is None:
            self.problem = _off(reason, self._seconds)
        elif closed:
            count = plural(len(closed), "directory", "directories")
            self.problem = f"{count} may not be watched by this user, looked at every {self._seconds:g} s"
        else:
            self.problem = None
        return had or self.watch is not None

    async def take(self) -> frozenset[Path]:
        """The paths of the batch that arrived; none where the watch broke, and the next look arms again."""
        if self.watch is None:
            return frozenset()
        try:
            return self.watch.take()
        except (OSError, RuntimeError) as error:
            self.problem = _off(str(error), self._seconds)
            await self.close()
            return frozenset()

    async def close(self) -> None:
        """End the watch, if there is one."""
        watch, self.watch = self.watch, None
        if watch is not None:
            await watch.close()

    def hint(self, kind: HintKind, paths: frozenset[Path] = frozenset()) -> Hint:
        """What to tell the caller."""
        return Hint(kind, paths, self.directories, self.problem)


async def changes(
    paths: Callable[[], Iterable[Path]], *, stop: asyncio.Event, rescan_seconds: float = RESCAN_SECONDS
) -> AsyncGenerator[Hint, None]:
    """Hints about `paths()` until `stop` is set: at events at once, otherwise every `rescan_seconds`.

    `paths` is asked again at every hint, in a thread, so the set may move with the configuration. The first
    hint is `armed` (or `rescan` where nothing can be watched). Close it (`aclose`) or set `stop` to end it.
    """
    watcher = _Watcher(paths, rescan_seconds)
    stopped = asyncio.ensure_future(stop.wait())
    try:
        await watcher.settle(moved=True)
        yield watcher.hint("armed" if watcher.watch else "rescan")
        while not stop.is_set():
            waiting: set[asyncio.Future[object]] = {stopped}  # type: ignore[arg-type]  # only waited for
            if watcher.watch is not None:
                waiting.add(watcher.watch.pending)  # type: ignore[arg-type]  # only waited for
            done, _ = await asyncio.wait(waiting, timeout=rescan_seconds, return_when=asyncio.FIRST_COMPLETED)
            if stop.is_set():
                return
            touched = await watcher.take() if done else frozenset()
            if touched:
                yield watcher.hint("event", touched)
                if await watcher.settle(moved=not touched.isdisjoint(watcher.directories)):
                    yield watcher.hint("armed")
                continue
            if not done:
                await watcher.settle(moved=False)
            yield watcher.hint("rescan")
    finally:
        stopped.cancel()
        await watcher.close()
