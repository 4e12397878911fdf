"""The named curves that the controller's runtime knows: a key on any of them loads, few of them verify.

Facts from the runtime's own curve table (Java 25); names as operators say them. OIDs of a curve not listed
here make the runtime refuse the key.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Curve:
    """A row: OID, name, size of the field in bits."""

    oid: str
    name: str
    field_bits: int


_ROWS = (
    Curve("1.2.840.10045.3.0.5", "c2tnb191v1", 191),
    Curve("1.2.840.10045.3.0.6", "c2tnb191v2", 191),
    Curve("1.2.840.10045.3.0.7", "c2tnb191v3", 191),
    Curve("1.2.840.10045.3.0.11", "c2tnb239v1", 239),
    Curve("1.2.840.10045.3.0.12", "c2tnb239v2", 239),
    Curve("1.2.840.10045.3.0.13", "c2tnb239v3", 239),
    Curve("1.2.840.10045.3.0.18", "c2tnb359v1", 359),
    Curve("1.2.840.10045.3.0.20", "c2tnb431r1", 431),
    Curve("1.2.840.10045.3.1.1", "P-192", 192),
    Curve("1.2.840.10045.3.1.2", "prime192v2", 192),
    Curve("1.2.840.10045.3.1.3", "prime192v3", 192),
    Curve("1.2.840.10045.3.1.4", "prime239v1", 239),
    Curve("1.2.840.10045.3.1.5", "prime239v2", 239),
    Curve("1.2.840.10045.3.1.6", "prime239v3", 239),
    Curve("1.2.840.10045.3.1.7", "P-256", 256),
    Curve("1.3.36.3.3.2.8.1.1.1", "brainpoolP160r1", 160),
    Curve("1.3.36.3.3.2.8.1.1.3", "brainpoolP192r1", 192),
    Curve("1.3.36.3.3.2.8.1.1.5", "brainpoolP224r1", 224),
    Curve("1.3.36.3.3.2.8.1.1.7", "brainpoolP256r1", 256),
    Curve("1.3.36.3.3.2.8.1.1.9", "brainpoolP320r1", 320),
    Curve("1.3.36.3.3.2.8.1.1.11", "brainpoolP384r1", 384),
    Curve("1.3.36.3.3.2.8.1.1.13", "brainpoolP512r1", 512),
    Curve("1.3.132.0.1", "sect163k1", 163),
    Curve("1.3.132.0.2", "sect163r1", 163),
    Curve("1.3.132.0.3", "sect239k1", 239),
    Curve("1.3.132.0.4", "sect113r1", 113),
    Curve("1.3.132.0.5", "sect113r2", 113),
    Curve("1.3.132.0.6", "secp112r1", 112),
    Curve("1.3.132.0.7", "secp112r2", 112),
    Curve("1.3.132.0.8", "secp160r1", 160),
    Curve("1.3.132.0.9", "secp160k1", 160),
    Curve("1.3.132.0.10", "secp256k1", 256),
    Curve("1.3.132.0.15", "sect163r2", 163),
    Curve("1.3.132.0.16", "sect283k1", 283),
    Curve("1.3.132.0.17", "sect283r1", 283),
    Curve("1.3.132.0.22", "sect131r1", 131),
    Curve("1.3.132.0.23", "sect131r2", 131),
    Curve("1.3.132.0.24", "sect193r1", 193),
    Curve("1.3.132.0.25", "sect193r2", 193),
    Curve("1.3.132.0.26", "sect233k1", 233),
    Curve("1.3.132.0.27", "sect233r1", 233),
    Curve("1.3.132.0.28", "secp128r1", 128),
    Curve("1.3.132.0.29", "secp128r2", 128),
    Curve("1.3.132.0.30", "secp160r2", 160),
    Curve("1.3.132.0.31", "secp192k1", 192),
    Curve("1.3.132.0.32", "secp224k1", 224),
    Curve("1.3.132.0.33", "P-224", 224),
    Curve("1.3.132.0.34", "P-384", 384),
    Curve("1.3.132.0.35", "P-521", 521),
    Curve("1.3.132.0.36", "sect409k1", 409),
    Curve("1.3.132.0.37", "sect409r1", 409),
    Curve("1.3.132.0.38", "sect571k1", 571),
    Curve("1.3.132.0.39", "sect571r1", 571),
)

CURVES: dict[str, Curve] = {curve.oid: curve for curve in _ROWS}

VERIFYING = frozenset({"P-256", "P-384", "P-521"})
"""The curves with which the build's ECDSA can verify."""
