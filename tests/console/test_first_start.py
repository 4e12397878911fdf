"""The first start: nothing is configured, so the console says where it looked and offers what it found."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from tests.console.judging import Judge, Unasked
from tests.console.workbench import Workbench, bench, clock, screen_text, snapshot, until
from tests.release.images.material import make_image, named, write_layout

from trustconsole.api import ImageReport
from trustconsole.console.app import ConsoleApp
from trustconsole.console.screens.release import ReleaseScreen
from trustconsole.console.screens.start import StartScreen
from trustconsole.errors import UnreadableFile


@dataclass
class Place:
    path: str
    found: bool
    note: str


@dataclass
class Start(Unasked):
    places: tuple[Place, ...] = (
        Place("/opt/prexorcloud/controller/config/controller.yml", True, "has config/controller.yml"),
        Place("/etc/prexorcloud", False, "does not exist"),
    )
    opened: list[str] = field(default_factory=list)

    def open(self, path: str) -> Workbench:
        self.opened.append(path)
        return bench(snapshot())

    def demo(self) -> Workbench:
        raise UnreadableFile("the temporary directory is full", hint="Set TMPDIR.")


async def test_it_says_what_was_looked_for_and_found() -> None:
    app = ConsoleApp(None, clock=clock, start=Start())
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, StartScreen) and "first start" in screen_text(app))
        text = screen_text(app)
        assert "/etc/prexorcloud: does not exist" in text
        assert "/opt/prexorcloud/controller/config/controller.yml: has config/controller.yml" in text
        assert "demo" in text
        assert "trustconsole --config F" in text


@pytest.mark.parametrize("keys", [("enter",), ("j", "k", "enter")])
async def test_a_found_place_opens_the_main_screen(keys: tuple[str, ...]) -> None:
    start = Start()
    app = ConsoleApp(None, clock=clock, start=start)
    async with app.run_test(size=(160, 50)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, StartScreen))
        await pilot.press(*keys)
        await until(pilot, lambda: app.screen is app.main and "4 Bundles" in screen_text(app))
        assert start.opened == ["/opt/prexorcloud/controller/config/controller.yml"]
        await until(pilot, lambda: app.snapshot is not None)


async def test_a_demo_that_cannot_be_built_is_said_and_the_screen_stays() -> None:
    app = ConsoleApp(None, clock=clock, start=Start())
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await until(pilot, lambda: isinstance(app.screen, StartScreen))
        await pilot.press("j", "enter")
        await until(pilot, lambda: "the temporary directory is full. Set TMPDIR." in screen_text(app))
        assert isinstance(app.screen, StartScreen)


async def test_escape_does_not_leave_the_first_screen_but_q_does() -> None:
    app = ConsoleApp(None, clock=clock, start=Start())
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, StartScreen))
        await pilot.press("escape")
        await asyncio.sleep(0)
        assert isinstance(app.screen, StartScreen)
        await pilot.press("q")
    assert app.return_code == 0


@dataclass
class Verifying(Start):
    """A first start whose releases and images are really verified."""

    exported: list[tuple[str, str]] = field(default_factory=list)

    def image(self, reference: str, **told: Any) -> ImageReport:
        return Judge().image(reference, **told)

    def export(self, name: str, text: str) -> Path:
        self.exported.append((name, text))
        return Path("/var/lib/trustconsole/exports") / name


async def test_a_release_or_image_can_be_verified_without_a_controller(tmp_path: Path) -> None:
    image = make_image()
    place = write_layout(tmp_path / "layout", image.blobs, [named(image.top, "1.4.0")])
    start = Verifying()
    app = ConsoleApp(None, clock=clock, start=start)
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await until(pilot, lambda: isinstance(app.screen, StartScreen))
        await pilot.press("j", "j", "enter")
        await until(pilot, lambda: isinstance(app.screen, ReleaseScreen))
        screen = app.screen
        assert isinstance(screen, ReleaseScreen)
        assert "no controller is open" in screen_text(app)
        screen.place.put(str(place))
        await pilot.press("enter")
        await until(pilot, lambda: screen.report is not None)
        assert "✗ reject: No signature of the image was found" in screen_text(app)
        await pilot.press("e")
        assert [name for name, _ in start.exported] == ["image"]
        for key in ("1", "w", "r", "R", "X", "tab", "t", "v"):  # none of them needs a controller to answer
            await pilot.press(key)
        await until(pilot, lambda: not screen.busy)
        assert app.screen is screen
        assert "No controller is open" in screen_text(app)
        for opener in ("question_mark", "colon"):
            await pilot.press(opener)
            await until(pilot, lambda: app.screen is not screen)
            await pilot.press("escape")
            await until(pilot, lambda: app.screen is screen)
        for command in ("audit show", "info", "rotate status"):
            await pilot.press("colon", *command, "enter", "escape")
        await until(pilot, lambda: isinstance(app.screen, StartScreen))
