"""Pictures of the screens that matter, compared cell by cell; few, because a new Textual moves them all.

Everything that could move them otherwise is chosen: theme, clock, paths, size, and the environment.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from tests.console.changing import made
from tests.console.gallery import shown_under
from tests.console.imaging import layout, opened
from tests.console.workbench import app_over, bench_of, ready, snapshot, until
from tests.release.images.conftest import Asking
from textual.pilot import Pilot

from trustconsole.api import ImageReport
from trustconsole.console.app import ConsoleApp
from trustconsole.console.release.asking import Asked

Compare = Callable[..., bool]
PICTURES: dict[str, tuple[tuple[int, int], tuple[str, ...], dict[str, bool]]] = {
    "wide": ((160, 50), ("j", "j", "j", "j"), {}),
    "middle": ((120, 40), ("2",), {}),
    "narrow_bundles": ((80, 24), (), {}),
    "narrow_trust_root": ((80, 24), ("1", "j", "j"), {}),
    "narrow_detail": ((80, 24), ("j", "j", "j", "j", "enter"), {}),
    "palette": ((100, 30), ("colon",), {}),
    "help": ((100, 30), ("5", "question_mark"), {}),
    "ascii_without_colour": ((120, 40), ("5",), {"unicode": False, "no_color": True}),
}


def pressing(*keys: str, settled: bool = False) -> Callable[[Pilot[None]], Awaitable[None]]:
    async def press(pilot: Pilot[None]) -> None:
        app = pilot.app
        assert isinstance(app, ConsoleApp)
        await ready(pilot, app)
        if settled:
            await until(pilot, lambda: app.rotation is not None)
        for key in keys:
            await pilot.press(key)
            await pilot.pause()
            if settled:
                await until(pilot, lambda: not getattr(app.screen, "busy", ""))
        for _ in range(3):
            await pilot.pause()

    return press


@pytest.mark.parametrize("name", PICTURES)
def test_the_screen_looks_as_it_did(
    name: str, snap_compare: Compare, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    monkeypatch.setenv("TERM", "dumb")
    size, keys, options = PICTURES[name]
    assert snap_compare(app_over(**options), terminal_size=size, run_before=pressing(*keys))


CHANGES: dict[str, tuple[tuple[int, int], object, tuple[str, ...], dict[str, bool]]] = {
    "rotation_add": ((120, 36), 1, ("R",), {}),
    "rotation_restart": ((120, 36), 2, ("R", "n"), {}),
    "rotation_resign_narrow": ((80, 24), 3, ("R",), {}),
    "rotation_remove_narrow": ((80, 24), 4, ("R", "n"), {}),
    "rotation_done_ascii_without_colour": ((120, 36), "done", ("R",), {"unicode": False, "no_color": True}),
    "revocation": ((100, 30), 1, ("1", "X"), {}),
    "audit": ((120, 36), "done", ("colon", *"audit", "enter"), {}),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_screen_that_changes_something_looks_as_it_did(name: str, snap_compare: Compare) -> None:
    size, step, keys, options = CHANGES[name]
    app = app_over(snapshot(read_only=False), **options)
    bench = bench_of(app)
    bench.read_only = False
    bench.still.seen = made().views[step]
    bench.revocation, bench.record = made().revocation, made().record
    assert snap_compare(app, terminal_size=size, run_before=pressing(*keys, settled=True))


def test_an_empty_workspace_looks_as_it_did(snap_compare: Compare) -> None:
    nothing = snapshot(trust_root=None, config=None, modules=(), nodes=())
    assert snap_compare(app_over(nothing), terminal_size=(120, 40), run_before=pressing())


def test_a_verified_image_looks_as_it_did(snap_compare: Compare, tmp_path: Path) -> None:
    ask = Asking(tmp_path)
    place, _ = layout(ask)
    report: ImageReport = shown_under(ask.about(place), str(tmp_path), "/srv/images")

    async def verified(pilot: Pilot[None]) -> None:
        app = pilot.app
        assert isinstance(app, ConsoleApp)
        screen = await opened(pilot, app)
        screen.place.put(report.reference)
        screen.show_answer(Asked(report.reference, "image"), report)
        await pressing("j", "j")(pilot)

    assert snap_compare(app_over(), terminal_size=(120, 36), run_before=verified)
