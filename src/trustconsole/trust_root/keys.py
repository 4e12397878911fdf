"""Facts about public keys and certificates that hold for people: algorithm, size, fingerprints, names.

Both readings and verification use these; how the controller's runtime holds a key is `java_keys`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa, x448, x25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

if TYPE_CHECKING:
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
VERIFIABLE = (rsa.RSAPublicKey, ec.EllipticCurvePublicKey, ed25519.Ed25519PublicKey)
"""The key types that make signatures which the documentation knows."""


BROKEN_FIELDS = (
    ValueError,
    TypeError,
    KeyError,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)
"""What the library raises over fields and extensions of a hostile certificate; a `TypeError` where a name
holds a BIT STRING, a `KeyError` where it holds a string of a type that the library does not know."""


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """What a public key is: algorithm, named curve (`P-256`, `secp256k1`), size in bits."""

    algorithm: str
    curve: str | None = None
    bits: int | None = None

    def __str__(self) -> str:
        if self.curve:
            return f"{self.algorithm} {self.curve}"
        return f"{self.algorithm} {self.bits}" if self.algorithm == "RSA" and self.bits else self.algorithm


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
    try:
        for name in ("subject", "issuer", "serial_number", "not_valid_before_utc", "not_valid_after_utc"):
            getattr(certificate, name)
    except (TypeError, KeyError) as error:
        raise ValueError(f"a name cannot be read ({error})") from error
    return certificate
