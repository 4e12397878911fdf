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
from trustconsole.strict_text import strict_base64, strict_json
from trustconsole.verification.log_entry import LogEntry, read_log_entry
from trustconsole.verification.material import Material, read_material
from trustconsole.verification.signed_content import SignedContent, content_of_bytes
from trustconsole.verification.sigstore.bundle import (
    MessageSignature,
    SigstoreBundle,
    read_sigstore_bundle,
)
from trustconsole.verification.sigstore.dsse import Envelope, Statement, read_statement

Role = Literal["signature", "attestation"]

SIGNATURE: Final = "dev.cosignproject.cosign/signature"
CERTIFICATE: Final = "dev.sigstore.cosign/certificate"
CHAIN: Final = "dev.sigstore.cosign/chain"
LOG_ENTRY: Final = "dev.sigstore.cosign/bundle"
TIMESTAMP: Final = "dev.sigstore.cosign/rfc3161timestamp"
PREDICATE: Final = "predicateType"
COSIGN_SIGN: Final = "https://sigstore.dev/cosign/sign/v1"


@dataclass(frozen=True, slots=True)
class Stored:
    """One signature as stored. `flaw` says why it does not speak for the image although it may be genuine.

    `stamped` is what a timestamp covers. `error` says why it cannot be read; then there is no `bundle`.
    """

    role: Role
    where: str
    form: str
    bundle: SigstoreBundle | None = None
    content: SignedContent | None = field(default=None, repr=False)
    stamped: bytes = field(default=b"", repr=False)
    flaw: str | None = None
    reference: str | None = None
    predicate_type: str | None = None
    payload: bytes | None = field(default=None, repr=False)
    error: InputError | None = None


def read_stored(attachment: Attachment, digest: str, manifest: bytes) -> tuple[Stored, ...]:
    """The signatures in an attachment of the image `digest` (its manifest's bytes); never raises over it.

    An envelope with several signatures gives one for each.
    """
    role: Role = "attestation" if attachment.media_type == DSSE_ENVELOPE else "signature"
    form = _FORMS.get(attachment.media_type, "Sigstore bundle")
    if attachment.payload is None:
        return (Stored(role, attachment.where, form, error=attachment.error),)
    try:
        if attachment.media_type == SIMPLE_SIGNING:
            return (_simple(attachment, attachment.payload, digest),)
        if attachment.media_type == DSSE_ENVELOPE:
            return _envelopes(attachment, attachment.payload, digest)
        return (_bundle(attachment, attachment.payload, digest, manifest),)
    except InputError as error:
        predicate = attachment.annotations.get(PREDICATE)
        return (Stored(role, attachment.where, form, predicate_type=predicate, error=error),)


_FORMS: Final = {SIMPLE_SIGNING: "simple signing", DSSE_ENVELOPE: "DSSE envelope", "": "unknown"}


def _simple(attachment: Attachment, payload: bytes, digest: str) -> Stored:
    where = attachment.where
    text = attachment.annotations.get(SIGNATURE)
    if not text:
        raise MalformedInput(f"has no annotation {SIGNATURE}", location=Location(where))
    signature = strict_base64(text.encode("utf-8", "surrogatepass"), f"{where}: {SIGNATURE}")
    signed = read_simple_signing(payload, where)
    return Stored(
        "signature",
        where,
        _FORMS[SIMPLE_SIGNING],
        # Such signatures mean SHA-256, whatever the key's curve.
        _as_bundle(attachment, MessageSignature(signature, "sha256", None)),
        content_of_bytes(payload),
        signature,
        signed.flaw(digest),
        signed.reference,
    )


def _envelopes(attachment: Attachment, payload: bytes, digest: str) -> tuple[Stored, ...]:
    return tuple(
        _about(
            attachment,
            envelope,
            _as_bundle(attachment, envelope),
            digest,
            form=_FORMS[DSSE_ENVELOPE],
            # cosign 2 asks the authority for a timestamp over the whole envelope.
            stamped=payload,
        )
        for envelope in _read_envelopes(payload, attachment.where)
    )


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


def _bundle(attachment: Attachment, payload: bytes, digest: str, manifest: bytes) -> Stored:
    bundle = read_sigstore_bundle(payload, attachment.where)
    form = f"Sigstore bundle {bundle.version}"
    if isinstance(bundle.content, Envelope):
        return _about(attachment, bundle.content, bundle, digest, form=form, stamped=bundle.signature)
    stated, hash_name = bundle.content.digest, bundle.content.hash_name
    content = content_of_bytes(manifest)
    flaw = None
    if stated is not None and hash_name is not None and stated != content.digest(hash_name):
        flaw = "the bundle states the digest of another image"
    return Stored("signature", attachment.where, form, bundle, content, bundle.signature, flaw)


def _about(
    attachment: Attachment,
    envelope: Envelope,
    bundle: SigstoreBundle,
    digest: str,
    *,
    form: str,
    stamped: bytes,
) -> Stored:
    statement = read_statement(envelope, attachment.where)
    role: Role = "signature" if statement.predicate_type == COSIGN_SIGN else "attestation"
    return Stored(
        role,
        attachment.where,
        form,
        bundle,
        content_of_bytes(envelope.signed_bytes()),
        stamped,
        _statement_flaw(statement, digest),
        predicate_type=statement.predicate_type,
        payload=envelope.payload,
    )


def _statement_flaw(statement: Statement, digest: str) -> str | None:
    if statement.is_about({"sha256": digest.partition(":")[2]}):
        return None
    return "the statement is about another image"


def _as_bundle(attachment: Attachment, content: MessageSignature | Envelope) -> SigstoreBundle:
    """The annotations as a bundle: what version 0.1 asks of one is what cosign 2 wrote."""
    loose = of_parts(
        content.signature,
        _material(attachment),
        entries=_entries(attachment),
        timestamps=_timestamps(attachment),
    )
    return replace(loose, media_type=attachment.media_type, content=content)


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
