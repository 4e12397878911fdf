"""A record is durable before the change, chained to the one before, and never holds a secret."""

from __future__ import annotations

import fcntl
import json
import os
import socket
from pathlib import Path

import pytest
from tests.records.audit_logs import ANN, NOW, append, lines_of, log_in
from tests.storage.confined import with_mounts

from trustconsole import limits
from trustconsole.errors import AuditRefused, LimitExceeded, SpecialFile, WriteError
from trustconsole.records import AuditLog, Operator

HEADS = ("-----BEGIN PRIVATE KEY-----", "-----BEGIN OPENSSH PRIVATE KEY-----", "encrypted private key")
BODIES = {
    "PKCS #8 Ed25519": "MC4CAQAwBQYDK2VwBCIEIAWpC1rCpL8C0B3Gp2hVkGQvyOTnlQEkTQkPqWdQPeBq",
    "PKCS #8 P-256": "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgevZzL1gdAFr88hb2\nOF/2NxApJCzGCEDd",
    "SEC 1 P-256": "MHcCAQEEIHr2cy9YHQBa/PIW9jhf9jcQKSQsxghA3Tm6pQdYuLZ6oAoGCCqGSM49",
    "PKCS #1 RSA": "MIIEpAIBAAKCAQEA04up8hoqzS1+APIB0RhjXyObwHQnOzhAk5Bd7mhkSbPkyhP1",
    "OpenSSH": "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtz",
}
HARMLESS = {
    "SPKI": "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=",
    "certificate": "MIIBtjCCAVugAwIBAgITBmyf1XSXNmY/Owua2eiedgPySjAKBggqhkjOPQQDAjA5",
    "SHA-256": "9b2469608f6bc613fdf58514afe7520decf7d024b921211e8648aa837309b1d9",
    "words": "the author leaves the company, ticket OPS-1234, approved by the security team on Monday",
    "path": "/opt/prexorcloud/controller/config/security/module/trust/root/of/all/modules/pem",
}


def test_records_are_numbered_chained_and_read_back(tmp_path: Path) -> None:
    log = log_in(tmp_path / "state")
    written = [append(log, number) for number in range(1, 6)]
    assert log.records() == tuple(written)
    assert [record.seq for record in written] == [1, 2, 3, 4, 5]
    assert [record.previous for record in written] == ["0" * 64, *(record.hash for record in written[:-1])]
    assert (written[0].operator, written[0].time) == (ANN, NOW)
    found = log.verify()
    assert (found.ok, found.count, found.head) == (True, 5, written[-1].hash)
    assert "head" in found.remark  # that the end may be missing is said


def test_the_log_is_private_and_json_lines(tmp_path: Path) -> None:
    log = log_in(tmp_path / "a" / "state")
    append(log)
    assert log.path.stat().st_mode & 0o7777 == 0o600
    assert {path.stat().st_mode & 0o7777 for path in (log.path.parent, log.path.parent.parent)} == {0o700}
    [line] = log.path.read_bytes().splitlines()
    assert list(json.loads(line)) == [
        *("seq", "time", "operator", "action", "target", "before", "after", "reason", "details"),
        *("previous", "hash"),
    ]


def test_no_log_is_whole_unless_a_head_was_kept(tmp_path: Path) -> None:
    log = log_in(tmp_path)
    assert (log.records(), log.verify().ok, log.verify().count) == ((), True, 0)
    assert log.verify("a" * 64).damage == "truncated"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("text", [*HEADS, *BODIES.values(), *(f"key: {body}" for body in BODIES.values())])
@pytest.mark.parametrize("place", ["action", "target", "reason", "name", "value"])
def test_a_private_key_never_gets_into_the_log(tmp_path: Path, text: str, place: str) -> None:
    log = log_in(tmp_path)
    with pytest.raises(AuditRefused) as refused:
        log.append(
            text if place == "action" else "note",
            target=text if place == "target" else None,
            before=None,
            after=None,
            reason=text if place == "reason" else "",
            details={text if place == "name" else "note": text if place == "value" else ""},
        )
    assert text not in str(refused.value)
    assert "private key" in refused.value.message
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("text", HARMLESS.values(), ids=HARMLESS)
def test_what_is_no_private_key_may_be_written(tmp_path: Path, text: str) -> None:
    log = log_in(tmp_path)
    assert log.append("note", target=None, before=None, after=None, reason=text).reason == text


@pytest.mark.parametrize("kept", [1, 100, -1])
def test_a_torn_last_line_is_taken_off_and_said(tmp_path: Path, kept: int) -> None:
    log = log_in(tmp_path)
    whole = append(log)
    line = append(log, 2).line()
    log.path.write_bytes(whole.line() + line[:kept])
    found = log.verify()
    assert (found.ok, found.damage, found.record) == (False, "torn", 2)
    assert log.records() == (whole,)
    third = append(log, 3)
    records = log.records()
    assert [record.action for record in records] == ["trust-root.add", "audit.torn-line", "trust-root.add"]
    assert records[1].details["bytes"] == str(len(line[:kept]))
    assert records[2] == third
    assert log.verify().ok


def test_a_log_of_nothing_but_a_torn_line_begins_anew(tmp_path: Path) -> None:
    log = log_in(tmp_path)
    log.path.write_bytes(b'{"seq": 1')
    append(log)
    assert [record.seq for record in log.records()] == [1, 2]
    assert log.verify().ok


@pytest.mark.parametrize(
    "tail", [b"garbage\n", b"\n", b"x" * (limits.AUDIT_RECORD_BYTES + 1), b"\0" * 300_000 + b"\n"]
)
def test_nothing_is_chained_to_a_damaged_record(tmp_path: Path, tail: bytes) -> None:
    log = log_in(tmp_path)
    append(log)
    with log.path.open("ab") as file:
        file.write(tail)
    before = log.path.read_bytes()
    with pytest.raises(AuditRefused, match="damaged") as refused:
        append(log)
    assert "audit verify" in refused.value.hint
    assert log.path.read_bytes() == before
    assert not log.verify().ok


def test_nothing_is_chained_to_an_edited_record(tmp_path: Path) -> None:
    log = log_in(tmp_path)
    append(log)
    log.path.write_bytes(log.path.read_bytes().replace(b"rotation 1", b"rotation 9"))
    with pytest.raises(AuditRefused, match="damaged"):
        append(log)


def test_a_full_disk_stops_the_change_before_it_happens(tmp_path: Path) -> None:
    code = """
from trustconsole.records import AuditLog, Operator
log = AuditLog(Path(sys.argv[1]), operator=Operator.current(), syslog=Path("/nonexistent"))
refused = changed = appended = 0
for number in range(2_000):
    try:
        log.append("change", target=str(number), before=None, after=None, reason="x" * 500)
    except TrustConsoleError as error:
        refused, said = number, [type(error).__name__, error.message]
        break
    appended, changed = appended + 1, changed + 1
found = log.verify()
print(json.dumps([said, appended, changed, found.ok, found.count, log.path.stat().st_size]))
"""
    said, appended, changed, whole, count, size = with_mounts(
        'mount -t tmpfs -o size=64k,mode=700 t "$1"', code, tmp_path
    )
    assert said[0] == "AuditRefused"
    assert "No space left" in said[1]
    assert whole
    assert 20 < appended == changed == count
    assert size <= 65_536


def test_where_the_log_cannot_be_written_the_change_is_refused(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file")
    with pytest.raises(WriteError, match="nothing was changed"):
        append(log_in(tmp_path / "state"))
    log = log_in(tmp_path)
    log.path.mkdir()
    with pytest.raises(AuditRefused):
        append(log)
    with pytest.raises(SpecialFile):
        log.records()


def test_a_link_in_the_place_of_the_log_is_not_followed(tmp_path: Path) -> None:
    log = log_in(tmp_path)
    log.path.symlink_to("victim")
    with pytest.raises(AuditRefused):
        append(log)
    assert not (tmp_path / "victim").exists()


def test_a_log_that_is_another_file_too_is_left_alone(tmp_path: Path) -> None:
    log, victim = log_in(tmp_path), tmp_path / "victim"
    victim.write_bytes(b"a torn line")
    os.link(victim, log.path)
    with pytest.raises(AuditRefused, match="2 names"):
        append(log)
    assert victim.read_bytes() == b"a torn line"


def test_a_log_that_another_process_writes_is_waited_for_and_then_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trustconsole.records.audit._LOCK_SECONDS", 0.1)
    log = log_in(tmp_path)
    append(log)
    with log.path.open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(AuditRefused, match="another process"):
            append(log, 2)
    append(log, 3)
    assert len(log.records()) == 2


def test_a_log_beyond_its_bound_is_neither_read_nor_written(tmp_path: Path) -> None:
    log = log_in(tmp_path)
    [line] = lines_of(1)
    with log.path.open("wb") as file:
        file.truncate(limits.AUDIT_BYTES)
        file.seek(0, 2)
        file.write(b"\n" + line)
    with pytest.raises(AuditRefused, match="largest size"):
        append(log)
    with pytest.raises(LimitExceeded):
        log.verify()


def test_a_record_that_is_too_long_is_refused(tmp_path: Path) -> None:
    log = log_in(tmp_path)
    with pytest.raises(AuditRefused, match="too long"):
        log.append("note", target=None, before=None, after=None, reason="x" * limits.AUDIT_RECORD_BYTES)
    assert log.records() == ()


def test_the_head_goes_to_the_host_s_log_in_one_harmless_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # the address of a socket is short
    place = Path("log.socket")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(place))
        log = AuditLog(tmp_path / "state", operator=ANN, clock=lambda: NOW, syslog=place)
        record = log.append("add\n\x1b[2J", target="/x\u202e", before=None, after=None)
        line = listener.recv(4096)
    assert line.startswith(b"<85>trustconsole[")
    assert record.hash.encode() in line
    assert line.decode().isascii()
    assert line.decode().isprintable()


def test_a_host_log_that_does_not_take_the_line_holds_nothing_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    place = Path("log.socket")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(place))  # and never reads: its queue is full soon
        log = AuditLog(tmp_path / "state", operator=ANN, clock=lambda: NOW, syslog=place)
        for number in range(300):
            append(log, number)
    assert log.verify().count == 300


def test_the_operator_is_who_the_system_says(monkeypatch: pytest.MonkeyPatch) -> None:
    found = Operator.current({"SUDO_USER": "ann"})
    assert found.sudo_user == "ann"
    assert found.login
    assert str(found).startswith(f"{found.login} (uid {found.uid}, by sudo from ann")
    monkeypatch.delenv("SUDO_USER", raising=False)
    assert Operator.current().sudo_user is None
