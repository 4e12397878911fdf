"""Keys, certificates and PEM text for the tests of this room; fixed keys, so that no test waits for RSA."""

from __future__ import annotations

import base64
import textwrap
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa, x25519
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from cryptography.x509.oid import NameOID

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


@cache
def ec_key(number: int = 1, curve: ec.EllipticCurve | None = None) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(number + 10_000, curve or ec.SECP256R1())


@cache
def rsa_key(bits: int = 2048) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, bits)


def named_curve(curve: ec.EllipticCurve) -> bytes:
    return spki(ec.derive_private_key(12_345, curve).public_key())


def spki(
    key: ec.EllipticCurvePublicKey
    | rsa.RSAPublicKey
    | ed25519.Ed25519PublicKey
    | ed448.Ed448PublicKey
    | x25519.X25519PublicKey
    | dsa.DSAPublicKey,
) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


@cache
def ec_spki(number: int = 1) -> bytes:
    return spki(ec_key(number).public_key())


@cache
def rsa_spki(bits: int = 2048) -> bytes:
    return spki(rsa_key(bits).public_key())


@cache
def ed25519_spki() -> bytes:
    return spki(ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key())


@cache
def ed448_spki() -> bytes:
    return spki(ed448.Ed448PrivateKey.from_private_bytes(bytes(57)).public_key())


@cache
def x25519_spki() -> bytes:
    return spki(x25519.X25519PrivateKey.from_private_bytes(bytes(32)).public_key())


@cache
def private_pem() -> str:
    return ec_key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@cache
def certificate(
    number: int = 1,
    *,
    name: str = "Internal CA",
    organisation: str | None = None,
    not_before: datetime = NOW - timedelta(days=365),
    not_after: datetime = NOW + timedelta(days=3650),
    ca: bool | None = True,
    serial: int = 77,
    extensions: tuple[tuple[x509.ExtensionType, bool], ...] = (),
) -> bytes:
    """A self-signed certificate of EC key `number` in DER."""
    attributes = [x509.NameAttribute(NameOID.COMMON_NAME, name)]
    if organisation:
        attributes.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation))
    subject = x509.Name(attributes)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(ec_key(number).public_key())
        .serial_number(serial)
        .not_valid_before(not_before)
        .not_valid_after(not_after)
    )
    if ca is not None:
        builder = builder.add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    return builder.sign(ec_key(number), hashes.SHA256()).public_bytes(Encoding.DER)


def pem(label: str, der: bytes, *, width: int = 64, eol: str = "\n") -> str:
    """A PEM block that ends in a line end."""
    body = textwrap.wrap(base64.b64encode(der).decode(), width)
    return eol.join([f"-----BEGIN {label}-----", *body, f"-----END {label}-----", ""])


def key_pem(number: int = 1) -> str:
    return pem("PUBLIC KEY", ec_spki(number))


def certificate_pem(number: int = 1) -> str:
    return pem("CERTIFICATE", certificate(number))
