"""Every way in which a file gets other content, and a look that decides by content."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from trustconsole import limits
from trustconsole.errors import InputError
from trustconsole.storage import read_bounded

Edit = Callable[[Path, int], None]
"""Gives `root.pem` in a directory the content number + 1."""


class Contents:
    """The digest of each path at the last look."""

    def __init__(self) -> None:
        self._seen: dict[Path, str | None] = {}

    def changed(self, path: Path) -> bool:
        """Look again: whether the content is another one; appearing and vanishing count."""
        try:
            found: str | None = read_bounded(path, limits.PEM_BYTES).sha256
        except InputError:
            found = None
        before, self._seen[path] = self._seen.get(path), found
        return before != found


def mounted(directory: Path) -> Path:
    (directory / "..2026_1").mkdir()
    (directory / "..2026_1" / "root.pem").write_text("0")
    (directory / "..data").symlink_to("..2026_1")
    (directory / "root.pem").symlink_to("..data/root.pem")
    return directory / "root.pem"


def swap_data(directory: Path, number: int) -> None:
    new = directory / f"..2026_{number + 2}"
    new.mkdir()
    (new / "root.pem").write_text(str(number + 1))
    (directory / "..data_tmp").symlink_to(new.name)
    old = (directory / "..data").resolve()
    (directory / "..data_tmp").replace(directory / "..data")
    shutil.rmtree(old)


def write(directory: Path, number: int) -> None:
    (directory / "root.pem").write_text(str(number + 1))


def replace(directory: Path, number: int) -> None:
    (directory / "new").write_text(str(number + 1))
    (directory / "new").replace(directory / "root.pem")


def relink(directory: Path, number: int) -> None:
    target = directory / f"target{number}"
    target.write_text(str(number + 1))
    (directory / "new").symlink_to(target)
    (directory / "new").replace(directory / "root.pem")


def delete_and_recreate(directory: Path, number: int) -> None:
    (directory / "root.pem").unlink()
    write(directory, number)


def keep_mtime(directory: Path, number: int) -> None:
    path = directory / "root.pem"
    status = path.stat()
    write(directory, number)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def recreate_directory(directory: Path, number: int) -> None:
    shutil.rmtree(directory)
    directory.mkdir()
    write(directory, number)


def exchange_directory(directory: Path, number: int) -> None:
    new = directory.with_name(f"next{number}")
    new.mkdir()
    write(new, number)
    directory.rename(directory.with_name(f"away{number}"))
    new.rename(directory)


EDITS: list[Edit] = [write, replace, relink, delete_and_recreate, keep_mtime]
EDITS_OF_THE_DIRECTORY: list[Edit] = [recreate_directory, exchange_directory]
