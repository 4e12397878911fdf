"""The first start: nothing is configured, so the console says where it looked and offers what it found."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest
from tests.console.judging import Unasked
from tests.console.workbench import Workbench, bench, clock, screen_text, snapshot, until

from trustconsole.console.app import ConsoleApp
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
