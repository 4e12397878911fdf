"""A file is written whole under a temporary name first; only then does it get its own name.

The one implementation of temporary file, complete write, fsync and rename, for files of the controller
(`replacing`) and for the console's own state. A writer holds a lock on its temporary file, so that one whose
lock is free was left by a process that died, whatever became of its number. What may be replaced, and what
the answer means, belongs to the callers.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
import secrets
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from trustconsole.storage.own_files import refuse_foreign

_CREATE: Final = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_LOOK: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_DIRECTORY: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_LONGEST_STEM: Final = 200
"""Bytes of the target's name inside the temporary one; a name has at most 255 (NAME_MAX)."""
_ATTEMPTS: Final = 8
NO_LOCKS: Final = frozenset({errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS})
"""What `flock` answers where the file system has no locks."""
_NO_DIRECTORY_SYNC: Final = frozenset({errno.EINVAL, errno.ENOTSUP, errno.EBADF, errno.EACCES})

_T = TypeVar("_T")


@contextmanager
def open_directory(path: Path) -> Iterator[int]:
    """A descriptor of the directory; what is named through it stays in it, even if it is moved."""
    descriptor = os.open(path, _DIRECTORY)
    try:
        yield descriptor
    finally:
        with suppress(OSError):
            os.close(descriptor)


def sync_directory(descriptor: int) -> OSError | None:
    """Make the names in it durable; why that cannot be confirmed, None where it is done."""
    try:
        os.fsync(descriptor)
    except OSError as error:
        return error
    return None


def cannot_sync(error: OSError | None) -> bool:
    """Whether this file system (some overlay and network ones) has no such operation at all."""
    return error is not None and error.errno in _NO_DIRECTORY_SYNC


def uninterrupted(call: Callable[[], _T]) -> _T:
    """`call` again where a signal interrupted it; Python itself repeats reads and writes, but no rename."""
    for _ in range(_ATTEMPTS - 1):
        with suppress(InterruptedError):
            return call()
    return call()


@dataclass(frozen=True, slots=True)
class Temporary:
    """A complete, synced file under a temporary name in the directory with the descriptor `directory`."""

    directory: int
    name: str
    inode: int

    def publish(self, name: str, *, exclusive: bool = False) -> None:
        """Give it its name at once and whole; with `exclusive` only where there is nothing of that name."""
        if exclusive:
            uninterrupted(
                lambda: os.link(self.name, name, src_dir_fd=self.directory, dst_dir_fd=self.directory)
            )
        else:
            uninterrupted(
                lambda: os.rename(self.name, name, src_dir_fd=self.directory, dst_dir_fd=self.directory)
            )


@contextmanager
def temporary_beside(
    directory: int, name: str, data: bytes, *, adorn: Callable[[int], None] | None = None
) -> Iterator[Temporary]:
    """`data` in a new file of mode 0600 beside `name`, given to `adorn` (a descriptor), synced.

    Raises `OSError` and whatever `adorn` raises. The temporary name is gone afterwards, in every case but the
    death of the process.
    """
    temporary = f"{hidden_stem(name)}.{secrets.token_hex(8)}.tmp"
    descriptor = os.open(temporary, _CREATE, 0o600, dir_fd=directory)
    try:
        _claim(descriptor)
        write_all(descriptor, data)
        if adorn is not None:
            adorn(descriptor)
        os.fsync(descriptor)
        yield Temporary(directory, temporary, os.fstat(descriptor).st_ino)
    finally:
        with suppress(OSError):
            uninterrupted(lambda: os.unlink(temporary, dir_fd=directory))
        with suppress(OSError):
            os.close(descriptor)


def _claim(descriptor: int) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno not in NO_LOCKS:  # without locks nothing is ever swept, which is safe
            raise


def write_all(descriptor: int, data: bytes) -> None:
    """Write until everything is written; a write may take fewer bytes than it was given."""
    view = memoryview(data)
    while view:
        written = os.write(descriptor, view)
        if written <= 0:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        view = view[written:]


@contextmanager
def open_in(directory: int, name: str) -> Iterator[int]:
    """A descriptor of a regular file in an open directory; follows no link, waits for no FIFO."""
    descriptor = os.open(name, _LOOK, dir_fd=directory)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "it is no regular file")
        yield descriptor
    finally:
        with suppress(OSError):
            os.close(descriptor)


def read_all(descriptor: int, limit: int) -> bytes:
    """What an open file holds from its beginning, at most `limit` bytes of it."""
    chunks: list[bytes] = []
    while limit > 0 and (chunk := os.read(descriptor, min(limit, 1 << 20))):
        chunks.append(chunk)
        limit -= len(chunk)
    return b"".join(chunks)


def replace_own(path: Path, data: bytes, *, durable: bool = False, exclusive: bool = False) -> None:
    """Replace a file of the console's own state, mode 0600: old or new, never torn. Raises `OSError`.

    `durable`: the name must survive a power cut, too, or it is an error; for other files the record of a
    minute ago will do. `exclusive`: there must be no file of that name, else `FileExistsError`. A directory
    or an earlier file that somebody else may have written is an error, too.
    """
    with open_directory(path.parent) as directory:
        refuse_foreign(path.parent, os.fstat(directory))
        with suppress(FileNotFoundError):
            refuse_foreign(path, os.stat(path.name, dir_fd=directory))
        sweep(directory, path.name)
        with temporary_beside(directory, path.name, data) as temporary:
            temporary.publish(path.name, exclusive=exclusive)
            refused = sync_directory(directory)
            if durable and refused is not None and not cannot_sync(refused):
                raise refused


def make_private(path: Path) -> None:
    """Make a directory of mode 0700 and those above it that are missing, durably. Raises `OSError`.

    One that is there already is refused where anybody but this user and root may write in it.
    """
    missing = [step for step in (path, *path.parents) if not step.exists()]
    for step in reversed(missing):
        with suppress(FileExistsError):
            step.mkdir(mode=0o700)
        with open_directory(step.parent) as parent:
            refused = sync_directory(parent)
            if refused is not None and not cannot_sync(refused):
                raise refused
    refuse_foreign(path, path.stat())


def hidden_stem(name: str) -> str:
    """What the names of our files beside `name` begin with: hidden, and short enough for what follows."""
    short = os.fsencode(name.removeprefix("."))[:_LONGEST_STEM]
    return f".{os.fsdecode(short)}"


def sweep(directory: int, name: str) -> tuple[str, ...]:
    """Remove the temporary files of `name` whose writer has died; their names. Raises `OSError`."""
    ours = re.compile(re.escape(hidden_stem(name)) + r"\.[0-9a-f]{16}\.tmp")
    found = [entry for entry in os.listdir(directory) if ours.fullmatch(entry)]
    return tuple(entry for entry in found if _remove_dead(directory, entry))


def _remove_dead(directory: int, name: str) -> bool:
    try:
        with open_in(directory, name) as descriptor:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.unlink(name, dir_fd=directory)
    except OSError:  # its writer lives, it is nothing that we wrote, or it may not be removed by this user
        return False
    return True
