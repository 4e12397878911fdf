"""A `dir:` copy, as skopeo writes it: `manifest.json`, blobs by their hex digits, `signature-N` files.

Source: containers/image, directory transport 1.1. A signature file of Sigstore's kind is a NUL byte,
`sigstore-json`, a line feed and a JSON object; any other is a signature of GnuPG's kind and set aside.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Final

from trustconsole import limits
from trustconsole.errors import InputError, Location, MalformedInput, MissingFile
from trustconsole.json_fields import base64_member, is_given, object_member, text_member
from trustconsole.release.images.blobs import (
    AlteredBlob,
    Attachment,
    Attachments,
    Blob,
    Budget,
    judge_region,
    verified,
)
from trustconsole.release.images.carriers import is_signature_type
from trustconsole.release.images.files import Files, Region
from trustconsole.release.images.manifests import Descriptor, Manifest, read_manifest
from trustconsole.release.images.references import Repository
from trustconsole.strict_text import strict_json

MANIFEST: Final = "manifest.json"
_MAGIC: Final = b"\0sigstore-json\n"


class DirectoryCopy:
    """An image as a `dir:` copy."""

    local = True
    repository: Repository | None = None

    def __init__(self, files: Files) -> None:
        """Reads the manifest; raises `InputError`."""
        self._files = files
        self.where = files.root
        region = files.find(MANIFEST)
        if region is None:
            raise MissingFile(f"is no dir: copy: it has no {MANIFEST}", location=Location(self.where))
        self._data = region.read(limits.IMAGE_MANIFEST_BYTES, "a manifest")
        self._name = region.name
        self._digest = f"sha256:{hashlib.sha256(self._data).hexdigest()}"

    def image(self, digest: str | None) -> Descriptor:
        """As `ImageCopy.image`: the one image, whose digest is that of its manifest's bytes."""
        if digest is not None and digest != self._digest:
            raise AlteredBlob(f"holds {self._digest}, not {digest}", location=Location(self.where))
        manifest = read_manifest(self._data, self._name)
        return Descriptor(manifest.media_type, self._digest, len(self._data))

    def _blob(self, descriptor: Descriptor) -> Region | None:
        if descriptor.digest == self._digest:
            return self._files.find(MANIFEST)
        found = self._files.find(f"{descriptor.hex}.manifest.json") if descriptor.is_manifest else None
        return found or self._files.find(descriptor.hex)

    def read(self, descriptor: Descriptor, limit: int, what: str) -> bytes:
        """As `ImageCopy.read`."""
        if descriptor.digest == self._digest:
            return verified(self._data, descriptor, self._name)
        region = self._blob(descriptor)
        if region is None:
            raise MissingFile("is not in the copy", location=Location(descriptor.digest))
        return verified(region.read(limit, what), descriptor, region.name)

    def judge(self, descriptor: Descriptor, cancelled: Callable[[], bool] | None = None) -> Blob:
        """As `ImageCopy.judge`."""
        try:
            return judge_region(self._blob(descriptor), descriptor, cancelled)
        except InputError as error:
            return Blob(descriptor, "unreadable", str(error))

    def foreign(self, verified: Sequence[Manifest]) -> str | None:
        """As `ImageCopy.foreign`: a copy holds one image, and one reading of it."""
        del verified
        return None

    def attachments(self, image: Descriptor) -> Attachments:
        """As `ImageCopy.attachments`: the files `signature-1`, `signature-2` and so on."""
        del image  # a copy holds one
        budget = Budget()
        found: list[Attachment] = []
        aside: list[str] = []
        number = 1
        while (region := self._files.find(f"signature-{number}")) is not None:
            budget.spend(min(region.size, limits.ATTACHMENT_BYTES), region.name)
            number += 1
            attachment = _read(region)
            if attachment is None:
                aside.append("a signature of GnuPG's kind")
            elif attachment.error is not None or is_signature_type(attachment.media_type):
                found.append(attachment)
            else:
                aside.append(attachment.media_type)
        return Attachments(tuple(found), tuple(aside))


def _read(region: Region) -> Attachment | None:
    """One signature file, None where it is not of Sigstore's kind."""
    try:
        data = region.read(limits.ATTACHMENT_BYTES, "a signature")
        if not data.startswith(_MAGIC):
            return None
        return _parsed(data.removeprefix(_MAGIC), region.name)
    except InputError as error:
        return Attachment("", None, {}, region.name, error=error)


def _parsed(data: bytes, where: str) -> Attachment:
    document = strict_json(data, where)
    if not isinstance(document, dict):
        raise MalformedInput("is not a JSON object", location=Location(where))
    annotations: dict[str, str] = {}
    if is_given(document, "annotations"):
        given = object_member(document, "annotations", where)
        annotations = {name: text_member(given, name, where) for name in given}
    media_type = text_member(document, "mimeType", where)
    return Attachment(media_type, base64_member(document, "payload", where), annotations, where)
