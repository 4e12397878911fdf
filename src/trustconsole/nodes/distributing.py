"""Bringing a file to another host: the command that an operator can run, or the local writer's own recipe.

`send.sh` is that recipe: temporary file in the same directory, mode, owner and ACL carried over or refused,
fsync, digest read again, compare-and-swap against the digest that was reviewed, rename, fsync of the
directory. What came of it is asked of the other side afterwards in a script of its own, never inferred from
how the sending ended.
"""

from __future__ import annotations

import hashlib
import secrets
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from trustconsole import limits
from trustconsole.nodes.via import Answer, Shell, ask, is_ssh, run_shell, script, shown_command
from trustconsole.records import NodeSettings
from trustconsole.text import human_bytes

Outcome = Literal["old", "new", "indeterminate"]

_ABSENT = "absent"
_NO_DIGEST = {_ABSENT: "does not exist", "special": "is no regular file", "unreadable": "cannot be read"}
_NEW_FILE_MODE = 0o644
_PIECE = 4096
_HARMLESS = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=:,. _")
_SCP_OPTIONS_WITH_VALUE = ("-i", "-F", "-o", "-J", "-l", "-c")


@dataclass(frozen=True, slots=True)
class SendOutcome:
    """What `path` holds on the node now: the bytes before, those sent, or it cannot be told (or is neither).

    `wanted` and `found` are SHA-256; `found` is None where there is no file, or nobody answered. `problem` is
    a sentence: why nothing was changed, or what is not certain although it was.
    """

    outcome: Outcome
    path: Path
    wanted: str
    found: str | None
    problem: str | None = None


def distribute_command(node: NodeSettings, path: Path, *, to: Path | None = None) -> tuple[str, ...]:
    """The command that brings this host's file `path` to `to` (else the same path) on `node`, to be pasted.

    It writes the file in place: mode and owner stay, but unlike `send_file` it is not atomic.
    """
    target = str(to or path)
    if not node.via:
        return ("cp", str(path), target)
    copy = _scp(node.via, path, target)
    if copy is not None:
        return copy
    there = shown_command(node.via, ("sh", "-c", f"cat > {shlex.quote(target)}"))
    return ("sh", "-c", f"{shlex.join(there)} < {shlex.quote(str(path))}")


def _scp(via: Sequence[str], path: Path, target: str) -> tuple[str, ...] | None:
    """The `scp` for an `ssh [options] host` that it knows how to translate."""
    if not is_ssh(via):
        return None
    options: list[str] = []
    words = list(via[1:])
    while len(words) > 1:
        word = words.pop(0)
        if word in _SCP_OPTIONS_WITH_VALUE or word == "-p":
            options += ["-P" if word == "-p" else word, words.pop(0)]
        elif word in ("-4", "-6", "-A", "-C", "-q"):
            options.append(word)
        elif word not in ("-T", "-x"):
            return None
    if len(words) != 1 or words[0].startswith("-"):
        return None
    return ("scp", *options, str(path), f"{words[0]}:{target}")


def send_file(
    node: NodeSettings,
    path: Path,
    data: bytes,
    *,
    reviewed: str | None,
    mode: int | None = None,
    follow_link: bool = False,
    shell: Shell = run_shell,
) -> SendOutcome:
    """Write `data` to `path` (absolute, on that node) behind the node's `via`, if it still holds `reviewed`.

    `reviewed` is the SHA-256 that the operator saw, None where there was no file; then `mode` (else 0644)
    counts, otherwise mode, owner and ACL of the file stay. A symbolic link is followed with `follow_link`,
    refused without. Never raises over the other side; blocks for at most three times the limit of a command.
    """
    wanted = hashlib.sha256(data).hexdigest()
    if len(data) > limits.PEM_BYTES:
        size = human_bytes(limits.PEM_BYTES)
        return SendOutcome("old", path, wanted, None, f"is larger than the limit of {size}: nothing was sent")
    before = _look(node, path, shell)
    if before.problem is not None or before.get("found") is None:
        why = before.problem or "the other side does not tell what is there"
        return SendOutcome("old", path, wanted, None, f"{why}: nothing was sent")
    if before.get("found") != (reviewed or _ABSENT):
        return SendOutcome("old", path, wanted, _digest(before), _moved(path, reviewed, before))
    sent = ask(node.via, _send_script(path, data, reviewed, mode, follow=follow_link), shell)
    return _outcome(path, wanted, reviewed, sent, _look(node, path, shell))


def _look(node: NodeSettings, path: Path, shell: Shell) -> Answer:
    """What is at `path` now."""
    body = f'path={shlex.quote(str(path))}\n{script("digest")}\nsay found "$(digest)"'
    return ask(node.via, body, shell)


def _digest(answer: Answer) -> str | None:
    found = answer.get("found")
    return None if found in _NO_DIGEST else found


def _outcome(path: Path, wanted: str, reviewed: str | None, sent: Answer, after: Answer) -> SendOutcome:
    refused = sent.get("refused")
    if after.problem is not None or after.get("found") is None:
        why = after.problem or sent.problem or "the other side does not tell what is there"
        return SendOutcome(
            "indeterminate", path, wanted, None, f"{why}: whether {path} was changed there is not known"
        )
    found = _digest(after)
    if found == wanted:
        return SendOutcome("new", path, wanted, found, sent.get("doubt"))
    if after.get("found") != (reviewed or _ABSENT):
        return SendOutcome("indeterminate", path, wanted, found, _moved(path, reviewed, after))
    if refused is None:
        why = sent.problem or "the other side stopped without a reason"
        return SendOutcome(
            "indeterminate",
            path,
            wanted,
            found,
            f"{why}: {path} holds the old content, but the other side may still be at it; look again",
        )
    return SendOutcome("old", path, wanted, found, f"{path} {refused}: nothing was changed there")


def _moved(path: Path, reviewed: str | None, there: Answer) -> str:
    was = f"held {reviewed[:12]}…" if reviewed else "did not exist"
    found = there.get("found") or _ABSENT
    now = _NO_DIGEST.get(found) or f"holds {found[:12]}…"
    return f"{path} {was} when it was reviewed and {now} now: look again before it is changed"


def _send_script(path: Path, data: bytes, reviewed: str | None, mode: int | None, *, follow: bool) -> str:
    values = {
        "path": str(path),
        "reviewed": reviewed or _ABSENT,
        "wanted": hashlib.sha256(data).hexdigest(),
        "number": secrets.token_hex(8),
        "follow": "yes" if follow else "no",
        "mode": f"{mode if mode is not None else _NEW_FILE_MODE:o}",
    }
    assignments = "\n".join(f"{name}={shlex.quote(value)}" for name, value in values.items())
    return f"{assignments}\n{script('digest')}\n{_bytes_function(data)}\n{script('send')}"


def _bytes_function(data: bytes) -> str:
    """A shell function that prints exactly `data`, whatever is in it, by nothing but `printf` of POSIX."""
    pieces = [data[at : at + _PIECE] for at in range(0, len(data), _PIECE)] or [b""]
    lines = [f"printf '{_octal(piece)}'" for piece in pieces]
    return "bytes() {\n" + " &&\n".join(lines) + "\n}"


def _octal(piece: bytes) -> str:
    return "".join(chr(byte) if byte in _HARMLESS else f"\\{byte:03o}" for byte in piece)
