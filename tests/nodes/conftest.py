"""A process table made of files, and command runners that answer as told."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from tests.nodes.fake_proc import FakeProc
from tests.nodes.site import Site, make_site, put_behind

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


def _needs_busybox() -> None:
    if shutil.which("busybox") is None:
        pytest.skip("busybox is not installed (Debian: busybox)")


@pytest.fixture(params=["here", "behind coreutils", "behind busybox"])
def site(request: pytest.FixtureRequest, tmp_path: Path, fake_proc: Callable[[int], FakeProc]) -> Site:
    """A controller with one node, on this host and behind a prefix: the same rows must hold."""
    made = make_site(tmp_path, fake_proc)
    if request.param != "here":
        if request.param.endswith("busybox"):
            _needs_busybox()
        put_behind(made, tmp_path / "programs", request.param.removeprefix("behind "))
    return made
