"""`audit show` and `audit verify`: verdict first, exit code 1 where the log is not whole."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli import shapes
from tests.cli.running import call

from trustconsole.records import AuditLog, AuditRecord, Operator


@pytest.fixture
def place(tmp_path: Path) -> Path:
    settings = tmp_path / "settings.yml"
    settings.write_text("state: state\n")
    return settings


def _append(settings: Path, count: int = 2) -> list[AuditRecord]:
    state = settings.parent / "state"
    log = AuditLog(state, operator=Operator(0, "root", "ann", "/dev/pts/3"), syslog=state / "none")
    return [
        log.append("trust-root.add", target="/t.pem", before="b" * 64, after=None, reason=f"ticket {number}")
        for number in range(count)
    ]


@pytest.mark.parametrize("command", ["show", "verify"])
def test_without_a_log_there_is_a_sentence_and_0(place: Path, command: str) -> None:
    ran = call("audit", command, "--settings", place)
    assert (ran.code, ran.out) == (0, b"")
    assert "no audit log" in ran.told


def test_every_record_is_shown_with_who_what_and_why(place: Path) -> None:
    records = _append(place)
    ran = call("audit", "show", "--settings", place)
    assert (ran.code, ran.told) == (0, "")
    for words in ("root (uid 0, by sudo from ann, /dev/pts/3)", "/t.pem", "b" * 64, "ticket 0", "ticket 1"):
        assert words in ran.text
    assert all(record.hash in ran.text for record in records)


def test_a_whole_log_is_0_and_its_head_is_printed(place: Path) -> None:
    head = _append(place)[-1].hash
    ran = call("audit", "verify", "--settings", place)
    assert ran.code == 0
    assert ran.text.startswith("✓ the chain of 2 records is whole\n")
    assert head in ran.text
    assert "kept elsewhere" in ran.text
    assert call("audit", "verify", "--settings", place, "--head", head).code == 0


def test_a_damaged_log_is_1_and_the_record_is_named(place: Path) -> None:
    _append(place, 3)
    log = place.parent / "state" / "audit.jsonl"
    log.write_bytes(log.read_bytes().replace(b"ticket 1", b"ticket 9"))
    ran = call("audit", "verify", "--settings", place)
    assert ran.code == 1
    assert ran.text.startswith("✗ the audit log is not whole (edited, 3 records)\n")
    assert "Record 2 was edited" in ran.text
    shown = call("audit", "show", "--settings", place)
    assert shown.code == 1
    assert "record 2 was edited" in " ".join(shown.told.split())
    assert "ticket 9" in shown.text


def test_a_missing_end_is_1_with_a_head(place: Path) -> None:
    head = _append(place)[-1].hash
    log = place.parent / "state" / "audit.jsonl"
    log.write_bytes(log.read_bytes().splitlines(keepends=True)[0])
    assert call("audit", "verify", "--settings", place).code == 0
    assert call("audit", "verify", "--settings", place, "--head", head).code == 1
    log.unlink()
    assert call("audit", "verify", "--settings", place, "--head", head).code == 1


def test_what_is_no_head_or_no_file_is_2(place: Path) -> None:
    assert call("audit", "verify", "--settings", place, "--head", "abc").code == 2
    (place.parent / "state" / "audit.jsonl").mkdir(parents=True)
    assert call("audit", "verify", "--settings", place).code == 2
    assert call("audit", "show", "--settings", place).code == 2


def test_the_json_has_the_documented_shape(place: Path) -> None:
    head = _append(place)[-1].hash
    shown = call("audit", "show", "--settings", place, "--json").json
    verified = call("audit", "verify", "--settings", place, "--json").json
    assert list(shapes.misfits(shown, shapes.AUDIT)) == []
    assert list(shapes.misfits(verified, shapes.AUDIT_VERIFICATION)) == []
    assert shown["verification"] == verified
    assert (verified["ok"], verified["count"], verified["head"]) == (True, 2, head)
