"""Hints arrive for every way in which files and directories change, and the timer carries on alone."""

from __future__ import annotations

import asyncio
import os
import resource
import shutil
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from trustconsole.storage import Fingerprints
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


async def until_changed(hints: AsyncGenerator[Hint, None], path: Path, prints: Fingerprints) -> Hint:
    """The hint at which another look finds `path` changed."""
    async with asyncio.timeout(PATIENCE):
        async for hint in hints:
            if path in prints.changed_since([path]):
                return hint
    raise AssertionError("the hints ended")


@pytest.fixture
def real(tmp_path: Path) -> Path:
    """A directory that is itself reached without links."""
    return tmp_path.resolve()


def _mounted(directory: Path) -> Path:
    (directory / "..2026_1").mkdir()
    (directory / "..2026_1" / "root.pem").write_text("0")
    (directory / "..data").symlink_to("..2026_1")
    (directory / "root.pem").symlink_to("..data/root.pem")
    return directory / "root.pem"


def _swap_data(directory: Path, number: int) -> None:
    new = directory / f"..2026_{number + 2}"
    new.mkdir()
    (new / "root.pem").write_text(str(number + 1))
    (directory / "..data_tmp").symlink_to(new.name)
    old = (directory / "..data").resolve()
    (directory / "..data_tmp").replace(directory / "..data")
    shutil.rmtree(old)


def _write(directory: Path, number: int) -> None:
    (directory / "root.pem").write_text(str(number + 1))


def _replace(directory: Path, number: int) -> None:
    (directory / "new").write_text(str(number + 1))
    (directory / "new").replace(directory / "root.pem")


def _relink(directory: Path, number: int) -> None:
    target = directory / f"target{number}"
    target.write_text(str(number + 1))
    (directory / "new").symlink_to(target)
    (directory / "new").replace(directory / "root.pem")


def _delete_and_recreate(directory: Path, number: int) -> None:
    (directory / "root.pem").unlink()
    _write(directory, number)


def _keep_mtime(directory: Path, number: int) -> None:
    path = directory / "root.pem"
    status = path.stat()
    _write(directory, number)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def _recreate_directory(directory: Path, number: int) -> None:
    shutil.rmtree(directory)
    directory.mkdir()
    _write(directory, number)


def _exchange_directory(directory: Path, number: int) -> None:
    new = directory.with_name(f"next{number}")
    new.mkdir()
    _write(new, number)
    directory.rename(directory.with_name(f"away{number}"))
    new.rename(directory)


EDITS = [_write, _replace, _relink, _delete_and_recreate, _keep_mtime]
EDITS_OF_THE_DIRECTORY = [_recreate_directory, _exchange_directory]


@pytest.mark.parametrize("edit", EDITS + EDITS_OF_THE_DIRECTORY)
async def test_every_edit_is_announced_again_and_again(real: Path, edit: Callable[[Path, int], None]) -> None:
    directory = real / "security"
    directory.mkdir()
    path = directory / "root.pem"
    path.write_text("0")
    prints = Fingerprints()
    prints.changed_since([path])
    async with watching(lambda: [path], rescan_seconds=1.0) as hints:
        assert (await next_hint(hints)).kind == "armed"
        for number in range(5):
            edit(directory, number)
            await until_changed(hints, path, prints)
            assert path.read_text() == str(number + 1)


@pytest.mark.parametrize("edit", EDITS)
async def test_edits_in_place_need_no_timer(real: Path, edit: Callable[[Path, int], None]) -> None:
    path = real / "root.pem"
    path.write_text("0")
    prints = Fingerprints()
    prints.changed_since([path])
    async with watching(lambda: [path]) as hints:
        await next_hint(hints)
        for number in range(5):
            edit(real, number)
            assert (await until_changed(hints, path, prints)).kind in ("event", "armed")


async def test_a_swap_of_data_is_announced_without_the_timer_each_time(real: Path) -> None:
    path = _mounted(real)
    prints = Fingerprints()
    prints.changed_since([path])
    async with watching(lambda: [path]) as hints:
        await next_hint(hints)
        for number in range(5):
            _swap_data(real, number)
            await until_changed(hints, path, prints)
            assert path.read_text() == str(number + 1)


async def test_after_a_relink_writes_to_the_new_target_are_announced(real: Path) -> None:
    for name in ("old", "new"):
        (real / name).mkdir()
        (real / name / "root.pem").write_text("0")
    link = real / "links" / "root.pem"
    link.parent.mkdir()
    link.symlink_to(real / "old" / "root.pem")
    prints = Fingerprints()
    async with watching(lambda: [link]) as hints:
        assert (await next_hint(hints)).directories == {real / "links", real / "old"}
        link.with_suffix(".tmp").symlink_to(real / "new" / "root.pem")
        link.with_suffix(".tmp").replace(link)
        while (await next_hint(hints)).directories != {real / "links", real / "new"}:
            pass
        prints.changed_since([link])
        (real / "new" / "root.pem").write_text("1")
        await until_changed(hints, link, prints)


async def test_a_file_in_a_directory_yet_to_come_is_announced_without_the_timer(real: Path) -> None:
    path = real / "one" / "two" / "root.pem"
    prints = Fingerprints()
    prints.changed_since([path])
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
    prints = Fingerprints()
    prints.changed_since([path])
    async with watching(lambda: [path]) as hints:
        await next_hint(hints)
        for number in range(20):
            _replace(real, number)
            await until_changed(hints, path, prints)
            assert path.read_text() == str(number + 1)


def test_directories_of_every_link_and_target_are_watched(real: Path) -> None:
    path = _mounted(real)
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
    prints = Fingerprints()
    prints.changed_since([path])
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
        _write(real, 0)
        await until_changed(hints, path, prints)
        while (await next_hint(hints)).problem is not None:
            pass
