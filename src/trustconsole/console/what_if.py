"""The sheet of "what if this block goes?": the answer, the counts, what stops by which rule, what starts."""

from __future__ import annotations

from typing import Final

from textual.content import Content

from trustconsole.api import CHANGES, READINGS, Block, Change, Impact, ModuleImpact, ReadingImpact
from trustconsole.console.display import Display, fingerprint8, join
from trustconsole.console.panes.trust_root import block_name, fingerprint_name
from trustconsole.console.sheet import LABEL, Copyable, Level, Sheet
from trustconsole.console.signs import ACCEPT, BY_CHANGE, BY_OUTCOME, NEUTRAL, PENDING, REJECT, UNKNOWN

_TITLES: Final[dict[Change, str]] = {
    "stops": "Would be refused from then on",
    "unknown": "Cannot be predicted",
    "starts": "Would be accepted from then on",
    "keeps": "Goes on as it is",
    "fails": "Refused today, and then",
}
_NAMED: Final[dict[Level, tuple[Change, ...]]] = {
    0: (),
    1: ("stops", "unknown", "starts"),
    2: ("stops", "unknown", "starts", "keeps", "fails"),
}
_LISTED = 200
"""Modules named under one heading; the command and its JSON name them all."""


def block_words(block: Block) -> str:
    """A block in a title: what it is and the start of its fingerprint."""
    kind = "certificate" if block.kind == "certificate" else "key"
    return f"{kind} {fingerprint8(block.fingerprint)}"


def waiting_sheet(display: Display, block: Block) -> Sheet:
    """What is shown until the answer is there."""
    sheet = _titled(display, block)
    sheet.say(PENDING, "Judging every module as if this block were gone.")
    return sheet


def unnamed_sheet(display: Display, block: Block) -> Sheet:
    """A block without a fingerprint cannot be asked about."""
    sheet = Sheet(display, display.text(f"if line {block.line_start} goes"))
    sheet.say(NEUTRAL, "This block has no fingerprint, because its content cannot be read.")
    lines = f"lines {block.line_start}-{block.line_end}"
    sheet.labelled("next", f"Mend it, or delete {lines} of the file by hand.")
    return sheet


def failed_sheet(display: Display, block: Block, sentence: str) -> Sheet:
    """The question could not be asked."""
    sheet = _titled(display, block)
    sheet.say(REJECT, sentence, REJECT.style)
    return sheet


def impact_sheet(display: Display, block: Block, answer: Impact, level: Level) -> Sheet:
    """The answer; the deeper the level, the more modules are named."""
    sheet = _titled(display, block)
    sign = BY_OUTCOME[answer.outcome]
    stopped = len(answer.those("stops"))
    words = {0: "nothing stops", 1: "1 stops"}.get(stopped, f"{stopped:,} stop")
    sheet.summary = display.state(sign, words)
    sheet.say(sign, answer.headline, sign.style if sign.gravity else "")
    sheet.fact("goes", f"{block_words(block)} {block.key or ''} {block_name(block)}".strip())
    start = {True: ACCEPT, False: REJECT, None: UNKNOWN}[answer.controller_starts_after]
    begins = {True: "starts", False: "does not start", None: "cannot be predicted"}
    why = f": {answer.starts_message}" if answer.starts_message else ""
    sheet.fact("controller", f"{begins[answer.controller_starts_after]}{why}", start)
    _counts(sheet, answer)
    sheet.findings((*answer.problems, *answer.warnings))
    for change in _NAMED[level]:
        _modules(sheet, change, answer.those(change))
    names = "\n".join(module.path for module in answer.those("stops"))
    sheet.more = Copyable("paths of the modules that stop", names)
    return sheet


def _titled(display: Display, block: Block) -> Sheet:
    sheet = Sheet(display, display.text(f"if {block_words(block)} goes"))
    sheet.copy = Copyable(fingerprint_name(block), block.fingerprint or "")
    return sheet


def _counts(sheet: Sheet, answer: Impact) -> None:
    show = sheet.display
    sheet.heading(f"Modules: {len(answer.modules):,}")
    head = "".join(f"{change:>9}" for change in CHANGES)
    rows = [show.text(f"{'':<{LABEL}}{head}", "$text-muted")]
    for reading in READINGS:
        counts = answer.count(reading)
        cells = [
            show.text(f"{counts[change]:>9,}", BY_CHANGE[change].style if counts[change] else "$text-muted")
            for change in CHANGES
        ]
        rows.append(join(show.text(f"{reading:<{LABEL}}"), *cells))
    sheet.verbatim(rows)


def _modules(sheet: Sheet, change: Change, modules: tuple[ModuleImpact, ...]) -> None:
    if not modules:
        return
    show = sheet.display
    sheet.heading(f"{_TITLES[change]} ({len(modules):,})")
    for module in modules[:_LISTED]:
        name = f"{module.name} {module.version or ''}".rstrip()
        sheet.row(join(show.sign(BY_CHANGE[change]), show.text(" ")), show.text(name, "bold"))
        for reading in READINGS:
            lead = show.text(f"  {reading:<11} ", "$text-muted")
            sheet.row(lead, _reading(show, reading, module.of(reading)))
    if len(modules) > _LISTED:
        rest = len(modules) - _LISTED
        sheet.say(None, f"and {rest:,} more; trustconsole impact names them all", "$text-muted")


def _reading(show: Display, reading: str, found: ReadingImpact) -> Content:
    words = show.state(BY_CHANGE[found.change], found.change)
    if found.change in ("keeps", "starts"):
        return words
    by = "by step" if reading == "documented" else "at stage"
    where = f" {by} {found.after.rule}" if found.after.rule else ""
    return join(words, show.text(f" ({found.after.verdict}{where}): {found.after.message}"))
