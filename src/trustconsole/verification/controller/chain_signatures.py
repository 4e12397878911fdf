"""Whether one key made a certificate's signature, as the controller's runtime answers.

A table of the signature algorithms that it knows; anything that it does not know never verifies.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from trustconsole.trust_root import CannotPredict
from trustconsole.trust_root.java_keys import ED448, ED25519, RSA_PSS, load_public_key
from trustconsole.verification.controller.certificate import Certificate
from trustconsole.verification.controller.java_crypto import (
    JavaKey,
    decode_ecdsa,
    ec_public_key,
    rsa_verifies,
)


@dataclass(frozen=True, slots=True)
class ChainAlgorithm:
    """A row: OID, kind of key, and hash as `hashlib` calls it."""

    oid: str
    key: str
    hash_name: str


_PKCS1, _X962, _NIST = "1.2.840.113549.1.1", "1.2.840.10045.4", "2.16.840.1.101.3.4.3"
_ROWS = (
    ChainAlgorithm(f"{_PKCS1}.4", "RSA", "md5"),
    ChainAlgorithm(f"{_PKCS1}.5", "RSA", "sha1"),
    ChainAlgorithm("1.3.14.3.2.29", "RSA", "sha1"),
    ChainAlgorithm(f"{_PKCS1}.14", "RSA", "sha224"),
    ChainAlgorithm(f"{_PKCS1}.11", "RSA", "sha256"),
    ChainAlgorithm(f"{_PKCS1}.12", "RSA", "sha384"),
    ChainAlgorithm(f"{_PKCS1}.13", "RSA", "sha512"),
    ChainAlgorithm(f"{_PKCS1}.15", "RSA", "sha512_224"),
    ChainAlgorithm(f"{_PKCS1}.16", "RSA", "sha512_256"),
    ChainAlgorithm(f"{_NIST}.13", "RSA", "sha3_224"),
    ChainAlgorithm(f"{_NIST}.14", "RSA", "sha3_256"),
    ChainAlgorithm(f"{_NIST}.15", "RSA", "sha3_384"),
    ChainAlgorithm(f"{_NIST}.16", "RSA", "sha3_512"),
    ChainAlgorithm(f"{_X962}.1", "EC", "sha1"),
    ChainAlgorithm(f"{_X962}.3.1", "EC", "sha224"),
    ChainAlgorithm(f"{_X962}.3.2", "EC", "sha256"),
    ChainAlgorithm(f"{_X962}.3.3", "EC", "sha384"),
    ChainAlgorithm(f"{_X962}.3.4", "EC", "sha512"),
    ChainAlgorithm(f"{_NIST}.9", "EC", "sha3_224"),
    ChainAlgorithm(f"{_NIST}.10", "EC", "sha3_256"),
    ChainAlgorithm(f"{_NIST}.11", "EC", "sha3_384"),
    ChainAlgorithm(f"{_NIST}.12", "EC", "sha3_512"),
)
_ALGORITHMS = {row.oid: row for row in _ROWS}
DISABLED = {f"{_PKCS1}.2": "MD2", f"{_PKCS1}.4": "MD5"}
"""What the runtime's policy for certificate paths refuses by name."""
_NOT_MODELLED = frozenset(
    (
        "1.3.14.3.2.15",
        "1.2.840.10045.4.3",
        "1.2.840.10040.4.3",
        "1.3.14.3.2.13",
        "1.3.14.3.2.27",
        "1.2.840.113549.1.9.16.3.17",
        *(f"{_NIST}.{arc}" for arc in (*range(1, 9), 17, 18, 19)),
    )
)
_PREHASHED: dict[str, hashes.HashAlgorithm] = {
    "sha1": hashes.SHA1(),  # noqa: S303  the runtime accepts it on certificates
    "sha224": hashes.SHA224(),
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
    "sha3_224": hashes.SHA3_224(),
    "sha3_256": hashes.SHA3_256(),
    "sha3_384": hashes.SHA3_384(),
    "sha3_512": hashes.SHA3_512(),
}


def signed_by(certificate: Certificate, issuer: JavaKey) -> bool:
    """Whether `issuer` verifies the certificate's signature; raises `CannotPredict`."""
    oid = certificate.algorithm.name
    if oid in _NOT_MODELLED:
        raise CannotPredict(f"certificate signatures of algorithm {oid}")
    if oid == RSA_PSS:
        return _pss(certificate, issuer)
    if oid in (ED25519, ED448):
        return _edwards(certificate, issuer, oid)
    row = _ALGORITHMS.get(oid)
    if row is None or row.key != issuer.algorithm:
        return False
    if row.key == "RSA":
        digest = _digest(row.hash_name, certificate.signed)
        return rsa_verifies(issuer, certificate.signature, digest, row.hash_name)
    return _ecdsa(certificate, issuer, _PREHASHED[row.hash_name])


def _digest(name: str, data: bytes) -> bytes:
    try:
        return hashlib.new(name, data, usedforsecurity=False).digest()
    except ValueError as error:
        raise CannotPredict(f"the hash {name} on this machine") from error


def _ecdsa(certificate: Certificate, issuer: JavaKey, algorithm: hashes.HashAlgorithm) -> bool:
    public, pair = ec_public_key(issuer), decode_ecdsa(certificate.signature)
    if public is None or pair is None:
        return False
    try:
        public.verify(encode_dss_signature(*pair), certificate.signed, ec.ECDSA(algorithm))
    except InvalidSignature:
        return False
    except UnsupportedAlgorithm as error:
        raise CannotPredict(f"ECDSA with {algorithm.name} on this machine") from error
    return True


def _edwards(certificate: Certificate, issuer: JavaKey, oid: str) -> bool:
    public = load_public_key(issuer.spki)
    kind = ed25519.Ed25519PublicKey if oid == ED25519 else ed448.Ed448PublicKey
    if not isinstance(public, kind):
        return False
    try:
        public.verify(certificate.signature, certificate.signed)
    except InvalidSignature:
        return False
    return True


def _pss(certificate: Certificate, issuer: JavaKey) -> bool:
    if certificate.algorithm.parameters is None:
        return False
    if issuer.algorithm == RSA_PSS:
        raise CannotPredict("an anchor with an RSASSA-PSS key")
    public, held = load_public_key(issuer.spki), certificate.loaded.certificate
    if issuer.algorithm != "RSA":
        return False
    if held is None or not isinstance(public, rsa.RSAPublicKey):
        raise CannotPredict("RSASSA-PSS with unusual keys or parameters")
    try:
        parameters, algorithm = held.signature_algorithm_parameters, held.signature_hash_algorithm
    except (UnsupportedAlgorithm, ValueError) as error:
        raise CannotPredict("RSASSA-PSS with unusual parameters") from error
    if not isinstance(parameters, padding.PSS) or algorithm is None:
        raise CannotPredict("RSASSA-PSS with unusual parameters")
    try:
        public.verify(certificate.signature, certificate.signed, parameters, algorithm)
    except InvalidSignature:
        return False
    return True
