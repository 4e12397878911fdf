"""`rotate start`, `status`, `next` and `undo`: the five steps without a screen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from trustconsole import api
from trustconsole.api import RotationModule, RotationView
from trustconsole.cli import blocks, exit_codes
from trustconsole.cli.call import Call
from trustconsole.cli.output import Stream
from trustconsole.cli.signs import ACCEPT, BY_NODE_STATE, NEUTRAL, REJECT, UNKNOWN, WARN
from trustconsole.cli.styled import Styled
from trustconsole.cli.suggesting import next_command, undo_command
from trustconsole.cli.table import Column, print_table
from trustconsole.cli.trust_root import print_changes
from trustconsole.text import plural, rfc3339, sentence

STANDING_WORDS: Final = {
    "old_only": (REJECT, "old only"),
    "new": (ACCEPT, "new"),
    "both": (ACCEPT, "either"),
    "neither": (REJECT, "neither"),
    "failing_before": (NEUTRAL, "failing before"),
    "unsigned": (NEUTRAL, "unsigned allowed"),
}

_COLUMNS: Final = (
    Column("module", least=10),
    Column("version", least=5, leaves=2),
    Column("verifies with"),
    Column("signed", leaves=1),
)


def _rotation(call: Call) -> api.Rotation:
    session = api.open_session(call.options, write=bool(vars(call.values).get("apply")))
    return api.Rotation(session)


def start(call: Call) -> int:
    """Plan a rotation, and with --apply carry its first step out."""
    values = call.values
    view = _rotation(call).start(
        values.kind,
        values.old,
        values.new,
        apply=values.apply,
        override=values.override or "",
        follow_link=values.follow_link,
    )
    dry = view.result is not None and not values.apply
    arguments = ("--kind", values.kind, "--old", values.old, "--new", str(values.new)) if dry else ()
    _show(call, view, arguments)
    return exit_codes.of_gate(holds=view.step != 1 or view.gate.holds)


def status(call: Call) -> int:
    """Where the rotation stands; always 0."""
    _show(call, _rotation(call).view())
    return exit_codes.GOOD


def next_step(call: Call) -> int:
    """Whether the gate holds and why not; with --apply the step is carried out."""
    values, output = call.values, call.output

    def tell(node: str, line: str) -> None:
        output.err.row(output.err.text(f"{node}: ", "muted"), output.err.text(line))

    rotation = _rotation(call)
    view = rotation.next(
        apply=values.apply,
        restart=values.restart,
        send=values.send,
        confirm=values.confirm or "",
        override=values.override or "",
        follow_link=values.follow_link,
        on_output=tell,
    )
    _show(call, view)
    return exit_codes.of_gate(holds=view.moved or view.gate.holds)


def undo(call: Call) -> int:
    """Take the last change back."""
    values = call.values
    view = _rotation(call).undo(
        apply=values.apply, override=values.override or "", follow_link=values.follow_link
    )
    if values.apply or call.output.json:
        _show(call, view)
    else:
        _print_undo(call, view)
    return exit_codes.GOOD


def _show(call: Call, view: RotationView, start: Sequence[str] = ()) -> None:
    if call.output.json:
        call.output.document(view.to_dict())
    else:
        _print(call, view, start)
    for problem in view.problems:
        call.output.note(problem)


def _print_undo(call: Call, view: RotationView) -> None:
    """What taking the last change back would do, whatever the step."""
    out = call.output.out
    out.row(Styled(), out.state(WARN, view.result or ""))
    if view.diff is not None:
        print_changes(out, view.diff)
    out.line()
    blocks.facts(out, (("to do it", undo_command(call, view)),))


def _print(call: Call, view: RotationView, start: Sequence[str]) -> None:
    out, plan = call.output.out, view.plan
    if plan is None:
        if view.result:
            out.row(Styled(), out.state(ACCEPT, sentence(view.result)))
        out.row(Styled(), out.state(NEUTRAL, view.next))
        _print_nodes(out, view)
        _print_undoable(call, view)
        return
    identities = f"{plan.old[:8]} {'→' if out.unicode else '->'} {plan.new[:8]}"
    out.row(Styled(), out.text(view.title, "bold") + out.text(f"  {identities}"))
    out.row(Styled(), out.separated([_dot(out, number, name, view) for number, name in view.step_names]))
    out.line()
    blocks.facts(
        out,
        (
            ("done", view.result and sentence(view.result)),
            ("file", view.target),
            ("leads to", view.link),
            ("what", view.words.what if view.words else None),
            ("why", view.words.why if view.words else None),
        ),
    )
    if view.diff is not None and view.step in (1, 4):
        blocks.heading(out, "What the file would gain and lose")
        print_changes(out, view.diff)
        blocks.findings(out, view.warnings)
    _print_nodes(out, view)
    _print_modules(out, view)
    _print_gate(out, view)
    blocks.facts(out, (("command", next_command(call, view, start)),), indent="  ")
    _print_undoable(call, view)


def _print_undoable(call: Call, view: RotationView) -> None:
    if view.undo is not None:
        words = f"{undo_command(call, view)} takes back {view.undo.action} at {view.undo.at}"
        blocks.facts(call.output.out, (("undo", words),), indent="  ")


def _dot(out: Stream, number: int, name: str, view: RotationView) -> Styled:
    here = view.step
    label = f"{number} {name}"
    if here == "done" or (isinstance(here, int) and number < here):
        return out.state(ACCEPT, label)
    if number == here:
        return out.text(f"{'▸' if out.unicode else '>'} {label}", "bold")
    return out.text(f"{'·' if out.unicode else '.'} {label}", "muted")


def _print_nodes(out: Stream, view: RotationView) -> None:
    shown = view.nodes if view.step in (2, 5) else [one for one in view.nodes if one.state == "restart"]
    if not shown:
        return
    blocks.heading(out, "Nodes" if view.step in (2, 5) else "Nodes on old files")
    for node in shown:
        lead = out.text("  ") + out.sign(BY_NODE_STATE[node.state]) + out.text(f" {node.name}  ", "bold")
        out.row(lead, out.text(sentence(node.reason)))
    for one in view.distribute:
        blocks.facts(out, ((one.command.title, one.command.text),))


def _print_modules(out: Stream, view: RotationView) -> None:
    if not view.modules or view.step not in (1, 3, 4):
        return
    blocks.heading(out, f"Modules: {counts_words(view)}")
    print_table(out, _COLUMNS, [_module_row(out, module) for module in view.modules], indent=2)
    waiting = [module for module in view.modules if module.commands]
    if view.step != 3 or not waiting:
        return
    blocks.heading(out, f"To run {view.sign_where}")
    for module in waiting:
        out.row(out.text("  "), out.text(f"{module.name} {module.version or ''}".rstrip(), "bold"))
        for command in module.commands:
            out.row(out.text(f"    {command.title}  ", "muted"), out.text(command.text))
    for trap in view.traps:
        out.row(out.text("  ") + out.sign(WARN) + out.text(" "), out.text(trap))


def counts_words(view: RotationView) -> str:
    """`7 new · 4 old only`, what there is none of left out."""
    found: Counter[str] = Counter(module.shown for module in view.modules)
    parts = [f"{found[one]} {words}" for one, (_, words) in STANDING_WORDS.items() if found[one]]
    return " · ".join(parts) or "none"


def _module_row(out: Stream, module: RotationModule) -> list[Styled]:
    sign, words = STANDING_WORDS[module.shown]
    signed = rfc3339(module.signed) if module.signed else "never"
    return [
        out.sign(sign) + out.text(f" {module.name}"),
        out.text(module.version or ""),
        out.text(words, sign.role),
        out.text(f"{signed}{', since the start' if module.resigned else ''}", "muted"),
    ]


def _print_gate(out: Stream, view: RotationView) -> None:
    blocks.heading(out, "Gate")
    gate = view.gate
    if view.step == "done":
        out.row(out.text("  "), out.state(ACCEPT, view.next))
    elif gate.holds:
        out.row(out.text("  "), out.state(ACCEPT, f"open. {view.next}"))
    else:
        count = plural(len(gate.reasons), "reason")
        out.row(out.text("  "), out.state(REJECT, f"closed, {count}"))
    for reason in gate.reasons:
        sign = UNKNOWN if reason.unknown else REJECT
        out.row(out.text("    ") + out.sign(sign) + out.text(" "), out.text(reason.text))
        blocks.facts(out, (("next", sentence(reason.next)),), indent="      ")
    for reason in gate.overridden:
        lead = out.text("    ") + out.sign(WARN) + out.text(" ")
        out.row(lead, out.text(f"passed with a written reason: {reason.text}"))
    for note in gate.notes:
        out.row(out.text("    "), out.text(sentence(note), "muted"))
