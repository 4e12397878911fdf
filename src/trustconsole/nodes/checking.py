"""All nodes of the settings against the files on disk: reads, remembers, probes, and lets the rule decide."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from trustconsole.nodes.acknowledging import judge_acknowledged
from trustconsole.nodes.commands import Runner, run_command
from trustconsole.nodes.distributing import distribute_command
from trustconsole.nodes.model import FileMismatch, NodeReport, RestartsReport
from trustconsole.nodes.probing import Host, Probe, instant, probe
from trustconsole.nodes.processes import ProcessTable
from trustconsole.nodes.remote import (
    RemoteLook,
    evidence_of,
    host_behind,
    look_behind,
    remember,
    skew_words,
    unreachable,
)
from trustconsole.nodes.restart_truth import FileFacts, Judgement, judge
from trustconsole.nodes.silence import SilentHosts
from trustconsole.nodes.target_files import LocalFiles, NodeFile, TargetFiles, files_of, named_otherwise
from trustconsole.nodes.via import Shell, run_shell, shown_command
from trustconsole.records import Acknowledgement, NodeSettings, Observations

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_AT_ONCE = 16


def nanoseconds(moment: datetime) -> int:
    """An aware time as nanoseconds since 1970, exact."""
    return (moment - _EPOCH) // timedelta(microseconds=1) * 1000


@dataclass(frozen=True, slots=True)
class NodeFacts:
    """What one look found out about a node: the files it loads and whether they changed under it, its
    evidence, and the time on its own host. `unreachable` says why there is nothing of all that.
    """

    node: NodeSettings
    files: tuple[NodeFile, ...]
    facts: tuple[FileFacts, ...]
    probe: Probe
    now: int
    unreachable: str | None = None


def check_nodes(
    nodes: Sequence[NodeSettings],
    targets: TargetFiles,
    observations: Observations,
    *,
    now: datetime,
    runner: Runner = run_command,
    processes: ProcessTable | None = None,
    shell: Shell = run_shell,
    silent: SilentHosts | None = None,
    acknowledged: Mapping[str, Acknowledgement] | None = None,
) -> RestartsReport:
    """Which nodes run on the files that are on disk now, in the order of `nodes`.

    One look: `now` (aware, taken before `targets.config` was read) is when it begins, and `observations` is
    told what is seen and saved. Nodes behind `via` are asked at the same time, through `shell`;
    `acknowledged` is what operators stated, by node. Never raises over a file, a process or a command; what
    cannot be proved is `unknown`. With one `silent` per session a host that hangs is not asked each time.
    """
    found = look_at_nodes(
        nodes,
        targets,
        observations,
        now=now,
        runner=runner,
        processes=processes,
        shell=shell,
        silent=silent,
    )
    statements = acknowledged or {}
    return RestartsReport(tuple(report_on(facts, statements.get(facts.node.name)) for facts in found))


def look_at_nodes(
    nodes: Sequence[NodeSettings],
    targets: TargetFiles,
    observations: Observations,
    *,
    now: datetime,
    runner: Runner = run_command,
    processes: ProcessTable | None = None,
    shell: Shell = run_shell,
    silent: SilentHosts | None = None,
) -> tuple[NodeFacts, ...]:
    """The facts behind `check_nodes`, which judges them."""
    table = processes or ProcessTable.of_this_host()
    observations.begin_look(nanoseconds(now))
    behind = [node for node in nodes if node.via]

    hosts = silent or SilentHosts()

    def ask(node: NodeSettings) -> RemoteLook:
        if (still := hosts.still(node.via)) is not None:
            return unreachable(still)
        begun = hosts.clock()
        directory = targets.working_directory
        look = look_behind(node, files_of(node, targets), directory, shell=shell, proc=table.root)
        hosts.note(node.via, look.problem, begun)
        return look

    with ThreadPoolExecutor(max(1, min(len(behind), _AT_ONCE)), thread_name_prefix="via") as pool:
        asked = {node.name: pool.submit(ask, node) for node in behind}
        files = LocalFiles(targets, observations)
        files.look_at_targets()
        host = Host.here(runner, table, observations)
        here = {node.name: _here(node, files, host, nanoseconds(now)) for node in nodes if not node.via}
        looks = {name: future.result() for name, future in asked.items()}
    found = tuple((_there(node, looks[node.name], files) if node.via else here[node.name]) for node in nodes)
    known = tuple(_with_history(facts, observations) for facts in found)
    observations.save()
    return known


def _here(node: NodeSettings, files: LocalFiles, host: Host, now: int) -> NodeFacts:
    found = probe(node.evidence, host)
    return NodeFacts(node, files_of(node, files.targets), tuple(files.facts_for(node)), found, now)


def _there(node: NodeSettings, look: RemoteLook, local: LocalFiles) -> NodeFacts:
    files = files_of(node, local.targets)
    behind = f"behind {shlex.join(node.via)}"
    if look.problem is not None:
        nothing = Probe(f"{node.evidence.kind} {behind}", problem=look.problem)
        return NodeFacts(node, files, (), nothing, 0, unreachable=look.problem)
    found = probe(evidence_of(node, local.targets.working_directory), host_behind(look, local.observations))
    seen = remember(look, node, files, local.observations)
    facts = []
    for file, one in zip(files, seen, strict=True):
        fact = local.compared(file, one)
        if one.values is not None and (why := named_otherwise(files, one.values, local.targets)):
            fact = FileFacts(file.role, None, why)
        facts.append(fact)
    evidence = f"{found.evidence}, {behind}{skew_words(look.skew)}"
    return NodeFacts(node, files, tuple(facts), replace(found, evidence=evidence), look.latest)


def _with_history(found: NodeFacts, observations: Observations) -> NodeFacts:
    """The same, with what earlier looks tell: whether this very run was seen before a file changed."""
    identity = found.probe.identity
    if identity is None:
        return found
    first_look = observations.see_node(found.node.name, identity)
    facts = tuple(
        replace(file, ran_before=file.memory is not None and file.memory.changed_look > first_look)
        for file in found.facts
    )
    return replace(found, facts=facts)


def report_on(found: NodeFacts, statement: Acknowledgement | None) -> NodeReport:
    """What the facts come to; `statement` counts for a node without evidence only."""
    node = found.node
    manual = node.evidence.kind == "manual"
    if found.unreachable is not None:
        judgement = Judgement("unknown", found.unreachable)
    elif manual and statement is not None:
        judgement = judge_acknowledged(found.facts, statement)
    else:
        judgement = judge(found.facts, found.probe, found.now)
    start = found.probe.start
    return NodeReport(
        name=node.name,
        role=node.role,
        state=judgement.state,
        started=instant(start.earliest) if start is not None else None,
        evidence=found.probe.evidence,
        reason=judgement.reason,
        restart_command=shown_command(node.via, node.restart) if node.restart else (),
        via=node.via,
        identity=found.probe.identity,
        acknowledgeable=manual,
        file_mismatch=tuple(_mismatches(found)),
    )


def _mismatches(found: NodeFacts) -> Iterator[FileMismatch]:
    for file, fact in zip(
        found.files, found.facts, strict=False
    ):  # of an unreachable node there are no facts
        if file.target is not None and fact.other_than is not None and fact.memory is not None:
            command = distribute_command(found.node, file.target, to=file.path)
            yield FileMismatch(fact.role, file.path, file.target, fact.memory.digest, command)
