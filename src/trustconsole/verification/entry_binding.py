"""Is a log entry about this very signature: its body against the bundle and the artefact.

A genuine entry proves nothing about a bundle that it was not made for (CVE-2022-36056, CVE-2026-22703):
digest, signature and signer must all agree, a certificate byte for byte, a key by its SubjectPublicKeyInfo.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding

from trustconsole.errors import InputError
from trustconsole.trust_root import spki_sha256
from trustconsole.verification.entry_bodies import EntryBody, read_entry_body
from trustconsole.verification.log_entry import LogEntry
from trustconsole.verification.signatures import HashName
from trustconsole.verification.signed_content import SignedContent
from trustconsole.verification.sigstore.dsse import Envelope

_HASH_NAMES: Mapping[str, HashName] = {"sha256": "sha256", "sha384": "sha384", "sha512": "sha512"}


@dataclass(frozen=True, slots=True)
class EntrySubject:
    """What an entry must be about. `leaf_der` is the certificate that signed, else `key` is what did."""

    content: SignedContent
    signature: bytes | None = field(repr=False)
    leaf_der: bytes | None = field(repr=False)
    key: PublicKeyTypes | None = field(repr=False)
    envelope: Envelope | None = None


@dataclass(frozen=True, slots=True)
class Binding:
    """How an entry compares: `mismatches` says what it is about instead; `error`: why it does not read."""

    body: EntryBody | None
    error: InputError | None
    mismatches: tuple[str, ...]
    compared: Mapping[str, object]

    @property
    def holds(self) -> bool:
        """Whether the entry is about this signature."""
        return self.error is None and not self.mismatches


def bind(
    entry: LogEntry, subject: EntrySubject, read: Callable[[LogEntry], EntryBody] = read_entry_body
) -> Binding:
    """Compare `entry` with what it must be about; never raises over either. `read` reads its body."""
    compared: dict[str, object] = {}
    try:
        body = read(entry)
        same = _same_content(body, subject, compared)
    except InputError as error:
        return Binding(None, error, (), compared)
    mismatches: list[str] = []
    if not same:
        mismatches.append("another file" if subject.envelope is None else "another statement")
    if not _same_signature(body, subject):
        mismatches.append("another signature")
    if not _same_signer(body, subject, compared):
        mismatches.append("another signer")
    return Binding(body, None, tuple(mismatches), compared)


def _same_content(body: EntryBody, subject: EntrySubject, compared: dict[str, object]) -> bool:
    compared["entry_hash"] = f"{body.hash_algorithm}:{body.hash_value}"
    if body.covers == "payload":
        own = ("sha256", subject.envelope.payload_sha256()) if subject.envelope else ("sha256", "no payload")
        compared["payload_hash"] = ":".join(own)
        return own == (body.hash_algorithm, body.hash_value)
    name = _HASH_NAMES.get(body.hash_algorithm)
    shown = name or "sha256"
    digest = subject.content.digest(shown).hex()
    label = "artifact_hash" if subject.envelope is None else "signed_hash"
    compared[label] = f"{shown}:{digest}"
    return name is not None and body.hash_value == digest


def _same_signature(body: EntryBody, subject: EntrySubject) -> bool:
    if body.signature is not None:
        return body.signature == subject.signature
    # intoto 0.0.1 keeps no signature, only the hash of the envelope that holds it.
    return subject.envelope is not None and body.envelope_hash in subject.envelope.json_sha256s()


def _same_signer(body: EntryBody, subject: EntrySubject, compared: dict[str, object]) -> bool:
    entry_leaf = body.material.leaf
    if entry_leaf is not None:
        compared["entry_signer"] = f"certificate {entry_leaf.serial_number:x}"
        return subject.leaf_der is not None and entry_leaf.public_bytes(Encoding.DER) == subject.leaf_der
    entry_key = body.material.public_key
    if subject.leaf_der is not None or entry_key is None:
        return False
    compared["entry_signer"] = f"key {spki_sha256(entry_key)}"
    return subject.key is not None and spki_sha256(entry_key) == spki_sha256(subject.key)
