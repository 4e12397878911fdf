"""Rekor v1 entries: the signed entry timestamp (SET) and what an entry's body is about.

Sources: rekor `pkg/verify` (a SET covers the RFC 8785 text of four fields), rekor entry types `hashedrekord`
0.0.1 and `rekord` 0.0.1. `BODY_KINDS` is the table of bodies the console reads; others are refused by name.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

from trustconsole.errors import Location, MalformedInput
from trustconsole.json_fields import base64_member, object_member, text_member, whole_member
from trustconsole.strict_text import strict_base64, strict_json
from trustconsole.trust_root import spki_der
from trustconsole.verification.material import Material, read_material
from trustconsole.verification.signatures import verify_signature

_LATEST_SECOND = 253_402_300_799
"""9999-12-31T23:59:59Z, the last second that a date can show."""


@dataclass(frozen=True, slots=True)
class LogEntry:
    """What a legacy bundle says about its log entry; `body` as Base64 text, time in Unix seconds."""

    signed_entry_timestamp: bytes = field(repr=False)
    body: str = field(repr=False)
    integrated_time: int
    log_index: int
    log_id: str

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
        """Whether the SET is `key`'s (ECDSA or RSA over SHA-256, Ed25519 pure)."""
        signed = self.signed_bytes()
        return verify_signature(
            key,
            self.signed_entry_timestamp,
            digest=hashlib.sha256(signed).digest(),
            message=lambda: signed,
            hash_name="sha256",
        )


@dataclass(frozen=True, slots=True)
class EntryBody:
    """What an entry is about: a digest (lowercase hex) with its algorithm, a signature, who signed."""

    kind: str
    hash_algorithm: str
    hash_value: str
    signature: bytes = field(repr=False)
    material: Material


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
    if time > _LATEST_SECOND:
        raise MalformedInput("has integratedTime beyond the year 9999", location=Location(inside))
    log_id = text_member(payload, "logID", inside)
    if len(log_id) != 64 or any(char not in "0123456789abcdef" for char in log_id):
        raise MalformedInput("has a logID that is not 64 lowercase hex digits", location=Location(inside))
    return LogEntry(signed, body, time, whole_member(payload, "logIndex", inside), log_id)


def _hash(data: object, where: str) -> tuple[str, str]:
    digest = object_member(data, "hash", where)
    return text_member(digest, "algorithm", where).lower(), text_member(digest, "value", where).lower()


def _hashedrekord(spec: object, where: str) -> EntryBody:
    algorithm, value = _hash(object_member(spec, "data", where), where)
    signature = object_member(spec, "signature", where)
    content = base64_member(signature, "content", where)
    material = read_material(
        base64_member(object_member(signature, "publicKey", where), "content", where), where
    )
    return EntryBody("hashedrekord 0.0.1", algorithm, value, content, material)


def _rekord(spec: object, where: str) -> EntryBody:
    algorithm, value = _hash(object_member(spec, "data", where), where)
    signature = object_member(spec, "signature", where)
    form = text_member(signature, "format", where)
    if form != "x509":
        raise MalformedInput(f"is a rekord of format {form!r}, not x509", location=Location(where))
    content = base64_member(signature, "content", where)
    material = read_material(
        base64_member(object_member(signature, "publicKey", where), "content", where), where
    )
    return EntryBody("rekord 0.0.1", algorithm, value, content, material)


BODY_KINDS: Mapping[tuple[str, str], Callable[[object, str], EntryBody]] = {
    ("hashedrekord", "0.0.1"): _hashedrekord,
    ("rekord", "0.0.1"): _rekord,
}


def read_entry_body(entry: LogEntry) -> EntryBody:
    """What the entry is about; raises `MalformedInput` or `LimitExceeded`, naming an unknown kind."""
    where = "rekorBundle.Payload.body"
    document = strict_json(strict_base64(entry.body.encode(), where), where)
    kind, version = text_member(document, "kind", where), text_member(document, "apiVersion", where)
    reader = BODY_KINDS.get((kind, version))
    if reader is None:
        raise MalformedInput(
            f"is of kind {kind!r} {version!r}, which module bundles do not use", location=Location(where)
        )
    return reader(object_member(document, "spec", where), where)
