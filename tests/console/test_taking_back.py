"""Taking a change back where no rotation is planned, and a plan that somebody deletes under the console."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.console.changing import made
from tests.console.rotating import fingerprint, now, open_plan, see, site, type_text
from textual.pilot import Pilot

from trustconsole.console.app import ConsoleApp
from trustconsole.console.display import Display
from trustconsole.console.rotation.rows import StepModules, standing
from trustconsole.console.screens.plan import PlanScreen
from trustconsole.console.screens.revocation import RevocationScreen
from trustconsole.rotation.model import Reading
from trustconsole.verification.report import Verdict


async def revoke_b(pilot: Pilot[None], app: ConsoleApp, author_b: str) -> None:
    await see(pilot, app, "refused")
    await pilot.press("1", "j", "X")
    await see(pilot, app, "modules would be refused")
    await pilot.press("n")
    await see(pilot, app, "First 8 digits")
    await type_text(pilot, author_b[:8])
    await pilot.press("enter")
    await see(pilot, app, f"{author_b[:8]} is removed", "u takes it back")


async def test_a_revocation_is_taken_back_from_its_result(tmp_path: Path) -> None:
    with site(tmp_path, nodes=False) as place:
        app = place.app
        before = place.workspace.trust_root.read_bytes()
        author_b = fingerprint(place.workspace.keys / "author-b.pub")
        async with app.run_test(size=(120, 36), notifications=True) as pilot:
            await revoke_b(pilot, app, author_b)
            assert author_b not in place.trusted
            await pilot.press("u")
            await see(pilot, app, "Take the last change back", "before revoke", author_b[:8])
            await pilot.press("enter")
            await see(pilot, app, "No rotation is planned", "u takes the last change back")
            assert author_b not in place.trusted, "Cancel was marked"
            await pilot.press("escape")
            await see(pilot, app, "What this does not achieve")
            assert isinstance(app.screen, RevocationScreen)
            await pilot.press("u")
            await see(pilot, app, "Take the last change back")
            await pilot.press("right", "enter")
            await see(pilot, app, "Restored")
            assert place.workspace.trust_root.read_bytes() == before
            await pilot.press("escape")
            await see(pilot, app, "1 Trust")


async def test_a_revocation_is_taken_back_where_a_rotation_would_be_planned(tmp_path: Path) -> None:
    with site(tmp_path, nodes=False) as place:
        app = place.app
        before = place.workspace.trust_root.read_bytes()
        async with app.run_test(size=(80, 24), notifications=True) as pilot:
            await revoke_b(pilot, app, fingerprint(place.workspace.keys / "author-b.pub"))
            await pilot.press("escape", "R")
            await see(pilot, app, "Which block goes", "u takes the last change back")
            assert isinstance(app.screen, PlanScreen)
            await pilot.press("u")
            await see(pilot, app, "Take the last change back")
            await pilot.press("right", "enter")
            await see(pilot, app, "Restored")
            assert place.workspace.trust_root.read_bytes() == before


async def test_without_a_change_u_is_a_letter_of_the_path(tmp_path: Path) -> None:
    with site(tmp_path, nodes=False) as place:
        app = place.app
        async with app.run_test(size=(80, 24)) as pilot:
            await see(pilot, app, "refused")
            await pilot.press("R")
            assert "takes the last change back" not in await see(pilot, app, "Which block goes")
            await pilot.press("u", "k")
            await see(pilot, app, "▸ uk")


async def test_a_plan_that_is_deleted_under_the_console_is_said_to_be_gone(tmp_path: Path) -> None:
    with site(tmp_path, nodes=False) as place:
        app = place.app
        async with app.run_test(size=(120, 36), notifications=True) as pilot:
            await open_plan(pilot, place)
            await see(pilot, app, "step 1 of 5", "Gate open")
            await pilot.press("n")
            await see(pilot, app, "Add it")
            await pilot.press("right", "enter")
            await see(pilot, app, "step 2 of 5")
            (place.workspace.state / "journal.json").unlink()
            await pilot.press("r")
            shown = await see(pilot, app, "A plan that was here is gone", "it resumes")
            assert "No modules were found" not in shown


def test_what_is_let_in_unsigned_is_never_shown_as_proved() -> None:
    view = made().views[3]
    item = view.modules[0]
    tracked = item.tracked
    word_of_both: Verdict = "unsigned-allowed"
    allowed = replace(tracked.module.under["now"], documented=word_of_both, controller=word_of_both)
    module = replace(tracked.module, under=dict.fromkeys(tracked.module.under, allowed))
    wanted: tuple[Reading, ...] = ("documented", "controller")
    unsigned = replace(item, tracked=replace(tracked, module=module, wanted=wanted))
    assert unsigned.unsigned
    sign, word, _ = standing(unsigned)
    assert (sign.glyph, word) == ("–", "unsigned allowed")
    rows = StepModules(replace(view, modules=(unsigned,)), Display(unicode=True, clock=now), {})
    drawn = " ".join(cell.plain for cell in rows.cells(unsigned))
    assert "unsigned allowed" in drawn
    assert "✓" not in drawn
    assert "✓" not in rows.summary().plain + rows.worst().glyph
    assert rows.summary().plain == "1 unsigned allowed"
