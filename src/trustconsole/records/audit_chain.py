"""Whether an audit log is whole: what the chain of hashes proves, and which kind of damage it shows.

An edit, a deletion, an insertion and a change of order break the chain at a certain record. Records that are
missing at the end, or a log that was written anew from some record on, leave a chain that is whole in itself:
they are found only against a head (the hash of the last record) that was kept elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from trustconsole.records.audit_records import FIRST, AuditRecord, parse_record
from trustconsole.text import plural

Damage = Literal["edited", "deleted", "inserted", "reordered", "torn", "truncated"]

_LIMIT: Final = (
    "Records missing at the end are found only against a head that was kept elsewhere: "
    "audit verify --head HASH."
)


@dataclass(frozen=True, slots=True)
class AuditVerification:
    """`head` is the hash of the last record before any damage; `count` how many lines the log has.

    Where it is not `ok`, `damage` says which kind, `record` at which record (from 1), `problem` is a
    sentence.
    `remark` says what this answer does not cover; empty where it covers everything.
    """

    ok: bool
    count: int
    head: str | None
    damage: Damage | None = None
    record: int | None = None
    problem: str | None = None
    remark: str = ""

    def to_dict(self) -> dict[str, object]:
        """`trustconsole/audit-verification/1`."""
        return {
            "schema": "trustconsole/audit-verification/1",
            "ok": self.ok,
            "count": self.count,
            "head": self.head,
            "damage": self.damage,
            "record": self.record,
            "problem": self.problem,
            "remark": self.remark,
        }


def verify_chain(data: bytes, head: str | None = None) -> AuditVerification:
    """Verify the bytes of a whole log; `head` is the hash of a record that must be in it."""
    *lines, tail = data.split(b"\n")
    records: list[AuditRecord | None] = [parse_record(line) for line in lines]
    if tail:
        records.append(None)
    previous = FIRST
    seen: list[str] = []
    for index, record in enumerate(records):
        if record is None or not _continues(record, index + 1, previous):
            damage, number, problem = _diagnose(records, index, previous, torn=bool(tail))
            known = seen[-1] if seen else None
            return AuditVerification(False, len(records), known, damage, number, problem)
        previous = record.hash
        seen.append(previous)
    if head is not None:
        return _against(head, seen)
    return AuditVerification(True, len(seen), seen[-1] if seen else None, remark=_LIMIT)


def _continues(record: AuditRecord | None, number: int, previous: str) -> bool:
    return record is not None and record.sound and (record.seq, record.previous) == (number, previous)


def _against(head: str, seen: Sequence[str]) -> AuditVerification:
    last = seen[-1] if seen else None
    if head not in seen:
        return AuditVerification(
            False,
            len(seen),
            last,
            "truncated",
            len(seen) + 1,
            "the record with the given head is not in the log: records are missing at the end, "
            "or the log was written anew",
        )
    later = len(seen) - seen.index(head) - 1
    remark = (
        f"{plural(later, 'record')} came after the given head; of these the last is {last}." if later else ""
    )
    return AuditVerification(True, len(seen), last, remark=remark)


def _diagnose(
    records: Sequence[AuditRecord | None], index: int, previous: str, *, torn: bool
) -> tuple[Damage, int, str]:
    """The kind of damage at the first record that does not continue the chain, its number, and a sentence."""
    number = index + 1
    record = records[index]
    whole = record if record is not None and record.sound else None
    if any(_continues(later, number, previous) for later in records[index + 1 :]):
        if whole is not None and whole.seq > number and _times(records, whole) == 1:
            return "reordered", number, f"record {whole.seq} stands in the place of record {number}"
        return "inserted", number, f"line {number} is no record of this log: it was inserted"
    if whole is None:
        if torn and number == len(records):
            return (
                "torn",
                number,
                f"record {number} is incomplete: writing it was cut off; the next record sets it aside",
            )
        return "edited", number, f"record {number} was edited: its hash is not that of what it says"
    if whole.seq > number:
        missing = plural(whole.seq - number, "record")
        return "deleted", number, f"{missing} from number {number} on: deleted"
    if whole.seq < number:
        return "inserted", number, f"line {number} has the number {whole.seq} again: a record was inserted"
    return (
        "edited",
        max(number - 1, 1),
        f"record {max(number - 1, 1)} was edited: record {number} names another hash of it",
    )


def _times(records: Sequence[AuditRecord | None], wanted: AuditRecord) -> int:
    return sum(record is not None and record.hash == wanted.hash for record in records)
