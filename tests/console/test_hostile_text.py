"""No byte of untrusted text reaches the terminal raw, on any screen; nothing in it becomes an action."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

import pytest
from tests.console.judging import Unasked
from tests.console.workbench import (
    Workbench,
    bench_of,
    clock,
    modules,
    nodes,
    ready,
    screen_text,
    snapshot,
    until,
)
from textual import events
from textual.drivers.headless_driver import HeadlessDriver
from textual.pilot import Pilot

from trustconsole.api import Finding, Impact, ModuleImpact, ReadingImpact, ReadingVerdict
from trustconsole.console.app import ConsoleApp
from trustconsole.console.screens.start import StartScreen
from trustconsole.errors import UnreadableFile

HOSTILE = (
    "H\x1b[31337mE\x1b]52;c;UFdORUQ=\x07\x1b]0;OWNED\x1b\\ \x9b31337m\x9d\x00\x07\x08\t\x7f"
    "\u202eRLO\u2066\u200b\u2028"
    "[@click=app.quit]click[/][/x][bold red]$text-error\r\n\udc80end"
)
KEPT = {
    "kind", "verdict", "status", "state", "severity", "origin", "outcome", "cell", "stage",
    "load_as", "verifier", "role",
    "profile", "verified_time", "standing",
}  # fmt: skip
RAW = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
CSI = re.compile(r"\x1b\[[0-9;:?<>=]*[ -/]*[@-~]")


class Recorder(HeadlessDriver):
    """A terminal that keeps every byte."""

    written: list[str]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.written = []

    @property
    def is_headless(self) -> bool:
        return False

    def write(self, data: str) -> None:
        self.written.append(data)


def spoiled(value: Any, name: str = "") -> Any:
    """The same value with every free text in it hostile."""
    if isinstance(value, str):
        return value if name in KEPT else value[:12] + HOSTILE
    if isinstance(value, tuple):
        return tuple(spoiled(part, name) for part in value)
    if isinstance(value, dict):
        return {key: spoiled(part) for key, part in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        skipped = {"public_key", "certificate", "loaded_by"}
        changes = {
            f.name: spoiled(getattr(value, f.name), f.name) for f in fields(value) if f.name not in skipped
        }
        return replace(value, **changes)
    return value


def hostile_app(**changes: Any) -> ConsoleApp:
    base = snapshot()
    spoilt = replace(
        base,
        host=HOSTILE,
        paths=spoiled(base.paths),
        trust_root=spoiled(base.trust_root),
        config=spoiled(replace(base.config, controller=replace(base.config.controller, starts=False))),  # type: ignore[type-var, union-attr]
        modules=spoiled(modules()),
        nodes=spoiled(nodes()),
        problems=(HOSTILE, HOSTILE),
    )
    return ConsoleApp(
        Workbench([replace(spoilt, **changes)]), clock=clock, driver_class=Recorder, unicode=True
    )


def output(app: ConsoleApp) -> str:
    driver = app._driver
    assert isinstance(driver, Recorder)
    return "".join(driver.written)


def judge(app: ConsoleApp) -> None:
    stream = output(app)
    assert len(stream) > 1_000
    assert "31337m" in stream, "the corpus must be on the screen, or this test tests nothing"
    assert all("31337" not in sequence for sequence in CSI.findall(stream))
    rest = re.sub("\x1b]22;[a-z-]*\x07", "", CSI.sub("", stream))  # the shape of the mouse pointer
    copied = re.findall("\x1b\\]52;c;[A-Za-z0-9+/=]*\x07", rest)
    for sequence in copied:
        assert "UFdORUQ" not in sequence
        rest = rest.replace(sequence, "")
    assert not RAW.findall(rest), ascii(RAW.findall(rest)[:5])
    assert "\x1b]" not in rest
    assert "\x1b" not in re.sub("\x1b[78=>]|\x1b\\([B0]", "", rest)
    assert "\t" not in rest
    assert app.is_running


def actions_on_screen(app: ConsoleApp) -> list[object]:
    width, height = app.size
    found = [app.screen.get_style_at(x, y).meta for y in range(height) for x in range(0, width, 3)]
    return [meta for meta in found if "@click" in meta]


async def walk(pilot: Pilot[None], app: ConsoleApp) -> None:
    """Every pane at every level, its detail, its copy."""
    for number in "12345":
        await pilot.press(number)
        for _ in range(3):
            await pilot.press("t", "j")
            assert not actions_on_screen(app)
        await pilot.press("enter")
        await pilot.press("t", "G", "t", "G", "n", "t")
        assert not actions_on_screen(app)
        await pilot.press("y", "Y", "e", "escape")
        await pilot.pause()


@pytest.mark.parametrize("size", [(160, 50), (80, 24)])
async def test_hostile_text_in_every_field_stays_text_in_every_pane_and_detail(size: tuple[int, int]) -> None:
    app = hostile_app()
    async with app.run_test(size=size, headless=False, notifications=True) as pilot:
        await ready(pilot, app)
        await walk(pilot, app)
        await pilot.press("question_mark", "escape", "colon", *"info", "enter")
        await pilot.pause()
        await pilot.press("escape")
        judge(app)


@pytest.mark.parametrize("size", [(160, 50), (80, 24)])
async def test_hostile_text_stays_text_in_an_impact(size: tuple[int, int]) -> None:
    app = hostile_app()
    said = ReadingVerdict("reject", HOSTILE, HOSTILE)
    change = ReadingImpact(ReadingVerdict("accept", None, HOSTILE), said)
    found = ModuleImpact(HOSTILE, HOSTILE, HOSTILE, change, change)
    finding = Finding("x", "error", HOSTILE, HOSTILE, HOSTILE, HOSTILE, 3)
    bench_of(app).impacts = [
        Impact("trust-root", HOSTILE, "remove", HOSTILE, None, None, None, True, False, HOSTILE, (found,)),
        Impact(
            *("trust-root", HOSTILE, "remove", HOSTILE, None, None, None, True, None, HOSTILE, (found,)),
            *(None, (finding,), (finding,), (HOSTILE,)),
        ),
    ]
    async with app.run_test(size=size, headless=False, notifications=True) as pilot:
        await ready(pilot, app)
        await pilot.press("1", "w")
        await until(pilot, lambda: "The controller would not start" in screen_text(app))
        await pilot.press("t", "G", "n")
        await until(pilot, lambda: "This change is refused" in screen_text(app))
        assert not actions_on_screen(app)
        await pilot.press("t", "G", "y", "Y", "e")
        await pilot.pause()
        judge(app)


async def test_hostile_text_stays_text_where_only_ascii_is_shown() -> None:
    app = hostile_app()
    app.show_as = replace(app.show_as, unicode=False)
    app.main.display_of = app.show_as
    async with app.run_test(size=(120, 40), headless=False, notifications=True) as pilot:
        await ready(pilot, app)
        await walk(pilot, app)
        judge(app)


async def test_what_is_pasted_into_a_filter_passes_the_same_door() -> None:
    app = hostile_app()
    async with app.run_test(size=(120, 40), headless=False, notifications=True) as pilot:
        await ready(pilot, app)
        for opener in ("slash", "colon", "question_mark"):
            await pilot.press(opener)
            await pilot.pause()
            assert app.screen.focused is not None
            app.screen.focused.post_message(events.Paste(HOSTILE))
            await pilot.pause()
            await pilot.press("enter", "escape")
        judge(app)


async def test_hostile_errors_stay_text_in_notes_and_banners() -> None:
    app = hostile_app()
    bench = bench_of(app)
    bench.export_error = UnreadableFile(HOSTILE, hint=HOSTILE)
    async with app.run_test(size=(120, 40), headless=False, notifications=True) as pilot:
        await ready(pilot, app)
        await pilot.press("e")
        bench.error = UnreadableFile(HOSTILE, hint=HOSTILE)
        bench.events.put_nowait(f"live watch off: {HOSTILE}")
        await until(pilot, lambda: "live watch off" in screen_text(app))
        judge(app)


@pytest.mark.parametrize("field", ["modules", "trust_root", "config"])
async def test_hostile_empty_states_stay_text(field: str) -> None:
    base = snapshot()
    assert base.trust_root is not None
    assert base.config is not None
    empty: dict[str, Any] = {
        "modules": (),
        "trust_root": replace(base.trust_root, path=HOSTILE, blocks=(), error=HOSTILE),
        "config": replace(base.config, path=HOSTILE, effective=None, documented=None, error=HOSTILE),
    }
    app = hostile_app(**{field: empty[field]})
    async with app.run_test(size=(120, 40), headless=False, notifications=True) as pilot:
        await ready(pilot, app)
        await walk(pilot, app)
        judge(app)


@dataclass
class HostilePlace:
    path: str = HOSTILE
    found: bool = True
    note: str = HOSTILE


class HostileStart(Unasked):
    places = (HostilePlace(), HostilePlace(found=False))

    def open(self, path: str) -> Workbench:
        raise UnreadableFile(path, hint=HOSTILE)

    def demo(self) -> Workbench:
        raise UnreadableFile(HOSTILE)


async def test_hostile_places_stay_text_on_the_first_start() -> None:
    app = ConsoleApp(None, clock=clock, start=HostileStart(), driver_class=Recorder)
    async with app.run_test(size=(100, 30), headless=False, notifications=True) as pilot:
        await until(pilot, lambda: isinstance(app.screen, StartScreen))
        await pilot.press("enter")
        await pilot.pause()
        judge(app)
