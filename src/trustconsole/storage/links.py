"""Where a path really leads: every symbolic link on the way, and the latest change of any of them.

A trust root is often a link (Kubernetes: `root.pem` → `..data/root.pem`, `..data` → `..2026_02_11`), so
neither the file's own times nor its own directory tell the whole story. Watching and restart truth both
start from the trail that this module walks.
"""

from __future__ import annotations

import errno
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from trustconsole.errors import Location, SpecialFile
from trustconsole.storage.reading import as_input_error

_MOST_LINKS = 40  # the kernel's own bound (path_resolution(7))


@dataclass(frozen=True, slots=True)
class Trail:
    """The way from a path to what it names.

    `links` are the symbolic links met, directories' links included, each as a path that itself has no link
    before its last part. `end` is what was reached without links: the target where `complete`, otherwise the
    last thing that exists before the missing part. `looping` is set where the links lead back to themselves.
    """

    links: tuple[Path, ...]
    end: Path
    complete: bool
    looping: bool = False


def follow(path: Path) -> Trail:
    """Walk `path` part by part as the kernel does; never raises, a part that cannot be seen ends the walk."""
    pending = list(reversed(path.absolute().parts[1:]))
    place = Path("/")
    links: list[Path] = []
    while pending:
        part = pending.pop()
        if part == "..":
            place = place.parent
            continue
        step = place / part
        try:
            if not stat.S_ISLNK(os.lstat(step).st_mode):
                place = step
                continue
            target = step.readlink()
        except (OSError, ValueError):
            return Trail(tuple(links), place, complete=False)
        links.append(step)
        if len(links) > _MOST_LINKS:
            return Trail(tuple(links), place, complete=False, looping=True)
        if target.is_absolute():
            place = Path("/")
        pending.extend(reversed(target.parts[1:] if target.is_absolute() else target.parts))
    return Trail(tuple(links), place, complete=True)


def link_end(path: str | Path) -> str | None:
    """Where a path leads that has a symbolic link anywhere on its way; None where it has none."""
    trail = follow(Path(path))
    return str(trail.end) if trail.links else None


def is_possible(path: Path) -> bool:
    """Whether a file could have this path: no NUL byte, no character that file names cannot have here."""
    try:
        return b"\0" not in os.fsencode(path)
    except ValueError:
        return False


def ctime_bound(path: Path) -> int:
    """The latest ctime (nanoseconds since 1970) over the file and every link on the way to it.

    A swap of a link in the middle (`..data`) counts, although the file behind it may be older. Raises as
    `read_bounded` where there is nothing at the end.
    """
    trail = follow(path)
    if trail.looping:
        raise SpecialFile(
            "is a link that leads back to itself", hint="mend the link", location=Location(str(path))
        )
    try:
        if not trail.complete:
            os.stat(path)  # noqa: PTH116 - raises with the kernel's own reason
            raise OSError(errno.ENOENT, "")  # it appeared between the two looks; the next one finds it
        return max(os.lstat(step).st_ctime_ns for step in (*trail.links, trail.end))
    except OSError as error:
        raise as_input_error(error, path) from error
    except ValueError as error:  # a NUL byte inside the path
        raise as_input_error(OSError(errno.ENOENT, ""), Path(str(path).replace("\0", "\\0"))) from error
