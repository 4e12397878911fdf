"""Facts about keys and certificates that `cryptography` does not take, read from their encoding.

What it takes is `keys`' business; a diagnosis wants to name the rest, too, and a private key must be
recognised whatever label it stands under.
"""

from __future__ import annotations

from trustconsole.trust_root import java_der as der
from trustconsole.trust_root.java_curves import CURVES
from trustconsole.trust_root.java_der import CannotPredict, JavaIOError
from trustconsole.trust_root.keys import KeyFacts

_BY_OID = {
    "1.2.840.113549.1.1.1": "RSA",
    "1.2.840.113549.1.1.10": "RSA",
    "1.2.840.10045.2.1": "EC",
    "1.3.101.112": "Ed25519",
    "1.3.101.113": "Ed448",
    "1.3.101.110": "X25519",
    "1.2.840.10040.4.1": "DSA",
}


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
