"""`inspect`: what a file is and what it says, told apart by content; nothing is verified here."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from os import PathLike
from pathlib import Path
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from trustconsole import limits
from trustconsole.api.sections import Section
from trustconsole.errors import InputError, Location, MalformedInput
from trustconsole.inventory import read_manifest
from trustconsole.storage import digest_file, open_regular, read_bounded
from trustconsole.text import human_bytes, rfc3339
from trustconsole.trust_root import (
    Block,
    fully_read,
    public_key_facts,
    scan_trust_root,
    spki_sha256,
    subject_text,
)
from trustconsole.trust_root.silence import without_warnings
from trustconsole.verification.entry_bodies import read_entry_body
from trustconsole.verification.loading import sidecar_paths
from trustconsole.verification.log_entry import LogEntry
from trustconsole.verification.material import Material, alternative_names, public_key_of
from trustconsole.verification.sidecar_formats import LegacyBundle, read_bundle, read_detached
from trustconsole.verification.sigstore.bundle import MessageSignature, SigstoreBundle
from trustconsole.verification.sigstore.dsse import Envelope, read_statement
from trustconsole.verification.sigstore.inclusion import origin_of

Kind = Literal["pem", "certificate", "legacy-bundle", "sigstore-bundle", "sig", "jar", "unknown"]
_HEAD_BYTES = 4096
_SUBJECTS = 16


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a file is. `notes` are sentences about what stands out; values are untrusted text."""

    path: str
    kind: Kind
    size: int
    sha256: str
    sections: tuple[Section, ...]
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, object]:
        """`trustconsole/inspect/1`."""
        return {
            "schema": "trustconsole/inspect/1",
            "path": self.path,
            "kind": self.kind,
            "size": self.size,
            "sha256": self.sha256,
            "sections": [section.to_dict() for section in self.sections],
            "notes": list(self.notes),
        }


def _certificate(certificate: x509.Certificate, title: str) -> Section:
    key = public_key_of(certificate)
    names = ", ".join(alternative_names(certificate))
    return Section(
        title,
        (
            ("subject", subject_text(certificate.subject)),
            ("alternative names", names or "none"),
            ("issuer", subject_text(certificate.issuer)),
            ("serial", f"{certificate.serial_number:x}"),
            ("not before", rfc3339(certificate.not_valid_before_utc)),
            ("not after", rfc3339(certificate.not_valid_after_utc)),
            ("key", str(public_key_facts(key)) if key else "unknown"),
            ("certificate sha256", certificate.fingerprint(SHA256()).hex()),
            ("spki sha256", spki_sha256(key) if key else "unknown"),
        ),
    )


def _block(block: Block) -> Section:
    facts = [
        ("lines", f"{block.line_start}-{block.line_end}"),
        ("status", f"{block.status}, {'trusted' if block.trusted else 'not trusted'}"),
        ("controller loads it as", ", ".join(block.loaded_by) or "nothing"),
        ("comment", block.comment),
        ("algorithm", str(block.key) if block.key else ""),
        ("subject", block.subject or ""),
        ("issuer", block.issuer or ""),
        ("not before", rfc3339(block.not_before) if block.not_before else ""),
        ("not after", rfc3339(block.not_after) if block.not_after else ""),
        ("certificate sha256", block.cert_sha256 or ""),
        ("spki sha256", block.spki_sha256 or ""),
    ]
    return Section(f"{block.index + 1}. {block.label}", tuple(fact for fact in facts if fact[1]))


def _material(material: Material | None) -> tuple[Section, ...]:
    if material is None:
        return ()
    if material.public_key is not None:
        key = material.public_key
        facts = (("algorithm", str(public_key_facts(key))), ("spki sha256", spki_sha256(key)))
        return (Section("Public key in cert", facts),)
    titles = ["Certificate", *("Further certificate" for _ in material.certificates[1:])]
    return tuple(map(_certificate, material.certificates, titles))


def _entry(entry: LogEntry) -> Section:
    claimed = rfc3339(datetime.fromtimestamp(entry.integrated_time, UTC)) if entry.integrated_time else "none"
    facts = [
        ("integrated time (as claimed)", claimed),
        ("SET", "carried" if entry.signed_entry_timestamp is not None else "none"),
        ("log index", str(entry.log_index)),
        ("log id", entry.log_id),
    ]
    proof = entry.proof
    if proof is not None:
        facts.append(("inclusion proof", f"index {proof.log_index} of {proof.tree_size}"))
        facts.append(("checkpoint", (origin_of(entry) or "unreadable") if proof.checkpoint else "none"))
    try:
        body = read_entry_body(entry)
    except InputError as error:
        facts.append(("body", f"malformed: {error}"))
    else:
        facts += [("body", body.kind), ("about", f"{body.hash_algorithm}:{body.hash_value}")]
        leaf = body.material.leaf
        if leaf is not None:
            facts.append(("signer", f"certificate {leaf.fingerprint(SHA256()).hex()}"))
        elif body.material.public_key is not None:
            facts.append(("signer", f"key {spki_sha256(body.material.public_key)}"))
    return Section("Log entry", tuple(facts))


def _signature(signature: bytes) -> Section:
    facts = [("length", f"{len(signature)} bytes"), ("sha256", hashlib.sha256(signature).hexdigest())]
    try:
        r, s = decode_dss_signature(signature)
    except ValueError:
        guess = {64: "Ed25519, or raw r‖s of P-256", 128: "RSA-1024"}.get(
            len(signature), f"RSA-{len(signature) * 8}" if len(signature) >= 128 else "unknown"
        )
        facts.append(("form", guess))
    else:
        facts.append(("form", f"ECDSA in DER, r of {r.bit_length()} and s of {s.bit_length()} bits"))
    return Section("Signature", tuple(facts))


def _bundle(data: bytes, path: Path) -> tuple[Kind, tuple[Section, ...], tuple[str, ...]]:
    bundle = read_bundle(data, str(path))
    if isinstance(bundle, SigstoreBundle):
        return "sigstore-bundle", _sigstore(bundle), _sigstore_notes(bundle)
    return "legacy-bundle", _legacy(bundle), _legacy_notes(bundle)


def _sigstore(bundle: SigstoreBundle) -> tuple[Section, ...]:
    facts = [
        ("media type", bundle.media_type),
        ("version", bundle.version),
        ("signed by", "a certificate" if bundle.material else f"a bare key (hint {bundle.hint or 'none'})"),
        ("timestamps", str(len(bundle.timestamps))),
    ]
    content = bundle.content
    if isinstance(content, MessageSignature):
        digest = f"{content.hash_name}:{content.digest.hex()}" if content.digest else "not stated"
        facts.append(("artefact digest", digest))
    entries = tuple(map(_entry, bundle.entries))
    envelope = (_envelope(content),) if isinstance(content, Envelope) else ()
    head = Section("Bundle", tuple(facts))
    return (head, _signature(bundle.signature), *envelope, *_material(bundle.material), *entries)


def _envelope(envelope: Envelope) -> Section:
    facts = [("payload type", envelope.payload_type), ("payload", human_bytes(len(envelope.payload)))]
    try:
        statement = read_statement(envelope, "dsseEnvelope.payload")
    except InputError as error:
        facts.append(("statement", f"cannot be used: {error}"))
    else:
        facts.append(("predicate type", statement.predicate_type))
        for subject in statement.subjects[:_SUBJECTS]:
            facts.append(("about", ", ".join(f"{name}:{value}" for name, value in subject.items())))
    return Section("Envelope", tuple(facts))


def _sigstore_notes(bundle: SigstoreBundle) -> tuple[str, ...]:
    notes = ["The controller does not read this format; cosign 3 writes it by default."]
    if bundle.entries and all(entry.signed_entry_timestamp is None for entry in bundle.entries):
        notes.append("No log entry has a SET, so REQUIRE_SET can never accept it.")
    return tuple(notes)


def _legacy(bundle: LegacyBundle) -> tuple[Section, ...]:
    entry = (_entry(bundle.entry),) if bundle.entry is not None else ()
    return (_signature(bundle.signature), *_material(bundle.material), *entry)


def _legacy_notes(bundle: LegacyBundle) -> tuple[str, ...]:
    notes = []
    if bundle.entry_error is not None:
        notes.append(f"The log entry is malformed: {bundle.entry_error}.")
    if bundle.unknown_fields:
        notes.append(f"Unknown fields: {', '.join(bundle.unknown_fields)}.")
    if bundle.material is None:
        notes.append("No certificate: the signature is tried against every trusted key.")
    return tuple(notes)


def _pem(data: bytes, path: Path) -> tuple[Kind, tuple[Section, ...], tuple[str, ...]]:
    report = scan_trust_root(data, str(path), now=datetime.now(UTC))
    notes = tuple(finding.summary for finding in report.all_findings)
    return "pem", tuple(_block(block) for block in report.blocks), notes


def _der(data: bytes, path: Path) -> tuple[Kind, tuple[Section, ...], tuple[str, ...]]:
    with without_warnings():
        try:
            certificate = fully_read(x509.load_der_x509_certificate(data))
        except (ValueError, x509.InvalidVersion) as error:
            raise MalformedInput("is not a DER certificate", location=Location(str(path))) from error
        return "certificate", (_certificate(certificate, "Certificate"),), ()


def _detached(data: bytes, path: Path) -> tuple[Kind, tuple[Section, ...], tuple[str, ...]]:
    detached = read_detached(data, str(path))
    notes = (f"The text ends in {detached.line_end}.",) if detached.line_end else ()
    return "sig", (_signature(detached.signature),), notes


def _jar(path: Path) -> tuple[Section, ...]:
    manifest = read_manifest(path)
    facts = [
        ("id", manifest.module_id or ""),
        ("version", manifest.version or ""),
        ("hosts", ", ".join(manifest.hosts)),
        ("manifest", manifest.error or "META-INF/prexor/module.yaml"),
    ]
    beside = [
        (kind, str(where) if where.exists() else f"none at {where}")
        for kind, where in sidecar_paths(path).items()
    ]
    return (
        Section("Module", tuple(fact for fact in facts if fact[1])),
        Section("Signature files", tuple(beside)),
    )


_Reader = Callable[[bytes, Path], tuple[Kind, tuple[Section, ...], tuple[str, ...]]]
_SMALL: tuple[tuple[Callable[[bytes], bool], _Reader], ...] = (
    (lambda head: b"-----BEGIN " in head, _pem),
    (lambda head: head.lstrip()[:1] in (b"{", b"["), _bundle),
    (lambda head: head[:1] == b"\x30", _der),
    (lambda head: bool(head.strip()) and head.isascii(), _detached),
)


_LOOKS_LIKE: dict[_Reader, str] = {
    _pem: "PEM",
    _bundle: "a bundle",
    _der: "DER",
    _detached: "a .sig",
}


def inspect(path: str | PathLike[str]) -> Inspection:
    """What `path` is and says; raises `InputError` where it cannot be read at all."""
    where = Path(path)
    with open_regular(where) as (descriptor, _status):
        head = os.read(descriptor, _HEAD_BYTES)
    digest = digest_file(where)
    if head.startswith(b"PK"):
        return Inspection(str(where), "jar", digest.size, digest.sha256, _jar(where))
    if digest.size > limits.SIDECAR_BYTES:
        note = f"{human_bytes(digest.size)} of data that is neither PEM, a signature, a bundle nor a jar."
        return Inspection(str(where), "unknown", digest.size, digest.sha256, (), (note,))
    data = read_bounded(where, limits.SIDECAR_BYTES, what="file to inspect").data
    notes: tuple[str, ...] = ()
    for applies, reader in _SMALL:
        if not applies(data if reader is _pem else head):
            continue
        try:
            kind, sections, notes = reader(data, where)
        except InputError as error:
            notes = (*notes, f"Looks like {_LOOKS_LIKE[reader]}, but {error}.")
            continue
        return Inspection(str(where), kind, digest.size, digest.sha256, sections, notes)
    notes = notes or ("Neither PEM, a signature, a bundle, a certificate nor a jar.",)
    return Inspection(str(where), "unknown", digest.size, digest.sha256, (), notes)
