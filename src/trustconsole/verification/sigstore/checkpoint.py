"""Checkpoints: what a log signs about its own state, as a signed note with one line for each signature.

Sources: C2SP `signed-note` and `tlog-checkpoint`. Lines of witnesses and of unknown keys are kept; which
key is a log's is `known_logs`' question.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from trustconsole import limits
from trustconsole.errors import LimitExceeded, Location, MalformedInput
from trustconsole.strict_text import strict_base64

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_SIGNATURE_MARK: Final = "\N{EM DASH} "
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One signature line: the signer's name, the first four bytes of its key id, the signature."""

    name: str
    key_hint: bytes
    signature: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A log's state: origin, size and root; `signed_bytes` is the text that every signature covers."""

    origin: str
    size: int
    root_hash: bytes
    signed_bytes: bytes = field(repr=False)
    signatures: tuple[NoteSignature, ...]


def read_checkpoint(text: str, where: str) -> Checkpoint:
    """The checkpoint in `text`, strictly; raises `MalformedInput` or `LimitExceeded`."""
    location = Location(where)
    control = _CONTROL.search(text)
    if control is not None:
        raise MalformedInput(f"holds a control character at {control.start()}", location=location)
    body, separator, lines = text.rpartition("\n\n")
    if not separator or not lines.endswith("\n"):
        raise MalformedInput("has no signature lines after a blank line", location=location)
    signatures = lines.removesuffix("\n").split("\n")
    if len(signatures) > limits.CHECKPOINT_SIGNATURES:
        raise LimitExceeded(
            f"has more than {limits.CHECKPOINT_SIGNATURES} signature lines", location=location
        )
    origin, size, root = _head(body.split("\n"), where)
    return Checkpoint(
        origin,
        size,
        root,
        f"{body}\n".encode("utf-8", "surrogatepass"),
        tuple(_signature(line, where) for line in signatures),
    )


def _head(lines: list[str], where: str) -> tuple[str, int, bytes]:
    location = Location(where)
    if len(lines) < 3 or not all(lines):
        raise MalformedInput("has not the three lines origin, size and root hash", location=location)
    origin, size, root = lines[:3]
    if not _SIZE.fullmatch(size) or int(size) >= 2**63:
        raise MalformedInput("has no tree size in its second line", location=location)
    root_hash = strict_base64(root.encode("utf-8", "surrogatepass"), where)
    if len(root_hash) != 32:
        raise MalformedInput("has no root hash of 32 bytes in its third line", location=location)
    return origin, int(size), root_hash


def _signature(line: str, where: str) -> NoteSignature:
    name, space, text = line.removeprefix(_SIGNATURE_MARK).partition(" ")
    if not line.startswith(_SIGNATURE_MARK) or not space or not name or "+" in name:
        raise MalformedInput("has a line that is no signature line", location=Location(where))
    blob = strict_base64(text.encode("utf-8", "surrogatepass"), where)
    if len(blob) < 5:
        raise MalformedInput("has a signature line without a signature", location=Location(where))
    return NoteSignature(name, blob[:4], blob[4:])
