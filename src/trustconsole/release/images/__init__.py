"""Container images: an OCI layout, a `dir:` copy, a saved archive or a registry, verified by digest."""

from trustconsole.release.images.blobs import NamedImage, SeveralImages
from trustconsole.release.images.content import Platform
from trustconsole.release.images.report import ImageAttestation, ImageBlob, ImageReport, ImageSignature
from trustconsole.release.images.request import ImageRequest, verify_image

__all__ = [
    "ImageAttestation",
    "ImageBlob",
    "ImageReport",
    "ImageRequest",
    "ImageSignature",
    "NamedImage",
    "Platform",
    "SeveralImages",
    "verify_image",
]
