"""A log entry as a bundle carries it, and its signed entry timestamp (SET).

Source of the SET: rekor `pkg/verify` (it covers the RFC 8785 text of four fields). What an entry's body is
about is read by `entry_bodies`; whether it is proved to be in the log is judged by `sigstore/inclusion.py`.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

from trustconsole.errors import Location, MalformedInput
from trustconsole.json_fields import base64_member, object_member, text_member, whole_member
from trustconsole.strict_text import strict_base64
from trustconsole.trust_root import spki_der
from trustconsole.verification.signatures import verify_signature

LATEST_SECOND = 253_402_300_799
"""9999-12-31T23:59:59Z, the last second that a date can show."""


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """A Merkle path to a root, and the log's checkpoint (untrusted text) over that root; None: not carried.

    `log_index` counts within the shard, unlike the entry's own; hashes and root are 32 bytes each.
    """

    log_index: int
    tree_size: int
    root_hash: bytes
    hashes: tuple[bytes, ...] = field(repr=False)
    checkpoint: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class LogEntry:
    """What a bundle says about its log entry; `body` as Base64 text, time in Unix seconds (0: none).

    `signed_entry_timestamp` None: not carried (Rekor v2 issues none). `kind` is (kind, version) where the
    bundle says it. `where` names the body's field for messages.
    """

    signed_entry_timestamp: bytes | None = field(repr=False)
    body: str = field(repr=False)
    integrated_time: int
    log_index: int
    log_id: str
    proof: InclusionProof | None = None
    kind: tuple[str, str] | None = None
    where: str = "rekorBundle.Payload.body"

    def signed_bytes(self) -> bytes:
        """The bytes that the SET covers: canonical JSON of the four fields."""
        payload = {
            "body": self.body,
            "integratedTime": self.integrated_time,
            "logID": self.log_id,
            "logIndex": self.log_index,
        }
        return json.dumps(payload, sort_keys=True, separators=(",", ":")).encode()

    def set_verifies_under(self, key: PublicKeyTypes) -> bool:
        """Whether the SET is `key`'s (ECDSA or RSA over SHA-256, Ed25519 pure); False where there is none."""
        if self.signed_entry_timestamp is None:
            return False
        signed = self.signed_bytes()
        digest = hashlib.sha256(signed).digest()
        return verify_signature(
            key,
            self.signed_entry_timestamp,
            digest=digest,
            message=lambda: signed,
            hash_name="sha256",
        )


def log_id_of(key: PublicKeyTypes) -> str:
    """The id of a Rekor v1 log: lowercase hex SHA-256 of its SubjectPublicKeyInfo."""
    return hashlib.sha256(spki_der(key)).hexdigest()


def can_sign_entries(key: PublicKeyTypes) -> bool:
    """Whether a Rekor v1 log may use such a key."""
    return isinstance(key, ec.EllipticCurvePublicKey | rsa.RSAPublicKey)


def read_log_entry(value: object, where: str) -> LogEntry:
    """The `rekorBundle` object of a legacy bundle, strictly; raises `MalformedInput`."""
    signed = base64_member(value, "SignedEntryTimestamp", where)
    payload = object_member(value, "Payload", where)
    inside = f"{where}.Payload"
    body = text_member(payload, "body", inside)
    strict_base64(body.encode("utf-8", "surrogatepass"), f"{inside}.body")
    time = whole_member(payload, "integratedTime", inside)
    if time > LATEST_SECOND:
        raise MalformedInput("has integratedTime beyond the year 9999", location=Location(inside))
    log_id = text_member(payload, "logID", inside)
    if len(log_id) != 64 or any(char not in "0123456789abcdef" for char in log_id):
        raise MalformedInput("has a logID that is not 64 lowercase hex digits", location=Location(inside))
    return LogEntry(
        signed, body, time, whole_member(payload, "logIndex", inside), log_id, where=f"{inside}.body"
    )
