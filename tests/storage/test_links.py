"""Following links: which ones are met, where they end, and the latest change among them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from trustconsole.errors import MissingFile, SpecialFile
from trustconsole.storage import ctime_bound, follow


@pytest.fixture
def real(tmp_path: Path) -> Path:
    """A directory that is itself reached without links."""
    return tmp_path.resolve()


def _mounted(directory: Path) -> Path:
    """A file the way Kubernetes mounts it: root.pem → ..data/root.pem, ..data → ..2026_1."""
    (directory / "..2026_1").mkdir()
    (directory / "..2026_1" / "root.pem").write_text("one")
    (directory / "..data").symlink_to("..2026_1")
    (directory / "root.pem").symlink_to("..data/root.pem")
    return directory / "root.pem"


def test_a_plain_file_is_its_own_end(real: Path) -> None:
    file = real / "root.pem"
    file.write_text("x")
    trail = follow(file)
    assert (trail.links, trail.end, trail.complete) == ((), file, True)


def test_links_of_directories_on_the_way_are_met_too(real: Path) -> None:
    trail = follow(_mounted(real))
    assert trail.links == (real / "root.pem", real / "..data")
    assert trail.end == real / "..2026_1" / "root.pem"


def test_relative_links_with_dots_lead_where_the_kernel_leads(real: Path) -> None:
    (real / "a" / "b").mkdir(parents=True)
    (real / "c").mkdir()
    (real / "c" / "root.pem").write_text("x")
    (real / "jump").symlink_to("a/b")
    (real / "a" / "b" / "link").symlink_to("../../c/root.pem")
    path = real / "jump" / ".." / "b" / "link"
    assert follow(path).end == path.resolve() == real / "c" / "root.pem"


def test_a_walk_into_the_void_ends_at_the_last_thing_that_exists(real: Path) -> None:
    trail = follow(real / "gone" / "deeper" / "root.pem")
    assert (trail.end, trail.complete) == (real, False)


def test_the_bound_of_a_link_counts_the_link_itself(real: Path) -> None:
    file, link = real / "root.pem", real / "link.pem"
    file.write_text("x")
    before = ctime_bound(file)
    link.symlink_to(file)
    assert ctime_bound(link) == os.lstat(link).st_ctime_ns >= before


def test_a_swapped_directory_link_moves_the_bound_though_the_new_file_is_older(real: Path) -> None:
    (real / "..2026_2").mkdir()
    older = real / "..2026_2" / "root.pem"
    older.write_text("two")
    path = _mounted(real)
    (real / "..tmp").symlink_to("..2026_2")
    (real / "..tmp").replace(real / "..data")
    assert path.read_text() == "two"
    assert ctime_bound(path) == os.lstat(real / "..data").st_ctime_ns
    assert ctime_bound(path) > older.stat().st_ctime_ns


def test_a_loop_and_a_dangling_link_and_nothing_are_told_apart(real: Path) -> None:
    (real / "a").symlink_to("b")
    (real / "b").symlink_to("a")
    (real / "dangling").symlink_to("nowhere")
    with pytest.raises(SpecialFile, match="leads back to itself"):
        ctime_bound(real / "a")
    with pytest.raises(MissingFile, match="a link to nowhere"):
        ctime_bound(real / "dangling")
    with pytest.raises(MissingFile, match="does not exist"):
        ctime_bound(real / "nothing")
    with pytest.raises(MissingFile):
        ctime_bound(real / "a\0b")
    assert follow(real / "a").looping
