"""Sigstore's trusted root as a model: whom a keyless signature is checked against, and when each counted.

Logs and authorities are found by what they are (a log by its id), never by position, and each counts only
inside its own window. Reading the file is the business of `trusted_root_file`; what an entry of a log or a
timestamp proves is that of `verification`. Source: protobuf-specs `sigstore_trustroot.proto`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from trustconsole.text import rfc3339

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

    from trustconsole.trust_root.key_details import KeyDetails


@dataclass(frozen=True, slots=True)
class Validity:
    """A window in time (aware UTC), both ends included; `end` None where it is still open."""

    start: datetime
    end: datetime | None = None

    def covers(self, instant: datetime) -> bool:
        """Whether `instant` (aware) lies inside."""
        return self.start <= instant and (self.end is None or instant <= self.end)

    def __str__(self) -> str:
        return f"{rfc3339(self.start)} to {rfc3339(self.end) if self.end else 'now'}"


@dataclass(frozen=True, slots=True)
class TrustedLog:
    """A transparency log (Rekor v1 or v2) or a certificate transparency log.

    `log_id` is what entries name. How it follows from the key differs between Rekor v1 and v2, so it is
    taken as given. A checkpoint's signature names the first four bytes of `checkpoint_key_id`. `key_bytes`
    is the key's SubjectPublicKeyInfo in DER.
    """

    log_id: bytes
    checkpoint_key_id: bytes
    base_url: str
    key: PublicKeyTypes = field(repr=False)
    key_bytes: bytes = field(repr=False)
    details: KeyDetails
    validity: Validity

    @property
    def name(self) -> str:
        """What to call it: its address, which need not be known, else the beginning of its id."""
        return self.base_url or f"log {self.log_id.hex()[:8]}"


@dataclass(frozen=True, slots=True)
class TrustedAuthority:
    """A certificate or timestamp authority: its chain, the certificate nearest to the leaf first, the root
    last; for a timestamp authority the first may be the signing certificate itself."""

    uri: str
    certificates: tuple[x509.Certificate, ...] = field(repr=False)
    validity: Validity

    @property
    def root(self) -> x509.Certificate:
        """The anchor of the chain."""
        return self.certificates[-1]


@dataclass(frozen=True, slots=True)
class TrustedRoot:
    """One trusted_root.json; `set_aside` names the entries that the console cannot verify with."""

    media_type: str
    logs: tuple[TrustedLog, ...]
    certificate_authorities: tuple[TrustedAuthority, ...]
    ct_logs: tuple[TrustedLog, ...]
    timestamp_authorities: tuple[TrustedAuthority, ...]
    path: str
    sha256: str
    set_aside: tuple[str, ...] = ()

    def logs_with_id(self, log_id: bytes) -> tuple[TrustedLog, ...]:
        """The transparency logs of that id: none, one, or several with windows of their own."""
        return tuple(log for log in self.logs if log.log_id == log_id)

    def authorities_at(self, instant: datetime) -> tuple[TrustedAuthority, ...]:
        """The certificate authorities that counted at `instant` (aware)."""
        return tuple(one for one in self.certificate_authorities if one.validity.covers(instant))
