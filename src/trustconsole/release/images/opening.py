"""Opening what a reference names: an OCI layout or `dir:` copy, in a directory or saved, or a registry."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from trustconsole.errors import Location, MalformedInput, MissingFile
from trustconsole.release.images.archive import read_archive
from trustconsole.release.images.blobs import ImageCopy
from trustconsole.release.images.directory_copy import MANIFEST, DirectoryCopy
from trustconsole.release.images.files import DirectoryFiles, Files
from trustconsole.release.images.layout import INDEX, MARK, LayoutCopy
from trustconsole.release.images.references import LocalReference, RegistryReference


def open_copy(
    reference: LocalReference | RegistryReference, cancelled: Callable[[], bool] | None = None
) -> ImageCopy:
    """The copy that `reference` names; raises `InputError`, for a registry without its extra `UsageError`.

    A registry is asked nothing more once `cancelled` says so: then `Cancelled` is raised.
    """
    if isinstance(reference, LocalReference):
        return open_local(reference.path)
    # Only whoever names a registry loads an HTTP client.
    from trustconsole.release.images.registry import RegistryCopy

    return RegistryCopy(reference, cancelled=cancelled)


def _files(path: Path) -> Files:
    try:
        return DirectoryFiles(path) if path.is_dir() else read_archive(path)
    except MissingFile as error:
        raise MissingFile(
            error.message,
            hint="check the path; a reference to a registry begins with its host: HOST/NAME:TAG",
            location=error.location,
        ) from error


def open_local(path: Path) -> ImageCopy:
    """The copy at `path`, told apart by the files in it; raises `InputError`."""
    files = _files(path)
    if files.find(MARK) is not None or files.find(INDEX) is not None:
        return LayoutCopy(files)
    if files.find("repositories") is not None or not isinstance(files, DirectoryFiles):
        raise MalformedInput(
            "is no saved OCI layout; an archive of docker save before version 25 keeps no manifest to verify",
            hint="save it with skopeo copy --all docker://REPOSITORY:TAG oci-archive:FILE",
            location=Location(str(path)),
        )
    if files.find(MANIFEST) is None:
        raise MissingFile(
            f"holds no image: neither {MARK} with {INDEX} nor {MANIFEST}",
            hint="name an OCI layout, a dir: copy or a saved archive",
            location=Location(str(path)),
        )
    return DirectoryCopy(files)
