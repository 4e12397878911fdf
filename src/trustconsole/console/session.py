"""What the console asks of the use-cases: the whole of its contact with the outside.

`Session` looks at the files, tells when to look again and writes exports; `Start` exists only where
nothing is configured yet. Both are passed in, so that every screen can be tested without a file.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Protocol

from trustconsole.api import Impact, Snapshot
from trustconsole.errors import TrustConsoleError


class Session(Protocol):
    """One workspace. `look` blocks and runs in a thread; the others are quick."""

    @property
    def read_only(self) -> bool:
        """Whether changes are refused."""

    def look(
        self,
        progress: Callable[[Snapshot], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Snapshot:
        """Read everything; `progress` gets partial snapshots of the same generation."""

    def changes(self, stop: asyncio.Event) -> AsyncIterator[str]:
        """`changed`, `rescan`, or a sentence about the live watch; each asks for a new look."""

    def impact(
        self,
        *,
        remove: str | None = None,
        progress: Callable[[int, int], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Impact:
        """What happens if the block with this fingerprint goes; blocks; raises TrustConsoleError."""

    def export(self, name: str, text: str) -> Path:
        """Write `text` into the state directory under `name` and the time; raises TrustConsoleError."""


class Place(Protocol):
    """A place that was looked at on the first start."""

    @property
    def path(self) -> str:
        """The directory or file."""

    @property
    def found(self) -> bool:
        """Whether a controller.yml is there."""

    @property
    def note(self) -> str:
        """What was found, or why not, in a few words."""


class Start(Protocol):
    """What to do where nothing is configured."""

    @property
    def places(self) -> Sequence[Place]:
        """Where was looked, in order."""

    def open(self, path: str) -> Session:
        """The session of a found place; raises TrustConsoleError."""

    def demo(self) -> Session:
        """Build the sample workspace and open it; may take a second; raises TrustConsoleError."""


def told(error: TrustConsoleError) -> str:
    """What is wrong, and what to do."""
    return f"{error}. {error.hint}" if error.hint else str(error)
