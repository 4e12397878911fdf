"""Saved images: tars as tools write them, and tars that were made to mislead."""

from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.release.images.conftest import Asking
from tests.release.images.material import (
    carrier,
    make_image,
    named,
    simple_layer,
    simple_payload,
    tag,
    write_layout,
)

from trustconsole import limits
from trustconsole.errors import InputError, LimitExceeded, MalformedInput, SpecialFile
from trustconsole.release.images.archive import read_archive


def _layout(ask: Asking, folder: Path) -> Path:
    image = make_image()
    layer = simple_layer(image.blobs, ask.signers.key, simple_payload(image.digest))
    entries = [named(image.top, "1.4.0"), named(carrier(image.blobs, [layer]), tag(image, ".sig"))]
    return write_layout(folder, image.blobs, entries)


def _save(layout: Path, archive: Path, form: int, prefix: str = "") -> Path:
    with tarfile.open(archive, "w", format=form) as tar:
        for path in sorted(layout.rglob("*")):
            tar.add(path, arcname=prefix + str(path.relative_to(layout)), recursive=False)
    return archive


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
@pytest.mark.parametrize("prefix", ["", "./"])
def test_a_saved_layout_is_verified_without_unpacking_it(
    form: int, prefix: str, ask: Asking, tmp_path: Path
) -> None:
    archive = _save(_layout(ask, tmp_path / "layout"), tmp_path / "image.tar", form, prefix)
    before = sorted(tmp_path.iterdir())
    report = ask.about(archive)
    assert (report.verdict, report.blobs) == ("accept", {"ok": 7}), report.reason
    assert sorted(path for path in tmp_path.iterdir() if path.suffix != ".pub") == before


def test_an_altered_byte_in_a_saved_layout_is_found(ask: Asking, tmp_path: Path) -> None:
    layout = _layout(ask, tmp_path / "layout")
    archive = _save(layout, tmp_path / "image.tar", tarfile.USTAR_FORMAT)
    data = archive.read_bytes()
    archive.write_bytes(data.replace(b"controller for arm64", b"controller for arm46"))
    report = ask.about(archive)
    assert (report.verdict, report.code) == ("reject", "altered-blob")


def test_a_compressed_or_an_old_archive_is_named_as_what_it_is(ask: Asking, tmp_path: Path) -> None:
    layout = _layout(ask, tmp_path / "layout")
    archive = _save(layout, tmp_path / "image.tar", tarfile.USTAR_FORMAT)
    squeezed = tmp_path / "image.tar.gz"
    squeezed.write_bytes(gzip.compress(archive.read_bytes()))
    report = ask.about(squeezed)
    assert report.verdict == "error"
    assert "compressed with gzip" in report.reason
    old = tmp_path / "old.tar"
    _tar(old, [("manifest.json", b"[]"), ("repositories", b"{}")])
    report = ask.about(old)
    assert report.verdict == "error"
    assert "docker save" in report.reason
    words = tmp_path / "words.tar"
    words.write_bytes(b"these are words, and no tar " * 40)
    assert ask.about(words).verdict == "error"


def _tar(
    path: Path, members: list[tuple[str, bytes]], links: list[tuple[str, str, bytes]] | None = None
) -> Path:
    with tarfile.open(path, "w", format=tarfile.USTAR_FORMAT) as tar:
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
        for name, target, kind in links or []:
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, target
            tar.addfile(info)
    return path


def test_names_that_leave_the_archive_are_never_found(tmp_path: Path) -> None:
    members = [("../index.json", b"a"), ("/oci-layout", b"b"), ("blobs/../index.json", b"c"), ("./x", b"d")]
    files = read_archive(_tar(tmp_path / "a.tar", members))
    assert files.find("index.json") is None
    assert files.find("oci-layout") is None
    found = files.find("x")
    assert found is not None
    assert found.read(10, "test") == b"d"


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
def test_what_is_no_plain_file_is_refused_when_it_is_asked_for(kind: bytes, tmp_path: Path) -> None:
    archive = _tar(tmp_path / "a.tar", [("other", b"x")], [("index.json", "/etc/passwd", kind)])
    with pytest.raises(SpecialFile, match="inside the archive"):
        read_archive(archive).find("index.json")


def test_a_name_that_stands_twice_is_refused_whichever_one_another_reader_would_take(tmp_path: Path) -> None:
    archive = _tar(tmp_path / "a.tar", [("index.json", b"one"), ("./index.json", b"two")])
    with pytest.raises(SpecialFile, match="there twice"):
        read_archive(archive).find("index.json")


def _damaged(data: bytes, change: Callable[[bytearray], None]) -> bytes:
    bent = bytearray(data)
    change(bent)
    total = sum(bent[:148]) + sum(bent[156:512]) + 8 * 32
    bent[148:156] = b"%06o\0 " % total
    return bytes(bent)


def _grow(header: bytearray) -> None:
    header[124:136] = b"77777777777\0"


def _negative(header: bytearray) -> None:
    header[124:136] = b"\xff" * 12


def test_sizes_beyond_the_file_and_impossible_ones_are_refused(tmp_path: Path) -> None:
    good = _tar(tmp_path / "a.tar", [("index.json", b"one")]).read_bytes()
    for number, (change, words) in enumerate([(_grow, "ends inside"), (_negative, "impossible size")]):
        path = tmp_path / f"{number}.tar"
        path.write_bytes(_damaged(good, change))
        with pytest.raises(MalformedInput, match=words):
            read_archive(path)
    path = tmp_path / "sum.tar"
    path.write_bytes(good[:10] + b"!" + good[11:])
    with pytest.raises(MalformedInput, match="damaged"):
        read_archive(path)


def test_more_entries_and_longer_headers_than_the_limits_are_refused(tmp_path: Path) -> None:
    header = _tar(tmp_path / "one.tar", [("f", b"")]).read_bytes()[:512]
    many = tmp_path / "many.tar"
    many.write_bytes(header * (limits.ARCHIVE_ENTRIES + 1))
    with pytest.raises(LimitExceeded, match="entries"):
        read_archive(many)
    path = tmp_path / "long.tar"
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as tar:
        info = tarfile.TarInfo("x")
        info.pax_headers = {"comment": "c" * (limits.ARCHIVE_NAME_BYTES + 1)}
        tar.addfile(info)
    with pytest.raises(LimitExceeded, match="extended header"):
        read_archive(path)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_bent_archive_is_read_or_refused_and_nothing_else(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("bent") / "a.tar"
    base = bytearray(_tar(path, [("index.json", b"{}"), ("oci-layout", b"{}" * 300)]).read_bytes()[:3072])
    for _ in range(data.draw(st.integers(1, 4))):
        base[data.draw(st.integers(0, len(base) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(bytes(base[: data.draw(st.integers(0, len(base)))]))
    try:
        files = read_archive(path)
    except InputError:
        return
    for name in ("index.json", "oci-layout"):
        try:
            region = files.find(name)
        except InputError:
            continue
        if region is not None:
            assert len(region.read(4096, "test")) == region.size
