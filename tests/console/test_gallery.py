"""The pictures in `screenshots/` show the console as it is now.

With TRUSTCONSOLE_UPDATE_SCREENSHOTS=1 they are written, otherwise compared: a change of the screen that is
meant comes with its pictures, and one that is not meant is seen here.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.console.gallery import EmptyHost, GallerySession, RotatingSession, clock, drawn, picture
from textual.pilot import Pilot

from trustconsole.console.app import ConsoleApp

SCREENSHOTS = Path(__file__).resolve().parents[2] / "screenshots"


@dataclass(frozen=True)
class Shot:
    """One picture: the size of its terminal, and the keys pressed before it; `row` is found with `j`."""

    name: str
    size: tuple[int, int]
    keys: tuple[str, ...] = ()
    row: str = ""
    keys_there: tuple[str, ...] = ()
    session: type[GallerySession] = GallerySession


SHOTS = (
    Shot("bundles-160x50", (160, 50), ("4",), "voting"),
    Shot("bundles-120x40", (120, 40), ("4",), "stats-aggregator"),
    Shot("bundles-80x24", (80, 24), ("4",), "voting"),
    Shot("detail-120x40", (120, 40), ("4",), "voting", ("enter",)),
    Shot("trust-root-120x40", (120, 40), ("1",)),
    Shot("profile-120x40", (120, 40), ("2",)),
    Shot("help-80x24", (80, 24), ("4", "question_mark")),
    Shot("rotation-120x36", (120, 36), ("R",), session=RotatingSession),
    Shot("rotation-80x24", (80, 24), ("R",), session=RotatingSession),
)


@pytest.mark.parametrize("shot", SHOTS, ids=lambda shot: shot.name)
async def test_the_pictures_show_the_demo_workspace(shot: Shot, tmp_path: Path) -> None:
    app = ConsoleApp(shot.session(tmp_path / "demo"), clock=clock, unicode=True, no_color=False)
    async with app.run_test(size=shot.size) as pilot:
        await _until(pilot, lambda: app.snapshot is not None and app.snapshot.verified == 12)
        await _press(pilot, app, *shot.keys)
        if shot.row:
            await _go_to(pilot, app, shot.row)
        await _press(pilot, app, *shot.keys_there)
        _compare(shot.name, picture(app), tmp_path)


async def test_the_picture_of_the_first_start_shows_where_was_looked(tmp_path: Path) -> None:
    app = ConsoleApp(None, clock=clock, unicode=True, no_color=False, start=EmptyHost())
    async with app.run_test(size=(80, 24)) as pilot:
        await _settle(pilot, app)
        _compare("first-start-80x24", picture(app), tmp_path)


def test_no_picture_is_left_that_no_test_makes() -> None:
    names = {*(shot.name for shot in SHOTS), "first-start-80x24"}
    found = {path.name for path in SCREENSHOTS.iterdir()}
    assert found == {f"{name}.{kind}" for name in names for kind in ("svg", "png")}


async def _press(pilot: Pilot[None], app: ConsoleApp, *keys: str) -> None:
    """Each key on a screen at rest: a layout may depend on whether the one before it was finished."""
    await _settle(pilot, app)
    for key in keys:
        await pilot.press(key)
        await _settle(pilot, app)


async def _go_to(pilot: Pilot[None], app: ConsoleApp, text: str) -> None:
    rows = app.main.box.rows
    await _until(pilot, lambda: rows.item is not None)
    for _ in range(20):
        if rows.item is not None and text in rows.item.key:
            return
        await pilot.press("j")
    raise AssertionError(f"no row names {text}")


async def _until(pilot: Pilot[None], holds: Callable[[], bool]) -> None:
    for _ in range(400):
        if holds():
            return
        await pilot.pause(0.02)
    raise AssertionError("the screen did not get there in eight seconds")


async def _settle(pilot: Pilot[None], app: ConsoleApp) -> None:
    """Until two pictures in a row are the same."""
    before = ""
    for _ in range(100):
        await pilot.pause(0.05)
        now = picture(app)
        if now == before:
            return
        before = now
    raise AssertionError("the screen keeps changing")


def _compare(name: str, svg: str, directory: Path) -> None:
    """Compare with the folder, or write into it; what differs is left in `directory` to be looked at."""
    pictures = {f"{name}.svg": svg.encode(), f"{name}.png": drawn(svg)}
    update = os.environ.get("TRUSTCONSOLE_UPDATE_SCREENSHOTS") == "1"
    for file, data in pictures.items():
        if update:
            (SCREENSHOTS / file).write_bytes(data)
        if not (SCREENSHOTS / file).is_file() or (SCREENSHOTS / file).read_bytes() != data:
            (directory / file).write_bytes(data)
            pytest.fail(
                f"the screen is not as in screenshots/{file}: now it is {directory / file}. "
                "If it should be: TRUSTCONSOLE_UPDATE_SCREENSHOTS=1 pytest tests/console/test_gallery.py",
                pytrace=False,
            )
