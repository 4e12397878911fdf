"""Manifests and indexes of images: what they say they are made of, read strictly.

Sources: OCI image specification 1.1 (descriptor, manifest, index) and Docker's schema 2, which has the same
members. Reading the bytes is the business of the copies; whether a blob is what its descriptor says is
judged by `content`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, cast

from trustconsole import limits
from trustconsole.errors import Location, MalformedInput
from trustconsole.json_fields import is_given, list_member, object_member, text_member, whole_member
from trustconsole.strict_text import strict_json

Kind = Literal["index", "manifest"]

INDEX_TYPES: Final = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
)
MANIFEST_TYPES: Final = (
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)
CONFIG_TYPES: Final = (
    "application/vnd.oci.image.config.v1+json",
    "application/vnd.docker.container.image.v1+json",
)
_ALGORITHMS: Final = {"sha256": 64, "sha512": 128}
_HEX: Final = re.compile(r"[0-9a-f]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Descriptor:
    """What a manifest says about one of its parts; `size` in bytes, `platform` `os/architecture[/variant]`.

    Every text is untrusted except `digest`, which is an algorithm that is known and hex digits.
    """

    media_type: str
    digest: str
    size: int
    annotations: Mapping[str, str] = field(default_factory=dict)
    artifact_type: str | None = None
    platform: str | None = None

    @property
    def algorithm(self) -> str:
        """`sha256` or `sha512`."""
        return self.digest.partition(":")[0]

    @property
    def hex(self) -> str:
        """The digits of the digest."""
        return self.digest.partition(":")[2]

    @property
    def is_manifest(self) -> bool:
        """Whether it is a manifest or an index, by its media type."""
        return self.media_type in (*INDEX_TYPES, *MANIFEST_TYPES)


@dataclass(frozen=True, slots=True)
class Manifest:
    """An image manifest (`config` and `layers`) or an index (`manifests`); `subject`: what it is about."""

    kind: Kind
    media_type: str
    config: Descriptor | None = None
    layers: tuple[Descriptor, ...] = ()
    manifests: tuple[Descriptor, ...] = ()
    subject: Descriptor | None = None
    annotations: Mapping[str, str] = field(default_factory=dict)

    @property
    def parts(self) -> tuple[Descriptor, ...]:
        """Everything that it names, its subject aside."""
        return (*((self.config,) if self.config else ()), *self.layers, *self.manifests)


def read_manifest(data: bytes, where: str, media_type: str | None = None) -> Manifest:
    """The manifest or index in `data`; raises `MalformedInput` or `LimitExceeded`.

    `media_type` is what its descriptor says, if anything. A document that could be read as both kinds, or
    that contradicts its descriptor, is refused: two readers would see two images (CVE-2021-41190).
    """
    media_type = media_type or None
    document = strict_json(data, where)
    if not isinstance(document, dict):
        raise MalformedInput("is not a JSON object", location=Location(where))
    fields = cast("Mapping[str, object]", document)
    if whole_member(fields, "schemaVersion", where) != 2:
        raise MalformedInput("is not of schema version 2", location=Location(where))
    own = text_member(fields, "mediaType", where) if is_given(fields, "mediaType") else None
    if own and media_type and own != media_type:
        raise MalformedInput(
            f"says that it is {own!r}, and its descriptor {media_type!r}", location=Location(where)
        )
    kind = _kind(fields, own or media_type, where)
    stated = own or media_type or (INDEX_TYPES if kind == "index" else MANIFEST_TYPES)[0]
    return Manifest(
        kind,
        stated,
        _one(fields, "config", where),
        _many(fields, "layers", where) if kind == "manifest" else (),
        _many(fields, "manifests", where) if kind == "index" else (),
        _one(fields, "subject", where),
        _annotations(fields, where),
    )


def _kind(fields: Mapping[str, object], media_type: str | None, where: str) -> Kind:
    is_index = is_given(fields, "manifests")
    is_image = is_given(fields, "layers") or is_given(fields, "config")
    if is_index and is_image:
        raise MalformedInput("is both an index and an image manifest", location=Location(where))
    if media_type in INDEX_TYPES or (media_type is None and is_index):
        if not is_index:
            raise MalformedInput("is called an index and has no manifests", location=Location(where))
        return "index"
    if media_type is not None and media_type not in MANIFEST_TYPES:
        raise MalformedInput(f"is of media type {media_type!r}, which is not known", location=Location(where))
    if not is_image:
        raise MalformedInput("is neither an image manifest nor an index", location=Location(where))
    return "manifest"


def _one(fields: Mapping[str, object], name: str, where: str) -> Descriptor | None:
    if not is_given(fields, name):
        return None
    return read_descriptor(object_member(fields, name, where), f"{where}: {name}")


def _many(fields: Mapping[str, object], name: str, where: str) -> tuple[Descriptor, ...]:
    if not is_given(fields, name):
        return ()
    values = list_member(fields, name, where, limits.IMAGE_BLOBS)
    return tuple(read_descriptor(value, f"{where}: {name}[{index}]") for index, value in enumerate(values))


def read_descriptor(value: object, where: str) -> Descriptor:
    """One descriptor; raises `MalformedInput`."""
    digest = text_member(value, "digest", where)
    algorithm, _, digits = digest.partition(":")
    if _ALGORITHMS.get(algorithm) != len(digits) or not _HEX.fullmatch(digits):
        raise MalformedInput(f"has a digest {digest[:80]!r} that is none", location=Location(where))
    fields = cast("Mapping[str, object]", value)
    return Descriptor(
        text_member(value, "mediaType", where),
        digest,
        whole_member(value, "size", where),
        _annotations(fields, where),
        _text(fields, "artifactType", where),
        _platform(fields, where),
    )


def _text(fields: Mapping[str, object], name: str, where: str) -> str | None:
    return text_member(fields, name, where) if is_given(fields, name) else None


def _annotations(fields: Mapping[str, object], where: str) -> Mapping[str, str]:
    if not is_given(fields, "annotations"):
        return {}
    given = object_member(fields, "annotations", where)
    return {name: text_member(given, name, f"{where}: annotations") for name in given}


def _platform(fields: Mapping[str, object], where: str) -> str | None:
    if not is_given(fields, "platform"):
        return None
    platform = object_member(fields, "platform", where)
    names = [_text(platform, name, f"{where}: platform") for name in ("os", "architecture", "variant")]
    return "/".join(name for name in names if name)
