"""Pane 3: whether the controller starts, the findings, and the file with each finding at its line."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from textual.content import Content

from trustconsole.api import ConfigFinding, ConfigReport
from trustconsole.commands import PANES
from trustconsole.console.columns import Column
from trustconsole.console.display import Display, join
from trustconsole.console.sheet import Copyable, Level, Sheet
from trustconsole.console.signs import ACCEPT, BY_SEVERITY, REJECT, UNKNOWN, Sign
from trustconsole.console.view import View
from trustconsole.text import plural, sentence, shorten

FILE_LINES: Final = 5_000
"""Lines of the file that are shown; a controller.yml has a few hundred."""

_PATH: Final = re.compile(r"(?<![^\s(\"'])/[^\s:;,()\"']{23,}")


@dataclass(frozen=True, slots=True)
class ConfigRow:
    """The start (neither), a finding, or a line of the file with the findings that stand there."""

    finding: ConfigFinding | None = None
    number: int = 0
    text: str = ""
    at: tuple[ConfigFinding, ...] = ()


class ConfigurationView(View[ConfigRow]):
    """The start verdict, the findings, then the file itself."""

    pane = PANES[2]
    columns = (
        Column("", 1, 1, "never"),
        Column("line", 1, 6, "never", right=True),
        Column("text", 10, 200, "end", flexible=True),
    )

    @property
    def report(self) -> ConfigReport | None:
        """The configuration's report, None where there is none."""
        return self.snapshot.config

    def rows(self) -> Sequence[ConfigRow]:
        """Start, findings in file order, the file."""
        report = self.report
        if report is None or report.error:
            return ()
        at: defaultdict[int, list[ConfigFinding]] = defaultdict(list)
        for finding in report.findings:
            at[finding.line or 0].append(finding)
        found = [ConfigRow()]
        ordered = sorted(
            report.findings, key=lambda f: (-BY_SEVERITY[f.severity].gravity, f.line or 0, f.column or 0)
        )
        found += [ConfigRow(finding) for finding in ordered]
        text = report.text.splitlines()[:FILE_LINES]
        found += [ConfigRow(None, n, row, tuple(at.get(n, ()))) for n, row in enumerate(text, start=1)]
        return found

    def key(self, item: ConfigRow) -> str:
        """The finding's id and key, or the line's number."""
        if item.finding:
            return f"finding:{item.finding.id}:{item.finding.key}:{item.finding.line}"
        return f"line:{item.number}"

    def cells(self, item: ConfigRow) -> tuple[Content, ...]:
        """Sign, place, words."""
        show = self.display
        if item.finding:
            sign = BY_SEVERITY[item.finding.severity]
            return (
                show.sign(sign),
                show.text(place(item.finding)),
                show.text(brief_paths(sentence(item.finding.summary)), sign.style),
            )
        if item.number == 0:
            sign, words = start_words(self.report)
            return show.sign(sign), Content(""), show.text(brief_paths(words), sign.style)
        mark = show.sign(_worst(item.at)) if item.at else Content(" ")
        return mark, show.text(item.number, "$text-muted"), yaml_line(item.text, show)

    def search(self, item: ConfigRow) -> str:
        """The row's text, and its paths in full."""
        return f"{super().search(item)} {item.finding.summary if item.finding else ''}".lower()

    def summary(self) -> Content:
        """Whether it starts, and how many findings there are."""
        report = self.report
        show = self.display
        if report is None:
            return show.text("no configuration", "$text-muted")
        sign = start_words(report)[0]
        word = {ACCEPT.name: "starts", REJECT.name: "does not start"}.get(sign.name, "unknown")
        counts = [
            show.text(plural(n, name), BY_SEVERITY[name].style)
            for name in ("error", "warning")
            if (n := sum(f.severity == name for f in report.findings))
        ]
        return show.separated((show.text(word, sign.style), *counts))

    def worst(self) -> Sign:
        """The gravest of the start and the findings."""
        if self.report is None:
            return UNKNOWN
        signs = [start_words(self.report)[0], *(BY_SEVERITY[f.severity] for f in self.report.findings)]
        return max(signs, key=lambda sign: sign.gravity)

    def empty(self) -> str:
        """Why no file is shown."""
        report = self.report
        if report is None:
            return (
                "No controller.yml was found. The file with its findings would be here. "
                "Start with --config F, or set config in the settings."
            )
        return f"{report.path} cannot be read: {report.error}"

    def sheet(self, item: ConfigRow | None, level: Level) -> Sheet:
        """The finding or the start in words; at the deepest level the whole file with its findings."""
        show = self.display
        report = self.report
        if report is None or item is None:
            sheet = Sheet(show, show.text("Configuration"), self.summary())
            sheet.say(REJECT if report else None, self.empty())
            return sheet
        name = report.path.rsplit("/", 1)[-1]
        line = item.finding.line if item.finding else item.number
        sheet = Sheet(show, show.text(f"{name}:{line}" if line else name), self.summary())
        sheet.copy = Copyable("place", f"{report.path}:{line}" if line else report.path)
        shown = (item.finding,) if item.finding else item.at
        for finding in shown:
            _finding(sheet, finding, level)
        if not shown and item.number:
            sheet.row(show.text(f"{item.number}  ", "$text-muted"), show.text(item.text))
            sheet.say(ACCEPT, "No finding at this line.")
        elif not shown:
            self._start(sheet, report)
        sheet.more = Copyable(
            "finding" if shown else "configuration verdict",
            "\n".join(e.lead.plain + e.body.plain for e in sheet.entries),
        )
        if level >= 1:
            sheet.heading("File")
            sheet.fact("path", report.path)
            sheet.fact("directory", f"{report.working_directory} (working directory of the controller)")
            sheet.fact("SHA-256", report.sha256)
        if level == 2:
            self._file(sheet, line or 0)
        return sheet

    def _start(self, sheet: Sheet, report: ConfigReport) -> None:
        sign, words = start_words(report)
        sheet.say(sign, words, sign.style)
        for message in report.controller.errors:
            sheet.say(REJECT, message)
        sheet.labelled("stage", report.controller.stage or "")
        sheet.labelled("raises", report.controller.exception or "")
        if report.documented and not report.documented.starts:
            sheet.say(
                REJECT, "By the documentation it refuses to start: " + "; ".join(report.documented.errors)
            )

    def _file(self, sheet: Sheet, line: int) -> None:
        show = sheet.display
        sheet.heading("The file, with its findings")
        for row in self.items:
            if not row.number:
                continue
            if row.number == line:
                sheet.mark = max(0, len(sheet.entries) - 3)
            here = "▸" if row.number == line else " "
            gutter = show.text(f"{here}{row.number:>5}  ", "bold" if row.number == line else "$text-muted")
            sheet.row(gutter, yaml_line(row.text, show))
            for finding in row.at:
                sign = BY_SEVERITY[finding.severity]
                pad = Content(" " * (8 + min(24, max(0, (finding.column or 1) - 1))))
                lead = join(pad, show.sign(sign), Content(" "))
                sheet.row(lead, show.text(sentence(finding.summary), sign.style))


def start_words(report: ConfigReport | None) -> tuple[Sign, str]:
    """Whether this controller would start, in a sentence."""
    if report is None or report.controller.starts is None:
        why = report.controller.message if report else None
        return UNKNOWN, f"Whether it starts cannot be predicted{': ' + why if why else ''}"
    if report.controller.starts:
        return ACCEPT, "The controller starts with this file"
    start = report.controller
    why = (
        start.boot_error
        or start.message
        or (start.errors[0] if start.errors else start.exception)
        or "no reason"
    )
    return REJECT, f"The controller would not start: {why}"


def brief_paths(words: str) -> str:
    """`words` for a list: of a long path only its two ends, so that the fact is in sight."""
    return _PATH.sub(lambda found: _brief(found[0]), words)


def _brief(path: str) -> str:
    first, _, rest = path[1:].partition("/")
    brief = f"/{shorten(first, 12)}/…/{shorten(rest.rpartition('/')[2], 28)}"
    return brief if len(brief) < len(path) else path


def place(finding: ConfigFinding) -> str:
    """`17:5`, or nothing where the finding has no line."""
    if finding.line is None:
        return ""
    return f"{finding.line}:{finding.column}" if finding.column else str(finding.line)


def yaml_line(text: str, show: Display) -> Content:
    """A line of the file; a comment is quieter. Tabs become spaces, everything else is escaped."""
    text = text.expandtabs(4)
    return show.text(text, "$text-muted" if text.lstrip().startswith("#") else "")


def _worst(findings: tuple[ConfigFinding, ...]) -> Sign:
    return max((BY_SEVERITY[f.severity] for f in findings), key=lambda sign: sign.gravity)


def _finding(sheet: Sheet, finding: ConfigFinding, level: Level) -> None:
    sign = BY_SEVERITY[finding.severity]
    sheet.say(sign, sentence(finding.summary), sign.style)
    sheet.labelled("next", sentence(finding.next))
    if level >= 1:
        sheet.labelled("key", finding.key or "")
        sheet.labelled("rule", finding.rule or "")
        sheet.labelled("id", finding.id)
