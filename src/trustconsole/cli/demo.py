"""`demo`: builds the sample workspace; opens the console on it, or prints what its modules show."""

from __future__ import annotations

from pathlib import Path

from trustconsole import api
from trustconsole.api import DemoRun
from trustconsole.cli import blocks, exit_codes
from trustconsole.cli.call import Call
from trustconsole.cli.output import Stream
from trustconsole.cli.signs import ACCEPT, BY_VERDICT, REJECT
from trustconsole.cli.styled import Styled
from trustconsole.cli.table import Column, print_table
from trustconsole.text import shell_join


def demo(call: Call) -> int:
    """Open the console on a new demo; without a terminal, or with --no-tui or --json, print a summary."""
    if call.output.json or call.values.no_tui or not call.interactive:
        # Without a console nobody would end the nodes, so none are started.
        run = api.run_demo(call.values.dir, nodes=False)
        if call.output.json:
            call.output.document(run.to_dict())
        else:
            _print(call.output.out, run)
        for path in run.deviations:
            call.output.note(f"{Path(path).name} did not get its planned verdicts", sign=REJECT)
        return exit_codes.REFUSED if run.deviations else exit_codes.GOOD
    run = api.run_demo(call.values.dir)
    try:
        return call.open_console(run.session(), None)
    finally:
        run.end()
        again = shell_join(("trustconsole", "--settings", str(run.workspace.settings)))
        call.output.note(f"the demo stays in {run.directory}; its nodes were ended", hint=again)


def _print(out: Stream, run: DemoRun) -> None:
    total, wrong = len(run.reports), len(run.deviations)
    if wrong:
        out.row(Styled(), out.state(REJECT, f"{wrong} of {total} modules did not get their planned verdicts"))
    else:
        out.row(Styled(), out.state(ACCEPT, f"{total} modules, each with its planned verdicts"))
    blocks.facts(out, (("directory", str(run.directory)),))
    out.line()
    rows = [
        [
            out.text(Path(report.artifact).name),
            out.state(BY_VERDICT[report.documented.verdict], report.documented.verdict),
            out.state(BY_VERDICT[report.controller.verdict], report.controller.verdict),
        ]
        for report in run.reports
    ]
    print_table(out, (Column("module", least=16), Column("documented"), Column("controller")), rows, indent=2)
    blocks.heading(out, "Look around")
    settings = str(run.workspace.settings)
    for words in ((), ("verify",), ("profile",), ("restarts",)):
        out.line(out.text(f"  {shell_join(('trustconsole', *words, '--settings', settings))}"))
