"""The sentence on top of the console: is something wrong, what, and where; and the status line.

Read in two seconds, in this order: what stops the controller, what would be refused or wrongly installed,
what needs a restart. Only where there is nothing of that, it says that all is well, of what was proved.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC
from typing import Final

from textual.content import Content

from trustconsole.api import ModuleRow, RotationView, Snapshot, value_words
from trustconsole.console.display import Display, join
from trustconsole.console.panes.configuration import start_words
from trustconsole.console.panes.profile import ENFORCING
from trustconsole.console.rotation.words import under_way
from trustconsole.console.signs import ACCEPT, DIFFER, INFO, NEUTRAL, PENDING, REJECT, RESTART, UNKNOWN, WARN
from trustconsole.text import plural

LEAST_PLACE: Final = 12
"""Cells below which the place says nothing any more; the policy beside it is never cut for it."""


def headline(snapshot: Snapshot, display: Display, rotation: RotationView | None = None) -> Content:
    """The one sentence about this snapshot; parts are separated, the gravest stands first.

    A rotation that is under way follows, whatever else is said.
    """
    return display.separated((_state(snapshot, display), under_way(rotation, display)))


def _state(snapshot: Snapshot, display: Display) -> Content:
    parts = [*_start(snapshot, display), *_modules(snapshot, display), *_trust_root(snapshot, display)]
    restart = sum(node.state == "restart" for node in snapshot.nodes)
    if restart:
        parts.append(display.state(RESTART, f"{plural(restart, 'node')} on old files"))
    unknown = sum(node.state == "unknown" for node in snapshot.nodes)
    if unknown:
        parts.append(display.state(UNKNOWN, f"{plural(unknown, 'node')} of unknown state"))
    if parts:
        return display.separated(parts)
    return _calm(snapshot, display)


def _start(snapshot: Snapshot, display: Display) -> list[Content]:
    config = snapshot.config
    if config is None:
        return [display.state(UNKNOWN, "no configuration found")]
    parts: list[Content] = []
    if config.controller.starts is False or config.error:
        words = f"controller.yml cannot be read: {config.error}" if config.error else start_words(config)[1]
        parts.append(display.state(REJECT, words))
    if config.effective and config.effective.verifier not in ENFORCING and config.effective.verifier:
        parts.append(display.state(NEUTRAL, "this controller installs unsigned modules"))
    return parts


def _modules(snapshot: Snapshot, display: Display) -> list[Content]:
    counts: Counter[str] = Counter(_group(row) for row in snapshot.modules)
    parts: list[Content] = []
    if counts["wrongly"]:
        parts.append(display.state(DIFFER, f"{counts['wrongly']:,} installed although not verified"))
    if counts["refused"]:
        parts.append(display.state(REJECT, f"{counts['refused']:,} refused"))
    if counts["needlessly"]:
        parts.append(display.state(DIFFER, f"{counts['needlessly']:,} refused although verified"))
    if counts["doubtful"]:
        parts.append(display.state(WARN, f"{counts['doubtful']:,} accepted with a doubt"))
    if counts["unknown"]:
        parts.append(display.state(UNKNOWN, f"{counts['unknown']:,} unpredictable"))
    if counts["pending"]:
        done = len(snapshot.modules) - counts["pending"]
        parts.append(display.state(PENDING, f"verifying {done:,} of {len(snapshot.modules):,}"))
    return parts


def _group(row: ModuleRow) -> str:
    if row.state == "differ" and row.report:
        return "wrongly" if row.report.controller.verdict in ("accept", "unsigned-allowed") else "needlessly"
    return {
        "reject": "refused",
        "suspect": "doubtful",
        "unknown": "unknown",
        "pending": "pending",
    }.get(row.state, "fine")


def _trust_root(snapshot: Snapshot, display: Display) -> list[Content]:
    report = snapshot.trust_root
    if report is None:
        return []
    if report.error:
        return [display.state(REJECT, "the trust root cannot be read")]
    if not report.trusted_blocks:
        return [display.state(REJECT, "the trust root holds nothing that can be trusted")]
    return []


def _calm(snapshot: Snapshot, display: Display) -> Content:
    parts = [display.state(ACCEPT, "the controller starts")]
    if snapshot.modules:
        verified = sum(row.state == "accept" for row in snapshot.modules)
        parts.append(display.state(ACCEPT, f"{plural(verified, 'module')} verified"))
    else:
        parts.append(display.state(INFO, "no modules found"))
    if snapshot.nodes:
        parts.append(display.state(ACCEPT, f"{plural(len(snapshot.nodes), 'node')} on the files of now"))
    return display.separated(parts)


def status(
    snapshot: Snapshot | None, display: Display, *, read_only: bool, width: int
) -> tuple[Content, Content]:
    """The status line's left and right part: where this is and what is in force; badge and clock."""
    now = display.clock().astimezone(UTC)
    wide = width >= 110
    badge = display.text(
        "read-only" if read_only else "write-armed", "$text-muted" if read_only else WARN.style
    )
    time = display.text(now.strftime("%H:%M:%S UTC" if wide else "%H:%M UTC"), "$text-muted")
    right = join(badge, Content("   "), time)
    left = [display.text("trustconsole", "bold")] if wide else []
    left.append(
        display.text("reading files", "$text-muted") if snapshot is None else in_force(snapshot, display)
    )
    if wide and snapshot is not None:
        taken = sum(part.cell_length + 3 for part in (*left, right))
        if width - 2 - taken >= LEAST_PLACE:
            place = snapshot.paths.working_directory or ""
            where = display.text(f"{snapshot.host}:{place}" if place else snapshot.host)
            left.insert(1, display.cut_middle(where, width - 2 - taken))
    return Content("   ").join(left), right


def in_force(snapshot: Snapshot, display: Display) -> Content:
    """`production · COSIGN_BUNDLE · REQUIRE_SET`."""
    effective = snapshot.config.effective if snapshot.config else None
    if effective is None:
        return display.state(UNKNOWN, "no effective profile")
    values = (effective.profile, effective.mode, effective.rekor_policy)
    return display.separated(display.cut_end(display.text(value_words(v.value)), 24) for v in values)
