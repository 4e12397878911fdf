"""A hundred changes of each kind under one armed watch, each found within six seconds; a touch is none."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from pathlib import Path

import pytest
from tests.storage.edits import EDITS, Contents, Edit, mounted, swap_data

from trustconsole.storage.watching import Hint, changes

TIMES = 100
WITHIN_SECONDS = 6.0
"""What is promised of each change: the rescan of five seconds, and a look."""


@pytest.fixture
def real(tmp_path: Path) -> Path:
    """A directory that is itself reached without links."""
    return tmp_path.resolve()


async def _found(hints: AsyncGenerator[Hint, None], path: Path, contents: Contents) -> None:
    async with asyncio.timeout(WITHIN_SECONDS):
        async for _ in hints:
            if await asyncio.to_thread(contents.changed, path):
                return


async def _count(directory: Path, edit: Edit) -> int:
    """How many of a hundred changes were found in time; ends at the first that was not."""
    path, contents, stop = directory / "root.pem", Contents(), asyncio.Event()
    contents.changed(path)
    async with aclosing(changes(lambda: [path], stop=stop)) as hints:
        await anext(hints)
        for number in range(TIMES):
            await asyncio.to_thread(edit, directory, number)
            await _found(hints, path, contents)
            if path.read_text() != str(number + 1):
                return number
    return TIMES


async def test_a_hundred_of_a_hundred_changes_of_each_kind_are_found(real: Path) -> None:
    kinds: dict[str, Edit] = {edit.__name__: edit for edit in EDITS} | {"swap_data": swap_data}
    counts = []
    for name, edit in kinds.items():
        directory = real / name
        directory.mkdir()
        if edit is swap_data:
            mounted(directory)
        else:
            (directory / "root.pem").write_text("0")
        counts.append(_count(directory, edit))
    found = await asyncio.gather(*counts)
    assert dict(zip(kinds, found, strict=True)) == dict.fromkeys(kinds, TIMES)


def _touch(path: Path) -> None:
    os.utime(path)


def _chmod(path: Path) -> None:
    path.chmod(path.stat().st_mode ^ 0o040)


@pytest.mark.parametrize("edit", [_touch, _chmod])
async def test_none_of_a_hundred_touches_is_a_change_and_the_next_change_is(
    real: Path, edit: Callable[[Path], None]
) -> None:
    path, contents, stop = real / "root.pem", Contents(), asyncio.Event()
    path.write_text("0")
    contents.changed(path)
    async with aclosing(changes(lambda: [path], stop=stop)) as hints:
        await anext(hints)
        for _ in range(TIMES):
            edit(path)
            async with asyncio.timeout(WITHIN_SECONDS):
                await anext(hints)
            assert not contents.changed(path)
        path.write_text("1")
        await _found(hints, path, contents)
