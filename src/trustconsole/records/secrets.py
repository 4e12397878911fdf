"""What must never be written into a record: a private key, in any of the forms that an operator may paste.

Deliberately coarse: a record that is refused costs one more try, a key in a log cannot be taken back. How
secrets in `controller.yml` are masked is that room's business.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Final

_LABEL: Final = re.compile(r"PRIVATE[\s_-]*KEY", re.IGNORECASE)
_BODY: Final = re.compile(r"[A-Za-z0-9+/](?:[A-Za-z0-9+/]|\s|\\n|\\r){38,}")
_LINE_ENDS: Final = re.compile(r"\s|\\n|\\r")
_OPENSSH: Final = b"openssh-key-v1"
_VERSION: Final = (b"\x02\x01\x00", b"\x02\x01\x01")
"""An INTEGER 0 or 1 first inside a SEQUENCE: PKCS #8, PKCS #1, SEC 1 private keys; no public form has it."""


def secret_in(values: Mapping[str, str | None]) -> str | None:
    """The name of the first value that holds what looks like a private key; None where none does."""
    return next((name for name, value in values.items() if value and looks_secret(value)), None)


def looks_secret(text: str) -> bool:
    """Whether `text` names a private key or holds the body of one: base64 of DER or of OpenSSH's form."""
    if _LABEL.search(text):
        return True
    return any(_is_key_body(found[0]) for found in _BODY.finditer(text))


def _is_key_body(run: str) -> bool:
    letters = _LINE_ENDS.sub("", run)
    try:
        head = base64.b64decode(letters[: len(letters) // 4 * 4][:48])
    except (binascii.Error, ValueError):
        return False
    return head.startswith(_OPENSSH) or _inside_sequence(head).startswith(_VERSION)


def _inside_sequence(der: bytes) -> bytes:
    """What stands after the header of a DER SEQUENCE; nothing where it is none."""
    if len(der) < 2 or der[0] != 0x30:
        return b""
    return der[2:] if der[1] < 0x80 else der[2 + (der[1] & 0x7F) :]
