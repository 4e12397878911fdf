"""The exact command to type next in a rotation, with the files that were named on this command line."""

from __future__ import annotations

from collections.abc import Sequence

from trustconsole.api import RotationView
from trustconsole.cli.call import Call
from trustconsole.text import shell_join

REASON = "THE REASON"
"""What stands for an operator's own words."""


def command_line(call: Call, *words: str) -> str:
    """`trustconsole` with `words` and the options that say which files are meant, as a shell takes it."""
    options = call.options
    where: list[str] = []
    for flag, value in (
        ("--config", options.config),
        ("--settings", options.settings),
        ("--working-directory", options.working_directory),
        *(("--modules", directory) for directory in options.modules),
    ):
        where += [flag, str(value)] if value is not None else []
    return shell_join(("trustconsole", *words, *where))


def undo_command(call: Call, view: RotationView | None = None) -> str:
    """What takes the last change back."""
    return command_line(call, "rotate", "undo", "--apply", *_follow(view))


def next_command(call: Call, view: RotationView, start: Sequence[str] = ()) -> str | None:
    """What carries the step out; `start` are the arguments that record the plan first, where none is.

    None where nothing can be carried out from here: a gate that no reason opens, or the end.
    """
    step, plan = view.step, view.plan
    if plan is None or step in ("done", "none"):
        return None
    reason = ("--override", REASON) if view.overridable else ()
    if start:
        here = (*reason, *_follow(view)) if step == 1 else ()
        openable = step != 1 or view.gate.holds or view.overridable
        return command_line(call, "rotate", "start", *start, "--apply", *here) if openable else None
    words = ["rotate", "next", "--apply"]
    if step in (2, 5):
        nodes = [node for node in view.nodes if node.state != "current" and node.restart_command]
        if nodes:
            words += ["--send"] if any(node.file_mismatch and node.via for node in nodes) else []
            return command_line(call, *words, "--restart")
        return command_line(call, *words, *reason) if reason else None
    if step in (1, 4) and (view.gate.holds or reason):
        confirm = ("--confirm", plan.old[:8]) if step == 4 else ()
        return command_line(call, *words, *confirm, *reason, *_follow(view))
    return command_line(call, *words, *reason) if reason else None


def _follow(view: RotationView | None) -> tuple[str, ...]:
    return ("--follow-link",) if view is not None and view.link else ()
