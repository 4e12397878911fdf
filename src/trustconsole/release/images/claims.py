"""Is an entry of `index.json` an image or something about one: by what it is, not by what it is called.

Names, annotations and artifact types in an index are unsigned, and whoever runs the layout does not read them
as we do: an image that is called a signature would be run, and never verified.
"""

from __future__ import annotations

from typing import Final

from trustconsole import limits
from trustconsole.errors import InputError, LimitExceeded, MissingFile
from trustconsole.release.images.blobs import AlteredBlob
from trustconsole.release.images.carriers import Manifests, is_signature_type, tag_about
from trustconsole.release.images.manifests import CONFIG_TYPES, Descriptor, Manifest
from trustconsole.release.images.references import tag_of

REF_NAME: Final = "org.opencontainers.image.ref.name"
KIND: Final = "kind"
KIND_PREFIX: Final = "dev.cosignproject.cosign/"
IMAGE_KINDS: Final = ("image", "imageIndex")
_LAYER_PREFIXES: Final = (
    "application/vnd.oci.image.layer.",
    "application/vnd.docker.image.rootfs.",
)


def may_be_image(entry: Descriptor, manifests: Manifests) -> bool:
    """Whether somebody may run what `entry` names; never raises.

    What is not here to be read is what it is called, as far as signing tools call it so by tag or kind.
    """
    kind = entry.annotations.get(KIND, "")
    of_cosign = kind.startswith(KIND_PREFIX)
    if of_cosign and kind.removeprefix(KIND_PREFIX) in IMAGE_KINDS:
        return True
    about = tag_about(tag_of(entry.annotations.get(REF_NAME, "")))
    if not (entry.is_manifest or of_cosign or about):
        return False
    try:
        manifest = manifests.get(entry)
    except LimitExceeded:
        return True
    except (MissingFile, AlteredBlob):
        return not of_cosign and about is None
    except InputError:  # another reader may be less strict
        return about is None
    if _runs_below(entry, manifests):
        return True
    if about is not None:
        return False
    if _carries_signatures(manifest) or manifest.subject is not None:
        return False
    # cosign saves a signature manifest without layers for an image that has none.
    return not (of_cosign and manifest.kind == "manifest" and not manifest.layers)


def _carries_signatures(manifest: Manifest) -> bool:
    return any(is_signature_type(layer.media_type) for layer in manifest.layers)


def _runs(manifest: Manifest) -> bool:
    """Whether it has the configuration and a layer of an image."""
    config = manifest.config
    return (
        config is not None
        and config.media_type in CONFIG_TYPES
        and any(layer.media_type.startswith(_LAYER_PREFIXES) for layer in manifest.layers)
    )


def _runs_below(entry: Descriptor, manifests: Manifests) -> bool:
    """Whether `entry` or anything that it lists runs; also where there is more of it than can be read."""
    pending, seen = [entry], {entry.digest}
    while pending:
        try:
            manifest = manifests.get(pending.pop())
        except LimitExceeded:
            return True
        except InputError:  # not in the copy, or whoever verifies it is told
            continue
        if _runs(manifest):
            return True
        fresh = [part for part in manifest.manifests if part.digest not in seen]
        seen.update(part.digest for part in fresh)
        if len(seen) > limits.IMAGE_BLOBS:
            return True
        pending += fresh
    return False
