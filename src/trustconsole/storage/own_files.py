"""Whether a file or directory of the console's own can be believed: nobody but this user and root changes it.

What stands in the state directory is evidence that gates rest on, and a lock file is truncated and removed;
both in places where somebody else may have been first. The files of the controller have their own owners and
are judged elsewhere (`trust_root/permissions.py`).
"""

from __future__ import annotations

import errno
import os
import shlex
import stat
from pathlib import Path

from trustconsole.errors import Location, UnreadableFile


def foreign_owner(status: os.stat_result) -> str | None:
    """Whose it is, for a sentence, where it is neither this user's nor root's."""
    if status.st_uid in (0, os.geteuid()):
        return None
    return f"belongs to uid {status.st_uid}, which is neither this user nor root"


def distrust(status: os.stat_result) -> str | None:
    """Why somebody else may have written it, as the end of a sentence; None where nobody could."""
    if (foreign := foreign_owner(status)) is not None:
        return foreign
    if status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        return f"may be written by its group or others (mode {stat.S_IMODE(status.st_mode):04o})"
    return None


def refuse_shared(status: os.stat_result) -> None:
    """`OSError` where an open file that is to be written in place is no regular one, or has a second name.

    A second name (hard link) may be that of a file that somebody wants to see overwritten.
    """
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "it is no regular file")
    if status.st_nlink > 1:  # 0: it was removed meanwhile, which is the caller's business
        raise OSError(errno.EMLINK, f"it has {status.st_nlink} names (hard links): find out what it is")


def refuse_foreign(path: Path, status: os.stat_result) -> None:
    """`OSError` with a sentence that names `path` where somebody else may have written it."""
    if (reason := distrust(status)) is not None:
        raise OSError(errno.EPERM, f"{path} {reason}{_remedy(path, status)}")


def refuse_to_believe(path: Path, status: os.stat_result) -> None:
    """`UnreadableFile` where somebody else may have written the open file at `path`, or its directory."""
    directory = path.parent
    for place, found in ((directory, os.stat(directory)), (path, status)):  # noqa: PTH116 - as the kernel sees it
        if (reason := distrust(found)) is not None:
            what = "" if place == path else f"cannot be believed: its directory {place} "
            raise UnreadableFile(
                f"{what}{reason}",
                hint=f"find out who wrote it, then take it over{_remedy(place, found)}",
                location=Location(str(path)),
            )


def _remedy(path: Path, status: os.stat_result) -> str:
    change = f"chown {os.geteuid()}" if foreign_owner(status) is not None else "chmod go-w"
    return f": {change} {shlex.quote(str(path))}"
