"""Keys and certificates for the demo and for generated test matrices, all reproducible.

A key is derived from a seed and a name, a serial number from what the certificate says, and ECDSA is used
in its deterministic form (RFC 6979), so that the same arguments give the same bytes. Private keys made
here are public knowledge: anyone can derive them.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import (
        CertificateIssuerPrivateKeyTypes,
        CertificatePublicKeyTypes,
    )

Extension = tuple[x509.ExtensionType, bool]
"""An extension and whether it is critical."""


@dataclass(frozen=True, slots=True)
class Authority:
    """A certificate with its private key; can issue where it is a CA, can sign where it is a leaf."""

    key: CertificateIssuerPrivateKeyTypes = field(repr=False)
    certificate: x509.Certificate

    @property
    def pem(self) -> bytes:
        """The certificate as one PEM block."""
        return self.certificate.public_bytes(Encoding.PEM)

    @property
    def der(self) -> bytes:
        """The certificate as DER."""
        return self.certificate.public_bytes(Encoding.DER)


def derive_key(seed: int, name: str, curve: ec.EllipticCurve | None = None) -> ec.EllipticCurvePrivateKey:
    """The EC key called `name` under `seed`, on P-256 unless another `curve` is given.

    The scalar has one bit less than the curve, which keeps it below the order of every NIST curve.
    """
    chosen = curve or ec.SECP256R1()
    material = hashlib.shake_256(f"trustconsole demo key {seed} {name}".encode()).digest(96)
    scalar = int.from_bytes(material, "big") % (1 << (chosen.key_size - 1))
    return ec.derive_private_key(scalar or 1, chosen)


def public_pem(key: CertificateIssuerPrivateKeyTypes) -> bytes:
    """The public half as a `PUBLIC KEY` block."""
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def private_pem(key: CertificateIssuerPrivateKeyTypes) -> bytes:
    """The private key as an unencrypted PKCS#8 block."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def name_of(common_name: str, organization: str | None = None) -> x509.Name:
    """A distinguished name of CN and, before it, O."""
    attributes = [x509.NameAttribute(NameOID.COMMON_NAME, common_name)]
    if organization is not None:
        attributes.insert(0, x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization))
    return x509.Name(attributes)


def key_usage(*, digital_signature: bool = False, key_cert_sign: bool = False) -> x509.KeyUsage:
    """A KeyUsage with these bits; `key_cert_sign` brings cRLSign along, as CAs do."""
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=key_cert_sign,
        crl_sign=key_cert_sign,
        encipher_only=False,
        decipher_only=False,
    )


def make_ca(
    key: CertificateIssuerPrivateKeyTypes,
    subject: x509.Name | str,
    *,
    not_before: datetime,
    not_after: datetime,
    issuer: Authority | None = None,
    path_length: int | None = None,
    code_signing: bool = False,
    extensions: Sequence[Extension] | None = None,
    digest: hashes.HashAlgorithm | None = None,
) -> Authority:
    """A CA certificate for `key`, self-signed unless an `issuer` is given; dates are aware UTC.

    With `code_signing` it carries that EKU, as a Fulcio intermediate does. `extensions` replaces all of
    the usual ones (basicConstraints, keyUsage, EKU), for certificates that are meant to be wrong.
    """
    usual: list[Extension] = [
        (x509.BasicConstraints(ca=True, path_length=path_length), True),
        (key_usage(key_cert_sign=True), True),
    ]
    if code_signing:
        usual.append((x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING]), False))
    certificate = issue(
        key.public_key(),
        subject,
        issuer or key,
        not_before=not_before,
        not_after=not_after,
        extensions=usual if extensions is None else extensions,
        digest=digest,
    )
    return Authority(key, certificate)


def make_leaf(
    key: CertificateIssuerPrivateKeyTypes,
    subject: x509.Name | str,
    issuer: Authority | None,
    *,
    not_before: datetime,
    not_after: datetime,
    san: Sequence[x509.GeneralName] = (),
    eku: Sequence[x509.ObjectIdentifier] = (ExtendedKeyUsageOID.CODE_SIGNING,),
    extensions: Sequence[Extension] | None = None,
    extra: Sequence[Extension] = (),
    digest: hashes.HashAlgorithm | None = None,
) -> Authority:
    """A code-signing leaf for `key`, self-signed where `issuer` is None; dates are aware UTC.

    The SAN is critical where the subject is empty (RFC 5280, 4.2.1.6). `extra` is added to the usual
    extensions (keyUsage digitalSignature, `eku`, `san`); `extensions` replaces them.
    """
    name = _as_name(subject)
    usual: list[Extension] = [(key_usage(digital_signature=True), True)]
    if eku:
        usual.append((x509.ExtendedKeyUsage(eku), False))
    if san:
        usual.append((x509.SubjectAlternativeName(san), not list(name)))
    certificate = issue(
        key.public_key(),
        name,
        issuer or key,
        not_before=not_before,
        not_after=not_after,
        extensions=[*(usual if extensions is None else extensions), *extra],
        digest=digest,
    )
    return Authority(key, certificate)


def issue(
    public_key: CertificatePublicKeyTypes,
    subject: x509.Name | str,
    issuer: Authority | CertificateIssuerPrivateKeyTypes,
    *,
    not_before: datetime,
    not_after: datetime,
    extensions: Sequence[Extension],
    digest: hashes.HashAlgorithm | None = None,
    key_identifiers: bool = True,
) -> x509.Certificate:
    """A certificate with exactly `extensions`, and subject and authority key identifiers where wanted.

    A bare key as `issuer` makes it self-issued under that key. `digest` is SHA-256 unless given, and left
    out for Ed25519 and Ed448.
    """
    name = _as_name(subject)
    signing_key = issuer.key if isinstance(issuer, Authority) else issuer
    issuer_name = issuer.certificate.subject if isinstance(issuer, Authority) else name
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer_name)
        .public_key(public_key)
        .serial_number(_serial(name, issuer_name, public_key, not_before, not_after))
        .not_valid_before(not_before.astimezone(UTC))
        .not_valid_after(not_after.astimezone(UTC))
    )
    identifiers: list[Extension] = [
        (x509.SubjectKeyIdentifier.from_public_key(public_key), False),
        (x509.AuthorityKeyIdentifier.from_issuer_public_key(signing_key.public_key()), False),
    ]
    for extension, critical in (*(identifiers if key_identifiers else ()), *extensions):
        builder = builder.add_extension(extension, critical=critical)
    if isinstance(signing_key, ed25519.Ed25519PrivateKey | ed448.Ed448PrivateKey):
        return builder.sign(signing_key, None)
    algorithm = digest or hashes.SHA256()
    if isinstance(signing_key, ec.EllipticCurvePrivateKey) and deterministic_ecdsa():
        return builder.sign(signing_key, algorithm, ecdsa_deterministic=True)  # type: ignore[arg-type]
    return builder.sign(signing_key, algorithm)  # type: ignore[arg-type]


@functools.cache
def deterministic_ecdsa() -> bool:
    """Whether this OpenSSL can sign as RFC 6979 says (3.2 and later).

    Without it everything still verifies, but two builds differ in their signatures.
    """
    algorithm = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
    try:
        derive_key(0, "probe").sign(b"", algorithm)
    except UnsupportedAlgorithm:
        return False
    return True


def _as_name(subject: x509.Name | str) -> x509.Name:
    return name_of(subject) if isinstance(subject, str) else subject


def _serial(
    subject: x509.Name,
    issuer: x509.Name,
    public_key: CertificatePublicKeyTypes,
    not_before: datetime,
    not_after: datetime,
) -> int:
    """A positive serial of at most 159 bits, the same for the same certificate (RFC 5280, 4.1.2.2)."""
    spki = public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    dates = f"{not_before.timestamp():.0f} {not_after.timestamp():.0f}".encode()
    material = b"\0".join((subject.public_bytes(), issuer.public_bytes(), spki, dates))
    return (int.from_bytes(hashlib.sha256(material).digest()[:20], "big") >> 1) | 1
