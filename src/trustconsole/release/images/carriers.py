"""Manifests that carry signatures and attestations, and what is in them.

Three schemes, for layouts and registries alike: a tag made of the image's digest with `.sig` or `.att`, the
OCI 1.1 referrers (manifests with a `subject`), and their index under the bare tag where a registry has no
referrers API. Sources: cosign `SIGNATURE_SPEC.md` and `BUNDLE_SPEC.md`, OCI distribution specification 1.1.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from trustconsole import limits
from trustconsole.errors import InputError, LimitExceeded, Location
from trustconsole.release.images.blobs import Attachment, Attachments, Budget
from trustconsole.release.images.manifests import Descriptor, Manifest, read_manifest
from trustconsole.text import human_bytes
from trustconsole.verification.sigstore.bundle import MEDIA_TYPES

SIMPLE_SIGNING: Final = "application/vnd.dev.cosign.simplesigning.v1+json"
DSSE_ENVELOPE: Final = "application/vnd.dsse.envelope.v1+json"
BUNDLE_PREFIX: Final = "application/vnd.dev.sigstore.bundle"
_BUNDLE_PREDICATE: Final = "dev.sigstore.bundle.predicateType"
_LAYER_PREDICATE: Final = "predicateType"
_TAG: Final = re.compile(r"sha256-(?P<hex>[0-9a-f]{64})(?P<what>\.sig|\.att|\.sbom)?", re.ASCII)

Read = Callable[[Descriptor, int, str], bytes]


@dataclass(frozen=True, slots=True)
class Carrier:
    """A manifest that may hold signatures of one image."""

    descriptor: Descriptor


def tag_about(tag: str) -> tuple[str, str] | None:
    """The image digest that a tag of the scheme is about and its suffix (`.sig`, `.att`, `.sbom` or none)."""
    match = _TAG.fullmatch(tag)
    return (f"sha256:{match['hex']}", match["what"] or "") if match else None


def tag_for(digest: str, suffix: str) -> str:
    """The tag under which the scheme keeps what belongs to an image."""
    return digest.replace(":", "-") + suffix


def is_signature_type(media_type: str) -> bool:
    """Whether a layer of this media type is a signature or an attestation."""
    return media_type in (SIMPLE_SIGNING, DSSE_ENVELOPE) or is_bundle_type(media_type)


def is_bundle_type(media_type: str) -> bool:
    """Whether it is a Sigstore bundle of any version, known or not."""
    return media_type in MEDIA_TYPES or media_type.startswith(BUNDLE_PREFIX)


class Manifests:
    """The manifests of a copy, each read and parsed once, all of them within one limit."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._known: dict[str, Manifest | InputError] = {}
        self._left = limits.IMAGE_MANIFESTS_BYTES

    def get(self, descriptor: Descriptor) -> Manifest:
        """The manifest, hashed; raises `InputError`, the same each time."""
        known = self._known.get(descriptor.digest)
        if known is None:
            known = self._parsed(descriptor)
            self._known[descriptor.digest] = known
        if isinstance(known, InputError):
            raise known
        return known

    def _parsed(self, descriptor: Descriptor) -> Manifest | InputError:
        try:
            data = self._read(descriptor, limits.IMAGE_MANIFEST_BYTES, "a manifest")
            self._left -= len(data)
            if self._left < 0:
                size = human_bytes(limits.IMAGE_MANIFESTS_BYTES)
                return LimitExceeded(
                    f"comes after the limit of {size} for all manifests", location=Location(descriptor.digest)
                )
            return read_manifest(data, descriptor.digest, descriptor.media_type)
        except InputError as error:
            return error

    def subject(self, descriptor: Descriptor) -> str | None:
        """The digest that a manifest is about; None where it has no subject or cannot be read."""
        try:
            subject = self.get(descriptor).subject
        except InputError:
            return None
        return subject.digest if subject else None


def referrers_in(index: Manifest, digest: str, manifests: Manifests) -> tuple[Carrier, ...]:
    """The manifests of an index of referrers whose subject is really the image; raises `LimitExceeded`.

    Who lists a manifest proves nothing: its own `subject` decides.
    """
    if len(index.manifests) > limits.IMAGE_ATTACHMENTS:
        raise LimitExceeded(
            f"has more than the limit of {limits.IMAGE_ATTACHMENTS} referrers", location=Location(digest)
        )
    return tuple(
        Carrier(descriptor) for descriptor in index.manifests if manifests.subject(descriptor) == digest
    )


def broken(where: str, error: InputError) -> Attachment:
    """An attachment that is there and cannot be read; one that goes beyond a limit is raised instead."""
    if isinstance(error, LimitExceeded):
        raise error
    return Attachment("", None, {}, where, error=error)


def attachments_of(carriers: Iterable[Carrier | Attachment], manifests: Manifests, read: Read) -> Attachments:
    """Every signature and attestation in these manifests, each hashed; raises `LimitExceeded`.

    A carrier or a layer that cannot be read is an attachment with an error: it is there, and it is not good.
    """
    budget = Budget()
    found: list[Attachment] = []
    aside: list[str] = []
    seen: set[str] = set()
    for carrier in carriers:
        if isinstance(carrier, Attachment):
            found.append(carrier)
            continue
        if carrier.descriptor.digest in seen:
            continue
        seen.add(carrier.descriptor.digest)
        budget.spend(0, carrier.descriptor.digest)
        try:
            manifest = manifests.get(carrier.descriptor)
        except InputError as error:
            found.append(broken(carrier.descriptor.digest, error))
            continue
        predicate = manifest.annotations.get(_BUNDLE_PREDICATE)
        for layer in manifest.layers:
            if is_signature_type(layer.media_type):
                budget.spend(layer.size, layer.digest)
                found.append(_attachment(layer, predicate, read))
            else:
                aside.append(layer.media_type)
    return Attachments(tuple(found), tuple(aside))


def _attachment(layer: Descriptor, predicate: str | None, read: Read) -> Attachment:
    payload: bytes | None = None
    failure: InputError | None = None
    try:
        payload = read(layer, limits.ATTACHMENT_BYTES, "a signature or attestation")
    except InputError as error:
        failure = error
    return Attachment(
        layer.media_type,
        payload,
        dict(layer.annotations),
        layer.digest,
        layer.annotations.get(_LAYER_PREDICATE) or predicate,
        failure,
    )
