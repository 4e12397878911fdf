"""Runs every command, or presses every key of the console, in one read-only process; see `test_read_only`.

Run as `python -m tests.read_only.program WORKSPACE commands|keys`. What is printed goes nowhere: it is the
files that are watched.
"""

from __future__ import annotations

import asyncio
import io
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast

from tests.console.workbench import until

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from trustconsole.console.screens.release import ReleaseScreen

BEGIN, END = "/trustconsole-begins-here", "/trustconsole-ends-here"
"""Names that are asked for before and after, so that a trace can be cut there."""


def commands_of(workspace: Path) -> dict[str, list[str]]:
    """Arguments for every command, by its id: each reads the workspace and none is armed."""
    root = workspace / "controller/config/security/module-trust-root.pem"
    config = workspace / "controller/config/controller.yml"
    settings = ["--settings", str(workspace / "settings.yml")]
    old = (workspace / "old-fingerprint").read_text()
    module = workspace / "modules/essentials-2.4.1.jar"
    bundle = workspace / "modules/tab-list-4.2.0.jar.cosign.bundle"
    new = ["--new", str(workspace / "keys/author-new.pub")]
    root_of_release, at = str(workspace / "ours-trusted_root.json"), ["--at", "2026-03-01T12:00:00Z", "--all"]
    release, key = str(workspace / "release"), workspace / "release.pub"
    return {
        "console": ["--version"],
        "trust-root.show": ["trust-root", "show", str(root)],
        "trust-root.diff": ["trust-root", "diff", str(root), str(root)],
        "config.check": ["config", "check", str(config)],
        "profile": ["profile", str(config)],
        "verify": ["verify", *settings],
        "verify-bundle": ["verify-bundle", "--bundle", str(bundle), "--key", str(root), str(module)],
        "inspect": ["inspect", str(module)],
        "impact": ["impact", "--remove", old, *settings],
        "restarts": ["restarts", *settings],
        "rotate.start": ["rotate", "start", "--kind", "author", "--old", old, *new, *settings],
        "rotate.status": ["rotate", "status", *settings],
        "rotate.next": ["rotate", "next", "--confirm", old[:8], "--restart", "--send", *settings],
        "rotate.undo": ["rotate", "undo", *settings],
        "revoke": ["revoke", old, *settings],
        "audit.show": ["audit", "show", *settings],
        "audit.verify": ["audit", "verify", *settings],
        "release.verify": ["release", "verify", release, "--trusted-root", root_of_release, *at],
        "release.diff": ["release", "diff", release, release],
        "image.verify": ["image", "verify", str(workspace / "layout"), "--key", str(key), "--all"],
        "info": ["info", *settings],
    }


def run_commands(workspace: Path) -> None:
    """Every command, twice: as text and as JSON."""
    from trustconsole.cli import run

    for arguments in commands_of(workspace).values():
        for more in ([], ["--json"]):
            run(
                [*arguments, *more],
                open_console=lambda _session, _start: 0,
                stdin=io.StringIO(),
                stdout=io.StringIO(),
                stderr=io.StringIO(),
            )


async def press_keys(workspace: Path) -> None:
    """Every key of the table in every pane, of a console that is not armed."""
    from trustconsole.api import Options, open_session
    from trustconsole.commands import KEYS
    from trustconsole.console.app import ConsoleApp
    from trustconsole.console.screens.release import ReleaseScreen

    session = open_session(Options(settings=workspace / "settings.yml"))
    app = ConsoleApp(session, clock=lambda: datetime.now(UTC))
    keys = [press for key in KEYS if key.id not in ("quit",) for press, _ in key.presses]
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause(1)
        for pane in "14":
            for key in keys:
                await pilot.press(pane, key)
                await pilot.pause()
                await pilot.press(*["escape"] * 3)
        await pilot.pause(1)
        for place in ("release", "layout"):
            await pilot.press("colon", *"release ver", "enter")
            await until(pilot, lambda: isinstance(app.screen, ReleaseScreen))
            await press_on_release(pilot, cast("ReleaseScreen", app.screen), workspace / place, keys)


async def press_on_release(pilot: Pilot[None], screen: ReleaseScreen, place: Path, keys: list[str]) -> None:
    """Every key over the answer about `place`, then back to the panes."""
    app = screen.app
    screen.set_focus(screen.place.input)
    screen.place.put(str(place))
    await pilot.press("enter")
    await until(pilot, lambda: not screen.busy and bool(screen.shown))
    for key in keys:
        await pilot.press(key)
        await pilot.pause()
        if app.screen is not screen:
            await pilot.press("escape")
    await pilot.press(*["escape"] * 4)
    await until(pilot, lambda: app.screen is not screen)


def main(workspace: Path, what: str) -> None:
    """Load first, then act between the marks."""
    os.access(BEGIN, os.F_OK)
    if what == "commands":
        run_commands(workspace)
    else:
        asyncio.run(press_keys(workspace))
    os.access(END, os.F_OK)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
