"""Saved images: a tar read as a table of contents, without extracting anything.

The format's own freedom is where attacks live (names that leave the archive, a name twice, links, sizes
beyond the file, headers without end), so that only what writers of images use is read: plain files, with a
long name in a GNU or pax header. Everything else stands in the table as what it is and is never followed.
Sources: POSIX.1-2001 pax interchange format, GNU tar manual "Basic Tar Format".
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from trustconsole import limits
from trustconsole.errors import LimitExceeded, Location, MalformedInput, SpecialFile
from trustconsole.release.images.files import Region
from trustconsole.storage import open_regular

_BLOCK: Final = 512
_FILES: Final = frozenset((0, ord("0"), ord("7")))
_HEADERS: Final = frozenset(b"gxLK")
_KINDS: Final = {
    ord("1"): "a hard link",
    ord("2"): "a symbolic link",
    ord("3"): "a character device",
    ord("4"): "a block device",
    ord("6"): "a FIFO",
    ord("S"): "a sparse file",
}
_DIRECTORY: Final = ord("5")
_COMPRESSED: Final = {
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"\xfd7zXZ\0": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
}


@dataclass(slots=True)
class _Pending:
    """What extended headers say about the entry that follows them."""

    name: str | None = None
    size: int | None = None


@dataclass(slots=True)
class ArchiveFiles:
    """The plain files of a tar by their cleaned names; `_others` says why a name is none."""

    path: Path
    _regions: dict[str, Region] = field(default_factory=dict)
    _others: dict[str, str] = field(default_factory=dict)

    @property
    def root(self) -> str:
        """The archive."""
        return str(self.path)

    def find(self, name: str) -> Region | None:
        """As `Files.find`; a link, a special file or a name that stands twice is refused."""
        if name in self._others:
            raise SpecialFile(
                f"is {self._others[name]} inside the archive, not one plain file",
                hint="save the image again",
                location=Location(f"{self.path}: {name}"),
            )
        return self._regions.get(name)

    def names(self, folder: str) -> tuple[str, ...]:
        """As `Files.names`."""
        prefix = f"{folder}/"
        inside = (name.removeprefix(prefix) for name in self._regions if name.startswith(prefix))
        return tuple(sorted(name for name in inside if "/" not in name))[: limits.LAYOUT_BLOBS + 1]

    def add(self, name: str, kind: int, region: Region) -> None:
        """Take one entry of the tar into the table."""
        clean = _clean(name)
        if clean is None or kind == _DIRECTORY:
            return
        if clean in self._regions or clean in self._others:
            self._regions.pop(clean, None)
            self._others[clean] = "there twice"
        elif kind in _FILES:
            self._regions[clean] = region
        else:
            self._others[clean] = _KINDS.get(kind, "an entry of an unknown kind")


def _clean(name: str) -> str | None:
    """The name without `./`, None where it is empty or leaves the archive: nobody asks for such an entry."""
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if not parts or ".." in parts or name.startswith("/"):
        return None
    return "/".join(parts)


def read_archive(path: Path) -> ArchiveFiles:
    """The table of contents of the tar at `path`; raises `InputError`."""
    files = ArchiveFiles(path)
    with open_regular(path) as (descriptor, status):
        _refuse_compressed(os.pread(descriptor, 8, 0), path)
        position = count = 0
        pending = _Pending()
        while True:
            header = os.pread(descriptor, _BLOCK, position)
            if len(header) < _BLOCK or not any(header):
                break
            count += 1
            if count > limits.ARCHIVE_ENTRIES:
                raise LimitExceeded(
                    f"holds more than the limit of {limits.ARCHIVE_ENTRIES} entries",
                    location=Location(str(path)),
                )
            _check_sum(header, path, position)
            kind = header[156]
            size = _number(header[124:136], path, position)
            if kind not in _HEADERS and pending.size is not None:
                size = pending.size
            body = position + _BLOCK
            if body + size > status.st_size:
                raise MalformedInput("ends inside an entry", location=Location(str(path), offset=position))
            if kind in _HEADERS:
                _extend(pending, kind, _header_body(descriptor, body, size, path), path)
            else:
                name = pending.name if pending.name is not None else _name(header)
                files.add(name, kind, Region(path, body, size, f"{path}: {name}"))
                pending = _Pending()
            position = body + -(-size // _BLOCK) * _BLOCK
    if count == 0:
        raise MalformedInput(
            "is neither a directory nor a tar", hint="name a saved image", location=Location(str(path))
        )
    return files


def _refuse_compressed(head: bytes, path: Path) -> None:
    for magic, name in _COMPRESSED.items():
        if head.startswith(magic):
            raise MalformedInput(
                f"is compressed with {name}, and a saved image is read as it is",
                hint=f"decompress it with {name} -d, then verify the tar",
                location=Location(str(path)),
            )


def _check_sum(header: bytes, path: Path, position: int) -> None:
    stated = _number(header[148:156], path, position)
    blanked = header[:148] + b" " * 8 + header[156:]
    if stated != sum(blanked):
        raise MalformedInput(
            "has a tar header that is damaged", location=Location(str(path), offset=position)
        )


def _number(data: bytes, path: Path, position: int) -> int:
    """An octal number, or a GNU base-256 one; never negative, never beyond 2^63."""
    if data[0] & 0x80:
        value = int.from_bytes(data[1:])
        if data[0] != 0x80 or value >= 2**63:
            raise MalformedInput("has an impossible size", location=Location(str(path), offset=position))
        return value
    text = data.strip(b"\0 ")
    if any(byte not in b"01234567" for byte in text):
        raise MalformedInput("is not a tar", location=Location(str(path), offset=position))
    return int(text, 8) if text else 0


def _name(header: bytes) -> str:
    name = header[:100].partition(b"\0")[0]
    prefix = header[345:500].partition(b"\0")[0] if header[257:263] == b"ustar\0" else b""
    return (prefix + b"/" + name if prefix else name).decode("utf-8", "surrogateescape")


def _header_body(descriptor: int, offset: int, size: int, path: Path) -> bytes:
    if size > limits.ARCHIVE_NAME_BYTES:
        raise LimitExceeded(
            f"has an extended header of more than {limits.ARCHIVE_NAME_BYTES} bytes",
            location=Location(str(path)),
        )
    return os.pread(descriptor, size, offset)


def _extend(pending: _Pending, kind: int, body: bytes, path: Path) -> None:
    if kind == ord("L"):
        pending.name = body.partition(b"\0")[0].decode("utf-8", "surrogateescape")
    elif kind == ord("x"):
        _pax(pending, body, path)


def _pax(pending: _Pending, body: bytes, path: Path) -> None:
    """Records `LENGTH KEY=VALUE\\n`, of which name and size count."""
    position = 0
    while position < len(body):
        length, space, _ = body[position:].partition(b" ")
        end = position + int(length) if length.isdigit() and len(length) < 10 else 0
        record = body[position + len(length) + 1 : end]
        if not space or not record.endswith(b"\n") or end > len(body):
            raise MalformedInput("has a damaged extended header", location=Location(str(path)))
        key, _, value = record[:-1].partition(b"=")
        if key == b"path":
            pending.name = value.decode("utf-8", "surrogateescape")
        elif key == b"size":
            if not value.isdigit() or len(value) > 18:
                raise MalformedInput("has an impossible size", location=Location(str(path)))
            pending.size = int(value)
        position = end
