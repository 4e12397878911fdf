"""What a file of a release is: an archive, the SBOM of an archive, or something else.

Its name says so; for a file that nothing lists its first bytes, too, because whoever put it there chose the
name. Reading them is the business of `files`.
"""

from __future__ import annotations

from typing import Final, Literal

Role = Literal["archive", "sbom", "other"]

ARCHIVE_SUFFIXES: Final = (
    *(".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz", ".tar.zst", ".tzst"),
    *(".tar.lz4", ".tlz4", ".tar.lz", ".tlz", ".tar.lzma", ".tar.br", ".tar.z", ".taz", ".tbz"),
    *(".zip", ".7z", ".rar", ".cab", ".ar", ".cpio", ".iso", ".squashfs"),
    *(".gz", ".bz2", ".xz", ".zst", ".lz4", ".lz", ".lzma", ".br", ".z"),
    *(".jar", ".war", ".ear", ".whl", ".egg", ".gem", ".crate", ".nupkg"),
    *(".deb", ".rpm", ".apk", ".snap", ".flatpak", ".appimage", ".run"),
    *(".pkg", ".dmg", ".msi", ".msix", ".appx", ".exe"),
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


HEAD_BYTES: Final = 512
"""What `archive_format` wants of the begin of a file."""

_MAGIC: Final = (
    (0, b"\x1f\x8b", "gzip"),
    (0, b"PK\x03\x04", "zip"),
    (0, b"PK\x05\x06", "zip"),
    (0, b"\xfd7zXZ\x00", "xz"),
    (0, b"\x28\xb5\x2f\xfd", "zstd"),
    (0, b"BZh", "bzip2"),
    (0, b"\x04\x22\x4d\x18", "lz4"),
    (0, b"\x02\x21\x4c\x18", "lz4"),
    (0, b"LZIP", "lzip"),
    (0, b"7z\xbc\xaf\x27\x1c", "7z"),
    (0, b"Rar!\x1a\x07", "rar"),
    (0, b"070701", "cpio"),
    (0, b"070702", "cpio"),
    (0, b"070707", "cpio"),
    (0, b"!<arch>\n", "ar"),
    (0, b"\xed\xab\xee\xdb", "rpm"),
    (257, b"ustar", "tar"),
)
"""Offset, bytes and name of a format (source: `file(1)`, magic of archive, compress and rpm)."""


def role_of(name: str) -> Role:
    """The role of a file, by its name alone; blanks and dots at its end hide nothing."""
    lower = name.lower()
    if lower.endswith(SBOM_SUFFIXES):
        return "sbom"
    end = len(lower)
    while end and (lower[end - 1].isspace() or not lower[end - 1].isprintable() or lower[end - 1] == "."):
        end -= 1
    return "archive" if lower[:end].endswith(ARCHIVE_SUFFIXES) else "other"


def archive_format(head: bytes) -> str | None:
    """The archive format that a file begins as, by its first `HEAD_BYTES`; None where it is none of them."""
    for offset, magic, name in _MAGIC:
        if head.startswith(magic, offset):
            return name
    return "tar" if _is_old_tar(head) else None


def _is_old_tar(head: bytes) -> bool:
    """Whether it is a header of a tar from before POSIX, which has no magic, only a sum of its bytes."""
    stated = head[148:156].strip(b"\0 ")
    if len(head) < HEAD_BYTES or not stated or stated.strip(b"01234567"):
        return False
    return int(stated, 8) == sum(head[:148]) + 8 * ord(" ") + sum(head[156:HEAD_BYTES])


def archive_of(sbom: str) -> str:
    """The name of the archive that an SBOM of this name belongs to."""
    lower = sbom.lower()
    suffix = max((one for one in SBOM_SUFFIXES if lower.endswith(one)), key=len, default="")
    return sbom[: len(sbom) - len(suffix)]
