"""A log entry fetched elsewhere: what Rekor's `/api/v1/log/entries` answers, or a TransparencyLogEntry.

Nothing is believed here; `signing` verifies what was read. Asking a log over the network is `online`'s.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import cast

from trustconsole import limits
from trustconsole.errors import LimitExceeded, Location, MalformedInput
from trustconsole.json_fields import (
    base64_member,
    is_given,
    list_member,
    object_member,
    text_member,
    whole_member,
)
from trustconsole.storage import read_bounded
from trustconsole.strict_text import strict_base64, strict_json
from trustconsole.verification.log_entry import LATEST_SECOND, InclusionProof, LogEntry
from trustconsole.verification.sigstore.bundle import log_entry_of

_ID = re.compile(r"[0-9a-f]{64}")
_HASH = re.compile(r"[0-9a-f]{64}")


def read_entry_file(path: Path) -> tuple[LogEntry, ...]:
    """The entries in the file at `path`, at least one; raises an `InputError`."""
    file = read_bounded(path, limits.ENTRY_FILE_BYTES, what="log entry")
    return parse_entries(file.data, str(path))


def parse_entries(data: bytes, where: str) -> tuple[LogEntry, ...]:
    """The entries in `data`, in either form; raises `MalformedInput` or `LimitExceeded`."""
    document = strict_json(data, where)
    if isinstance(document, dict) and ("canonicalizedBody" in document or "logId" in document):
        return (log_entry_of(document, where),)
    answers = document if isinstance(document, list) else [document]
    found: list[LogEntry] = []
    for answer in answers:
        if not isinstance(answer, dict):
            raise MalformedInput("is not what a log answers", location=Location(where))
        for uuid, entry in cast("Mapping[str, object]", answer).items():
            if len(found) == limits.LOG_ENTRIES:
                raise LimitExceeded(
                    f"holds more than the limit of {limits.LOG_ENTRIES} entries", location=Location(where)
                )
            found.append(_entry(entry, f"{where}: {uuid[:16]}"))
    if not found:
        raise MalformedInput("holds no log entry", location=Location(where))
    return tuple(found)


def _entry(value: object, where: str) -> LogEntry:
    body = text_member(value, "body", where)
    strict_base64(body.encode("utf-8", "surrogatepass"), f"{where}.body")
    time = whole_member(value, "integratedTime", where)
    if time > LATEST_SECOND:
        raise MalformedInput("has integratedTime beyond the year 9999", location=Location(where))
    log_id = text_member(value, "logID", where)
    if not _ID.fullmatch(log_id):
        raise MalformedInput("has a logID that is not 64 lowercase hex digits", location=Location(where))
    verification = object_member(value, "verification", where)
    inside = f"{where}.verification"
    signed = None
    if is_given(verification, "signedEntryTimestamp"):
        signed = base64_member(verification, "signedEntryTimestamp", inside)
    proof = None
    if is_given(verification, "inclusionProof"):
        proof = _proof(object_member(verification, "inclusionProof", inside), f"{inside}.inclusionProof")
    index = whole_member(value, "logIndex", where)
    return LogEntry(signed, body, time, index, log_id, proof, where=f"{where}.body")


def _proof(value: Mapping[str, object], where: str) -> InclusionProof:
    hashes = list_member(value, "hashes", where, limits.PROOF_HASHES)
    return InclusionProof(
        whole_member(value, "logIndex", where),
        whole_member(value, "treeSize", where),
        _hash(text_member(value, "rootHash", where), where),
        tuple(_hash(one, where) for one in hashes),
        text_member(value, "checkpoint", where) if is_given(value, "checkpoint") else None,
    )


def _hash(value: object, where: str) -> bytes:
    if not isinstance(value, str) or not _HASH.fullmatch(value):
        raise MalformedInput("holds a hash that is not 64 lowercase hex digits", location=Location(where))
    return bytes.fromhex(value)
