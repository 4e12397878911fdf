"""Bounded reading: the only place where the console opens files that it did not write.

Special files are answered at once (opened without blocking, then looked at), sizes are bounded while
reading rather than trusted from `stat`, and every answer carries the SHA-256 of the very bytes returned.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from trustconsole import limits
from trustconsole.errors import (
    InputError,
    LimitExceeded,
    Location,
    MissingFile,
    SpecialFile,
    UnreadableFile,
)
from trustconsole.storage.own_files import refuse_to_believe
from trustconsole.text import human_bytes

_CHUNK = 1024 * 1024

_SPECIAL = (
    (stat.S_ISDIR, "a directory"),
    (stat.S_ISFIFO, "a FIFO"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a character device"),
    (stat.S_ISBLK, "a block device"),
)


@dataclass(frozen=True, slots=True)
class FileIdentity:
    """What tells one state of a file from another without reading it; times in nanoseconds since 1970."""

    device: int
    inode: int
    size: int
    mtime_ns: int
    ctime_ns: int


@dataclass(frozen=True, slots=True)
class FileBytes:
    """A whole small file: its bytes, their lowercase hex SHA-256, and the identity and mode when read."""

    path: Path
    data: bytes
    sha256: str
    identity: FileIdentity
    mode: int


@dataclass(frozen=True, slots=True)
class FileDigest:
    """A file that was streamed: lowercase hex SHA-256, size in bytes, identity."""

    path: Path
    sha256: str
    size: int
    identity: FileIdentity


def identity_of(status: os.stat_result) -> FileIdentity:
    """The identity fields of a `stat` result."""
    return FileIdentity(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


def as_input_error(error: OSError, path: Path) -> InputError:
    """The `InputError` that says what an `OSError` on `path` means for the operator."""
    location = Location(str(path))
    if error.errno == errno.ELOOP:
        return SpecialFile("is a link that leads back to itself", hint="mend the link", location=location)
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        with suppress(OSError):  # no link, or not readable any more
            target = path.readlink()
            return MissingFile(
                f"is a link to {target}, which does not exist", hint="mend the link", location=location
            )
        return MissingFile("does not exist", hint="check the path", location=location)
    if error.errno in (errno.EACCES, errno.EPERM):
        return UnreadableFile(
            "may not be read by this user", hint="run as root or as the service user", location=location
        )
    if error.errno == errno.ENXIO:
        return SpecialFile("is a socket, not a file", hint="name a regular file", location=location)
    reason = os.strerror(error.errno) if error.errno else str(error)
    return UnreadableFile(f"cannot be read: {reason}", hint="check the disk and the mount", location=location)


def _refuse_special(path: Path, mode: int) -> None:
    for is_kind, name in _SPECIAL:
        if is_kind(mode):
            raise SpecialFile(
                f"is {name}, not a file", hint="name a regular file", location=Location(str(path))
            )


@contextmanager
def open_regular(path: Path) -> Iterator[tuple[int, os.stat_result]]:
    """A descriptor of a regular file and its status; O_NONBLOCK so that a FIFO without writer cannot hold us.

    Raises as `read_bounded`; an `OSError` inside the block becomes an `InputError` too.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY)
    except OSError as error:
        raise as_input_error(error, path) from error
    except ValueError as error:  # a NUL byte inside the path
        raise MissingFile(
            "is not a possible path", hint="check the path", location=Location(str(path))
        ) from error
    try:
        status = os.fstat(descriptor)
        _refuse_special(path, status.st_mode)
        yield descriptor, status
    except OSError as error:
        raise as_input_error(error, path) from error
    finally:
        with suppress(OSError):  # nothing was written through it
            os.close(descriptor)


def read_bounded(path: Path, limit: int, *, what: str = "file") -> FileBytes:
    """The whole of `path`, at most `limit` bytes.

    Raises `MissingFile`, `SpecialFile`, `UnreadableFile` or `LimitExceeded`; links are followed.
    """
    with open_regular(path) as (descriptor, status):
        return _whole(path, descriptor, status, limit, what)


def read_own(path: Path, limit: int, *, what: str = "state file") -> FileBytes:
    """Like `read_bounded`, of a file of the console's own.

    Raises `UnreadableFile`, too, where anybody but this user and root may have written it or its directory.
    """
    with open_regular(path) as (descriptor, status):
        refuse_to_believe(path, status)
        return _whole(path, descriptor, status, limit, what)


def _whole(path: Path, descriptor: int, status: os.stat_result, limit: int, what: str) -> FileBytes:
    chunks: list[bytes] = []
    total = 0
    while chunk := os.read(descriptor, min(_CHUNK, limit + 1 - total)):
        chunks.append(chunk)
        total += len(chunk)
        if total > limit:
            raise LimitExceeded(
                f"is larger than the limit of {human_bytes(limit)} for a {what}",
                hint="check that this is the right file",
                location=Location(str(path)),
            )
    data = b"".join(chunks)
    return FileBytes(path, data, hashlib.sha256(data).hexdigest(), identity_of(status), status.st_mode)


def digest_file(
    path: Path,
    limit: int = limits.ARTIFACT_BYTES,
    *,
    algorithm: str = "sha256",
    progress: Callable[[int], None] | None = None,
    beyond: str = "the controller build cannot read it either",
) -> FileDigest:
    """SHA-256 of `path`, streamed in constant memory; `progress` is told the bytes read so far.

    Raises as `read_bounded`; `beyond` is the hint for a file over `limit`. `algorithm` is a `hashlib` name,
    for diagnosis only.
    """
    with open_regular(path) as (descriptor, status):
        digest = hashlib.new(algorithm)
        total = 0
        buffer = bytearray(_CHUNK)
        view = memoryview(buffer)
        while count := os.readv(descriptor, [buffer]):
            digest.update(view[:count])
            total += count
            if total > limit:
                raise LimitExceeded(
                    f"is larger than the limit of {human_bytes(limit)} for an artefact",
                    hint=beyond,
                    location=Location(str(path)),
                )
            if progress is not None:
                progress(total)
        return FileDigest(path, digest.hexdigest(), total, identity_of(status))
