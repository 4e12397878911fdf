"""Two writers, one file: one of them is refused, and nothing that anybody wrote is lost."""

from __future__ import annotations

from multiprocessing import get_context
from pathlib import Path

from tests.storage.placing import holds, names
from tests.storage.racing import PATIENCE, race

ROUNDS = 100


def test_in_a_hundred_races_one_writer_is_refused_and_nothing_is_lost(tmp_path: Path) -> None:
    directory = tmp_path / "security"
    directory.mkdir()
    path = holds(directory / "root.pem", b"")
    context = get_context("spawn")
    barrier = context.Barrier(2)
    reports = {writer: tmp_path / writer for writer in ("ann", "bob")}
    writers = [
        context.Process(target=race, args=(path, writer, ROUNDS, barrier, report))
        for writer, report in reports.items()
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(2 * PATIENCE)
    assert [writer.exitcode for writer in writers] == [0, 0]
    said = {writer: report.read_text().splitlines() for writer, report in reports.items()}
    assert all(len(lines) == ROUNDS for lines in said.values())
    for outcomes in zip(*said.values(), strict=True):
        assert sorted(outcomes) == ["ConcurrentChange", "new"]
    winners = [next(who for who in said if said[who][number] == "new") for number in range(ROUNDS)]
    assert path.read_text().splitlines() == [f"{number} by {who}" for number, who in enumerate(winners)]
    assert names(directory) == ["root.pem"]
