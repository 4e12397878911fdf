"""One small member out of a jar, without trusting the jar.

Reads the end record, the central directory and that member's bytes, never the rest, and never writes to
disk. `zipfile` is not used: it builds an object for every entry before any bound can be applied, and it
raises a dozen kinds of errors on hostile bytes. Layout: PKWARE APPNOTE 4.3.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from trustconsole import limits
from trustconsole.errors import LimitExceeded, MalformedInput
from trustconsole.storage import open_regular
from trustconsole.text import human_bytes

_END = struct.Struct("<4s4H2LH")
_END_SIGNATURE = b"PK\x05\x06"
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_CENTRAL_SIGNATURE = b"PK\x01\x02"
_LOCAL = struct.Struct("<4s5H3L2H")
_LOCAL_SIGNATURE = b"PK\x03\x04"
_COMMENT_BYTES = 0xFFFF
_ENCRYPTED = 0x0001 | 0x0040 | 0x2000
_STORED, _DEFLATED = 0, 8
_DEFLATE_SLACK = 4 * limits.KIB


@dataclass(frozen=True, slots=True)
class _Entry:
    """A central directory header; `offset` is that of the local header in the file."""

    name: bytes
    flags: int
    method: int
    crc: int
    compressed: int
    size: int
    offset: int


@dataclass(frozen=True, slots=True)
class _End:
    """Where the central directory lies; `shift` is the length of bytes put before the archive."""

    entries: int
    start: int
    size: int
    shift: int


def read_member(path: Path, name: str, limit: int) -> bytes | None:
    """The uncompressed bytes of the member `name`, at most `limit`; None where the jar has no such member.

    Raises the `InputError` that says what is wrong: a special or unreadable file, no zip archive, the name
    twice, an encrypted or damaged member, something beyond a bound. Messages read after "the artefact".
    """
    wanted = name.encode()
    with open_regular(path) as (descriptor, status):
        end = _end_record(descriptor, status.st_size)
        directory = _read(descriptor, end.start, end.size)
        found = [entry for entry in _entries(directory, end) if entry.name == wanted]
        if not found:
            return None
        if len(found) > 1:
            raise MalformedInput(f"holds {name} {len(found)} times")
        return _content(descriptor, found[0], name, limit)


def _read(descriptor: int, offset: int, size: int) -> bytes:
    chunks: list[bytes] = []
    while size > 0:
        chunk = os.pread(descriptor, size, offset)
        if not chunk:
            raise MalformedInput("is a zip archive that ends early")
        chunks.append(chunk)
        offset += len(chunk)
        size -= len(chunk)
    return b"".join(chunks)


def _end_record(descriptor: int, file_size: int) -> _End:
    tail_size = min(file_size, _END.size + _COMMENT_BYTES)
    tail_start = file_size - tail_size
    tail = _read(descriptor, tail_start, tail_size)
    position = tail.rfind(_END_SIGNATURE)
    while position >= 0:
        if len(tail) - position >= _END.size:
            fields = _END.unpack_from(tail, position)
            # A signature inside the comment is told from the record by the comment's own length.
            if position + _END.size + fields[7] == len(tail):
                return _checked_end(fields, tail_start + position)
        position = tail.rfind(_END_SIGNATURE, 0, position)
    raise MalformedInput("is not a zip archive")


def _checked_end(fields: tuple[int, ...], position: int) -> _End:
    _, disk, directory_disk, here, entries, size, offset, _ = fields
    if 0xFFFF in (disk, here, entries) or 0xFFFFFFFF in (size, offset):
        raise MalformedInput("is a ZIP64 archive, which no module of the allowed size needs")
    if disk or directory_disk or here != entries:
        raise MalformedInput("is one part of a split zip archive")
    if size > limits.CENTRAL_DIRECTORY_BYTES:
        raise LimitExceeded(
            f"has a central directory larger than the limit of {human_bytes(limits.CENTRAL_DIRECTORY_BYTES)}"
        )
    start = position - size
    if start < offset:
        raise MalformedInput("is a zip archive whose central directory lies outside the file")
    return _End(entries, start, size, start - offset)


def _entries(directory: bytes, end: _End) -> Iterator[_Entry]:
    position = 0
    for _ in range(end.entries):
        if len(directory) - position < _CENTRAL.size:
            raise MalformedInput("is a zip archive with a damaged central directory")
        fields = _CENTRAL.unpack_from(directory, position)
        name_size, extra_size, comment_size = fields[10], fields[11], fields[12]
        name_start = position + _CENTRAL.size
        position = name_start + name_size + extra_size + comment_size
        if fields[0] != _CENTRAL_SIGNATURE or position > len(directory):
            raise MalformedInput("is a zip archive with a damaged central directory")
        yield _Entry(
            name=directory[name_start : name_start + name_size],
            flags=fields[3],
            method=fields[4],
            crc=fields[7],
            compressed=fields[8],
            size=fields[9],
            offset=end.shift + fields[16],
        )
    if position != len(directory):
        raise MalformedInput("is a zip archive with a damaged central directory")


def _content(descriptor: int, entry: _Entry, name: str, limit: int) -> bytes:
    if entry.flags & _ENCRYPTED:
        raise MalformedInput(f"holds an encrypted {name}")
    if entry.method not in (_STORED, _DEFLATED):
        raise MalformedInput(f"holds {name} in compression method {entry.method}, which a JVM does not read")
    if entry.size > limit or entry.compressed > limit + _DEFLATE_SLACK:
        raise LimitExceeded(f"holds a {name} larger than the limit of {human_bytes(limit)}")
    local = _LOCAL.unpack(_read(descriptor, entry.offset, _LOCAL.size))
    local_name = _read(descriptor, entry.offset + _LOCAL.size, local[9])
    if local[0] != _LOCAL_SIGNATURE or local_name != entry.name:
        raise MalformedInput(f"is a zip archive whose headers disagree about {name}")
    start = entry.offset + _LOCAL.size + local[9] + local[10]
    raw = _read(descriptor, start, entry.compressed)
    data = raw if entry.method == _STORED else _inflate(raw, name, limit)
    if len(data) != entry.size or zlib.crc32(data) != entry.crc:
        raise MalformedInput(f"holds a damaged {name}")
    return data


def _inflate(raw: bytes, name: str, limit: int) -> bytes:
    """At most `limit` bytes are ever produced, whatever the headers claim."""
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        data = inflater.decompress(raw, limit + 1)
    except zlib.error as error:
        raise MalformedInput(f"holds a damaged {name}") from error
    if len(data) > limit:
        raise LimitExceeded(f"holds a {name} larger than the limit of {human_bytes(limit)}")
    if not inflater.eof or inflater.unused_data:
        raise MalformedInput(f"holds a damaged {name}")
    return data
