"""The lines over a rotation: what is rotated, where it stands, and the one sentence about what to do now."""

from __future__ import annotations

from typing import Final

from textual.content import Content

from trustconsole.api import RotationView, Snapshot
from trustconsole.console.display import Display, join
from trustconsole.console.panes.trust_root import block_name
from trustconsole.console.signs import ACCEPT, INFO, REJECT, RESTART, Sign
from trustconsole.text import plural, sentence

_DONE, _HERE, _OPEN = "●", "◐", "○"
READ_ONLY: Final = (
    "This session is read-only, so nothing was changed. Start the console with --write to carry a step out."
)


def title(view: RotationView, snapshot: Snapshot | None, display: Display) -> Content:
    """`Rotate author key   eb692ca4 author A → 7f230e2c`; names are the blocks' own and untrusted."""
    words = display.text(view.title, "bold")
    if view.plan is None:
        return words
    old = _identity(view.plan.old, snapshot, display)
    new = _identity(view.plan.new, snapshot, display)
    return join(words, Content("   "), old, display.text(" → ", "$text-muted"), new)


def _identity(fingerprint: str, snapshot: Snapshot | None, display: Display) -> Content:
    name = ""
    reports = (snapshot.trust_root, snapshot.rekor_key) if snapshot is not None else ()
    for report in reports:
        if report is not None:
            name = next((block_name(b) for b in report.blocks if b.fingerprint == fingerprint), name)
    named = display.text(f" {display.cut_end(display.text(name), 28).plain}", "$text-muted")
    return join(display.text(fingerprint[:8], "bold"), named if name else Content(""))


def step_words(view: RotationView) -> str:
    """`step 3 of 5`, `finished`, or that nothing is planned."""
    if view.step == "done":
        return "finished"
    return f"step {view.step} of {len(view.step_names)}" if view.plan is not None else "not planned"


def dots(view: RotationView, display: Display) -> Content:
    """The line of five: behind, here, ahead."""
    parts = []
    for number, name in view.step_names:
        behind = view.step == "done" or (isinstance(view.step, int) and number < view.step)
        here = number == view.step
        mark = _DONE if behind else _HERE if here else _OPEN
        style = ACCEPT.style if behind else "bold" if here else "$text-muted"
        parts.append(display.text(f"{mark} {number} {name}", style))
    return Content("   ").join(parts)


def headline(view: RotationView, display: Display, *, draft: bool) -> Content:
    """Verdict first, then what to do."""
    sign, words = _headline(view, draft=draft)
    return display.state(sign, words)


def _headline(view: RotationView, *, draft: bool) -> tuple[Sign, str]:
    what = view.words.what if view.words else ""
    count = len(view.gate.reasons)
    if view.plan is None:
        undo = " u takes the last change back." if view.undo is not None else ""
        return INFO, f"No rotation is planned. c plans one.{undo}"
    if draft and view.step != 1:
        return (
            INFO,
            f"The files stand at step {view.step} already. n records the plan and goes on from there.",
        )
    if view.step == "done":
        return ACCEPT, view.next
    if view.step in (2, 5):
        names = {node.name for node in view.nodes}
        left = sum(reason.subject in names for reason in view.gate.reasons)
        if left:
            return RESTART, f"{left} of {plural(len(names), 'node')} to restart, one after the other."
    if view.step == 3 and count:
        return REJECT, f"{plural(count, 'module')} to sign again; signed files are seen as they arrive."
    if view.gate.holds:
        return ACCEPT, f"Gate open. {what}"
    return REJECT, f"Gate closed by {plural(count, 'reason')}, each with what opens it."


def why(view: RotationView, display: Display) -> Content:
    """Why the step must not be skipped."""
    if view.words is None:
        return Content("")
    return join(display.text("Why: ", "$text-muted"), display.text(view.words.why))


def gate_state(view: RotationView, display: Display) -> Content:
    """`open`, or `closed, 2 reasons`."""
    if view.plan is None:
        return Content("")
    if view.step == "done":
        return display.state(ACCEPT, "finished")
    if view.gate.holds:
        return display.state(ACCEPT, "open")
    return display.state(REJECT, f"closed, {plural(len(view.gate.reasons), 'reason')}")


def hint_labels(view: RotationView) -> dict[str, str]:
    """What the keys of this step do, by the ids of their rows; empty where a key does nothing here."""
    labels = {
        "next-step": "next" if view.gate.holds else "next (closed)",
        "undo": f"undo {view.undo.action}" if view.undo is not None else "",
        "save-commands": "script" if any(module.commands for module in view.modules) else "",
        "override": "override" if view.overridable else "",
        "another": "other plan" if view.step in (1, "done") else "",
    }
    if view.plan is None:
        labels["next-step"] = "plan"
    elif view.step in (2, 5) and view.nodes and not view.gate.holds:
        labels["next-step"] = "restart"
    elif view.step == "done":
        labels["next-step"] = ""
    if view.step != 3:
        labels["save-commands"] = ""
    return labels


def under_way(view: RotationView | None, display: Display) -> Content:
    """For the headline of the main screen: `rotation eb692ca4 → 7f230e2c: step 3 of 5, re-sign`."""
    if view is None or view.plan is None or not isinstance(view.step, int):
        return Content("")
    names = dict(view.step_names)
    plan = view.plan
    words = f"rotation {plan.old[:8]} → {plan.new[:8]}: step {view.step} of 5, {names[view.step]}"
    return display.text(f"{_HERE} {words}", "$text-primary")


def as_sentence(words: str) -> str:
    """`words` with a capital and a full stop."""
    return sentence(words).rstrip(".") + "."
