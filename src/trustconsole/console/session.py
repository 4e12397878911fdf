"""What the console asks of the use-cases: the whole of its contact with the outside.

`Session` looks at the files, tells when to look again and writes exports; `Start` exists only where
nothing is configured yet. Both are passed in, so that every screen can be tested without a file.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Protocol

from trustconsole.api import (
    AuditReport,
    ImageReport,
    Impact,
    ReleaseReport,
    Revocation,
    RotationView,
    Snapshot,
    ToVerify,
)


class Rotating(Protocol):
    """The rotation of a workspace. Everything here blocks and runs in a thread; errors are TrustConsoleError.

    As `api.Rotation`: what is not applied is a dry run, and a read-only session refuses to apply.
    """

    def view(self, cancelled: Callable[[], bool] | None = None, *, fresh: bool = True) -> RotationView:
        """Where it stands; without `fresh` as of the session's last look."""

    def start(
        self,
        kind: str,
        old: str,
        new: Path,
        *,
        apply: bool = False,
        override: str = "",
        follow_link: bool = False,
        reviewed: str | None = None,
    ) -> RotationView:
        """Plan it; with `apply` record the plan and add the new block."""

    def next(
        self,
        *,
        apply: bool = False,
        restart: bool = False,
        send: bool = False,
        only: str | None = None,
        confirm: str = "",
        override: str = "",
        follow_link: bool = False,
        reviewed: str | None = None,
        on_output: Callable[[str, str], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> RotationView:
        """Carry the step under way out."""

    def undo(
        self,
        *,
        apply: bool = False,
        override: str = "",
        follow_link: bool = False,
        reviewed: str | None = None,
    ) -> RotationView:
        """Take the last change back."""

    def save_commands(self, view: RotationView) -> Path:
        """Write the commands that sign again as a script; its path."""


class Artefacts(Protocol):
    """Verifies releases and images; it needs no controller."""

    @property
    def to_verify(self) -> ToVerify | None:
        """What is to be shown first, if anything was named."""

    def release(
        self,
        directory: Path,
        *,
        entry: Path | None = None,
        online: bool = False,
        progress: Callable[[int, int], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> ReleaseReport:
        """Judge a release directory, components read; `progress` is told bytes. Blocks; raises
        TrustConsoleError, and ReleaseCancelled soon after `cancelled` says so."""

    def image(
        self,
        reference: str,
        *,
        entry: Path | None = None,
        online: bool = False,
        progress: Callable[[int, int], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> ImageReport:
        """Judge an image; `progress` is told blobs. As `release`; raises SeveralImages where the copy holds
        them and none is named."""

    def export(self, name: str, text: str) -> Path:
        """Write `text` into the state directory under `name` and the time; raises TrustConsoleError."""


class Session(Artefacts, Protocol):
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

    def rotation(self) -> Rotating:
        """The rotation of this workspace."""

    def revoke(
        self,
        fingerprint: str,
        *,
        apply: bool = False,
        override: str = "",
        follow_link: bool = False,
        reviewed: str | None = None,
    ) -> Revocation:
        """What removing a block at once does, with `apply` done; blocks."""

    def audit(self) -> AuditReport:
        """The console's own record, and whether it is whole; blocks."""


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


class Start(Artefacts, Protocol):
    """What to do where nothing is configured."""

    @property
    def places(self) -> Sequence[Place]:
        """Where was looked, in order."""

    def open(self, path: str) -> Session:
        """The session of a found place; raises TrustConsoleError."""

    def demo(self) -> Session:
        """Build the sample workspace and open it; may take a second; raises TrustConsoleError."""
