"""The console over the demo workspace, so that it can be drawn again: same keys, instant, place and nodes.

The session, the files and every verdict are real. Three things differ from run to run and are put in place of
what was found: the directory the demo was built in, the two nodes' processes, and the font of the picture.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import resvg_py
from tests.console.judging import Unasked
from tests.console.workbench import Still

from trustconsole import api
from trustconsole.console.app import ConsoleApp
from trustconsole.console.session import Rotating
from trustconsole.demo import build_demo

NOW = datetime(2026, 3, 14, 14, 2, 7, tzinfo=UTC)
SHOWN_ROOT = "/opt/prexorcloud"
FONTS = Path(__file__).resolve().parents[1] / "fonts"
NODES = (
    api.NodeReport(
        "controller-1",
        "controller",
        "current",
        NOW - timedelta(minutes=62),
        "pid 1873, started 2026-03-14T13:00:07Z",
        "started 58 min after the last change",
        ("systemctl", "restart", "prexorcloud-controller"),
    ),
    api.NodeReport(
        "daemon-1",
        "daemon",
        "restart",
        NOW - timedelta(days=9),
        "pid 902, started 2026-03-05T14:02:07Z",
        "trust root changed 12:02 UTC, node started 8 d before",
        ("systemctl", "restart", "prexorcloud-daemon"),
    ),
)


def clock() -> datetime:
    return NOW


def shown_under(value: Any, old: str, new: str) -> Any:
    """`value` with one directory in place of another in every text inside it."""
    if isinstance(value, str):
        return value.replace(old, new)
    if isinstance(value, tuple | list):
        return type(value)(shown_under(one, old, new) for one in value)
    if isinstance(value, Mapping):
        return {key: shown_under(one, old, new) for key, one in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return replace(
            value, **{f.name: shown_under(getattr(value, f.name), old, new) for f in fields(value) if f.init}
        )
    return value


class GallerySession:
    """A real session on a demo, its snapshots shown under a fixed directory, with fixed nodes."""

    def __init__(self, directory: Path) -> None:
        self._workspace = build_demo(directory, now=NOW)
        options = api.Options(settings=self._workspace.settings)
        self._session = api.Session(options, clock=clock, host="controller-1")
        self.read_only = self._session.read_only
        self.to_verify = self._session.to_verify

    def look(
        self,
        progress: Callable[[api.Snapshot], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> api.Snapshot:
        del progress  # a picture shows the end
        snapshot = self._session.look(None, cancelled)
        moved: api.Snapshot = shown_under(snapshot, str(self._workspace.directory), SHOWN_ROOT)
        return replace(moved, nodes=NODES)

    async def changes(self, stop: asyncio.Event) -> AsyncIterator[str]:
        await stop.wait()
        if not stop.is_set():
            yield "rescan"

    def impact(
        self,
        *,
        remove: str | None = None,
        progress: Callable[[int, int], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> api.Impact:
        answer = self._session.impact(remove=remove, progress=progress, cancelled=cancelled)
        moved: api.Impact = shown_under(answer, str(self._workspace.directory), SHOWN_ROOT)
        return moved

    def export(self, name: str, text: str) -> Path:
        return self._session.export(name, text)

    def rotation(self) -> Rotating:
        return self._session.rotation()

    def revoke(self, fingerprint: str, **options: Any) -> api.Revocation:
        return self._session.revoke(fingerprint, **options)

    def audit(self) -> api.AuditReport:
        return self._session.audit()

    def release(self, directory: Path, **options: Any) -> api.ReleaseReport:
        return self._session.release(directory, **options)

    def image(self, reference: str, **options: Any) -> api.ImageReport:
        return self._session.image(reference, **options)


class RotatingSession(GallerySession):
    """The same while author A's key is rotated, at step 3: real but for nodes, places and times of files."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        keys = self._workspace.keys
        session = api.Session(api.Options(settings=self._workspace.settings), write=True, clock=clock)
        self._rotation = session.rotation()
        old = api.show_trust_root(keys / "author-a.pub").blocks[0].fingerprint or ""
        self._rotation.start("author", old, keys / "author-new.pub", apply=True)
        self._rotation.next(apply=True, override="the nodes of the picture are fixed")
        self.read_only = False

    def rotation(self) -> Still:
        view = shown_under(self._rotation.view(), str(self._workspace.directory), SHOWN_ROOT)
        signed = [replace(module, signed=NOW - timedelta(days=31), resigned=False) for module in view.modules]
        return Still(replace(view, nodes=NODES, modules=tuple(signed), problems=()))


@dataclass(frozen=True)
class EmptyHost(Unasked):
    """The first start on a host where nothing is configured."""

    places: tuple[api.Place, ...] = (
        api.Place(Path("/opt/prexorcloud/controller"), None, "does not exist"),
        api.Place(Path("/etc/prexorcloud"), None, "has no controller.yml"),
        api.Place(Path("/root"), None, "has no controller.yml"),
    )

    def open(self, path: str) -> GallerySession:
        raise AssertionError(path)

    def demo(self) -> GallerySession:
        raise AssertionError("the picture is taken before anything is picked")


def picture(app: ConsoleApp) -> str:
    """The screen as SVG that names no font on the network."""
    svg = app.export_screenshot(title="trustconsole")
    svg = re.sub(r"terminal-\d+", "terminal", svg)
    svg = re.sub(r"@font-face \{.*?\}\n?", "", svg, flags=re.DOTALL)
    svg = svg.replace("Fira Code, monospace", "DejaVu Sans Mono, monospace")
    svg = re.sub(r"font-family: arial\b", "font-family: DejaVu Sans Mono, monospace", svg)
    svg = re.sub(r"font-family: Fira Code\b", "font-family: DejaVu Sans Mono", svg)
    return "\n".join(line.rstrip() for line in svg.splitlines()) + "\n"


def drawn(svg: str) -> bytes:
    """The SVG as PNG, with the tests' own font and no other."""
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg,
            skip_system_fonts=True,
            font_files=[str(FONTS / "DejaVuSansMono.ttf"), str(FONTS / "DejaVuSansMono-Bold.ttf")],
            font_family="DejaVu Sans Mono",
            monospace_family="DejaVu Sans Mono",
        )
    )
