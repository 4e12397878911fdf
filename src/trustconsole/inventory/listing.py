"""Every module under some paths: files, directories that are walked, and the controller's module store.

Says what is there, not whether it verifies. A walk is bounded in depth and entries, visits a directory
once however many links lead to it, and lists a file once by its real path, under the shortest way to it.
"""

from __future__ import annotations

import os
import stat
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from trustconsole import limits
from trustconsole.inventory.manifest import read_manifest
from trustconsole.inventory.model import Manifest, Module, Origin
from trustconsole.inventory.names import (
    BUNDLE_SUFFIX,
    SIG_SUFFIX,
    STORE_ARTIFACTS,
    STORE_INDEX,
    is_artifact,
    is_stored_jar,
)
from trustconsole.inventory.store import IndexEntry, is_store, read_index
from trustconsole.storage import as_input_error

ManifestReader = Callable[[Path], Manifest]
_SPECIAL_NAMES = ((stat.S_ISFIFO, "a FIFO"), (stat.S_ISSOCK, "a socket"), (stat.S_ISDIR, "a directory"))


@dataclass(frozen=True, slots=True)
class Inventory:
    """Modules sorted by path, and a sentence for each thing that could not be listed (untrusted names).

    `unreadable` are paths that were asked for by name and are neither a file nor a directory that can be
    read; each has its sentence in `problems` too.
    """

    modules: tuple[Module, ...]
    problems: tuple[str, ...]
    unreadable: tuple[str, ...] = ()


def list_modules(
    paths: Sequence[Path],
    *,
    manifest_of: ManifestReader = read_manifest,
    progress: Callable[[int], None] | None = None,
) -> Inventory:
    """The modules at and below `paths`; never raises over the files.

    `manifest_of` reads a jar's manifest (`ManifestCache.read` where the same paths are listed again);
    `progress` is told the number of modules so far. A path that names a file is listed whatever its name.
    """
    walk = _Walk(manifest_of, progress)
    for path in paths:
        walk.add(path)
    return Inventory(
        tuple(sorted(walk.modules.values(), key=lambda module: module.path)),
        tuple(walk.problems),
        tuple(walk.unreadable),
    )


class _LimitReached(Exception):
    """A bound of the whole inventory; its sentence has been noted."""


@dataclass
class _Walk:
    manifest_of: ManifestReader
    progress: Callable[[int], None] | None
    modules: dict[tuple[str, str | None, str | None], Module] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    seen_directories: set[tuple[int, int]] = field(default_factory=set)
    entries: int = 0

    def add(self, path: Path) -> None:
        """One path that was asked for."""
        try:
            mode = path.stat().st_mode
        except (OSError, ValueError) as error:
            reason = (
                as_input_error(error, path).message if isinstance(error, OSError) else "is no possible path"
            )
            self._refuse(path, reason)
            return
        try:
            if stat.S_ISDIR(mode):
                self._walk(path)
            elif stat.S_ISREG(mode):
                self._add_file(path)
            else:
                self._refuse(path, f"is {_kind(mode)}, not a file")
        except _LimitReached:
            return

    def _refuse(self, path: Path, reason: str) -> None:
        self.unreadable.append(str(path))
        self.problems.append(f"{path} {reason}.")

    def _walk(self, top: Path) -> None:
        # Breadth first, so that of two ways to a file the shorter one names it.
        queue = deque([(top, 0)])
        while queue:
            directory, depth = queue.popleft()
            try:
                if not self._first_visit(directory):
                    continue
                names, below = self._scan(directory)
            except OSError as error:
                self.problems.append(f"{directory} {as_input_error(error, directory).message}.")
                continue
            self._add_directory(directory, names, below)
            if below and depth >= limits.TREE_DEPTH:
                self.problems.append(
                    f"{directory} is not walked further: the limit is {limits.TREE_DEPTH} directories."
                )
                continue
            queue.extend((directory / name, depth + 1) for name in below)

    def _first_visit(self, directory: Path) -> bool:
        status = directory.stat()
        identity = (status.st_dev, status.st_ino)
        if identity in self.seen_directories:
            return False
        self.seen_directories.add(identity)
        return True

    def _scan(self, directory: Path) -> tuple[list[str], list[str]]:
        """The sorted names in `directory` that are no directories, and those that are."""
        names: list[str] = []
        below: list[str] = []
        with os.scandir(directory) as entries:
            for entry in entries:
                self.entries += 1
                if self.entries > limits.TREE_ENTRIES:
                    self._stop(f"more than {limits.TREE_ENTRIES} directory entries", directory)
                (below if _is_directory(entry) else names).append(entry.name)
        return sorted(names), sorted(below)

    def _stop(self, limit: str, at: Path) -> None:
        self.problems.append(f"The walk ends at {at}: {limit}, the limit.")
        raise _LimitReached

    def _add_directory(self, directory: Path, names: list[str], below: list[str]) -> None:
        absolute = directory.absolute()
        if absolute.name == STORE_ARTIFACTS and is_store(absolute.parent, names):
            self._add_stored(absolute.parent, directory, names)
            return
        if STORE_INDEX in names and STORE_ARTIFACTS not in below:
            self._add_stored(directory, directory / STORE_ARTIFACTS, [])
        siblings = frozenset(names)
        real = os.path.realpath(directory)
        for name in names:
            if is_artifact(name, siblings):
                self._add_artifact(directory / name, real, "directory", name, None)

    def _add_file(self, path: Path) -> None:
        """A file asked for by name; inside a store it is the store's artefact."""
        stored = is_stored_jar(path.name) and path.absolute().parent.name == STORE_ARTIFACTS
        if stored:
            entry = read_index(path.absolute().parent.parent).entries.get(path.name)
            self._add_artifact(path, os.path.realpath(path.parent), "store", path.stem, entry)
        else:
            self._add_artifact(path, os.path.realpath(path.parent), "file", path.name, None)

    def _add_stored(self, store: Path, artifacts: Path, names: list[str]) -> None:
        index = read_index(store)
        self.problems.extend(index.problems)
        siblings = frozenset(names)
        real = os.path.realpath(artifacts)
        for name in names:
            if is_stored_jar(name) or name in index.entries:
                stem = name.removesuffix(".jar")
                self._add_artifact(artifacts / name, real, "store", stem, index.entries.get(name))
            elif is_artifact(name, siblings):
                self._add_artifact(artifacts / name, real, "directory", name, None)
        for name in sorted(index.entries.keys() - siblings):
            self.problems.append(
                f"The store index of {store} names {name}, which is not in {STORE_ARTIFACTS}."
            )

    def _add_artifact(
        self, path: Path, real_directory: str, origin: Origin, stem: str, entry: IndexEntry | None
    ) -> None:
        """`stem` is what the sidecars' names are made of: the file name, in a store the digest."""
        try:
            status = path.lstat()
            real = os.path.join(real_directory, path.name)  # noqa: PTH118 - joins text that realpath gave
            if stat.S_ISLNK(status.st_mode):
                real = os.path.realpath(path)
                status = path.stat()
        except OSError as error:
            self.problems.append(f"{path} is skipped: it {as_input_error(error, path).message}.")
            return
        if not stat.S_ISREG(status.st_mode):
            self.problems.append(f"{path} is skipped: it is {_kind(status.st_mode)}, not a file.")
            return
        named = entry.sidecars if entry else {}
        sig = self._sidecar(path, stem, SIG_SUFFIX, named)
        bundle = self._sidecar(path, stem, BUNDLE_SUFFIX, named)
        # One file under two names is one module only where its signature files are the same, too.
        identity = (real, sig and os.path.realpath(sig), bundle and os.path.realpath(bundle))
        if identity in self.modules:
            return
        if len(self.modules) >= limits.MODULES:
            self._stop(f"more than {limits.MODULES} modules", path.parent)
        self.modules[identity] = Module(
            path=str(path),
            origin=origin,
            sig_path=sig,
            bundle_path=bundle,
            manifest=self.manifest_of(path),
            indexed_id=entry.module_id if entry else None,
            indexed_version=entry.version if entry else None,
            indexed_sha256=entry.sha256 if entry else None,
        )
        if self.progress is not None:
            self.progress(len(self.modules))

    def _sidecar(self, artifact: Path, stem: str, suffix: str, named: Mapping[str, str]) -> str | None:
        """The sidecar's path; None where there is none, with a sentence where something else is there."""
        sidecar = artifact.with_name(named.get(suffix, stem + suffix))
        try:
            mode = sidecar.stat().st_mode
        except FileNotFoundError:
            if sidecar.is_symlink() or suffix in named:
                self.problems.append(f"The signature file {sidecar} of {artifact.name} does not exist.")
            return None
        except OSError as error:
            self.problems.append(f"The signature file {sidecar} {as_input_error(error, sidecar).message}.")
            return None
        if not stat.S_ISREG(mode):
            self.problems.append(f"The signature file {sidecar} is {_kind(mode)}, not a file.")
            return None
        return str(sidecar)


def _is_directory(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads back to itself; named as an artefact it gets its sentence there
        return False


def _kind(mode: int) -> str:
    return next((name for is_kind, name in _SPECIAL_NAMES if is_kind(mode)), "a device")
