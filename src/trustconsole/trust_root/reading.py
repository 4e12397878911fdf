"""A trust root or Rekor key file, read once, in both readings. Nothing here raises over the file."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice
from pathlib import Path

from trustconsole import limits
from trustconsole.errors import InputError, LimitExceeded, MissingFile, SpecialFile
from trustconsole.findings import Finding
from trustconsole.private_keys import key_body_lines
from trustconsole.storage import read_bounded
from trustconsole.text import human_bytes
from trustconsole.trust_root import findings as kinds
from trustconsole.trust_root.blocks import see_block
from trustconsole.trust_root.java_loader import load_all, load_missing, load_unknown, taken_blocks
from trustconsole.trust_root.judging import judge_blocks, judge_file
from trustconsole.trust_root.model import TrustRootReport
from trustconsole.trust_root.permissions import permission_findings
from trustconsole.trust_root.positions import LineIndex
from trustconsole.trust_root.scanner import RawBlock, gaps, scan


def read_trust_root(path: Path, *, now: datetime) -> TrustRootReport:
    """The report of the file at `path`, `error` set where it cannot be read; `now` (aware) judges dates.

    The controller's answer to a missing file, a directory or another special file is known; its answer to a
    file that this user may not read, or that exceeds a limit, is not (`loads` None).
    """
    try:
        file = read_bounded(path, limits.PEM_BYTES, what="PEM file")
    except InputError as error:
        return _unreadable(str(path), error)
    report = scan_trust_root(file.data, str(path), now=now)
    return replace(report, findings=report.findings + permission_findings(path))


def scan_trust_root(data: bytes, path: str, *, now: datetime) -> TrustRootReport:
    """The report of the bytes `data`; `path` appears in findings and in the build's messages."""
    if len(data) > limits.PEM_BYTES:
        message = f"is larger than the limit of {human_bytes(limits.PEM_BYTES)} for a PEM file"
        return _unreadable(path, LimitExceeded(message, hint="check that this is the right file"))
    text = data.decode("utf-8", "surrogateescape")
    raw_blocks = list(islice(scan(text), limits.PEM_BLOCKS + 1))
    if len(raw_blocks) > limits.PEM_BLOCKS:
        message = f"holds more than the limit of {limits.PEM_BLOCKS} blocks for a PEM file"
        return _unreadable(path, LimitExceeded(message, hint="check that this is the right file"), data)
    controller = load_all(data, path)
    taken = taken_blocks(text)
    secrets = secret_lines(text, raw_blocks)
    seen = [
        see_block(raw, index, taken, controller, secret_above=secret is not None)
        for index, (raw, secret) in enumerate(zip(raw_blocks, secrets, strict=False))
    ]
    judged = judge_blocks(seen, path, now)
    return TrustRootReport(
        path,
        hashlib.sha256(data).hexdigest(),
        tuple(replace(item.block, findings=found) for item, found in zip(seen, judged, strict=True)),
        controller,
        judge_file(data, path, controller, [lines for lines in secrets if lines is not None]),
    )


def secret_lines(text: str, blocks: Sequence[RawBlock]) -> list[tuple[int, int] | None]:
    """Of each piece of text outside the blocks the lines (from 1) with a private key, None where it has none.

    Comments inside a block belong to the piece before it.
    """
    lines = LineIndex(text)
    found: list[tuple[int, int] | None] = []
    for number, (start, piece) in enumerate(gaps(text, blocks)):
        first = lines.line_of(start)
        secret = key_body_lines(piece)
        place = (first + secret[0], first + secret[1]) if secret else None
        block = blocks[number] if number < len(blocks) else None
        if place is None and block and key_body_lines("\n".join(block.inner_comments)):
            place = (block.line_start, block.line_end)
        found.append(place)
    return found


def _unreadable(path: str, error: InputError, data: bytes | None = None) -> TrustRootReport:
    if isinstance(error, MissingFile | SpecialFile):
        controller = load_missing(path)
    else:
        controller = load_unknown(f"cannot be predicted: the file {error.message}")
    digest = hashlib.sha256(data).hexdigest() if data is not None else None
    return TrustRootReport(path, digest, (), controller, (_finding(path, error),), error.message)


def _finding(path: str, error: InputError) -> Finding:
    return kinds.FILE_UNREADABLE.at(path, reason=f"it {error.message}", hint=error.hint)
