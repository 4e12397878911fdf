"""Signed certificate timestamps in a leaf: the promise of a certificate transparency log that it is public.

An embedded SCT (RFC 6962, 3.2 and 3.3) covers the leaf without the SCTs themselves, the key of the issuer,
the time and the SCT's own extensions. Which logs count, and when, the trusted root says.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.certificate_transparency import LogEntryType, SignedCertificateTimestamp, Version

from trustconsole import limits
from trustconsole.text import plural, rfc3339
from trustconsole.trust_root import BROKEN_FIELDS, TrustedLog, spki_der
from trustconsole.verification.material import public_key_of
from trustconsole.verification.signatures import verify_signature

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CERTIFICATE_TIMESTAMP = 0
_PRECERT_ENTRY = 1


@dataclass(frozen=True, slots=True)
class SctReport:
    """Whether the leaf is public: `skip` where the trusted root knows no certificate transparency log.

    `log` and `time` (aware UTC) are those of the first SCT that verified.
    """

    status: Literal["pass", "fail", "skip"]
    reason: str
    log: TrustedLog | None = None
    time: datetime | None = None

    @property
    def holds(self) -> bool:
        """Whether nothing speaks against the leaf; also where no log is known."""
        return self.status != "fail"


class _Refused(Exception):
    """An SCT of a known log that does not hold; the message is the reason."""


def check_embedded_sct(
    leaf: x509.Certificate, issuer: x509.Certificate, ct_logs: Sequence[TrustedLog]
) -> SctReport:
    """Whether `leaf`, issued by `issuer`, carries an SCT of one of `ct_logs`, made inside its window.

    SCTs of unknown logs are passed over; one of a known log that does not verify refuses the leaf. Never
    raises over a certificate.
    """
    if not ct_logs:
        return SctReport("skip", "the trusted root has no certificate transparency log")
    try:
        scts = _embedded(leaf)
        signed_leaf = leaf.tbs_precertificate_bytes if scts else b""
    except (*BROKEN_FIELDS, UnsupportedAlgorithm):
        return SctReport("fail", "the signed certificate timestamps cannot be read")
    issuer_key = public_key_of(issuer)
    if issuer_key is None:
        return SctReport("fail", "the key of the leaf's issuer cannot be read")
    if not scts:
        return SctReport("fail", "the leaf carries no signed certificate timestamp")
    if len(scts) > limits.SCTS:
        return SctReport("fail", f"the leaf carries more than {limits.SCTS} signed certificate timestamps")
    issuer_hash = hashlib.sha256(spki_der(issuer_key)).digest()
    proved: list[tuple[TrustedLog, datetime]] = []
    try:
        for sct in scts:
            known = [log for log in ct_logs if log.log_id == sct.log_id]
            if known:
                proved.append(_verify(sct, issuer_hash, signed_leaf, known))
    except _Refused as reason:
        return SctReport("fail", f"a signed certificate timestamp does not hold: {reason}")
    except (*BROKEN_FIELDS, OverflowError, UnsupportedAlgorithm):
        return SctReport("fail", "a signed certificate timestamp cannot be read")
    if not proved:
        ids = ", ".join(sct.log_id.hex()[:16] for sct in scts)
        count = plural(len(scts), "signed certificate timestamp is", "signed certificate timestamps are")
        return SctReport("fail", f"the leaf's {count} of no log that the trusted root knows ({ids})")
    log, time = proved[0]
    return SctReport("pass", f"published in {log.name} at {rfc3339(time)}", log, time)


def _embedded(leaf: x509.Certificate) -> Sequence[SignedCertificateTimestamp]:
    try:
        extension = leaf.extensions.get_extension_for_class(x509.PrecertificateSignedCertificateTimestamps)
    except x509.ExtensionNotFound:
        return ()
    return list(extension.value)


def _verify(
    sct: SignedCertificateTimestamp, issuer_hash: bytes, signed_leaf: bytes, logs: Sequence[TrustedLog]
) -> tuple[TrustedLog, datetime]:
    """The log whose SCT this is, and when it was made; raises `_Refused`."""
    time = sct.timestamp.replace(tzinfo=UTC)
    if sct.entry_type is not LogEntryType.PRE_CERTIFICATE:
        raise _Refused("it is not about a precertificate")
    if not isinstance(sct.signature_hash_algorithm, SHA256):
        raise _Refused(f"it hashes with {sct.signature_hash_algorithm.name}, not SHA-256")
    signed = _signed_bytes(sct, time, issuer_hash, signed_leaf)
    digest = hashlib.sha256(signed).digest()
    for log in logs:
        if verify_signature(
            log.key, sct.signature, digest=digest, message=lambda: signed, hash_name="sha256"
        ):
            break
    else:
        raise _Refused(f"{logs[0].name} did not sign it for this leaf")
    for log in logs:
        if log.validity.covers(time):
            return log, time
    raise _Refused(f"it is of {rfc3339(time)}, and {log.name} counts from {log.validity}")


def _signed_bytes(
    sct: SignedCertificateTimestamp, time: datetime, issuer_hash: bytes, signed_leaf: bytes
) -> bytes:
    """RFC 6962, 3.2: the struct that the log signed."""
    milliseconds = (time - _EPOCH) // timedelta(milliseconds=1)
    return b"".join(
        (
            bytes([Version.v1.value, _CERTIFICATE_TIMESTAMP]),
            milliseconds.to_bytes(8, "big"),
            _PRECERT_ENTRY.to_bytes(2, "big"),
            issuer_hash,
            len(signed_leaf).to_bytes(3, "big"),
            signed_leaf,
            len(sct.extension_bytes).to_bytes(2, "big"),
            sct.extension_bytes,
        )
    )
