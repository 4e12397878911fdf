"""What is asked before something is changed: the dialogs of rotation and revocation, as data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from trustconsole.api import NodeReport, Revocation, RotationView
from trustconsole.console.changes import show_changes
from trustconsole.console.display import Display
from trustconsole.console.question import Asked, Question
from trustconsole.console.rotation.words import as_sentence
from trustconsole.console.sheet import Sheet
from trustconsole.console.signs import ACCEPT, BY_NODE_STATE, REJECT, WARN
from trustconsole.text import plural, sentence, shell_join

DIGITS: Final = 8
"""How much of a fingerprint a removal asks for."""
_LEAST_REASON: Final = 3


def fingerprint_problem(fingerprint: str) -> Callable[[str], str]:
    """What is wrong with what was typed for `fingerprint`."""

    def problem(typed: str) -> str:
        digits = typed.lower()
        if len(digits) >= DIGITS and fingerprint.startswith(digits):
            return ""
        return f"That is not how it begins: type {fingerprint[:DIGITS]}, or esc"

    return problem


def reason_problem(typed: str) -> str:
    """What is wrong with a written reason."""
    return "" if len(typed) >= _LEAST_REASON else "Write why: it is kept in the audit log"


def add_question(view: RotationView, display: Display, *, draft: bool) -> Question:
    """Step 1, or recording the plan where the new block is there already."""
    sheet = Sheet(display, display.text("Add the new block" if view.step == 1 else "Record the plan", "bold"))
    if view.step == 1:
        _write_intro(sheet, view, "Adds the new block beside the old one. A backup is kept, u takes it back.")
        _diff(sheet, view)
        sheet.findings(view.warnings)
        words = "Add it"
    else:
        sheet.say(
            None, f"Records the plan and goes on with step {view.step}. No file of the controller is changed."
        )
        words = "Record the plan"
    if draft and view.step == 1:
        sheet.say(None, "The plan and the signature files of today are recorded first.", "$text-muted")
    return Question(sheet, (("add", _through_link(words, view.link)),))


def remove_question(view: RotationView, display: Display) -> Question:
    """Step 4: the removal, which asks for the fingerprint."""
    old = view.plan.old if view.plan is not None else ""
    sheet = Sheet(display, display.text("Remove the old block", "bold"))
    _write_intro(sheet, view, "Removes the old block. A backup is kept, u takes it back.")
    _diff(sheet, view)
    if not view.gate.overridden:
        sheet.say(ACCEPT, "Every module that must go on being accepted verifies without it.")
    for passed in view.gate.overridden:
        sheet.say(WARN, f"Passed with a written reason: {passed.text}")
    sheet.findings(view.warnings)
    asked = Asked(f"First {DIGITS} digits of {old[:DIGITS]}…", fingerprint_problem(old))
    return Question(sheet, (("remove", _through_link("Remove it", view.link)),), asked)


def undo_question(view: RotationView, display: Display, *, refused: str = "") -> Question:
    """Taking the last change back; with the losses of `refused` only for a written reason."""
    sheet = Sheet(display, display.text("Take the last change back", "bold"))
    if view.undo is not None:
        sheet.say(
            None,
            f"Restores the file as it was before {view.undo.action} at {view.undo.at}: bytes, mode, owner, "
            "access lists and times.",
        )
        sheet.fact("file", view.undo.target)
    sheet.fact("leads to", view.link)
    if refused:
        sheet.say(REJECT, as_sentence(refused))
    elif view.diff is not None:
        _diff(sheet, view)
    if view.nodes:
        sheet.say(WARN, "Nodes that started since run on the file of now until they restart.")
    asked = Asked("Reason", reason_problem) if refused else None
    return Question(sheet, (("undo", _through_link("Take it back", view.link)),), asked)


def override_question(view: RotationView, display: Display) -> Question:
    """Passing a gate with a written reason."""
    sheet = Sheet(display, display.text("Pass the gate with a reason", "bold"))
    sheet.say(WARN, f"{plural(len(view.gate.reasons), 'reason')} against this step would be passed over:")
    for reason in view.gate.reasons:
        sheet.say(REJECT, reason.text)
    sheet.say(
        None,
        "What you write is kept in the audit log. It covers these reasons, while the file stays as it is.",
    )
    if view.step == 1:
        sheet.say(None, "The new block is added with it.")
        _diff(sheet, view)
    words = "Add it all the same" if view.step == 1 else "Pass the gate"
    link = view.link if view.step == 1 else None
    return Question(sheet, (("override", _through_link(words, link)),), Asked("Reason", reason_problem))


def restart_question(
    view: RotationView, nodes: Sequence[NodeReport], first: NodeReport, display: Display
) -> Question:
    """Restarting nodes: the exact commands, for one or for all; sending the file where a host lacks it."""
    sheet = Sheet(display, display.text("Restart nodes", "bold"))
    sheet.say(
        None,
        "Runs these commands, one node after the other. Each must prove that it runs on the file of now "
        "before the next one is restarted; where one does not, the run ends and the others keep serving.",
    )
    for node in nodes:
        sheet.heading(node.name)
        sheet.say(BY_NODE_STATE[node.state], sentence(node.reason))
        command = shell_join(node.restart_command)
        sheet.fact("runs", command or "nothing: the settings give no restart command")
        for one in view.distribute:
            if one.node == node.name:
                sheet.fact("lacks", f"the new file at {one.path}; by hand: {one.command.text}")
    choices = [("one", f"Restart {first.name}")]
    if len(nodes) > 1:
        choices.append(("all", f"Restart all {len(nodes)}, one by one"))
    if view.distribute:
        choices.append(("send", f"Send the file to {plural(len(view.distribute), 'host')}"))
    return Question(sheet, tuple(choices))


def revoke_question(report: Revocation, display: Display) -> Question:
    """The emergency removal, which asks for the fingerprint."""
    sheet = Sheet(display, display.text("Remove the block now", "bold"))
    sheet.say(WARN, f"Removes it from {report.target}. A backup and an audit record are kept.")
    sheet.fact("leads to", report.link)
    show_changes(sheet, report.diff)
    short = report.fingerprint[:DIGITS]
    asked = Asked(f"First {DIGITS} digits of {short}…", fingerprint_problem(report.fingerprint))
    return Question(sheet, (("revoke", _through_link("Remove it now", report.link)),), asked)


def revoke_reason_question(report: Revocation, display: Display) -> Question:
    """Why a removal that leaves nothing to load is wanted all the same."""
    sheet = Sheet(display, display.text("Remove what the controller needs", "bold"))
    for problem in report.problems:
        sheet.say(REJECT, sentence(problem.summary))
        sheet.labelled("cause", sentence(problem.cause))
    sheet.say(None, "What you write is kept in the audit log.")
    return Question(sheet, (("reason", "Go on"),), Asked("Reason", reason_problem))


def _write_intro(sheet: Sheet, view: RotationView, words: str) -> None:
    sheet.say(None, words)
    sheet.fact("file", view.target)
    if view.link is not None:
        sheet.say(
            WARN,
            f"The path leads through a symbolic link to {view.link}. That file is changed, the link stays.",
        )


def _diff(sheet: Sheet, view: RotationView) -> None:
    if view.diff is not None:
        sheet.heading("What the file gains and loses")
        show_changes(sheet, view.diff)


def _through_link(words: str, link: str | None) -> str:
    return f"Follow the link: {words[0].lower()}{words[1:]}" if link is not None else words
