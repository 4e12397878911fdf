"""Images on the release screen: what is typed and pressed, on real layouts, copies, archives, a registry."""

from __future__ import annotations

import json
import os
import tarfile
import threading
from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.console.imaging import (
    PLACE,
    Images,
    bench_for,
    layout,
    layout_of_two,
    named_place,
    opened,
    verified,
)
from tests.console.test_release import rows_of, screen_of
from tests.console.workbench import clock, ready, screen_text, until
from tests.release.images.conftest import Asking
from tests.release.images.loopback import Reply, answering
from tests.release.images.material import (
    SLSA_1,
    signature_file,
    simple_payload,
    write_dir_copy,
)

from trustconsole.api import (
    ImageReport,
    SignerOptions,
    ToVerify,
)
from trustconsole.console.app import ConsoleApp
from trustconsole.console.screens.confirm import ConfirmScreen
from trustconsole.console.screens.detail import DetailScreen
from trustconsole.console.screens.main import MainScreen
from trustconsole.console.screens.release import ReleaseScreen
from trustconsole.console.sheet import as_text
from trustconsole.demo.signing import sign_raw, text64

SIZES = ((160, 50), (120, 36), (80, 24))


@pytest.fixture
def ask(tmp_path: Path) -> Asking:
    return Asking(tmp_path)


@pytest.fixture
def session(ask: Asking) -> Images:
    return bench_for(ask)


@pytest.mark.parametrize("size", SIZES)
async def test_a_layout_is_shown_as_a_tree_and_the_line_to_pull_is_copied(
    session: Images, ask: Asking, size: tuple[int, int]
) -> None:
    place, image = layout(ask)
    pull = f"docker pull {PLACE}@{image.digest}"
    app = ConsoleApp(session, clock=clock)
    async with app.run_test(size=size, notifications=True) as pilot:
        screen = await verified(pilot, app, place)
        text = screen_text(app)
        assert all(len(line) <= size[0] for line in text.splitlines())
        assert "✓ accept: The image, its signer and its content hold" in text
        # Never cut, however narrow: what is pulled hangs on every digit.
        assert image.digest in text
        rows = rows_of(screen)
        heads = ("✓ Signatures", "– Identity", "– Time", "✓ Platforms", "✓ Attestations", "✓ Blobs")
        places = [next(i for i, row in enumerate(rows) if row.startswith(head)) for head in heads]
        assert places == sorted(places)
        assert any("linux/arm64" in row for row in rows)
        assert any("slsa.dev/provenance/v1" in row and "prexorjustin" in row for row in rows)
        await pilot.press("y")
        assert app.clipboard == pull
        await pilot.press("Y")
        assert app.clipboard == image.digest
        assert session.verified == [str(place)]


async def test_a_copy_and_an_archive_are_told_apart_by_content_whatever_was_asked_for(
    session: Images, ask: Asking
) -> None:
    place, image = layout(ask)
    archive = ask.directory / "saved.tar"
    with tarfile.open(archive, "w", format=tarfile.USTAR_FORMAT) as tar:
        tar.add(place, ".")
    payload = simple_payload(image.digest, PLACE)
    own = {"dev.cosignproject.cosign/signature": text64(sign_raw(ask.signers.key, payload))}
    copy = write_dir_copy(ask.directory / "copy", image, [signature_file(payload, own)])
    app = ConsoleApp(session, clock=clock)
    async with app.run_test(size=(160, 50), notifications=True) as pilot:
        await ready(pilot, app)
        await pilot.press("colon", *"release ver", "enter")
        await until(pilot, lambda: isinstance(app.screen, ReleaseScreen))
        screen = screen_of(app)
        for one in (archive, copy, place):
            await named_place(pilot, screen, one)
            assert isinstance(screen.report, ImageReport)
            assert (screen.report.verdict, screen.report.digest) == ("accept", image.digest), one
        assert session.verified == [str(archive), str(copy), str(place)]


async def test_enter_on_one_of_several_images_verifies_that_one(session: Images, ask: Asking) -> None:
    place, first, second = layout_of_two(ask)
    app = ConsoleApp(session, clock=clock)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        screen = await verified(pilot, app, place)
        assert "2 images are there: choose one, enter verifies it" in screen_text(app)
        assert "1.4.0" in screen_text(app)
        await pilot.press("e")
        assert session.exported == []
        await pilot.press("j", "y")
        assert app.clipboard == f"{place}@{second.digest}"
        await pilot.press("enter")
        await until(pilot, lambda: screen.report is not None)
        assert session.verified[-1] == f"{place}@{second.digest}"
        assert "✓ accept" in screen_text(app)
        assert screen.box.rows.index == 0
        await pilot.press("escape")
        await until(pilot, lambda: "choose one" in screen_text(app))
        await pilot.press("g", "enter")
        await until(pilot, lambda: screen.report is not None)
        assert session.verified[-1] == f"{place}@{first.digest}"
        assert "✗ reject: No signature of the image was found" in screen_text(app)
        await pilot.press("escape", "escape")
        await until(pilot, lambda: isinstance(app.screen, MainScreen))


async def test_a_registry_is_asked_only_after_a_question(session: Images) -> None:
    def nothing(_path: str, _headers: Mapping[str, str]) -> Reply:
        return Reply(404)

    app = ConsoleApp(session, clock=clock)
    with answering(nothing) as (host, seen):
        async with app.run_test(size=(80, 24), notifications=True) as pilot:
            screen = await opened(pilot, app)
            screen.place.put(f"{host}/prexorcloud/controller:1.4.0")
            for refusal in ("escape", "enter"):  # Cancel has the focus
                await pilot.press("enter")
                await until(pilot, lambda: isinstance(app.screen, ConfirmScreen))
                assert host in screen_text(app)
                await pilot.press(refusal)
                await until(pilot, lambda: app.screen is screen)
                assert "Not asked; nothing was connected to." in screen_text(app)
            assert (session.verified, seen.requests) == ([], [])
            await pilot.press("enter")
            await until(pilot, lambda: isinstance(app.screen, ConfirmScreen))
            await pilot.press("tab", "enter")
            await until(pilot, lambda: screen.report is not None)
            assert session.verified == [f"{host}/prexorcloud/controller:1.4.0"]
            assert [path for path, _ in seen.requests] == ["/v2/"]
            assert "✗ error: " in screen_text(app)
            await pilot.press("v")
            await until(pilot, lambda: isinstance(app.screen, ConfirmScreen))


async def test_a_log_entry_from_a_file_is_passed_on_until_it_is_taken_back(
    session: Images, ask: Asking
) -> None:
    place, _ = layout(ask)
    entry = ask.directory / "entry.json"
    entry.write_text("{}")
    app = ConsoleApp(session, clock=clock)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        screen = await verified(pilot, app, place)
        await pilot.press("f")
        assert "/api/v1/log/entries" in screen_text(app)
        screen.entry.put(str(entry)[:-3])
        await pilot.press("tab", "enter")
        await until(pilot, lambda: not screen.busy and len(session.told) == 2)
        assert session.told[-1] == {"entry": entry, "online": False}
        assert "✗ error" in screen_text(app)
        assert "File with the log entry" in screen_text(app)
        await pilot.press("f", *["backspace"] * len(str(entry)), "enter")
        await until(pilot, lambda: not screen.busy and len(session.told) == 3)
        assert session.told[-1] == {"entry": None, "online": False}
        assert "File with the log entry" not in screen_text(app)
        await pilot.press("o")
        await until(pilot, lambda: not screen.busy and len(session.told) == 4)
        assert session.told[-1] == {"entry": None, "online": True}


async def test_what_runs_shows_how_far_it_is_and_never_an_older_answer(session: Images, ask: Asking) -> None:
    place, _ = layout(ask)
    other, _ = layout(ask, "other", attested=False)
    app = ConsoleApp(session, clock=clock)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        screen = await verified(pilot, app, place)
        assert "docker pull" in screen_text(app)
        session.hold = threading.Event()
        screen.set_focus(screen.place.input)
        screen.place.put(str(other))
        await pilot.press("enter")
        await until(pilot, lambda: "3 of 12 blobs" in screen_text(app))
        await pilot.press("escape")
        await until(pilot, lambda: not screen.busy)
        text = screen_text(app)
        assert "Stopped; nothing was decided." in text
        assert "accept" not in text
        assert "docker pull" not in text
        await pilot.press("e")
        assert session.exported == []
        session.hold.set()
        await pilot.press("enter")
        await until(pilot, lambda: screen.report is not None)
        session.hold = threading.Event()
        await pilot.press("v", "escape")  # stopped: whether it is still so nobody knows
        await until(pilot, lambda: not screen.busy)
        assert "docker pull" not in screen_text(app)
        assert "accept" not in screen_text(app)


async def test_what_is_typed_and_not_asked_goes_when_the_field_is_left(session: Images, ask: Asking) -> None:
    place, _ = layout(ask)
    app = ConsoleApp(session, clock=clock)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        screen = await verified(pilot, app, place)
        await pilot.press("d", *"/x", "escape")
        await until(pilot, lambda: screen.box.rows.has_focus)
        assert screen.place.typed == str(place)


async def test_every_row_has_its_detail_and_the_export_holds_all(session: Images, ask: Asking) -> None:
    place, image = layout(ask)
    app = ConsoleApp(session, clock=clock)
    async with app.run_test(size=(160, 50), notifications=True) as pilot:
        screen = await verified(pilot, app, place)
        for _ in rows_of(screen):
            assert screen.detail.view.sheet is not None
            assert as_text(screen.detail.view.sheet).strip()
            await pilot.press("j", "t")
        await pilot.press("e")
        ((export, text),) = session.exported
        assert export == "image"
        for wanted in (image.digest, "spki_sha256", "linux/amd64", SLSA_1, "Signature 1 of 1", "Blobs"):
            assert wanted in text
        await pilot.press("c")
        await until(pilot, lambda: "Components are those of a release" in screen_text(app))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, DetailScreen))
        await pilot.press("escape", "slash", *"linux", "enter")
        assert len(screen.box.rows.shown) == 2


async def test_what_the_command_line_named_is_shown_first(session: Images, ask: Asking) -> None:
    place, _ = layout(ask)
    session.to_verify = ToVerify("image", str(place), online=True)
    app = ConsoleApp(session, clock=clock)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until(pilot, lambda: isinstance(app.screen, ReleaseScreen))
        screen = screen_of(app)
        await until(pilot, lambda: screen.report is not None)
        assert session.told == [{"entry": None, "online": True}]
        await pilot.press("colon", *"release ver", "enter")
        await until(pilot, lambda: app.screen is screen and screen.place.input.has_focus)
        assert "Verifies checksums.txt" in screen_text(app)
        await pilot.press("escape", "escape")
        await until(pilot, lambda: isinstance(app.screen, MainScreen))


@pytest.mark.vectors
async def test_layouts_and_copies_of_real_tools_get_the_verdict_that_their_manifest_expects(
    session: Images,
) -> None:
    named_by = os.environ.get("TRUSTCONSOLE_VECTORS")
    if not named_by:
        pytest.skip("TRUSTCONSOLE_VECTORS is not set")
    folder = Path(named_by) / "image-oci"
    cases = json.loads((folder / "manifest.json").read_text())["cases"]
    assert len(cases) >= 17
    wrong = {}
    app = ConsoleApp(session, clock=clock)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        screen = await opened(pilot, app)
        for case in cases:
            session.signer = SignerOptions(key=folder / case["key"])
            await named_place(pilot, screen, folder / case["files"]["directory"])
            await pilot.press("y")
            expected = "accept" if case["expected"] == "pass" else "reject"
            report = screen.report
            good = isinstance(report, ImageReport) and f" {expected}: " in screen_text(app)
            pulled = app.clipboard.endswith(f"@{case['image_digest']}") and "pull" in app.clipboard
            if not good or (pulled and expected != "accept"):
                wrong[case["id"]] = screen_text(app).splitlines()[4]
    assert wrong == {}
