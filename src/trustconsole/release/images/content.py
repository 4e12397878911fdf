"""Everything that an image's digest reaches: platforms, configurations, layers, BuildKit's attestations.

A signature covers one manifest; the rest is covered by digests alone, so that each is held against the bytes
at hand. In a registry manifests are fetched and hashed, layers are not: whoever pulls them hashes them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from trustconsole import limits
from trustconsole.errors import InputError, LimitExceeded, Location, MissingFile
from trustconsole.json_fields import text_member
from trustconsole.release.files import Cancelled
from trustconsole.release.images.blobs import AlteredBlob, Blob, Condition, ImageCopy
from trustconsole.release.images.manifests import CONFIG_TYPES, Descriptor, Manifest, read_manifest
from trustconsole.strict_text import strict_json
from trustconsole.text import human_bytes

_REFERENCE_TYPE: Final = "vnd.docker.reference.type"
_REFERENCE_DIGEST: Final = "vnd.docker.reference.digest"
_ATTESTATION: Final = "attestation-manifest"

Tell = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Platform:
    """One runnable image; `name` is `os/architecture[/variant]` as stated (untrusted)."""

    name: str
    digest: str

    def to_dict(self) -> dict[str, object]:
        """An entry of `platforms`."""
        return {"platform": self.name, "digest": self.digest}


@dataclass(frozen=True, slots=True)
class BuildAttestation:
    """BuildKit's attestation manifest for the image `about`: its statements are covered, not signed."""

    about: str
    descriptor: Descriptor
    layers: tuple[Descriptor, ...]


@dataclass(slots=True)
class Content:
    """What an image is made of. `blobs` are all that were looked at, each once, the image itself first;
    `builds` are the manifests of `platforms`, in the same order."""

    data: bytes = field(repr=False, default=b"")
    platforms: list[Platform] = field(default_factory=list)
    builds: list[Manifest] = field(default_factory=list)
    attestations: list[BuildAttestation] = field(default_factory=list)
    blobs: list[Blob] = field(default_factory=list)

    def of(self, *conditions: str) -> tuple[Blob, ...]:
        """The blobs in one of these conditions."""
        return tuple(blob for blob in self.blobs if blob.condition in conditions)


@dataclass(slots=True)
class _Walk:
    copy: ImageCopy
    content: Content
    pending: deque[tuple[Descriptor, int]]
    leaves: dict[str, Descriptor] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    left: int = limits.IMAGE_MANIFESTS_BYTES

    def spend(self, size: int) -> None:
        self.left -= size
        if self.left < 0:
            raise LimitExceeded(
                f"has manifests of more than {human_bytes(limits.IMAGE_MANIFESTS_BYTES)} together",
                location=Location(self.copy.where),
            )

    def reach(self, parts: Iterable[Descriptor], depth: int) -> None:
        for part in parts:
            if part.digest in self.seen:
                continue
            self.seen.add(part.digest)
            if len(self.seen) > limits.IMAGE_BLOBS:
                raise LimitExceeded(
                    f"reaches more than the limit of {limits.IMAGE_BLOBS} blobs",
                    location=Location(self.copy.where),
                )
            if part.is_manifest:
                self.pending.append((part, depth))
            else:
                self.leaves[part.digest] = part


def examine(
    copy: ImageCopy,
    image: Descriptor,
    *,
    tell: Tell | None = None,
    cancelled: Callable[[], bool] | None = None,
    jobs: int = 2,
) -> Content:
    """Read every manifest and hash every blob that `image` reaches.

    Raises `InputError` where the image itself cannot be read (`AlteredBlob` where it is another one), or
    where it goes beyond a limit; anything below it is a blob in a condition. Raises `Cancelled` soon after
    `cancelled` says so.
    """
    content = Content(copy.read(image, limits.IMAGE_MANIFEST_BYTES, "a manifest"))
    walk = _Walk(copy, content, deque([(image, 0)]), seen={image.digest})
    while walk.pending:
        if cancelled is not None and cancelled():
            raise Cancelled
        descriptor, depth = walk.pending.popleft()
        _manifest(walk, descriptor, depth)
    leaves = list(walk.leaves.values())
    judge = partial(copy.judge, cancelled=cancelled)
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        for done, blob in enumerate(pool.map(judge, leaves), 1):
            content.blobs.append(blob)
            if tell is not None:
                tell(done, len(leaves))
    return content


def _manifest(walk: _Walk, descriptor: Descriptor, depth: int) -> None:
    """Read one manifest; the image's own is raised over, one below it becomes a blob in a condition."""
    copy, content = walk.copy, walk.content
    try:
        own = copy.read(descriptor, limits.IMAGE_MANIFEST_BYTES, "a manifest") if depth else None
        data = content.data if own is None else own
        walk.spend(len(data))
        manifest = read_manifest(data, descriptor.digest, descriptor.media_type or None)
    except InputError as error:
        if depth == 0 or walk.left < 0:
            raise
        content.blobs.append(Blob(descriptor, _condition(error), error.message))
        return
    if manifest.kind == "index" and depth >= limits.IMAGE_DEPTH:
        raise LimitExceeded(
            f"nests indexes deeper than the limit of {limits.IMAGE_DEPTH}", location=Location(copy.where)
        )
    content.blobs.append(Blob(descriptor, "ok"))
    if manifest.kind == "manifest":
        _image_manifest(walk, descriptor, manifest)
    walk.reach(manifest.parts, depth + 1)


def _condition(error: InputError) -> Condition:
    if isinstance(error, AlteredBlob):
        return "altered"
    return "missing" if isinstance(error, MissingFile) else "unreadable"


def _image_manifest(walk: _Walk, descriptor: Descriptor, manifest: Manifest) -> None:
    about = descriptor.annotations.get(_REFERENCE_DIGEST)
    if descriptor.annotations.get(_REFERENCE_TYPE) == _ATTESTATION and about is not None:
        walk.content.attestations.append(BuildAttestation(about, descriptor, manifest.layers))
        return
    name = descriptor.platform or _platform_of(walk.copy, manifest.config) or "unknown"
    walk.content.builds.append(manifest)
    walk.content.platforms.append(Platform(name, descriptor.digest))


def _platform_of(copy: ImageCopy, config: Descriptor | None) -> str | None:
    """What the configuration says, where it can be read; it decides nothing."""
    if config is None or config.media_type not in CONFIG_TYPES:
        return None
    try:
        document = strict_json(
            copy.read(config, limits.IMAGE_MANIFEST_BYTES, "a configuration"), config.digest
        )
        return "/".join(text_member(document, name, config.digest) for name in ("os", "architecture"))
    except InputError:
        return None
