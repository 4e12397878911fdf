"""What the checks of the documented reading tell one another while one case is judged."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

from trustconsole.errors import InputError
from trustconsole.verification.bundle_evidence import BundleEvidence
from trustconsole.verification.chain import ChainReport
from trustconsole.verification.engine import Decision, Result
from trustconsole.verification.entry_binding import Binding
from trustconsole.verification.log_entry import LogEntry
from trustconsole.verification.material import Material
from trustconsole.verification.report import Matched, SidecarKind
from trustconsole.verification.signed_content import SignedContent
from trustconsole.verification.sigstore.bundle import SigstoreBundle


@dataclass(slots=True)
class EntryAssessment:
    """What holds for a legacy bundle's log entry: the first three are None where nothing could judge them."""

    set_holds: bool | None = None
    log_id_holds: bool | None = None
    window: str | None = None
    log_id_wanted: tuple[str, ...] = ()
    binding: Binding | None = None
    proved_time: datetime | None = None


@dataclass(slots=True)
class DocumentedState:
    """Filled from check to check. `matched` is the block that made the verdict, `key` the signing key.

    `bundle` is a Sigstore bundle, and `evidence` what its entries and timestamps prove; a legacy bundle has
    `entry` and `assessment` instead. `content` is what the signature covers.
    """

    sidecar_kind: SidecarKind = "none"
    media_type: str | None = None
    line_end: str = ""
    bundle: SigstoreBundle | None = None
    content: SignedContent | None = None
    evidence: BundleEvidence | None = None
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

    @property
    def bindings(self) -> tuple[Binding, ...]:
        """How the bundle's entries compare with it, of either format."""
        if self.evidence is not None:
            return tuple(entry.binding for entry in self.evidence.entries)
        return (self.assessment.binding,) if self.assessment.binding else ()


def reject(detail: str, **evidence: object) -> Result:
    """A failing check that refuses, with what it compared."""
    return Result("fail", detail, evidence, Decision("reject", detail))


def failed(detail: str, error: InputError) -> Result:
    """A check that could not be carried out: unreadable input or a limit."""
    return Result("fail", detail, {"error": str(error)}, Decision("error", detail))


def skipped(detail: str) -> Result:
    """A check that has nothing to judge."""
    return Result("skip", detail)
