"""The signs of printed output: one table of glyph, ASCII stand-in, word and colour role.

A sign never stands alone: its word or a sentence follows it, so that nothing depends on colour or font.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from trustconsole.api import Change, Outcome, Standing, Verdict

Role = Literal["", "success", "error", "warning", "accent", "muted", "bold"]


@dataclass(frozen=True, slots=True)
class Sign:
    """One state: `glyph` (one cell), `plain` where the locale is not UTF-8, and its colour role."""

    glyph: str
    plain: str
    word: str
    role: Role


ACCEPT: Final = Sign("✓", "+", "accept", "success")
REJECT: Final = Sign("✗", "x", "reject", "error")
DIFFER: Final = Sign("≠", "#", "differ", "accent")
WARN: Final = Sign("⚠", "!", "warning", "warning")
RESTART: Final = Sign("↻", "@", "restart", "warning")
UNKNOWN: Final = Sign("?", "?", "unknown", "bold")
NEUTRAL: Final = Sign("–", "-", "skipped", "muted")
INFO: Final = Sign("·", ".", "note", "muted")

BY_STANDING: Final[dict[Standing, Sign]] = {
    "accept": ACCEPT,
    "suspect": WARN,
    "reject": REJECT,
    "differ": DIFFER,
    "unsigned": NEUTRAL,
    "unknown": UNKNOWN,
}
BY_VERDICT: Final[dict[Verdict, Sign]] = {
    "accept": ACCEPT,
    "reject": REJECT,
    "error": REJECT,
    "no-boot": REJECT,
    "unsigned-allowed": NEUTRAL,
    "unknown": UNKNOWN,
}
BY_STEP: Final = {"pass": ACCEPT, "fail": REJECT, "skip": NEUTRAL, "info": INFO, "warn": WARN}
BY_SEVERITY: Final = {"error": REJECT, "warning": WARN, "info": INFO}
BY_OUTCOME: Final[dict[Outcome, Sign]] = {
    "refused": REJECT,
    "lost": REJECT,
    "unknown": UNKNOWN,
    "kept": ACCEPT,
}
BY_CHANGE: Final[dict[Change, Sign]] = {
    "stops": REJECT,
    "unknown": UNKNOWN,
    "starts": WARN,
    "keeps": ACCEPT,
    "fails": NEUTRAL,
}
BY_NODE_STATE: Final = {"current": ACCEPT, "restart": RESTART, "unknown": UNKNOWN}


def of_start(starts: bool | None) -> Sign:
    """Yes, no, or cannot be predicted."""
    return UNKNOWN if starts is None else ACCEPT if starts else REJECT
