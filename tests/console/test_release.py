"""The release screen: what an operator types and presses, and what the screen then shows."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from tests.console.test_hostile_text import Recorder, actions_on_screen, judge, spoiled
from tests.console.workbench import Workbench, clock, ready, screen_text, snapshot, until
from tests.release.making_releases import ARCHIVE, LATER, LOOKALIKE, SIGNED, Release
from textual.pilot import Pilot

from trustconsole.api import ReleaseCancelled, ReleaseReport
from trustconsole.console.app import ConsoleApp
from trustconsole.console.display import Display
from trustconsole.console.release.asking import Asked
from trustconsole.console.release.components import ComponentsView
from trustconsole.console.release.tree import ReleaseTree
from trustconsole.console.screens.detail import DetailScreen
from trustconsole.console.screens.main import MainScreen
from trustconsole.console.screens.release import ReleaseScreen
from trustconsole.console.sheet import as_text
from trustconsole.errors import UnreadableFile
from trustconsole.release import ReleaseRequest, verify_release
from trustconsole.release.policy import PolicyOptions

WIDE, NARROW = (140, 44), (80, 24)


@dataclass
class Releases(Workbench):
    """A session that judges releases by a publisher of our own."""

    policy: PolicyOptions = field(default_factory=PolicyOptions)
    asked_online: list[bool] = field(default_factory=list)
    hold: threading.Event | None = None
    wrong: Exception | None = None

    def release(  # type: ignore[override]  # the workbench takes any option by name
        self,
        directory: Path,
        *,
        entry: Path | None = None,
        online: bool = False,
        progress: Callable[[int, int], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> ReleaseReport:
        self.asked_online.append(online)
        if self.wrong is not None:
            raise self.wrong
        if progress is not None:
            progress(1 << 20, 4 << 20)
        while self.hold is not None and not self.hold.wait(0.01):
            if cancelled is not None and cancelled():
                raise ReleaseCancelled
        # As a log that was asked would prove it.
        now = SIGNED if online else LATER
        return verify_release(ReleaseRequest(directory, now, now, self.policy, entry=entry, tables=True))


@pytest.fixture
def release(tmp_path: Path) -> Release:
    made = Release(tmp_path / "release")
    made.bundle()
    return made


@pytest.fixture
def session(release: Release, tmp_path: Path) -> Releases:
    policy = PolicyOptions(trusted_root=release.publisher.trusted_root(tmp_path))
    return Releases([snapshot()], policy=policy)


def screen_of(app: ConsoleApp) -> ReleaseScreen:
    assert isinstance(app.screen, ReleaseScreen)
    return app.screen


async def opened(pilot: Pilot[None], app: ConsoleApp) -> ReleaseScreen:
    """The release screen, by the palette."""
    await ready(pilot, app)
    await pilot.press("colon")
    await pilot.press(*"release ver")
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(app.screen, ReleaseScreen))
    return screen_of(app)


async def verified(pilot: Pilot[None], app: ConsoleApp, release: Release) -> ReleaseScreen:
    """The release screen with a verified release."""
    screen = await opened(pilot, app)
    screen.place.input.value = str(release.directory)
    await pilot.press("enter")
    await until(pilot, lambda: screen.report is not None and not screen.busy)
    return screen


def rows_of(screen: ReleaseScreen) -> list[str]:
    view = screen.box.rows.view
    assert view is not None
    return [" ".join(cell.plain for cell in view.cells(item)).strip() for item in view.items]


async def test_the_palette_leads_to_the_directory_and_the_directory_to_the_tree(
    session: Releases, release: Release
) -> None:
    app = ConsoleApp(session, clock=clock)
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        screen = await opened(pilot, app)
        assert "Nothing is fetched" in screen_text(app)
        await pilot.press("enter")
        assert "Name the directory" in screen_text(app)
        await verified_here(pilot, screen, release)
        text = screen_text(app)
        assert "✓ accept: 4 files as signed, signed at 2026-03-01T12:00:00Z" in text
        names = ("✓ Signature", "✓ Identity", "✓ Time", "✓ Archives", "✓ Bills of materials", "· Provenance")
        places = [text.index(name) for name in names]
        assert places == sorted(places)
        assert ARCHIVE in text
        assert "checksums.txt.sigstore.json" in text


async def verified_here(pilot: Pilot[None], screen: ReleaseScreen, release: Release) -> None:
    screen.place.input.value = str(release.directory)
    await pilot.press("enter")
    await until(pilot, lambda: screen.report is not None and not screen.busy)


async def test_the_detail_follows_the_cursor_and_shows_the_evidence(
    session: Releases, release: Release
) -> None:
    release.write(ARCHIVE, b"altered")
    app = ConsoleApp(session, clock=clock)
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        screen = await verified(pilot, app, release)
        assert "✗ reject" in screen_text(app)
        index = next(i for i, row in enumerate(screen.box.rows.view.items) if row.name == ARCHIVE)  # type: ignore[union-attr]
        screen.box.rows.go(index)
        await until(pilot, lambda: "altered: its content is not what was signed" in screen_text(app))
        sheet = screen.detail.view.sheet
        assert sheet is not None
        assert "download it again" in as_text(sheet).lower()
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, DetailScreen))
        assert ARCHIVE in screen_text(app)
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is screen)


async def test_components_are_a_table_that_the_filter_narrows(session: Releases, release: Release) -> None:
    app = ConsoleApp(session, clock=clock)
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        screen = await verified(pilot, app, release)
        await pilot.press("c")
        await until(pilot, lambda: "package URL" in screen_text(app))
        assert "Apache-2.0" in screen_text(app)
        await pilot.press("slash", *"no such licence", "enter")
        await until(pilot, lambda: not screen.box.rows.shown)
        await pilot.press("escape")
        await until(pilot, lambda: len(screen.box.rows.shown) == 1)
        await pilot.press("slash", *"apache", "enter")
        assert len(screen.box.rows.shown) == 1
        await pilot.press("escape", "escape")
        await until(pilot, lambda: "✓ Signature" in screen_text(app))
        assert app.screen is screen


async def test_a_missing_proof_of_time_is_a_doubt_until_the_log_is_asked(
    session: Releases, release: Release
) -> None:
    release.remove("checksums.txt.sigstore.json")
    release.sign()
    app = ConsoleApp(session, clock=clock)
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        screen = await opened(pilot, app)
        screen.set_focus(screen.box.rows)
        await pilot.press("o")
        assert session.asked_online == []
        screen.set_focus(screen.place.input)
        await verified_here(pilot, screen, release)
        assert "? unknown: " in screen_text(app)
        assert "? Time" in screen_text(app)
        assert "✓ ok" not in screen_text(app)
        await pilot.press("o")
        await until(pilot, lambda: "✓ accept" in screen_text(app))
        assert session.asked_online == [False, True]


async def test_what_runs_shows_how_far_it_is_and_escape_stops_it(session: Releases, release: Release) -> None:
    session.hold = threading.Event()
    app = ConsoleApp(session, clock=clock)
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        screen = await opened(pilot, app)
        screen.place.input.value = str(release.directory)
        await pilot.press("enter")
        await until(pilot, lambda: "1.0 MiB of 4.0 MiB" in screen_text(app))
        await pilot.press("enter")
        await pilot.press("escape")
        await until(pilot, lambda: not screen.busy)
        assert "Stopped; nothing was decided." in screen_text(app)
        assert session.asked_online == [False]
        session.hold.set()
        await pilot.press("enter")
        await until(pilot, lambda: screen.report is not None)


async def test_an_error_is_one_sentence_and_the_screen_goes_on(session: Releases, release: Release) -> None:
    session.wrong = UnreadableFile("is on a disk that fails")
    app = ConsoleApp(session, clock=clock)
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        screen = await opened(pilot, app)
        screen.place.input.value = str(release.directory)
        await pilot.press("enter")
        await until(pilot, lambda: "is on a disk that fails" in screen_text(app).lower())
        session.wrong = None
        await pilot.press("enter")
        await until(pilot, lambda: screen.report is not None)


async def test_copy_export_level_and_leaving(session: Releases, release: Release) -> None:
    app = ConsoleApp(session, clock=clock)
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        screen = await opened(pilot, app)
        screen.set_focus(screen.box.rows)
        await pilot.press("e")
        assert session.exported == []
        screen.set_focus(screen.place.input)
        await verified_here(pilot, screen, release)
        await pilot.press("y")
        assert app.clipboard == str(release.directory)
        await pilot.press("e")
        ((name, text),) = session.exported
        assert name == "release"
        assert ARCHIVE in text
        assert "rekor.binding" in text
        await pilot.press("t")
        await until(pilot, lambda: "Detail: evidence" in screen_text(app))
        await pilot.press("tab", "G", "g", "tab", "j", "j", "v")
        await until(pilot, lambda: len(session.asked_online) == 2 and not screen.busy)
        await pilot.press("d")
        await until(pilot, lambda: screen.place.input.has_focus)
        await pilot.press("escape", "escape")
        await until(pilot, lambda: isinstance(app.screen, MainScreen))


async def test_on_a_narrow_screen_the_tree_has_the_whole_width(session: Releases, release: Release) -> None:
    app = ConsoleApp(session, clock=clock)
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        screen = await verified(pilot, app, release)
        lines = screen_text(app).splitlines()
        assert all(len(line) <= NARROW[0] for line in lines)
        assert any("✓ accept" in line for line in lines)
        assert not screen.detail.size.width


async def test_hostile_text_in_a_release_never_reaches_the_terminal_raw(
    session: Releases, release: Release
) -> None:
    report = session.release(release.directory)
    hostile: ReleaseReport = spoiled(report)
    # The ids of steps are our own, and the tree is made by them.
    steps = tuple(replace(one, id=own.id) for one, own in zip(hostile.steps, report.steps, strict=True))
    app = ConsoleApp(session, clock=clock, driver_class=Recorder)
    async with app.run_test(size=WIDE, headless=False, notifications=True) as pilot:
        screen = await opened(pilot, app)
        screen.show_answer(Asked("x", "release"), replace(hostile, steps=steps))
        for _ in range(len(rows_of(screen))):
            await pilot.press("j", "t")
            assert not actions_on_screen(app)
        await pilot.press("enter", "t", "G", "y", "Y", "escape")
        await pilot.press("e", "c", "j", "y", "enter", "escape", "c")
        await pilot.pause()
        judge(app)


def judged(session: Releases, release: Release, **policy: object) -> ReleaseReport:
    options = replace(session.policy, **policy)  # type: ignore[arg-type]  # by name
    return verify_release(ReleaseRequest(release.directory, LATER, LATER, options, tables=True))


def test_nothing_that_is_listed_is_green_where_the_signature_does_not_count(
    session: Releases, release: Release
) -> None:
    display = Display(unicode=True, clock=clock)
    report = judged(session, release, identity="someone@example.org")
    view = ReleaseTree(report, display)
    below = [row for row in view.items if row.key.startswith(("file:", "sbom:", "archives", "sboms"))]
    assert len(below) == 6
    assert {row.sign.name for row in below} == {"neutral"}


def test_an_accepted_lookalike_is_never_green(session: Releases, release: Release) -> None:
    release.sign(leaf=release.publisher.leaf(LOOKALIKE))
    release.bundle()
    report = judged(session, release, documented_identity=True)
    assert report.verdict == "accept"
    view = ReleaseTree(report, Display(unicode=True, clock=clock))
    assert view.worst().name == "warn"
    assert view.items[0].sign.name == "warn"


def test_a_release_that_could_not_be_read_says_so_in_every_branch(session: Releases, tmp_path: Path) -> None:
    report = session.release(tmp_path / "gone")
    view = ReleaseTree(report, Display(unicode=True, clock=clock))
    assert view.items[0].words.startswith("error: ")
    assert {row.words for row in view.items[1:]} >= {"not judged"}
    for row in view.items:
        for level in (0, 1, 2):
            assert as_text(view.sheet(row, level))
    assert ComponentsView(report, Display(unicode=True, clock=clock)).empty()


async def test_help_lists_the_keys_of_this_screen_first(session: Releases) -> None:
    app = ConsoleApp(session, clock=clock)
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        screen = await opened(pilot, app)
        screen.set_focus(screen.box.rows)
        await pilot.press("question_mark")
        await until(pilot, lambda: "Ask the transparency log over the network" in screen_text(app))
