"""The files of a local copy, in a directory or inside a tar, each as a region of a file on disk.

Names asked for are made by us (constants and hex digits), so that no name inside a copy leads anywhere. What
a blob must hash to is the business of `blobs`.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from trustconsole import limits
from trustconsole.errors import LimitExceeded, Location, MalformedInput, MissingFile
from trustconsole.release.files import Cancelled
from trustconsole.storage import as_input_error, open_regular
from trustconsole.text import human_bytes

_CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Region:
    """`size` bytes of the file at `path` from `offset`; `name` is what messages call it."""

    path: Path
    offset: int
    size: int
    name: str

    def chunks(self) -> Iterator[memoryview]:
        """The bytes in pieces of constant size; raises `InputError` where fewer are there."""
        with open_regular(self.path) as (descriptor, _status):
            buffer = bytearray(min(_CHUNK, self.size) or 1)
            view = memoryview(buffer)
            position, end = self.offset, self.offset + self.size
            while position < end:
                count = os.preadv(descriptor, [view[: min(len(buffer), end - position)]], position)
                if count == 0:
                    raise MalformedInput("ends too early", location=Location(self.name))
                position += count
                yield view[:count]

    def read(self, limit: int, what: str) -> bytes:
        """All of it, at most `limit` bytes; raises `InputError`."""
        if self.size > limit:
            raise LimitExceeded(
                f"is larger than the limit of {human_bytes(limit)} for {what}", location=Location(self.name)
            )
        return b"".join(bytes(chunk) for chunk in self.chunks())

    def digest(self, algorithm: str, cancelled: Callable[[], bool] | None = None) -> str:
        """Its digest in lowercase hex, streamed; raises `InputError`, and `Cancelled` once that is so."""
        digest = hashlib.new(algorithm)
        for chunk in self.chunks():
            if cancelled is not None and cancelled():
                raise Cancelled
            digest.update(chunk)
        return digest.hexdigest()


class Files(Protocol):
    """A local copy's files by name."""

    @property
    def root(self) -> str:
        """What is shown as the place of all of them."""

    def find(self, name: str) -> Region | None:
        """The file of that relative name, None where there is none; `InputError` where it is special."""

    def names(self, folder: str) -> tuple[str, ...]:
        """The names of what lies in a folder, sorted, up to a limit; empty where there is no such folder."""


class DirectoryFiles:
    """The files of a directory."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def root(self) -> str:
        """The directory."""
        return str(self._path)

    def find(self, name: str) -> Region | None:
        """As `Files.find`; links are followed."""
        path = self._path / name
        try:
            with open_regular(path) as (_descriptor, status):
                return Region(path, 0, status.st_size, str(path))
        except MissingFile:
            if path.is_symlink():
                raise
            return None

    def names(self, folder: str) -> tuple[str, ...]:
        """As `Files.names`."""
        path = self._path / folder
        found: list[str] = []
        try:
            with os.scandir(path) as entries:
                for entry in entries:
                    found.append(entry.name)
                    if len(found) > limits.LAYOUT_BLOBS:
                        break
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise as_input_error(error, path) from error
        return tuple(sorted(found))
