"""The emergency from pane 1, and the record of it, on real files: what is asked, written and said."""

from __future__ import annotations

from pathlib import Path

from tests.console.rotating import fingerprint, see, site, type_text

from trustconsole.console.screens.confirm import ConfirmScreen
from trustconsole.console.screens.revocation import RevocationScreen


async def test_a_block_is_revoked_with_two_confirmations_and_the_log_shows_it(tmp_path: Path) -> None:
    with site(tmp_path, nodes=False) as place:
        app = place.app
        author_b = fingerprint(place.workspace.keys / "author-b.pub")
        before = place.workspace.trust_root.read_bytes()
        async with app.run_test(size=(120, 36), notifications=True) as pilot:
            await see(pilot, app, "refused")
            await pilot.press("1", "j", "X")
            await see(pilot, app, "modules would be refused", "voting", "What this does not achieve")
            await pilot.press("n")
            await see(pilot, app, "First 8 digits")
            await pilot.press("enter")
            await see(pilot, app, "Would be refused at the next install")
            assert place.workspace.trust_root.read_bytes() == before, "Cancel had the focus"
            await pilot.press("n")
            await see(pilot, app, "First 8 digits")
            await type_text(pilot, "12345678")
            await pilot.press("enter")
            await see(pilot, app, "That is not how it begins")
            await pilot.press(*["backspace"] * 8)
            await type_text(pilot, author_b[:8])
            await pilot.press("enter")
            await see(pilot, app, f"{author_b[:8]} is removed", "Installed modules keep running")
            assert author_b not in place.trusted
            await pilot.press("escape", "colon", *"audit verify", "enter")
            shown = await see(pilot, app, "The chain of 1 record is whole", "trust.revoke")
            assert "head " in shown
            log = place.workspace.state / "audit.jsonl"
            log.write_bytes(log.read_bytes().replace(b"trust.revoke", b"trust.remove"))
            await pilot.press("r")
            await see(pilot, app, "The audit log is not whole: record 1 was edited")


async def test_a_read_only_session_shows_what_revoking_would_do_and_writes_nothing(tmp_path: Path) -> None:
    with site(tmp_path, write=False, nodes=False) as place:
        app = place.app
        before = place.state()
        async with app.run_test(size=(80, 24), notifications=True) as pilot:
            await see(pilot, app, "refused")
            await pilot.press("1", "X")
            await see(pilot, app, "1 module would be refused")
            await pilot.press("n")
            await see(pilot, app, "Start the console with --write")
            assert isinstance(app.screen, RevocationScreen)
            assert place.state() == before


async def test_the_last_block_goes_only_with_a_written_reason(tmp_path: Path) -> None:
    with site(tmp_path, nodes=False) as place:
        only = (place.workspace.keys / "author-a.pub").read_text()
        place.workspace.trust_root.write_text(only)
        app = place.app
        async with app.run_test(size=(120, 36), notifications=True) as pilot:
            await see(pilot, app, "refused")
            await pilot.press("1", "X")
            await see(pilot, app, "What stands against it")
            await pilot.press("n")
            await see(pilot, app, "Remove what the controller needs")
            await type_text(pilot, "stolen")
            await pilot.press("enter")
            await see(pilot, app, "First 8 digits")
            assert isinstance(app.screen, ConfirmScreen)
            await type_text(pilot, place.old[:8])
            await pilot.press("enter")
            await see(pilot, app, f"{place.old[:8]} is removed")
            assert place.trusted == set()
            assert "stolen" in (place.workspace.state / "audit.jsonl").read_text()


async def test_an_empty_log_and_a_row_without_a_fingerprint_are_said(tmp_path: Path) -> None:
    with site(tmp_path, nodes=False) as place:
        place.workspace.trust_root.write_text("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n")
        app = place.app
        async with app.run_test(size=(120, 36), notifications=True) as pilot:
            await see(pilot, app, "refused")
            await pilot.press("1", "X")
            await see(pilot, app, "Put the cursor of pane 1 on the key or certificate")
            await pilot.press("colon", *"audit", "enter")
            await see(pilot, app, "Nothing was changed by this console yet", "Each change would be here")
