"""What a file of a release is, by its name: an archive, the SBOM of an archive, or something else."""

from __future__ import annotations

from typing import Final, Literal

Role = Literal["archive", "sbom", "other"]

ARCHIVE_SUFFIXES: Final = (
    *(".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz", ".tar.zst", ".tzst"),
    *(".zip", ".7z", ".gz", ".bz2", ".xz", ".zst", ".jar", ".whl"),
    *(".deb", ".rpm", ".apk", ".snap", ".flatpak", ".appimage", ".pkg", ".dmg", ".msi", ".exe"),
)
"""What an operator unpacks, installs or runs; a file with such a name must be listed."""

SBOM_SUFFIXES: Final = (
    *(".sbom.json", ".cdx.json", ".cyclonedx.json", ".bom.json", ".sbom"),
    *(".sbom.cdx.json", ".sbom.cyclonedx.json"),
)
"""After the name of the archive, as GoReleaser, syft and CycloneDX's own tools write them.

Of several that fit the longest counts.
"""

SIGNATURE_SUFFIXES: Final = (".sigstore.json", ".cosign.bundle", ".bundle", ".sig", ".pem")
"""What lies beside the checksums file and is no part of what it lists."""


def role_of(name: str) -> Role:
    """The role of a file, by its name alone."""
    lower = name.lower()
    if lower.endswith(SBOM_SUFFIXES):
        return "sbom"
    return "archive" if lower.endswith(ARCHIVE_SUFFIXES) else "other"


def archive_of(sbom: str) -> str:
    """The name of the archive that an SBOM of this name belongs to."""
    lower = sbom.lower()
    suffix = max((one for one in SBOM_SUFFIXES if lower.endswith(one)), key=len, default="")
    return sbom[: len(sbom) - len(suffix)]
