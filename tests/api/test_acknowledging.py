"""A node without evidence is current on somebody's word, for the files of that moment and no others."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from trustconsole.api import (
    AcknowledgeReport,
    NodeReport,
    Options,
    acknowledge,
    audit_log,
    open_session,
    restarts,
)
from trustconsole.errors import AuditRefused, UsageError
from trustconsole.records import Operator

NOW = datetime(2026, 2, 11, 9, 30, tzinfo=UTC)
ANN = Operator(1000, "ann")
SETTINGS = """\
state: {state}
controller_config: {here}/config/controller.yml
nodes:
  - {{ name: daemon-7, role: daemon, evidence: manual, restart: [systemctl, restart, d] }}
  - {{ name: controller-1, evidence: manual, via: [env] }}
  - {{ name: proved, evidence: {{ process: "no such process" }} }}
"""


@pytest.fixture
def options(tmp_path: Path) -> Options:
    """A controller with two nodes without evidence, one of them behind a prefix."""
    (tmp_path / "config").mkdir()
    (tmp_path / "root.pem").write_text("one")
    (tmp_path / "config" / "controller.yml").write_text(
        "runtime: { profile: production }\nmodules: { signing: { trustRoot: root.pem } }\n"
    )
    settings = tmp_path / "settings.yml"
    settings.write_text(SETTINGS.format(here=tmp_path, state=tmp_path / "state"))
    return Options(settings=settings)


def _state(options: Options, name: str) -> NodeReport:
    return next(node for node in restarts(options).nodes if node.name == name)


def _acknowledge(options: Options, name: str, *, apply: bool = True) -> AcknowledgeReport:
    return acknowledge(options, name, apply=apply, operator=ANN, now=NOW)


@pytest.mark.parametrize("name", ["daemon-7", "controller-1"])
def test_it_counts_until_a_file_changes(options: Options, tmp_path: Path, name: str) -> None:
    report = _state(options, name)
    assert (report.state, report.acknowledgeable) == ("unknown", True)
    done = _acknowledge(options, name)
    reason = "acknowledged by ann at 2026-02-11T09:30:00Z, not proved"
    assert (done.applied, done.node.state, done.node.reason) == (True, "current", reason)
    report = _state(options, name)
    assert (report.state, report.reason, report.started) == ("current", reason, None)
    (tmp_path / "root.pem").write_text("two")
    report = _state(options, name)
    assert report.state == "restart"
    assert report.reason == "trust root changed since ann acknowledged a restart at 2026-02-11T09:30:00Z"
    (tmp_path / "root.pem").write_text("one")
    assert _state(options, name).state == "current"
    (tmp_path / "root.pem").unlink()
    assert _state(options, name).state == "unknown"


def test_signing_settings_count_for_a_controller_and_not_for_a_daemon(
    options: Options, tmp_path: Path
) -> None:
    for name in ("daemon-7", "controller-1"):
        _acknowledge(options, name)
    config = tmp_path / "config" / "controller.yml"
    config.write_text("# rewritten\n" + config.read_text())
    assert _state(options, "controller-1").state == "current"
    config.write_text(config.read_text().replace("production", "development"))
    assert _state(options, "controller-1").state == "restart"
    assert _state(options, "daemon-7").state == "current"


def test_without_apply_it_only_says_what_it_would_keep(options: Options, tmp_path: Path) -> None:
    done = _acknowledge(options, "daemon-7", apply=False)
    assert (done.applied, done.node.state) == (False, "current")
    assert not (tmp_path / "state" / "acknowledgements.json").exists()
    assert _state(options, "daemon-7").state == "unknown"


def test_a_node_with_evidence_is_proved_and_never_believed(options: Options, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is proved, not acknowledged"):
        _acknowledge(options, "proved")
    _acknowledge(options, "daemon-7")
    settings = tmp_path / "settings.yml"
    text = settings.read_text()
    settings.write_text(text.replace("evidence: manual, restart", "evidence: {process: x-y-z}, restart"))
    assert _state(options, "daemon-7").state == "unknown"


def test_no_word_makes_up_for_a_file_that_is_not_the_target(options: Options, tmp_path: Path) -> None:
    (tmp_path / "own.pem").write_text("another")
    settings = tmp_path / "settings.yml"
    settings.write_text(settings.read_text().replace("role: daemon,", "role: daemon, trust_root: own.pem,"))
    report = _acknowledge(options, "daemon-7").node
    assert report.state == "restart"
    assert "bring it there, then restart" in report.reason
    assert [file.path for file in report.file_mismatch] == [tmp_path / "own.pem"]


def test_what_cannot_be_acknowledged_says_why(options: Options, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="name no node 'daemon-8'"):
        _acknowledge(options, "daemon-8")
    (tmp_path / "root.pem").unlink()
    with pytest.raises(UsageError, match="cannot be acknowledged: trust root does not exist"):
        _acknowledge(options, "daemon-7")
    with pytest.raises(UsageError, match="cannot be acknowledged: trust root does not exist there"):
        _acknowledge(options, "controller-1")


def test_the_record_comes_first_and_says_who_and_what(options: Options) -> None:
    report = acknowledge(options, "daemon-7", apply=True, operator=ANN, now=NOW)
    [record] = audit_log(options).records
    assert (record.action, record.target, record.operator.login) == ("node.acknowledge", "daemon-7", "ann")
    assert record.details == report.statement.files


def test_without_a_record_nothing_is_believed(options: Options, tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file")
    with pytest.raises(AuditRefused, match="nothing was changed"):
        acknowledge(options, "daemon-7", apply=True, operator=ANN, now=NOW)
    assert _state(options, "daemon-7").state == "unknown"


def test_an_open_console_follows_it(options: Options, tmp_path: Path) -> None:
    session = open_session(options)

    def states() -> list[str]:
        return [node.state for node in session.look().nodes]

    assert states() == ["unknown"] * 3
    acknowledge(options, "daemon-7", apply=True, operator=ANN, now=NOW + timedelta(minutes=1))
    assert states() == ["current", "unknown", "unknown"]
    (tmp_path / "state" / "acknowledgements.json").write_text("nonsense")
    assert any("no acknowledgement is believed" in problem for problem in session.look().problems)
    assert states() == ["unknown"] * 3


def test_it_has_a_document(options: Options) -> None:
    document = _acknowledge(options, "daemon-7").to_dict()
    assert document["schema"] == "trustconsole/acknowledge/1"
    assert document["applied"] is True
