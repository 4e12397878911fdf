"""Reading `checksums.txt`: which file has which SHA-256, in every form that `sha256sum` writes.

GNU lines (two blanks, or a blank and `*`), BSD lines, names that `sha256sum` escaped, CRLF, upper-case
digests. Nothing is guessed: a line of another form is kept as one that cannot be read, and a name that could
lead out of the directory is refused here, before anyone looks at the disk.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from trustconsole import limits
from trustconsole.errors import LimitExceeded, Location

_GNU = re.compile(rb"(\\?)([0-9A-Fa-f]{64}) [ *](.+)", re.DOTALL)
_BSD = re.compile(rb"(\\?)SHA256 \((.+)\) = ([0-9A-Fa-f]{64})", re.DOTALL)
_OTHER_BSD = re.compile(rb"\\?([A-Za-z0-9/-]{2,20}) \(.*\) = [0-9A-Fa-f]+", re.DOTALL)
_HEX_FIRST = re.compile(rb"\\?([0-9A-Fa-f]{8,})[ \t]")
_ESCAPE = re.compile(rb"\\(.?)", re.DOTALL)
_ESCAPES = {b"\\": b"\\", b"n": b"\n", b"r": b"\r"}
_SHOWN = 120
_NAME_BYTES = 4095
_PART_BYTES = 255


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that cannot be read: its number from 1, its beginning (untrusted text), and why."""

    number: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class ListedFile:
    """A name (untrusted, without `./`), its distinct SHA-256 sums (lowercase hex) and the lines that say so.

    `refusal` says why the name is not looked at; None for one inside the directory.
    """

    name: str
    digests: tuple[str, ...]
    lines: tuple[int, ...]
    refusal: str | None = None

    @property
    def sha256(self) -> str | None:
        """The one sum; None where lines contradict each other."""
        return self.digests[0] if len(self.digests) == 1 else None


@dataclass(frozen=True, slots=True)
class Checksums:
    """The files in the order of their first lines, and the lines that cannot be read."""

    files: tuple[ListedFile, ...]
    bad_lines: tuple[BadLine, ...]

    def find(self, name: str) -> ListedFile | None:
        """The file of that name."""
        return next((one for one in self.files if one.name == name), None)

    @property
    def names(self) -> frozenset[str]:
        """Every listed name."""
        return frozenset(one.name for one in self.files)


class _Unreadable(Exception):
    """Why one line cannot be read."""


def parse_checksums(data: bytes, where: str) -> Checksums:
    """The content of a checksums file; raises `LimitExceeded` for too many lines.

    Empty lines and comments (`#`, as for `sha256sum`) say nothing. `where` names the file in messages.
    """
    sums: dict[str, list[str]] = {}
    numbers: dict[str, list[int]] = {}
    bad: list[BadLine] = []
    for number, line in _lines(data, where):
        try:
            name, digest = _read_line(line)
        except _Unreadable as reason:
            bad.append(BadLine(number, os.fsdecode(line[:_SHOWN]), str(reason)))
            continue
        sums.setdefault(name, []).append(digest)
        numbers.setdefault(name, []).append(number)
    files = tuple(
        ListedFile(name, tuple(dict.fromkeys(digests)), tuple(numbers[name]), refusal_of(name))
        for name, digests in sums.items()
    )
    return Checksums(files, tuple(bad))


def _lines(data: bytes, where: str) -> Iterator[tuple[int, bytes]]:
    """(number, line without its end) of every line that says something."""
    if data.count(b"\n") > limits.CHECKSUM_LINES:
        raise LimitExceeded(
            f"has more than the limit of {limits.CHECKSUM_LINES} lines for a checksums file",
            hint="check that this is the right file",
            location=Location(where),
        )
    for number, raw in enumerate(data.split(b"\n"), 1):
        line = raw.removesuffix(b"\r")
        if line.strip() and not line.startswith(b"#"):
            yield number, line


def _read_line(line: bytes) -> tuple[str, str]:
    gnu = _GNU.fullmatch(line)
    bsd = None if gnu else _BSD.fullmatch(line)
    if gnu is not None:
        escaped, digest, raw = gnu.groups()
    elif bsd is not None:
        escaped, raw, digest = bsd.groups()
    else:
        raise _Unreadable(_why_not(line))
    name = os.fsdecode(_unescaped(raw) if escaped else raw)
    return _plain(name), digest.decode("ascii").lower()


def _unescaped(raw: bytes) -> bytes:
    def character(match: re.Match[bytes]) -> bytes:
        if match[1] not in _ESCAPES:
            raise _Unreadable("its name holds an escape that sha256sum does not write")
        return _ESCAPES[match[1]]

    return _ESCAPE.sub(character, raw)


def _why_not(line: bytes) -> str:
    other = _OTHER_BSD.fullmatch(line)
    if other is not None and other[1] != b"SHA256":
        return f"it holds a sum of {other[1].decode('ascii')}, and only SHA-256 is read"
    digest = _HEX_FIRST.match(line)
    if digest is not None and len(digest[1]) != 64:
        return f"its digest has {len(digest[1])} digits, and SHA-256 has 64"
    return "it is neither a GNU nor a BSD line of a SHA-256 sum"


def _plain(name: str) -> str:
    """`name` without `.` parts and doubled slashes, so that one file has one name; what leads out stays."""
    return name if name.startswith("/") else str(PurePosixPath(name))


def refusal_of(name: str) -> str | None:
    """Why a listed name is not looked at, in a clause; None where it names something in the directory."""
    if "\0" in name:
        return "its name holds a NUL byte"
    if name in ("", "."):
        return "it names the directory itself"
    if name.startswith("/"):
        return "its name is absolute"
    # A backslash parts names where archives for Windows are unpacked.
    if ".." in re.split(r"[/\\]", name):
        return "its name leads out of the directory (..)"
    raw = os.fsencode(name)
    if len(raw) > _NAME_BYTES or max(map(len, raw.split(b"/"))) > _PART_BYTES:
        return "its name is longer than a file's name can be"
    return None
