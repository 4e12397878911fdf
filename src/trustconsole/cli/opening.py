"""`trustconsole` alone: the console on the files that the options, the settings or the usual places name."""

from __future__ import annotations

from trustconsole import api
from trustconsole.api import ImageOptions, ReleaseOptions, ToVerify
from trustconsole.cli.call import Call
from trustconsole.errors import UsageError


def open_workspace(call: Call) -> int:
    """Open the console; where nothing is configured yet, on its first-start screen."""
    _needs_terminal(call, "trustconsole verify, config check, trust-root show, restarts (see --help)")
    write = bool(call.values.write)
    start = api.first_start(call.options, write=write)
    if start is None:
        return call.open_console(api.open_session(call.options, write=write), None)
    try:
        return call.open_console(None, start)
    finally:
        start.end()


def open_on(
    call: Call, first: ToVerify, *, release: ReleaseOptions | None = None, image: ImageOptions | None = None
) -> int:
    """The console on a release or an image, judged as the command would judge it; esc leads to the panes."""
    if call.output.json:
        raise UsageError("--tui and --json do not go together", hint="leave one of them out")
    _needs_terminal(call, "leave --tui out")
    session = api.open_session(call.options, release=release, image=image, to_verify=first)
    return call.open_console(session, None)


def _needs_terminal(call: Call, instead: str) -> None:
    if not call.interactive:
        raise UsageError("the console needs a terminal", hint=f"without one: {instead}")
