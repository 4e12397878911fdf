"""Answers about releases and images in the tests of the console: the real verification, at a fixed time."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from trustconsole.api import (
    ImageOptions,
    ImageReport,
    ReleaseOptions,
    ReleaseReport,
    ToVerify,
    verify_image,
    verify_release,
)

AT = datetime(2026, 3, 14, 14, 2, 7, tzinfo=UTC)


class Judge:
    """Judges by the packaged root and the project's identities."""

    to_verify: ToVerify | None = None

    def release(self, directory: Path, **told: Any) -> ReleaseReport:
        given = {name: told.pop(name) for name in ("online", "entry") if name in told}
        return verify_release(directory, ReleaseOptions(at=AT, **given), **told)

    def image(self, reference: str, **told: Any) -> ImageReport:
        given = {name: told.pop(name) for name in ("online", "entry") if name in told}
        return verify_image(reference, ImageOptions(at=AT, **given), **told)


class Unasked:
    """A first start on which nobody verifies anything."""

    to_verify: ToVerify | None = None

    def release(self, directory: Path, **_: Any) -> ReleaseReport:
        raise AssertionError(directory)

    def image(self, reference: str, **_: Any) -> ImageReport:
        raise AssertionError(reference)

    def export(self, name: str, text: str) -> Path:
        raise AssertionError(name, text)
