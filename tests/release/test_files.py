"""Listed files are found without following anyone outside, hashed once, and nobody's file is overlooked."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import lzma
import os
import tarfile
import threading
import zipfile
from pathlib import Path

import pytest
from tests.release.making_releases import gnu, sha256

from trustconsole import limits
from trustconsole.errors import LimitExceeded, MissingFile
from trustconsole.release.checksums import parse_checksums
from trustconsole.release.files import Cancelled, ReleaseFile, check_files, find_unlisted


def check(directory: Path, sums: dict[str, str], **options: object) -> dict[str, ReleaseFile]:
    checksums = parse_checksums(gnu(sums), "checksums.txt")
    files = check_files(directory.resolve(), checksums, **options)  # type: ignore[arg-type]  # by name
    return {file.name: file for file in files}


def test_every_status_is_told_with_what_was_found(tmp_path: Path) -> None:
    tmp_path.joinpath("good.zip").write_bytes(b"good")
    tmp_path.joinpath("bad.zip").write_bytes(b"bad")
    files = check(
        tmp_path, {"good.zip": sha256(b"good"), "bad.zip": sha256(b"right"), "gone.zip": sha256(b"")}
    )
    assert {name: file.status for name, file in files.items()} == {
        "good.zip": "ok",
        "bad.zip": "altered",
        "gone.zip": "missing",
    }
    assert files["bad.zip"].sha256 == sha256(b"bad")
    assert files["bad.zip"].expected == sha256(b"right")
    assert (files["good.zip"].size, files["good.zip"].role) == (4, "archive")
    assert files["gone.zip"].present is False


def test_a_file_with_two_sums_is_conflicting_whichever_is_right(tmp_path: Path) -> None:
    tmp_path.joinpath("a.zip").write_bytes(b"a")
    lines = f"{sha256(b'a')}  a.zip\n{sha256(b'b')}  a.zip\n".encode()
    (file,) = check_files(tmp_path.resolve(), parse_checksums(lines, "checksums.txt"))
    assert (file.status, file.expected) == ("conflicting", None)


def test_links_count_only_where_they_stay_inside(tmp_path: Path) -> None:
    directory = tmp_path / "release"
    directory.mkdir()
    tmp_path.joinpath("outside.zip").write_bytes(b"x")
    directory.joinpath("real.zip").write_bytes(b"x")
    directory.joinpath("inside.zip").symlink_to("real.zip")
    directory.joinpath("out.zip").symlink_to("../outside.zip")
    directory.joinpath("up").symlink_to("..")
    directory.joinpath("dangling.zip").symlink_to("nowhere")
    directory.joinpath("loop.zip").symlink_to("loop.zip")
    names = ("inside.zip", "out.zip", "up/outside.zip", "dangling.zip", "loop.zip")
    files = check(directory, dict.fromkeys(names, sha256(b"x")))
    assert {name: file.status for name, file in files.items()} == {
        "inside.zip": "ok",
        "out.zip": "refused",
        "up/outside.zip": "refused",
        "dangling.zip": "refused",
        "loop.zip": "refused",
    }
    assert str(tmp_path / "outside.zip") in files["out.zip"].reason
    assert "does not exist" in files["dangling.zip"].reason
    assert "leads back" in files["loop.zip"].reason


def test_the_directory_itself_may_be_reached_by_a_link(tmp_path: Path) -> None:
    tmp_path.joinpath("real").mkdir()
    tmp_path.joinpath("real", "a.zip").write_bytes(b"a")
    tmp_path.joinpath("link").symlink_to("real")
    assert check(tmp_path / "link", {"a.zip": sha256(b"a")})["a.zip"].status == "ok"


def test_special_files_are_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo.zip")
    tmp_path.joinpath("directory.zip").mkdir()
    files = check(tmp_path, {"fifo.zip": sha256(b""), "directory.zip": sha256(b"")})
    assert {file.status for file in files.values()} == {"refused"}
    assert "FIFO" in files["fifo.zip"].reason


def test_names_that_were_refused_are_never_opened(tmp_path: Path) -> None:
    tmp_path.joinpath("outside.txt").write_bytes(b"x")
    directory = tmp_path / "release"
    directory.mkdir()
    name = str(tmp_path / "outside.txt")
    files = check(directory, {"../outside.txt": sha256(b"x"), name: sha256(b"x")})
    assert {file.status for file in files.values()} == {"refused"}
    assert all(file.sha256 is None for file in files.values())


@pytest.mark.parametrize("jobs", [1, 2, 8])
def test_any_number_of_threads_finds_the_same_in_listed_order(tmp_path: Path, jobs: int) -> None:
    contents = {f"{index:02}.zip": bytes([index]) * (index * 70_000) for index in range(20)}
    for name, content in contents.items():
        tmp_path.joinpath(name).write_bytes(content)
    sums = {name: sha256(content) for name, content in contents.items()}
    files = check(tmp_path, sums, jobs=jobs)
    assert list(files) == list(contents)
    assert {file.status for file in files.values()} == {"ok"}


def test_progress_only_grows_and_ends_at_the_whole(tmp_path: Path) -> None:
    sums = {}
    for index in range(6):
        content = os.urandom(3_000_000)
        tmp_path.joinpath(f"{index}.zip").write_bytes(content)
        sums[f"{index}.zip"] = hashlib.sha256(content).hexdigest()
    told: list[tuple[int, int]] = []
    check(tmp_path, sums, progress=lambda done, total: told.append((done, total)), jobs=3)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert {total for _, total in told} == {18_000_000}
    assert told[-1][0] == 18_000_000


def test_a_cancelled_run_ends_and_leaves_no_thread(tmp_path: Path) -> None:
    tmp_path.joinpath("a.zip").write_bytes(b"a" * 5_000_000)
    before = threading.active_count()
    with pytest.raises(Cancelled):
        check(tmp_path, {"a.zip": sha256(b"")}, cancelled=lambda: True)
    assert threading.active_count() == before


def test_what_nothing_lists_is_found_by_name_and_role(tmp_path: Path) -> None:
    for name in ("a.zip", "extra.tar.gz", "a.zip.sbom.json", "LICENSE", "checksums.txt", "Setup.EXE"):
        tmp_path.joinpath(name).write_bytes(b"x")
    tmp_path.joinpath("subdirectory").mkdir()
    tmp_path.joinpath("loop").symlink_to("loop")
    tmp_path.joinpath("elsewhere.zip").symlink_to("/etc/hostname")
    tmp_path.joinpath("dangling").symlink_to("nowhere")
    tmp_path.joinpath("out").symlink_to("..")
    tmp_path.joinpath("here").symlink_to(".")
    tmp_path.joinpath("below").symlink_to("subdirectory")
    tmp_path.joinpath("again").symlink_to("LICENSE")
    os.mkfifo(tmp_path / "pipe")
    found = find_unlisted(tmp_path, frozenset({"a.zip"}), ("checksums.txt",))
    assert [(file.name, file.role, file.status) for file in found] == [
        ("LICENSE", "other", "unlisted"),
        ("Setup.EXE", "archive", "unlisted"),
        ("a.zip.sbom.json", "sbom", "unlisted"),
        ("again", "other", "unlisted"),
        ("dangling", "other", "refused"),
        ("elsewhere.zip", "archive", "refused"),
        ("extra.tar.gz", "archive", "unlisted"),
        ("loop", "other", "refused"),
        ("out", "other", "refused"),
        ("pipe", "other", "unlisted"),
    ]
    by_name = {file.name: file for file in found}
    assert by_name["elsewhere.zip"].path is None
    assert by_name["elsewhere.zip"].reason.endswith("leads out of the directory, to /etc/hostname")
    assert "does not exist" in by_name["dangling"].reason
    assert "leads back" in by_name["loop"].reason
    assert "no regular file of this directory" in by_name["pipe"].reason


def _tar(form: int) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form) as tar:
        tar.addfile(tarfile.TarInfo("a"))
    return buffer.getvalue()


def _old_tar() -> bytes:
    """A header as tars had it before POSIX: no magic, and the sum made anew."""
    header = bytearray(_tar(tarfile.USTAR_FORMAT)[:512])
    header[257:512] = bytes(255)
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    return bytes(header) + bytes(1024)


def _zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a", b"x")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (gzip.compress(b"x"), "gzip"),
        (bz2.compress(b"x"), "bzip2"),
        (lzma.compress(b"x"), "xz"),
        (_zip(), "zip"),
        (_tar(tarfile.USTAR_FORMAT), "tar"),
        (_tar(tarfile.GNU_FORMAT), "tar"),
        (_old_tar(), "tar"),
        (b"\x28\xb5\x2f\xfd" + bytes(20), "zstd"),
        (b"\x04\x22\x4d\x18" + bytes(20), "lz4"),
        (b"7z\xbc\xaf\x27\x1c" + bytes(20), "7z"),
        (b"!<arch>\ndebian-binary", "ar"),
    ],
    ids=("gzip", "bzip2", "xz", "zip", "ustar", "gnu", "old tar", "zstd", "lz4", "7z", "ar"),
)
def test_an_archive_by_any_other_name_is_one(data: bytes, name: str, tmp_path: Path) -> None:
    tmp_path.joinpath("NOTES").write_bytes(data)
    (file,) = find_unlisted(tmp_path, frozenset(), ())
    assert (file.role, file.status) == ("archive", "unlisted")
    assert file.reason == f"by its first bytes it is {name}"


@pytest.mark.parametrize("data", [b"", b"P", b"a note", b"\x7fELF" + bytes(600), bytes(600), b"0" * 600])
def test_what_begins_as_no_archive_is_none(data: bytes, tmp_path: Path) -> None:
    tmp_path.joinpath("NOTES").write_bytes(data)
    (file,) = find_unlisted(tmp_path, frozenset(), ())
    assert (file.role, file.reason) == ("other", "")


def test_a_directory_that_is_not_there_or_far_too_full_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(MissingFile):
        find_unlisted(tmp_path / "gone", frozenset(), ())
    monkeypatch.setattr(limits, "RELEASE_ENTRIES", 3)
    for index in range(4):
        tmp_path.joinpath(str(index)).touch()
    with pytest.raises(LimitExceeded, match="3 entries"):
        find_unlisted(tmp_path, frozenset(), ())
