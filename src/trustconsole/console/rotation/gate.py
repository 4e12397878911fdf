"""The sheet beside the evidence: the gate with its reasons, what the file gains and loses, and the rest."""

from __future__ import annotations

from collections.abc import Sequence

from trustconsole.api import RotationView
from trustconsole.console.changes import show_changes
from trustconsole.console.display import Display
from trustconsole.console.rotation.output import Output
from trustconsole.console.rotation.words import gate_state
from trustconsole.console.sheet import Copyable, Sheet
from trustconsole.console.signs import ACCEPT, INFO, PENDING, REJECT, UNKNOWN, WARN
from trustconsole.text import plural, sentence

_MOST_NAMES = 12


def gate_sheet(view: RotationView, display: Display, output: Sequence[tuple[str, str]] = ()) -> Sheet:
    """Everything about the step but its rows; `output` are lines of commands, (node, untrusted line)."""
    sheet = Sheet(display, display.text("Gate"), gate_state(view, display))
    if view.plan is None:
        sheet.say(None, "The gate of the step under way would be here, with its reasons and what opens each.")
        if view.undo is not None:
            sheet.fact("last change", f"{view.undo.action} at {view.undo.at}, u takes it back")
            sheet.fact("file", view.undo.target)
        for problem in view.problems:
            sheet.say(WARN, problem)
        return sheet
    _gate(sheet, view)
    if view.step in (1, 4) and view.diff is not None:
        sheet.heading("What the file gains and loses")
        show_changes(sheet, view.diff)
        _blast_radius(sheet, view)
    sheet.findings(view.warnings)
    _elsewhere(sheet, view)
    _file(sheet, view)
    if output:
        sheet.heading("Output of the last commands")
        show_output(sheet, output)
    opens = [f"{reason.text}: {reason.next}" if reason.next else reason.text for reason in view.gate.reasons]
    sheet.copy = Copyable("what closes the gate", "\n".join(opens)) if opens else None
    return sheet


def running_sheet(display: Display, output: Output) -> Sheet:
    """What the gate gives way to while commands run: their lines as they come, and for how long."""
    sheet = Sheet(
        display, display.text("Running"), display.text(f"{output.seconds} s · esc stops", "$text-muted")
    )
    lines = output.lines()
    if lines:
        show_output(sheet, lines)
    else:
        sheet.say(PENDING, "No output yet.")
    return sheet


def show_output(sheet: Sheet, output: Sequence[tuple[str, str]]) -> None:
    """Lines of commands, each after the node that it came from."""
    show = sheet.display
    for node, line in output:
        sheet.row(show.text(f"{node}  ", "$text-muted"), show.text(line))


def _gate(sheet: Sheet, view: RotationView) -> None:
    if view.gate.holds and view.step != "done":
        sheet.say(ACCEPT, "Nothing stands against this step.")
    elif view.step == "done":
        sheet.say(ACCEPT, view.next)
    for reason in view.gate.reasons:
        sign = UNKNOWN if reason.unknown else REJECT
        sheet.say(sign, reason.text)
        sheet.labelled("next", sentence(reason.next))
    if view.overridable:
        sheet.labelled("or", "o passes the gate with a written reason, which is kept in the audit log")
    for passed in view.gate.overridden:
        sheet.say(WARN, f"Passed with a written reason: {passed.text}")
    for note in view.gate.notes:
        sheet.say(INFO, sentence(note), "$text-muted")


def _blast_radius(sheet: Sheet, view: RotationView) -> None:
    lost = [reason for reason in view.gate.reasons if reason.overridable]
    sheet.heading("Blast radius")
    if lost:
        sheet.say(REJECT, f"{plural(len(lost), 'module')} accepted today would be lost, see above.")
    else:
        sheet.say(ACCEPT, "No module that is accepted today is lost, in either reading.")
    if view.starts:
        names = ", ".join(view.starts[:_MOST_NAMES]) + (" …" if len(view.starts) > _MOST_NAMES else "")
        sheet.say(WARN, f"{plural(len(view.starts), 'module')} would start to verify: {names}")
    elif view.step == 1:
        sheet.say(INFO, "No module starts to verify by it.", "$text-muted")


def _elsewhere(sheet: Sheet, view: RotationView) -> None:
    if view.distribute:
        sheet.heading("Bring the file to the other hosts")
        for one in view.distribute:
            sheet.say(None, one.node, "$text-muted")
            sheet.row(sheet.display.text("  "), sheet.display.text(one.command.text))
    waiting = [module for module in view.modules if module.commands]
    if view.step == 3 and waiting:
        sheet.heading(f"To run {view.sign_where}")
        sheet.say(None, "y copies the commands of the module under the cursor, s saves all as a script.")
    for trap in view.traps:
        sheet.say(WARN, trap)


def _file(sheet: Sheet, view: RotationView) -> None:
    sheet.heading("File")
    sheet.fact("path", view.target)
    sheet.fact("leads to", view.link)
    if view.undo is not None:
        sheet.fact("last change", f"{view.undo.action} at {view.undo.at}, u takes it back")
    for problem in view.problems:
        sheet.say(WARN, problem)
