"""`audit`: the console's own record of what it changed, and whether that record is whole.

Both only read. Writing a record is part of the change that it is about.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from trustconsole.api.target import Options, find_target
from trustconsole.errors import UsageError
from trustconsole.records import AuditLog, AuditRecord, AuditVerification, Operator

_HEAD: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class AuditReport:
    """Every record that can be read, in the order of the file at `path`, and whether the log is whole."""

    path: str
    records: tuple[AuditRecord, ...]
    verification: AuditVerification

    def to_dict(self) -> dict[str, object]:
        """`trustconsole/audit/1`."""
        return {
            "schema": "trustconsole/audit/1",
            "path": self.path,
            "records": [record.to_dict() for record in self.records],
            "verification": self.verification.to_dict(),
        }


def audit_log(options: Options) -> AuditReport:
    """The log of the state directory; empty where there is none. Raises `InputError` and `SettingsError`."""
    log = _log(options)
    data = log.read()
    return AuditReport(str(log.path), log.records(data), log.verify(data=data))


def verify_audit(options: Options, head: str | None = None) -> AuditVerification:
    """Whether the log is whole; `head` is the hash of a record that was kept elsewhere.

    Raises `UsageError` where `head` is none, `InputError` where the log cannot be read, `SettingsError`.
    """
    if head is not None and not _HEAD.fullmatch(head.lower()):
        raise UsageError(
            "a head is the hash of a record, 64 hexadecimal digits",
            hint="trustconsole audit verify prints it",
        )
    return _log(options).verify(head.lower() if head is not None else None)


def _log(options: Options) -> AuditLog:
    return AuditLog(find_target(options).state, operator=Operator.current())
