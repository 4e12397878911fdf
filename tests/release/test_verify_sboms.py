"""Bills of materials of a whole release: one with every archive, about it, and covered by the signature."""

from __future__ import annotations

import pytest
from tests.release.conftest import Ask
from tests.release.making_releases import ARCHIVE, OTHER_ARCHIVE, SIGNED, Release, gnu, sbom, sha256

from trustconsole import limits
from trustconsole.release import ReleaseReport

SBOM = f"{ARCHIVE}.sbom.json"
CONTENT = b"linux " * 50


def outcome(report: ReleaseReport) -> tuple[str, str | None]:
    return report.verdict, report.code


def ids(report: ReleaseReport) -> set[str]:
    return {finding.id for finding in report.findings}


def relist(release: Release, *without: str) -> None:
    """Sign a list of what is there, except some names."""
    release.sign(gnu({name: digest for name, digest in release.sums().items() if name not in without}))


def test_bills_of_materials_are_reported_each_with_its_archive(ask: Ask) -> None:
    report = ask(now=SIGNED)
    assert [(sbom.name, sbom.archive, sbom.covered, sbom.matches) for sbom in report.sboms] == [
        (SBOM, ARCHIVE, True, True),
        (f"{OTHER_ARCHIVE}.sbom.json", OTHER_ARCHIVE, True, True),
    ]
    assert {sbom.components for sbom in report.sboms} == {1}
    assert all(not sbom.table for sbom in report.sboms)


def test_the_components_are_read_where_they_are_asked_for(ask: Ask) -> None:
    report = ask(now=SIGNED, tables=True)
    (row,) = report.sboms[0].table
    assert (row.name, row.version, row.licence) == ("github.com/spf13/cobra", "v1.8.1", "Apache-2.0")


def test_one_that_is_not_listed_is_a_warning(ask: Ask, release: Release) -> None:
    relist(release, SBOM)
    report = ask(now=SIGNED)
    assert outcome(report) == ("accept", None)
    assert ids(report) == {"sbom-uncovered"}
    step = report.step("sbom")
    assert step is not None
    assert step.status == "warn"


def test_of_very_many_components_the_first_ones_are_shown(
    ask: Ask, release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SBOM_TABLE", 2)
    many = [{"type": "library", "name": str(index)} for index in range(5)]
    release.write(SBOM, sbom(ARCHIVE, CONTENT, components=many))
    relist(release)
    report = ask(now=SIGNED, tables=True).sboms[0]
    assert (report.components, len(report.table)) == (5, 2)
    assert report.table_note == "only the first 2 components are shown"


def test_an_archive_without_one_refuses_where_none_is_listed_either(ask: Ask, release: Release) -> None:
    release.remove(SBOM)
    assert outcome(ask(now=SIGNED)) == ("accept", None)
    assert outcome(ask(now=SIGNED, everything=True)) == ("reject", "file-missing")
    relist(release)
    assert outcome(ask(now=SIGNED)) == ("reject", "sbom-missing")


def test_a_link_to_nothing_is_no_bill_of_materials(ask: Ask, release: Release) -> None:
    release.remove(SBOM)
    relist(release)
    release.directory.joinpath(SBOM).symlink_to("nowhere")
    report = ask(now=SIGNED)
    assert outcome(report) == ("reject", "file-refused")
    assert "sbom-missing" in {one.id for one in report.findings}


def test_an_archive_that_is_not_here_needs_none(ask: Ask, release: Release) -> None:
    release.remove(OTHER_ARCHIVE, f"{OTHER_ARCHIVE}.sbom.json")
    release.sign(gnu({**release.sums(), OTHER_ARCHIVE: sha256(b"windows " * 50)}))
    assert outcome(ask(now=SIGNED)) == ("accept", None)


def test_one_of_another_archive_or_format_refuses_although_it_is_signed(ask: Ask, release: Release) -> None:
    for data in (
        sbom(OTHER_ARCHIVE, CONTENT),
        sbom(ARCHIVE, b"other content"),
        b'{"spdxVersion": "SPDX-2.3"}',
        b"",
    ):
        release.write(SBOM, data)
        relist(release)
        assert outcome(ask(now=SIGNED)) == ("reject", "sbom-refused")
        relist(release, SBOM)
        assert outcome(ask(now=SIGNED)) == ("reject", "sbom-refused")


def test_one_that_does_not_say_what_it_is_about_is_a_warning(ask: Ask, release: Release) -> None:
    release.write(SBOM, sbom(ARCHIVE, CONTENT, metadata=None))
    relist(release)
    report = ask(now=SIGNED)
    assert outcome(report) == ("accept", None)
    assert ids(report) == {"sbom-vague"}
    assert report.sboms[0].matches is None


def test_one_of_an_archive_that_was_not_downloaded_is_compared_with_the_list(
    ask: Ask, release: Release
) -> None:
    release.remove(OTHER_ARCHIVE)
    report = ask(now=SIGNED)
    assert [sbom.matches for sbom in report.sboms] == [True, True]


def test_one_that_belongs_to_no_archive_decides_nothing(ask: Ask, release: Release) -> None:
    release.write("ghost.zip.sbom.json", sbom("ghost.zip", b"x"))
    report = ask(now=SIGNED)
    assert outcome(report) == ("accept", None)
    assert ids(report) == {"sbom-uncovered", "sbom-vague"}


def test_many_findings_of_one_kind_are_counted_and_not_all_told(ask: Ask, release: Release) -> None:
    sums = {f"{index}.zip": "ab" * 32 for index in range(70)}
    for name in sums:
        release.write(name, b"x")
    release.sign(gnu({**release.sums(), **sums}))
    report = ask(now=SIGNED)
    assert sum(finding.id == "file-altered" for finding in report.findings) == 50
    assert "and 69 more" in report.reason
