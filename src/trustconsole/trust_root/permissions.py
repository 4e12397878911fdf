"""Who besides root and the owner could change a trust root: the modes of the file and of its directories.

Group and others only; what an owner may do is the owner's business. A sticky directory (such as /tmp) keeps
strangers from replacing what is not theirs, so only the entry below it counts there.
"""

from __future__ import annotations

import grp
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from trustconsole.findings import Finding, FindingKind
from trustconsole.text import shell_word
from trustconsole.trust_root import findings as kinds

_DEEPEST = 256


def permission_findings(path: Path) -> tuple[Finding, ...]:
    """Findings about `path` and its directories, as named and as resolved; never raises over the file."""
    try:
        named = Path(os.path.abspath(path))  # noqa: PTH100 - `resolve` would follow the links that are judged
        real = named.resolve(strict=True)
        status = real.stat()
    except (OSError, ValueError, RuntimeError):
        return ()
    found = list(_judge(str(path), real, status, kinds.FILE_WRITABLE_BY_OTHERS, kinds.FILE_WRITABLE_BY_GROUP))
    directories = dict.fromkeys((*real.parents, *(parent.resolve() for parent in named.parents)))
    for directory in list(directories)[:_DEEPEST]:
        found += _judge_directory(str(path), directory)
    return tuple(found)


def _judge_directory(path: str, directory: Path) -> Iterator[Finding]:
    try:
        status = directory.stat()
    except OSError:
        return
    if status.st_mode & stat.S_ISVTX:
        return
    yield from _judge(
        path, directory, status, kinds.DIRECTORY_WRITABLE_BY_OTHERS, kinds.DIRECTORY_WRITABLE_BY_GROUP
    )


def _judge(
    path: str, place: Path, status: os.stat_result, by_others: FindingKind, by_group: FindingKind
) -> Iterator[Finding]:
    facts: dict[str, Any] = {"mode": f"{stat.S_IMODE(status.st_mode):04o}", "place": shell_word(str(place))}
    if status.st_mode & stat.S_IWOTH:
        yield by_others.at(path, **facts)
    if status.st_mode & stat.S_IWGRP:
        yield by_group.at(path, group=_group(status.st_gid), **facts)


def _group(gid: int) -> str:
    try:
        return grp.getgrgid(gid).gr_name
    except KeyError:
        return str(gid)
