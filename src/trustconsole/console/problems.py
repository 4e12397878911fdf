"""An error as the operator reads it."""

from __future__ import annotations

from trustconsole import text
from trustconsole.errors import TrustConsoleError


def sentence(error: TrustConsoleError) -> str:
    """What, and what to do."""
    return f"{error}. {text.sentence(error.hint)}" if error.hint else str(error)
