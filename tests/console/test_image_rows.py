"""The rows of an image: which sign each has, and that no text of an image is anything but text."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.console.imaging import (
    PLACE,
    SHOW,
    Images,
    bench_for,
    layout,
    opened,
    verified,
)
from tests.console.test_hostile_text import HOSTILE, Recorder, actions_on_screen, judge, spoiled
from tests.console.test_release import rows_of
from tests.console.workbench import clock, screen_text, until
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

from trustconsole.api import (
    ImageReport,
)
from trustconsole.console.app import ConsoleApp
from trustconsole.console.release.asking import Asked
from trustconsole.console.release.image_tree import ImageTree
from trustconsole.console.sheet import as_text


@pytest.fixture
def ask(tmp_path: Path) -> Asking:
    return Asking(tmp_path)


@pytest.fixture
def session(ask: Asking) -> Images:
    return bench_for(ask)


def about(ask: Asking, place: object) -> ImageTree:
    return ImageTree(ask.about(str(place)), SHOW)


def test_nothing_that_a_digest_covers_is_green_where_no_signature_counts(ask: Asking) -> None:
    place, _ = layout(ask, attested=False, key="stranger")
    tree = about(ask, place)
    below = [row for row in tree.items if row.key.startswith(("platform", "blob"))]
    assert len(below) == 11
    assert {row.sign.name for row in below} == {"neutral"}
    assert tree.worst().name == "reject"
    assert {row.key: row.sign.name for row in tree.items}["signatures"] == "reject"


def test_an_altered_blob_stands_first_and_says_what_it_is(ask: Asking) -> None:
    place, image = layout(ask)
    blobs = place / "blobs" / "sha256"
    layer = next(path for path in blobs.iterdir() if path.read_bytes() == b"controller for arm64")
    layer.write_bytes(b"controller for amd65")
    missing = str(image.platforms[0]["digest"]).partition(":")[2]
    (blobs / missing).unlink()
    rows = {row.key: row for row in about(ask, place).items}
    assert rows["blobs"].sign.name == "reject"
    assert rows["blobs"].words == "3 ok, 1 missing, 1 altered"
    inside = [row for row in rows.values() if row.key.startswith("blob:")]
    assert [row.sign.name for row in inside] == ["reject", "warn", "accept", "accept", "accept"]
    assert inside[0].name == layer.name[:8]


def test_a_bad_signature_beside_a_good_one_is_told_and_weighs_nothing(ask: Asking) -> None:
    image = make_image()
    payload = simple_payload(image.digest, PLACE)
    layers = [simple_layer(image.blobs, key, payload) for key in (ask.signers.stranger, ask.signers.key)]
    entries = [named(image.top, "1.4.0"), named(carrier(image.blobs, layers), tag(image, ".sig"))]
    tree = about(ask, write_layout(ask.directory / "mixed", image.blobs, entries))
    rows = {row.key: row for row in tree.items}
    assert rows["signatures"].words == "1 of 2 good"
    assert [rows[f"signature:{number}"].sign.name for number in (0, 1)] == ["neutral", "accept"]
    assert rows["attestations"].sign.name == "info"


def test_an_image_that_cannot_be_read_says_so_in_every_branch(ask: Asking) -> None:
    tree = about(ask, ask.directory / "gone")
    assert tree.items[0].words.startswith("error: ")
    assert {row.words for row in tree.items[1:]} == {"not judged"}
    assert all(as_text(tree.sheet(row, level)) for row in tree.items for level in (0, 1, 2))


@pytest.mark.parametrize("size", [(160, 50), (80, 24)])
async def test_hostile_text_in_an_image_never_reaches_the_terminal_raw(
    session: Images, ask: Asking, size: tuple[int, int]
) -> None:
    place, _ = layout(ask)
    report = ask.about(str(place))
    hostile: ImageReport = spoiled(report)
    conditions = [replace(one, condition="missing") for one in hostile.content]
    # The ids of steps are our own, and the tree is made by them.
    steps = [
        replace(one, id=own.id)
        for one, own in zip(hostile.signatures[0].steps, report.signatures[0].steps, strict=True)
    ]
    signatures = (replace(hostile.signatures[0], steps=tuple(steps)),)
    spoilt = replace(hostile, signatures=signatures, content=tuple(conditions))
    app = ConsoleApp(session, clock=clock, driver_class=Recorder)
    async with app.run_test(size=size, headless=False, notifications=True) as pilot:
        screen = await opened(pilot, app)
        screen.show_answer(Asked("x", "image"), spoilt)
        for _ in range(len(rows_of(screen))):
            await pilot.press("j", "t")
            assert not actions_on_screen(app)
        await pilot.press("enter", "t", "G", "y", "Y", "escape", "g", "y", "Y", "e", "c")
        await pilot.pause()
        judge(app)


async def test_hostile_names_of_images_and_paths_stay_text(session: Images, ask: Asking) -> None:
    first, second = make_image("one"), make_image("two")
    second.blobs.held |= first.blobs.held
    words = HOSTILE.replace("\udc80", "")
    entries = [named(first.top, words), named(second.top, f"2{words}")]
    place = write_layout(ask.directory / "two", second.blobs, entries)
    app = ConsoleApp(session, clock=clock, driver_class=Recorder)
    async with app.run_test(size=(120, 36), headless=False, notifications=True) as pilot:
        screen = await verified(pilot, app, place)
        assert not actions_on_screen(app)
        await pilot.press("j", "y", "t", "slash", *"31337", "enter", "escape")
        for typed in (f"[red]{words}", words.replace("@", "")):
            screen.set_focus(screen.place.input)
            screen.place.put(typed)
            await pilot.press("enter")
            await until(pilot, lambda: not screen.busy and "✗" in screen_text(app))
        await pilot.press("e")
        await pilot.pause()
        judge(app)
