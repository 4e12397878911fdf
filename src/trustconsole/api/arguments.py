"""What several use-cases check alike in what they are called with."""

from __future__ import annotations

from datetime import UTC, datetime
from os import PathLike

from trustconsole.errors import UsageError

AnyPath = str | PathLike[str]


def checked_time(at: datetime | None) -> datetime:
    """`at`, now where None; raises `UsageError` where it has no time zone."""
    if at is not None and at.tzinfo is None:
        raise UsageError("the time must carry a time zone", hint="for example 2026-02-11T09:30:00Z")
    return at if at is not None else datetime.now(UTC)


def check_jobs(jobs: int | None) -> None:
    """Raise `UsageError` where a number of threads is named that is none."""
    if jobs is not None and jobs < 1:
        raise UsageError("--jobs must be 1 or more")
