"""A release directory or an image, by what lies at the place that was named; nothing is verified here.

For whoever asks one question about either (the console). The commands ask about one kind and are not led
elsewhere.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from trustconsole.release.images.directory_copy import MANIFEST
from trustconsole.release.images.layout import INDEX, MARK
from trustconsole.release.images.references import RegistryReference, read_reference
from trustconsole.release.verify import CHECKSUMS_NAME

ArtefactKind = Literal["release", "image"]

_OF_AN_IMAGE: Final = (MARK, INDEX, MANIFEST)


@dataclass(frozen=True, slots=True)
class ToldApart:
    """What was named. `place` is what to verify: absolute, so that a path stays one even if it goes away.

    `registry` is the host that would have to be asked, None for what lies on this one.
    """

    kind: ArtefactKind
    place: str
    registry: str | None = None


def tell_apart(typed: str, wanted: ArtefactKind) -> ToldApart:
    """What `typed` names (`~` is replaced); where it could be both or neither, what is `wanted`.

    A path is one where something is there, where it begins like one, or where it can name no image in a
    registry. Raises `UsageError` for what names nothing.
    """
    reference = read_reference(os.path.expanduser(typed))  # noqa: PTH111 - keeps "./", which makes it a path
    if isinstance(reference, RegistryReference):
        return ToldApart("image", typed, reference.repository.host)
    path = reference.path.absolute()
    if reference.digest is not None:
        return ToldApart("image", f"{path}@{reference.digest}")
    if path.name == CHECKSUMS_NAME and path.is_file():
        return ToldApart("release", str(path.parent))
    return ToldApart(_kind_of(path, wanted), str(path))


def _kind_of(path: Path, wanted: ArtefactKind) -> ArtefactKind:
    release = os.path.lexists(path / CHECKSUMS_NAME)
    image = path.is_file() or any(os.path.lexists(path / name) for name in _OF_AN_IMAGE)
    if release == image:
        return wanted
    return "release" if release else "image"
