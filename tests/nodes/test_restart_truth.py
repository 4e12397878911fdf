"""The rule alone: green only where it is proved, and every answer says why."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustconsole.nodes.model import RestartState
from trustconsole.nodes.probing import Probe, Start
from trustconsole.nodes.restart_truth import FileFacts, FileRole, judge
from trustconsole.records import FileMemory

SECOND = 1_000_000_000
NOW = 1_770_818_400 * SECOND  # 2026-02-11 14:00:00 UTC
DAY = 86_400


def _ago(seconds: float) -> int:
    return NOW - int(seconds * SECOND)


def _file(
    changed_ago: float,
    *,
    role: FileRole = "trust root",
    look: int = 2,
    ran_before: bool = False,
    gaps: tuple[tuple[int, int], ...] = (),
) -> FileFacts:
    changed = _ago(changed_ago)
    memory = FileMemory("d", changed, changed, look, changed, NOW, gaps)
    return FileFacts(role, memory, ran_before=ran_before)


def _probe(started_ago: float, *, span: float = 0.01, identity: str | None = "run") -> Probe:
    return Probe("pid 1", Start(_ago(started_ago), _ago(started_ago) + int(span * SECOND)), identity)


@pytest.mark.parametrize(
    ("started_ago", "file", "state", "reason"),
    [
        (3600, _file(3720), "current", "started 2 min after the last change"),
        (9 * DAY + 120, _file(120), "restart", "trust root changed 13:58 UTC, node started 9 d before"),
        (5 * DAY, _file(2 * DAY), "restart", "trust root changed 2026-02-09 14:00 UTC, node started 3 d"),
        (100, _file(100), "unknown", "within the same second"),
        (99.5, _file(100), "unknown", "within the same second"),
        (100.5, _file(100), "unknown", "within the same second"),
        (99, _file(100), "unknown", "within the same second"),
        (98.9, _file(100), "current", "after the last change"),
        (101.2, _file(100), "restart", "node started 1 s before"),
        (-60, _file(100), "unknown", "its start lies in the future"),
        (100, _file(-60), "unknown", "changed in the future"),
        (50, _file(100, ran_before=True), "restart", "the same process ran before that"),
        (500, _file(100, role="controller.yml", look=0), "unknown", "a controller rewrites it itself"),
        (500, _file(100, role="controller.yml"), "restart", "controller.yml changed"),
        (50, _file(100, role="controller.yml", look=0), "current", "after the last change"),
        (500, _file(100, look=0), "restart", "trust root changed"),
        (300, _file(500, gaps=((_ago(400), _ago(200)),)), "unknown", "with the content it had before"),
        (450, _file(500, gaps=((_ago(400), _ago(200)),)), "current", "after the last change"),
        (100, _file(500, gaps=((_ago(400), _ago(200)),)), "current", "after the last change"),
        (199.5, _file(500, gaps=((_ago(400), _ago(200)),)), "unknown", "with the content it had before"),
    ],
)
def test_one_file_and_one_start(
    started_ago: float, file: FileFacts, state: RestartState, reason: str
) -> None:
    judgement = judge([file], _probe(started_ago), NOW)
    assert judgement.state == state
    assert reason in judgement.reason


def test_a_start_that_the_clock_made_vague_is_not_compared() -> None:
    judgement = judge([_file(100)], _probe(3600, span=3590), NOW)
    assert judgement.state == "unknown"
    assert "the clock was set" in judgement.reason


def test_a_change_somewhere_in_a_span_decides_only_outside_it() -> None:
    memory = FileMemory("d", _ago(400), _ago(200), 2, _ago(900), NOW)
    file = FileFacts("trust root", memory)
    assert judge([file], _probe(500), NOW).state == "restart"
    assert judge([file], _probe(300), NOW).state == "unknown"
    assert judge([file], _probe(100), NOW).state == "current"


def test_the_worst_file_decides_and_is_named() -> None:
    files = [_file(3600), _file(500, role="Rekor key"), _file(1000.5, role="controller.yml")]
    judgement = judge(files, _probe(1000), NOW)
    assert judgement.state == "restart"
    assert judgement.reason.startswith("Rekor key changed")


def test_without_evidence_nothing_is_proved_and_the_cause_is_given() -> None:
    judgement = judge([_file(100)], Probe("none", problem="no evidence is set up"), NOW)
    assert (judgement.state, judgement.reason) == ("unknown", "no evidence is set up")


def test_without_files_nothing_is_proved() -> None:
    assert judge([], _probe(100), NOW).state == "unknown"


def test_a_file_that_cannot_be_read_is_never_current() -> None:
    judgement = judge([FileFacts("trust root", None, "does not exist")], _probe(1), NOW)
    assert (judgement.state, judgement.reason) == ("unknown", "trust root does not exist")


def test_a_node_with_another_file_than_the_target_is_not_current_however_late_it_started() -> None:
    judgement = judge([replace(_file(500), other_than="/etc/root.pem")], _probe(1), NOW)
    assert judgement.state == "restart"
    assert "not the same as /etc/root.pem" in judgement.reason


@given(
    changes=st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)), min_size=1, max_size=4),
    start=st.tuples(st.integers(-(10**4), 10**6), st.integers(0, 10**4)),
)
def test_current_means_that_every_possible_start_lies_after_every_possible_change(
    changes: list[tuple[int, int]], start: tuple[int, int]
) -> None:
    files = []
    for first, length in changes:
        memory = FileMemory("d", _ago(first + length), _ago(first), 1, 0, NOW)
        files.append(FileFacts("trust root", memory))
    probe = _probe(start[0], span=start[1])
    judgement = judge(files, probe, NOW)
    assert probe.start is not None
    latest_change = max(file.memory.changed_before for file in files if file.memory)
    if judgement.state == "current":
        assert probe.start.earliest > latest_change + SECOND
    if judgement.state == "restart":
        assert any(probe.start.latest + SECOND < f.memory.changed_after for f in files if f.memory)
    assert judgement.reason
