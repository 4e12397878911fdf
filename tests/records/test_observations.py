"""The record tells a change from a touch, outlives the session, and never stands in the way."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustconsole.records import Observations

SECOND = 1_000_000_000
T0 = 1_000_000 * SECOND
FILE = "trust root:/x"


def _at(observations: Observations, seconds: int) -> int:
    now = T0 + seconds * SECOND
    observations.begin_look(now)
    return now


def test_at_the_first_look_the_file_speaks_for_itself() -> None:
    observations = Observations()
    _at(observations, 0)
    memory = observations.see_file(FILE, "a", T0 - 5 * SECOND)
    assert (memory.changed_after, memory.changed_before) == (T0 - 5 * SECOND, T0 - 5 * SECOND)
    assert memory.first_seen


def test_a_changed_digest_moves_the_bound_to_its_ctime() -> None:
    observations = Observations()
    _at(observations, 0)
    observations.see_file(FILE, "a", T0 - 5 * SECOND)
    _at(observations, 10)
    memory = observations.see_file(FILE, "b", T0 + 7 * SECOND)
    assert memory.changed_after == memory.changed_before == T0 + 7 * SECOND
    assert (memory.changed_look, memory.first_seen) == (2, False)


def test_a_touch_leaves_the_bound_and_notes_the_gap() -> None:
    observations = Observations()
    _at(observations, 0)
    first = observations.see_file(FILE, "a", T0 - 5 * SECOND)
    _at(observations, 10)
    memory = observations.see_file(FILE, "a", T0 + 7 * SECOND)
    assert memory.changed_before == first.changed_before
    assert memory.first_seen
    [(after, before)] = memory.gaps
    assert after <= T0 < before == T0 + 7 * SECOND


def test_other_content_under_an_old_ctime_changed_somewhere_between_the_looks() -> None:
    observations = Observations()
    _at(observations, 0)
    observations.see_file(FILE, "a", T0 - 5 * SECOND)
    _at(observations, 10)
    memory = observations.see_file(FILE, "b", T0 - 9 * SECOND)
    assert (memory.changed_after, memory.changed_before) == (T0, T0 + 10 * SECOND)


@given(st.lists(st.integers(1, 100), min_size=9, max_size=40))
def test_gaps_are_merged_but_none_is_forgotten(steps: list[int]) -> None:
    observations = Observations()
    _at(observations, 0)
    observations.see_file(FILE, "a", T0 - 5 * SECOND)
    clock, touches = 0, []
    for step in steps:
        clock += 2 * step
        _at(observations, clock)
        touches.append(T0 + (clock - step) * SECOND)
        memory = observations.see_file(FILE, "a", touches[-1])
        assert len(memory.gaps) <= 8
        assert all(any(after <= touch <= before for after, before in memory.gaps) for touch in touches)


def test_a_node_keeps_the_look_that_first_saw_this_run_of_it() -> None:
    observations = Observations()
    _at(observations, 0)
    assert observations.see_node("n", "one") == 1
    _at(observations, 5)
    assert observations.see_node("n", "one") == 1
    _at(observations, 10)
    assert observations.see_node("n", "two") == 3


def test_a_clock_that_was_set_matters_to_what_ran_then_and_not_to_what_started_later() -> None:
    observations = Observations()
    hour = 3600 * SECOND
    _at(observations, 0)
    boot = T0 - 10 * hour
    assert observations.see_boot("b", boot, 9 * hour) == (boot, boot)
    _at(observations, 2 * 3600)  # the clock was set an hour ahead; 11 hours have passed since the boot
    assert observations.see_boot("b", boot + hour, 9 * hour) == (boot, boot + hour)
    assert observations.see_boot("b", boot + hour, 11 * hour) == (boot + hour, boot + hour)
    assert observations.see_boot("b", boot + hour, 10 * hour + 1) == (boot, boot + hour)
    assert observations.see_boot("another", boot, 0) == (boot, boot)


def test_the_record_outlives_the_session(tmp_path: Path) -> None:
    state = tmp_path / "deep" / "state"
    first = Observations.load(state)
    _at(first, 0)
    first.see_file(FILE, "a", T0 - 5 * SECOND)
    first.see_node("n", "one")
    first.see_boot("b", T0, 0)
    first.save()
    assert first.problem is None
    assert state.stat().st_mode & 0o777 == 0o700
    assert [entry.name for entry in state.iterdir()] == ["observations.json"]
    assert (state / "observations.json").stat().st_mode & 0o777 == 0o600
    second = Observations.load(state)
    _at(second, 10)
    assert second.see_node("n", "one") == 1
    assert second.see_file(FILE, "b", T0 + SECOND).changed_look == 2
    assert second.see_boot("b", T0 + SECOND, 0) == (T0, T0 + SECOND)


def test_gaps_outlive_the_session_too(tmp_path: Path) -> None:
    first = Observations.load(tmp_path)
    for seconds in (0, 10):
        _at(first, seconds)
        first.see_file(FILE, "a", T0 + (seconds - 1) * SECOND)
    first.save()
    second = Observations.load(tmp_path)
    _at(second, 20)
    assert len(second.see_file(FILE, "a", T0 + 9 * SECOND).gaps) == 1


def test_looks_at_which_nothing_is_new_are_not_written_each_time(tmp_path: Path) -> None:
    observations = Observations.load(tmp_path)
    inodes = set()
    for seconds in (0, 5, 10, 15):
        _at(observations, seconds)
        observations.see_file(FILE, "a", T0)
        observations.save()
        inodes.add((tmp_path / "observations.json").stat().st_mtime_ns)
    assert len(inodes) == 1
    _at(observations, 100)
    observations.see_file(FILE, "a", T0)
    observations.save()
    kept = json.loads((tmp_path / "observations.json").read_text())
    assert kept["files"][FILE]["seen"] == T0 + 100 * SECOND


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"{}",
        b"[" * 100_000,
        b'{"schema":"trustconsole/observations/1"}',
        b'{"schema":"trustconsole/observations/1","look":1,"saved":1,"files":[],"nodes":{},"boots":{}}',
        b'{"schema":"trustconsole/observations/1","look":"1","saved":1,"files":{},"nodes":{},"boots":{}}',
        b'{"schema":"trustconsole/observations/1","look":1,"saved":1,"files":{"x":1},"nodes":{},"boots":{}}',
        b'{"schema":"trustconsole/observations/1","look":1,"saved":1,"files":{"x":{"digest":"a","changed_after":'
        b'-1,"changed_before":1,"changed_look":0,"ctime":1,"seen":1,"gaps":[]}},"nodes":{},"boots":{}}',
    ],
)
def test_a_damaged_record_is_said_and_replaced(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "observations.json").write_bytes(damage)
    observations = Observations.load(tmp_path)
    assert observations.problem is not None
    assert "earlier observations are not used" in observations.problem
    _at(observations, 0)
    assert observations.see_file(FILE, "a", T0).first_seen
    observations.save()
    assert Observations.load(tmp_path).problem is None


def test_where_the_state_cannot_be_written_memory_alone_serves(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where a directory should be")
    observations = Observations.load(tmp_path / "state")
    looks = []
    for seconds, digest in ((0, "a"), (10, "b")):
        _at(observations, seconds)
        looks.append(observations.see_file(FILE, digest, T0 + seconds * SECOND).changed_look)
        observations.save()
    assert looks == [0, 2]
    assert observations.problem is not None
    assert "only as long as this session" in observations.problem
    assert (tmp_path / "state").read_text().startswith("a file")


def test_a_link_in_place_of_the_temporary_file_is_not_followed(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    state = tmp_path / "state"
    state.mkdir()
    link = state / f".observations.json.{'0' * 16}.tmp"
    link.symlink_to(victim)
    observations = Observations.load(state)
    _at(observations, 0)
    observations.see_file(FILE, "a", T0)
    observations.save()
    assert victim.read_text() == "precious"
    assert Observations.load(state).problem is None
    assert {entry.name for entry in state.iterdir()} == {"observations.json", link.name}
