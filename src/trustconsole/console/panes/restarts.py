"""Pane 5: the nodes, whether each runs on the files of now, and the command that restarts one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import ClassVar

from textual.content import Content

from trustconsole.api import NodeReport
from trustconsole.commands import PANES
from trustconsole.console.columns import Column
from trustconsole.console.sheet import Copyable, Level, Sheet
from trustconsole.console.signs import ACCEPT, BY_NODE_STATE, UNKNOWN, Sign, gravest
from trustconsole.console.view import View
from trustconsole.text import relative_time, rfc3339, shell_join

_WORDS = {"current": "runs on the files of now", "restart": "needs a restart", "unknown": "cannot be told"}


class RestartsView(View[NodeReport]):
    """One row for each node of the settings."""

    pane = PANES[4]
    restarting: ClassVar[str] = "y copies it; a rotation (R) runs it, after a question."
    """What is said under a restart command."""
    columns = (
        Column("", 1, 1, "never"),
        Column("node", 8, 24, "middle"),
        Column("state", 7, 7, "never"),
        Column("up", 4, 12, "end", leaves=1, early=True),
        Column("why", 10, 120, "end", flexible=True),
    )

    def rows(self) -> Sequence[NodeReport]:
        """The nodes in the order of the settings."""
        return self.snapshot.nodes

    def key(self, item: NodeReport) -> str:
        """The node's name."""
        return item.name

    def cells(self, item: NodeReport) -> tuple[Content, ...]:
        """Sign, name, state, how long it is up, why."""
        show = self.display
        sign = BY_NODE_STATE[item.state]
        up = f"up {relative_time(item.started, show.clock())}" if item.started else ""
        return (
            show.sign(sign),
            show.text(item.name),
            show.text(item.state, sign.style),
            show.text(up, "$text-muted"),
            show.text(item.reason, sign.style if item.state == "restart" else "$text-muted"),
        )

    def summary(self) -> Content:
        """How many need a restart, how many cannot be told."""
        show = self.display
        if not self.items:
            return show.text("no nodes", "$text-muted")
        counts = Counter(node.state for node in self.items)
        parts = [
            show.text(f"{counts['restart']} of {len(self.items)} needed", BY_NODE_STATE["restart"].style)
            if counts["restart"]
            else Content(""),
            show.text(f"{counts['unknown']} unknown", UNKNOWN.style) if counts["unknown"] else Content(""),
        ]
        return show.separated(parts) if any(parts) else show.text(f"{len(self.items)} current", ACCEPT.style)

    def worst(self) -> Sign:
        """The gravest node; without nodes nothing is known."""
        return gravest([BY_NODE_STATE[node.state] for node in self.items])

    def empty(self) -> str:
        """What brings nodes here."""
        return (
            "No nodes are configured. Whether each controller and daemon runs on the files of now would be "
            "here. List them under nodes in the settings."
        )

    def sheet(self, item: NodeReport | None, level: Level) -> Sheet:
        """State and reason in words, evidence, and the restart command."""
        show = self.display
        if item is None:
            sheet = Sheet(show, show.text("Restarts"))
            sheet.say(None, self.empty())
            return sheet
        sign = BY_NODE_STATE[item.state]
        sheet = Sheet(show, show.text(f"{item.role} {item.name}"), show.state(sign, item.state))
        sheet.say(
            sign, f"{item.name} {_WORDS[item.state]}: {item.reason}", sign.style if sign.gravity else ""
        )
        command = shell_join(item.restart_command)
        sheet.copy = Copyable("restart command", command) if command else Copyable("node name", item.name)
        sheet.more = Copyable(
            "node state", f"{item.name} ({item.role}): {item.state}: {item.reason}\n{item.evidence}"
        )
        if level == 0:
            return sheet
        sheet.heading("Node")
        sheet.fact("role", item.role)
        sheet.fact("started", show.moment(item.started) if item.started else "unknown")
        sheet.fact("evidence", item.evidence)
        sheet.heading("Restart")
        if command:
            sheet.fact("command", command)
            sheet.fact("", self.restarting)
        else:
            sheet.fact("command", "none in the settings; add restart to this node to have it here")
        if level == 2:
            self._files(sheet)
        return sheet

    def _files(self, sheet: Sheet) -> None:
        snapshot = self.snapshot
        sheet.heading("Files of now")
        if snapshot.trust_root:
            sheet.fact(
                "trust root", f"{snapshot.trust_root.path}  {snapshot.trust_root.sha256 or 'unreadable'}"
            )
        if snapshot.rekor_key:
            sheet.fact("rekor key", f"{snapshot.rekor_key.path}  {snapshot.rekor_key.sha256 or 'unreadable'}")
        if snapshot.config:
            sheet.fact("signing values", snapshot.config.signing_digest)
        sheet.fact("looked at", rfc3339(snapshot.taken_at))
