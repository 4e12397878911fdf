"""The console's colours: mostly foreground on background, so that red means something.

Where colours are unwanted (`NO_COLOR`), every role is the terminal's own foreground or background: no colour
code is sent at all, and the cursor is shown in reverse.
"""

from __future__ import annotations

from typing import Final

from textual.theme import BUILTIN_THEMES, Theme

DARK: Final = Theme(
    name="trustconsole-dark",
    dark=True,
    primary="#7aa2c8",
    secondary="#7aa2c8",
    accent="#c39ac9",
    success="#8fb573",
    warning="#d9a85b",
    error="#e06c66",
    foreground="#d5d9de",
    background="#14181d",
    surface="#14181d",
    panel="#1c2229",
    boost="#232a33",
    variables={
        "border-quiet": "#3a444f",
        "cursor-row": "#26303b",
        "quiet-row": "#1b2128",
        "text-muted": "#8a949e",
        "text-success": "#8fb573",
        "text-warning": "#d9a85b",
        "text-error": "#ec7f79",
        "text-accent": "#cfa6d6",
        "text-primary": "#8fb4d8",
    },
)
LIGHT: Final = Theme(
    name="trustconsole-light",
    dark=False,
    primary="#2f5f8a",
    secondary="#2f5f8a",
    accent="#8a3f94",
    success="#3f7423",
    warning="#8a5a00",
    error="#b3261e",
    foreground="#1f252b",
    background="#fbfbfa",
    surface="#fbfbfa",
    panel="#f0f1f2",
    boost="#e6e9ec",
    variables={
        "border-quiet": "#b9c0c7",
        "cursor-row": "#dde6ee",
        "quiet-row": "#eef1f3",
        "text-muted": "#5f6973",
        "text-success": "#35661b",
        "text-warning": "#7d5200",
        "text-error": "#a8211a",
        "text-accent": "#7d3787",
        "text-primary": "#2a567d",
    },
)
PLAIN: Final = Theme(
    name="trustconsole-plain",
    ansi=True,
    primary="ansi_default",
    secondary="ansi_default",
    accent="ansi_default",
    success="ansi_default",
    warning="ansi_default",
    error="ansi_default",
    foreground="ansi_default",
    background="ansi_default",
    surface="ansi_default",
    panel="ansi_default",
    boost="ansi_default",
    variables={
        name: "ansi_default" if name in DARK.variables or value.startswith("ansi_") else value
        for name, value in (BUILTIN_THEMES["ansi-dark"].variables | DARK.variables).items()
    },
)
VARIABLES: Final = {
    "border-quiet": "ansi_bright_black",
    "cursor-row": "ansi_default",
    "quiet-row": "ansi_default",
    "text-primary": "ansi_default",
}
"""Fallbacks for themes that are not the console's own."""
