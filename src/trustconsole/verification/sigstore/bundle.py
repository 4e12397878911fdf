"""Reading a Sigstore bundle, versions 0.1 to 0.3, strictly.

Source: protobuf-specs `sigstore_bundle.proto`, `sigstore_rekor.proto`, `sigstore_common.proto`. The legacy
cosign bundle is another format (`sidecar_formats`). What an entry proves is `inclusion`'s question.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, cast

from trustconsole import limits
from trustconsole.errors import Location, MalformedInput
from trustconsole.strict_text import strict_json
from trustconsole.verification.entry_bodies import HASH_OF_PROTOBUF
from trustconsole.verification.log_entry import LATEST_SECOND, InclusionProof, LogEntry
from trustconsole.verification.material import Material, read_der_certificate
from trustconsole.verification.signatures import HashName
from trustconsole.verification.sigstore.dsse import Envelope
from trustconsole.verification.sigstore.proto_json import Message

Version = Literal["0.1", "0.2", "0.3"]

MEDIA_TYPES: Final[dict[str, Version]] = {
    "application/vnd.dev.sigstore.bundle+json;version=0.1": "0.1",
    "application/vnd.dev.sigstore.bundle+json;version=0.2": "0.2",
    "application/vnd.dev.sigstore.bundle+json;version=0.3": "0.3",
    "application/vnd.dev.sigstore.bundle.v0.3+json": "0.3",
}
_DIGEST_BYTES: Final = {"sha256": 32, "sha384": 48, "sha512": 64}

_BUNDLE: Final = frozenset({"mediaType", "verificationMaterial", "messageSignature", "dsseEnvelope"})
_MATERIAL: Final = frozenset(
    {"publicKey", "x509CertificateChain", "certificate", "tlogEntries", "timestampVerificationData"}
)
_ENTRY: Final = frozenset(
    {
        "logIndex",
        "logId",
        "kindVersion",
        "integratedTime",
        "inclusionPromise",
        "inclusionProof",
        "canonicalizedBody",
    }
)
_PROOF: Final = frozenset({"logIndex", "rootHash", "treeSize", "hashes", "checkpoint"})


class UnknownBundleVersion(MalformedInput):
    """A Sigstore bundle of a version that is not known; `media_type` is what it states (untrusted)."""

    def __init__(self, media_type: str, where: str) -> None:
        super().__init__(
            f"is a bundle of {media_type[:200]!r}, and known are the versions 0.1, 0.2 and 0.3",
            location=Location(where),
        )
        self.media_type = media_type


@dataclass(frozen=True, slots=True)
class MessageSignature:
    """A signature over the artefact's bytes; hash and digest as the bundle states them, else None."""

    signature: bytes = field(repr=False)
    hash_name: HashName | None
    digest: bytes | None


@dataclass(frozen=True, slots=True)
class SigstoreBundle:
    """A bundle. `material` is None where a key was used; `hint` is what it says about that key (opaque).

    `timestamps` are RFC 3161 responses in DER.
    """

    media_type: str
    version: Version
    material: Material | None
    hint: str | None
    content: MessageSignature | Envelope
    entries: tuple[LogEntry, ...]
    timestamps: tuple[bytes, ...] = field(repr=False)

    @property
    def signature(self) -> bytes:
        """The one signature, over the artefact or over the envelope."""
        return self.content.signature

    @property
    def needs_proof(self) -> bool:
        """Whether an entry must carry an inclusion proof with a checkpoint (else a SET)."""
        return self.version != "0.1"


def read_sigstore_bundle(data: bytes, where: str) -> SigstoreBundle:
    """The bundle in `data`; raises `MalformedInput` or `LimitExceeded`, naming an unknown version."""
    return sigstore_bundle_of(strict_json(data, where), where)


def sigstore_bundle_of(document: object, where: str) -> SigstoreBundle:
    """As `read_sigstore_bundle`, from JSON that was read already."""
    if not isinstance(document, dict):
        raise MalformedInput("is not a JSON object", location=Location(where))
    stated = cast("dict[str, object]", document).get("mediaType")
    if not isinstance(stated, str):
        raise MalformedInput("has no media type", location=Location(where))
    if stated not in MEDIA_TYPES:
        raise UnknownBundleVersion(stated, where)
    version = MEDIA_TYPES[stated]
    bundle = Message(document, "", _BUNDLE, document=where)
    parts = bundle.message("verificationMaterial", _MATERIAL)
    if parts is None:
        raise MalformedInput("has no verificationMaterial", location=Location(where))
    material, hint = _signer(parts, version)
    if bundle.one_of("messageSignature", "dsseEnvelope") == "messageSignature":
        content: MessageSignature | Envelope = _message_signature(bundle)
    else:
        content = _envelope(bundle)
    return SigstoreBundle(stated, version, material, hint, content, _entries(parts), _timestamps(parts))


def _signer(parts: Message, version: Version) -> tuple[Material | None, str | None]:
    given = parts.one_of("publicKey", "x509CertificateChain", "certificate")
    if given == "publicKey":
        key = parts.message(given, frozenset({"hint"}))
        return None, key.text("hint") if key else ""
    if given == "x509CertificateChain" and version == "0.3":
        raise MalformedInput(
            "has a certificate chain, and version 0.3 has one certificate", location=Location(parts.where)
        )
    raw = frozenset({"rawBytes"})
    if given == "certificate":
        one = parts.message(given, raw)
        messages = [one] if one else []
    else:
        chain = parts.message(given, frozenset({"certificates"}))
        messages = chain.messages("certificates", raw, limits.INTERMEDIATES + 2) if chain else []
    certificates = tuple(
        read_der_certificate(_needed(message, "rawBytes"), message.path("rawBytes")) for message in messages
    )
    if not certificates:
        raise MalformedInput("holds no certificate", location=Location(parts.path(given)))
    return Material(certificates=certificates), None


def _needed(message: Message, name: str) -> bytes:
    data = message.data(name)
    if not data:
        raise MalformedInput("is missing", location=Location(message.path(name)))
    return data


def _message_signature(bundle: Message) -> MessageSignature:
    part = bundle.message("messageSignature", frozenset({"messageDigest", "signature"}))
    if part is None:
        raise MalformedInput("is missing", location=Location("messageSignature"))
    signature = _needed(part, "signature")
    stated = part.message("messageDigest", frozenset({"algorithm", "digest"}))
    if stated is None or not (stated.text("algorithm") or stated.data("digest")):
        return MessageSignature(signature, None, None)
    algorithm = stated.text("algorithm")
    hash_name = HASH_OF_PROTOBUF.get(algorithm)
    if hash_name is None:
        raise MalformedInput(
            f"is {algorithm!r}, which is not known", location=Location(stated.path("algorithm"))
        )
    digest = _needed(stated, "digest")
    if len(digest) != _DIGEST_BYTES[hash_name]:
        raise MalformedInput(f"is no digest of {algorithm}", location=Location(stated.path("digest")))
    return MessageSignature(signature, cast("HashName", hash_name), digest)


def _envelope(bundle: Message) -> Envelope:
    part = bundle.message("dsseEnvelope", frozenset({"payload", "payloadType", "signatures"}))
    if part is None:
        raise MalformedInput("is missing", location=Location("dsseEnvelope"))
    signatures = part.messages("signatures", frozenset({"sig", "keyid"}), limits.LOG_ENTRIES)
    if len(signatures) != 1:
        raise MalformedInput(
            f"has {len(signatures)} signatures, and a bundle has exactly one",
            location=Location(part.path("signatures")),
        )
    key_id = signatures[0].text("keyid") if signatures[0].has("keyid") else None
    return Envelope(part.text("payloadType"), _needed(part, "payload"), _needed(signatures[0], "sig"), key_id)


def _entries(parts: Message) -> tuple[LogEntry, ...]:
    entries = tuple(map(_entry, parts.messages("tlogEntries", _ENTRY, limits.LOG_ENTRIES)))
    _refuse_twins([(entry.log_id, entry.log_index) for entry in entries], parts.path("tlogEntries"))
    return entries


def _refuse_twins(values: Sequence[object], where: str) -> None:
    if len(set(values)) != len(values):
        raise MalformedInput("holds the same entry twice", location=Location(where))


def _entry(part: Message) -> LogEntry:
    log = part.message("logId", frozenset({"keyId"}))
    kind = part.message("kindVersion", frozenset({"kind", "version"}))
    if log is None or kind is None:
        missing = "logId" if log is None else "kindVersion"
        raise MalformedInput("is missing", location=Location(part.path(missing)))
    promise = part.message("inclusionPromise", frozenset({"signedEntryTimestamp"}))
    time = part.number("integratedTime")
    if time > LATEST_SECOND:
        raise MalformedInput("is beyond the year 9999", location=Location(part.path("integratedTime")))
    _needed(part, "canonicalizedBody")
    return LogEntry(
        signed_entry_timestamp=_needed(promise, "signedEntryTimestamp") if promise else None,
        body=part.text("canonicalizedBody"),
        integrated_time=time,
        log_index=part.number("logIndex"),
        log_id=_needed(log, "keyId").hex(),
        proof=_proof(part),
        kind=(kind.text("kind"), kind.text("version")),
        where=part.path("canonicalizedBody"),
    )


def log_entry_of(document: object, where: str) -> LogEntry:
    """A TransparencyLogEntry by itself, from JSON that was read already; raises as `read_sigstore_bundle`."""
    return _entry(Message(document, where, _ENTRY))


def _proof(entry: Message) -> InclusionProof | None:
    part = entry.message("inclusionProof", _PROOF)
    if part is None:
        return None
    checkpoint = part.message("checkpoint", frozenset({"envelope"}))
    hashes = tuple(part.blobs("hashes", limits.PROOF_HASHES))
    root = _needed(part, "rootHash")
    if any(len(digest) != 32 for digest in (root, *hashes)):
        raise MalformedInput("holds a hash that is not 32 bytes long", location=Location(part.where))
    return InclusionProof(
        log_index=part.number("logIndex"),
        tree_size=part.number("treeSize"),
        root_hash=root,
        hashes=hashes,
        checkpoint=(checkpoint.text("envelope") or None) if checkpoint else None,
    )


def _timestamps(parts: Message) -> tuple[bytes, ...]:
    holder = parts.message("timestampVerificationData", frozenset({"rfc3161Timestamps"}))
    if holder is None:
        return ()
    known = frozenset({"signedTimestamp"})
    messages = holder.messages("rfc3161Timestamps", known, limits.TIMESTAMPS)
    timestamps = tuple(_needed(message, "signedTimestamp") for message in messages)
    _refuse_twins(timestamps, holder.path("rfc3161Timestamps"))
    return timestamps
