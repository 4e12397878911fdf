"""Whoever asked may stop: no further byte is read, and nothing is decided."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.release.images.conftest import Asking
from tests.release.images.loopback import Reply, answering
from tests.release.images.material import NOW, make_image, named, write_layout

from trustconsole.release import Cancelled
from trustconsole.release.images import ImageReport, ImageRequest, SeveralImages, verify_image
from trustconsole.release.images.files import Region


def after(calls: int) -> Callable[[], bool]:
    """Says so from that many calls on."""
    asked = 0

    def cancelled() -> bool:
        nonlocal asked
        asked += 1
        return asked > calls

    return cancelled


def asked_about(ask: Asking, reference: object, cancelled: Callable[[], bool]) -> ImageReport:
    return verify_image(ImageRequest(str(reference), NOW, NOW, ask.by_key, jobs=2), cancelled=cancelled)


@pytest.mark.parametrize("calls", range(7))
def test_a_copy_is_stopped_between_manifests_and_between_blobs(
    ask: Asking, tmp_path: Path, calls: int
) -> None:
    image = make_image()
    layout = write_layout(tmp_path / "layout", image.blobs, [named(image.top, "1.4.0")])
    with pytest.raises(Cancelled):
        asked_about(ask, layout, after(calls))
    assert asked_about(ask, layout, lambda: False).digest == image.digest


def test_a_large_blob_is_stopped_in_its_middle(tmp_path: Path) -> None:
    path = tmp_path / "blob"
    with path.open("wb") as file:
        file.truncate(64 << 20)
    read = 0

    def cancelled() -> bool:
        nonlocal read
        read += 1
        return read > 3

    with pytest.raises(Cancelled):
        Region(path, 0, 64 << 20, "blob").digest("sha256", cancelled)
    assert read == 4


def test_a_registry_is_not_asked_further(ask: Asking) -> None:
    with answering(lambda _path, _headers: Reply()) as (host, seen):
        with pytest.raises(Cancelled):
            asked_about(ask, f"{host}/a/b:1", after(0))
        assert seen.requests == []
        with pytest.raises(Cancelled):
            asked_about(ask, f"{host}/a/b:1", after(2))  # with TLS, then without
        assert [path for path, _ in seen.requests] == ["/v2/"]


def test_an_endless_answer_is_stopped(ask: Asking) -> None:
    endless = Reply(body=b"x" * 4096, endless=True)
    with answering(lambda _path, _headers: endless) as (host, _seen), pytest.raises(Cancelled):
        asked_about(ask, f"{host}/a/b:1", after(2))


def test_the_images_of_a_copy_are_named_with_all_that_tells_them_apart(ask: Asking, tmp_path: Path) -> None:
    first, second = make_image("one"), make_image("two")
    second.blobs.held |= first.blobs.held
    entries = [named(first.top, "1.4.0"), second.platforms[0]]
    layout = write_layout(tmp_path / "layout", second.blobs, entries)
    with pytest.raises(SeveralImages) as raised:
        ask.about(layout)
    assert raised.value.where == str(layout)
    found = [(one.digest, one.name, one.platform) for one in raised.value.images]
    assert found == [(first.digest, "1.4.0", ""), (second.platforms[0]["digest"], "", "linux/amd64")]


def test_the_report_lists_each_blob_once_with_its_condition(ask: Asking, tmp_path: Path) -> None:
    image = make_image()
    layout = write_layout(tmp_path / "layout", image.blobs, [named(image.top, "1.4.0")])
    gone = str(image.platforms[1]["digest"])
    (layout / "blobs" / "sha256" / gone.partition(":")[2]).unlink()
    report = ask.about(layout)
    assert report.content[0].digest == image.digest
    assert [one.digest for one in report.content if one.condition == "missing"] == [gone]
    assert len({one.digest for one in report.content}) == len(report.content) == sum(report.blobs.values())
    assert not report.signed
