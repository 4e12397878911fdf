"""Pane 2: what is enforced. The matrix with today's cell, every value and its source, and the differences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from textual.content import Content

from trustconsole.api import DOCUMENTED_MATRIX, ConfigReport, Sourced, value_words
from trustconsole.commands import PANES
from trustconsole.console.columns import Column
from trustconsole.console.display import EMPTY, join
from trustconsole.console.sheet import Copyable, Level, Sheet
from trustconsole.console.signs import ACCEPT, NEUTRAL, REJECT, UNKNOWN, WARN, Sign
from trustconsole.console.view import View

OUTCOMES: Final[dict[str, tuple[Sign, str]]] = {
    "fail-closed": (ACCEPT, "fail-closed"),
    "unsigned-allowed": (NEUTRAL, "unsigned allowed"),
    "unsigned-allowed-warned": (WARN, "unsigned allowed, warned"),
}
VERIFIERS: Final[dict[str | None, tuple[Sign, str, str]]] = {
    "NOOP": (
        NEUTRAL,
        "accepts everything",
        "The controller installs every module without looking at signatures.",
    ),
    "KEYED": (ACCEPT, "verifies .sig", "The controller verifies the .sig beside every module."),
    "COSIGN_BUNDLE": (
        ACCEPT,
        "verifies bundles",
        "The controller verifies the .cosign.bundle beside every module.",
    ),
    "FAIL_CLOSED": (
        REJECT,
        "refuses everything",
        "The controller refuses every module: no trust root is set.",
    ),
    "BOOT_FAILS": (REJECT, "does not start", "The controller does not start with this configuration."),
    None: (UNKNOWN, "unknown", "What the controller does cannot be predicted."),
}
ENFORCING: Final = ("KEYED", "COSIGN_BUNDLE", "FAIL_CLOSED", "BOOT_FAILS")
REQUIRED: Final = (("unset", "required not set"), ("false", "required: false"), ("true", "required: true"))
PROFILES: Final = ("development", "production")


@dataclass(frozen=True, slots=True)
class Value:
    """One row: a name, its value in words, and where it comes from."""

    name: str
    value: str
    source: str
    sign: Sign | None = None


class ProfileView(View[Value]):
    """One row for the outcome, then one for each effective value."""

    pane = PANES[1]
    columns = (
        Column("", 1, 1, "never"),
        Column("name", 8, 18, "end"),
        Column("value", 16, 44, "middle", flexible=True),
        Column("source", 5, 40, "end", leaves=1),
    )

    @property
    def report(self) -> ConfigReport | None:
        """The configuration's report, None where there is no configuration."""
        return self.snapshot.config

    def rows(self) -> Sequence[Value]:
        """What is documented, what the controller does, then the values."""
        report = self.report
        if report is None or (report.effective is None and report.documented is None):
            return ()
        found: list[Value] = []
        if report.documented:
            sign, words = OUTCOMES[report.documented.outcome]
            found.append(Value("documented", words, cell_words(report.documented.cell), sign))
        if report.effective:
            sign, words, _ = VERIFIERS[report.effective.verifier]
            found.append(Value("controller", words, "this build", sign))
            found += [
                Value(name, value_words(s.value), source_words(s.source)) for name, s in sourced(report)
            ]
        return found

    def key(self, item: Value) -> str:
        """The value's name."""
        return item.name

    def cells(self, item: Value) -> tuple[Content, ...]:
        """Sign, name, value, source."""
        show = self.display
        return (
            show.sign(item.sign) if item.sign else Content(" "),
            show.text(item.name, "$text-muted"),
            show.text(item.value, item.sign.style if item.sign else ""),
            show.text(brief_source(item.source), "$text-muted"),
        )

    def summary(self) -> Content:
        """What is enforced, in two words."""
        report = self.report
        if report is None:
            return self.display.text("no configuration", "$text-muted")
        if report.documented is None:
            return self.display.state(UNKNOWN)
        sign, words = OUTCOMES[report.documented.outcome]
        differ = report.effective is not None and report.differences
        return (
            self.display.state(WARN, f"{words}, build differs") if differ else self.display.state(sign, words)
        )

    def worst(self) -> Sign:
        """Whether signatures are enforced."""
        report = self.report
        if report is None or report.documented is None or report.effective is None:
            return UNKNOWN if report is None or report.controller.starts is not False else REJECT
        sign = OUTCOMES[report.documented.outcome][0]
        controller = VERIFIERS[report.effective.verifier][0]
        worst = max(sign, controller, key=lambda s: s.gravity)
        return WARN if worst is NEUTRAL and report.differences else worst

    def empty(self) -> str:
        """Why there are no values."""
        report = self.report
        if report is None:
            return (
                "No controller.yml was found. The effective signing profile would be here. "
                "Start with --config F, or set config in the settings."
            )
        why = report.error or report.controller.message or "it does not load"
        return f"{report.path} cannot be evaluated: {why}"

    def sheet(self, item: Value | None, level: Level) -> Sheet:
        """The matrix, all values with sources, and where documentation and build differ."""
        show = self.display
        report = self.report
        sheet = Sheet(show, show.text("Effective signing profile"), self.summary())
        if report is None or (report.documented is None and report.effective is None):
            sheet.say(self.worst() if report else None, self.empty())
            return sheet
        if item is not None:
            sheet.copy = Copyable(item.name, item.value)
        sheet.more = Copyable(
            "effective profile", "\n".join(f"{v.name}: {v.value} ({v.source})" for v in self.items)
        )
        self._headline(sheet, report)
        if level == 0:
            return sheet
        for sentence in report.differences:
            sheet.say(WARN, sentence, WARN.style)
        self._matrix(sheet, report)
        if report.effective:
            sheet.heading("Values")
            wide = max(len(source_words(s.source)) for _, s in sourced(report))
            for name, found in sourced(report):
                lead = show.text(f"  {name:<16}  {source_words(found.source):<{wide}}  ", "$text-muted")
                sheet.row(lead, show.text(value_words(found.value)))
        if level == 2 and report.other:
            sheet.heading("Other values of the file")
            for name, other in report.to_dict()["other"].items():  # type: ignore[attr-defined]
                sheet.row(show.text(f"  {name:<24} ", "$text-muted"), show.text(value_words(other)))
        return sheet

    def _headline(self, sheet: Sheet, report: ConfigReport) -> None:
        if report.documented:
            sign, words = OUTCOMES[report.documented.outcome]
            sheet.say(sign, f"Documented: {cell_words(report.documented.cell)}: {words}.")
        if report.effective:
            sign, _, sentence = VERIFIERS[report.effective.verifier]
            sheet.say(sign, sentence)

    def _matrix(self, sheet: Sheet, report: ConfigReport) -> None:
        show = sheet.display
        today = report.documented.cell if report.documented else ""
        sheet.heading("Documented matrix (today's cell is marked)")
        sheet.verbatim([show.text(f"  {'':<20}{PROFILES[0]:<19}{PROFILES[1]}", "$text-muted")])
        for required, title in REQUIRED:
            parts = [show.text(f"  {title:<18}", "$text-muted")]
            for profile in PROFILES:
                sign, words = OUTCOMES[DOCUMENTED_MATRIX[f"{profile}/{required}"]]
                here = f"{profile}/{required}" == today
                parts.append(show.text("▸ " if here else "  ", "bold"))
                parts.append(show.text(words, f"{sign.style} bold" if here else "$text-muted"))
                parts.append(Content(" " * (17 - len(words))) if profile == PROFILES[0] else EMPTY)
            sheet.verbatim([join(*parts)])


def sourced(report: ConfigReport) -> tuple[tuple[str, Sourced], ...]:
    """Every effective value under the name it has in the file; none where the build does not load it."""
    short = {"allowUnsignedDevelopment": "allowUnsignedDev"}
    named = report.effective.named() if report.effective is not None else ()
    return tuple((short.get(name, name), value) for name, value in named)


def cell_words(cell: str) -> str:
    """`production × required unset`."""
    profile, _, required = cell.partition("/")
    return f"{profile} × required {required}"


def source_words(source: str) -> str:
    """Where a value comes from: the file's name with line and column, or in words."""
    if source == "profile":
        return "profile default"
    if source == "default":
        return "default"
    return source.rsplit("/", 1)[-1]


def brief_source(source: str) -> str:
    """The same for the list: line and column alone, because the file is known."""
    return source.partition(":")[2] or source.replace(" default", "").replace(" required", "")
