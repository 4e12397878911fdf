"""What the screen asks about one place, and what can come back: runs in a thread, knows no widget."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from trustconsole.api import (
    ArtefactKind,
    ImageReport,
    ReleaseCancelled,
    ReleaseReport,
    SeveralImages,
    ToldApart,
    home_expanded,
    tell_apart,
)
from trustconsole.console.display import Display
from trustconsole.console.question import Question
from trustconsole.console.session import Artefacts
from trustconsole.console.sheet import Sheet
from trustconsole.text import human_bytes, plural

Found = ReleaseReport | ImageReport | SeveralImages
"""A report, or the images of which one is to be named."""
Answer = Found | ToldApart | None
"""What was found; a registry that has to be allowed first; None: it was stopped."""


Told = Callable[[int, int, str], None]
"""How far it is: so much of all, and the same in words."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A place and a file with a log entry (or empty), as typed. `wanted` decides where the place does not.

    `online`: the log may be asked. `allowed` is the registry that may be asked, None for none.
    """

    place: str
    wanted: ArtefactKind
    entry: str = ""
    online: bool = False
    allowed: str | None = None


def answer_to(
    asked: Asked,
    artefacts: Artefacts,
    progress: Told,
    cancelled: Callable[[], bool],
) -> Answer:
    """Tell apart what is there and verify it; nothing is connected to that was not allowed.

    Raises TrustConsoleError.
    """

    def hashed(done: int, total: int) -> None:
        progress(done, total, f"{human_bytes(done)} of {human_bytes(total)}")

    def seen(done: int, total: int) -> None:
        progress(done, total, f"{done:,} of {plural(total, 'blob')}")

    found = tell_apart(asked.place, asked.wanted)
    if found.registry != asked.allowed and found.registry is not None:
        return found
    entry = home_expanded(asked.entry) if asked.entry else None
    try:
        if found.kind == "release":
            return artefacts.release(
                Path(found.place), entry=entry, online=asked.online, progress=hashed, cancelled=cancelled
            )
        return artefacts.image(
            found.place, entry=entry, online=asked.online, progress=seen, cancelled=cancelled
        )
    except SeveralImages as several:
        return several
    except ReleaseCancelled:
        return None


def registry_question(display: Display, found: ToldApart, *, online: bool) -> Question:
    """Whether to connect: what is asked for is in a registry, or it is a path with nothing there."""
    sheet = Sheet(display, display.text("Ask a registry", "bold"))
    sheet.say(None, f"There is nothing at {found.place} on this host.")
    sheet.say(None, f"As a reference it names an image at {found.registry}.")
    sheet.heading("What goes over the network")
    sheet.say(None, f"The image's manifests and signatures are fetched from {found.registry}, no layers.")
    sheet.say(None, "The credentials that your container tools keep for that registry are used, if any.")
    if online:
        sheet.say(None, "The transparency log is asked for the entry that proves the time.")
    return Question(sheet, (("connect", "Connect"),))
