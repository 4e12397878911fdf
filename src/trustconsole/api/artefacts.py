"""Releases and images as the console asks about them: by the settings, and by what a command line said.

What the two verifications do is theirs (`releasing`, `imaging`); here is only what a screen that shows one
answer after the other keeps between them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from trustconsole.api.imaging import ImageOptions, verify_image
from trustconsole.api.releasing import ReleaseOptions, verify_release
from trustconsole.api.target import Options, find_target
from trustconsole.errors import Location, UnreadableFile
from trustconsole.release import ReleaseReport
from trustconsole.release.images import ImageReport
from trustconsole.release.telling_apart import ArtefactKind
from trustconsole.storage import make_private


@dataclass(frozen=True, slots=True)
class ToVerify:
    """What a console is opened on: `place` as it was typed, `entry` a file with a log entry or empty.

    `online`: the log may be asked, the first time.
    """

    kind: ArtefactKind
    place: str
    entry: str = ""
    online: bool = False


class Artefacts:
    """Verifies releases and images, one after the other; `to_verify` is the first, if one was named."""

    def __init__(
        self,
        options: Options,
        *,
        release: ReleaseOptions | None = None,
        image: ImageOptions | None = None,
        to_verify: ToVerify | None = None,
    ) -> None:
        self._options = options
        self._release = release or ReleaseOptions()
        self._image = image or ImageOptions()
        self.to_verify = to_verify

    def release(
        self,
        directory: Path,
        *,
        entry: Path | None = None,
        online: bool = False,
        progress: Callable[[int, int], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> ReleaseReport:
        """Judge a release directory, its components read; as `verify_release`."""
        wanted = replace(self._release, entry=entry, online=online, components=True, options=self._options)
        return verify_release(directory, wanted, progress=progress, cancelled=cancelled)

    def image(
        self,
        reference: str,
        *,
        entry: Path | None = None,
        online: bool = False,
        progress: Callable[[int, int], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> ImageReport:
        """Judge an image; as `verify_image`."""
        wanted = replace(self._image, entry=entry, online=online, options=self._options)
        return verify_image(reference, wanted, progress=progress, cancelled=cancelled)

    def export(self, name: str, text: str, *, suffix: str = ".txt") -> Path:
        """Write `text` to a new file in the state directory's `exports`; raises `UnreadableFile`."""
        return write_export(find_target(self._options).state, datetime.now(UTC), name, text, suffix=suffix)


def write_export(state: Path, now: datetime, name: str, text: str, *, suffix: str = ".txt") -> Path:
    """Write `text` to a new file, named after `name` and the time `now`; raises `UnreadableFile`."""
    directory = state / "exports"
    stem = re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.") or "export"
    stamp = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    try:
        make_private(state)
        make_private(directory)
        for attempt in range(100):
            number = f"-{attempt}" if attempt else ""
            path = directory / f"{stem[:80]}-{stamp}{number}{suffix}"
            try:
                descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
            except FileExistsError:
                continue
            with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
                file.write(text)
            return path
    except OSError as error:
        raise UnreadableFile(
            f"cannot be written: {error.strerror or error}",
            hint="check the state directory in the settings",
            location=Location(str(directory)),
        ) from error
    raise UnreadableFile("holds too many exports of this second", location=Location(str(directory)))
