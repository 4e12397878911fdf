"""A change is a changed digest; how it came about does not matter, and a touch is none."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from trustconsole.storage import Fingerprints


def _in_place(path: Path) -> None:
    path.write_bytes(b"other")


def _replaced(path: Path) -> None:
    new = path.with_suffix(".new")
    new.write_bytes(b"other")
    new.replace(path)


def _deleted_and_recreated(path: Path) -> None:
    path.unlink()
    path.write_bytes(b"other")


def _same_length_and_mtime(path: Path) -> None:
    status = path.stat()
    path.write_bytes(b"third")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def _relinked(path: Path) -> None:
    other = path.with_suffix(".other")
    other.write_bytes(b"other")
    link = path.with_suffix(".link")
    link.symlink_to(other)
    link.replace(path)


def _vanished(path: Path) -> None:
    path.unlink()


def _touched(path: Path) -> None:
    os.utime(path)


def _mode_changed(path: Path) -> None:
    path.chmod(0o600)


def _rewritten_the_same(path: Path) -> None:
    path.write_bytes(b"first")


def _replaced_by_a_copy(path: Path) -> None:
    new = path.with_suffix(".new")
    new.write_bytes(b"first")
    new.replace(path)


@pytest.fixture(params=["small", "artefact"])
def look(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], frozenset[Path]]:
    """One look at one file, as a small file or as an artefact; the file holds "first" at the first look."""
    path = tmp_path / "file"
    path.write_bytes(b"first")
    fingerprints = Fingerprints()
    if request.param == "small":
        return lambda: fingerprints.changed_since([path])
    return lambda: fingerprints.changed_since([], [path])


@pytest.mark.parametrize(
    "edit",
    [_in_place, _replaced, _deleted_and_recreated, _same_length_and_mtime, _relinked, _vanished],
)
def test_every_way_of_changing_the_content_is_seen(
    look: Callable[[], frozenset[Path]], tmp_path: Path, edit: Callable[[Path], None]
) -> None:
    path = tmp_path / "file"
    assert look() == {path}
    assert look() == frozenset()
    edit(path)
    assert look() == {path}
    assert look() == frozenset()


@pytest.mark.parametrize("edit", [_touched, _mode_changed, _rewritten_the_same, _replaced_by_a_copy])
def test_what_leaves_the_content_is_no_change(
    look: Callable[[], frozenset[Path]], tmp_path: Path, edit: Callable[[Path], None]
) -> None:
    look()
    edit(tmp_path / "file")
    assert look() == frozenset()


def test_a_file_that_is_no_longer_asked_about_has_vanished(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x")
    fingerprints = Fingerprints()
    fingerprints.changed_since([path])
    assert fingerprints.changed_since([]) == {path}
    assert fingerprints.sha256(path) is None


def test_a_settled_artefact_is_not_read_again_but_a_small_file_is(tmp_path: Path) -> None:
    small, artefact = tmp_path / "small", tmp_path / "artefact"
    small.write_bytes(b"x")
    artefact.write_bytes(b"x")
    later = artefact.stat().st_ctime_ns + 60_000_000_000
    fingerprints = Fingerprints(clock=lambda: later)
    for _ in range(3):
        fingerprints.changed_since([small], [artefact])
    assert fingerprints.hashed == 3 + 1
    os.utime(artefact)
    fingerprints.changed_since([small], [artefact])
    assert fingerprints.hashed == 3 + 1 + 2


def test_an_artefact_as_fresh_as_the_clock_is_read_again(tmp_path: Path) -> None:
    artefact = tmp_path / "artefact"
    artefact.write_bytes(b"x")
    fingerprints = Fingerprints()
    fingerprints.changed_since([], [artefact])
    fingerprints.changed_since([], [artefact])
    assert fingerprints.hashed == 2


def test_special_files_have_no_digest_and_hold_nobody_up(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    fingerprints = Fingerprints()
    assert fingerprints.changed_since([fifo, tmp_path], [tmp_path / "none"]) == frozenset()
    assert fingerprints.sha256(fifo) is None
