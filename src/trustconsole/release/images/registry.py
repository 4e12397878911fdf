"""An image in a registry: its tag resolved once, everything else asked for by digest and hashed.

Whatever happens to a tag afterwards, the verdict is about the digest that the report names. Source: OCI
distribution specification 1.1.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from trustconsole import limits
from trustconsole.errors import LimitExceeded, Location, MalformedInput, MissingFile
from trustconsole.release.images.blobs import AlteredBlob, Attachment, Attachments, Blob, verified
from trustconsole.release.images.carriers import (
    Carrier,
    Manifests,
    attachments_of,
    broken,
    referrers_in,
    tag_for,
)
from trustconsole.release.images.manifests import (
    INDEX_TYPES,
    MANIFEST_TYPES,
    Descriptor,
    Manifest,
    read_manifest,
)
from trustconsole.release.images.references import RegistryReference, Repository
from trustconsole.release.images.transport import Transport

_ACCEPT: Final = ", ".join((*INDEX_TYPES, *MANIFEST_TYPES))
_ANY: Final = "application/octet-stream, */*"
_NEXT: Final = re.compile(r'<[^<>?]*\?(?P<query>[A-Za-z0-9%&=._~:+/-]+)>;\s*rel="?next"?')
_KNOWN: Final = frozenset((*INDEX_TYPES, *MANIFEST_TYPES))


class RegistryCopy:
    """An image in a registry."""

    local = False

    def __init__(
        self,
        reference: RegistryReference,
        transport: Transport | None = None,
        *,
        cancelled: Callable[[], bool] | None = None,
    ) -> None:
        """Asks the registry whether it is one; raises `InputError`."""
        self._reference = reference
        self.repository: Repository | None = reference.repository
        self.where = str(reference.repository)
        self._transport = transport or Transport(reference.repository, cancelled=cancelled)
        self._read: dict[str, bytes] = {}
        self._manifests = Manifests(self.read)

    def image(self, digest: str | None) -> Descriptor:
        """As `ImageCopy.image`; this is the only time that the tag is looked at."""
        wanted = digest or self._reference.digest
        name = wanted or self._reference.tag or "latest"
        found = self._manifest(name)
        if found is None:
            kind = "digest" if wanted else "tag"
            raise MissingFile(
                f"has no image of the {kind} {name}",
                hint="check the reference",
                location=Location(self.where),
            )
        descriptor, data = found
        if wanted is not None and descriptor.digest != wanted:
            raise AlteredBlob(f"answers {descriptor.digest} for {wanted}", location=Location(self.where))
        self._read[descriptor.digest] = data
        return descriptor

    def _manifest(self, name: str) -> tuple[Descriptor, bytes] | None:
        """A manifest by tag or digest, None where there is none; its digest is that of its bytes."""
        answer = self._transport.get(f"manifests/{name}", accept=_ACCEPT, limit=limits.IMAGE_MANIFEST_BYTES)
        if answer.status == 404:
            return None
        self._expect(answer.status)
        digest = f"sha256:{hashlib.sha256(answer.body).hexdigest()}"
        stated = answer.headers.get("content-type", "").partition(";")[0].strip()
        # Unknown: the manifest itself says what it is.
        media_type = stated if stated in _KNOWN else ""
        return Descriptor(media_type, digest, len(answer.body)), answer.body

    def _expect(self, status: int) -> None:
        if status != 200:
            raise MalformedInput(
                f"the registry answers HTTP {status}", hint="try again later", location=Location(self.where)
            )

    def read(self, descriptor: Descriptor, limit: int, what: str) -> bytes:
        """As `ImageCopy.read`."""
        known = self._read.get(descriptor.digest)
        if known is not None:
            return verified(known, descriptor, descriptor.digest)
        del what  # the transport names the limit
        part = "manifests" if descriptor.is_manifest else "blobs"
        accept = _ACCEPT if descriptor.is_manifest else _ANY
        answer = self._transport.get(f"{part}/{descriptor.digest}", accept=accept, limit=limit)
        if answer.status == 404:
            raise MissingFile("is not in the registry", location=Location(descriptor.digest))
        self._expect(answer.status)
        data = verified(answer.body, descriptor, descriptor.digest)
        if descriptor.is_manifest:
            self._read[descriptor.digest] = data
        return data

    def judge(
        self,
        descriptor: Descriptor,
        cancelled: Callable[[], bool] | None = None,  # noqa: ARG002 - nothing is read here
    ) -> Blob:
        """As `ImageCopy.judge`: layers are hashed by whoever pulls them."""
        return Blob(descriptor, "remote")

    def foreign(self, verified: Sequence[Manifest]) -> str | None:
        """As `ImageCopy.foreign`: what is pulled by digest is that image."""
        del verified
        return None

    def attachments(self, image: Descriptor) -> Attachments:
        """As `ImageCopy.attachments`: both tags of the scheme, and the referrers."""
        carriers: list[Carrier | Attachment] = [*self._tagged(image, ".sig"), *self._tagged(image, ".att")]
        try:
            carriers += self._referrers(image)
        except MalformedInput as error:
            carriers.append(broken(f"{self.where}: referrers", error))
        return attachments_of(carriers, self._manifests, self.read)

    def _tagged(self, image: Descriptor, suffix: str) -> list[Carrier]:
        found = self._manifest(tag_for(image.digest, suffix))
        if found is None:
            return []
        descriptor, data = found
        self._read[descriptor.digest] = data
        return [Carrier(descriptor)]

    def _referrers(self, image: Descriptor) -> tuple[Carrier, ...]:
        """By the referrers API, or by the tag that stands for it where a registry has none.

        Both are asked where the API answers nothing: a signature of before the API came is only in the tag.
        """
        found: list[Carrier] = []
        for index in self._listed(image):
            found += referrers_in(index, image.digest, self._manifests)
            if len(found) > limits.IMAGE_ATTACHMENTS:
                break  # more than that is refused where they are read
        return tuple(found) or self._by_tag(image)

    def _listed(self, image: Descriptor) -> Iterator[Manifest]:
        """The pages of the referrers API; none where the registry has no such API."""
        query = ""
        for _ in range(limits.REGISTRY_PAGES):
            answer = self._transport.get(
                f"referrers/{image.digest}{query}", accept=INDEX_TYPES[0], limit=limits.IMAGE_MANIFEST_BYTES
            )
            if answer.status != 200:
                return
            try:
                page = read_manifest(answer.body, f"{self.where}: referrers", INDEX_TYPES[0])
            except MalformedInput:
                # Some registries answer any path with a page of their own: then there is no such API.
                return
            yield page
            following = _NEXT.search(answer.headers.get("link", ""))
            if following is None:
                return
            # Only the query counts, so that a list never leads to another place.
            query = f"?{following['query']}"
        raise LimitExceeded(
            f"lists more than the limit of {limits.REGISTRY_PAGES} pages of referrers",
            location=Location(self.where),
        )

    def _by_tag(self, image: Descriptor) -> tuple[Carrier, ...]:
        found = self._manifest(tag_for(image.digest, ""))
        if found is None:
            return ()
        descriptor, data = found
        self._read[descriptor.digest] = data
        return referrers_in(self._manifests.get(descriptor), image.digest, self._manifests)
