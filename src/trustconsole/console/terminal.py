"""What the terminal can show, from the environment."""

from __future__ import annotations

import locale
import os


def speaks_unicode() -> bool:
    """Whether the locale is UTF-8."""
    return locale.getencoding().lower().replace("-", "") == "utf8" or bool(
        os.environ.get("PYTHONUTF8") == "1"
    )


def colourless() -> bool:
    """Whether colours are unwanted (`NO_COLOR`, https://no-color.org)."""
    return bool(os.environ.get("NO_COLOR"))
