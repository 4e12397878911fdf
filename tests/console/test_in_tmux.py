"""A whole rotation by keyboard in a real terminal: tmux at 80 by 24, over a demo with its two real nodes."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.console.rotating import SIGNED_BY_A, Site, site

TMUX = shutil.which("tmux")
LIMIT = 90.0
"""Seconds that a text is waited for, on a machine that others use."""


class Terminal:
    """A tmux server of its own with one session, which the console runs in."""

    def __init__(self, directory: Path, command: list[str]) -> None:
        self.server = f"trustconsole-{os.getpid()}"
        self.environment = {
            **{name: value for name, value in os.environ.items() if name not in ("TMUX", "NO_COLOR")},
            "LANG": "C.UTF-8",
            "LC_ALL": "C.UTF-8",
            "TMUX_TMPDIR": str(directory),
        }
        self.tmux("-f", "/dev/null", "new-session", "-d", "-x", "80", "-y", "24", shlex.join(command))

    def tmux(self, *arguments: str) -> str:
        assert TMUX is not None
        done = subprocess.run(
            [TMUX, "-u", "-L", self.server, *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    def keys(self, *keys: str) -> None:
        self.tmux("send-keys", *keys)

    def type(self, text: str) -> None:
        self.tmux("send-keys", "-l", text)

    def see(self, *texts: str, without: str | None = None) -> None:
        """Wait until the screen shows all of these and not `without`."""
        deadline = time.monotonic() + LIMIT
        shown = ""
        while time.monotonic() < deadline:
            shown = self.tmux("capture-pane", "-p")
            flowing = " ".join(shown.split())
            found = all(text in shown or text in flowing for text in texts)
            if found and (without is None or without not in shown):
                return
            time.sleep(0.2)
        raise AssertionError(f"the terminal never showed {texts}:\n{shown}")


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path) as found:
        yield found


@pytest.fixture
def terminal(place: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    if TMUX is None:
        pytest.skip("tmux is not installed")
    command = [sys.executable, "-m", "trustconsole", "--settings", str(place.workspace.settings), "--write"]
    opened = Terminal(tmp_path_factory.mktemp("tmux"), command)
    try:
        yield opened
    finally:
        opened.tmux("kill-server")


def test_a_whole_rotation_in_a_terminal(place: Site, terminal: Terminal) -> None:
    old = place.old
    terminal.see("4 Bundles", "refused")
    terminal.keys("R")
    terminal.see("Which block goes")
    terminal.keys("Enter")
    terminal.type(str(place.new_pem))
    terminal.keys("Enter")
    terminal.see("step 1 of 5", "Gate open")

    terminal.keys("n")
    terminal.see("Add it")
    terminal.keys("Right", "BTab", "Enter")  # in one burst: back to Cancel
    terminal.see("step 1 of 5", "Gate open", without="Add it")
    assert len(place.trusted) == 4
    terminal.keys("n")
    terminal.see("Add it")
    terminal.keys("Right", "Enter")
    terminal.see("step 2 of 5", "2 of 2 nodes to restart")
    assert len(place.trusted) == 5

    restart(terminal)
    terminal.see("step 3 of 5", "1 module to sign again")
    place.resign(SIGNED_BY_A)
    terminal.see("step 4 of 5", "Gate open")

    terminal.keys("n")
    terminal.see("First 8 digits")
    terminal.type(old[:8])
    terminal.keys("Enter")
    terminal.see("step 5 of 5")
    assert old not in place.trusted

    restart(terminal)
    terminal.see("The rotation is finished")
    terminal.keys("Escape")
    terminal.see("4 Bundles")
    terminal.keys("q")


def restart(terminal: Terminal) -> None:
    terminal.keys("n")
    terminal.see("Restart all 2")
    terminal.keys("Right", "Right", "Enter")
