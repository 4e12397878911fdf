"""Signatures, bundles and log entries in the formats that cosign writes, reproducible and bendable.

Made for the demo and for generated test matrices: every part can be replaced by a foreign or a broken one.
Formats: legacy cosign bundle and Rekor `hashedrekord`/`rekord` 0.0.1; SET over the RFC 8785 text of the
entry's four fields; Sigstore bundle v0.3 (sigstore/protobuf-specs).
"""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from trustconsole.demo.authorities import deterministic_ecdsa

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes

SIGSTORE_V03: Final = "application/vnd.dev.sigstore.bundle.v0.3+json"

JsonObject = dict[str, object]


def sign_raw(
    key: CertificateIssuerPrivateKeyTypes, data: bytes, digest: hashes.HashAlgorithm | None = None
) -> bytes:
    """The signature of `data`: ECDSA in DER, RSA PKCS#1 v1.5, Ed25519 pure.

    SHA-256 unless `digest` says else. Raises `TypeError` for a key that cannot sign a module.
    """
    if isinstance(key, ed25519.Ed25519PrivateKey | ed448.Ed448PrivateKey):
        return key.sign(data)
    algorithm = digest or hashes.SHA256()
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return key.sign(data, ec.ECDSA(algorithm, deterministic_signing=deterministic_ecdsa()))
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(data, padding.PKCS1v15(), algorithm)
    raise TypeError(f"{type(key).__name__} cannot sign a module")


def detached(signature: bytes) -> bytes:
    """The content of a `.sig` as cosign writes it: one Base64 line without a line feed."""
    return b64encode(signature)


def text64(data: bytes) -> str:
    """Standard Base64 as text."""
    return b64encode(data).decode("ascii")


def canonical(value: object) -> bytes:
    """RFC 8785 for what log entries hold (ASCII text, small integers): sorted keys, no blanks."""
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def spki_der(key: CertificateIssuerPrivateKeyTypes) -> bytes:
    """The public half as SubjectPublicKeyInfo DER."""
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def log_id(key: CertificateIssuerPrivateKeyTypes) -> str:
    """The id of a Rekor v1 log: lowercase hex SHA-256 of its SPKI."""
    return hashlib.sha256(spki_der(key)).hexdigest()


def hashedrekord_body(sha256: str, signature: bytes, verifier_pem: bytes) -> bytes:
    """A `hashedrekord` 0.0.1 body: hex digest of the artefact, signature, PEM of key or certificate."""
    return canonical(
        {
            "apiVersion": "0.0.1",
            "kind": "hashedrekord",
            "spec": {
                "data": {"hash": {"algorithm": "sha256", "value": sha256}},
                "signature": {
                    "content": text64(signature),
                    "publicKey": {"content": text64(verifier_pem)},
                },
            },
        }
    )


def rekord_body(sha256: str, signature: bytes, verifier_pem: bytes) -> bytes:
    """A `rekord` 0.0.1 body, the form of 2021: as `hashedrekord_body`, with a signature format."""
    return canonical(
        {
            "apiVersion": "0.0.1",
            "kind": "rekord",
            "spec": {
                "data": {"hash": {"algorithm": "sha256", "value": sha256}},
                "signature": {
                    "content": text64(signature),
                    "format": "x509",
                    "publicKey": {"content": text64(verifier_pem)},
                },
            },
        }
    )


def rekor_entry(
    log_key: CertificateIssuerPrivateKeyTypes,
    body: bytes,
    *,
    integrated_time: datetime | int,
    log_index: int,
    named_log_id: str | None = None,
    set_over: Mapping[str, object] | None = None,
) -> JsonObject:
    """A `rekorBundle`: Payload and the SignedEntryTimestamp of `log_key` over it.

    `integrated_time` is aware or seconds since 1970. `named_log_id` replaces the log's own id (and is
    signed); `set_over` is signed in place of the Payload, for a SET that does not fit it.
    """
    seconds = integrated_time if isinstance(integrated_time, int) else int(integrated_time.timestamp())
    payload: JsonObject = {
        "body": text64(body),
        "integratedTime": seconds,
        "logIndex": log_index,
        "logID": named_log_id or log_id(log_key),
    }
    signed = sign_raw(log_key, canonical(payload if set_over is None else dict(set_over)))
    return {"SignedEntryTimestamp": text64(signed), "Payload": payload}


def legacy_bundle(
    signature: bytes,
    *,
    certificate: bytes | None = None,
    rekor_bundle: Mapping[str, object] | None = None,
    overrides: Mapping[str, object] | None = None,
) -> bytes:
    """A legacy cosign bundle: `base64Signature`, `cert` as Base64 of the PEM given, `rekorBundle`.

    `overrides` replaces or adds top-level fields as they are; a field set to None there is left out.
    """
    document: JsonObject = {"base64Signature": text64(signature)}
    if certificate is not None:
        document["cert"] = text64(certificate)
    if rekor_bundle is not None:
        document["rekorBundle"] = dict(rekor_bundle)
    for name, value in (overrides or {}).items():
        document[name] = value
    kept = {name: value for name, value in document.items() if value is not None}
    return json.dumps(kept, separators=(",", ":")).encode()


def sigstore_bundle(
    signature: bytes,
    *,
    digest: bytes,
    key: CertificateIssuerPrivateKeyTypes | None = None,
    certificate_der: bytes | None = None,
    tlog_entries: Sequence[Mapping[str, object]] = (),
    media_type: str = SIGSTORE_V03,
    overrides: Mapping[str, object] | None = None,
) -> bytes:
    """A Sigstore bundle with a messageSignature; `digest` is the artefact's SHA-256, 32 bytes.

    The verification material is the hint of `key` or the one certificate; `overrides` as in `legacy_bundle`.
    """
    material: JsonObject = {}
    if key is not None:
        material["publicKey"] = {"hint": text64(hashlib.sha256(spki_der(key)).digest())}
    if certificate_der is not None:
        material["certificate"] = {"rawBytes": text64(certificate_der)}
    if tlog_entries:
        material["tlogEntries"] = [dict(entry) for entry in tlog_entries]
    document: JsonObject = {
        "mediaType": media_type,
        "verificationMaterial": material,
        "messageSignature": {
            "messageDigest": {"algorithm": "SHA2_256", "digest": text64(digest)},
            "signature": text64(signature),
        },
    }
    document.update(overrides or {})
    kept = {name: value for name, value in document.items() if value is not None}
    return json.dumps(kept, separators=(",", ":")).encode()
