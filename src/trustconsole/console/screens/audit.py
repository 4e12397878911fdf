"""The audit log: what this console changed, newest first, and whether the record is whole.

The headline says what the chain of hashes proves. What it does not prove (records cut off at the end) is
found only against a head that was kept elsewhere, so the head is there to be copied.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content

from trustconsole.api import AuditRecord, AuditReport
from trustconsole.commands import KEYS, Pane, Scope
from trustconsole.console.bindings import bindings
from trustconsole.console.columns import Column
from trustconsole.console.display import Display, Words, lines
from trustconsole.console.problems import sentence
from trustconsole.console.screens.rows import RowsScreen
from trustconsole.console.session import Session
from trustconsole.console.sheet import Copyable, Level, Sheet
from trustconsole.console.signs import ACCEPT, INFO, REJECT, Sign
from trustconsole.console.view import View
from trustconsole.console.widgets.bars import FilterBar, Headline, HintBar, Problems, StatusBar
from trustconsole.console.widgets.pane import PaneBox, TopRule
from trustconsole.console.widgets.sheet_view import SheetView
from trustconsole.errors import TrustConsoleError
from trustconsole.text import plural, rfc3339, to_json

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.events import Resize

_HINTS = ("open", "filter", "copy", "copy-more", "help", "back")
_ROOM = 30
"""Lines from which the detail has its place under the rows."""


class RecordsView(View[AuditRecord]):
    """One row for each record, the newest on top; every text in them is untrusted."""

    pane: ClassVar[Pane] = Pane(0, "audit", "Audit log", "Audit", "What this console changed.")
    columns = (
        Column("", 1, 6, "never", right=True),
        Column("when", 20, 20, "never"),
        Column("action", 8, 18, "end"),
        Column("who", 4, 16, "end", leaves=1),
        Column("target", 10, 40, "middle", flexible=True),
        Column("reason", 6, 80, "end", flexible=True, leaves=2),
    )

    def __init__(self, report: AuditReport, display: Display) -> None:
        self.report = report
        self.display = display
        self.items: Sequence[AuditRecord] = self.rows()

    def rows(self) -> Sequence[AuditRecord]:
        """Newest first."""
        return tuple(reversed(self.report.records))

    def key(self, item: AuditRecord) -> str:
        """The record's hash."""
        return item.hash

    def cells(self, item: AuditRecord) -> tuple[Content, ...]:
        """Number, time, action, operator, target, reason."""
        show = self.display
        return (
            show.text(item.seq, "$text-muted"),
            show.text(rfc3339(item.time)),
            show.text(item.action, "bold"),
            show.text(item.operator.login),
            show.text(item.target or ""),
            show.text(item.reason, "$text-muted"),
        )

    def summary(self) -> Content:
        """How many, and whether they are whole."""
        found = self.report.verification
        sign = ACCEPT if found.ok else REJECT
        state = "whole" if found.ok else "not whole"
        return self.display.state(sign, f"{plural(found.count, 'record')}, {state}")

    def worst(self) -> Sign:
        """Whether the chain holds."""
        return ACCEPT if self.report.verification.ok else REJECT

    def empty(self) -> str:
        """Why there is no record."""
        return (
            "This console changed nothing yet. Each change would be here, recorded before it happens. A "
            f"rotation (R) makes the first one. The log is {self.report.path}."
        )

    def sheet(self, item: AuditRecord | None, level: Level) -> Sheet:
        """The record's fields; its hashes at the deeper levels."""
        show = self.display
        if item is None:
            sheet = Sheet(show, show.text("Audit log"))
            sheet.say(None, self.empty())
            return sheet
        sheet = Sheet(show, show.text(f"Record {item.seq}"), show.text(item.action, "$text-muted"))
        sheet.fact("when", show.moment(item.time))
        sheet.fact("operator", str(item.operator))
        sheet.fact("action", item.action)
        sheet.fact("target", item.target)
        sheet.fact("reason", item.reason)
        sheet.copy = Copyable(f"record {item.seq}", to_json(item.to_dict()))
        head = self.report.verification.head
        sheet.more = Copyable("the head of the log", head) if head else None
        if level == 0:
            return sheet
        sheet.fact("before", item.before)
        sheet.fact("after", item.after)
        for name, value in item.details.items():
            sheet.row(show.text(f"{name:<13} ", "$text-muted"), show.text(value))
        if level == 2:
            sheet.fact("previous", item.previous)
        sheet.fact("hash", item.hash)
        return sheet


class AuditScreen(RowsScreen[None]):
    """The records, the state of the chain, and the head."""

    SCOPE: ClassVar[Scope] = "audit"
    AUTO_FOCUS = "#rows-audit"
    BINDINGS: ClassVar[list[BindingType]] = [
        *(one for one in bindings("global", "panes") if not (one.id or "").startswith("rescan")),
        Binding("r,f5", "reload", show=False),
    ]

    def __init__(self, display: Display, session: Session) -> None:
        super().__init__(display)
        self.session = session
        self.box = PaneBox(RecordsView.pane, display, "┌┐")
        self.head = Words(classes="rotation-line")
        self.detail_top = TopRule(display, "├┤")
        self.detail = SheetView()
        self.hints = HintBar([key for name in _HINTS for key in KEYS if key.id == name], display)

    def compose(self) -> ComposeResult:
        """Status, what the chain proves, the head, records and detail, keys."""
        yield StatusBar()
        yield Problems()
        yield Headline()
        yield self.head
        with Vertical(id="audit-body"):
            yield self.box
            with Vertical(id="audit-detail", classes="box last"):
                yield self.detail_top
                yield self.detail
        yield FilterBar(self.display_of)
        yield self.hints

    def on_mount(self) -> None:
        """Read the log."""
        self.query_one(Headline).wait(self.display_of)
        self.hints.name_them({"copy": "copy record", "copy-more": "copy head"})
        self.follow_frame()
        self.action_reload()

    def action_reload(self) -> None:
        """Read the log again."""
        self.begin("the log is being read", lambda _: self.session.audit(), self._show, self._failed)

    def _show(self, report: AuditReport) -> None:
        found, show = report.verification, self.display_of
        if not found.ok:
            words = f"The audit log is not whole: {found.problem}. Keep it, and compare it with a backup."
            self.query_one(Headline).show(show.state(REJECT, words))
        elif not found.count:
            self.query_one(Headline).show(show.state(INFO, "Nothing was changed by this console yet."))
        else:
            words = f"The chain of {plural(found.count, 'record')} is whole."
            self.query_one(Headline).show(show.state(ACCEPT, words))
        head = [show.text(f"head {found.head}", "$text-muted")] if found.head else []
        self.head.show(lines([*head, show.text(found.remark, "$text-muted")] if found.ok and head else head))
        self.box.show_view(RecordsView(report, show))
        self.show_detail()

    def _failed(self, error: TrustConsoleError) -> None:
        self.query_one(Headline).show(self.display_of.state(REJECT, sentence(error)))

    def show_detail(self) -> None:
        """Show the record under the cursor."""
        sheet = self.box.sheet()
        if sheet is not None:
            self.detail.show_sheet(sheet, keep_place=True)
            self.detail_top.name_it(sheet.title, sheet.summary)

    def on_resize(self, event: Resize) -> None:
        """The detail has its place where there is room."""
        self.set_class(event.size.height < _ROOM, "-low")
        self.call_after_refresh(self.tick)
