"""One line of the audit log: its fields, its canonical form, and the hash that chains it to the one before.

A record's hash covers every field and, with `previous`, all records before it. A line counts only in the very
bytes that its fields give, so that no edit hides in spelling. Writing is `audit`'s business, judging a whole
log `audit_chain`'s.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from trustconsole import limits
from trustconsole.records.json_fields import fields, moment, optional_text, text, texts, whole
from trustconsole.records.operator import Operator
from trustconsole.text import rfc3339, to_json

FIRST: Final = "0" * 64
"""What the first record names as the hash of the one before it."""

_FIELDS: Final = (
    *("seq", "time", "operator", "action", "target", "before", "after"),
    *("reason", "details", "previous", "hash"),
)
_OPERATOR_FIELDS: Final = ("uid", "login", "sudo_user", "tty")


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """What was about to happen. `seq` counts from 1; `time` is aware, to the second; `before` and `after` are
    SHA-256 of the target or None; `previous` and `hash` chain the records. Texts may be untrusted.
    """

    seq: int
    time: datetime
    operator: Operator
    action: str
    target: str | None
    before: str | None
    after: str | None
    reason: str
    details: Mapping[str, str] = field(default_factory=dict)
    previous: str = FIRST
    hash: str = ""

    def following(self, last: AuditRecord | None) -> AuditRecord:
        """The same as the one that follows `last` (None: as the first), with its hash."""
        chained = self if last is None else replace(self, seq=last.seq + 1, previous=last.hash)
        return replace(chained, hash=chained._digest())

    @property
    def sound(self) -> bool:
        """Whether the hash is that of the other fields."""
        return self.hash == self._digest()

    def to_dict(self) -> dict[str, object]:
        """The JSON object of its line, in the order of the line."""
        return {
            "seq": self.seq,
            "time": rfc3339(self.time),
            "operator": self.operator.to_dict(),
            "action": self.action,
            "target": self.target,
            "before": self.before,
            "after": self.after,
            "reason": self.reason,
            "details": dict(self.details),
            "previous": self.previous,
            "hash": self.hash,
        }

    def line(self) -> bytes:
        """Its line, with the line feed."""
        return to_json(self.to_dict()).encode() + b"\n"

    def _digest(self) -> str:
        covered = self.to_dict()
        del covered["hash"]
        return hashlib.sha256(to_json(covered).encode()).hexdigest()


def parse_record(line: bytes) -> AuditRecord | None:
    """The record of one line without its line feed; None where it is none, or not in its canonical form."""
    if len(line) > limits.AUDIT_RECORD_BYTES:
        return None
    try:
        record = _record(json.loads(line))
        return record if record.line() == line + b"\n" else None
    except (ValueError, RecursionError):
        return None


def _record(value: object) -> AuditRecord:
    record = fields(value, _FIELDS)
    operator = fields(record["operator"], _OPERATOR_FIELDS)
    return AuditRecord(
        whole(record["seq"]),
        moment(record["time"]),
        Operator(
            whole(operator["uid"]),
            text(operator["login"]),
            optional_text(operator["sudo_user"]),
            optional_text(operator["tty"]),
        ),
        text(record["action"]),
        optional_text(record["target"]),
        optional_text(record["before"]),
        optional_text(record["after"]),
        text(record["reason"]),
        texts(record["details"]),
        text(record["previous"]),
        text(record["hash"]),
    )
