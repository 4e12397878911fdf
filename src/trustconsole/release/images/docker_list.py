"""The list by which `docker load` reads a saved image, held against the image that was verified.

Beside the index of a layout may lie a `manifest.json` (or `repositories`, older still), which older engines
believe in place of the index. It names files, and nothing signs it. Source: moby `image/tarexport/load.go`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, cast

from trustconsole import limits
from trustconsole.errors import InputError, LimitExceeded, Location, MalformedInput
from trustconsole.json_fields import is_given, list_member, text_member
from trustconsole.release.images.files import Files
from trustconsole.release.images.manifests import Manifest
from trustconsole.strict_text import strict_json

LIST: Final = "manifest.json"
OLDEST_LIST: Final = "repositories"
_MEMBERS: Final = frozenset(("Config", "RepoTags", "Layers", "Parent", "LayerSources"))
_FOLDED: Final = frozenset(name.casefold() for name in _MEMBERS)
_PATH: Final = re.compile(r"blobs/(sha256|sha512)/([0-9a-f]+)", re.ASCII)

Build = tuple[str, tuple[str, ...]]
"""The digests of a configuration and of its layers, in order."""


def foreign_in_lists(files: Files, verified: Sequence[Manifest]) -> str | None:
    """Why `docker load` would load something else than the `verified` manifests; None where it would not."""
    builds = {_build(manifest) for manifest in verified}
    try:
        region = files.find(LIST)
        if region is None:
            # Only where there is no other list is this one read.
            oldest = files.find(OLDEST_LIST) is not None
            return f"{OLDEST_LIST} names images by names alone, without digests" if oldest else None
        data = region.read(limits.IMAGE_MANIFEST_BYTES, "a list of images")
        entries = _entries(strict_json(data, region.name), region.name)
        for number, entry in enumerate(entries, 1):
            if _named(entry, f"{LIST}: entry {number}") not in builds:
                return f"entry {number} of {LIST} is not the configuration and layers of the verified image"
    except InputError as error:
        return f"{LIST} cannot be held against the image: {error}"
    return None


def _build(manifest: Manifest) -> Build:
    config = manifest.config.digest if manifest.config else ""
    return config, tuple(layer.digest for layer in manifest.layers)


def _entries(document: object, where: str) -> list[object]:
    if not isinstance(document, list):
        raise MalformedInput("is no list of images", location=Location(where))
    entries = cast("list[object]", document)
    if len(entries) > limits.IMAGE_BLOBS:
        raise LimitExceeded(f"lists more than {limits.IMAGE_BLOBS} images", location=Location(where))
    return entries


def _named(entry: object, where: str) -> Build:
    config = _digest(text_member(entry, "Config", where), where)
    fields = cast("dict[str, object]", entry)
    # Docker takes a member by its name in any case, and the last one of several.
    if any(name not in _MEMBERS and name.casefold() in _FOLDED for name in fields):
        raise MalformedInput("has a member whose name differs in case alone", location=Location(where))
    layers = list_member(entry, "Layers", where, limits.IMAGE_BLOBS) if is_given(fields, "Layers") else []
    return config, tuple(_digest(path, where) for path in layers)


def _digest(path: object, where: str) -> str:
    found = _PATH.fullmatch(path) if isinstance(path, str) else None
    if found is None:
        raise MalformedInput("names a file that is no blob of the layout", location=Location(where))
    return f"{found[1]}:{found[2]}"
