"""What an operator stated is kept as it was stated, or not believed at all."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from trustconsole.errors import UnreadableFile
from trustconsole.records import Acknowledgement, Acknowledgements

AT = datetime(2026, 2, 11, 9, 30, tzinfo=UTC)


def _statement(node: str = "daemon-7", minutes: int = 0, digest: str = "a") -> Acknowledgement:
    return Acknowledgement(node, AT + timedelta(minutes=minutes), "ann", {"trust root": digest})


def test_the_latest_statement_about_each_node_is_kept(tmp_path: Path) -> None:
    state = tmp_path / "deep" / "state"
    first = Acknowledgements.load(state)
    assert (dict(first.by_node()), first.problem) == ({}, None)
    for statement in (_statement(), _statement("other"), _statement(minutes=5, digest="b")):
        first.keep(statement)
    second = Acknowledgements.load(state)
    latest = {"daemon-7": _statement(minutes=5, digest="b"), "other": _statement("other")}
    assert dict(second.by_node()) == latest
    assert dict(first.by_node()) == dict(second.by_node())
    assert (state / "acknowledgements.json").stat().st_mode & 0o777 == 0o600
    assert state.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"\xff",
        b"[]",
        b"[" * 100_000,
        b'{"schema":"trustconsole/acknowledgements/1"}',
        b'{"schema":"trustconsole/acknowledgements/2","acknowledgements":[]}',
        b'{"schema":"trustconsole/acknowledgements/1","acknowledgements":[1]}',
        b'{"schema":"trustconsole/acknowledgements/1","acknowledgements":[{"node":"n","at":"yesterday","login":"a",'
        b'"files":{}}]}',
        b'{"schema":"trustconsole/acknowledgements/1","acknowledgements":[{"node":"n","at":"2026-02-11T09:30:00",'
        b'"login":"a","files":{}}]}',
        b'{"schema":"trustconsole/acknowledgements/1","acknowledgements":[{"node":"n","at":"2026-02-11T09:30:00Z",'
        b'"login":"a","files":{"trust root":1}}]}',
    ],
)
def test_a_damaged_file_is_said_and_nothing_in_it_is_believed(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "acknowledgements.json").write_bytes(damage)
    loaded = Acknowledgements.load(tmp_path)
    assert dict(loaded.by_node()) == {}
    assert "no acknowledgement is believed" in (loaded.problem or "")
    loaded.keep(_statement())
    assert loaded.problem is None
    assert Acknowledgements.load(tmp_path).problem is None


def test_where_it_cannot_be_kept_nothing_is_acknowledged(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where a directory should be")
    statements = Acknowledgements.load(tmp_path / "state")
    with pytest.raises(UnreadableFile, match="nothing was acknowledged"):
        statements.keep(_statement())
    assert dict(statements.by_node()) == {}


def test_the_file_says_what_was_stated(tmp_path: Path) -> None:
    Acknowledgements.load(tmp_path).keep(_statement())
    record = json.loads((tmp_path / "acknowledgements.json").read_text())
    assert record["acknowledgements"] == [
        {"node": "daemon-7", "at": "2026-02-11T09:30:00Z", "login": "ann", "files": {"trust root": "a"}}
    ]
