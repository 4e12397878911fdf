"""What a place is, by what lies there: a release, an image, or something that only a registry could have."""

from __future__ import annotations

from pathlib import Path

import pytest

from trustconsole.errors import UsageError
from trustconsole.release.telling_apart import ArtefactKind, ToldApart, tell_apart

DIGEST = f"sha256:{'ab' * 32}"


def holding(directory: Path, *names: str) -> Path:
    directory.mkdir()
    for name in names:
        (directory / name).write_bytes(b"")
    return directory


@pytest.mark.parametrize(
    ("names", "kind"),
    [
        (("checksums.txt", "prexorctl.tar.gz"), "release"),
        (("oci-layout", "index.json"), "image"),
        (("index.json",), "image"),
        (("manifest.json", "version"), "image"),
    ],
)
@pytest.mark.parametrize("wanted", ["release", "image"])
def test_the_content_of_a_directory_tells(
    tmp_path: Path, names: tuple[str, ...], kind: ArtefactKind, wanted: ArtefactKind
) -> None:
    place = holding(tmp_path / "place", *names)
    assert tell_apart(str(place), wanted) == ToldApart(kind, str(place))


@pytest.mark.parametrize("wanted", ["release", "image"])
@pytest.mark.parametrize("names", [(), ("checksums.txt", "index.json")])
def test_where_it_tells_nothing_or_both_what_is_wanted_counts(
    tmp_path: Path, names: tuple[str, ...], wanted: ArtefactKind
) -> None:
    place = holding(tmp_path / "place", *names)
    assert tell_apart(str(place), wanted).kind == wanted
    assert tell_apart(str(tmp_path / "gone"), wanted) == ToldApart(wanted, str(tmp_path / "gone"))


def test_a_file_is_a_saved_image_and_the_checksums_themselves_are_their_release(tmp_path: Path) -> None:
    place = holding(tmp_path / "place", "checksums.txt", "image.tar")
    assert tell_apart(str(place / "image.tar"), "release").kind == "image"
    assert tell_apart(str(place / "checksums.txt"), "image") == ToldApart("release", str(place))


def test_a_digest_behind_a_path_names_an_image_in_it(tmp_path: Path) -> None:
    place = holding(tmp_path / "place", "checksums.txt")
    assert tell_apart(f"{place}@{DIGEST}", "release") == ToldApart("image", f"{place}@{DIGEST}")


def test_only_what_is_no_path_here_could_be_asked_of_a_registry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    for typed in ("registry.example/a/b:1", f"registry.example:5000/a@{DIGEST}", "localhost/a"):
        found = tell_apart(typed, "release")
        assert (found.kind, found.place) == ("image", typed)
        assert found.registry == typed.partition("/")[0]
    (tmp_path / "registry.example" / "a").mkdir(parents=True)
    for typed in ("registry.example/a", "./registry.example/b", "~/registry.example/b", "plain", "a/b:1"):
        found = tell_apart(typed, "image")
        assert found.registry is None
        # Absolute, so that it never becomes a reference once it is gone.
        assert Path(found.place).is_absolute()


@pytest.mark.parametrize("typed", ["", "a\0b", "registry.example/a@sha256:short"])
def test_what_names_nothing_is_refused(typed: str) -> None:
    with pytest.raises(UsageError):
        tell_apart(typed, "image")
