"""What changed since the last look, decided by content: a touch, a chmod or a rename onto itself is none.

Small files are hashed at every look. Artefacts are hashed only when their identity (device, inode, size,
mtime, ctime) moved, or when it was so fresh at the last hashing that a later write could hide in the same
tick of the file system's clock.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from trustconsole import limits
from trustconsole.errors import InputError
from trustconsole.storage.reading import FileIdentity, digest_file, identity_of

_TICK_NS = 2_000_000_000
"""The coarsest time stamps of file systems in use (FAT, some network ones): two seconds."""


@dataclass(frozen=True, slots=True)
class _Seen:
    sha256: str | None
    identity: FileIdentity | None
    settled: bool


class Fingerprints:
    """Remembers the digest of every path it was asked about; `clock` gives nanoseconds since 1970."""

    def __init__(self, *, clock: Callable[[], int] = time.time_ns) -> None:
        self._clock = clock
        self._seen: dict[Path, _Seen] = {}
        self.hashed = 0
        """How many files were read so far: what a rescan costs."""

    def sha256(self, path: Path) -> str | None:
        """The digest at the last look; None where there was nothing readable, or no look."""
        seen = self._seen.get(path)
        return seen.sha256 if seen else None

    def changed_since(self, small: Iterable[Path], artefacts: Iterable[Path] = ()) -> frozenset[Path]:
        """Look again, and say which paths have another digest than at the last look.

        Appearing and vanishing (or becoming unreadable) are changes; a path never asked about before is
        one where it can be read. Paths not named this time are forgotten: vanished where they had a digest.
        """
        before, after = self._seen, {}
        for path in small:
            after[path] = self._hash(path, limits.YAML_BYTES, self._identity(path))
        for path in artefacts:
            if path not in after:
                after[path] = self._look_at_artefact(path, before.get(path))
        self._seen = after
        nothing = _Seen(None, None, settled=True)
        return frozenset(
            path
            for path in before.keys() | after.keys()
            if before.get(path, nothing).sha256 != after.get(path, nothing).sha256
        )

    def _look_at_artefact(self, path: Path, before: _Seen | None) -> _Seen:
        identity = self._identity(path)
        if before is not None and before.settled and identity is not None and identity == before.identity:
            return before
        return self._hash(path, limits.ARTIFACT_BYTES, identity)

    def _hash(self, path: Path, limit: int, identity: FileIdentity | None) -> _Seen:
        if identity is None:
            return _Seen(None, None, settled=True)
        started = self._clock()
        self.hashed += 1
        try:
            digest = digest_file(path, limit)
        except InputError:
            return _Seen(None, identity, settled=False)
        newest = max(digest.identity.ctime_ns, digest.identity.mtime_ns)
        return _Seen(digest.sha256, digest.identity, settled=newest + _TICK_NS < started)

    @staticmethod
    def _identity(path: Path) -> FileIdentity | None:
        try:
            return identity_of(os.stat(path))  # noqa: PTH116 - one call, the very fields
        except (OSError, ValueError):
            return None
