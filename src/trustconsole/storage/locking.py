"""One operator at a time: an advisory lock on a file beside the target.

Never on the target itself, whose inode a replacement changes. The lock keeps two consoles apart; an editor
knows nothing of it, and what guards against that is the comparison of digests in `replacing`.
"""

from __future__ import annotations

import errno
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from trustconsole import limits
from trustconsole.errors import Location, Locked, WriteRefused
from trustconsole.storage.links import follow, is_possible
from trustconsole.storage.own_files import foreign_owner, refuse_shared
from trustconsole.storage.temporary import NO_LOCKS, hidden_stem, write_all
from trustconsole.text import rfc3339

_FLAGS: Final = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_TAKEN: Final = frozenset({errno.EWOULDBLOCK, errno.EACCES})
_PAUSE_SECONDS: Final = 0.02

_held: ContextVar[frozenset[Path]] = ContextVar("held", default=frozenset())
"""What this flow of control holds already; threads that it starts with its context hold it, too."""


def lock_path(target: Path) -> Path:
    """The lock file of a target: beside the real file, so that two names of one file share it."""
    real = real_path(target)
    return real.with_name(f"{hidden_stem(real.name)}.trustconsole-lock")


def real_path(path: Path) -> Path:
    """`path` without links; of one that does not exist, its place in the real directory if there is one."""
    trail = follow(path)
    if trail.complete:
        return trail.end
    parent = follow(path.parent)
    return parent.end / path.name if parent.complete else path.absolute()


@contextmanager
def lock_beside(path: Path, *, holder: str, wait: float = 0.0) -> Iterator[None]:
    """Hold the lock of `path`; `holder` says who, and is shown to whoever finds it taken.

    Waits at most `wait` seconds. Raises `Locked`, or `WriteRefused` where no lock file can be made. Inside
    the block the same flow of control may take it again. Where the file system has no locks, none is held.
    """
    if not is_possible(path):
        raise WriteRefused("is not a possible path", hint="check the path", location=Location(str(path)))
    place = lock_path(path)
    if place in _held.get():
        yield
        return
    descriptor = _acquire(place, path, time.monotonic() + wait)
    token = _held.set(_held.get() | {place})
    try:
        with suppress(OSError):  # the lock holds whether or not its file says by whom
            _sign(descriptor, holder)
        yield
    finally:
        _held.reset(token)
        with suppress(OSError):
            place.unlink()
        _close(descriptor)


def _close(descriptor: int) -> None:
    with suppress(OSError):
        os.close(descriptor)


def _sign(descriptor: int, holder: str) -> None:
    words = f"pid {os.getpid()}, {holder}, since {rfc3339(datetime.now(UTC))}"
    os.ftruncate(descriptor, 0)
    write_all(descriptor, words.encode("utf-8", "backslashreplace")[: limits.LOCK_BYTES])


def _acquire(place: Path, target: Path, deadline: float) -> int:
    try:
        while True:
            descriptor = os.open(place, _FLAGS, 0o600)
            holder: str | None = ""
            try:
                holder = _try(descriptor, place)
            finally:
                if holder is not None:
                    _close(descriptor)
            if holder is None:
                return descriptor
            if time.monotonic() >= deadline and holder:
                raise _taken(target, holder)
            time.sleep(_PAUSE_SECONDS)
    except OSError as error:
        raise WriteRefused(
            f"cannot be locked, nothing was changed: {place.name} beside it: {error.strerror or error}",
            hint="look at that file and at the rights of its directory",
            location=Location(str(target)),
        ) from error


def _try(descriptor: int, place: Path) -> str | None:
    """None where the lock is ours now; who holds it, or nothing where the file was removed meanwhile."""
    status = os.fstat(descriptor)
    refuse_shared(status)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno not in NO_LOCKS | _TAKEN:
            raise
        if error.errno in _TAKEN:
            return _holder(descriptor)
        locks = False
    else:
        locks = True
    if (foreign := foreign_owner(status)) is not None:
        raise OSError(errno.EPERM, f"it {foreign}: remove it once no console of theirs runs")
    return None if not locks or _still_there(place, descriptor) else ""


def _still_there(place: Path, descriptor: int) -> bool:
    own = os.fstat(descriptor)
    try:
        there = os.lstat(place)
    except FileNotFoundError:
        return False
    return (own.st_dev, own.st_ino) == (there.st_dev, there.st_ino)


def _holder(descriptor: int) -> str:
    try:
        text = os.pread(descriptor, limits.LOCK_BYTES, 0).decode("utf-8", "replace").strip()
    except OSError:
        text = ""
    return text or "a process that did not say which"


def _taken(target: Path, holder: str) -> Locked:
    return Locked(
        f"is being changed already, by {holder}",
        holder=holder,
        hint="wait until that is done, or end it, then try again",
        location=Location(str(target)),
    )


def flock_within(descriptor: int, operation: int, seconds: float) -> bool:
    """`flock` an open file, waiting at most `seconds`; False where another has it. Without locks: True."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(descriptor, operation | fcntl.LOCK_NB)
            return True
        except OSError as error:
            if error.errno in NO_LOCKS:
                return True
            if error.errno not in _TAKEN:
                raise
        if time.monotonic() >= deadline:
            return False
        time.sleep(_PAUSE_SECONDS)


def drop_dead_lock(path: Path) -> None:
    """Remove the lock file of `path` where nobody holds it: its holder died. Never raises."""
    place = lock_path(path)
    with suppress(OSError):
        descriptor = os.open(place, _FLAGS & ~os.O_CREAT)
        try:
            if _try(descriptor, place) is None:
                place.unlink()
        finally:
            _close(descriptor)
