"""The files of a release directory against its checksums: found without following anyone outside, and hashed.

Hashing streams in constant memory, as many files at once as there are threads. What a status means for the
verdict is decided in `judging`; what stands in the checksums file, in `checksums`.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Literal

from trustconsole import limits
from trustconsole.errors import InputError, LimitExceeded, Location
from trustconsole.release.checksums import Checksums, ListedFile
from trustconsole.release.roles import HEAD_BYTES, Role, archive_format, role_of
from trustconsole.storage import Trail, as_input_error, digest_file, follow, open_regular

FileStatus = Literal["ok", "altered", "missing", "conflicting", "unlisted", "refused"]
Progress = Callable[[int, int], None]
"""Told (bytes hashed, bytes in all)."""


@dataclass(frozen=True, slots=True)
class ReleaseFile:
    """One file that is listed or lies in the directory; `name` and `reason` are untrusted text.

    `sha256` is what was found (None: not hashed), `expected` what is listed (None: nothing, or several).
    `path` is where it lies without links, None where there is nothing to open.
    """

    name: str
    status: FileStatus
    role: Role
    listed: bool
    sha256: str | None = None
    expected: str | None = None
    reason: str = ""
    size: int | None = None
    path: Path | None = field(default=None, compare=False)

    @property
    def present(self) -> bool:
        """Whether there is something under that name."""
        return self.status != "missing"

    def to_dict(self) -> dict[str, object]:
        """An entry of `files`."""
        return {
            "name": self.name,
            "status": self.status,
            "sha256": self.sha256,
            "listed": self.listed,
            "expected": self.expected,
            "role": self.role,
            "size": self.size,
            "reason": self.reason,
        }


class Cancelled(Exception):
    """Whoever asked does not want the answer any more."""


@dataclass
class Meter:
    """Adds up what all threads have hashed; `cancelled` is asked at every step and ends with `Cancelled`."""

    total: int
    progress: Progress | None = None
    cancelled: Callable[[], bool] | None = None
    done: int = 0
    _lock: Lock = field(default_factory=Lock)

    def add(self, count: int) -> None:
        """`count` more bytes are hashed."""
        if self.cancelled is not None and self.cancelled():
            raise Cancelled
        with self._lock:
            self.done += count
            if self.progress is not None:
                self.progress(self.done, max(self.total, self.done))

    def of_one_file(self) -> Callable[[int], None]:
        """What `digest_file` reports to, which counts within one file."""
        before = 0

        def tell(so_far: int) -> None:
            nonlocal before
            self.add(so_far - before)
            before = so_far

        return tell


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a listed file lies; `reason` is set where nothing may be opened."""

    listed: ListedFile
    path: Path | None
    status: FileStatus | None
    reason: str
    size: int = 0


def check_files(
    directory: Path,
    checksums: Checksums,
    *,
    jobs: int | None = None,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> tuple[ReleaseFile, ...]:
    """Every listed file, in listed order, hashed where it is there; never raises over one of them.

    `directory` is without links. `jobs` threads hash (as many as processors where None).
    """
    places = [_locate(directory, listed) for listed in checksums.files]
    meter = Meter(sum(place.size for place in places), progress, cancelled)
    workers = max(1, jobs or os.cpu_count() or 1)
    with ThreadPoolExecutor(workers, thread_name_prefix="hash") as pool:
        return tuple(pool.map(lambda place: _check(place, meter), places))


def _locate(directory: Path, listed: ListedFile) -> _Place:
    if listed.refusal is not None:
        return _Place(listed, None, "refused", listed.refusal)
    trail = follow(directory / listed.name)
    if trail.looping:
        return _Place(listed, None, "refused", "it is a link that leads back to itself")
    if not trail.complete:
        return _absent(directory / listed.name, listed, dangling=bool(trail.links))
    if directory not in trail.end.parents:
        return _Place(listed, None, "refused", f"it leads out of the directory, to {trail.end}")
    try:
        size = os.lstat(trail.end).st_size
    except OSError as error:
        return _Place(listed, None, "refused", f"it {as_input_error(error, trail.end).message}")
    return _Place(listed, trail.end, None, "", size)


def _absent(path: Path, listed: ListedFile, *, dangling: bool) -> _Place:
    """Nothing is there: simply missing, or behind a link or a directory that cannot be followed."""
    if dangling:
        return _Place(listed, None, "refused", "it is a link to something that does not exist")
    try:
        os.lstat(path)
    except FileNotFoundError:
        return _Place(listed, None, "missing", "")
    except OSError as error:
        return _Place(listed, None, "refused", f"it {as_input_error(error, path).message}")
    return _Place(listed, None, "refused", "it appeared while it was being looked at; verify again")


def _check(place: _Place, meter: Meter) -> ReleaseFile:
    listed = place.listed
    role = role_of(listed.name)
    if place.path is None:
        status = place.status or "missing"
        return ReleaseFile(listed.name, status, role, True, None, listed.sha256, place.reason)
    try:
        found = digest_file(
            place.path,
            limits.RELEASE_FILE_BYTES,
            progress=meter.of_one_file(),
            beyond="check that this is the right file",
        )
    except InputError as error:
        reason = f"it {error.message}"
        return ReleaseFile(listed.name, "refused", role, True, None, listed.sha256, reason, path=place.path)
    if listed.sha256 is None:
        status, reason = "conflicting", f"it is listed with {len(listed.digests)} different sums"
    elif found.sha256 == listed.sha256:
        status, reason = "ok", ""
    else:
        status, reason = "altered", "its content is not what was signed"
    return ReleaseFile(
        listed.name, status, role, True, found.sha256, listed.sha256, reason, found.size, place.path
    )


def find_unlisted(directory: Path, known: frozenset[str], ignored: Sequence[str]) -> tuple[ReleaseFile, ...]:
    """The entries of `directory` that nothing lists, by name; directories below it are not looked into.

    A link that leads to nothing or out of `directory` is refused: whoever opens it gets what nobody signed.
    `ignored` are the checksums file and its signatures. Raises `InputError` for the directory itself.
    """
    skipped = known | frozenset(ignored)
    found: list[ReleaseFile] = []
    try:
        with os.scandir(directory) as entries:
            for count, entry in enumerate(entries, 1):
                if count > limits.RELEASE_ENTRIES:
                    raise LimitExceeded(
                        f"holds more than the limit of {limits.RELEASE_ENTRIES} entries for a release",
                        hint="check that this is the right directory",
                        location=Location(str(directory)),
                    )
                file = _unlisted(directory, entry) if entry.name not in skipped else None
                if file is not None:
                    found.append(file)
    except OSError as error:
        raise as_input_error(error, directory) from error
    return tuple(sorted(found, key=lambda one: one.name))


def _unlisted(directory: Path, entry: os.DirEntry[str]) -> ReleaseFile | None:
    """One entry that nothing lists; None for a directory inside."""
    name, trail = entry.name, follow(Path(entry.path))
    role = role_of(name)
    refusal = _link_refusal(directory, trail)
    if refusal:
        return ReleaseFile(name, "refused", role, False, reason=refusal)
    mode = _mode(trail.end)
    if stat.S_ISDIR(mode):
        return None
    if not stat.S_ISREG(mode):
        reason = "it is no regular file of this directory"
        return ReleaseFile(name, "unlisted", role, False, reason=reason)
    known = _format_of(trail.end) if role == "other" else None
    if known is not None:
        reason = f"by its first bytes it is {known}"
        return ReleaseFile(name, "unlisted", "archive", False, reason=reason, path=trail.end)
    return ReleaseFile(name, "unlisted", role, False, path=trail.end)


def _format_of(path: Path) -> str | None:
    """The archive format by the first bytes, None also for a file that cannot be read."""
    try:
        with open_regular(path) as (descriptor, _status):
            return archive_format(os.pread(descriptor, HEAD_BYTES, 0))
    except InputError:
        return None


def _link_refusal(directory: Path, trail: Trail) -> str:
    """Why the link at the begin of `trail` counts for nothing; empty where it is none or stays inside."""
    if not trail.links:
        return ""
    if trail.looping:
        return "it is a link that leads back to itself"
    if not trail.complete:
        return "it is a link to what does not exist or cannot be seen"
    if directory not in (trail.end, *trail.end.parents):
        return f"it leads out of the directory, to {trail.end}"
    return ""


def _mode(path: Path) -> int:
    try:
        return os.lstat(path).st_mode
    except OSError:
        return 0
