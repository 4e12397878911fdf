"""`trustconsole` alone: the console on the files that the options, the settings or the usual places name."""

from __future__ import annotations

from trustconsole import api
from trustconsole.cli.call import Call
from trustconsole.errors import UsageError


def open_workspace(call: Call) -> int:
    """Open the console; where nothing is configured yet, on its first-start screen."""
    if not call.interactive:
        raise UsageError(
            "the console needs a terminal",
            hint="without one: trustconsole verify, config check, trust-root show, restarts (see --help)",
        )
    write = bool(call.values.write)
    start = api.first_start(call.options, write=write)
    if start is None:
        return call.open_console(api.open_session(call.options, write=write), None)
    try:
        return call.open_console(None, start)
    finally:
        start.end()
