"""A rotation by keyboard, on real files and processes: steps, gates, undo, cancel, read-only."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.console.rotating import now, open_plan, see, site, type_text
from textual.pilot import Pilot

from trustconsole.console.app import ConsoleApp
from trustconsole.console.screens.confirm import ConfirmScreen
from trustconsole.console.screens.main import MainScreen
from trustconsole.console.screens.rotation import RotationScreen
from trustconsole.demo.authorities import public_pem
from trustconsole.demo.cast import make_cast


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
            # What the commands print goes with the step, which may be over before anybody looks.
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
            await carry_out_add(pilot, app)
            await pilot.press("escape")
            await see(pilot, app, "rotation eb692ca4 → 7f230e2c: step 2 of 5, restart")
            await pilot.press("R")
            await see(pilot, app, "step 2 of 5", "Why: Controllers and daemons read the file")


async def test_one_node_is_restarted_alone_and_the_gate_stays_closed(tmp_path: Path) -> None:
    with site(tmp_path) as place:
        app = place.app
        async with app.run_test(size=(120, 36), notifications=True) as pilot:
            await open_plan(pilot, place)
            await carry_out_add(pilot, app)
            await pilot.press("j", "n")
            await see(pilot, app, "Restart daemon-1")
            await pilot.press("right", "enter")
            shown = await see(pilot, app, "daemon-1 runs on the file of now", "1 of 2 nodes to restart")
            assert "step 2 of 5" in shown
            await pilot.press("u")
            await see(pilot, app, "Take the last change back", "7f230e2c", "removed")
            await pilot.press("right", "enter")
            await see(pilot, app, "step 1 of 5", "Restored")
            assert len(place.trusted) == 4


async def test_a_module_that_is_not_signed_again_keeps_the_gate_closed_until_a_reason_is_written(
    tmp_path: Path,
) -> None:
    with site(tmp_path, nodes=False) as place:
        app = place.app
        async with app.run_test(size=(120, 36), notifications=True) as pilot:
            await open_plan(pilot, place)
            await carry_out_add(pilot, app)
            await see(pilot, app, "closed, 2 reasons", "does not exist")
            await pass_with_a_reason(pilot, app, "no nodes here")
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
            await pass_with_a_reason(pilot, app, "nobody uses it")
            await see(pilot, app, "step 4 of 5", "Passed with a written reason")
            assert "nobody uses it" in (place.workspace.state / "audit.jsonl").read_text()


async def pass_with_a_reason(pilot: Pilot[None], app: ConsoleApp, reason: str) -> None:
    await pilot.press("o")
    await see(pilot, app, "Pass the gate with a reason")
    await pilot.press("enter")
    await pilot.pause()
    assert not isinstance(app.screen, ConfirmScreen), "Cancel had the focus"
    await pilot.press("o")
    await see(pilot, app, "Pass the gate with a reason")
    await type_text(pilot, reason)
    await pilot.press("enter")


async def carry_out_add(pilot: Pilot[None], app: ConsoleApp) -> None:
    await see(pilot, app, "step 1 of 5", "Gate open")
    await pilot.press("n")
    await see(pilot, app, "Add it")
    await pilot.press("right", "enter")
    await see(pilot, app, "step 2 of 5")


async def test_a_first_certificate_that_flips_pinned_bundles_closes_the_first_gate(tmp_path: Path) -> None:
    """Economy's leaf has expired; its pinned key counts only as long as no certificate is loaded."""
    with site(tmp_path, nodes=False) as place:
        cast = make_cast(place.workspace.seed, now())
        body = cast.internal_ca.pem.decode().splitlines()
        body[1] += "  # ignored by this build, trusted by the documentation"
        pinned = public_pem(cast.key("old-build-server")).decode()
        keys = place.workspace.trust_root.read_text().split("# Internal CA")[0]
        place.workspace.trust_root.write_text(keys + pinned + "\n".join(body) + "\n")
        (place.workspace.keys / "ca-new.pem").write_bytes(cast.foreign_ca.pem)
        before = place.state()
        app = place.app
        async with app.run_test(size=(120, 36), notifications=True) as pilot:
            await see(pilot, app, "refused")
            await pilot.press("R")
            await see(pilot, app, "Which block goes", "CA certificate")
            await pilot.press("j", "j", "j", "enter")
            await type_text(pilot, "ca-new.pem")
            await pilot.press("enter")
            await see(pilot, app, "step 1 of 5", "Gate closed", "economy is accepted by the controller today")
            await pilot.press("n")
            await see(pilot, app, "Step 1 is not finished")
            assert isinstance(app.screen, RotationScreen)
            assert place.state() == before


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


async def test_read_only_is_enforced_below_the_screen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with site(tmp_path, write=False, nodes=False) as place:
        app = place.app
        monkeypatch.setattr(ConsoleApp, "read_only", False)
        async with app.run_test(size=(120, 36), notifications=True) as pilot:
            await open_plan(pilot, place)
            await see(pilot, app, "step 1 of 5")
            await pilot.press("n")
            await see(pilot, app, "Add it")
            await pilot.press("right", "enter")
            await see(pilot, app, "this session is read-only, so nothing was changed")
            assert len(place.trusted) == 4


async def test_a_file_that_somebody_else_changes_while_the_dialog_is_open_is_not_written_over(
    tmp_path: Path,
) -> None:
    with site(tmp_path, nodes=False) as place:
        app = place.app
        async with app.run_test(size=(120, 36), notifications=True) as pilot:
            await open_plan(pilot, place)
            await see(pilot, app, "step 1 of 5")
            await pilot.press("n")
            await see(pilot, app, "Add it")
            theirs = place.workspace.trust_root.read_bytes() + b"# somebody else\n"
            place.workspace.trust_root.write_bytes(theirs)
            await pilot.press("right", "enter")
            await see(pilot, app, "was changed by somebody else", "step 1 of 5")
            assert place.workspace.trust_root.read_bytes() == theirs


async def test_a_symbolic_link_is_asked_about_and_followed_only_then(tmp_path: Path) -> None:
    with site(tmp_path, nodes=False) as place:
        real = tmp_path / "real.pem"
        place.workspace.trust_root.rename(real)
        place.workspace.trust_root.symlink_to(real)
        app = place.app
        async with app.run_test(size=(120, 36), notifications=True) as pilot:
            await open_plan(pilot, place)
            await see(pilot, app, "step 1 of 5", "leads to")
            await pilot.press("n")
            await see(
                pilot, app, "Follow the link: add it", "leads through a symbolic link", "the link stays"
            )
            await pilot.press("right", "enter")
            await see(pilot, app, "step 2 of 5")
            assert place.workspace.trust_root.is_symlink()
            assert len(place.trusted) == 5


async def test_a_restart_that_fails_stops_the_step_and_a_running_one_can_be_stopped(tmp_path: Path) -> None:
    with site(tmp_path, nodes=False) as place:
        settings = place.workspace.settings
        text = settings.read_text().split("nodes:")[0]
        settings.write_text(
            text + "nodes:\n"
            "  - {name: slow, role: controller, evidence: {pid_file: run/slow.pid},"
            " restart: [sh, -c, 'echo going; exec sleep 600']}\n"
            "  - {name: broken, role: daemon, evidence: {pid_file: run/broken.pid},"
            " restart: [sh, -c, 'echo no such unit >&2; exit 5']}\n"
        )
        app = place.app
        async with app.run_test(size=(120, 36), notifications=True) as pilot:
            await open_plan(pilot, place)
            await carry_out_add(pilot, app)
            await pilot.press("n")
            await see(pilot, app, "Restart slow", "exec sleep 600", "no such unit")
            await pilot.press("right", "enter")
            await see(pilot, app, "slow  going", "esc stops")
            await pilot.press("q", "escape")
            await see(pilot, app, "the restart of slow did not end", "See to the node")
            assert isinstance(app.screen, RotationScreen)
            await pilot.press("j", "n")
            await see(pilot, app, "Restart broken")
            await pilot.press("right", "enter")
            await see(pilot, app, "ended with exit code 5", "broken  no such unit")
            await see(pilot, app, "step 2 of 5")


async def test_a_path_is_completed_and_a_wrong_one_is_one_sentence(tmp_path: Path) -> None:
    with site(tmp_path, nodes=False) as place:
        app = place.app
        async with app.run_test(size=(80, 24), notifications=True) as pilot:
            await see(pilot, app, "refused")
            await pilot.press("R")
            await see(pilot, app, "Which block goes")
            await pilot.press("enter")
            await type_text(pilot, "author-n")
            await pilot.press("tab")
            await see(pilot, app, "author-new.key  author-new.pub")
            await type_text(pilot, "key")
            await pilot.press("enter")
            await see(pilot, app, "holds a private key, which belongs in no trust root")
            await pilot.press("escape", "escape")
            await see(pilot, app, "4 Bundles")
            assert isinstance(app.screen, MainScreen)


async def test_a_path_typed_at_once_goes_into_its_field_with_every_letter(tmp_path: Path) -> None:
    with site(tmp_path, nodes=False) as place:
        app = place.app
        async with app.run_test(size=(80, 24)) as pilot:
            await see(pilot, app, "refused")
            await pilot.press("1", "R")
            await see(pilot, app, "Which block goes")
            await pilot.press("j", "k")
            await type_text(pilot, str(place.new_pem))
            await pilot.press("enter")
            await see(pilot, app, "step 1 of 5")
