"""What fuzzing starts from: one sound document of each kind, small, made here and the same every time."""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from tests.verification.making_timestamps import START, Token, make_root, make_signer, trusted

from trustconsole.demo.authorities import derive_key, make_ca, make_leaf, public_pem
from trustconsole.demo.signing import (
    canonical,
    hashedrekord_body,
    rekor_entry,
    rekord_body,
    sign_raw,
    spki_der,
    text64,
)
from trustconsole.verification.fulcio import ARC
from trustconsole.verification.sigstore.dsse import Envelope
from trustconsole.verification.sigstore.merkle import leaf_hash

SEED = 17
ARTIFACT = b"a"
AUTHOR, LOG = derive_key(SEED, "author"), derive_key(SEED, "log")
LOG_2 = ed25519.Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"log 2").digest())
SIGNATURE = sign_raw(AUTHOR, ARTIFACT)
BODY = hashedrekord_body(hashlib.sha256(ARTIFACT).hexdigest(), SIGNATURE, public_pem(AUTHOR))
TIME = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)

CA = make_ca(derive_key(SEED, "ca"), "ca", not_before=START, not_after=START + timedelta(days=900))
WORKFLOW = "https://github.com/prexorjustin/prexorcloud/.github/workflows/release.yml@refs/tags/v1"
ISSUER = "https://token.actions.githubusercontent.com"

TSA_ROOT = make_root()
TSA = make_signer(TSA_ROOT)
TSA_AUTHORITY = trusted(TSA, TSA_ROOT)
TOKEN = Token(TSA, SIGNATURE)


def note(origin: str, size: int, root: bytes, key: ec.EllipticCurvePrivateKey = LOG) -> str:
    """A checkpoint of one signature."""
    text = f"{origin}\n{size}\n{text64(root)}\n"
    hint = hashlib.sha256(spki_der(key)).digest()[:4]
    return f"{text}\n— {origin} {text64(hint + sign_raw(key, text.encode()))}\n"


def _entry(body: bytes) -> dict[str, object]:
    legacy = rekor_entry(LOG, body, integrated_time=TIME, log_index=7)
    root = leaf_hash(body)
    return {
        "logIndex": "7",
        "logId": {"keyId": text64(hashlib.sha256(spki_der(LOG)).digest())},
        "kindVersion": {"kind": "hashedrekord", "version": "0.0.1"},
        "integratedTime": str(int(TIME.timestamp())),
        "inclusionPromise": {"signedEntryTimestamp": legacy["SignedEntryTimestamp"]},
        "inclusionProof": {
            "logIndex": "0",
            "rootHash": text64(root),
            "treeSize": "1",
            "hashes": [],
            "checkpoint": {"envelope": note("log.example - 1", 1, root)},
        },
        "canonicalizedBody": text64(body),
    }


def bundle(**changes: object) -> bytes:
    """A Sigstore bundle v0.3 of a key, with one log entry."""
    document: dict[str, object] = {
        "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
        "verificationMaterial": {
            "publicKey": {"hint": "h"},
            "tlogEntries": [_entry(BODY)],
            "timestampVerificationData": {"rfc3161Timestamps": [{"signedTimestamp": "AAAA"}]},
        },
        "messageSignature": {
            "messageDigest": {
                "algorithm": "SHA2_256",
                "digest": text64(hashlib.sha256(ARTIFACT).digest()),
            },
            "signature": text64(SIGNATURE),
        },
    }
    return json.dumps({name: value for name, value in (document | changes).items() if value}).encode()


def _statement() -> bytes:
    digest = {"sha256": hashlib.sha256(ARTIFACT).hexdigest()}
    return json.dumps(
        {
            "_type": "https://in-toto.io/Statement/v1",
            "subject": [{"name": "a", "digest": digest}],
            "predicateType": "https://slsa.dev/provenance/v1",
            "predicate": {},
        }
    ).encode()


def _envelope() -> Envelope:
    unsigned = Envelope("application/vnd.in-toto+json", _statement(), b"-", "")
    return Envelope(unsigned.payload_type, unsigned.payload, sign_raw(AUTHOR, unsigned.signed_bytes()), "")


def bundles() -> list[bytes]:
    """Both contents, all three ways to name the signer, the three versions."""
    envelope = _envelope()
    dsse = {
        "payloadType": envelope.payload_type,
        "payload": text64(envelope.payload),
        "signatures": [{"sig": text64(envelope.signature), "keyid": ""}],
    }
    certificate = {"rawBytes": text64(leaf())}
    old = "application/vnd.dev.sigstore.bundle+json;version="
    return [
        bundle(),
        bundle(dsseEnvelope=dsse, messageSignature=None),
        bundle(verificationMaterial={"certificate": certificate}),
        bundle(
            mediaType=f"{old}0.1",
            verificationMaterial={
                "x509CertificateChain": {"certificates": [certificate]},
                "tlogEntries": [_entry(BODY)],
            },
        ),
        bundle(mediaType=f"{old}0.2"),
    ]


def trusted_roots() -> list[bytes]:
    """One of each list, with keys of both Rekor versions."""

    def log(spki: bytes, details: str) -> dict[str, object]:
        key = {"rawBytes": text64(spki), "keyDetails": details, "validFor": {"start": "2026-01-01T00:00:00Z"}}
        log_id = {"keyId": text64(hashlib.sha256(spki).digest())}
        return {
            "baseUrl": "https://log.example",
            "hashAlgorithm": "SHA2_256",
            "publicKey": key,
            "logId": log_id,
            "checkpointKeyId": log_id,
        }

    authority = {
        "uri": "https://ca.example",
        "certChain": {"certificates": [{"rawBytes": text64(CA.der)}]},
        "validFor": {"start": "2026-01-01T00:00:00Z", "end": "2027-01-01T00:00:00.5+01:00"},
    }
    raw = LOG_2.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    document = {
        "mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
        "tlogs": [log(spki_der(LOG), "PKIX_ECDSA_P256_SHA_256"), log(raw, "PKIX_ED25519")],
        "certificateAuthorities": [authority],
        "ctlogs": [log(spki_der(LOG), "PKIX_ECDSA_P256_SHA_256")],
        "timestampAuthorities": [authority],
    }
    return [json.dumps(document).encode()]


def entry_bodies() -> list[bytes]:
    """One body of each kind that is read."""
    sha256 = hashlib.sha256(ARTIFACT).hexdigest()
    envelope = _envelope()
    stated = {"algorithm": "sha256", "value": envelope.payload_sha256()}
    certificate = x509.load_der_x509_certificate(leaf()).public_bytes(Encoding.PEM)
    pem = text64(public_pem(AUTHOR))
    twice = b64encode(b64encode(envelope.signature)).decode()
    specs: dict[tuple[str, str], dict[str, object]] = {
        ("dsse", "0.0.1"): {
            "envelopeHash": stated,
            "payloadHash": stated,
            "signatures": [{"signature": text64(envelope.signature), "verifier": pem}],
        },
        ("intoto", "0.0.1"): {"content": {"hash": stated, "payloadHash": stated}, "publicKey": pem},
        ("intoto", "0.0.2"): {
            "content": {
                "envelope": {"signatures": [{"publicKey": pem, "sig": twice}]},
                "hash": stated,
                "payloadHash": stated,
            }
        },
        ("hashedrekord", "0.0.2"): {
            "hashedRekordV002": {
                "data": {"algorithm": "SHA2_256", "digest": text64(bytes.fromhex(sha256))},
                "signature": {
                    "content": text64(SIGNATURE),
                    "verifier": {
                        "keyDetails": "PKIX_ECDSA_P256_SHA_256",
                        "publicKey": {"rawBytes": text64(spki_der(AUTHOR))},
                    },
                },
            }
        },
    }
    return [
        BODY,
        rekord_body(sha256, SIGNATURE, public_pem(AUTHOR)),
        hashedrekord_body(sha256, SIGNATURE, certificate),
        *(
            canonical({"apiVersion": version, "kind": kind, "spec": spec})
            for (kind, version), spec in specs.items()
        ),
    ]


def leaf() -> bytes:
    """A leaf as Fulcio makes one, with a list of SCTs that nobody signed."""
    sct = b"\x00" + bytes(32) + bytes(8) + b"\x00\x00" + b"\x04\x03\x00\x02ab"
    framed = len(sct).to_bytes(2, "big") + sct
    values = {
        f"{ARC}.1": ISSUER.encode(),
        f"{ARC}.8": b"\x0c" + bytes([len(ISSUER)]) + ISSUER.encode(),
        "1.3.6.1.4.1.11129.2.4.2": b"\x04"
        + bytes([len(framed) + 2])
        + len(framed).to_bytes(2, "big")
        + framed,
    }
    return make_leaf(
        derive_key(SEED, "leaf"),
        "signer",
        CA,
        not_before=START,
        not_after=START + timedelta(days=300),
        san=[x509.UniformResourceIdentifier(WORKFLOW)],
        extra=[
            (x509.UnrecognizedExtension(x509.ObjectIdentifier(oid), value), False)
            for oid, value in values.items()
        ],
    ).der


def checkpoints() -> list[bytes]:
    """A checkpoint of one and one of two signature lines, and Merkle paths (see `targets.merkle`)."""
    one = note("log.example - 1", 9, hashlib.sha256(b"root").digest())
    two = one + "— witness.example " + text64(b"hint" + bytes(64)) + "\n"
    return [one.encode(), two.encode()]


def tokens() -> list[bytes]:
    """Timestamps with and without the signer's certificate."""
    return [TOKEN.bytes(), TOKEN.but(embedded=(TSA.certificate,)).bytes()]


SEEDS: Mapping[str, Callable[[], list[bytes]]] = {
    "sigstore_bundle": bundles,
    "trusted_root": trusted_roots,
    "entry_body": entry_bodies,
    "checkpoint": checkpoints,
    "merkle": lambda: [bytes([index, size]) + bytes(32 * 3) for index, size in ((0, 1), (5, 8), (6, 7))],
    "timestamp": tokens,
    "leaf": lambda: [leaf()],
    "expression": lambda: [rb"(?i)^a[^b-d\w]{2,3}(x|y)*\.+?$", rb"\Ahttps://.+@refs/tags/.+\z"],
}
"""By target: what its corpus begins with."""
