"""What if a block goes: asked with a key, answered by a thread, live, and left with escape."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.console.gallery import GallerySession
from tests.console.gallery import clock as gallery_clock
from tests.console.workbench import (
    HOME,
    app_over,
    bench_of,
    clock,
    ready,
    screen_text,
    snapshot,
    until,
)

from trustconsole.api import Block, Impact, ModuleImpact, ReadingImpact, ReadingVerdict, Verdict
from trustconsole.console.app import ConsoleApp
from trustconsole.console.display import Display
from trustconsole.console.screens.main import MainScreen
from trustconsole.console.screens.what_if import WhatIfScreen
from trustconsole.console.sheet import as_text
from trustconsole.console.what_if import impact_sheet
from trustconsole.errors import UsageError

WIDE, NARROW = (160, 50), (80, 24)
SHOW = Display(unicode=True, clock=clock)


def reading(before: Verdict, after: Verdict, rule: str | None = None, message: str = "") -> ReadingImpact:
    return ReadingImpact(ReadingVerdict(before, None, "verified"), ReadingVerdict(after, rule, message))


def module(name: str, documented: ReadingImpact, controller: ReadingImpact) -> ModuleImpact:
    return ModuleImpact(f"{HOME}/modules/{name}.jar", name, "1.0.0", documented, controller)


STOPS = module(
    "essentials",
    reading("accept", "reject", "key", "no trusted key verifies it"),
    reading("accept", "reject", "verify", "cosign signature did not match any trusted key"),
)
KEEPS = module("voting", reading("accept", "accept"), reading("accept", "accept"))
STARTS = module("motd", reading("reject", "accept"), reading("reject", "accept"))
FAILS = module("old", reading("reject", "reject", "key", "x"), reading("reject", "no-boot", "load", "y"))
UNKNOWN = module("odd", reading("accept", "accept"), reading("accept", "unknown", "verify", "never observed"))


def answer(*modules: ModuleImpact, starts: bool | None = True) -> Impact:
    path, digest = f"{HOME}/config/security/trust.pem", "c0de" * 16
    message = "trust bundle has no PUBLIC KEY blocks" if starts is False else None
    return Impact(
        "trust-root", path, "remove", "8f" * 32, None, digest, digest, True, starts, message, modules
    )


def asking(*answers: Impact) -> ConsoleApp:
    app = app_over()
    bench_of(app).impacts = list(answers)
    return app


def under_cursor(app: ConsoleApp) -> str:
    """The fingerprint of the block under the cursor of pane 1."""
    item = app.main.boxes[0].rows.item
    assert isinstance(item, Block)
    assert item.fingerprint is not None
    return item.fingerprint


@pytest.mark.parametrize("size", [WIDE, (120, 40), NARROW, (60, 16)])
async def test_the_key_shows_what_stops_and_by_which_rule(size: tuple[int, int]) -> None:
    app = asking(answer(STOPS, KEEPS))
    async with app.run_test(size=size, notifications=True) as pilot:
        await ready(pilot, app)
        await pilot.press("1", "w")
        await until(pilot, lambda: "1 module that is accepted today would be refused" in screen_text(app))
        text = " ".join(screen_text(app).split())
        assert f"if key {under_cursor(app)[:8]} goes" in text
        assert bench_of(app).asked == [under_cursor(app)]
        if size[1] > 20:
            assert "✗ stops (reject by step key): no trusted key verifies it" in text
            assert "(reject at stage verify): cosign" in text
        assert all(len(line) <= size[0] for line in screen_text(app).splitlines())
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, MainScreen))
        assert app.main.boxes[0].rows.has_focus


async def test_in_another_pane_the_key_leads_to_the_blocks_first() -> None:
    app = asking(answer(KEEPS))
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await ready(pilot, app)
        await pilot.press("w")
        await until(pilot, lambda: "Choose a block, then w" in screen_text(app))
        assert app.main.boxes[0].rows.has_focus
        await pilot.press("w")
        await until(pilot, lambda: isinstance(app.screen, WhatIfScreen))
        await pilot.press("w")
        assert bench_of(app).asked == [under_cursor(app)]


async def test_from_the_detail_of_a_block_it_is_one_key_away_and_escape_leads_back() -> None:
    app = asking(answer(KEEPS))
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        await ready(pilot, app)
        await pilot.press("1", "enter", "w")
        await until(pilot, lambda: "Nothing that is accepted today would be refused" in screen_text(app))
        await pilot.press("escape")
        await until(pilot, lambda: "may vouch for modules" in screen_text(app))


async def test_the_neighbours_are_asked_about_without_leaving() -> None:
    app = asking(answer(STOPS), answer(KEEPS), answer(STOPS))
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        await ready(pilot, app)
        await pilot.press("1", "w")
        await until(pilot, lambda: "✗ 1 stops" in screen_text(app))
        await pilot.press("n")
        await until(pilot, lambda: "✓ nothing stops" in screen_text(app))
        await pilot.press("p")
        await until(pilot, lambda: "✗ 1 stops" in screen_text(app))
        blocks = app.main.boxes[0].rows.shown
        first, second = (block.fingerprint for block in blocks[:2])
        assert bench_of(app).asked == [first, second, first]


async def test_a_new_snapshot_asks_again() -> None:
    app = asking(answer(STOPS), answer(KEEPS))
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        await ready(pilot, app)
        await pilot.press("1", "w")
        await until(pilot, lambda: "✗ 1 stops" in screen_text(app))
        bench_of(app).events.put_nowait("changed")
        await until(pilot, lambda: "✓ nothing stops" in screen_text(app))


async def test_an_answer_about_a_block_that_the_cursor_left_is_dropped() -> None:
    app = asking(answer(KEEPS))
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        await ready(pilot, app)
        await pilot.press("1", "w")
        await until(pilot, lambda: "✓ nothing stops" in screen_text(app))
        app.screen.post_message(WhatIfScreen.Answered("ab" * 32, answer(STOPS), ""))
        app.screen.post_message(WhatIfScreen.Judged("ab" * 32, 5, 7))
        await pilot.pause()
        assert "✓ nothing stops" in screen_text(app)


async def test_until_there_is_an_answer_the_progress_is_shown() -> None:
    app = asking(answer(KEEPS))
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await ready(pilot, app)
        await pilot.press("1", "w")
        screen = app.screen
        assert isinstance(screen, WhatIfScreen)
        await until(pilot, lambda: screen.answer is not None)
        screen.answer = None
        screen.post_message(
            WhatIfScreen.Judged(screen.block.fingerprint or "" if screen.block else "", 5, 1200)
        )
        await until(pilot, lambda: "5 of 1,200 judged" in screen_text(app))


async def test_a_question_that_cannot_be_asked_says_why() -> None:
    app = asking()
    bench_of(app).impact_error = UsageError("no trust root is configured", hint="set it")
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await ready(pilot, app)
        await pilot.press("1", "w")
        await until(pilot, lambda: "✗ no trust root is configured. Set it" in screen_text(app))
        await pilot.press("e")
        await until(pilot, lambda: "Nothing to export yet" in screen_text(app))


async def test_a_block_without_a_fingerprint_is_not_asked_about() -> None:
    base = snapshot().trust_root
    assert base is not None
    nameless = replace(base.blocks[0], spki_sha256=None, status="malformed", trusted=False)
    app = app_over(snapshot(trust_root=replace(base, blocks=(nameless,))))
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await ready(pilot, app)
        await pilot.press("1", "w")
        await until(pilot, lambda: "This block has no fingerprint" in screen_text(app))
        assert bench_of(app).asked == []


async def test_without_any_block_there_is_nothing_to_ask() -> None:
    app = app_over(snapshot(trust_root=None))
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await ready(pilot, app)
        await pilot.press("1", "w")
        await until(pilot, lambda: "There is no block to ask about" in screen_text(app))


async def test_levels_copying_and_exporting() -> None:
    app = asking(answer(STOPS, KEEPS, FAILS))
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        await ready(pilot, app)
        await pilot.press("1", "w")
        await until(pilot, lambda: "essentials 1.0.0" in screen_text(app))
        assert "voting 1.0.0" not in screen_text(app)
        await pilot.press("t")
        await until(pilot, lambda: "voting 1.0.0" in screen_text(app))
        await pilot.press("t")
        await until(pilot, lambda: "essentials 1.0.0" not in screen_text(app))
        await pilot.press("y")
        await until(pilot, lambda: "Copied SPKI SHA-256" in screen_text(app))
        await pilot.press("Y")
        await until(pilot, lambda: "Copied paths of the modules that stop" in screen_text(app))
        await pilot.press("e")
        await until(pilot, lambda: bool(bench_of(app).exported))
        name, text = bench_of(app).exported[0]
        assert name == "what-if"
        assert "voting 1.0.0" in text


async def test_the_palette_and_the_help_know_it() -> None:
    app = asking(answer(KEEPS))
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        await ready(pilot, app)
        await pilot.press("1", "question_mark", *"what stops")
        await until(pilot, lambda: "w  Show what stops, starts or goes on" in screen_text(app))
        await pilot.press("escape")
        await pilot.press("colon", *"impact", "enter")
        await until(pilot, lambda: "✓ nothing stops" in screen_text(app))


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (answer(STOPS, KEEPS), "✗ 1 module that is accepted today would be refused."),
        (answer(KEEPS, STARTS), "✓ Nothing that is accepted today would be refused."),
        (answer(KEEPS, UNKNOWN), "? Nothing is known to be lost, but 1 module cannot be predicted."),
        (answer(FAILS, starts=False), "✗ The controller would not start: trust bundle has no PUBLIC KEY"),
        (answer(KEEPS, starts=None), "? Nothing is known to be lost, but the start of the controller"),
        (answer(), "? No module was looked at."),
    ],
)
def test_the_verdict_comes_first(given: Impact, told: str) -> None:
    root = snapshot().trust_root
    assert root is not None
    rows = as_text(impact_sheet(SHOW, root.blocks[0], given, 1)).splitlines()
    assert rows[2].startswith(told)


def test_many_modules_are_named_up_to_a_bound() -> None:
    root = snapshot().trust_root
    assert root is not None
    many = tuple(replace(STOPS, name=f"module-{number}") for number in range(1000))
    text = as_text(impact_sheet(SHOW, root.blocks[0], answer(*many), 1))
    assert "Would be refused from then on (1,000)" in text
    assert "and 800 more; trustconsole impact names them all" in text


async def test_over_the_demo_it_is_what_the_command_says(tmp_path: Path) -> None:
    app = ConsoleApp(GallerySession(tmp_path / "demo"), clock=gallery_clock, unicode=True, no_color=False)
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await until(pilot, lambda: app.snapshot is not None and app.snapshot.verified == 12)
        await pilot.press("1", "w")
        await until(pilot, lambda: "essentials 2.4.1" in screen_text(app))
        text = screen_text(app)
        assert "if key eb692ca4 goes" in text
        assert "documented            1        0        0        5        6" in text
