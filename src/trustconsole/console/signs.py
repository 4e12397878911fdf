"""The signs of the console: one table of glyph, ASCII stand-in, word and style.

A sign never stands alone: wherever one is shown, its word (or a sentence) is beside it, so that nothing
depends on colour or on a font. Styles are theme roles; a terminal without colours loses nothing but them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from trustconsole.api import Change, ModuleState, Outcome


@dataclass(frozen=True, slots=True)
class Sign:
    """One state: `glyph` (one cell), `plain` its stand-in where the locale is not UTF-8, its word and style.

    `gravity` orders signs from harmless (0) to grave, for "the worst of".
    """

    name: str
    glyph: str
    plain: str
    word: str
    style: str
    gravity: int


ACCEPT: Final = Sign("accept", "✓", "+", "accept", "$text-success", 0)
REJECT: Final = Sign("reject", "✗", "x", "reject", "$text-error", 6)
DIFFER: Final = Sign("differ", "≠", "#", "readings differ", "$text-accent", 7)
WARN: Final = Sign("warn", "⚠", "!", "warning", "$text-warning", 4)
RESTART: Final = Sign("restart", "↻", "@", "restart", "$text-warning", 5)
UNKNOWN: Final = Sign("unknown", "?", "?", "unknown", "$text-muted bold", 3)
NEUTRAL: Final = Sign("neutral", "–", "-", "not enforced", "$text-muted", 2)
INFO: Final = Sign("info", "·", ".", "note", "$text-muted", 0)
PENDING: Final = Sign("pending", "…", ":", "not verified yet", "$text-muted", 1)

SIGNS: Final = (ACCEPT, REJECT, DIFFER, WARN, RESTART, UNKNOWN, NEUTRAL, INFO, PENDING)

BY_MODULE_STATE: Final[dict[ModuleState, Sign]] = {
    "accept": ACCEPT,
    "suspect": WARN,
    "reject": REJECT,
    "differ": DIFFER,
    "unsigned": NEUTRAL,
    "unknown": UNKNOWN,
    "pending": PENDING,
}
BY_VERDICT: Final[dict[str, Sign]] = {
    "accept": ACCEPT,
    "reject": REJECT,
    "error": REJECT,
    "no-boot": REJECT,
    "unsigned-allowed": NEUTRAL,
    "unknown": UNKNOWN,
}
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
BY_STEP: Final[dict[str, Sign]] = {
    "pass": ACCEPT,
    "fail": REJECT,
    "skip": NEUTRAL,
    "info": INFO,
    "warn": WARN,
}
BY_SEVERITY: Final[dict[str, Sign]] = {"error": REJECT, "warning": WARN, "info": INFO}
BY_NODE_STATE: Final[dict[str, Sign]] = {"current": ACCEPT, "restart": RESTART, "unknown": UNKNOWN}


def gravest(signs: list[Sign]) -> Sign:
    """The gravest of them; nothing to say is unknown, never green."""
    return max(signs, key=lambda sign: sign.gravity, default=UNKNOWN)
