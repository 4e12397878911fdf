"""Blobs by digest: a descriptor and the bytes that it names, held against each other.

Nothing of an image is used before it was hashed; the one place where that happens for small blobs is
`verified`, and for those that are only checked `judge_region`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from trustconsole import limits
from trustconsole.errors import InputError, LimitExceeded, Location, MalformedInput, UsageError
from trustconsole.release.images.files import Region
from trustconsole.release.images.manifests import Descriptor, Manifest
from trustconsole.release.images.references import Repository
from trustconsole.text import human_bytes

Condition = Literal["ok", "missing", "altered", "unreadable", "remote"]


class AlteredBlob(MalformedInput):
    """The bytes are not those that the digest names."""


@dataclass(frozen=True, slots=True)
class NamedImage:
    """One of the images of a copy; `name` is what its index calls it (untrusted, may be empty)."""

    digest: str
    media_type: str
    name: str
    platform: str


class SeveralImages(UsageError):
    """A copy holds several images, and none was named: `where@DIGEST` names one."""

    def __init__(self, where: str, images: tuple[NamedImage, ...]) -> None:
        shown = ", ".join(f"{one.digest} ({one.name})" if one.name else one.digest for one in images[:8])
        super().__init__(
            f"{where} holds {len(images)} images: {shown}",
            hint=f"name one of them: {where}@{images[0].digest}",
        )
        self.where = where
        self.images = images


@dataclass(frozen=True, slots=True)
class Blob:
    """How one blob stands; `remote`: in a registry, where every client hashes what it pulls."""

    descriptor: Descriptor
    condition: Condition
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """One signature or attestation beside an image, as stored: what it is, its bytes, its annotations.

    `where` names it for people. `payload` None: it could not be read (`error`). `predicate_type` is what the
    manifest around it calls it (untrusted), for what cannot be read.
    """

    media_type: str
    payload: bytes | None
    annotations: dict[str, str]
    where: str
    predicate_type: str | None = None
    error: InputError | None = None


@dataclass(frozen=True, slots=True)
class Attachments:
    """All of one image. `aside` names what is attached and is no signature; `unnamed` are manifests about
    the image that lie among the blobs although no index names them."""

    found: tuple[Attachment, ...]
    aside: tuple[str, ...] = ()
    unnamed: tuple[str, ...] = ()


class ImageCopy(Protocol):
    """Where an image is read from."""

    @property
    def where(self) -> str:
        """The place, for people."""

    @property
    def repository(self) -> Repository | None:
        """The repository that the copy was asked for or says it is of (then untrusted)."""

    @property
    def local(self) -> bool:
        """Whether every blob is at hand, to be hashed."""

    def image(self, digest: str | None) -> Descriptor:
        """The image that is meant; raises `InputError` or, where several could be, `SeveralImages`."""

    def read(self, descriptor: Descriptor, limit: int, what: str) -> bytes:
        """The blob, hashed; raises `InputError`, `AlteredBlob` where it is another one."""

    def judge(self, descriptor: Descriptor, cancelled: Callable[[], bool] | None = None) -> Blob:
        """How the blob stands; never raises over it, only `Cancelled` soon after `cancelled` says so."""

    def attachments(self, image: Descriptor) -> Attachments:
        """What is attached to the image; raises `InputError` where that cannot be told."""

    def foreign(self, verified: Sequence[Manifest]) -> str | None:
        """What else than the verified manifests the copy makes a reader run, in words; never raises."""


def verified(data: bytes, descriptor: Descriptor, where: str) -> bytes:
    """`data`, proved to be the blob; raises `AlteredBlob`."""
    found = hashlib.new(descriptor.algorithm, data).hexdigest()
    if found != descriptor.hex:
        raise AlteredBlob(
            f"holds {descriptor.algorithm}:{found}, which is not its digest", location=Location(where)
        )
    if len(data) != descriptor.size:
        raise AlteredBlob(
            f"has not the size that its descriptor says ({descriptor.size})", location=Location(where)
        )
    return data


def judge_region(
    region: Region | None, descriptor: Descriptor, cancelled: Callable[[], bool] | None = None
) -> Blob:
    """How a local blob stands, streamed; one of another size is not even hashed."""
    if region is None:
        return Blob(descriptor, "missing", "is not there")
    if region.size != descriptor.size:
        reason = f"is {region.size} bytes long where its descriptor says {descriptor.size}"
        return Blob(descriptor, "altered", reason)
    try:
        found = region.digest(descriptor.algorithm, cancelled)
    except InputError as error:
        return Blob(descriptor, "unreadable", str(error))
    if found != descriptor.hex:
        return Blob(descriptor, "altered", f"holds {descriptor.algorithm}:{found}")
    return Blob(descriptor, "ok")


class Budget:
    """How much of attachments may still be read; one for each image."""

    def __init__(self) -> None:
        self._left = limits.ATTACHMENTS_BYTES
        self._count = 0

    def spend(self, size: int, where: str) -> None:
        """Take one attachment of `size` bytes into account; raises `LimitExceeded`."""
        self._left -= size
        self._count += 1
        if self._left < 0 or self._count > limits.IMAGE_ATTACHMENTS:
            most = (
                f"{limits.IMAGE_ATTACHMENTS} attachments or {human_bytes(limits.ATTACHMENTS_BYTES)} of them"
            )
            raise LimitExceeded(
                f"has more than the limit of {most}",
                hint="have whoever may push to the repository remove those that do not belong there",
                location=Location(where),
            )
