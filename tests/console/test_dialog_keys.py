"""Keys of a dialog in one burst: each is carried out in the order pressed, whatever the loop is busy with."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from tests.console.workbench import app_over, until
from textual import events
from textual.pilot import Pilot

from trustconsole.console.app import ConsoleApp
from trustconsole.console.question import Answer, Asked, Question
from trustconsole.console.screens.confirm import ConfirmScreen
from trustconsole.console.screens.pick import Choice, PickScreen
from trustconsole.console.sheet import Sheet

CHOICES = (("one", "Restart one"), ("all", "Restart all"))
NAMES = {"-": "minus", " ": "space"}


def press(app: ConsoleApp, keys: Sequence[str]) -> None:
    """Every key at once, as a terminal delivers what was typed while the console was busy."""
    for key in keys:
        character = key if len(key) == 1 else {"space": " ", "enter": "\r", "tab": "\t"}.get(key)
        app.post_message(events.Key(NAMES.get(key, key), character))


async def answer_to(keys: Sequence[str], asked: Asked | None = None) -> tuple[list[Answer | None], bool]:
    """What came back from a dialog after a burst, and whether it is still open."""
    app = app_over()
    answers: list[Answer | None] = []
    async with app.run_test(size=(80, 24)) as pilot:
        dialog = await open_dialog(pilot, app, answers, asked)
        press(app, keys)
        for _ in range(20):
            await pilot.pause()
        return answers, app.screen is dialog


async def open_dialog(
    pilot: Pilot[None], app: ConsoleApp, answers: list[Answer | None], asked: Asked | None
) -> ConfirmScreen:
    await until(pilot, lambda: app.snapshot is not None)
    sheet = Sheet(app.show_as, app.show_as.text("Restart"))
    sheet.say(None, "Runs a command.")
    dialog = ConfirmScreen(Question(sheet, CHOICES, asked), app.show_as)
    await app.push_screen(dialog, answers.append)
    await pilot.pause()
    return dialog


def reason(typed: str) -> str:
    return "" if typed == "lost - key" else f"not that: {typed}"


@pytest.mark.parametrize(
    ("keys", "choice"),
    [
        (("enter",), None),
        (("right", "enter"), "one"),
        (("tab", "enter"), "one"),
        (("right", "space"), "one"),
        (("right", "right", "enter"), "all"),
        (("left", "enter"), "all"),
        (("right", "left", "enter"), None),
        (("right", "shift+tab", "enter"), None),
        (("right", "right", "left", "left", "space"), None),
        (("right", "escape", "enter"), None),
        (("right", "left", "enter", "right", "enter"), None),
    ],
)
async def test_the_choice_that_is_marked_when_enter_comes_is_taken(
    keys: tuple[str, ...], choice: str | None
) -> None:
    assert await answer_to(keys) == ([Answer(choice) if choice else None], False)


async def test_going_back_to_cancel_and_enter_in_one_burst_cancels_after_a_pause() -> None:
    for back in ("left", "shift+tab"):
        app = app_over()
        answers: list[Answer | None] = []
        async with app.run_test(size=(80, 24)) as pilot:
            await open_dialog(pilot, app, answers, None)
            await pilot.press("right")
            press(app, (back, "enter"))
            await until(pilot, lambda: bool(answers))  # noqa: B023 - awaited before the next round
            assert answers == [None]


@pytest.mark.parametrize(
    ("keys", "answers", "still_open"),
    [
        (("enter",), [None], False),
        ((*"lost - key", "enter"), [Answer("one", "lost - key")], False),
        ((*"lost - key", "tab", "enter"), [None], False),
        ((*"lost - key", "tab", "right", "right", "enter"), [Answer("all", "lost - key")], False),
        ((*"lost - key", "tab", "tab", "shift+tab", "enter"), [None], False),
        ((*"lost - keyyyyyy", *["backspace"] * 5, "enter"), [Answer("one", "lost - key")], False),
        ((*"lot - key", *["left"] * 7, "s", "enter"), [Answer("one", "lost - key")], False),
        (("tab", *"lost - key", "enter"), [Answer("one", "lost - key")], False),
        ((*"lost", "enter"), [], True),
        (("right", "enter"), [], True),
        ((*"lost - key", "escape", "enter"), [None], False),
    ],
)
async def test_a_dialog_with_a_field_takes_letters_and_keys_in_their_order(
    keys: tuple[str, ...], answers: list[Answer | None], still_open: bool
) -> None:
    assert await answer_to(keys, Asked("Reason", reason)) == (answers, still_open)


async def test_what_is_pasted_goes_into_the_field_and_enter_behind_it_takes_it() -> None:
    app = app_over()
    answers: list[Answer | None] = []
    async with app.run_test(size=(80, 24)) as pilot:
        await open_dialog(pilot, app, answers, Asked("Reason", reason))
        app.post_message(events.Paste("lost - key\nand more"))
        press(app, ("enter",))
        await until(pilot, lambda: bool(answers))
        assert answers == [Answer("one", "lost - key")]


async def test_a_click_chooses() -> None:
    app = app_over()
    answers: list[Answer | None] = []
    async with app.run_test(size=(80, 24)) as pilot:
        dialog = await open_dialog(pilot, app, answers, None)
        await pilot.pause()
        await pilot.click(dialog.buttons[2])
        await until(pilot, lambda: bool(answers))
        assert answers == [Answer("all")]


async def test_a_pick_follows_what_was_typed_before_it_however_fast() -> None:
    """Down belongs to the rows that match, not to those that were there a moment ago."""
    found = []
    for fast in (False, True):
        app = app_over()
        picked: list[str | None] = []
        async with app.run_test(size=(80, 24)) as pilot:
            await until(pilot, lambda: app.snapshot is not None)  # noqa: B023 - awaited before the next round
            choices = [Choice(name, name, "", name) for name in ("audit", "reload", "rotate", "revoke")]
            await app.push_screen(PickScreen("Commands", "", choices, app.show_as), picked.append)
            await pilot.pause()
            keys = ("r", "e", "down", "enter")
            press(app, keys) if fast else await pilot.press(*keys)
            await until(pilot, lambda: bool(picked))  # noqa: B023 - as above
            found += picked
    assert found == ["revoke", "revoke"]
