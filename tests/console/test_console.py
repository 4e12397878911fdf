"""Keys, mouse, filter, palette, help, detail, copy: what an operator does, and what the screen then shows."""

from __future__ import annotations

import pytest
from tests.console.workbench import app_over, bench_of, ready, screen_text, snapshot, until
from textual import events
from textual.widgets import Input

from trustconsole.commands import PANES
from trustconsole.console.screens.detail import DetailScreen
from trustconsole.console.screens.help import HelpScreen, help_sheet
from trustconsole.console.screens.info import InfoScreen
from trustconsole.console.screens.pick import PickScreen
from trustconsole.console.sheet import Sheet
from trustconsole.console.widgets.bars import Hint, StripItem
from trustconsole.console.widgets.sheet_view import SheetView
from trustconsole.errors import UnreadableFile

WIDE, NARROW = (160, 50), (80, 24)


async def test_the_wide_screen_shows_all_five_panes_and_the_detail() -> None:
    app = app_over()
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        await ready(pilot, app)
        text = screen_text(app)
        for pane in PANES:
            assert f"{pane.number} {pane.title}" in text
        assert "read-only" in text
        assert "14:02:07 UTC" in text
        assert "controller-1:/opt/prexorcloud" in text
        assert "production · COSIGN_BUNDLE · DISABLED" in text
        assert "1 installed although not verified" in text
        assert "Documented trace" in text


async def test_the_narrow_screen_shows_one_pane_under_a_strip_of_all_five() -> None:
    app = app_over()
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await ready(pilot, app)
        text = screen_text(app)
        assert "[4 Bundles ≠]" in text
        assert "5 Restarts ↻" in text
        assert "1 Trust root" not in text
        await pilot.press("1")
        await until(pilot, lambda: "[1 Trust ⚠]" in screen_text(app))
        assert "1 Trust root" in screen_text(app)


@pytest.mark.parametrize("size", [WIDE, (120, 40), NARROW, (60, 16)])
async def test_no_line_is_wider_than_the_screen_and_verdicts_are_never_cut(size: tuple[int, int]) -> None:
    app = app_over()
    async with app.run_test(size=size, notifications=True) as pilot:
        await ready(pilot, app)
        lines = screen_text(app).splitlines()
        assert all(len(line) <= size[0] for line in lines)
        voting = next(line for line in lines if "voting" in line)
        assert "reject" in voting


async def test_number_keys_and_tab_go_from_pane_to_pane() -> None:
    app = app_over()
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        await ready(pilot, app)
        for pane in PANES:
            await pilot.press(str(pane.number))
            await pilot.pause()
            assert app.main.boxes[pane.number - 1].rows.has_focus
        await pilot.press("tab")
        await until(pilot, lambda: app.main.boxes[0].rows.has_focus)
        await pilot.press("shift+tab")
        await until(pilot, lambda: app.main.boxes[4].rows.has_focus)


async def test_the_cursor_moves_with_letters_and_arrows() -> None:
    app = app_over()
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        await ready(pilot, app)
        rows = app.main.boxes[3].rows
        await pilot.press("j", "j", "down", "k")
        assert rows.index == 2
        await pilot.press("G")
        assert rows.index == len(rows.shown) - 1
        await pilot.press("g")
        assert rows.index == 0


async def test_the_detail_follows_the_cursor_of_the_pane_in_front() -> None:
    app = app_over()
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        await ready(pilot, app)
        await pilot.press("j", "j", "j", "j")
        await until(pilot, lambda: "The log entry is about another file" in screen_text(app))
        assert "1 of 9 steps say no" in screen_text(app)
        await pilot.press("5", "down")
        await until(pilot, lambda: "ssh daemon-7 systemctl restart prexord" in screen_text(app))


async def test_the_filter_narrows_inverts_and_clears() -> None:
    app = app_over()
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        await ready(pilot, app)
        rows = app.main.boxes[3].rows
        await pilot.press("slash", *"voting")
        await until(pilot, lambda: len(rows.shown) == 1)
        await pilot.press("enter")
        assert rows.has_focus
        assert "/voting  1 of 9" in screen_text(app)
        await pilot.press("slash", "home", "!", "enter")
        await until(pilot, lambda: len(rows.shown) == 8)
        await pilot.press("escape")
        await until(pilot, lambda: len(rows.shown) == 9)
        await pilot.press("slash", *"nothing-like-it", "enter")
        await until(pilot, lambda: "No row contains nothing-like-it" in screen_text(app))
        await pilot.press("slash", "escape")
        await until(pilot, lambda: len(rows.shown) == 9)


async def test_letters_typed_into_the_filter_are_not_commands() -> None:
    app = app_over()
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        await ready(pilot, app)
        await pilot.press("slash", *"q1r", "slash", "colon", "question_mark")
        assert app.is_running
        assert app.main.query_one("#filter-input", Input).value == "q1r/:?"


async def test_enter_opens_the_detail_and_escape_goes_back_but_never_quits() -> None:
    app = app_over()
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await ready(pilot, app)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, DetailScreen))
        await until(pilot, lambda: "essentials 2.4.1" in screen_text(app))
        await pilot.press("n")
        await until(pilot, lambda: "parkour 0.9.0" in screen_text(app))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.main)
        await pilot.press("escape", "escape")
        assert app.is_running
        assert app.main.boxes[3].rows.index == 1


async def test_the_detail_level_steps_through_one_line_trace_and_evidence() -> None:
    app = app_over()
    async with app.run_test(size=(160, 70)) as pilot:
        await ready(pilot, app)
        await pilot.press("j", "j", "j", "j")
        await until(pilot, lambda: "Controller trace" in screen_text(app))
        assert "entry_sha256" not in screen_text(app)
        await pilot.press("t")
        await until(pilot, lambda: "entry_sha256" in screen_text(app))
        await pilot.press("t")
        await until(pilot, lambda: "Controller trace" not in screen_text(app))


async def test_a_detail_stays_live_while_its_files_change() -> None:
    calm = snapshot(nodes=())
    app = app_over(snapshot(), calm)
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await ready(pilot, app)
        await pilot.press("5", "enter")
        await until(pilot, lambda: "runs on the files of now" in screen_text(app))
        bench_of(app).events.put_nowait("changed")
        await until(pilot, lambda: "No nodes are configured" in screen_text(app))


async def test_the_palette_runs_a_command_by_its_name_on_the_command_line() -> None:
    app = app_over()
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        await ready(pilot, app)
        await pilot.press("colon")
        await until(pilot, lambda: isinstance(app.screen, PickScreen))
        await pilot.press(*"restarts", "enter")
        await until(pilot, lambda: app.main.boxes[4].rows.has_focus)
        await pilot.press("ctrl+p", *"info", "enter")
        await until(pilot, lambda: isinstance(app.screen, InfoScreen))
        await until(pilot, lambda: "/var/lib/trustconsole" in screen_text(app))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.main)


async def test_the_palette_holds_no_word_of_the_files() -> None:
    app = app_over()
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        await ready(pilot, app)
        await pilot.press("colon", *"voting")
        await until(pilot, lambda: isinstance(app.screen, PickScreen) and not app.screen.rows.shown)


@pytest.mark.parametrize("key", ["question_mark", "f1"])
async def test_help_begins_with_the_place_one_is_in_and_can_be_narrowed(key: str) -> None:
    app = app_over()
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        await ready(pilot, app)
        await pilot.press("5", key)
        await until(
            pilot, lambda: isinstance(app.screen, HelpScreen) and "Pane 5: Restarts" in screen_text(app)
        )
        await pilot.press(*"clipboard")
        await until(pilot, lambda: "Pane 5: Restarts" not in screen_text(app))
        assert "clipboard" not in screen_text(app).splitlines()[0]
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.main)


async def test_copy_says_exactly_what_it_copied() -> None:
    app = app_over()
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        await ready(pilot, app)
        await pilot.press("5", "down", "y")
        await until(pilot, lambda: app.clipboard == "ssh daemon-7 systemctl restart prexord")
        await until(pilot, lambda: "Copied restart command: ssh daemon-7" in screen_text(app))
        await pilot.press("1", "Y")
        await until(pilot, lambda: app.clipboard.startswith("-----BEGIN PUBLIC KEY-----"))


async def test_what_is_too_long_for_the_clipboard_goes_to_a_file() -> None:
    report = snapshot().trust_root
    assert report is not None
    from dataclasses import replace

    long = replace(report.blocks[0], text="A" * 80_000)
    app = app_over(snapshot(trust_root=replace(report, blocks=(long, *report.blocks[1:]))))
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        await ready(pilot, app)
        await pilot.press("1", "Y")
        await until(pilot, lambda: bool(bench_of(app).exported))
        assert app.clipboard == ""
        assert "too long for the clipboard" in screen_text(app)


async def test_export_writes_the_whole_evidence_through_the_session() -> None:
    app = app_over()
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        await ready(pilot, app)
        await pilot.press("j", "j", "j", "j", "e")
        await until(pilot, lambda: bool(bench_of(app).exported))
        name, text = bench_of(app).exported[0]
        assert name == "bundles-detail"
        assert "entry_sha256" in text
        bench_of(app).export_error = UnreadableFile(
            "the state directory is not writable", hint="Check its owner."
        )
        await pilot.press("e")
        await until(
            pilot, lambda: "the state directory is not writable. Check its owner." in screen_text(app)
        )


@pytest.mark.parametrize("key", ["r", "f5"])
async def test_rescan_looks_again(key: str) -> None:
    app = app_over()
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        await ready(pilot, app)
        await pilot.press(key)
        await until(pilot, lambda: bench_of(app).looks == 2)


async def test_q_quits_with_exit_code_0() -> None:
    app = app_over()
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        await ready(pilot, app)
        await pilot.press("q")
    assert app.return_code == 0


async def test_the_mouse_does_what_the_keys_do() -> None:
    app = app_over()
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        await ready(pilot, app)
        rows = app.main.boxes[3].rows
        await pilot.click(rows, offset=(10, 4))
        assert rows.index == 3
        await pilot.click(app.main.boxes[0].rows, offset=(10, 1))
        await until(pilot, lambda: app.main.boxes[0].rows.has_focus)
        assert app.main.boxes[0].rows.index == 1
        await pilot.click(app.main.boxes[0].rows, offset=(10, 1), times=2)
        await until(pilot, lambda: isinstance(app.screen, DetailScreen))
        hint = next(h for h in app.screen.query(Hint) if h.key_row.id == "back")
        await pilot.click(hint)
        await until(pilot, lambda: app.screen is app.main)


async def test_the_strip_of_a_narrow_screen_can_be_clicked() -> None:
    app = app_over()
    async with app.run_test(size=NARROW, notifications=True) as pilot:
        await ready(pilot, app)
        await pilot.click(list(app.main.query(StripItem))[2])
        await until(pilot, lambda: app.main.boxes[2].rows.has_focus)
        assert "3 Configuration" in screen_text(app)


OPENERS = [("slash", "filter-input"), ("colon", "pick-input"), ("question_mark", "help-input")]


@pytest.mark.parametrize(("opener", "identifier"), OPENERS)
async def test_what_is_typed_right_after_a_key_goes_into_its_field(opener: str, identifier: str) -> None:
    app = app_over()
    async with app.run_test(size=WIDE) as pilot:
        await ready(pilot, app)
        for key, character in [(opener, None), *((letter, letter) for letter in "require")]:
            app.post_message(events.Key(key, character))
        await until(pilot, lambda: app.focused is not None and app.focused.id == identifier)
        field = app.focused
        assert isinstance(field, Input)
        await until(pilot, lambda: field.value == "require")
        assert not bench_of(app).exported


async def test_a_sheet_without_a_scrollbar_is_laid_out_alike_before_and_after_one_with_it() -> None:
    app = app_over()
    show = app.main.display_of
    short, long = Sheet(show, show.text("short")), Sheet(show, show.text("long"))
    short.say(None, "word " * 60)
    long.say(None, "word " * 6000)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot, app)
        await pilot.press("4", "enter")
        await until(pilot, lambda: isinstance(app.screen, DetailScreen))
        view = app.screen.query_one(SheetView)
        seen = []
        for sheet in (short, long, short):
            view.show_sheet(sheet, keep_place=False)
            await until(pilot, lambda: view.show_vertical_scrollbar == (sheet is long))  # noqa: B023
            seen.append([line[:119].rstrip("│ ") for line in screen_text(app).splitlines() if "word" in line])
        assert seen[0] == seen[2]
        assert len(seen[0]) == 3
        assert seen[0][0] == seen[1][0].rstrip("▁▂▃▄▅▆▇█ ")


@pytest.mark.parametrize("size", [WIDE, (120, 40), NARROW])
async def test_no_row_touches_the_border_of_its_pane(size: tuple[int, int]) -> None:
    app = app_over()
    async with app.run_test(size=size) as pilot:
        await ready(pilot, app)
        for box in app.main.boxes:
            rows = box.rows
            width = rows.scrollable_content_region.width
            for y in range(rows.head, rows.size.height if width else 0):
                assert rows.render_line(y).text.ljust(width)[width - 1] == " "


def test_the_help_has_no_wider_column_for_keys_than_its_keys() -> None:
    sheet = help_sheet(app_over().main.display_of, "restarts", "")
    assert (sheet.entries[1].lead.plain, sheet.entries[1].body.plain) == ("  ", PANES[4].help)
    leave = next(entry for entry in sheet.entries if entry.body.plain == "Leave the console.")
    assert leave.lead.plain == f"  {'q':<{len('j k g G')}}  "


async def test_where_only_ascii_is_shown_a_detail_longer_than_its_place_is_there() -> None:
    app = app_over(unicode=False)
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        await ready(pilot, app)
        await pilot.press("j", "j", "j", "j", "t", "enter")
        await until(pilot, lambda: "+ rekor.set" in screen_text(app))
