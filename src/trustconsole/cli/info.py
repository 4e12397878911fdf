"""`info`: versions, paths, and where each setting comes from."""

from __future__ import annotations

from trustconsole import api
from trustconsole.cli import blocks, exit_codes
from trustconsole.cli.call import Call


def info(call: Call) -> int:
    """Print what this installation is and which files it would read."""
    report = api.info(call.options)
    if call.output.json:
        call.output.document(report.to_dict())
    else:
        out = call.output.out
        for index, section in enumerate(report.sections):
            if index:
                out.line()
            out.line(out.text(section.title, "bold"))
            blocks.facts(out, section.facts)
    if report.problem is not None:
        call.output.note(report.problem, hint="correct the settings file, or name another with --settings F")
        return exit_codes.USAGE
    return exit_codes.GOOD
