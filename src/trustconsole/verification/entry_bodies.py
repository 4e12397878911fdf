"""What a log entry is about: the body kinds that the console reads, one row each, others refused by name.

Sources: rekor entry types `hashedrekord` 0.0.1, `rekord` 0.0.1, `dsse` 0.0.1, `intoto` 0.0.1 and 0.0.2; for
Rekor v2 `hashedrekord` 0.0.2 of rekor-tiles, which logs a DSSE envelope as the hash of what its signature
covers. Whether a body fits a bundle is `entry_binding`'s question.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from trustconsole import limits
from trustconsole.errors import Location, MalformedInput
from trustconsole.json_fields import base64_member, list_member, object_member, text_member
from trustconsole.strict_text import strict_base64, strict_json
from trustconsole.verification.log_entry import LogEntry
from trustconsole.verification.material import Material, read_der_certificate, read_der_key, read_material

Covers = Literal["signed content", "payload"]

HASH_OF_PROTOBUF: Final = {"SHA2_256": "sha256", "SHA2_384": "sha384", "SHA2_512": "sha512"}
"""Hash names of protobuf messages, by the names used everywhere else."""


@dataclass(frozen=True, slots=True)
class EntryBody:
    """What an entry is about: a digest (lowercase hex) with its algorithm, a signature, who signed.

    `covers` says what the digest is of: the bytes that were signed, or the payload of a DSSE envelope.
    `signature` is None where the kind records none; `envelope_hash` is the SHA-256 of a DSSE envelope's JSON.
    """

    kind: str
    hash_algorithm: str
    hash_value: str
    signature: bytes | None = field(repr=False)
    material: Material
    covers: Covers = "signed content"
    envelope_hash: str | None = None


def _hash(data: object, where: str, name: str = "hash") -> tuple[str, str]:
    digest = object_member(data, name, where)
    return text_member(digest, "algorithm", where).lower(), text_member(digest, "value", where).lower()


def _sha256(data: object, where: str, name: str) -> str:
    algorithm, value = _hash(data, where, name)
    if algorithm != "sha256":
        raise MalformedInput(f"has a {name} of {algorithm!r}, not sha256", location=Location(where))
    return value


def _pem(data: object, name: str, where: str) -> Material:
    return read_material(base64_member(data, name, where), where)


def _hashedrekord_1(spec: object, where: str) -> EntryBody:
    algorithm, value = _hash(object_member(spec, "data", where), where)
    signature = object_member(spec, "signature", where)
    content = base64_member(signature, "content", where)
    material = _pem(object_member(signature, "publicKey", where), "content", where)
    return EntryBody("hashedrekord 0.0.1", algorithm, value, content, material)


def _hashedrekord_2(spec: object, where: str) -> EntryBody:
    record = object_member(spec, "hashedRekordV002", where)
    data, signature = object_member(record, "data", where), object_member(record, "signature", where)
    stated = text_member(data, "algorithm", where)
    algorithm = HASH_OF_PROTOBUF.get(stated)
    if algorithm is None:
        raise MalformedInput(f"has a digest of {stated!r}, which is not known", location=Location(where))
    verifier = object_member(signature, "verifier", where)
    given = sorted({"x509Certificate", "publicKey"} & verifier.keys())
    if len(given) != 1:
        raise MalformedInput(
            "does not name exactly one of x509Certificate and publicKey", location=Location(where)
        )
    der = base64_member(object_member(verifier, given[0], where), "rawBytes", where)
    if given[0] == "x509Certificate":
        material = Material(certificates=(read_der_certificate(der, where),))
    else:
        material = Material(public_key=read_der_key(der, where))
    return EntryBody(
        "hashedrekord 0.0.2",
        algorithm,
        base64_member(data, "digest", where).hex(),
        base64_member(signature, "content", where),
        material,
    )


def _rekord(spec: object, where: str) -> EntryBody:
    algorithm, value = _hash(object_member(spec, "data", where), where)
    signature = object_member(spec, "signature", where)
    form = text_member(signature, "format", where)
    if form != "x509":
        raise MalformedInput(f"is a rekord of format {form!r}, not x509", location=Location(where))
    content = base64_member(signature, "content", where)
    material = _pem(object_member(signature, "publicKey", where), "content", where)
    return EntryBody("rekord 0.0.1", algorithm, value, content, material)


def _only_signature(holder: object, where: str) -> object:
    """The one signature; a bundle's envelope has exactly one, so an entry with more is about another."""
    signatures = list_member(holder, "signatures", where, limits.LOG_ENTRIES)
    if len(signatures) != 1:
        raise MalformedInput(f"holds {len(signatures)} signatures, not one", location=Location(where))
    return signatures[0]


def _dsse(spec: object, where: str) -> EntryBody:
    signature = _only_signature(spec, where)
    return EntryBody(
        "dsse 0.0.1",
        "sha256",
        _sha256(spec, where, "payloadHash"),
        base64_member(signature, "signature", where),
        _pem(signature, "verifier", where),
        "payload",
        _sha256(spec, where, "envelopeHash"),
    )


def _intoto_1(spec: object, where: str) -> EntryBody:
    content = object_member(spec, "content", where)
    return EntryBody(
        "intoto 0.0.1",
        "sha256",
        _sha256(content, where, "payloadHash"),
        None,
        _pem(spec, "publicKey", where),
        "payload",
        _sha256(content, where, "hash"),
    )


def _intoto_2(spec: object, where: str) -> EntryBody:
    content = object_member(spec, "content", where)
    signature = _only_signature(object_member(content, "envelope", where), where)
    # Rekor stores this signature in Base64 twice.
    inner = base64_member(signature, "sig", where)
    return EntryBody(
        "intoto 0.0.2",
        "sha256",
        _sha256(content, where, "payloadHash"),
        strict_base64(inner, f"{where}.sig"),
        _pem(signature, "publicKey", where),
        "payload",
        _sha256(content, where, "hash"),
    )


BODY_KINDS: Mapping[tuple[str, str], Callable[[object, str], EntryBody]] = {
    ("hashedrekord", "0.0.1"): _hashedrekord_1,
    ("hashedrekord", "0.0.2"): _hashedrekord_2,
    ("rekord", "0.0.1"): _rekord,
    ("dsse", "0.0.1"): _dsse,
    ("intoto", "0.0.1"): _intoto_1,
    ("intoto", "0.0.2"): _intoto_2,
}


def read_entry_body(entry: LogEntry) -> EntryBody:
    """What the entry is about; raises `MalformedInput` or `LimitExceeded`, naming an unknown kind."""
    where = entry.where
    document = strict_json(strict_base64(entry.body.encode(), where), where)
    kind, version = text_member(document, "kind", where), text_member(document, "apiVersion", where)
    if entry.kind is not None and entry.kind != (kind, version):
        raise MalformedInput(
            f"is of kind {kind!r} {version!r}, and the bundle says {' '.join(entry.kind)!r}",
            location=Location(where),
        )
    reader = BODY_KINDS.get((kind, version))
    if reader is None:
        known = ", ".join(" ".join(row) for row in BODY_KINDS)
        raise MalformedInput(
            f"is of kind {kind!r} {version!r}, which is not known",
            hint=f"known are {known}",
            location=Location(where),
        )
    return reader(object_member(document, "spec", where), where)
