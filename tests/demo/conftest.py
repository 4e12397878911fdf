"""A demo workspace, built once for the tests that only look at it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from trustconsole.demo import DemoWorkspace, build_demo, stop_nodes

NOW = datetime(2026, 2, 11, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def now() -> datetime:
    """The instant that the shared demo is built for."""
    return NOW


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> DemoWorkspace:
    """A demo that no test changes."""
    return build_demo(tmp_path_factory.mktemp("shared") / "demo", now=NOW)


@pytest.fixture
def own_workspace(tmp_path: Path) -> Iterator[DemoWorkspace]:
    """A demo of the test's own, whose nodes are ended afterwards."""
    made = build_demo(tmp_path / "demo", now=NOW)
    yield made
    stop_nodes(made)
