"""The files that nodes should run on, and what is known about those on this host.

Every file is read once per look, whatever the number of nodes. Files of other hosts are `remote`'s; the rule
over all of them is `restart_truth`'s.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from trustconsole import limits
from trustconsole.controller_config import ConfigReport, SigningValues, signing_values
from trustconsole.errors import InputError
from trustconsole.nodes.restart_truth import FileFacts, FileRole
from trustconsole.records import FileMemory, NodeSettings, Observations
from trustconsole.storage import ctime_bound, read_bounded

_ATTEMPTS = 3
_MOST_CONFIGS = 64
NOT_LOADED = "has no effective values, because the build does not load it"


@dataclass(frozen=True, slots=True)
class TargetFiles:
    """The files that nodes should run on; None where there is none, or where it is of no concern.

    `config` is the report of the target `controller.yml`. A node's own relative paths are relative to
    `working_directory`, on that node.
    """

    working_directory: Path
    config: ConfigReport | None = None
    trust_root: Path | None = None
    rekor_key: Path | None = None


@dataclass(frozen=True, slots=True)
class NodeFile:
    """A file that a node loads at its start: `path` on that node (absolute or as `TargetFiles` has it).

    `target` is this host's file that it must equal, None where it stands for itself (a `controller.yml` is
    judged by its own values). `assumed`: the settings do not name it for this node.
    """

    role: FileRole
    path: Path
    target: Path | None
    assumed: bool

    @property
    def limit(self) -> int:
        """The most bytes that such a file may have."""
        return limits.YAML_BYTES if self.role == "controller.yml" else limits.PEM_BYTES


def files_of(node: NodeSettings, targets: TargetFiles) -> tuple[NodeFile, ...]:
    """What `node` loads: of a daemon, with its own daemon.yml and no Rekor, only the trust root."""
    config = Path(targets.config.path) if targets.config is not None else None
    rows: list[tuple[FileRole, Path | None, Path | None]] = [
        ("trust root", node.trust_root, targets.trust_root)
    ]
    if node.role == "controller":
        rows += [("Rekor key", node.rekor_key, targets.rekor_key), ("controller.yml", node.config, config)]
    files = []
    for role, own, target in rows:
        path = targets.working_directory / own if own is not None else target
        if path is not None:
            compared = target if role != "controller.yml" else None
            files.append(NodeFile(role, path, compared, assumed=own is None))
    return tuple(files)


class SigningMemo:
    """The effective values in the last few `controller.yml`, by SHA-256: they follow from the bytes."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, SigningValues | None] = OrderedDict()
        self._lock = Lock()

    def known(self) -> tuple[str, ...]:
        """The digests whose content need not be read again."""
        with self._lock:
            return tuple(self._known)

    def of(self, sha256: str, data: bytes | None) -> SigningValues | None:
        """The values in the bytes with that digest; None where the build does not load them."""
        with self._lock:
            if sha256 in self._known:
                self._known.move_to_end(sha256)
                return self._known[sha256]
        values = signing_values(data) if data is not None else None
        if data is not None:
            with self._lock:
                self._known[sha256] = values
                while len(self._known) > _MOST_CONFIGS:
                    self._known.popitem(last=False)
        return values


MEMO = SigningMemo()


def named_otherwise(files: tuple[NodeFile, ...], values: SigningValues, targets: TargetFiles) -> str | None:
    """Why a controller.yml with these values means another file than the one compared, where it does."""
    named = {"trust root": values.trust_root, "Rekor key": values.rekor_key}
    for file in files:
        if not file.assumed or file.role not in named:
            continue
        value = named[file.role]
        if value is None:
            return f"names no {file.role}, while {file.path} is compared"
        if targets.working_directory / value != file.path:
            key = "trust_root" if file.role == "trust root" else "rekor_key"
            return f"names another {file.role} ({value}): set {key} of this node"
    return None


@dataclass(frozen=True, slots=True)
class Seen:
    """One file at this look: `memory`, or `problem` why there is none; `values` of a controller.yml."""

    memory: FileMemory | None
    problem: str | None = None
    values: SigningValues | None = None


@dataclass(slots=True)
class LocalFiles:
    """The files of this host at one look."""

    targets: TargetFiles
    observations: Observations
    _seen: dict[tuple[FileRole, Path], Seen] = field(default_factory=dict)

    def look_at_targets(self) -> None:
        """Remember the targets even where no node needs them yet, for later questions."""
        for file in files_of(NodeSettings("", "controller"), self.targets):
            self.look(file.role, file.path)

    def facts_for(self, node: NodeSettings) -> list[FileFacts]:
        """The files that `node` of this host loads; whether it ran before they changed is not known yet."""
        files = files_of(node, self.targets)
        return [self._facts(file, files) for file in files]

    def _facts(self, file: NodeFile, files: tuple[NodeFile, ...]) -> FileFacts:
        seen = self.look(file.role, file.path)
        facts = self.compared(file, seen)
        if facts.memory is not None and seen.values is not None:
            why = named_otherwise(files, seen.values, self.targets)
            return FileFacts("controller.yml", None, why) if why is not None else facts
        return facts

    def compared(self, file: NodeFile, seen: Seen) -> FileFacts:
        """What was `seen` of a node's file, held against the target."""
        if file.target is None or seen.memory is None:
            return FileFacts(file.role, seen.memory, seen.problem)
        target = self.look(file.role, file.target)
        if target.memory is None:
            return FileFacts(file.role, None, f"cannot be compared: {file.target} {target.problem}")
        same = target.memory.digest == seen.memory.digest
        return FileFacts(file.role, seen.memory, other_than=None if same else str(file.target))

    def look(self, role: FileRole, path: Path) -> Seen:
        """The file `path` of this host."""
        found = self._seen.get((role, path))
        if found is None:
            found = self._seen[(role, path)] = self._read(role, path)
        return found

    def _read(self, role: FileRole, path: Path) -> Seen:
        try:
            digest, values, ctime = self._stable(role, path)
        except InputError as error:
            return Seen(None, error.message)
        if digest is None:
            return Seen(None, NOT_LOADED)
        memory = self.observations.see_file(f"{role}:{path.absolute()}", digest, ctime)
        return Seen(memory, None, values)

    def _stable(self, role: FileRole, path: Path) -> tuple[str | None, SigningValues | None, int]:
        """Digest and ctime bound of one and the same state of the file, as far as a few attempts allow."""
        before = ctime_bound(path)
        (digest, values), after = self._digest(role, path), ctime_bound(path)
        attempts = 1
        while before != after and attempts < _ATTEMPTS:
            before, attempts = after, attempts + 1
            (digest, values), after = self._digest(role, path), ctime_bound(path)
        return digest, values, after

    def _digest(self, role: FileRole, path: Path) -> tuple[str | None, SigningValues | None]:
        if role != "controller.yml":
            return read_bounded(path, limits.PEM_BYTES, what=role).sha256, None
        target = self.targets.config
        if target is not None and Path(target.path) == path:
            return target.signing_digest, None
        read = read_bounded(path, limits.YAML_BYTES, what=role)
        values = MEMO.of(read.sha256, read.data)
        return (values.digest if values else None), values
