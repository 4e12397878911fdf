"""Audit logs for tests: a fixed operator and clock, no syslog, and logs of many records made at once."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from trustconsole.records import AuditLog, AuditRecord, Operator

NOW = datetime(2026, 2, 11, 9, 30, tzinfo=UTC)
ANN = Operator(0, "ann", "ann", "/dev/pts/3")


def log_in(state: Path) -> AuditLog:
    return AuditLog(state, operator=ANN, clock=lambda: NOW, syslog=state / "no-syslog")


def append(log: AuditLog, number: int = 1) -> AuditRecord:
    return log.append(
        "trust-root.add",
        target="/etc/prexorcloud/module-trust.pem",
        before=f"{number:064x}",
        after=f"{number + 1:064x}",
        reason=f"rotation {number}",
        details={"kind": "author"},
    )


def lines_of(count: int) -> list[bytes]:
    """The lines of a whole log of `count` records, with their line feeds."""
    last: AuditRecord | None = None
    lines = []
    for number in range(1, count + 1):
        record = AuditRecord(
            *(1, NOW, ANN, "trust-root.add", "/etc/trust.pem", f"{number:064x}", None, f"change {number}")
        )
        last = record.following(last)
        lines.append(last.line())
    return lines
