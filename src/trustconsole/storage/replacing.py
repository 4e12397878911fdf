"""Replacing a security-critical file: old or new, never torn; what is reported is read back from the disk.

The recipe is that of `rotation.md`, "Writer". Until the new file gets its name, everything that goes wrong is
raised and the target is untouched; from then on the answer is a `Replacement`, whose outcome no exception
decides. What may be written, and whether it should be, is the caller's business.
"""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from trustconsole import limits
from trustconsole.errors import ConcurrentChange, InputError, Location, MissingFile, WriteRefused
from trustconsole.storage.links import is_possible
from trustconsole.storage.locking import drop_dead_lock, lock_beside, real_path
from trustconsole.storage.metadata import FileMetadata
from trustconsole.storage.reading import FileDigest, digest_file
from trustconsole.storage.temporary import (
    Temporary,
    open_directory,
    open_in,
    read_all,
    sweep,
    sync_directory,
    temporary_beside,
)
from trustconsole.storage.write_targets import resolve_target
from trustconsole.text import human_bytes

Outcome = Literal["old", "new", "indeterminate"]

_LOCK_SECONDS: Final = 5.0
"""How long another replacement of the same file may take before it is called a lock."""
_LOOKS: Final = 2
"""How often the outcome is read back before it is called unreadable."""
_WHY: Final = {
    errno.EACCES: ("this user may not write there", "run as root or as the owner of the file"),
    errno.EPERM: ("this user may not do that", "run as root or as the owner of the file"),
    errno.EROFS: ("the file system is mounted read-only", "mount it writable first"),
    errno.ENOSPC: ("no space is left on the file system", "free some space, then try again"),
    errno.EDQUOT: ("the disk quota is used up", "free some space, then try again"),
}


@dataclass(frozen=True, slots=True)
class Replacement:
    """What became of a change, as read back: `path` is the real file, digests are lowercase hex SHA-256.

    `old` and `new` are what is there now; `indeterminate` is neither, or cannot be read. `found` is None
    where nothing can be read. `problem` says what went wrong on the way, also where the outcome is `new`.
    """

    outcome: Outcome
    path: Path
    wanted: str
    found: str | None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class _Change:
    """One change: `named` as given, `real` without links, `reviewed` and `wanted` as digests."""

    named: Path
    real: Path
    reviewed: str | None
    wanted: str


def replace_file(
    path: Path,
    data: bytes,
    *,
    reviewed: str | None,
    check: Callable[[bytes], None],
    follow_link: bool = False,
    metadata: FileMetadata | None = None,
) -> Replacement:
    """Put `data` in the place of the file whose SHA-256 is `reviewed`; None: there must be no file.

    `check` is given the bytes as they came back from the disk and raises `InputError` where they are not
    what they should be. A link is followed only with `follow_link`. The file's mode, owner, access control
    list and attributes are kept; where `metadata` is given, that is set instead, times included. A new file
    is private (0600).

    Raises `WriteRefused`, `ConcurrentChange`, `Locked` or what `check` raises: then nothing was changed.
    """
    real = _admitted(path, follow_link=follow_link)
    change = _Change(path, real, reviewed, hashlib.sha256(data).hexdigest())
    with _refusals(path), open_directory(real.parent) as directory:
        before = _as_reviewed(change, directory)
        rights = metadata or before

        def adorn(descriptor: int) -> None:
            if rights is not None:
                _give(path, rights, descriptor, times=metadata is not None)

        with temporary_beside(directory, real.name, data, adorn=adorn) as temporary:
            _read_back(change, temporary, data, check)
            with lock_beside(real, holder=f"uid {os.getuid()} replacing it", wait=_LOCK_SECONDS):
                now = _as_reviewed(change, directory)
                if metadata is None and before is not None and (now is None or not now.same_rights(before)):
                    raise _moved(change, reviewed, "has another owner, mode or attributes since a moment ago")
                return _commit(change, directory, temporary)


def sweep_leftovers(path: Path) -> tuple[Path, ...]:
    """Remove temporary and lock files beside `path` that a dead process left; the temporary ones.

    Never raises. Whose process lives is told by the lock that a writer holds on its temporary file.
    """
    if not is_possible(path):
        return ()
    real = real_path(path)
    drop_dead_lock(path)
    try:
        with open_directory(real.parent) as directory:
            return tuple(real.with_name(name) for name in sweep(directory, real.name))
    except OSError:
        return ()


def _admitted(path: Path, *, follow_link: bool) -> Path:
    target = resolve_target(path)
    if target.refusal is not None:
        raise WriteRefused(target.refusal, hint=target.hint, location=Location(str(path)))
    if target.needs_consent and not follow_link:
        raise WriteRefused(
            f"is a link to {target.real}, and following it was not agreed to",
            hint=f"agree to follow the link, or name {target.real}",
            location=Location(str(path)),
        )
    return target.real


@contextmanager
def _refusals(path: Path) -> Iterator[None]:
    """An `OSError` before the commit means: refused, nothing was changed."""
    try:
        yield
    except OSError as error:
        why, hint = _why(error)
        raise WriteRefused(
            f"cannot be replaced, nothing was changed: {why}", hint=hint, location=Location(str(path))
        ) from error


def _why(error: OSError) -> tuple[str, str]:
    """What the operating system's refusal means, and what to do about it."""
    return _WHY.get(error.errno or 0, (error.strerror or str(error), "check the disk and the mount"))


def _give(path: Path, rights: FileMetadata, descriptor: int, *, times: bool) -> None:
    """The rights to the new file, all of them, or a refusal: it is never left with more or with fewer."""
    why = "the file system keeps only some of them"
    try:
        if rights.give_to(descriptor, times=times):
            return
    except OSError as error:
        why = error.strerror or str(error)
    raise WriteRefused(
        f"cannot be replaced with the same owner, mode and attributes, nothing was changed: {why}",
        hint="run as root or as the owner of the file",
        location=Location(str(path)),
    )


def _as_reviewed(change: _Change, directory: int) -> FileMetadata | None:
    """The rights of the target if it is what was reviewed, None if there is none; else `ConcurrentChange`."""
    if real_path(change.named) != change.real:
        raise _moved(change, None, "leads to another file since a moment ago")
    try:
        with open_in(directory, change.real.name) as descriptor:
            digest = hashlib.sha256(_bounded(change, descriptor)).hexdigest()
            rights = FileMetadata.of(descriptor)
    except FileNotFoundError:
        if change.reviewed is None:
            return None
        raise _moved(change, None, "is gone since it was reviewed") from None
    if digest != change.reviewed:
        before = f"had {change.reviewed} when it was reviewed" if change.reviewed else "was not there before"
        raise _moved(change, digest, f"has the SHA-256 {digest} now and {before}")
    return rights


def _bounded(change: _Change, descriptor: int) -> bytes:
    data = read_all(descriptor, limits.SIDECAR_BYTES + 1)
    if len(data) > limits.SIDECAR_BYTES:
        raise WriteRefused(
            f"is larger than {human_bytes(limits.SIDECAR_BYTES)}",
            hint="check that this is the right file",
            location=Location(str(change.named)),
        )
    return data


def _moved(change: _Change, found: str | None, what: str) -> ConcurrentChange:
    return ConcurrentChange(
        f"{what}: nothing was changed",
        expected=change.reviewed,
        found=found,
        hint="review the file as it is now, then try again",
        location=Location(str(change.named)),
    )


def _read_back(change: _Change, temporary: Temporary, data: bytes, check: Callable[[bytes], None]) -> None:
    with open_in(temporary.directory, temporary.name) as descriptor:
        found = read_all(descriptor, len(data) + 1)
    if found != data:
        raise WriteRefused(
            "reads back differently than it was written, nothing was changed",
            hint="check the disk",
            location=Location(str(change.named)),
        )
    check(found)


def _commit(change: _Change, directory: int, temporary: Temporary) -> Replacement:
    """Give the new file its name and look what is there afterwards; raises only where nothing was renamed."""
    problem = None
    try:
        temporary.publish(change.real.name, exclusive=change.reviewed is None)
    except FileExistsError as error:
        raise _moved(change, None, "has appeared since it was reviewed") from error
    except OSError as error:
        problem = f"{change.real} was not replaced: {_why(error)[0]}"
    else:
        refused = sync_directory(directory)
        if refused is not None:
            problem = (
                f"{change.real} was replaced, but its directory could not be synced "
                f"({_why(refused)[0]}): a power cut may bring the old file back"
            )
    return _as_found(change, temporary, problem)


def _as_found(change: _Change, temporary: Temporary, problem: str | None) -> Replacement:
    found, unreadable = _look_again(change.named)
    own = found is not None and found.identity.inode == temporary.inode
    outcome: Outcome = "indeterminate"
    digest = found.sha256 if found is not None else None
    if digest == change.wanted and (own or change.wanted != change.reviewed):
        outcome = "new"
    elif unreadable is None and digest == change.reviewed:
        outcome = "old"
    if outcome != "new" and problem is None:
        what = f"holds {digest}" if digest else unreadable or "is gone"
        problem = f"{change.named} {what}, although {change.real} was replaced"
    return Replacement(outcome, change.real, change.wanted, digest, problem)


def _look_again(path: Path) -> tuple[FileDigest | None, str | None]:
    """What the path leads to now and why it cannot be read; neither where there is nothing."""
    unreadable = None
    for _ in range(_LOOKS):
        try:
            return digest_file(path, limits.SIDECAR_BYTES), None
        except MissingFile:
            return None, None
        except InputError as error:
            unreadable = error.message
    return None, unreadable
