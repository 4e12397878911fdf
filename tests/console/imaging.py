"""Layouts with signed images, and a session of the console that judges them by a key of our own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.console.test_release import screen_of
from tests.console.workbench import Workbench, clock, ready, snapshot, until
from tests.release.images.conftest import Asking
from tests.release.images.material import (
    NOW,
    SLSA_1,
    Image,
    Json,
    carrier,
    dsse_layer,
    make_image,
    named,
    simple_layer,
    simple_payload,
    slsa_1,
    statement,
    tag,
    write_layout,
)
from textual.pilot import Pilot

from trustconsole.api import (
    ImageOptions,
    ImageReport,
    ReleaseCancelled,
    SignerOptions,
    verify_image,
)
from trustconsole.console.app import ConsoleApp
from trustconsole.console.display import Display
from trustconsole.console.screens.release import ReleaseScreen

PLACE = "registry.example/prexorcloud/controller"
SHOW = Display(unicode=True, clock=clock)


@dataclass
class Images(Workbench):
    """A session that judges images by a key of our own."""

    signer: SignerOptions = field(default_factory=SignerOptions)
    verified: list[str] = field(default_factory=list)
    told: list[dict[str, Any]] = field(default_factory=list)
    hold: threading.Event | None = None

    def image(  # type: ignore[override]  # the workbench takes any option by name
        self,
        reference: str,
        *,
        entry: Path | None = None,
        online: bool = False,
        progress: Callable[[int, int], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> ImageReport:
        self.verified.append(reference)
        self.told.append({"entry": entry, "online": online})
        if progress is not None:
            progress(3, 12)
        while self.hold is not None and not self.hold.wait(0.01):
            if cancelled is not None and cancelled():
                raise ReleaseCancelled
        wanted = ImageOptions(self.signer, entry, NOW)
        return verify_image(reference, wanted, progress=progress, cancelled=cancelled)


def bench_for(ask: Asking) -> Images:
    """A session that wants the key of `ask`."""
    return Images([snapshot()], signer=SignerOptions(key=ask.by_key.key))


def signature(ask: Asking, image: Image, key: str = "key") -> Json:
    signer = getattr(ask.signers, key)
    layers = [simple_layer(image.blobs, signer, simple_payload(image.digest, PLACE))]
    return named(carrier(image.blobs, layers), tag(image, ".sig"))


def layout(
    ask: Asking, name: str = "layout", *, attested: bool = True, key: str = "key"
) -> tuple[Path, Image]:
    """A layout with one image, signed and attested."""
    image = make_image()
    entries = [named(image.top, "1.4.0"), signature(ask, image, key)]
    if attested:
        said = statement(image.digest, SLSA_1, slsa_1())
        attestation = carrier(image.blobs, [dsse_layer(image.blobs, ask.signers.key, said)])
        entries.append(named(attestation, tag(image, ".att")))
    return write_layout(ask.directory / name, image.blobs, entries), image


def layout_of_two(ask: Asking) -> tuple[Path, Image, Image]:
    """A layout with an unsigned and a signed image."""
    first, second = make_image("one"), make_image("two")
    second.blobs.held |= first.blobs.held
    entries = [named(first.top, "1.4.0"), named(second.top, "1.4.1"), signature(ask, second)]
    return write_layout(ask.directory / "two", second.blobs, entries), first, second


async def opened(pilot: Pilot[None], app: ConsoleApp) -> ReleaseScreen:
    """The screen, by the palette."""
    await ready(pilot, app)
    await pilot.press("colon", *"image ver", "enter")
    await until(pilot, lambda: isinstance(app.screen, ReleaseScreen))
    return screen_of(app)


async def verified(pilot: Pilot[None], app: ConsoleApp, place: object) -> ReleaseScreen:
    """The screen with the answer about a place."""
    screen = await opened(pilot, app)
    await named_place(pilot, screen, place)
    return screen


async def named_place(pilot: Pilot[None], screen: ReleaseScreen, place: object) -> None:
    screen.set_focus(screen.place.input)
    screen.place.put(str(place))
    await pilot.press("enter")
    await until(pilot, lambda: not screen.busy and bool(screen.shown))
