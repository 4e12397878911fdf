"""The verification material inside a bundle or a log entry: certificates, or one public key.

Strict PEM (RFC 7468): blocks and white space between them, nothing else. What is read here never becomes
trust; it only selects an equal block of the trust root or chains to one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, load_der_public_key

from trustconsole import limits
from trustconsole.errors import LimitExceeded, Location, MalformedInput
from trustconsole.strict_text import strict_base64
from trustconsole.trust_root import BROKEN_FIELDS, fully_read, spki_sha256, subject_text, without_warnings
from trustconsole.verification.report import Signer

_BLOCK = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----\r?\n([^-]*?)\r?\n?-----END \1-----(?:\r?\n|\Z)")
_LABELS = {b"CERTIFICATE", b"PUBLIC KEY"}


@dataclass(frozen=True, slots=True)
class Material:
    """Either certificates (leaf first, further ones as candidates for intermediates) or one public key."""

    certificates: tuple[x509.Certificate, ...] = field(default=(), repr=False)
    public_key: PublicKeyTypes | None = field(default=None, repr=False)

    @property
    def leaf(self) -> x509.Certificate | None:
        """The first certificate, None where the material is a public key."""
        return self.certificates[0] if self.certificates else None

    @property
    def leaf_der(self) -> bytes | None:
        """The leaf's exact bytes."""
        return self.certificates[0].public_bytes(Encoding.DER) if self.certificates else None


def _pem_blocks(data: bytes, where: str) -> list[tuple[bytes, bytes]]:
    position = 0
    blocks: list[tuple[bytes, bytes]] = []
    while position < len(data):
        match = _BLOCK.match(data, position)
        if match is None:
            if not data[position:].strip():
                break
            raise MalformedInput(
                "is not PEM of certificates or a public key", location=Location(where, offset=position)
            )
        blocks.append((match[1], strict_base64(re.sub(rb"\s", b"", match[2]), where)))
        position = match.end()
        while position < len(data) and data[position : position + 1].isspace():
            position += 1
        if len(blocks) > limits.INTERMEDIATES + 2:
            raise LimitExceeded(
                f"holds more than {limits.INTERMEDIATES + 2} PEM blocks", location=Location(where)
            )
    return blocks


def read_material(pem: bytes, where: str) -> Material:
    """The certificates or the one public key in `pem`; raises `MalformedInput` or `LimitExceeded`."""
    blocks = _pem_blocks(pem, where)
    labels = {label for label, _ in blocks}
    if not blocks:
        raise MalformedInput("holds no PEM block", location=Location(where))
    if len(labels) > 1 or not labels <= _LABELS:
        names = ", ".join(sorted(label.decode() for label in labels))
        raise MalformedInput(
            f"holds {names} where certificates or one PUBLIC KEY belong", location=Location(where)
        )
    if labels == {b"CERTIFICATE"}:
        return Material(certificates=tuple(read_der_certificate(der, where) for _, der in blocks))
    if len(blocks) > 1:
        raise MalformedInput("holds more than one PUBLIC KEY", location=Location(where))
    return Material(public_key=read_der_key(blocks[0][1], where))


def read_der_certificate(der: bytes, where: str) -> x509.Certificate:
    """The certificate in `der`, read in full; raises `MalformedInput`."""
    try:
        with without_warnings():
            return fully_read(x509.load_der_x509_certificate(der))
    except (ValueError, UnsupportedAlgorithm, x509.InvalidVersion) as error:
        raise MalformedInput(
            f"holds a certificate that does not parse: {error}", location=Location(where)
        ) from error


def read_der_key(der: bytes, where: str) -> PublicKeyTypes:
    """The public key in `der` (SubjectPublicKeyInfo); raises `MalformedInput`."""
    try:
        return load_der_public_key(der)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise MalformedInput(
            f"holds a public key that does not parse: {error}", location=Location(where)
        ) from error


def public_key_of(certificate: x509.Certificate) -> PublicKeyTypes | None:
    """The certificate's key, None where its algorithm is unknown or the encoding is broken."""
    try:
        return certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        return None


def alternative_names(certificate: x509.Certificate) -> tuple[str, ...]:
    """Every subject alternative name as text (untrusted), in order; empty where there are none."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (*BROKEN_FIELDS, x509.ExtensionNotFound):
        return ()
    return tuple(_general_name(name) for name in names)


def _general_name(name: x509.GeneralName) -> str:
    if isinstance(name, x509.RFC822Name | x509.DNSName | x509.UniformResourceIdentifier):
        return name.value
    if isinstance(name, x509.DirectoryName):
        return subject_text(name.value)
    if isinstance(name, x509.OtherName):
        return f"{name.type_id.dotted_string}:{name.value.hex()}"
    return str(name.value)


def signer_of(material: Material | None, key: PublicKeyTypes | None) -> Signer | None:
    """Who signed as the leaf says, or the bare key that verified; None where neither is known."""
    leaf = material.leaf if material else None
    if leaf is not None:
        leaf_key = public_key_of(leaf)
        if leaf_key is None:
            return None
        return Signer(
            spki_sha256(leaf_key),
            subject_text(leaf.subject),
            alternative_names(leaf),
            subject_text(leaf.issuer),
        )
    return Signer(spki_sha256(key)) if key is not None else None


def within_dates(certificate: x509.Certificate, moment: datetime) -> bool:
    """Whether `moment` lies within the certificate's validity, both ends included."""
    return certificate.not_valid_before_utc <= moment <= certificate.not_valid_after_utc
