"""The audit log as other programs see it: reports that are equal to the JSON of the commands."""

from __future__ import annotations

from pathlib import Path

import pytest

from trustconsole.api import Options, audit_log, verify_audit
from trustconsole.errors import SpecialFile, UsageError
from trustconsole.records import AuditLog, Operator


@pytest.fixture
def options(tmp_path: Path) -> Options:
    path = tmp_path / "settings.yml"
    path.write_text("state: state\n")
    return Options(settings=path)


def _log(options: Options) -> AuditLog:
    assert options.settings is not None
    state = options.settings.parent / "state"
    return AuditLog(state, operator=Operator(0, "ann"), syslog=state / "none")


def test_the_log_of_the_state_directory_is_shown(options: Options) -> None:
    record = _log(options).append("trust-root.add", target="/t", before=None, after="a" * 64)
    report = audit_log(options)
    assert report.records == (record,)
    assert report.to_dict() == {
        "schema": "trustconsole/audit/1",
        "path": str(_log(options).path),
        "records": [record.to_dict()],
        "verification": verify_audit(options).to_dict(),
    }


def test_no_log_is_an_empty_report_and_nothing_is_written(options: Options) -> None:
    assert audit_log(options).records == ()
    assert verify_audit(options).ok
    assert options.settings is not None
    assert not (options.settings.parent / "state").exists()


def test_a_head_in_capitals_is_the_same_head(options: Options) -> None:
    record = _log(options).append("trust-root.add", target="/t", before=None, after=None)
    assert verify_audit(options, record.hash.upper()).ok
    assert not verify_audit(options, "0" * 64).ok


@pytest.mark.parametrize("head", ["", "abc", "g" * 64, "a" * 63, "a" * 65, "a" * 64 + "\n"])
def test_what_is_no_head_is_a_usage_error(options: Options, head: str) -> None:
    with pytest.raises(UsageError, match="64 hexadecimal digits"):
        verify_audit(options, head)


def test_a_log_that_is_no_file_is_an_input_error(options: Options) -> None:
    _log(options).path.mkdir(parents=True)
    with pytest.raises(SpecialFile):
        audit_log(options)
    with pytest.raises(SpecialFile):
        verify_audit(options)
