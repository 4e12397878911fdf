"""What must never be written into a record or shown: a private key, in any form that an operator may paste.

Deliberately coarse: text that is refused costs one more try, a key in a log cannot be taken back. How
secrets in `controller.yml` are masked and what a PEM block holds is the business of their rooms.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import Final

_LABEL: Final = re.compile(r"PRIVATE[\s_-]*KEY", re.IGNORECASE)
_LINE_ENDS: Final = re.compile(r"\r\n|\r")
_ESCAPED_ENDS: Final = re.compile(r"\\[nr]")
_MARKS: Final = re.compile(r"^[ \t#;>*/-]+", re.MULTILINE)
"""What people put before a line to make it a comment or a quotation."""
_START: Final = re.compile(r"(?<![A-Za-z0-9+/])(?=M[A-P]|b3Bl)")
"""Where Base64 of a DER SEQUENCE (30 0x, 30 8x) or of OpenSSH's form may begin."""
_RUN: Final = re.compile(r"[A-Za-z0-9+/\s]*")
_LOOK: Final = 512
"""Characters in which the beginning of a key stands, white space between its letters included."""
_LEAST: Final = 40
"""Base64 letters of the shortest text that can be a key."""
_OPENSSH: Final = b"openssh-key-v1"
_VERSION: Final = (b"\x02\x01\x00", b"\x02\x01\x01")
"""An INTEGER 0 or 1 first inside a SEQUENCE: PKCS #8, PKCS #1, SEC 1 private keys; no public form has it."""


def secret_in(values: Mapping[str, str | None]) -> str | None:
    """The name of the first value that holds what looks like a private key; None where none does."""
    return next((name for name, value in values.items() if value and looks_secret(value)), None)


def looks_secret(text: str) -> bool:
    """Whether `text` names a private key or holds the body of one; see `key_body_lines`."""
    return _LABEL.search(text) is not None or key_body_lines(text) is not None


def key_body_lines(text: str) -> tuple[int, int] | None:
    """The first and last line (from 0) of what looks like the body of a private key; None where none does.

    That is Base64 of DER (PKCS #8, PKCS #1, SEC 1) or of OpenSSH's form, wherever a word begins, over several
    lines, with marks of a comment before each. Words that only name a private key are none.
    """
    plain = _MARKS.sub("", _ESCAPED_ENDS.sub("  ", _LINE_ENDS.sub("\n", text)))
    for start in (found.start() for found in _START.finditer(plain)):
        letters = "".join(_run(plain, start, start + _LOOK).split())
        if len(letters) >= _LEAST and _begins_key(letters):
            end = start + len(_run(plain, start, len(plain)).rstrip())
            return plain.count("\n", 0, start), plain.count("\n", 0, end)
    return None


def _run(text: str, start: int, end: int) -> str:
    found = _RUN.match(text, start, end)
    return found[0] if found else ""


def _begins_key(letters: str) -> bool:
    head = base64.b64decode(letters[: len(letters) // 4 * 4][:48])
    return head.startswith(_OPENSSH) or _inside_sequence(head).startswith(_VERSION)


def _inside_sequence(der: bytes) -> bytes:
    """What stands after the header of a DER SEQUENCE; nothing where it is none."""
    if len(der) < 2 or der[0] != 0x30:
        return b""
    return der[2:] if der[1] < 0x80 else der[2 + (der[1] & 0x7F) :]
