"""A Sigstore instance of one's own: logs with trees and checkpoints, an authority, timestamps, bundles.

The tree is written from RFC 6962's recursive definition, so that it shares no code and no idea with the
iterative form that it is compared with.
"""

from __future__ import annotations

import hashlib
import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from tests.verification.making_timestamps import Token, make_root, make_signer

from trustconsole.demo.authorities import Authority, derive_key, make_ca, make_leaf, public_pem
from trustconsole.demo.signing import canonical, log_id, sign_raw, spki_der, text64
from trustconsole.text import rfc3339
from trustconsole.verification.fulcio import ARC, ISSUER

SEED = 23
NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
SIGNED = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
START = datetime(2026, 1, 1, tzinfo=UTC)
IDENTITY = "author@modules.example"
PROVIDER = "https://login.modules.example"
CONTENT = b"a module's bytes\n"
Document = dict[str, Any]
V01, V02, V03 = (f"application/vnd.dev.sigstore.bundle+json;version=0.{minor}" for minor in (1, 2, 3))


def tree_root(leaves: Sequence[bytes]) -> bytes:
    """RFC 6962, 2.1: the hash of a list of leaves (at least one)."""
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    split = 1 << ((len(leaves) - 1).bit_length() - 1)
    return hashlib.sha256(b"\x01" + tree_root(leaves[:split]) + tree_root(leaves[split:])).digest()


def tree_path(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    """RFC 6962, 2.1.1: the audit path of one leaf, nearest sibling first."""
    if len(leaves) == 1:
        return []
    split = 1 << ((len(leaves) - 1).bit_length() - 1)
    if index < split:
        return [*tree_path(index, leaves[:split]), tree_root(leaves[split:])]
    return [*tree_path(index - split, leaves[split:]), tree_root(leaves[:split])]


def ed25519_key(name: str) -> ed25519.Ed25519PrivateKey:
    """A key of this name, the same in every run."""
    return ed25519.Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest())


@dataclass
class Log:
    """A transparency log: of Rekor v1 with an EC key, of Rekor v2 with an Ed25519 key."""

    key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey
    host: str = "log.example"
    leaves: list[bytes] = field(default_factory=lambda: [b"first", b"second", b"third"])
    offset: int = 1000
    """How many entries earlier shards of it hold."""

    @property
    def is_v2(self) -> bool:
        return isinstance(self.key, ed25519.Ed25519PrivateKey)

    @property
    def origin(self) -> str:
        return self.host if self.is_v2 else f"{self.host} - 1193050959916656506"

    @property
    def identifier(self) -> bytes:
        if isinstance(self.key, ed25519.Ed25519PrivateKey):
            raw = self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
            return hashlib.sha256(self.origin.encode() + b"\n\x01" + raw).digest()
        return bytes.fromhex(log_id(self.key))

    def note_line(self, text: bytes, name: str | None = None) -> str:
        """The log's signature line under a note."""
        blob = self.identifier[:4] + sign_raw(self.key, text)
        return f"\N{EM DASH} {name or self.host} {text64(blob)}\n"

    def checkpoint(self, size: int | None = None, root: bytes | None = None, more: str = "") -> str:
        """A signed checkpoint over the first `size` leaves; `more` are further signature lines."""
        leaves = self.leaves[: size or len(self.leaves)]
        text = f"{self.origin}\n{len(leaves)}\n{text64(root or tree_root(leaves))}\n"
        return f"{text}\n{self.note_line(text.encode())}{more}"

    def log(self, body: bytes, *, at: datetime = SIGNED) -> Document:
        """Append `body` and give back its TransparencyLogEntry."""
        self.leaves.append(body)
        index = len(self.leaves) - 1
        content = json.loads(body)
        entry: Document = {
            "logIndex": str(index if self.is_v2 else index + self.offset),
            "logId": {"keyId": text64(self.identifier)},
            "kindVersion": {"kind": content["kind"], "version": content["apiVersion"]},
            "inclusionProof": self.proof(index),
            "canonicalizedBody": text64(body),
        }
        if not self.is_v2:
            entry["integratedTime"] = str(int(at.timestamp()))
            entry["inclusionPromise"] = {"signedEntryTimestamp": text64(self.promise(entry))}
        return entry

    def promise(self, entry: Document) -> bytes:
        """The SET over an entry as it stands."""
        return sign_raw(
            self.key,
            canonical(
                {
                    "body": entry["canonicalizedBody"],
                    "integratedTime": int(entry["integratedTime"]),
                    "logID": self.identifier.hex(),
                    "logIndex": int(entry["logIndex"]),
                }
            ),
        )

    def proof(self, index: int) -> Document:
        """The inclusion proof of a leaf in the whole tree, with its checkpoint."""
        return {
            "logIndex": str(index),
            "treeSize": str(len(self.leaves)),
            "rootHash": text64(tree_root(self.leaves)),
            "hashes": [text64(digest) for digest in tree_path(index, self.leaves)],
            "checkpoint": {"envelope": self.checkpoint()},
        }

    def trusted(self, start: datetime = START, end: datetime | None = None) -> Document:
        """Its entry in a trusted root."""
        return {
            "baseUrl": f"https://{self.host}",
            "hashAlgorithm": "SHA2_256",
            "publicKey": {
                "rawBytes": text64(spki_der(self.key)),
                "keyDetails": "PKIX_ED25519" if self.is_v2 else "PKIX_ECDSA_P256_SHA_256",
                "validFor": window(start, end),
            },
            "logId": {"keyId": text64(self.identifier)},
        }


def window(start: datetime, end: datetime | None = None) -> Document:
    """A TimeRange."""
    return {"start": rfc3339(start)} | ({"end": rfc3339(end)} if end else {})


def pae(payload_type: str, payload: bytes) -> bytes:
    """DSSE's pre-authentication encoding."""
    kind = payload_type.encode()
    return b" ".join((b"DSSEv1", str(len(kind)).encode(), kind, str(len(payload)).encode(), payload))


@dataclass
class Instance:
    """An authority, a signer, two logs and a timestamp authority, and bundles that they make together."""

    v1: Log = field(default_factory=lambda: Log(derive_key(SEED, "rekor")))
    v2: Log = field(default_factory=lambda: Log(ed25519_key("rekor2"), "log2.example"))
    author: ec.EllipticCurvePrivateKey = field(default_factory=lambda: derive_key(SEED, "author"))
    content: bytes = CONTENT

    def __post_init__(self) -> None:
        day = timedelta(days=1)
        key = derive_key(SEED, "ca")
        self.ca = make_ca(key, "Instance CA", not_before=START, not_after=START + 3650 * day)
        self.leaf = self.make_leaf()
        self.tsa_root = make_root()
        self.tsa = make_signer(self.tsa_root)

    def make_leaf(
        self,
        *,
        identity: str = IDENTITY,
        start: datetime = SIGNED - timedelta(minutes=5),
        length: timedelta = timedelta(minutes=10),
        issuer: Authority | None = None,
    ) -> Authority:
        """A leaf as Fulcio issues it: ten minutes around `SIGNED`."""
        provider = x509.UnrecognizedExtension(
            x509.ObjectIdentifier(f"{ARC}.{ISSUER}"), b"\x0c" + bytes([len(PROVIDER)]) + PROVIDER.encode()
        )
        return make_leaf(
            derive_key(SEED, "leaf"),
            x509.Name([]),
            issuer or self.ca,
            not_before=start,
            not_after=start + length,
            san=[x509.RFC822Name(identity)],
            extra=[(provider, False)],
        )

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    def token(self, signature: bytes, at: datetime = SIGNED) -> bytes:
        """A timestamp over a signature."""
        return Token(self.tsa, signature, at.strftime("%Y%m%d%H%M%SZ")).bytes()

    def record(self, kind: str, signature: bytes, verifier: Document | bytes, signed: bytes) -> bytes:
        """The `hashedrekord` body of a signature over `signed`; `kind` is its version."""
        digest = hashlib.sha256(signed)
        if kind == "0.0.1":
            assert isinstance(verifier, bytes)
            spec: Document = {
                "data": {"hash": {"algorithm": "sha256", "value": digest.hexdigest()}},
                "signature": {"content": text64(signature), "publicKey": {"content": text64(verifier)}},
            }
        else:
            assert isinstance(verifier, dict)
            spec = {
                "hashedRekordV002": {
                    "data": {"algorithm": "SHA2_256", "digest": text64(digest.digest())},
                    "signature": {
                        "content": text64(signature),
                        "verifier": {"keyDetails": "PKIX_ECDSA_P256_SHA_256", **verifier},
                    },
                }
            }
        return canonical({"apiVersion": kind, "kind": "hashedrekord", "spec": spec})

    def verifier(self, log: Log, *, keyed: bool) -> Document | bytes:
        """Who signed, as a log of that version records it."""
        if not log.is_v2:
            return public_pem(self.author) if keyed else self.leaf.pem
        if keyed:
            return {"publicKey": {"rawBytes": text64(spki_der(self.author))}}
        return {"x509Certificate": {"rawBytes": text64(self.leaf.der)}}

    def bundle(
        self,
        *,
        log: Log | None = None,
        keyed: bool = False,
        media_type: str = V03,
        stamped: bool | None = None,
        at: datetime = SIGNED,
    ) -> Document:
        """A bundle over the content, logged in `log` (Rekor v1 where None), with a timestamp for Rekor v2."""
        where = log or self.v1
        signer = self.author if keyed else self.leaf.key
        signature = sign_raw(signer, self.content)
        kind = "0.0.2" if where.is_v2 else "0.0.1"
        body = self.record(kind, signature, self.verifier(where, keyed=keyed), self.content)
        material = self.material(media_type, keyed=keyed)
        material["tlogEntries"] = [where.log(body, at=at)]
        if where.is_v2 if stamped is None else stamped:
            material["timestampVerificationData"] = {
                "rfc3161Timestamps": [{"signedTimestamp": text64(self.token(signature, at))}]
            }
        return {
            "mediaType": media_type,
            "verificationMaterial": material,
            "messageSignature": {
                "messageDigest": {
                    "algorithm": "SHA2_256",
                    "digest": text64(hashlib.sha256(self.content).digest()),
                },
                "signature": text64(signature),
            },
        }

    def material(self, media_type: str = V03, *, keyed: bool = False) -> Document:
        """The verificationMaterial without entries."""
        if keyed:
            return {"publicKey": {"hint": "any"}}
        raw = {"rawBytes": text64(self.leaf.der)}
        if media_type in (V01, V02):
            return {"x509CertificateChain": {"certificates": [raw]}}
        return {"certificate": raw}

    def statement(self, sha256: str | None = None, **changes: object) -> bytes:
        """An in-toto statement about the content."""
        document: Document = {
            "_type": "https://in-toto.io/Statement/v1",
            "subject": [{"name": "module.jar", "digest": {"sha256": sha256 or self.sha256}}],
            "predicateType": "https://slsa.dev/provenance/v1",
            "predicate": {},
        }
        return json.dumps(document | changes).encode()

    def attestation(
        self,
        body: Callable[[Instance, Document, bytes], bytes],
        *,
        log: Log | None = None,
        payload: bytes | None = None,
        payload_type: str = "application/vnd.in-toto+json",
    ) -> Document:
        """A bundle with a DSSE envelope; `body` makes the entry's body from the envelope and signature."""
        where = log or self.v1
        inside = payload or self.statement()
        signature = sign_raw(self.leaf.key, pae(payload_type, inside))
        envelope: Document = {
            "payload": text64(inside),
            "payloadType": payload_type,
            "signatures": [{"sig": text64(signature)}],
        }
        material = self.material()
        material["tlogEntries"] = [where.log(body(self, envelope, signature))]
        if where.is_v2:
            token = text64(self.token(signature))
            material["timestampVerificationData"] = {"rfc3161Timestamps": [{"signedTimestamp": token}]}
        return {"mediaType": V03, "verificationMaterial": material, "dsseEnvelope": envelope}

    def trusted_root(self, **changes: object) -> Document:
        """trusted_root.json of this instance."""
        authority = {
            "subject": {"commonName": "Instance CA"},
            "uri": "https://ca.example",
            "certChain": {"certificates": [{"rawBytes": text64(self.ca.der)}]},
            "validFor": window(START),
        }
        stamps = {
            "uri": "https://tsa.example",
            "certChain": {
                "certificates": [{"rawBytes": text64(one.der)} for one in (self.tsa, self.tsa_root)]
            },
            "validFor": window(START),
        }
        document: Document = {
            "mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
            "tlogs": [self.v1.trusted(), self.v2.trusted()],
            "certificateAuthorities": [authority],
            "timestampAuthorities": [stamps],
        }
        return document | changes


def entry_of(bundle: Document, index: int = 0) -> Document:
    """One log entry of a bundle, to be changed in place."""
    entry: Document = bundle["verificationMaterial"]["tlogEntries"][index]
    return entry


def flipped(text: str, position: int = 12, bit: int = 1) -> str:
    """Base64 text of the same bytes but one bit."""
    data = bytearray(b64decode(text))
    data[position % len(data)] ^= bit
    return b64encode(data).decode()
