"""What a trust-root file is made of: blocks as a person sees them, and what the controller loads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from trustconsole.findings import Finding
from trustconsole.text import rfc3339
from trustconsole.trust_root.keys import KeyFacts

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

BlockKind = Literal["public-key", "certificate", "other"]
BlockStatus = Literal["parsed", "unsupported", "malformed"]
LoadAs = Literal["KEYED", "COSIGN_BUNDLE", "REKOR"]
LOAD_AS: tuple[LoadAs, ...] = ("KEYED", "COSIGN_BUNDLE", "REKOR")


@dataclass(frozen=True, slots=True)
class Block:
    """One `-----BEGIN …-----` of the file; lines are 1-based and inclusive.

    `comment` is untrusted text before or inside the block (an author's name, usually). `trusted` is the
    documented reading; `loaded_by` the controller's. Key objects are None where the block did not parse.
    """

    index: int
    label: str
    kind: BlockKind
    line_start: int
    line_end: int
    status: BlockStatus
    trusted: bool
    loaded_by: tuple[LoadAs, ...]
    comment: str = ""
    text: str = field(default="", repr=False)
    der: bytes | None = field(default=None, repr=False)
    spki_sha256: str | None = None
    cert_sha256: str | None = None
    key: KeyFacts | None = None
    subject: str | None = None
    issuer: str | None = None
    not_before: datetime | None = None
    not_after: datetime | None = None
    is_ca: bool | None = None
    findings: tuple[Finding, ...] = ()
    public_key: PublicKeyTypes | None = field(default=None, repr=False, compare=False)
    certificate: x509.Certificate | None = field(default=None, repr=False, compare=False)

    @property
    def fingerprint(self) -> str | None:
        """The one an operator types: certificate SHA-256 for a certificate, SPKI SHA-256 for a key."""
        return self.cert_sha256 if self.kind == "certificate" else self.spki_sha256

    def to_dict(self) -> dict[str, object]:
        """The `blocks` entry of `trustconsole/trust-root/1`."""
        return {
            "index": self.index,
            "label": self.label,
            "kind": self.kind,
            "line_start": self.line_start,
            "line_end": self.line_end,
            "status": self.status,
            "trusted": self.trusted,
            "loaded_by": list(self.loaded_by),
            "comment": self.comment,
            "spki_sha256": self.spki_sha256,
            "cert_sha256": self.cert_sha256,
            "algorithm": self.key.algorithm if self.key else None,
            "curve": self.key.curve if self.key else None,
            "bits": self.key.bits if self.key else None,
            "subject": self.subject,
            "issuer": self.issuer,
            "not_before": rfc3339(self.not_before) if self.not_before else None,
            "not_after": rfc3339(self.not_after) if self.not_after else None,
            "is_ca": self.is_ca,
            "findings": [finding.to_dict() for finding in self.findings],
        }


@dataclass(frozen=True, slots=True)
class LoadedKey:
    """A key as the controller holds it: re-encoded SPKI DER, and RSA, EC or EdDSA as Java names it.

    `public_key` is None where `cryptography` cannot build the key although the controller can.
    """

    spki: bytes = field(repr=False)
    sha256: str
    algorithm: Literal["RSA", "EC", "EdDSA"]
    line: int
    public_key: PublicKeyTypes | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class LoadedCertificate:
    """A certificate as the controller holds it; `certificate` is None where `cryptography` refuses it."""

    der: bytes = field(repr=False)
    sha256: str
    line: int
    certificate: x509.Certificate | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class ControllerLoad:
    """What the build makes of the file in one role; `loads` None: cannot be predicted (`error` says why)."""

    load_as: LoadAs
    loads: bool | None
    exception: str | None = None
    error: str | None = None
    keys: tuple[LoadedKey, ...] = ()
    certificates: tuple[LoadedCertificate, ...] = ()

    def to_dict(self) -> dict[str, object]:
        """The `controller` entry of `trustconsole/trust-root/1`."""
        return {
            "loads": self.loads,
            "exception": self.exception,
            "error": self.error,
            "keys": [key.sha256 for key in self.keys],
            "key_algorithms": [key.algorithm for key in self.keys],
            "certificates": [certificate.sha256 for certificate in self.certificates],
        }


@dataclass(frozen=True, slots=True)
class TrustRootReport:
    """One PEM file in both readings. `error` is set (and `blocks` empty) where it could not be read."""

    path: str
    sha256: str | None
    blocks: tuple[Block, ...]
    controller: Mapping[LoadAs, ControllerLoad]
    findings: tuple[Finding, ...]
    error: str | None = None

    @property
    def trusted_blocks(self) -> tuple[Block, ...]:
        """The blocks that count in the documented reading, in file order."""
        return tuple(block for block in self.blocks if block.trusted)

    @property
    def all_findings(self) -> tuple[Finding, ...]:
        """The file's own findings, then its blocks', in file order."""
        return self.findings + tuple(finding for block in self.blocks for finding in block.findings)

    def to_dict(self) -> dict[str, object]:
        """`trustconsole/trust-root/1`."""
        return {
            "schema": "trustconsole/trust-root/1",
            "path": self.path,
            "sha256": self.sha256,
            "blocks": [block.to_dict() for block in self.blocks],
            "controller": {load_as: load.to_dict() for load_as, load in self.controller.items()},
            "findings": [finding.to_dict() for finding in self.findings],
            "error": self.error,
        }
