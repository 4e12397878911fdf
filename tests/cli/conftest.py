"""One demo workspace for all commands, built for a fixed instant; no settings of whoever runs the tests."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from trustconsole.demo import DemoWorkspace, build_demo, stop_nodes

NOW = datetime(2026, 2, 11, 9, 30, tzinfo=UTC)
AT = "2026-02-11T09:30:00Z"


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> DemoWorkspace:
    """A demo that no test changes; its dates are relative to `at`."""
    return build_demo(tmp_path_factory.mktemp("cli") / "demo", now=NOW)


@pytest.fixture
def own_workspace(tmp_path: Path) -> Iterator[DemoWorkspace]:
    """A demo of the test's own, whose nodes are ended afterwards."""
    made = build_demo(tmp_path / "own", now=NOW)
    yield made
    stop_nodes(made)


@pytest.fixture
def at() -> tuple[str, str]:
    """The option that judges at the instant the demo was built for."""
    return ("--at", AT)


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty current directory, no settings, no colours asked for or refused, 80 columns."""
    place = tmp_path / "here"
    place.mkdir()
    monkeypatch.chdir(place)
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    for name in ("NO_COLOR", "TERM", "LINES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "80")
