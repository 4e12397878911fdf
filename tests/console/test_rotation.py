"""A rotation by keyboard, on real files and real processes: the order of steps, gates, undo, cancel, read-only."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.console.rotating import Site, open_plan, see, site
from tests.console.workbench import screen_text

from trustconsole.console.screens.confirm import ConfirmScreen
from trustconsole.console.screens.main import MainScreen
from trustconsole.console.screens.plan import PlanScreen
from trustconsole.console.screens.rotation import RotationScreen


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (160, 50)])
async def test_a_whole_rotation_by_keyboard(tmp_path: Path, size: tuple[int, int]) -> None:
    with site(tmp_path) as place:
        app = place.app
        async with app.run_test(size=size, notifications=True) as pilot:
            await open_plan(pilot, place)
            await see(pilot, app, "step 1 of 5", "Gate open", "essentials")
            before = place.state()
            await pilot.press("n")
            await see(pilot, app, "Add it")
            await pilot.press("right", "enter")
            await see(pilot, app, "step 2 of 5", "2 of 2 nodes to restart", "added the new block")
            assert place.old in place.trusted
            assert len(place.trusted) == 5

            await pilot.press("n")
            await see(pilot, app, "Restart all 2")
            await pilot.press("right", "right", "enter")
            await see(pilot, app, "runs as process")
            await see(pilot, app, "step 3 of 5", "1 module to sign again")

            place.resign()
            await see(pilot, app, "step 4 of 5", "re-signed just now")
            await pilot.press("n")
            await see(pilot, app, "First 8 digits")
            await pilot.press(*place.old[:8], "enter")
            await see(pilot, app, "step 5 of 5", "removed the old block")
            assert place.old not in place.trusted

            await pilot.press("n")
            await see(pilot, app, "Restart all 2")
            await pilot.press("right", "right", "enter")
            shown = await see(pilot, app, "The rotation is finished")
            assert "finished" in shown
            changed = {name for name, data in place.state().items() if before.get(name) != data}
            assert changed == {
                "controller/config/security/module-trust-root.pem",
                "modules/essentials-2.4.1.jar.cosign.bundle",
            }
            await pilot.press("escape")
            await see(pilot, app, "1 Trust")
            assert isinstance(app.screen, MainScreen)


async def test_the_headline_says_where_a_rotation_stands_and_a_new_console_resumes_it(tmp_path: Path) -> None:
    with site(tmp_path) as place:
        app = place.app
        async with app.run_test(size=(120, 36), notifications=True) as pilot:
            await open_plan(pilot, place)
            await see(pilot, app, "step 1 of 5")
            await pilot.press("n")
            await see(pilot, app, "Add it")
            await pilot.press("right", "enter")
            await see(pilot, app, "step 2 of 5")
            await pilot.press("escape")
            await see(pilot, app, "rotation eb692ca4 → 7f230e2c: step 2 of 5, restart")
            await pilot.press("R")
            await see(pilot, app, "step 2 of 5", "Why: Controllers and daemons read the file")


async def test_one_node_is_restarted_alone_and_the_gate_stays_closed(tmp_path: Path) -> None:
    with site(tmp_path) as place:
        app = place.app
        async with app.run_test(size=(120, 36), notifications=True) as pilot:
            await open_plan(pilot, place)
            await see(pilot, app, "step 1 of 5")
            await pilot.press("n")
            await see(pilot, app, "Add it")
            await pilot.press("right", "enter")
            await see(pilot, app, "step 2 of 5")
            await pilot.press("j", "n")
            await see(pilot, app, "Restart daemon-1")
            await pilot.press("right", "enter")
            shown = await see(pilot, app, "daemon-1 runs on the file of now", "1 of 2 nodes to restart")
            assert "step 2 of 5" in shown
            await pilot.press("u")
            await see(pilot, app, "Take the last change back", "7f230e2c", "removed")
            await pilot.press("right", "enter")
            await see(pilot, app, "step 1 of 5", "restored")
            assert len(place.trusted) == 4


async def test_a_module_that_is_not_signed_again_keeps_the_gate_closed_until_a_reason_is_written(
    tmp_path: Path,
) -> None:
    with site(tmp_path, nodes=False) as place:
        app = place.app
        async with app.run_test(size=(120, 36), notifications=True) as pilot:
            await open_plan(pilot, place)
            await see(pilot, app, "step 1 of 5")
            await pilot.press("n")
            await see(pilot, app, "Add it")
            await pilot.press("right", "enter")
            await see(pilot, app, "step 2 of 5", "do not exist" if False else "does not exist")
            await _pass_with_a_reason(pilot, place, "no nodes in this test")
            await see(pilot, app, "step 3 of 5")
            await pilot.press("n")
            shown = await see(pilot, app, "Step 3 is not finished")
            assert not isinstance(app.screen, ConfirmScreen)
            assert "essentials 2.4.1 would be refused" in shown
            assert place.old in place.trusted
            await pilot.press("s")
            await see(pilot, app, "The commands are in")
            (script,) = (place.workspace.state / "exports").iterdir()
            assert "prexorctl module install" in script.read_text()
            await _pass_with_a_reason(pilot, place, "nobody uses it")
            await see(pilot, app, "step 4 of 5", "Passed with a written reason")
            log = (place.workspace.state / "audit.jsonl").read_text()
            assert "nobody uses it" in log


async def _pass_with_a_reason(pilot: object, place: Site, reason: str) -> None:
    from textual.pilot import Pilot

    assert isinstance(pilot, Pilot)
    await pilot.press("o")
    await see(pilot, place.app, "Pass the gate with a reason")
    await pilot.press("enter")
    assert not isinstance(place.app.screen, ConfirmScreen), "Cancel had the focus"
    await pilot.press("o")
    await see(pilot, place.app, "Pass the gate with a reason")
    await pilot.press(*[{" ": "space"}.get(char, char) for char in reason], "enter")


async def test_a_first_certificate_that_flips_pinned_bundles_closes_the_first_gate(tmp_path: Path) -> None:
    with site(tmp_path, nodes=False) as place:
        blocks = place.workspace.trust_root.read_text().split("# Internal CA")[0]
        place.workspace.trust_root.write_text(blocks)
        certificate = tmp_path / "new-ca.pem"
        certificate.write_text(_pinned(place))
        app = place.app
        async with app.run_test(size=(120, 36), notifications=True) as pilot:
            await see(pilot, app, "refused")
            await pilot.press("R")
            await see(pilot, app, "Which block goes")
            await pilot.press("enter", *[_key(char) for char in str(certificate)], "enter")
            shown = await see(pilot, app, "holds a CERTIFICATE")
            assert isinstance(app.screen, PlanScreen), "nothing was planned"
            assert "takes a PUBLIC KEY" in " ".join(shown.split())


def _key(char: str) -> str:
    return {"/": "slash", "-": "minus", ".": "full_stop", "_": "underscore"}.get(char, char)


def _pinned(place: Site) -> str:
    from trustconsole.demo.cast import make_cast

    return make_cast(place.workspace.seed, _now()).internal_ca.pem.decode()


def _now() -> object:
    from tests.console.rotating import now

    return now()


async def test_cancel_in_every_dialog_writes_nothing(tmp_path: Path) -> None:
    with site(tmp_path, nodes=False) as place:
        app = place.app
        before = place.state()
        async with app.run_test(size=(120, 36), notifications=True) as pilot:
            await open_plan(pilot, place)
            await see(pilot, app, "step 1 of 5")
            for leave in ("enter", "escape"):
                await pilot.press("n")
                await see(pilot, app, "Add it")
                await pilot.press(leave)
                await see(pilot, app, "step 1 of 5")
                assert isinstance(app.screen, RotationScreen)
            assert place.state() == before
            assert not (place.workspace.state / "journal.json").exists()
            assert not (place.workspace.state / "audit.jsonl").exists()


async def test_a_read_only_session_shows_the_plan_and_writes_nothing(tmp_path: Path) -> None:
    with site(tmp_path, write=False, nodes=False) as place:
        app = place.app
        before = place.state()
        async with app.run_test(size=(120, 36), notifications=True) as pilot:
            await open_plan(pilot, place)
            await see(pilot, app, "step 1 of 5", "What the file gains and loses", "read-only")
            for key in ("n", "u", "o"):
                await pilot.press(key)
                await see(pilot, app, "Start the console with --write")
                assert isinstance(app.screen, RotationScreen)
            assert place.state() == before
            assert not (place.workspace.state / "journal.json").exists()


async def test_read_only_is_enforced_below_the_screen(tmp_path: Path) -> None:
    with site(tmp_path, write=False, nodes=False) as place:
        app = place.app
        type(app).read_only  # noqa: B018 - the property that the screen asks
        async with app.run_test(size=(120, 36), notifications=True) as pilot:
            await open_plan(pilot, place)
            await see(pilot, app, "step 1 of 5")
            screen = app.screen
            assert isinstance(screen, RotationScreen)
            from trustconsole.console.question import Answer

            screen._start(Answer("add"))
            await see(pilot, app, "this session is read-only, so nothing was changed")
            assert len(place.trusted) == 4
            assert "step 1 of 5" in screen_text(app)
