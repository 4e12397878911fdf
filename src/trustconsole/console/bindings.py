"""Textual bindings made from the key table of `commands.py`."""

from __future__ import annotations

from typing import Final

from textual.binding import Binding

from trustconsole.commands import Scope, keys_of

_ON_APP: Final = (
    "palette",
    "help",
    "quit",
    "rescan",
    "info",
    "rotate",
    "revoke",
    "audit",
    "what_if",
    "release",
    "image",
)
OPENERS: Final = ("filter", "palette", "help", "next_step", "undo", "override", "remove_now")
"""Actions that open a field or a dialog. Their keys are handled before the next key is looked at, so that
what is typed right after them goes into it; while a field has the focus they are letters (`check_action`)."""


def bindings(*scopes: Scope) -> list[Binding]:
    """One binding for each press of the rows that belong to these scopes."""
    return [
        Binding(
            press,
            qualified(action),
            key.label,
            show=False,
            id=f"{key.id}.{press}",
            priority=action in OPENERS,
        )
        for key in keys_of(*scopes)
        for press, action in key.presses
    ]


def qualified(action: str) -> str:
    """The action with the place that carries it out: the app for the global ones, else the screen."""
    return f"app.{action}" if action in _ON_APP else f"screen.{action}"
