"""A signed release of a publisher of our own, and the question `release verify` asks about it."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from tests.release.making_releases import LATER, Publisher, Release

from trustconsole.release import ReleaseReport, ReleaseRequest, verify_release
from trustconsole.release.policy import PolicyOptions

Ask = Callable[..., ReleaseReport]
ACCEPT = ("accept", None, None)
UNPROVEN = ("unknown", "time", "time-unproven")


def outcome(report: ReleaseReport) -> tuple[str, str | None, str | None]:
    """Verdict, step and code."""
    return report.verdict, report.rule, report.code


def ids(report: ReleaseReport) -> set[str]:
    """The ids of all findings."""
    return {finding.id for finding in report.findings}


@pytest.fixture(scope="session")
def publisher() -> Publisher:
    """The one whose releases are good."""
    return Publisher()


@pytest.fixture
def release(tmp_path: Path, publisher: Publisher) -> Release:
    """A good release, signed with a certificate of ten minutes."""
    return Release(tmp_path / "release", publisher)


@pytest.fixture
def ask(tmp_path: Path, release: Release) -> Ask:
    """Judge the release by its publisher's trusted root, long after its certificate ended."""
    trusted_root = release.publisher.trusted_root(tmp_path)

    def judge(
        *, now: datetime = LATER, policy: PolicyOptions | None = None, **request: object
    ) -> ReleaseReport:
        options = policy or PolicyOptions(trusted_root=trusted_root)
        return verify_release(
            ReleaseRequest(release.directory, now, now, options, **request)  # type: ignore[arg-type]  # by name
        )

    return judge


@pytest.fixture(scope="session")
def vectors() -> Path:
    """The shared test vectors; skips visibly where they are not here."""
    named = os.environ.get("TRUSTCONSOLE_VECTORS")
    if not named:
        pytest.skip("TRUSTCONSOLE_VECTORS is not set")
    return Path(named)
