"""Names from files and lines of commands stay text on the screens that change something, and in dialogs."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.console.changing import made
from tests.console.test_hostile_text import (
    HOSTILE,
    actions_on_screen,
    hostile_app,
    judge,
    spoiled,
)
from tests.console.workbench import bench_of, ready, until
from textual.pilot import Pilot

from trustconsole.console.app import ConsoleApp
from trustconsole.console.screens.audit import AuditScreen
from trustconsole.console.screens.confirm import ConfirmScreen
from trustconsole.console.screens.plan import PlanScreen
from trustconsole.console.screens.revocation import RevocationScreen
from trustconsole.console.screens.rotation import RotationScreen
from trustconsole.errors import GateRefused, WriteRefused

SIZES = [(160, 50), (80, 24)]


def armed(step: object = 1, **changes: Any) -> ConsoleApp:
    """A console whose every answer is hostile, over a view of that step."""
    app = hostile_app()
    bench = bench_of(app)
    bench.read_only = False
    bench.still.seen = replace(spoiled(made().views[step]), step=step, **changes)
    bench.still.lines = ((HOSTILE, HOSTILE),) * 3
    bench.revocation = spoiled(made().revocation)
    bench.record = spoiled(made().record)
    return app


async def open_rotation(pilot: Pilot[None], app: ConsoleApp) -> RotationScreen:
    await ready(pilot, app)
    await until(pilot, lambda: app.rotation is not None)
    await pilot.press("R")
    await until(pilot, lambda: isinstance(app.screen, RotationScreen) and app.screen.view is not None)
    assert isinstance(app.screen, RotationScreen)
    return app.screen


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("step", [1, 2, 3, 4, 5, "done"])
async def test_hostile_names_stay_text_in_every_step(step: object, size: tuple[int, int]) -> None:
    app = armed(step, link=HOSTILE, problems=(HOSTILE,), result=HOSTILE)
    async with app.run_test(size=size, headless=False, notifications=True) as pilot:
        await open_rotation(pilot, app)
        for _ in range(3):
            await pilot.press("t", "j")
            assert not actions_on_screen(app)
        await pilot.press("tab", "j", "G", "y", "tab", "y", "Y", "e", "s")
        await until(pilot, lambda: "save" in " ".join(bench_of(app).still.asked))
        assert not actions_on_screen(app)
        await pilot.press("enter", "t", "G", "n", "escape")
        await pilot.press("slash", "h", "escape", "question_mark", "escape")
        await pilot.pause()
        judge(app)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("step", "key"), [(1, "n"), (2, "n"), (2, "o"), (3, "o"), (4, "n"), (4, "u"), (5, "n")]
)
async def test_hostile_names_stay_text_in_every_dialog_and_in_what_becomes_of_it(
    step: object, key: str, size: tuple[int, int]
) -> None:
    app = armed(step, link=HOSTILE)
    still = bench_of(app).still
    async with app.run_test(size=size, headless=False, notifications=True) as pilot:
        screen = await open_rotation(pilot, app)
        await pilot.press(key)
        await until(pilot, lambda: isinstance(app.screen, ConfirmScreen))
        assert not actions_on_screen(app)
        still.error = WriteRefused(HOSTILE, hint=HOSTILE)
        dialog = app.screen
        assert isinstance(dialog, ConfirmScreen)
        await pilot.press("pagedown", "tab")
        if dialog.question.asked is not None:
            dialog.field.value = HOSTILE
            await pilot.press("enter")
        dialog.dismiss(_first_choice(dialog))
        await until(pilot, lambda: "trust" not in screen.busy and bool(screen.outcome[1]) and not screen.busy)
        assert screen.outcome[0].name == "reject"
        assert not actions_on_screen(app)
        judge(app)


def _first_choice(dialog: ConfirmScreen) -> Any:
    from trustconsole.console.question import Answer

    return Answer(dialog.question.choices[0][0], HOSTILE)


async def test_a_hostile_refusal_of_an_undo_stays_text() -> None:
    app = armed(3)
    bench_of(app).still.error = GateRefused(HOSTILE, overridable=True)
    async with app.run_test(size=(120, 36), headless=False, notifications=True) as pilot:
        await open_rotation(pilot, app)
        await pilot.press("u")
        await until(pilot, lambda: isinstance(app.screen, ConfirmScreen))
        assert not actions_on_screen(app)
        judge(app)


@pytest.mark.parametrize("size", SIZES)
async def test_hostile_names_stay_text_while_a_block_is_revoked(size: tuple[int, int]) -> None:
    app = armed()
    async with app.run_test(size=size, headless=False, notifications=True) as pilot:
        await ready(pilot, app)
        await pilot.press("1", "X")
        await until(pilot, lambda: isinstance(app.screen, RevocationScreen) and app.screen.report is not None)
        assert not actions_on_screen(app)
        await pilot.press("j", "G", "y", "Y", "e", "n")
        await until(pilot, lambda: isinstance(app.screen, ConfirmScreen))
        assert not actions_on_screen(app)
        judge(app)


@pytest.mark.parametrize("size", SIZES)
async def test_hostile_records_stay_text_in_the_audit_log(size: tuple[int, int]) -> None:
    app = armed()
    async with app.run_test(size=size, headless=False, notifications=True) as pilot:
        await ready(pilot, app)
        await pilot.press("colon", *"audit", "enter")
        await until(pilot, lambda: isinstance(app.screen, AuditScreen) and bool(app.screen.box.rows.shown))
        for _ in range(3):
            await pilot.press("t", "j")
            assert not actions_on_screen(app)
        await pilot.press("y", "Y", "e", "enter", "t", "G", "escape")
        judge(app)


async def test_hostile_blocks_and_file_names_stay_text_while_a_rotation_is_planned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = HOSTILE.replace("/", "").replace("\x00", "").replace("\udc80", "")
    (tmp_path / name).write_text("")
    (tmp_path / f"{name}2").write_text("")
    monkeypatch.chdir(tmp_path)
    app = armed("done")
    bench_of(app).still.error = WriteRefused(HOSTILE, hint=HOSTILE)
    async with app.run_test(size=(120, 36), headless=False, notifications=True) as pilot:
        await open_rotation(pilot, app)
        await pilot.press("c")
        await until(pilot, lambda: isinstance(app.screen, PlanScreen))
        await pilot.press("enter", "H", "tab")
        await pilot.pause()
        await asyncio.sleep(0.05)
        assert not actions_on_screen(app)
        await pilot.press("enter")
        await pilot.pause()
        judge(app)
