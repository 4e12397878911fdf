"""What the signature of a Sigstore bundle covers, and whether that is about the artefact at hand.

A message signature covers the artefact's bytes; a DSSE signature covers an envelope whose in-toto statement
names artefacts by digest.
"""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

from trustconsole.errors import InputError
from trustconsole.verification.signatures import HashName, hash_names_of
from trustconsole.verification.signed_content import SignedContent, content_of_bytes
from trustconsole.verification.sigstore.bundle import MessageSignature, SigstoreBundle
from trustconsole.verification.sigstore.dsse import Envelope, read_statement

_ALGORITHMS: tuple[HashName, ...] = ("sha256", "sha384", "sha512")


def signed_content(bundle: SigstoreBundle, artifact: SignedContent) -> SignedContent:
    """What the bundle's signature covers."""
    if isinstance(bundle.content, MessageSignature):
        return artifact
    return content_of_bytes(bundle.content.signed_bytes())


def hash_names(bundle: SigstoreBundle, key: PublicKeyTypes) -> tuple[HashName, ...]:
    """The hashes under which `key` may have signed: what the bundle states, else what tools use with it."""
    content = bundle.content
    if isinstance(content, MessageSignature) and content.hash_name is not None:
        return (content.hash_name,)
    return hash_names_of(key)


def artifact_flaw(
    bundle: SigstoreBundle, artifact: SignedContent, predicate_type: str | None = None
) -> str | None:
    """Why the bundle is about another artefact, or does not say which; None where it is about this one.

    With a `predicate_type`, anything but an attestation of that type is a flaw, too. Raises `InputError`
    where a digest that it states cannot be computed.
    """
    content = bundle.content
    if isinstance(content, MessageSignature):
        if predicate_type is not None:
            return "the bundle is no attestation, and one of a certain predicate type was asked for"
        if content.hash_name is None or content.digest == artifact.digest(content.hash_name):
            return None
        return f"the bundle states another digest for the artefact (messageDigest, {content.hash_name})"
    return _statement_flaw(content, artifact, predicate_type)


def _statement_flaw(envelope: Envelope, artifact: SignedContent, predicate_type: str | None) -> str | None:
    try:
        statement = read_statement(envelope, "dsseEnvelope.payload")
    except InputError as error:
        return f"the envelope's statement cannot be used: {error}"
    if predicate_type not in (None, statement.predicate_type):
        return f"the statement's predicate type is {statement.predicate_type!r}, not the one asked for"
    named = statement.algorithms()
    digests: dict[str, str] = {}
    absent: InputError | None = None
    for name in _ALGORITHMS:
        if name in named:
            try:
                digests[name] = artifact.digest(name).hex()
            except InputError as error:
                absent = error
    if absent is not None and not digests:
        raise absent
    if statement.is_about(digests):
        return None
    return "the envelope's statement is about other artefacts"
