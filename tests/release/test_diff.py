"""Two releases are compared by what is inside, whatever the names of their archives."""

from __future__ import annotations

import builtins
from pathlib import Path
from typing import Any

import pytest
from tests.release.making_releases import ARCHIVE, sbom

from trustconsole.errors import MissingFile, UsageError
from trustconsole.release import diff_releases


def component(name: str, version: str, licence: str = "MIT") -> dict[str, object]:
    return {
        "type": "library",
        "name": name,
        "version": version,
        "purl": f"pkg:golang/{name}@{version}",
        "licenses": [{"license": {"id": licence}}],
    }


def release(directory: Path, *components: dict[str, object], archive: str = ARCHIVE) -> Path:
    directory.mkdir(exist_ok=True)
    directory.joinpath(f"{archive}.sbom.json").write_bytes(sbom(archive, b"", components=list(components)))
    return directory


def test_components_are_added_removed_changed_or_the_same(tmp_path: Path) -> None:
    before = release(tmp_path / "a", component("x", "1"), component("gone", "1"), component("same", "1"))
    after = release(tmp_path / "b", component("x", "2"), component("new", "1"), component("same", "1"))
    diff = diff_releases(before, after)
    assert [row.name for row in diff.added] == ["new"]
    assert [row.name for row in diff.removed] == ["gone"]
    (changed,) = diff.changed
    assert (changed.identity, changed.before[0].version, changed.after[0].version) == (
        "pkg:golang/x",
        "1",
        "2",
    )
    assert (diff.same, diff.empty) == (1, False)
    assert diff.to_dict()["schema"] == "trustconsole/release-diff/1"


def test_a_changed_licence_is_a_change_and_other_archive_names_are_none(tmp_path: Path) -> None:
    before = release(tmp_path / "a", component("x", "1"), archive="prexorctl_1.4.0_linux.zip")
    after = release(tmp_path / "b", component("x", "1"), archive="prexorctl_1.5.0_linux.zip")
    assert diff_releases(before, after).empty
    release(tmp_path / "b", component("x", "1", "GPL-3.0-only"), archive="prexorctl_1.5.0_linux.zip")
    (changed,) = diff_releases(before, after).changed
    assert [row.licence for row in (*changed.before, *changed.after)] == ["MIT", "GPL-3.0-only"]


def test_several_bills_of_materials_count_together(tmp_path: Path) -> None:
    before = release(tmp_path / "a", component("x", "1"))
    release(before, component("only-here", "1"), archive="other.zip")
    after = release(tmp_path / "b", component("x", "1"))
    diff = diff_releases(before, after)
    assert [row.name for row in diff.removed] == ["only-here"]
    assert len(diff.sboms[0]) == 2


def test_what_could_not_be_read_is_said(tmp_path: Path) -> None:
    before = release(tmp_path / "a", component("x", "1"), {"type": "library", "name": "y", "purl": "bad"})
    before.joinpath("broken.zip.sbom.json").write_bytes(b"{}")
    after = release(tmp_path / "b", component("x", "1"))
    problems = diff_releases(before, after).problems
    assert any("broken.zip.sbom.json" in problem for problem in problems)
    assert any("1 components could not be read" in problem for problem in problems)


def test_a_directory_without_any_is_refused_with_the_reason(tmp_path: Path) -> None:
    good = release(tmp_path / "a", component("x", "1"))
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(MissingFile, match="no bill of materials"):
        diff_releases(good, empty)
    empty.joinpath("x.zip.sbom.json").write_bytes(b"{}")
    with pytest.raises(MissingFile, match="not CycloneDX"):
        diff_releases(empty, good)
    with pytest.raises(MissingFile):
        diff_releases(good, tmp_path / "gone")


def test_without_the_library_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good = release(tmp_path / "a", component("x", "1"))
    real = builtins.__import__

    def absent(name: str, *args: Any, **keywords: Any) -> Any:
        if name.startswith("cyclonedx"):
            raise ImportError(name)
        return real(name, *args, **keywords)

    monkeypatch.setattr(builtins, "__import__", absent)
    with pytest.raises(UsageError) as caught:
        diff_releases(good, good)
    assert "trustconsole[sbom]" in caught.value.hint
