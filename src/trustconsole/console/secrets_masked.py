"""Passwords and secrets in a configuration file, hidden before any line of it is shown, searched or exported.

By line, not by YAML: the file may be broken, and must be shown all the same. What looks like a secret is
hidden; a value too many hidden is better than one too few.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

HIDDEN: Final = "***"
_SECRET: Final = re.compile(
    r"""^(?P<lead>(?P<indent>[\s-]*)["']?[\w.-]*(?:secret|password|passwd|passphrase|token|credential|private.?key|api.?key)"""
    r"""[\w.-]*["']?\s*:\s*)(?P<value>\S.*)?$""",
    re.IGNORECASE,
)
_HARMLESS: Final = re.compile(r"[|>][-+\d]*\s*|\$\{\w+\}\s*")
"""What stands behind a secret's key without being one: the sign of a block below, a variable."""
_INLINE: Final = re.compile(
    r"""((?:secret|password|passwd|passphrase|token)["']?\s*:\s*)("[^"]*"|'[^']*'|[^,}\s]+)""", re.IGNORECASE
)
_USERINFO: Final = re.compile(r"(://[^\s:/@]*:)\S*@")


def mask_secrets(rows: Iterable[str]) -> list[str]:
    """The same lines with the values of secret keys and the passwords inside URIs replaced by `***`."""
    masked: list[str] = []
    below: int | None = None
    listed = False
    for row in rows:
        indent = len(row) - len(row.lstrip())
        item = listed and indent == below and row[indent:].startswith("-")
        if below is not None and row.strip() and (indent > below or item):
            masked.append(row[:indent] + HIDDEN)
            continue
        found = _SECRET.match(row)
        value = (found["value"] or "") if found else ""
        below = len(found["indent"]) if found else None
        listed = below is not None and not value
        if found:
            masked.append(found["lead"] + (value if not value or _HARMLESS.fullmatch(value) else HIDDEN))
        else:
            masked.append(_USERINFO.sub(rf"\1{HIDDEN}@", _INLINE.sub(rf"\1{HIDDEN}", row)))
    return masked
