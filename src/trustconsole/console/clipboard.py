"""How much a terminal's clipboard takes over OSC 52."""

from __future__ import annotations

from typing import Final

OSC52_LIMIT: Final = 74_994
"""Base64 characters that terminals and multiplexers are known to pass on; more is dropped without a word."""


def encoded_size(text: str) -> int:
    """Base64 characters that `text` becomes on its way to the terminal."""
    return 4 * -(-len(text.encode()) // 3)
