"""Where a change to a path would land, and what stands against it, said before anything is attempted.

A rename over a symbolic link replaces the link, over a bind mount it is refused by the kernel, and an
immutable file cannot be replaced at all. The operator is told and asked beforehand; `replacing` looks once
more at the moment of writing.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
import struct
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from trustconsole import limits
from trustconsole.errors import InputError, MissingFile
from trustconsole.storage.links import follow, is_possible
from trustconsole.storage.locking import real_path
from trustconsole.storage.reading import as_input_error, open_regular, read_bounded
from trustconsole.text import plural

_GET_FLAGS: Final = 2 << 30 | struct.calcsize("l") << 16 | ord("f") << 8 | 1
"""FS_IOC_GETFLAGS (ioctl_iflags(2)); elsewhere encoded, it is answered with ENOTTY and nothing is known."""
_IMMUTABLE: Final = 0x10
_APPEND_ONLY: Final = 0x20
_MOUNTS: Final = Path("/proc/self/mountinfo")


@dataclass(frozen=True, slots=True)
class WriteTarget:
    """What changing `path` means: `real` is the file behind all links, `links` are those on the way.

    `needs_consent`: `path` itself is a symbolic link, so that the file behind it is changed and the link
    stays. `refusal` is the reason why it cannot be changed at all, with `hint`; None where nothing is known
    against it. `notes` are sentences that the operator should read before consenting.
    """

    path: Path
    real: Path
    links: tuple[Path, ...]
    exists: bool
    needs_consent: bool = False
    refusal: str | None = None
    hint: str = ""
    notes: tuple[str, ...] = ()


def resolve_target(path: Path) -> WriteTarget:
    """Look at `path` and the place it leads to; reads only, and never raises."""
    if not is_possible(path):
        return WriteTarget(path, path, (), False, False, "is not a possible path", "check the path")
    trail = follow(path)
    real = real_path(path)
    link = follow(path.parent).end / path.name in trail.links
    refusal, hint = _against(path, real, looping=trail.looping, dangling=link and not trail.complete)
    notes = []
    if link:
        notes.append(f"{path} is a link: the file {real} is changed, the link stays")
    if any(part.name.startswith("..") for part in trail.links):
        notes.append("whatever swaps these links (a container platform) may bring the old file back")
    if trail.complete and (others := _other_names(real)):
        notes.append(f"{plural(others, 'other hard link')} to this file will still hold the old content")
    return WriteTarget(path, real, trail.links, trail.complete, link, refusal, hint, tuple(notes))


def _other_names(real: Path) -> int:
    try:
        return os.lstat(real).st_nlink - 1
    except OSError:
        return 0


def _against(path: Path, real: Path, *, looping: bool, dangling: bool) -> tuple[str | None, str]:
    """The first reason against writing there and what to do about it."""
    if looping or dangling:
        error = as_input_error(OSError(errno.ELOOP if looping else errno.ENOENT, ""), path)
        return error.message, error.hint
    try:
        with open_regular(real) as (descriptor, _):
            flags = _flags(descriptor)
    except MissingFile:
        flags = 0
    except InputError as error:
        return error.message, error.hint
    if flags & (_IMMUTABLE | _APPEND_ONLY):
        return "is immutable or append-only (chattr)", f"chattr -ia {real}, if it is meant to change"
    if _is_mount_point(real):
        return (
            "is a bind mount of its own, which cannot be replaced in one step",
            "change the file where it is mounted from",
        )
    return _against_directory(real.parent)


def _against_directory(directory: Path) -> tuple[str | None, str]:
    try:
        descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        refused = as_input_error(error, directory)
        return f"lies in {directory}, which {refused.message}", refused.hint
    try:
        if os.fstatvfs(descriptor).f_flag & os.ST_RDONLY:
            return "lies on a file system that is mounted read-only", "mount it writable first"
        if _flags(descriptor) & (_IMMUTABLE | _APPEND_ONLY):
            return f"lies in {directory}, which is immutable (chattr)", f"chattr -ia {directory}"
    except OSError as error:
        return f"lies in {directory}, which cannot be examined: {error.strerror}", "check the disk"
    finally:
        with suppress(OSError):
            os.close(descriptor)
    if not os.access(directory, os.W_OK | os.X_OK, effective_ids=True):
        return (
            f"lies in {directory}, where this user may not write",
            "run as root or as the owner of the directory",
        )
    return None, ""


def _flags(descriptor: int) -> int:
    buffer = bytearray(struct.calcsize("l"))
    try:
        fcntl.ioctl(descriptor, _GET_FLAGS, buffer)
    except OSError:  # the file system has no such flags
        return 0
    (flags,) = struct.unpack("=i", buffer[:4])  # the kernel writes an int, whatever its number says
    return int(flags)


def _is_mount_point(real: Path) -> bool:
    """Whether the file itself is mounted (a bind mount); False where /proc does not tell."""
    try:
        lines = read_bounded(_MOUNTS, limits.PROCESS_ENTRY_BYTES).data.splitlines()
    except InputError:
        return False
    fields = (line.split(b" ") for line in lines)
    return os.fsencode(real) in {_unescaped(field[4]) for field in fields if len(field) > 4}


def _unescaped(field: bytes) -> bytes:
    return re.sub(rb"\\([0-7]{3})", lambda found: bytes([int(found[1], 8) & 0xFF]), field)
