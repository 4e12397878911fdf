"""Facts about public keys and certificates that hold for people: algorithm, size, fingerprints, names.

Both readings and verification use these; how the controller's runtime holds a key is `java_keys`.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa, x448, x25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from trustconsole.trust_root import java_der as der
from trustconsole.trust_root.java_curves import CURVES
from trustconsole.trust_root.java_der import CannotPredict, JavaIOError
from trustconsole.trust_root.model import KeyFacts

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

_SHORT = {
    "secp256r1": "P-256",
    "secp384r1": "P-384",
    "secp521r1": "P-521",
    "secp224r1": "P-224",
    "secp192r1": "P-192",
}
_FIXED: tuple[tuple[type, str, int], ...] = (
    (ed25519.Ed25519PublicKey, "Ed25519", 256),
    (ed448.Ed448PublicKey, "Ed448", 456),
    (x25519.X25519PublicKey, "X25519", 256),
    (x448.X448PublicKey, "unknown", 448),
)
_BY_OID = {
    "1.2.840.113549.1.1.1": "RSA",
    "1.2.840.113549.1.1.10": "RSA",
    "1.2.840.10045.2.1": "EC",
    "1.3.101.112": "Ed25519",
    "1.3.101.113": "Ed448",
    "1.3.101.110": "X25519",
    "1.2.840.10040.4.1": "DSA",
}
VERIFIABLE = (rsa.RSAPublicKey, ec.EllipticCurvePublicKey, ed25519.Ed25519PublicKey)
"""The key types that make signatures which the documentation knows."""


def public_key_facts(key: PublicKeyTypes) -> KeyFacts:
    """Algorithm, curve and size of a key object."""
    if isinstance(key, rsa.RSAPublicKey):
        return KeyFacts("RSA", None, key.key_size)
    if isinstance(key, ec.EllipticCurvePublicKey):
        return KeyFacts("EC", _SHORT.get(key.curve.name, key.curve.name), key.curve.key_size)
    if isinstance(key, dsa.DSAPublicKey):
        return KeyFacts("DSA", None, key.key_size)
    for kind, name, bits in _FIXED:
        if isinstance(key, kind):
            return KeyFacts(name, None, bits)
    return KeyFacts("unknown")


def spki_der(key: PublicKeyTypes) -> bytes:
    """SubjectPublicKeyInfo in DER, the form that fingerprints are made of."""
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def spki_sha256(key: PublicKeyTypes) -> str:
    """The key's fingerprint: lowercase hex SHA-256 of its SubjectPublicKeyInfo."""
    return hashlib.sha256(spki_der(key)).hexdigest()


def subject_text(name: x509.Name) -> str:
    """A distinguished name as RFC 4514 writes it; untrusted, unescaped beyond that."""
    return name.rfc4514_string()


def fully_read(certificate: x509.Certificate) -> x509.Certificate:
    """The same, with the fields that are parsed only when asked for asked for; raises `ValueError`."""
    for name in ("subject", "issuer", "serial_number", "not_valid_before_utc", "not_valid_after_utc"):
        getattr(certificate, name)
    return certificate


def encoded_key_facts(spki: bytes) -> KeyFacts:
    """What can be said of a SubjectPublicKeyInfo that `cryptography` does not take; never raises."""
    try:
        algorithm = der.read_all(spki).stream.read()
        name = _BY_OID.get(der.dotted(algorithm.stream.read().oid()), "unknown")
        curve = None
        if name == "EC" and algorithm.stream.available:
            curve = CURVES.get(der.dotted(algorithm.stream.read().oid()))
    except (JavaIOError, CannotPredict):
        return KeyFacts("unknown")
    return KeyFacts(name, curve.name if curve else None, curve.field_bits if curve else None)


def certificate_spki(certificate: bytes) -> bytes | None:
    """SubjectPublicKeyInfo as it stands in a DER certificate, None where it cannot be found."""
    try:
        parts = der.read_all(certificate).stream.read().children(der.SEQUENCE)
    except (JavaIOError, CannotPredict):
        return None
    index = 6 if parts and parts[0].context(0) else 5
    return parts[index].reencoded() if len(parts) > index and parts[index].tag == der.SEQUENCE else None


def holds_private_key(data: bytes) -> bool:
    """Whether DER looks like PKCS #1, SEC 1 or PKCS #8 private key material."""
    try:
        parts = der.read_all(data).children(der.SEQUENCE)
        if not parts or not 0 <= parts[0].integer() <= 3:
            return False
    except (JavaIOError, CannotPredict):
        return False
    return tuple(part.tag for part in parts[1:3]) == (der.SEQUENCE, der.OCTET_STRING) or (
        len(parts) > 1 and parts[1].tag in (der.INTEGER, der.OCTET_STRING)
    )
