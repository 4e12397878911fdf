"""A workbench for the controller reading: keys, certificates, bundles, and the case that they make."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from trustconsole.errors import InputError
from trustconsole.trust_root import scan_trust_root
from trustconsole.verification.case import Artifact, Case, Mode, NamedKind, Policy, RekorPolicy, SidecarFile
from trustconsole.verification.controller import judge_as_controller
from trustconsole.verification.report import ControllerVerdict
from trustconsole.verification.signatures import SignatureChecker

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
JAR = b"PK\x03\x04 a module"
SIDECAR = {"KEYED": "/modules/a.jar.sig", "COSIGN_BUNDLE": "/modules/a.jar.cosign.bundle"}
PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey
CHECKER = SignatureChecker()


@cache
def ec_key(number: int = 1, curve: str = "P-256") -> ec.EllipticCurvePrivateKey:
    curves: dict[str, ec.EllipticCurve] = {
        "P-256": ec.SECP256R1(),
        "P-384": ec.SECP384R1(),
        "P-521": ec.SECP521R1(),
        "P-224": ec.SECP224R1(),
        "secp256k1": ec.SECP256K1(),
    }
    return ec.derive_private_key(number + 20_000, curves[curve])


@cache
def rsa_key(bits: int = 2048, number: int = 1) -> rsa.RSAPrivateKey:
    del number
    return rsa.generate_private_key(65537, bits)


@cache
def ed_key() -> ed25519.Ed25519PrivateKey:
    return ed25519.Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def pem(label: str, der: bytes) -> str:
    return f"-----BEGIN {label}-----\n{base64.b64encode(der).decode()}\n-----END {label}-----\n"


def spki(key: PrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def key_block(key: PrivateKey) -> str:
    return pem("PUBLIC KEY", spki(key))


def cert_block(certificate: x509.Certificate) -> str:
    return pem("CERTIFICATE", certificate.public_bytes(Encoding.DER))


def sign(key: PrivateKey, data: bytes = JAR, algorithm: hashes.HashAlgorithm | None = None) -> bytes:
    algorithm = algorithm or hashes.SHA256()
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(data, padding.PKCS1v15(), algorithm)
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return key.sign(data, ec.ECDSA(algorithm))
    return key.sign(data)


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def certificate(
    key: PrivateKey,
    issuer_key: PrivateKey,
    *,
    subject: str = "author",
    issuer: str = "CA",
    days: tuple[int, int] = (-30, 30),
    extensions: tuple[tuple[x509.ExtensionType, bool], ...] = (),
    algorithm: Any = None,
) -> x509.Certificate:
    builder = (
        x509.CertificateBuilder()
        .subject_name(name(subject))
        .issuer_name(name(issuer))
        .public_key(key.public_key())
        .serial_number(4711)
        .not_valid_before(NOW + timedelta(days=days[0]))
        .not_valid_after(NOW + timedelta(days=days[1]))
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    if isinstance(issuer_key, ed25519.Ed25519PrivateKey):
        return builder.sign(issuer_key, None)
    return builder.sign(issuer_key, algorithm or hashes.SHA256())


@cache
def authority() -> x509.Certificate:
    return certificate(ec_key(9), ec_key(9), subject="CA")


def bundle(signature: bytes | str, **fields: object) -> bytes:
    text = signature if isinstance(signature, str) else b64(signature)
    return json.dumps({"base64Signature": text, **fields}).encode()


def payload(**changes: object) -> dict[str, object]:
    return {"body": "Ym9keQ==", "integratedTime": 1700000000, "logIndex": 7, "logID": "c0ffee", **changes}


def canonical(body: str, time: int, log_id: str, index: int) -> bytes:
    return f'{{"body":"{body}","integratedTime":{time},"logID":"{log_id}","logIndex":{index}}}'.encode()


def rekor_bundle(
    key: PrivateKey, signed: bytes | None = None, **changes: object
) -> dict[str, dict[str, object] | str]:
    signed = signed if signed is not None else canonical("Ym9keQ==", 1700000000, "c0ffee", 7)
    return {"SignedEntryTimestamp": b64(sign(key, signed)), "Payload": payload(**changes)}


@dataclass(frozen=True)
class Setup:
    """A case to be judged; `sidecar` None: there is none."""

    sidecar: bytes | None
    trust_root: str | bytes | None
    mode: Mode = "COSIGN_BUNDLE"
    rekor_key: str | None = None
    rekor_policy: RekorPolicy = "DISABLED"
    jar: bytes = JAR
    enforced: bool = True
    error: InputError | None = None

    def case(self) -> Case:
        path = SIDECAR[self.mode]
        kind: NamedKind = "sig" if self.mode == "KEYED" else "cosign-bundle"
        file = None
        if self.sidecar is not None:
            file = SidecarFile(path, kind, self.sidecar, hashlib.sha256(self.sidecar).hexdigest())
        elif self.error is not None:
            file = SidecarFile(path, kind, None, None, self.error)
        root = self.trust_root.encode() if isinstance(self.trust_root, str) else self.trust_root
        return Case(
            Artifact("/modules/a.jar", hashlib.sha256(self.jar).hexdigest(), len(self.jar)),
            file,
            None,
            None if root is None else scan_trust_root(root, "/etc/trust.pem", now=NOW),
            None
            if self.rekor_key is None
            else scan_trust_root(self.rekor_key.encode(), "/etc/rekor.pub", now=NOW),
            Policy(self.mode, self.rekor_policy, "flags", self.enforced),
            NOW,
            CHECKER,
            path,
        )

    def judge(self) -> ControllerVerdict:
        return judge_as_controller(self.case())
