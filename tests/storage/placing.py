"""Small parts of tests that replace files: digests, a check that accepts anything, what a directory holds."""

from __future__ import annotations

import hashlib
from pathlib import Path

from trustconsole.storage import Replacement, replace_file

OLD = b"old trust root\n" * 50
NEW = b"new trust root\n" * 60


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def accept(data: bytes) -> None:
    """Any bytes will do."""


def put(
    path: Path, data: bytes = NEW, *, reviewed: bytes | None = OLD, follow_link: bool = False
) -> Replacement:
    """Replace `path`, which was reviewed as `reviewed`."""
    digest = sha256(reviewed) if reviewed is not None else None
    return replace_file(path, data, reviewed=digest, check=accept, follow_link=follow_link)


def holds(path: Path, data: bytes = OLD) -> Path:
    """A file with `data`; its path."""
    path.write_bytes(data)
    return path


def names(directory: Path) -> list[str]:
    return sorted(entry.name for entry in directory.iterdir())
