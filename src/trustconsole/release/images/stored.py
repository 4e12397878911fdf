"""From an attachment to what can be judged: a signature, what it covers, and what it says about the image.

cosign keeps a signature's parts in a layer's annotations, or all of it in one Sigstore bundle; both become a
`SigstoreBundle` here, so that one engine judges them. Source: cosign `pkg/oci/static/signature.go`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final, Literal

from trustconsole import limits
from trustconsole.errors import InputError, Location, MalformedInput
from trustconsole.json_fields import base64_member, is_given, list_member, text_member
from trustconsole.release.forms import of_parts
from trustconsole.release.images.blobs import Attachment
from trustconsole.release.images.carriers import DSSE_ENVELOPE, SIMPLE_SIGNING
from trustconsole.release.images.simple_signing import read_simple_signing
from trustconsole.release.signing_state import SignedObject
from trustconsole.strict_text import strict_base64, strict_json
from trustconsole.verification.log_entry import LogEntry, read_log_entry
from trustconsole.verification.material import Material, read_material
from trustconsole.verification.signed_content import content_of_bytes
from trustconsole.verification.sigstore.bundle import (
    MessageSignature,
    SigstoreBundle,
    read_sigstore_bundle,
)
from trustconsole.verification.sigstore.dsse import Envelope, read_statement

Role = Literal["signature", "attestation"]

SIGNATURE: Final = "dev.cosignproject.cosign/signature"
CERTIFICATE: Final = "dev.sigstore.cosign/certificate"
CHAIN: Final = "dev.sigstore.cosign/chain"
LOG_ENTRY: Final = "dev.sigstore.cosign/bundle"
TIMESTAMP: Final = "dev.sigstore.cosign/rfc3161timestamp"
COSIGN_SIGN: Final = "https://sigstore.dev/cosign/sign/v1"


@dataclass(frozen=True, slots=True)
class Stored:
    """One signature as stored. `signed` is what the engine judges, None where it cannot be read (`error`).

    `flaw` says why a simple signing payload does not speak for the image; a bundle's own binding is judged
    with its signature. `payload` is an in-toto statement, `reference` the name in a simple signing payload;
    by the SHA-256 of `searched` a log finds its entry.
    """

    role: Role
    where: str
    form: str
    signed: SignedObject | None = None
    flaw: str | None = None
    reference: str | None = None
    predicate_type: str | None = None
    payload: bytes | None = field(default=None, repr=False)
    searched: bytes | None = field(default=None, repr=False)
    error: InputError | None = None


def read_stored(attachment: Attachment, digest: str, manifest: bytes) -> tuple[Stored, ...]:
    """The signatures in an attachment of the image `digest` (its manifest's bytes); never raises over it.

    An envelope with several signatures gives one for each.
    """
    form = _FORMS.get(attachment.media_type, "Sigstore bundle")
    if attachment.payload is None:
        return (_unread(attachment, form, attachment.error),)
    try:
        if attachment.media_type == SIMPLE_SIGNING:
            return (_simple(attachment, attachment.payload, digest),)
        if attachment.media_type == DSSE_ENVELOPE:
            return _envelopes(attachment, attachment.payload, manifest)
        return (_bundle(attachment, attachment.payload, manifest),)
    except InputError as error:
        return (_unread(attachment, form, error),)


def _unread(attachment: Attachment, form: str, error: InputError | None) -> Stored:
    """What cannot be read is what it is called: an attestation is only missed as one."""
    stated = attachment.predicate_type
    is_attestation = attachment.media_type == DSSE_ENVELOPE or stated not in (None, COSIGN_SIGN)
    role: Role = "attestation" if is_attestation else "signature"
    return Stored(role, attachment.where, form, predicate_type=stated, error=error)


_FORMS: Final = {SIMPLE_SIGNING: "simple signing", DSSE_ENVELOPE: "DSSE envelope", "": "unknown"}


def _simple(attachment: Attachment, payload: bytes, digest: str) -> Stored:
    where, form = attachment.where, _FORMS[SIMPLE_SIGNING]
    text = attachment.annotations.get(SIGNATURE)
    if not text:
        raise MalformedInput(f"has no annotation {SIGNATURE}", location=Location(where))
    signature = strict_base64(text.encode("utf-8", "surrogatepass"), f"{where}: {SIGNATURE}")
    payload_says = read_simple_signing(payload, where)
    signed = SignedObject(where, form, content_of_bytes(payload), _loose(attachment, signature))
    return Stored(
        "signature",
        where,
        form,
        signed,
        payload_says.flaw(digest),
        payload_says.reference,
        searched=payload,
    )


def _envelopes(attachment: Attachment, payload: bytes, manifest: bytes) -> tuple[Stored, ...]:
    form = _FORMS[DSSE_ENVELOPE]
    found = []
    for envelope in _read_envelopes(payload, attachment.where):
        bundle = replace(_loose(attachment, envelope.signature), content=envelope)
        # cosign 2 asks the authority for a timestamp over the whole envelope.
        found.append(_about(attachment, bundle, manifest, form, stamped=payload))
    return tuple(found)


def _read_envelopes(data: bytes, where: str) -> tuple[Envelope, ...]:
    document = strict_json(data, where)
    kind = text_member(document, "payloadType", where)
    payload = base64_member(document, "payload", where)
    signatures = list_member(document, "signatures", where, limits.LOG_ENTRIES)
    if not signatures:
        raise MalformedInput("has no signature", location=Location(where))
    envelopes = []
    for signature in signatures:
        sig = base64_member(signature, "sig", f"{where}: signatures")
        named = isinstance(signature, dict) and is_given(signature, "keyid")
        key_id = text_member(signature, "keyid", f"{where}: signatures") if named else None
        envelopes.append(Envelope(kind, payload, sig, key_id))
    return tuple(envelopes)


def _bundle(attachment: Attachment, payload: bytes, manifest: bytes) -> Stored:
    bundle = read_sigstore_bundle(payload, attachment.where)
    return _about(attachment, bundle, manifest, f"Sigstore bundle {bundle.version}")


def _about(
    attachment: Attachment,
    bundle: SigstoreBundle,
    manifest: bytes,
    form: str,
    *,
    stamped: bytes | None = None,
) -> Stored:
    where = attachment.where
    # A message signature covers the manifest itself, a statement names it by its digest.
    signed = SignedObject(where, form, content_of_bytes(manifest), bundle, stamped=stamped)
    if isinstance(bundle.content, MessageSignature):
        return Stored("signature", where, form, signed, searched=manifest)
    statement = read_statement(bundle.content, where)
    role: Role = "signature" if statement.predicate_type == COSIGN_SIGN else "attestation"
    return Stored(
        role,
        where,
        form,
        signed,
        predicate_type=statement.predicate_type,
        payload=bundle.content.payload,
        searched=bundle.content.payload,
    )


def _loose(attachment: Attachment, signature: bytes) -> SigstoreBundle:
    """A signature with what the annotations of its layer say."""
    return of_parts(
        signature,
        _material(attachment),
        entries=_entries(attachment),
        timestamps=_timestamps(attachment),
    )


def _material(attachment: Attachment) -> Material | None:
    pem = attachment.annotations.get(CERTIFICATE)
    if not pem:
        return None
    where = f"{attachment.where}: {CERTIFICATE}"
    leaf = read_material(pem.encode("utf-8", "surrogatepass"), where)
    if leaf.leaf is None:
        raise MalformedInput("holds no certificate", location=Location(where))
    chain = attachment.annotations.get(CHAIN)
    if not chain:
        return leaf
    further = read_material(chain.encode("utf-8", "surrogatepass"), f"{attachment.where}: {CHAIN}")
    return Material(certificates=(*leaf.certificates, *further.certificates))


def _entries(attachment: Attachment) -> tuple[LogEntry, ...]:
    text = attachment.annotations.get(LOG_ENTRY)
    if not text:
        return ()
    where = f"{attachment.where}: {LOG_ENTRY}"
    return (read_log_entry(strict_json(text.encode("utf-8", "surrogatepass"), where), where),)


def _timestamps(attachment: Attachment) -> tuple[bytes, ...]:
    text = attachment.annotations.get(TIMESTAMP)
    if not text:
        return ()
    where = f"{attachment.where}: {TIMESTAMP}"
    document = strict_json(text.encode("utf-8", "surrogatepass"), where)
    return (base64_member(document, "SignedRFC3161Timestamp", where),)
