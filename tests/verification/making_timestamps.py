"""RFC 3161 tokens from scratch, so that a test can make exactly the token that nobody should accept."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from trustconsole.demo.authorities import Authority, derive_key, issue, key_usage, make_ca
from trustconsole.trust_root import TrustedAuthority, Validity
from trustconsole.trust_root.java_der import encode

START = datetime(2026, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
SEED = 11
SEQUENCE, SET, INTEGER, OCTETS, OID, NULL = 0x30, 0x31, 0x02, 0x04, 0x06, 0x05
_SIGNED_DATA, _TST_INFO = "1.2.840.113549.1.7.2", "1.2.840.113549.1.9.16.1.4"
_CONTENT_TYPE, _MESSAGE_DIGEST = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4"
_ECDSA_SHA256 = "1.2.840.10045.4.3.2"
DIGESTS = {
    "sha256": "2.16.840.1.101.3.4.2.1",
    "sha384": "2.16.840.1.101.3.4.2.2",
    "sha512": "2.16.840.1.101.3.4.2.3",
    "sha1": "1.3.14.3.2.26",
}


def der(tag: int, *parts: bytes) -> bytes:
    return encode(tag, b"".join(parts))


def oid(dotted: str) -> bytes:
    first, second, *rest = (int(part) for part in dotted.split("."))
    content = b""
    for arc in (first * 40 + second, *rest):
        groups = [arc & 0x7F]
        while arc := arc >> 7:
            groups.append(arc & 0x7F | 0x80)
        content += bytes(reversed(groups))
    return encode(OID, content)


def integer(value: int) -> bytes:
    return encode(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def make_signer(
    issuer: Authority,
    name: str = "timestamper",
    *,
    purposes: Sequence[x509.ObjectIdentifier] = (ExtendedKeyUsageOID.TIME_STAMPING,),
    critical: bool = True,
    start: datetime = START,
    end: datetime = START + timedelta(days=3650),
) -> Authority:
    """A certificate that signs timestamps, unless told to be something else."""
    key = derive_key(SEED, name)
    extensions = [(key_usage(digital_signature=True), True)]
    if purposes:
        extensions.append((x509.ExtendedKeyUsage(purposes), critical))  # type: ignore[arg-type]
    certificate = issue(
        key.public_key(), name, issuer, not_before=start, not_after=end, extensions=extensions
    )
    return Authority(key, certificate)


def make_root(name: str = "timestamp root") -> Authority:
    return make_ca(derive_key(SEED, name), name, not_before=START, not_after=START + timedelta(days=3650))


def trusted(*chain: Authority, start: datetime = START, end: datetime | None = None) -> TrustedAuthority:
    """A timestamp authority as a trusted root lists it: leaf or intermediate first, root last."""
    certificates = tuple(one.certificate for one in chain)
    return TrustedAuthority("https://tsa.example", certificates, Validity(start, end))


@dataclass(frozen=True)
class Token:
    """One TimeStampResp in the making; `bytes()` builds it."""

    signer: Authority
    signature: bytes
    time: str = "20260601120000Z"
    digest: str = "sha256"
    embedded: tuple[x509.Certificate, ...] = ()
    status: int = 0
    named: x509.Certificate | None = None
    signed_by: ec.EllipticCurvePrivateKey | None = None
    signers: int = 1
    info_after_signing: bytes | None = field(default=None, repr=False)

    def but(self, **changes: object) -> Token:
        return replace(self, **changes)  # type: ignore[arg-type]

    def info(self) -> bytes:
        """TSTInfo."""
        algorithm = der(SEQUENCE, oid(DIGESTS[self.digest]), der(NULL))
        imprint = der(SEQUENCE, algorithm, der(OCTETS, hashlib.new(self.digest, self.signature).digest()))
        return der(SEQUENCE, integer(1), oid("1.2.3.4"), imprint, integer(7), der(0x18, self.time.encode()))

    def _signer_info(self, info: bytes) -> bytes:
        named = self.named or self.signer.certificate
        attributes = der(
            SET,
            der(SEQUENCE, oid(_CONTENT_TYPE), der(SET, oid(_TST_INFO))),
            der(SEQUENCE, oid(_MESSAGE_DIGEST), der(SET, der(OCTETS, hashlib.sha256(info).digest()))),
        )
        key = self.signed_by or self.signer.key
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        return der(
            SEQUENCE,
            integer(1),
            der(SEQUENCE, named.issuer.public_bytes(), integer(named.serial_number)),
            der(SEQUENCE, oid(DIGESTS["sha256"])),
            b"\xa0" + attributes[1:],
            der(SEQUENCE, oid(_ECDSA_SHA256)),
            der(OCTETS, key.sign(attributes, ec.ECDSA(hashes.SHA256()))),
        )

    def bytes(self) -> bytes:
        info = self.info()
        shown = self.info_after_signing or info
        certificates = b"".join(sorted(one.public_bytes(Encoding.DER) for one in self.embedded))
        signed_data = der(
            SEQUENCE,
            integer(3),
            der(SET, der(SEQUENCE, oid(DIGESTS["sha256"]))),
            der(SEQUENCE, oid(_TST_INFO), der(0xA0, der(OCTETS, shown))),
            *([der(0xA0, certificates)] if certificates else []),
            der(SET, *[self._signer_info(info)] * self.signers),
        )
        token = der(SEQUENCE, oid(_SIGNED_DATA), der(0xA0, signed_data))
        return der(SEQUENCE, der(SEQUENCE, integer(self.status)), token)
