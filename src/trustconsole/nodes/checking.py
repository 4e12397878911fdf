"""All nodes of the settings against the files on disk: reads, remembers, probes, and lets the rule decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from trustconsole import limits
from trustconsole.controller_config import check_config
from trustconsole.controller_config.report import ConfigReport
from trustconsole.errors import InputError
from trustconsole.nodes.commands import Runner, run_command
from trustconsole.nodes.model import NodeReport, RestartsReport
from trustconsole.nodes.probing import Host, Probe, instant, probe
from trustconsole.nodes.processes import ProcessTable
from trustconsole.nodes.restart_truth import FileFacts, FileRole, Judgement, judge
from trustconsole.records import FileMemory, NodeSettings, Observations
from trustconsole.storage import ctime_bound, read_bounded

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class TargetFiles:
    """The files that nodes should run on; None where there is none, or where it is of no concern.

    `config` is the report of the target `controller.yml`. A node's own relative paths are relative to
    `working_directory`.
    """

    working_directory: Path
    config: ConfigReport | None = None
    trust_root: Path | None = None
    rekor_key: Path | None = None


@dataclass(frozen=True, slots=True)
class _Seen:
    memory: FileMemory | None
    problem: str | None = None


class _Files:
    """Every file is read once per look, whatever the number of nodes."""

    def __init__(self, targets: TargetFiles, observations: Observations, now: datetime) -> None:
        self._targets = targets
        self._observations = observations
        self._now = now
        self._seen: dict[tuple[FileRole, Path], _Seen] = {}

    def look_at_targets(self) -> None:
        """Remember the targets even where no node needs them yet, for later questions."""
        targets = self._targets
        config = Path(targets.config.path) if targets.config is not None else None
        pairs: tuple[tuple[FileRole, Path | None], ...] = (
            ("trust root", targets.trust_root),
            ("Rekor key", targets.rekor_key),
            ("controller.yml", config),
        )
        for role, path in pairs:
            if path is not None:
                self._look(role, path)

    def facts_for(self, node: NodeSettings) -> list[FileFacts]:
        """The files that `node` loads; whether it ran before they changed is not known yet."""
        targets = self._targets
        wanted: list[tuple[FileRole, Path | None, Path | None]] = [
            ("trust root", node.trust_root, targets.trust_root)
        ]
        if node.role == "controller":  # a daemon has its own daemon.yml and knows no Rekor
            config = Path(targets.config.path) if targets.config is not None else None
            wanted.append(("Rekor key", node.rekor_key, targets.rekor_key))
            wanted.append(("controller.yml", node.config, config))
        facts: list[FileFacts] = []
        for role, own, target in wanted:
            path = self._targets.working_directory / own if own is not None else target
            if path is not None:
                facts.append(self._facts(role, path, target))
        return facts

    def _facts(self, role: FileRole, path: Path, target: Path | None) -> FileFacts:
        seen = self._look(role, path)
        other = None
        if role != "controller.yml" and target is not None and seen.memory is not None:
            wanted = self._look(role, target).memory
            other = str(target) if wanted is not None and wanted.digest != seen.memory.digest else None
        return FileFacts(role, seen.memory, seen.problem, other_than=other)

    def _look(self, role: FileRole, path: Path) -> _Seen:
        found = self._seen.get((role, path))
        if found is None:
            found = self._seen[(role, path)] = self._read(role, path)
        return found

    def _read(self, role: FileRole, path: Path) -> _Seen:
        try:
            digest, ctime = self._stable(role, path)
        except InputError as error:
            return _Seen(None, error.message)
        if digest is None:
            return _Seen(None, "has no effective values, because the build does not load it")
        return _Seen(self._observations.see_file(f"{role}:{path.absolute()}", digest, ctime))

    def _stable(self, role: FileRole, path: Path) -> tuple[str | None, int]:
        """Digest and ctime bound of one and the same state of the file, as far as a few attempts allow."""
        before = ctime_bound(path)
        digest, after = self._digest(role, path), ctime_bound(path)
        attempts = 1
        while before != after and attempts < _ATTEMPTS:
            before, attempts = after, attempts + 1
            digest, after = self._digest(role, path), ctime_bound(path)
        return digest, after

    def _digest(self, role: FileRole, path: Path) -> str | None:
        if role != "controller.yml":
            return read_bounded(path, limits.PEM_BYTES, what=role).sha256
        target = self._targets.config
        if target is not None and Path(target.path) == path:
            return target.signing_digest
        read_bounded(
            path, limits.YAML_BYTES, what=role
        )  # raises with the reason, which a report keeps inside
        return check_config(path, now=self._now).signing_digest


def nanoseconds(moment: datetime) -> int:
    """An aware time as nanoseconds since 1970, exact."""
    return (moment - _EPOCH) // timedelta(microseconds=1) * 1000


def check_nodes(
    nodes: Sequence[NodeSettings],
    targets: TargetFiles,
    observations: Observations,
    *,
    now: datetime,
    runner: Runner = run_command,
    processes: ProcessTable | None = None,
) -> RestartsReport:
    """Which nodes run on the files that are on disk now, in the order of `nodes`.

    One look: `now` (aware, taken before `targets.config` was read) is when it begins, and `observations` is
    told what is seen and saved. Never raises over a file, a process or a command; what cannot be proved is
    `unknown`.
    """
    observations.begin_look(nanoseconds(now))
    files = _Files(targets, observations, now)
    host = Host(runner, processes or ProcessTable.of_this_host(), observations)
    files.look_at_targets()
    reports = tuple(_check_node(node, files, host, nanoseconds(now)) for node in nodes)
    observations.save()
    return RestartsReport(reports)


def _check_node(node: NodeSettings, files: _Files, host: Host, now: int) -> NodeReport:
    found = _elsewhere(node) if node.via else probe(node.evidence, host)
    facts = [] if node.via else files.facts_for(node)
    if found.identity is not None:
        first_look = host.observations.see_node(node.name, found.identity)
        facts = [replace(file, ran_before=_changed_since(file, first_look)) for file in facts]
    judgement = Judgement("unknown", found.problem or "") if node.via else judge(facts, found, now)
    return NodeReport(
        name=node.name,
        role=node.role,
        state=judgement.state,
        started=instant(found.start.earliest) if found.start is not None else None,
        evidence=found.evidence,
        reason=judgement.reason,
        restart_command=(*node.via, *node.restart) if node.restart else (),
    )


def _changed_since(file: FileFacts, look: int) -> bool:
    return file.memory is not None and file.memory.changed_look > look


def _elsewhere(node: NodeSettings) -> Probe:
    evidence = f"{node.evidence.kind} behind {' '.join(node.via)}"
    return Probe(
        evidence, problem="it is reached through another command, and nodes are probed on this host only"
    )
