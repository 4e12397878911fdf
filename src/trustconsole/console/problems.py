"""An error as the operator reads it."""

from __future__ import annotations

from trustconsole.errors import TrustConsoleError
from trustconsole.text import sentence as capitalised


def sentence(error: TrustConsoleError) -> str:
    """What, and what to do."""
    return f"{error}. {capitalised(error.hint)}" if error.hint else str(error)
