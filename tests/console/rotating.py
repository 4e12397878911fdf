"""A console over a real demo with its two real nodes, for tests of what changes something."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from tests.console.workbench import screen_text
from textual.pilot import Pilot

from trustconsole import api
from trustconsole.console.app import ConsoleApp
from trustconsole.demo import DemoWorkspace, build_demo, start_nodes, stop_nodes
from trustconsole.demo.signing import legacy_bundle, sign_raw
from trustconsole.trust_root import scan_trust_root

SIGNED_BY_A = "essentials-2.4.1.jar"
PATIENCE = 60.0
"""Seconds that a state is waited for: nodes have to start, on a machine that others use."""


def now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Site:
    """A demo, its console, and what an operator does elsewhere."""

    workspace: DemoWorkspace
    app: ConsoleApp

    @property
    def old(self) -> str:
        """The fingerprint of author A."""
        return fingerprint(self.workspace.keys / "author-a.pub")

    @property
    def new_pem(self) -> Path:
        return self.workspace.keys / "author-new.pub"

    @property
    def trusted(self) -> set[str]:
        """What the trust root holds now."""
        data = self.workspace.trust_root.read_bytes()
        report = scan_trust_root(data, "trust.pem", now=now())
        return {block.fingerprint for block in report.blocks if block.fingerprint}

    def resign(self, name: str = SIGNED_BY_A) -> None:
        """What `cosign sign-blob` with the new key leaves beside the jar."""
        key = load_pem_private_key((self.workspace.keys / "author-new.key").read_bytes(), None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        jar = self.workspace.modules / name
        Path(f"{jar}.cosign.bundle").write_bytes(legacy_bundle(sign_raw(key, jar.read_bytes())))

    def state(self) -> dict[str, bytes]:
        """Every file outside the state directory and the nodes' own, to be compared byte for byte."""
        root = self.workspace.directory
        return {
            str(path.relative_to(root)): path.read_bytes()
            for path in sorted(root.rglob("*"))
            if path.is_file() and not {"run", "state"} & set(path.relative_to(root).parts)
        }


def fingerprint(pem: Path) -> str:
    report = scan_trust_root(pem.read_bytes(), str(pem), now=now())
    found = report.blocks[0].fingerprint
    assert found is not None
    return found


@contextmanager
def site(directory: Path, *, write: bool = True, nodes: bool = True) -> Iterator[Site]:
    """A fresh demo whose nodes run until the end of the block."""
    workspace = build_demo(directory / "demo", now=now())
    if nodes:
        start_nodes(workspace)
    before = Path.cwd()
    os.chdir(workspace.keys)  # so that the path of a key is short to type
    try:
        session = api.open_session(api.Options(settings=workspace.settings), write=write)
        yield Site(workspace, ConsoleApp(session, clock=now))
    finally:
        os.chdir(before)
        stop_nodes(workspace)


async def see(pilot: Pilot[None], app: ConsoleApp, *texts: str) -> str:
    """Wait until the screen shows all of these; the screen."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + PATIENCE
    while loop.time() < deadline:
        await pilot.pause()
        shown = screen_text(app)
        flowing = " ".join(shown.split())
        if all(text in shown or text in flowing for text in texts):
            await pilot.pause()
            return screen_text(app)
        await asyncio.sleep(0.1)
    raise AssertionError(f"the screen never showed {texts}:\n{screen_text(app)}")


async def type_text(pilot: Pilot[None], text: str) -> None:
    """One key after the other."""
    for char in text:
        await pilot.press(_KEYS.get(char, char))


async def open_plan(pilot: Pilot[None], place: Site, pem: str = "author-new.pub") -> None:
    """From the main screen to the first step of a draft: author A gives way to the key in `pem`."""
    app = place.app
    await see(pilot, app, "refused")
    await pilot.press("R")
    await see(pilot, app, "Which block goes")
    await pilot.press("enter")
    await type_text(pilot, pem)
    await pilot.press("enter")


_KEYS = {"/": "slash", "-": "minus", ".": "full_stop", "_": "underscore", " ": "space"}
