"""The evidence of a step as rows: modules where signatures decide, nodes where restarts do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Final

from textual.content import Content

from trustconsole.api import NodeReport, RotationModule, RotationView, Snapshot
from trustconsole.commands import Pane
from trustconsole.console.columns import Column
from trustconsole.console.display import Display
from trustconsole.console.panes.restarts import RestartsView
from trustconsole.console.sheet import Copyable, Level, Sheet
from trustconsole.console.signs import ACCEPT, BY_VERDICT, NEUTRAL, REJECT, UNKNOWN, Sign, gravest
from trustconsole.console.view import View

STANDINGS: Final[Mapping[str, tuple[Sign, str, str]]] = {
    "old_only": (REJECT, "old only", "verifies with the old one only"),
    "neither": (REJECT, "neither", "verifies with neither of the two alone"),
    "new": (ACCEPT, "new", "verifies with the new one"),
    "both": (ACCEPT, "either", "does not depend on what is rotated"),
    "unsigned": (NEUTRAL, "unsigned allowed", "is let in without a signature, so neither key plays a part"),
    "failing_before": (NEUTRAL, "failing before", "failed before the rotation began and does not count"),
}
"""Sign, word and sentence of each standing; what needs work comes first."""

NO_PLAN: Final = (
    "A plan that was here is gone; start the rotation again with the same block and file (c): it resumes. "
    "The modules would be here with the key that each verifies under."
)
_SCENARIOS: Final = (
    ("now", "today"),
    ("added", "with the new block"),
    ("removed", "new without old"),
)
_JUST_NOW: Final = timedelta(seconds=60)

Seen = Mapping[str, datetime]
"""When the console saw that a module (by path) had been signed again."""


def standing(item: RotationModule) -> tuple[Sign, str, str]:
    """Sign, word and sentence of a module; what is let in unsigned proves nothing about a key."""
    return STANDINGS[item.shown]


class StepModules(View[RotationModule]):
    """One row for each module: which of the two keys it verifies under, and when it was signed."""

    pane: ClassVar[Pane] = Pane(
        0, "rotation", "Modules", "Modules", "The modules that must go on being accepted."
    )
    headed = True
    columns = (
        Column("", 1, 1, "never"),
        Column("module", 10, 28, "middle", flexible=True),
        Column("version", 5, 10, "end", leaves=2),
        Column("verifies with", 14, 16, "never"),
        Column("signed", 10, 36, "end", leaves=1),
    )

    def __init__(self, view: RotationView, display: Display, seen: Seen) -> None:
        self.view = view
        self.display = display
        self.seen = seen
        self.items: Sequence[RotationModule] = self.rows()

    def rows(self) -> Sequence[RotationModule]:
        """What still needs work first, then the rest, each in the order found."""
        order = list(STANDINGS.values())
        return sorted(self.view.modules, key=lambda one: order.index(standing(one)))

    def key(self, item: RotationModule) -> str:
        """The artefact's path."""
        return item.path

    def cells(self, item: RotationModule) -> tuple[Content, ...]:
        """Sign, name, version, standing, when it was signed."""
        show = self.display
        sign, word, _ = standing(item)
        fresh = item.resigned and item.standing in ("new", "both")
        return (
            show.sign(sign),
            show.text(item.name),
            show.text(item.version or "", "$text-muted"),
            show.text(word, sign.style),
            show.text(self._signed(item), ACCEPT.style if fresh else "$text-muted"),
        )

    def _signed(self, item: RotationModule) -> str:
        if item.signed is None:
            return "no signature file"
        now = self.display.clock().astimezone(UTC)
        signed = item.signed.astimezone(UTC)
        when = f"{signed:%H:%M}" if now - signed < timedelta(hours=20) else f"{signed:%Y-%m-%d}"
        if not item.resigned:
            return f"signed {when}"
        seen = self.seen.get(item.path)
        return f"re-signed {'just now' if seen is not None and now - seen < _JUST_NOW else when}"

    def summary(self) -> Content:
        """`1 old only · 4 either`, what there is none of left out."""
        show = self.display
        found = Counter(standing(item) for item in self.view.modules)
        parts = [
            show.text(f"{found[words]} {words[1]}", words[0].style)
            for words in STANDINGS.values()
            if found[words]
        ]
        return show.separated(parts)

    def worst(self) -> Sign:
        """The gravest standing."""
        return gravest([standing(item)[0] for item in self.items])

    def empty(self) -> str:
        """Why there is no module, or that there is no plan to ask about."""
        if self.view.plan is None:
            return NO_PLAN
        return (
            "No modules were found, so nothing can be lost. They would be here with the key that each "
            "verifies under. Set modules in the settings, or start with --modules DIR."
        )

    def sheet(self, item: RotationModule | None, level: Level) -> Sheet:
        """The standing in words, why, the exact commands, and the verdicts under each file."""
        show = self.display
        if item is None:
            sheet = Sheet(show, show.text("Modules"))
            sheet.say(None, self.empty())
            return sheet
        sign, word, words = standing(item)
        title = f"{item.name} {item.version or ''}".rstrip()
        sheet = Sheet(show, show.text(title), show.state(sign, word))
        why = f": {item.detail}" if item.detail and item.standing in ("old_only", "neither") else "."
        sheet.say(sign, f"{item.name} {words}{why}", sign.style if sign is REJECT else "")
        if item.commands:
            lines = "\n".join(command.text for command in item.commands)
            sheet.copy = Copyable(f"the commands for {item.name}", lines)
        else:
            sheet.copy = Copyable("path", item.path)
        sheet.more = Copyable("path", item.path)
        if level == 0:
            return sheet
        self._commands(sheet, item)
        self._facts(sheet, item, level)
        return sheet

    def _commands(self, sheet: Sheet, item: RotationModule) -> None:
        if not item.commands:
            return
        sheet.heading(f"To run {self.view.sign_where}")
        for command in item.commands:
            sheet.say(None, command.title, "$text-muted")
            sheet.row(self.display.text("  "), self.display.text(command.text))

    def _facts(self, sheet: Sheet, item: RotationModule, level: Level) -> None:
        show = self.display
        sheet.heading("Module")
        sheet.fact("path", item.path)
        sheet.fact("signed", show.moment(item.signed) if item.signed else "no signature file")
        seen = self.seen.get(item.path)
        sheet.fact("seen", f"its new signature file, {show.ago(seen)}" if seen is not None else None)
        sheet.fact("must keep", " and ".join(item.tracked.wanted) or "nothing: it failed before")
        module = item.tracked.module
        if level == 2:
            sheet.fact("sha256", module.sha256)
            sheet.fact("signature", module.sidecar)
        sheet.heading("Verdicts: documented, controller")
        for scenario, words in _SCENARIOS:
            verdicts: Any = module.under.get(scenario)  # type: ignore[call-overload]  # scenarios only
            if verdicts is None:
                continue
            both = (verdicts.documented, verdicts.controller)
            body = show.separated(show.state(BY_VERDICT.get(one, UNKNOWN), one) for one in both)
            sheet.row(show.text(f"{words:<20}", "$text-muted"), body)


class StepNodes(RestartsView):
    """The nodes that read the file, as in pane 5, with what brings the file to another host."""

    pane: ClassVar[Pane] = Pane(0, "rotation", "Nodes", "Nodes", "The nodes that must prove a restart.")
    restarting = "y copies it; n runs it, after a question."

    def __init__(self, view: RotationView, snapshot: Snapshot, display: Display) -> None:
        self.view = view
        super().__init__(snapshot, display)

    def rows(self) -> Sequence[NodeReport]:
        """Those of the rotation: daemons know no Rekor key."""
        return self.view.nodes

    def sheet(self, item: NodeReport | None, level: Level) -> Sheet:
        """As in pane 5, and the command that brings the file there."""
        sheet = super().sheet(item, level)
        for one in self.view.distribute if item is not None and level else ():
            if item is not None and one.node == item.name:
                sheet.heading(f"Its {one.path} is not the file of now")
                sheet.fact("bring it", one.command.text)
                sheet.copy = Copyable(f"the command for {item.name}", one.command.text)
        return sheet


def seen_again(before: RotationView | None, after: RotationView, seen: Seen, now: datetime) -> Seen:
    """`seen` with the modules whose new signature is there at `after` and was not at `before`."""
    found = {path: at for path, at in seen.items() if any(one.path == path for one in after.modules)}
    known = {one.path: one.signed for one in before.modules} if before is not None else {}
    for one in after.modules:
        if one.resigned and one.path in known and known[one.path] != one.signed:
            found[one.path] = now
    return found
