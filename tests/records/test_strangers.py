"""A state directory that somebody else may have written in is neither believed nor written."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.records.audit_logs import NOW, append, log_in

from trustconsole.errors import InputError, UnreadableFile, WriteError
from trustconsole.records import (
    Acknowledgement,
    Acknowledgements,
    Backups,
    Journal,
    Observations,
    load_journal,
    save_journal,
)
from trustconsole.storage import FileMetadata, make_private

Spoil = Callable[[Path], None]
STATEMENT = Acknowledgement("daemon-1", NOW, "ann", {})


def _group_writes(path: Path) -> None:
    path.chmod(path.stat().st_mode | 0o020)


def _others_write(path: Path) -> None:
    path.chmod(path.stat().st_mode | 0o002)


def _given_away(path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root gives files away")
    os.chown(path, 1234, 1234)


spoiling = pytest.mark.parametrize("spoil", [_group_writes, _others_write, _given_away])


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A state directory with one of each record, as the console makes it."""
    state = tmp_path / "state"
    append(log_in(state))
    save_journal(state, Journal())
    Acknowledgements.load(state).keep(STATEMENT)
    observations = Observations.load(state)
    observations.begin_look(1)
    observations.see_node("daemon-1", "42")
    observations.save()
    Backups(state).keep(state / "root.pem", b"old", FileMetadata.of(state / "journal.json"))
    return state


def test_what_the_console_made_itself_is_believed_and_others_may_read_it(state: Path) -> None:
    for path in (state, *state.rglob("*")):
        path.chmod(path.stat().st_mode | (0o055 if path.is_dir() else 0o044))
    assert load_journal(state).problem is None
    assert list(Acknowledgements.load(state).by_node()) == ["daemon-1"]
    assert Observations.load(state).problem is None
    assert len(Backups(state).all()) == 1
    assert append(log_in(state), 2).seq == 2


@spoiling
@pytest.mark.parametrize("name", [".", "journal.json"])
def test_no_journal_of_a_stranger_is_used_or_replaced(state: Path, spoil: Spoil, name: str) -> None:
    spoil(state / name)
    before = (state / "journal.json").read_bytes()
    problem = load_journal(state).problem or ""
    assert "the plan in it is not used" in problem
    assert "written by its group or others" in problem or "belongs to uid 1234" in problem
    with pytest.raises(WriteError, match="cannot be written: "):
        save_journal(state, Journal())
    assert (state / "journal.json").read_bytes() == before


@spoiling
@pytest.mark.parametrize("name", [".", "audit.jsonl"])
def test_no_record_goes_into_the_log_of_a_stranger(state: Path, spoil: Spoil, name: str) -> None:
    spoil(state / name)
    before = (state / "audit.jsonl").read_bytes()
    with pytest.raises(WriteError, match=r"nothing was changed: .*(chown|chmod)"):
        append(log_in(state), 2)
    assert (state / "audit.jsonl").read_bytes() == before
    with pytest.raises(UnreadableFile):
        log_in(state).verify()


@spoiling
@pytest.mark.parametrize("name", [".", "acknowledgements.json"])
def test_no_statement_of_a_stranger_is_believed(state: Path, spoil: Spoil, name: str) -> None:
    spoil(state / name)
    found = Acknowledgements.load(state)
    assert "no acknowledgement is believed" in (found.problem or "")
    assert found.by_node() == {}
    with pytest.raises(UnreadableFile, match="cannot be written"):
        found.keep(STATEMENT)


@spoiling
@pytest.mark.parametrize("name", [".", "observations.json"])
def test_no_observation_of_a_stranger_is_used(state: Path, spoil: Spoil, name: str) -> None:
    spoil(state / name)
    found = Observations.load(state)
    assert "earlier observations are not used" in (found.problem or "")
    found.begin_look(2)
    found.see_node("daemon-1", "43")
    found.save()
    assert "only as long as this session" in (found.problem or "")


@spoiling
@pytest.mark.parametrize("name", ["backups", "backups/*.json", "backups/*[0-9a-f]"])
def test_no_backup_of_a_stranger_is_put_back(state: Path, spoil: Spoil, name: str) -> None:
    [kept] = Backups(state).all()
    [path] = [path for path in state.glob(name) if not name.endswith("]") or "." not in path.name]
    spoil(path)
    with pytest.raises(InputError):
        Backups(state).load(kept.id)
    assert len(Backups(state).damaged()) == 1


@spoiling
@pytest.mark.parametrize("name", [".", "backups"])
def test_no_backup_is_kept_where_a_stranger_writes(state: Path, spoil: Spoil, name: str) -> None:
    spoil(state / name)
    with pytest.raises(WriteError, match="nothing was changed"):
        Backups(state).keep(state / "root.pem", b"new", FileMetadata.of(state / "journal.json"))


@spoiling
def test_a_private_directory_is_not_what_a_stranger_writes_in(tmp_path: Path, spoil: Spoil) -> None:
    place = tmp_path / "state"
    place.mkdir(mode=0o700)
    spoil(place)
    with pytest.raises(OSError, match=r"state (may be written by|belongs to)"):
        make_private(place)
