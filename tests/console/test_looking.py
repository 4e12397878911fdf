"""How snapshots reach the screen: newest wins, the cursor stays, problems are said, crashes are quiet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from tests.console.workbench import (
    Workbench,
    app_over,
    bench_of,
    clock,
    module,
    modules,
    nodes,
    ready,
    row,
    screen_text,
    snapshot,
    until,
)  # fmt: skip
from textual.content import Content
from textual.worker import WorkerFailed

from trustconsole.api import ModuleRow, Snapshot
from trustconsole.console.app import ConsoleApp
from trustconsole.console.panes import BundlesView
from trustconsole.errors import SettingsError

WIDE = (160, 50)


async def test_a_change_brings_a_new_snapshot_to_the_screen() -> None:
    app = app_over(snapshot(), snapshot(nodes=nodes()[:1]))
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        await ready(pilot, app)
        assert "1 of 2 needed" in screen_text(app)
        bench_of(app).events.put_nowait("changed")
        await until(pilot, lambda: "1 current" in screen_text(app))


async def test_the_cursor_stays_on_its_module_when_others_come_and_go() -> None:
    rows = modules()
    app = app_over(snapshot(), snapshot(modules=(row("aaa", "1.0.0", "accept", "accept"), *rows[2:])))
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        await ready(pilot, app)
        await pilot.press("j", "j", "j", "j")
        pane = app.main.boxes[3].rows
        assert pane.key == module("voting", "1.0.3").path
        bench_of(app).events.put_nowait("changed")
        await until(pilot, lambda: pane.shown[0].module.name == "aaa")
        assert pane.key == module("voting", "1.0.3").path


async def test_the_filter_stays_when_a_new_snapshot_arrives() -> None:
    app = app_over()
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        await ready(pilot, app)
        await pilot.press("slash", *"reject", "enter")
        shown = len(app.main.boxes[3].rows.shown)
        bench_of(app).events.put_nowait("changed")
        await until(pilot, lambda: app.snapshot is not None and app.snapshot.generation == 2)
        assert len(app.main.boxes[3].rows.shown) == shown


async def test_a_stale_snapshot_is_dropped() -> None:
    app = app_over()
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        await ready(pilot, app)
        newer = replace(snapshot(host="newer"), generation=7)
        app.post_message(ConsoleApp.Ready(newer, complete=True))
        await until(pilot, lambda: "newer:" in screen_text(app))
        app.post_message(ConsoleApp.Ready(replace(snapshot(host="older"), generation=6), complete=True))
        await pilot.pause()
        assert app.snapshot is newer


async def test_a_partial_snapshot_of_the_same_look_never_replaces_the_complete_one() -> None:
    app = app_over()
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        await ready(pilot, app)
        complete = app.snapshot
        assert complete is not None
        partial = replace(complete, modules=tuple(ModuleRow(m.module, None) for m in complete.modules))
        app.post_message(ConsoleApp.Ready(partial, complete=False))
        await pilot.pause()
        assert app.snapshot is complete


async def test_progress_is_shown_while_modules_are_verified() -> None:
    app = app_over()
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        await ready(pilot, app)
        assert "verifying 8 of 9" in screen_text(app)


async def test_a_wrong_settings_file_is_a_banner_that_goes_when_it_is_mended() -> None:
    app = app_over()
    bench = bench_of(app)
    bench.error = SettingsError("nodes: expected a list", hint="See trustconsole info.")
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        await until(pilot, lambda: "nodes: expected a list. See trustconsole info." in screen_text(app))
        bench.error = None
        bench.events.put_nowait("changed")
        await until(pilot, lambda: "nodes: expected a list" not in screen_text(app))


async def test_live_watch_off_is_a_banner_until_a_change_is_seen_live() -> None:
    app = app_over()
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        await ready(pilot, app)
        bench_of(app).events.put_nowait("live watch off: polling every 5 s")
        await until(pilot, lambda: "live watch off: polling every 5 s" in screen_text(app))
        await pilot.press("enter")
        await until(pilot, lambda: "live watch off" in screen_text(app) and app.screen is not app.main)
        bench_of(app).events.put_nowait("changed")
        await until(pilot, lambda: "live watch off" not in screen_text(app))


async def test_leaving_ends_the_watch() -> None:
    app = app_over()
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        await ready(pilot, app)
        await pilot.press("q")
    assert bench_of(app).stopped


class Broken(Workbench):
    def look(
        self,
        progress: Callable[[Snapshot], None] | None = None,  # noqa: ARG002 - the interface's
        cancelled: Callable[[], bool] | None = None,  # noqa: ARG002
    ) -> Snapshot:
        passphrase = "correct horse battery staple"
        raise RuntimeError(f"broke after {len(passphrase)} characters \x1b[31337m")


async def test_a_crash_leaves_with_a_code_and_without_locals(capsys: pytest.CaptureFixture[str]) -> None:
    app = ConsoleApp(Broken([snapshot()]), clock=clock)
    with pytest.raises(WorkerFailed, match="broke after"):
        async with app.run_test(size=WIDE, notifications=True) as pilot:
            await until(pilot, lambda: not app.is_running)
    printed = "".join(capsys.readouterr())
    assert "broke after 28 characters" in printed
    assert "correct horse" not in printed
    assert "\x1b[31337m" not in printed
    assert app.return_code == 1


async def test_empty_panes_say_what_would_be_there_and_what_brings_it() -> None:
    paths = replace(snapshot().paths, modules=())
    app = app_over(snapshot(paths=paths, trust_root=None, config=None, modules=(), nodes=()))
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        await until(pilot, lambda: app.snapshot is not None and "No trust root" in screen_text(app))
        text = " ".join(screen_text(app).split())
        for words in (
            "No controller.yml was found",
            "--modules DIR",
            "No nodes are configured",
            "--config F",
        ):
            assert words in text


async def test_of_ten_thousand_modules_only_the_rows_on_the_screen_are_drawn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one = modules()[0]
    many = tuple(
        ModuleRow(module(f"module-{n:05}", "1.0.0"), one.report if n % 3 else modules()[4].report)
        for n in range(10_000)
    )
    drawn: list[str] = []
    cells = BundlesView.cells

    def counted(view: BundlesView, item: ModuleRow) -> tuple[Content, ...]:
        drawn.append(item.key)
        return cells(view, item)

    monkeypatch.setattr(BundlesView, "cells", counted)
    app = app_over(snapshot(modules=many))
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        await ready(pilot, app)
        view = app.main.boxes[3].rows
        steps: list[Callable[[], None]] = [
            lambda: view.action_cursor(1),
            lambda: view.action_page(1),
            lambda: view.action_end(1),
            lambda: view.filter("0042"),
            lambda: view.filter(""),
            lambda: app.main.show_snapshot(app.snapshot),
        ]
        for step in steps:
            drawn.clear()
            step()
            await pilot.pause()
            assert len(set(drawn)) < 1_000
        assert len(view.shown) == 10_000
