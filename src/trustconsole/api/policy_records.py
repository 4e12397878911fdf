"""The documented WARN in the audit trail: production without signatures, recorded when it is first seen.

The documentation promises that warning; the build only logs a line. The console writes it into its own
record, once for each set of effective signing values, whoever looks: it changes no file of the controller.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from trustconsole.api.target import Options, find_target
from trustconsole.controller_config import ConfigReport
from trustconsole.errors import TrustConsoleError
from trustconsole.records import AuditLog, Operator

ACTION: Final = "policy.unsigned-production"
REASON: Final = "runtime.profile=production with modules.signing.required=false: packages install unsigned"


def record_unsigned_production(
    state: Path,
    report: ConfigReport | None,
    *,
    clock: Callable[[], datetime],
    operator: Operator | None = None,
) -> bool:
    """Write the warning where it holds and was not written for these values yet; whether it is on record.

    Never raises: a state directory that cannot be written keeps nobody from looking.
    """
    if report is None or report.documented is None or report.documented.outcome != "unsigned-allowed-warned":
        return False
    digest = report.signing_digest
    log = AuditLog(state, operator=operator or Operator.current(), clock=clock)
    try:
        known = any(
            record.action == ACTION and (record.target, record.after) == (report.path, digest)
            for record in log.records()
        )
        if not known:
            log.append(ACTION, target=report.path, before=None, after=digest, reason=REASON)
    except TrustConsoleError:
        return False
    return True


def record_policy(options: Options, report: ConfigReport) -> bool:
    """`record_unsigned_production` in the state directory of these options; raises `SettingsError`."""
    return record_unsigned_production(find_target(options).state, report, clock=lambda: datetime.now(UTC))
