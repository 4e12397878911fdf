"""`impact`: what stops first and by which rule, then what starts, then the counts."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from trustconsole import api
from trustconsole.api import CHANGES, READINGS, Change, Impact, ModuleImpact, Reading, ReadingImpact
from trustconsole.cli import blocks, exit_codes
from trustconsole.cli.call import Call
from trustconsole.cli.output import Stream
from trustconsole.cli.progress import Progress
from trustconsole.cli.signs import ACCEPT, BY_CHANGE, BY_OUTCOME, REJECT, UNKNOWN
from trustconsole.cli.styled import Styled
from trustconsole.cli.table import Column, print_table
from trustconsole.cli.trust_root import print_changes
from trustconsole.text import plural

_BY: Final[dict[Reading, str]] = {"documented": "by step", "controller": "at stage"}
_UNREADABLE: Final = "trust-root-unreadable"
_TITLES: Final[dict[Change, str]] = {
    "stops": "Would be refused from then on",
    "unknown": "Cannot be predicted",
    "starts": "Would be accepted from then on",
}


def impact(call: Call) -> int:
    """Print what the change would do; nothing is written."""
    values, output = call.values, call.output
    with Progress(output.err, "judging") as progress:
        answer = api.impact(
            call.options,
            file=values.file,
            remove=values.remove,
            add=values.add,
            trust_root=values.trust_root,
            mode=values.mode,
            rekor_policy=values.rekor_policy,
            rekor_key=values.rekor_key,
            at=values.at,
            progress=progress.tell,
        )
    if output.json:
        output.document(answer.to_dict())
    else:
        _print(output.out, answer)
    for problem in answer.unlisted:
        output.note(problem)
    if not answer.modules and not answer.unlisted and not _unreadable(answer):
        output.note(
            "no module is there, so only the files were judged", hint="give --modules DIR, or the settings"
        )
    return exit_codes.of_impact(
        readable=not _unreadable(answer) and not answer.unlisted,
        allowed=not answer.problems,
        loses=answer.loses,
        uncertain=answer.uncertain,
        modules=len(answer.modules),
    )


def _unreadable(answer: Impact) -> bool:
    return any(finding.id == _UNREADABLE for finding in answer.problems)


def _print(out: Stream, answer: Impact) -> None:
    out.row(Styled(), out.state(BY_OUTCOME[answer.outcome], answer.headline))
    blocks.facts(
        out,
        (
            ("file", answer.path),
            ("goes", answer.removed),
            ("comes", answer.added),
            ("SHA-256 now", answer.sha256_before),
            ("and then", answer.sha256_after),
            ("controller", None if _unreadable(answer) else _start(out, answer)),
        ),
    )
    if answer.diff is not None:
        out.line()
        print_changes(out, answer.diff)
    for title, found in (("What forbids it", answer.problems), ("To be read first", answer.warnings)):
        if found:
            blocks.heading(out, title)
            blocks.findings(out, found)
    for change, title in _TITLES.items():
        modules = answer.those(change)
        if modules:
            blocks.heading(out, f"{title} ({len(modules)})")
            for module in modules:
                _module(out, module)
    if answer.modules:
        _counts(out, answer)


def _start(out: Stream, answer: Impact) -> Styled:
    after = answer.controller_starts_after
    words = {True: "starts", False: "does not start", None: "cannot be predicted"}[after]
    why = f": {answer.starts_message}" if answer.starts_message else ""
    return out.state({True: ACCEPT, False: REJECT, None: UNKNOWN}[after], f"{words}{why}")


def _module(out: Stream, module: ModuleImpact) -> None:
    name = f"{module.name} {module.version or ''}".rstrip()
    lead = out.text("  ") + out.sign(BY_CHANGE[module.change]) + out.text(" ")
    beside = "" if module.name == Path(module.path).name else f"  {module.path}"
    out.row(lead, out.text(name, "bold") + out.text(beside, "muted"))
    blocks.facts(out, [(one, _reading(out, one, module.of(one))) for one in READINGS], indent="    ")


def _reading(out: Stream, reading: Reading, found: ReadingImpact) -> Styled:
    words = out.state(BY_CHANGE[found.change], found.change)
    if found.change in ("keeps", "starts"):
        return words
    verdict, rule, message = found.after.verdict, found.after.rule, found.after.message
    where = f" {_BY[reading]} {rule}" if rule else ""
    return words + out.text(f" ({verdict}{where}): {message}")


def _counts(out: Stream, answer: Impact) -> None:
    blocks.heading(out, f"Counts over {plural(len(answer.modules), 'module')}")
    columns = [Column(""), *(Column(change, right=True) for change in CHANGES)]
    rows = []
    for reading in READINGS:
        counts = answer.count(reading)
        cells = [
            out.text(counts[change], BY_CHANGE[change].role if counts[change] and change != "fails" else "")
            for change in CHANGES
        ]
        rows.append([out.text(reading, "muted"), *cells])
    print_table(out, columns, rows, indent=2)
