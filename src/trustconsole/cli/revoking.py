"""`revoke`: what an emergency removal does, and what it does not."""

from __future__ import annotations

from trustconsole import api
from trustconsole.api import Revocation
from trustconsole.cli import blocks, exit_codes
from trustconsole.cli.call import Call
from trustconsole.cli.signs import ACCEPT, BY_NODE_STATE, REJECT, WARN
from trustconsole.cli.styled import Styled
from trustconsole.cli.suggesting import command_line, undo_command
from trustconsole.cli.trust_root import print_changes
from trustconsole.text import plural, sentence


def revoke(call: Call) -> int:
    """Print what removing the block does; with --apply remove it."""
    values = call.values
    session = api.open_session(call.options, write=values.apply)
    report = api.revoke(
        session,
        values.fp,
        apply=values.apply,
        override=values.override or "",
        follow_link=values.follow_link,
    )
    if call.output.json:
        call.output.document(report.to_dict())
    else:
        _print(call, report)
    return exit_codes.of_gate(holds=report.applied or not report.problems)


def _print(call: Call, report: Revocation) -> None:
    out = call.output.out
    short = report.fingerprint[:8]
    if report.applied:
        out.row(Styled(), out.state(ACCEPT, f"{short} is removed from {report.target}; a backup was kept"))
    else:
        out.row(Styled(), out.state(WARN, f"dry run: {short} would be removed from {report.target}"))
    print_changes(out, report.diff)
    blocks.heading(out, f"Refused at the next install: {plural(len(report.stops), 'module')}")
    for name in report.stops:
        out.row(out.text("  ") + out.sign(REJECT) + out.text(" "), out.text(name))
    blocks.heading(out, "What this does not achieve")
    for words in report.not_achieved:
        out.row(out.text("  ") + out.sign(WARN) + out.text(" "), out.text(words))
    if report.restart:
        blocks.heading(out, "To restart")
        for node in report.restart:
            lead = out.text("  ") + out.sign(BY_NODE_STATE[node.state]) + out.text(f" {node.name}  ", "bold")
            out.row(lead, out.text(sentence(node.reason)))
    if report.problems:
        blocks.heading(out, "What stands against it")
        blocks.findings(out, report.problems)
    if report.applied:
        out.line()
        blocks.facts(out, (("undo", undo_command(call)),))
    elif not report.problems:
        out.line()
        blocks.facts(
            out,
            (
                (
                    "next",
                    command_line(
                        call, "revoke", short, "--apply", *(("--follow-link",) if report.link else ())
                    ),
                ),
            ),
        )
