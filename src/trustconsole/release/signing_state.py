"""What the checks of a signature share: the signature itself, and what one check tells the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

from trustconsole.findings import Finding, FindingKind
from trustconsole.verification.bundle_evidence import BundleEvidence
from trustconsole.verification.chain import ChainReport
from trustconsole.verification.engine import Decision, Result
from trustconsole.verification.log_entry import LogEntry
from trustconsole.verification.signatures import SignatureChecker
from trustconsole.verification.signed_content import SignedContent
from trustconsole.verification.sigstore.bundle import SigstoreBundle


@dataclass(frozen=True, slots=True)
class SignedObject:
    """A signature over `content`, in whichever form it came, as a bundle (`forms`).

    `source` names it in messages, `form` says what it was. `entries` were fetched elsewhere: where
    `entries_demanded`, one of them must hold; otherwise they only help (a log was searched for them).
    `stamped` is what timestamps cover, None where it is the signature.
    """

    source: str
    form: str
    content: SignedContent = field(repr=False)
    bundle: SigstoreBundle = field(repr=False)
    entries: tuple[LogEntry, ...] = ()
    entries_demanded: bool = False
    stamped: bytes | None = field(default=None, repr=False)


@dataclass(slots=True)
class SigningState:
    """Filled from check to check: `key` made the signature, `evidence` is what its entries prove."""

    signed: SignedObject
    key: PublicKeyTypes | None = None
    evidence: BundleEvidence = field(default_factory=BundleEvidence)
    chain: ChainReport | None = None
    findings: list[Finding] = field(default_factory=list)
    checker: SignatureChecker = field(default_factory=SignatureChecker)


def reject(kind: FindingKind, detail: str, evidence: Mapping[str, object] | None = None) -> Result:
    """A failing check that refuses; the finding's id is the code."""
    return Result("fail", detail, evidence or {}, Decision("reject", detail, code=kind.id))


def failed(kind: FindingKind, detail: str) -> Result:
    """A check that could not be carried out."""
    return Result("fail", detail, {}, Decision("error", detail, code=kind.id))
