"""`restarts`: which nodes run on which files."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from trustconsole import api
from trustconsole.api import AcknowledgeReport, NodeReport
from trustconsole.cli import blocks, exit_codes
from trustconsole.cli.call import Call
from trustconsole.cli.output import Stream
from trustconsole.cli.signs import ACCEPT, BY_NODE_STATE, NEUTRAL, RESTART, UNKNOWN
from trustconsole.cli.styled import Styled
from trustconsole.errors import UsageError
from trustconsole.text import plural, relative_time, rfc3339, shell_join, shell_word

_WORDS: Final = {
    "current": "runs on the files of now",
    "restart": "restart needed",
    "unknown": "unknown",
}
_NEXT: Final = {"restart": "restart it", "unknown": "to be certain, restart it"}


def restarts(call: Call) -> int:
    """Print every node of the settings and whether it needs a restart; or acknowledge the restart of one."""
    if call.values.acknowledge is not None:
        return _acknowledge(call, call.values.acknowledge)
    if call.values.apply:
        raise UsageError("--apply goes with --acknowledge NODE", hint="trustconsole restarts --help")
    report = api.restarts(call.options)
    if call.output.json:
        call.output.document(report.to_dict())
    elif report.nodes:
        _print(call.output.out, report.nodes, datetime.now(UTC))
    if not report.nodes:
        call.output.note("the settings name no nodes", hint="list them under nodes in the settings file")
    return exit_codes.of_restarts(node.state for node in report.nodes)


def _acknowledge(call: Call, node: str) -> int:
    report = api.acknowledge(call.options, node, apply=call.values.apply)
    if call.output.json:
        call.output.document(report.to_dict())
    else:
        _print_acknowledged(call.output.out, report)
    return exit_codes.of_restarts([report.node.state]) if report.applied else exit_codes.GOOD


def _print_acknowledged(out: Stream, report: AcknowledgeReport) -> None:
    statement = report.statement
    words = (
        f"{statement.login} states that {statement.node} was restarted at {rfc3339(statement.at)}, "
        "with the files of that moment"
    )
    lead = out.state(ACCEPT, "recorded") if report.applied else out.state(NEUTRAL, "would record")
    out.row(Styled(), lead + out.text(f": {words}"))
    blocks.facts(out, [(role, digest) for role, digest in statement.files.items()])
    sign = BY_NODE_STATE[report.node.state]
    out.line()
    out.row(Styled(), out.text("then ", "muted") + out.state(sign, f"{_WORDS[report.node.state]}"))
    blocks.facts(
        out,
        (
            ("reason", report.node.reason),
            ("next", None if report.applied else "the same with --apply, right after the restart"),
        ),
    )


def _print(out: Stream, nodes: tuple[NodeReport, ...], now: datetime) -> None:
    count = {state: sum(node.state == state for node in nodes) for state in _WORDS}
    parts = []
    if count["restart"]:
        parts.append(out.state(RESTART, f"{plural(count['restart'], 'node')} on old files"))
    if count["unknown"]:
        parts.append(out.state(UNKNOWN, f"{plural(count['unknown'], 'node')} of unknown state"))
    if count["current"]:
        parts.append(out.state(ACCEPT, f"{plural(count['current'], 'node')} on the files of now"))
    out.row(Styled(), out.separated(parts))
    for node in nodes:
        sign = BY_NODE_STATE[node.state]
        out.line()
        head = out.text(node.name, "bold") + out.text(f" ({node.role}) ", "muted")
        out.row(Styled(), head + out.state(sign, _WORDS[node.state]))
        started = f"{rfc3339(node.started)}, {relative_time(node.started, now)} ago" if node.started else None
        command = shell_join(node.restart_command) if node.state in _NEXT else ""
        bring = "; ".join(shell_join(file.command) for file in node.file_mismatch)
        stated = f"once it is: trustconsole restarts --acknowledge {shell_word(node.name)} --apply"
        blocks.facts(
            out,
            (
                ("reason", node.reason),
                ("started", started),
                ("evidence", node.evidence),
                ("next", bring and f"bring the file there: {bring}"),
                ("then" if bring else "next", command and f"{_NEXT[node.state]}: {command}"),
                ("then", stated if node.acknowledgeable and node.state in _NEXT else None),
            ),
        )
