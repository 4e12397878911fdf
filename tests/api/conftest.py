"""A demo workspace without its nodes, built once per test in its own directory."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from trustconsole.demo import DemoWorkspace, build_demo

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def demo(tmp_path: Path) -> DemoWorkspace:
    """The demo as of `NOW`."""
    return build_demo(tmp_path / "demo", now=NOW)
