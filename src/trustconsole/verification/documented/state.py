"""What the checks of the documented reading tell one another while one case is judged."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

from trustconsole.errors import InputError
from trustconsole.verification.chain import ChainReport
from trustconsole.verification.engine import Decision, Result
from trustconsole.verification.log_entry import EntryBody, LogEntry
from trustconsole.verification.material import Material
from trustconsole.verification.report import Matched, SidecarKind


@dataclass(slots=True)
class EntryAssessment:
    """What holds for the log entry, computed once: each of the three is None where it could not be judged."""

    key: PublicKeyTypes | None = None
    set_holds: bool | None = None
    log_id_holds: bool | None = None
    log_id_wanted: tuple[str, ...] = ()
    body: EntryBody | None = None
    body_error: InputError | None = None
    mismatches: tuple[str, ...] = ()
    compared: dict[str, object] = field(default_factory=dict)
    bound: bool | None = None
    proved_time: datetime | None = None


@dataclass(slots=True)
class DocumentedState:
    """Filled from check to check. `matched` is the block that made the verdict, `key` the signing key."""

    sidecar_kind: SidecarKind = "none"
    media_type: str | None = None
    line_end: str = ""
    signature: bytes | None = None
    material: Material | None = None
    entry: LogEntry | None = None
    entry_error: InputError | None = None
    unknown_fields: tuple[str, ...] = ()
    parse_error: InputError | None = None
    key: PublicKeyTypes | None = None
    matched: Matched | None = None
    pinned: bool = False
    signature_holds: bool | None = None
    assessment: EntryAssessment = field(default_factory=EntryAssessment)
    verified_time: datetime | None = None
    chain: ChainReport | None = None


def reject(detail: str, **evidence: object) -> Result:
    """A failing check that refuses, with what it compared."""
    return Result("fail", detail, evidence, Decision("reject", detail))


def failed(detail: str, error: InputError) -> Result:
    """A check that could not be carried out: unreadable input or a limit."""
    return Result("fail", detail, {"error": str(error)}, Decision("error", detail))


def skipped(detail: str) -> Result:
    """A check that has nothing to judge."""
    return Result("skip", detail)
