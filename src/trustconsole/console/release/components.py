"""The components of all bills of materials of a release as one table, filtered by any of its columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content

from trustconsole.api import Component, ReleaseReport
from trustconsole.console.columns import Column
from trustconsole.console.display import Display
from trustconsole.console.release.sheets import component_line
from trustconsole.console.release.tree import PANE
from trustconsole.console.sheet import Copyable, Level, Sheet
from trustconsole.console.signs import INFO, Sign
from trustconsole.console.view import View
from trustconsole.text import plural


@dataclass(frozen=True, slots=True)
class Used:
    """A component, and the bills of materials that name it just so."""

    component: Component
    sboms: tuple[str, ...]


class ComponentsView(View[Used]):
    """Every component once, with the archives that it is in."""

    pane = PANE
    headed = True
    columns = (
        Column("component", 16, 60, "middle", flexible=True),
        Column("version", 8, 24, "middle"),
        Column("licence", 8, 24, "end", leaves=2),
        Column("package URL", 16, 90, "middle", leaves=1, flexible=True),
    )

    def __init__(self, report: ReleaseReport, display: Display) -> None:
        self.report = report
        self.display = display
        self.items = self.rows()

    def rows(self) -> Sequence[Used]:
        """By name."""
        found: dict[Component, list[str]] = {}
        for sbom in self.report.sboms:
            for component in sbom.table:
                found.setdefault(component, []).append(sbom.name)
        return [Used(component, tuple(names)) for component, names in sorted(found.items())]

    def key(self, item: Used) -> str:
        """All that identifies it."""
        return component_line(item.component)

    def cells(self, item: Used) -> tuple[Content, ...]:
        """Name, version, licence, package URL."""
        show, row = self.display, item.component
        return (
            show.text(row.name),
            show.text(row.version),
            show.text(row.licence, "$text-muted"),
            show.text(row.purl, "$text-muted"),
        )

    def summary(self) -> Content:
        """How many."""
        return self.display.text(plural(len(self.items), "component"))

    def worst(self) -> Sign:
        """Nothing is judged here."""
        return INFO

    def empty(self) -> str:
        """Why there are none."""
        notes = {sbom.table_note for sbom in self.report.sboms if sbom.table_note}
        if notes:
            return f"No components are shown: {'; '.join(sorted(notes))}."
        return "No bill of materials of this release could be read. c goes back to the tree."

    def sheet(self, item: Used | None, level: Level) -> Sheet:
        """One component, and where it is used."""
        show = self.display
        if item is None:
            return Sheet(show, show.text("Components"))
        row = item.component
        sheet = Sheet(show, show.text(row.name), show.text(row.version))
        sheet.fact("version", row.version)
        sheet.fact("licence", row.licence or "not said")
        sheet.fact("package URL", row.purl)
        sheet.copy = Copyable("the package URL", row.purl or row.name)
        sheet.more = Copyable("the component", component_line(row))
        if level:
            sheet.heading(f"In {plural(len(item.sboms), 'bill')} of materials")
            for name in item.sboms:
                sheet.say(None, name)
        return sheet
