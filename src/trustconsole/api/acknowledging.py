"""`restarts --acknowledge`: an operator states that a node without evidence was restarted just now.

Nothing is proved by it, and everything that rests on it says so. A node with evidence cannot be acknowledged:
what can be proved is never believed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from trustconsole.api.restarting import target_files
from trustconsole.api.target import Options, find_target
from trustconsole.errors import UsageError
from trustconsole.nodes import (
    NodeFacts,
    NodeReport,
    Runner,
    Shell,
    look_at_nodes,
    report_on,
    run_command,
    run_shell,
)
from trustconsole.records import (
    Acknowledgement,
    Acknowledgements,
    AuditLog,
    NodeSettings,
    Observations,
    Operator,
)


@dataclass(frozen=True, slots=True)
class AcknowledgeReport:
    """`statement` is what was kept where `applied`, else what would be; `node` is the state that follows."""

    applied: bool
    statement: Acknowledgement
    node: NodeReport

    def to_dict(self) -> dict[str, object]:
        """`trustconsole/acknowledge/1`."""
        return {
            "schema": "trustconsole/acknowledge/1",
            "applied": self.applied,
            "statement": self.statement.to_dict(),
            "node": self.node.to_dict(),
        }


def acknowledge(
    options: Options,
    node: str,
    *,
    apply: bool = False,
    operator: Operator | None = None,
    now: datetime | None = None,
    runner: Runner = run_command,
    shell: Shell = run_shell,
) -> AcknowledgeReport:
    """State that `node` was restarted at `now` and has loaded the files of this moment; kept with `apply`.

    An audit record is written first. Raises `SettingsError`; `UsageError` where there is no such node, it has
    evidence, or one of its files cannot be read; `AuditRefused` and `UnreadableFile` where the state
    directory cannot be written.
    """
    target = find_target(options)
    moment = now or datetime.now(UTC)
    settings = _settings_of(node, target.settings.nodes)
    [facts] = look_at_nodes(
        [settings],
        target_files(target, moment),
        Observations.load(target.state),
        now=moment,
        runner=runner,
        shell=shell,
    )
    who = operator or Operator.current()
    statement = Acknowledgement(node, moment.replace(microsecond=0), who.login, _digests(facts))
    if apply:
        AuditLog(target.state, operator=who, clock=lambda: moment).append(
            "node.acknowledge", target=node, before=None, after=None, details=statement.files
        )
        Acknowledgements.load(target.state).keep(statement)
    return AcknowledgeReport(apply, statement, report_on(facts, statement))


def _settings_of(name: str, nodes: tuple[NodeSettings, ...]) -> NodeSettings:
    for node in nodes:
        if node.name == name:
            if node.evidence.kind != "manual":
                raise UsageError(
                    f"{name} has evidence ({node.evidence.kind}): its restart is proved, not acknowledged",
                    hint="restart it; trustconsole restarts then says so by itself",
                )
            return node
    known = ", ".join(node.name for node in nodes)
    raise UsageError(
        f"the settings name no node {name!r}",
        hint=f"nodes: {known}" if known else "list it under nodes in the settings file",
    )


def _digests(facts: NodeFacts) -> dict[str, str]:
    name = facts.node.name
    if facts.unreachable is not None:
        raise UsageError(
            f"{name} cannot be acknowledged: {facts.unreachable}", hint="reach it, then try again"
        )
    if not facts.facts:
        raise UsageError(
            f"{name} cannot be acknowledged: no trust root or configuration is known that it loads",
            hint="set trust_root of this node in the settings",
        )
    digests: dict[str, str] = {}
    for file in facts.facts:
        if file.memory is None:
            raise UsageError(
                f"{name} cannot be acknowledged: {file.role} {file.problem or 'cannot be read'}",
                hint="mend that, then try again",
            )
        digests[file.role] = file.memory.digest
    return digests
