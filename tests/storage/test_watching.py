"""Hints arrive for every way in which files and directories change, and the timer carries on alone."""

from __future__ import annotations

import asyncio
import resource
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from tests.storage.edits import (
    EDITS,
    EDITS_OF_THE_DIRECTORY,
    Contents,
    Edit,
    mounted,
    replace,
    swap_data,
    write,
)

from trustconsole.storage.watching import Hint, changes, watch_directories

PATIENCE = 10.0
NEVER = 3600.0


@asynccontextmanager
async def watching(
    paths: Callable[[], Iterable[Path]], *, rescan_seconds: float = NEVER
) -> AsyncIterator[AsyncGenerator[Hint, None]]:
    stop = asyncio.Event()
    hints = changes(paths, stop=stop, rescan_seconds=rescan_seconds)
    try:
        yield hints
    finally:
        await hints.aclose()


async def next_hint(hints: AsyncGenerator[Hint, None]) -> Hint:
    async with asyncio.timeout(PATIENCE):
        return await anext(hints)


async def until_changed(hints: AsyncGenerator[Hint, None], path: Path, prints: Contents) -> Hint:
    """The hint at which another look finds `path` changed."""
    async with asyncio.timeout(PATIENCE):
        async for hint in hints:
            if prints.changed(path):
                return hint
    raise AssertionError("the hints ended")


@pytest.fixture
def real(tmp_path: Path) -> Path:
    """A directory that is itself reached without links."""
    return tmp_path.resolve()


@pytest.mark.parametrize("edit", EDITS + EDITS_OF_THE_DIRECTORY)
async def test_every_edit_is_announced_again_and_again(real: Path, edit: Edit) -> None:
    directory = real / "security"
    directory.mkdir()
    path = directory / "root.pem"
    path.write_text("0")
    prints = Contents()
    prints.changed(path)
    async with watching(lambda: [path], rescan_seconds=1.0) as hints:
        assert (await next_hint(hints)).kind == "armed"
        for number in range(5):
            edit(directory, number)
            await until_changed(hints, path, prints)
            assert path.read_text() == str(number + 1)


@pytest.mark.parametrize("edit", EDITS)
async def test_edits_in_place_need_no_timer(real: Path, edit: Edit) -> None:
    path = real / "root.pem"
    path.write_text("0")
    prints = Contents()
    prints.changed(path)
    async with watching(lambda: [path]) as hints:
        await next_hint(hints)
        for number in range(5):
            edit(real, number)
            assert (await until_changed(hints, path, prints)).kind in ("event", "armed")


async def test_a_swap_of_data_is_announced_without_the_timer_each_time(real: Path) -> None:
    path = mounted(real)
    prints = Contents()
    prints.changed(path)
    async with watching(lambda: [path]) as hints:
        await next_hint(hints)
        for number in range(5):
            swap_data(real, number)
            await until_changed(hints, path, prints)
            assert path.read_text() == str(number + 1)


async def test_after_a_relink_writes_to_the_new_target_are_announced(real: Path) -> None:
    for name in ("old", "new"):
        (real / name).mkdir()
        (real / name / "root.pem").write_text("0")
    link = real / "links" / "root.pem"
    link.parent.mkdir()
    link.symlink_to(real / "old" / "root.pem")
    prints = Contents()
    async with watching(lambda: [link]) as hints:
        assert (await next_hint(hints)).directories == {real / "links", real / "old"}
        link.with_suffix(".tmp").symlink_to(real / "new" / "root.pem")
        link.with_suffix(".tmp").replace(link)
        while (await next_hint(hints)).directories != {real / "links", real / "new"}:
            pass
        prints.changed(link)
        (real / "new" / "root.pem").write_text("1")
        await until_changed(hints, link, prints)


async def test_a_file_in_a_directory_yet_to_come_is_announced_without_the_timer(real: Path) -> None:
    path = real / "one" / "two" / "root.pem"
    prints = Contents()
    prints.changed(path)
    async with watching(lambda: [path]) as hints:
        assert (await next_hint(hints)).directories == {real}
        path.parent.mkdir(parents=True)
        while (await next_hint(hints)).directories != {path.parent}:
            pass
        path.write_text("1")
        await until_changed(hints, path, prints)


async def test_the_timer_ticks_where_nothing_happens(real: Path) -> None:
    async with watching(lambda: [real / "root.pem"], rescan_seconds=0.05) as hints:
        await next_hint(hints)
        ticks = [await next_hint(hints) for _ in range(3)]
    assert [tick.kind for tick in ticks] == ["rescan"] * 3
    assert ticks[0].problem is None


async def test_where_nothing_can_be_watched_the_timer_goes_on_and_says_so() -> None:
    async with watching(lambda: [], rescan_seconds=0.05) as hints:
        found = [await next_hint(hints) for _ in range(3)]
    assert [hint.kind for hint in found] == ["rescan"] * 3
    assert all(hint.problem and hint.problem.startswith("Live watch is off") for hint in found)


async def test_the_watch_comes_back_when_there_is_something_to_watch(real: Path) -> None:
    wanted: list[Path] = []
    async with watching(lambda: wanted, rescan_seconds=0.05) as hints:
        assert (await next_hint(hints)).problem is not None
        wanted.append(real / "root.pem")
        while (hint := await next_hint(hints)).problem is not None:
            pass
        assert hint.directories == {real}


async def test_setting_stop_ends_the_hints_at_once(real: Path) -> None:
    stop = asyncio.Event()
    hints = changes(lambda: [real], stop=stop, rescan_seconds=NEVER)
    await next_hint(hints)
    asyncio.get_running_loop().call_later(0.01, stop.set)
    with pytest.raises(StopAsyncIteration):
        await next_hint(hints)


async def test_every_write_reaches_the_caller_by_an_event(real: Path) -> None:
    path = real / "root.pem"
    path.write_text("0")
    prints = Contents()
    prints.changed(path)
    async with watching(lambda: [path]) as hints:
        await next_hint(hints)
        for number in range(20):
            replace(real, number)
            await until_changed(hints, path, prints)
            assert path.read_text() == str(number + 1)


def test_directories_of_every_link_and_target_are_watched(real: Path) -> None:
    path = mounted(real)
    modules = real / "modules"
    modules.mkdir()
    assert watch_directories([path, modules, real / "none" / "x"]) == {real, real / "..2026_1", modules}


def test_directories_of_a_loop_are_those_of_its_links(real: Path) -> None:
    (real / "a").symlink_to("b")
    (real / "b").symlink_to("a")
    assert watch_directories([real / "a"]) == {real}


async def test_where_the_kernel_refuses_a_watch_the_timer_goes_on_until_it_allows_one(real: Path) -> None:
    path = real / "root.pem"
    path.write_text("0")
    prints = Contents()
    prints.changed(path)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    async with watching(lambda: [path], rescan_seconds=0.05) as hints:
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, hard))
        try:
            refused = await next_hint(hints)
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        assert refused.kind == "rescan"
        assert refused.problem is not None
        assert refused.problem.startswith("Live watch is off, looking every 0.05 s: ")
        write(real, 0)
        await until_changed(hints, path, prints)
        while (await next_hint(hints)).problem is not None:
            pass
