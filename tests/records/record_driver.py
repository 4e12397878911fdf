"""The program that is traced and hurt by `test_record_faults`: one audit record, or one backup.

Started with the two markers, the state directory, and which of the two. Prints what came of it.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from trustconsole.errors import WriteError
from trustconsole.records.audit import AuditLog
from trustconsole.records.backups import Backups
from trustconsole.records.operator import Operator
from trustconsole.storage import FileMetadata

DATA = b"old trust root\n" * 50


def main(begin: str, end: str, state: str, what: str) -> None:
    """Append one record, or keep one backup, between two looks at names that the trace can find."""
    log = AuditLog(
        Path(state),
        operator=Operator(0, "ann"),
        clock=lambda: datetime(2026, 2, 11, tzinfo=UTC),
        syslog=Path(state, "no-syslog"),
    )
    os.access(begin, os.F_OK)
    try:
        if what == "audit":
            said = log.append("change", target="/t", before=None, after=None, reason="why").hash
        else:
            said = Backups(Path(state)).keep(Path("/etc/trust.pem"), DATA, FileMetadata(0o640, 1, 2)).id
    except WriteError as error:
        said = f"refused\t{type(error).__name__}\t{error}"
    os.access(end, os.F_OK)
    sys.stdout.write(said)


if __name__ == "__main__":
    main(*sys.argv[1:])
