"""A change of a trust file on a sheet: by identity, never as text."""

from __future__ import annotations

from typing import Final

from trustconsole.api import Block, BlockChange, TrustRootDiff
from trustconsole.console.display import join
from trustconsole.console.panes.trust_root import block_name
from trustconsole.console.sheet import Sheet
from trustconsole.console.signs import ACCEPT, REJECT, WARN

_KINDS: Final = {"public-key": "key", "certificate": "cert", "other": "other"}
_MOST_KEPT: Final = 8
"""Blocks that stay as they are and are named; of more it is said how many."""


def show_changes(sheet: Sheet, diff: TrustRootDiff) -> None:
    """One row for each identity that goes, comes, is renewed or is read otherwise, then those that stay."""
    for change in diff.removed:
        _row(sheet, "-", change.before, REJECT.style, "removed")
    for change in diff.added:
        _row(sheet, "+", change.after, ACCEPT.style, "added")
    for renewal in diff.renewed:
        old = (renewal.before.fingerprint or "")[:8]
        _row(sheet, "~", renewal.after, WARN.style, f"same key, was certificate {old}")
    otherwise = [(change, notes) for change in diff.kept if (notes := _notes(change))]
    for change, notes in otherwise:
        _row(sheet, "!", change.after, WARN.style, notes)
    plain = [change for change in diff.kept if not _notes(change)]
    for change in plain[:_MOST_KEPT]:
        _row(sheet, " ", change.after, "$text-muted", "kept")
    if len(plain) > _MOST_KEPT:
        sheet.row(
            sheet.display.text("  "),
            sheet.display.text(f"and {len(plain) - _MOST_KEPT} more that are kept", "$text-muted"),
        )


def _notes(change: BlockChange) -> str:
    """What is read otherwise of a block that is in both files."""
    before, after = change.before, change.after
    if before is None or after is None or not change.trust_changed:
        return ""
    notes = []
    if before.trusted != after.trusted:
        notes.append("now trusted" if after.trusted else "no longer trusted")
    if before.loaded_by != after.loaded_by:
        notes.append(f"the controller now loads it as {', '.join(after.loaded_by) or 'nothing'}")
    return ", ".join(notes)


def _row(sheet: Sheet, mark: str, block: Block | None, style: str, note: str) -> None:
    show = sheet.display
    if block is None:
        return
    lead = show.text(f"{mark} {_KINDS[block.kind]:<4} {(block.fingerprint or 'none')[:8]}  ", style)
    who = block_name(block)
    body = join(
        show.text(f"{block.key or ''}  "),
        show.text(f"{who}  ") if who else show.text(""),
        show.text(note, style if mark.strip() else "$text-muted"),
    )
    sheet.row(lead, body)
