"""Digests of artefacts that did not move: hashing a thousand modules once is enough.

A digest counts for as long as the file's identity (device, inode, size, mtime, ctime) stays. It is kept only
where that identity was the same before and after hashing, and old enough that a later write could not hide in
the same tick of the file system's clock.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from threading import Lock

from trustconsole.storage import FileIdentity, identity_of
from trustconsole.verification import Artifact

_REMEMBERED = 200_000
_SETTLED_NS = 2_000_000_000
"""The coarsest time stamps of file systems in use: two seconds."""


class ArtifactMemory:
    """Artefacts by path; safe to share between threads. `clock` gives nanoseconds since 1970."""

    def __init__(self, *, clock: Callable[[], int] = time.time_ns) -> None:
        self._clock = clock
        self._known: dict[str, Artifact] = {}
        self._lock = Lock()
        self.hashed = 0
        """How many files were read so far: what a rescan costs."""

    def read(self, path: Path) -> Artifact:
        """The artefact at `path`, hashed only where it moved since the last time; raises `InputError`."""
        before = identity_at(path)
        with self._lock:
            known = self._known.get(str(path))
        if known is not None and before is not None and known.identity == before:
            return known
        started = self._clock()
        artifact = Artifact.read(path)
        identity = artifact.identity
        with self._lock:
            self.hashed += 1
            if (
                identity is not None
                and identity == before == identity_at(path)
                and _settled(identity, started)
            ):
                if len(self._known) >= _REMEMBERED:
                    self._known.clear()
                self._known[str(path)] = artifact
        return artifact


def identity_at(path: str | Path) -> FileIdentity | None:
    """The identity of the file at `path`, None where there is none to be seen."""
    try:
        return identity_of(os.stat(path))  # noqa: PTH116 - one call for each of thousands of paths
    except (OSError, ValueError):
        return None


def _settled(identity: FileIdentity, now_ns: int) -> bool:
    return max(identity.ctime_ns, identity.mtime_ns) + _SETTLED_NS < now_ns
