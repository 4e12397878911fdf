"""The one door through which untrusted text reaches a terminal, a widget, a log or a file for people.

A certificate subject, a file name or a comment in a PEM file can hold escape sequences, bidirectional
overrides and zero-width characters; `visible` turns every such character into a readable escape. Markup
is not this module's business: the console only ever builds `Content` from the result (`console/display.py`).
JSON output keeps true values and escapes them the JSON way (`to_json`).
"""

from __future__ import annotations

import json
import shlex
import string
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final


def _escape(char: str) -> str:
    code = ord(char)
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def visible(value: object, *, ascii_only: bool = False) -> str:
    r"""`value` as one line of harmless text.

    Every character that Unicode does not call printable (controls, format characters such as U+202E,
    surrogates, separators other than the plain space, unassigned code points) becomes `\xNN`, `\uNNNN` or
    `\UNNNNNNNN`; with `ascii_only` so does every character beyond ASCII. Idempotent on its own output.
    """
    raw = value if isinstance(value, str) else str(value)
    if raw.isprintable() and (not ascii_only or raw.isascii()):
        return raw
    return "".join(
        char if char.isprintable() and (not ascii_only or char.isascii()) else _escape(char) for char in raw
    )


def visible_lines(value: str, *, ascii_only: bool = False) -> str:
    """Like `visible`, but line feeds stay (CR LF counts as one), for PEM bodies and other multi-line text."""
    lines = value.replace("\r\n", "\n").split("\n")
    return "\n".join(visible(line.expandtabs(4), ascii_only=ascii_only) for line in lines)


def shorten(value: str, width: int) -> str:
    """`value` cut in the middle to at most `width` characters, so that both ends stay readable."""
    if len(value) <= width:
        return value
    if width <= 1:
        return "…"[:width]
    head = (width - 1 + 1) // 2
    tail = width - 1 - head
    return f"{value[:head]}…{value[len(value) - tail :]}"


def sentence(words: str) -> str:
    """`words` with a capital first letter where a plain word stands first; a path or a name stays."""
    first = words.partition(" ")[0]
    return words[0].upper() + words[1:] if first.isascii() and first.isalpha() and first.islower() else words


def to_json(value: object, *, indent: int | None = None) -> str:
    """JSON with true values: ASCII only, DEL escaped too, so that no control byte ever leaves."""
    return json.dumps(value, ensure_ascii=True, indent=indent).replace("\x7f", "\\u007f")


def rfc3339(moment: datetime) -> str:
    """`moment` (aware) as RFC 3339 in UTC, to the second: `2026-02-11T09:30:00Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def relative_time(moment: datetime, now: datetime) -> str:
    """How far `moment` is from `now`, in the largest whole unit: `12 d`, `3 h`, `5 min`, `40 s` (no sign)."""
    seconds = int(abs((moment - now).total_seconds()))
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * size or (unit == "d" and seconds >= size):
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def human_bytes(size: int) -> str:
    """A byte count for people: `812 B`, `2.1 KiB`, `14.0 MiB`."""
    value = float(size)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if value < 1024 or unit == "GiB":
            return f"{size} B" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1024
    raise AssertionError(size)


def plural(count: int, noun: str, many: str | None = None) -> str:
    """`1 module`, `3 modules`; `many` where the plural is irregular."""
    return f"{count} {noun if count == 1 else many or noun + 's'}"


_SHELL_PLAIN: Final = frozenset(string.ascii_letters + string.digits + "_@+=:,./")
"""What stands for itself in the format of `printf`; `-` would begin an option, `%` a conversion."""


def shell_word(value: str) -> str:
    r"""`value` as one word of any POSIX shell (dash, bash, busybox, zsh), printable and on one line.

    Printable text stands in single quotes; anything else becomes `"$(printf 'a\001b')"`, with octal numbers
    for all but the plainest characters, since `$'…'` is no quoting in a POSIX shell. NUL and line feeds at
    the end become U+FFFD, so that the word names nothing else; see `is_shell_word`.
    """
    if value.isprintable():
        return shlex.quote(value)
    value = value.replace("\0", "\ufffd")
    kept = value.rstrip("\n")
    value = kept + "\ufffd" * (len(value) - len(kept))
    return f"\"$(printf '{''.join(map(_shell_octal, value))}')\""


def is_shell_word(value: str) -> bool:
    """Whether `shell_word` gives `value` itself: not with NUL, nor with line feeds at its end."""
    return "\0" not in value and not value.endswith("\n")


def _shell_octal(char: str) -> str:
    if char in _SHELL_PLAIN:
        return char
    raw = char.encode("utf-8", "surrogateescape" if "\udc80" <= char <= "\udcff" else "surrogatepass")
    return "".join(f"\\{byte:03o}" for byte in raw)


def shell_join(words: Iterable[str]) -> str:
    """`words` as one command line; see `shell_word`."""
    return " ".join(shell_word(word) for word in words)
