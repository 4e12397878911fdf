"""A process table made of files, and command runners that answer as told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from tests.nodes.fake_proc import FakeProc

from trustconsole.nodes import CommandResult


@pytest.fixture
def fake_proc(tmp_path: Path) -> Callable[[int], FakeProc]:
    """Makes a table whose boot was at the given second since 1970."""
    return lambda boot: FakeProc(tmp_path / "proc", boot)


@pytest.fixture
def answering() -> Callable[..., Callable[[Sequence[str]], CommandResult]]:
    """A runner that always gives the same answer; the commands are kept in its `asked`."""

    def make(
        output: str = "", status: int | None = 0, errors: str = "", problem: str | None = None
    ) -> object:
        def run(argv: Sequence[str]) -> CommandResult:
            run.asked.append(tuple(argv))  # type: ignore[attr-defined]
            return CommandResult(status, output, errors, problem)

        run.asked = []  # type: ignore[attr-defined]
        return run

    return make  # type: ignore[return-value]
