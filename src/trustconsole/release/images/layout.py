"""An OCI image layout, as a directory or saved in a tar, by whichever tool made it.

Tools name signatures in `index.json` differently: `cosign save` by an annotation `kind`, `crane` by the full
reference, `skopeo` by the bare tag, `oras` by listing every manifest. Source: OCI image specification 1.1,
"Image Layout".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from trustconsole import limits
from trustconsole.errors import InputError, Location, MalformedInput, MissingFile
from trustconsole.json_fields import text_member
from trustconsole.release.images.blobs import (
    Attachment,
    Attachments,
    Blob,
    NamedImage,
    SeveralImages,
    judge_region,
    verified,
)
from trustconsole.release.images.carriers import (
    Carrier,
    Manifests,
    attachments_of,
    broken,
    referrers_in,
    tag_about,
)
from trustconsole.release.images.claims import IMAGE_KINDS, KIND, KIND_PREFIX, REF_NAME, may_be_image
from trustconsole.release.images.docker_list import foreign_in_lists
from trustconsole.release.images.files import Files, Region
from trustconsole.release.images.manifests import Descriptor, Manifest, read_manifest
from trustconsole.release.images.references import Repository, read_repository, tag_of
from trustconsole.strict_text import strict_json

MARK: Final = "oci-layout"
INDEX: Final = "index.json"
_MARK_BYTES: Final = 4096


class LayoutCopy:
    """An image in an OCI layout."""

    local = True

    def __init__(self, files: Files) -> None:
        """Reads mark and index; raises `InputError`."""
        self._files = files
        self.where = files.root
        self.repository: Repository | None = None
        mark = self._named(MARK).read(_MARK_BYTES, "the mark of a layout")
        version = text_member(strict_json(mark, MARK), "imageLayoutVersion", MARK)
        if version.partition(".")[0] != "1":
            raise MalformedInput(
                f"is an OCI layout of version {version!r}, and known is 1", location=Location(self.where)
            )
        data = self._named(INDEX).read(limits.IMAGE_MANIFEST_BYTES, "an index")
        self._index: Manifest = read_manifest(data, f"{self.where}: {INDEX}")
        self._manifests = Manifests(self.read)
        if self._index.kind != "index":
            raise MalformedInput("is no index", location=Location(f"{self.where}: {INDEX}"))

    def _named(self, name: str) -> Region:
        region = self._files.find(name)
        if region is None:
            raise MissingFile(
                f"is no OCI layout: it has no {name}",
                hint="save the image again",
                location=Location(self.where),
            )
        return region

    def _blob(self, descriptor: Descriptor) -> Region | None:
        return self._files.find(f"blobs/{descriptor.algorithm}/{descriptor.hex}")

    def image(self, digest: str | None) -> Descriptor:
        """As `ImageCopy.image`; a digest may also name an image inside an index, by its blob."""
        if digest is None:
            chosen = self._only_image()
        else:
            chosen = next((one for one in self._index.manifests if one.digest == digest), None) or (
                self._by_blob(digest)
            )
        name = chosen.annotations.get(REF_NAME, "")
        self.repository = read_repository(name.rpartition(":")[0])
        return chosen

    def _only_image(self) -> Descriptor:
        images = {one.digest: one for one in self._index.manifests if may_be_image(one, self._manifests)}
        inside = {part.digest for one in images.values() for part in self._parts(one)}
        tops = [one for one in images.values() if one.digest not in inside]
        if not tops:
            raise MalformedInput(
                "names no image", hint="save the image again", location=Location(f"{self.where}: {INDEX}")
            )
        if len(tops) > 1:
            raise SeveralImages(self.where, tuple(map(_named_image, tops)))
        return tops[0]

    def _parts(self, entry: Descriptor) -> tuple[Descriptor, ...]:
        try:
            return self._manifests.get(entry).manifests
        except InputError:  # whoever verifies that image is told; here it only lists nothing
            return ()

    def _by_blob(self, digest: str) -> Descriptor:
        region = self._files.find(f"blobs/sha256/{digest.partition(':')[2]}")
        if region is None:
            raise MissingFile(f"holds no image {digest}", location=Location(self.where))
        manifest = read_manifest(region.read(limits.IMAGE_MANIFEST_BYTES, "a manifest"), region.name)
        return Descriptor(manifest.media_type, digest, region.size)

    def read(self, descriptor: Descriptor, limit: int, what: str) -> bytes:
        """As `ImageCopy.read`."""
        region = self._blob(descriptor)
        if region is None:
            raise MissingFile("is not in the layout", location=Location(descriptor.digest))
        return verified(region.read(limit, what), descriptor, region.name)

    def judge(self, descriptor: Descriptor, cancelled: Callable[[], bool] | None = None) -> Blob:
        """As `ImageCopy.judge`."""
        try:
            return judge_region(self._blob(descriptor), descriptor, cancelled)
        except InputError as error:
            return Blob(descriptor, "unreadable", str(error))

    def foreign(self, verified: Sequence[Manifest]) -> str | None:
        """As `ImageCopy.foreign`: the lists beside the index that `docker load` reads."""
        return foreign_in_lists(self._files, verified)

    def attachments(self, image: Descriptor) -> Attachments:
        """As `ImageCopy.attachments`: what `index.json` names, by any of the schemes."""
        carriers: list[Carrier | Attachment] = []
        for entry in self._index.manifests:
            try:
                carriers += self._carried_by(entry, image)
            except InputError as error:
                carriers.append(broken(entry.digest, error))
        found = attachments_of(carriers, self._manifests, self.read)
        return found if carriers else replace(found, unnamed=self._unnamed(image))

    def _carried_by(self, entry: Descriptor, image: Descriptor) -> Sequence[Carrier]:
        if entry.digest == image.digest:
            return ()
        kind = entry.annotations.get(KIND, "")
        if kind.startswith(KIND_PREFIX):
            # Such a layout holds one image, and all of it belongs to that.
            return () if kind.removeprefix(KIND_PREFIX) in IMAGE_KINDS else (Carrier(entry),)
        about = tag_about(tag_of(entry.annotations.get(REF_NAME, "")))
        if about is None:
            return (Carrier(entry),) if self._manifests.subject(entry) == image.digest else ()
        digest, suffix = about
        if digest != image.digest or suffix == ".sbom":
            return ()
        if suffix:
            return (Carrier(entry),)
        return referrers_in(self._manifests.get(entry), digest, self._manifests)

    def _unnamed(self, image: Descriptor) -> tuple[str, ...]:
        """Manifests about the image among the blobs that `index.json` does not name (`cosign save` 3)."""
        found: list[str] = []
        for name in self._files.names("blobs/sha256")[: limits.LAYOUT_BLOBS]:
            region = self._small(name) if len(name) == 64 else None
            if region is None:
                continue
            digest = f"sha256:{name}"
            if self._manifests.subject(Descriptor("", digest, region.size)) == image.digest:
                found.append(digest)
        return tuple(found)

    def _small(self, name: str) -> Region | None:
        """A blob that may be a manifest about an image: small, and with a subject in its text."""
        try:
            region = self._files.find(f"blobs/sha256/{name}")
            if region is None or not 0 < region.size <= limits.ATTACHED_MANIFEST_BYTES:
                return None
            return region if b'"subject"' in region.read(region.size, "a manifest") else None
        except InputError:
            return None


def _named_image(entry: Descriptor) -> NamedImage:
    name = entry.annotations.get(REF_NAME, "")
    return NamedImage(entry.digest, entry.media_type, name, entry.platform or "")
