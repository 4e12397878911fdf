"""An operator's written reason to pass a gate: recorded in the audit log first, then in the journal.

The journal alone proves nothing: an override counts only where the audit log, whole and in its chain, holds
the record of it. A log that was archived or is damaged makes earlier overrides lapse, which is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from trustconsole.api.changing import Changes
from trustconsole.errors import InputError
from trustconsole.records import AuditLog, AuditRecord, Journal, Override
from trustconsole.rotation import Case, Position, gate_of, overridable
from trustconsole.text import plural, rfc3339

_ACTION: Final = "rotation.override"
_LONGEST_NAMES: Final = 2000


def record_override(
    changes: Changes, journal: Journal, case: Case, step: Position, reason: str, now: datetime
) -> None:
    """Write down that `reason` passes what can be overridden at the gate of `step`, if anything can.

    Raises `ReadOnlyRefused`, `AuditRefused`, `WriteError`.
    """
    if step not in (1, 2, 3, 4, 5):
        return
    names = overridable([gate_of(step, case)])
    digest = case.evidence.target.sha256
    if not names or digest is None:
        return
    changes.arm()
    changes.audit.append(
        _ACTION,
        target=case.plan.target,
        before=digest,
        after=None,
        reason=reason,
        details={"step": str(step), "covers": _covers(names)},
    )
    changes.save(journal.with_override(Override(step, digest, names, reason, rfc3339(now))))


def with_recorded_overrides(journal: Journal, audit: AuditLog) -> Journal:
    """`journal` with those overrides alone that the audit log holds too; `problem` says how many it lacks.

    The log is read only where the journal has overrides.
    """
    if not journal.overrides or journal.plan is None:
        return journal
    known = {_key(record) for record in _records(audit) if record.target == journal.plan.target}
    believed = tuple(
        one
        for one in journal.overrides
        if (str(one.step), one.digest, one.reason, _covers(one.names)) in known
    )
    lacking = len(journal.overrides) - len(believed)
    if not lacking:
        return journal
    problem = (
        f"{plural(lacking, 'override')} of the journal cannot be found in a whole audit log {audit.path} and "
        "cannot count: give the reason again with --override"
    )
    return replace(journal, overrides=believed, problem=journal.problem or problem)


def _records(audit: AuditLog) -> Iterator[AuditRecord]:
    try:
        data = audit.read()
    except InputError:
        return
    data = data[: data.rfind(b"\n") + 1]  # a line that a crash cut off says nothing, and harms no other
    if audit.verify(data=data).ok:
        yield from (record for record in audit.records(data) if record.action == _ACTION)


def _key(record: AuditRecord) -> tuple[str, str, str, str]:
    return (
        record.details.get("step", ""),
        record.before or "",
        record.reason,
        record.details.get("covers", ""),
    )


def _covers(names: Sequence[str]) -> str:
    return ", ".join(names)[:_LONGEST_NAMES]
