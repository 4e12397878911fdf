"""Nodes against real files: what is edited, what is touched, who restarted, and what nobody saw."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.nodes.site import PID, Site

from trustconsole.controller_config import check_config
from trustconsole.nodes import NodeReport, TargetFiles, check_nodes
from trustconsole.records import Evidence, NodeSettings, Observations


def _state(report: NodeReport) -> tuple[str, str]:
    return report.state, report.reason


def test_a_node_that_started_after_the_files_is_current(site: Site) -> None:
    site.start_node(120)
    report = site.look(200)
    assert report.state == "current"
    assert report.reason.startswith("started ")
    assert report.started is not None
    assert abs(report.started - datetime.fromtimestamp(site.zero + 120, UTC)) < timedelta(seconds=1)
    assert report.evidence.startswith("pid 4711 since ")
    assert report.restart_command == (*site.via, "systemctl", "restart", "x")
    assert (report.via, report.identity) == (site.via, f"6f1c/{PID}/{1_000_120 * 10**9}")
    assert (report.file_mismatch, report.acknowledgeable) == ((), False)


def test_a_node_that_started_before_the_trust_root_needs_a_restart(site: Site) -> None:
    site.start_node(-9 * 86_400)
    state, reason = _state(site.look(200))
    assert state == "restart"
    assert reason.startswith("trust root changed ")
    assert "node started 9 d before" in reason


def test_a_change_is_proved_by_the_run_that_was_seen_before_it(site: Site) -> None:
    site.start_node(120)
    assert site.look(200).state == "current"
    site.root.write_text("two")  # its ctime is earlier than the start by the table's clock
    state, reason = _state(site.look(300))
    assert state == "restart"
    assert "the same process ran before that" in reason
    site.start_node(310, pid=PID + 1)
    assert site.look(320).state == "current"


def test_a_restart_before_the_change_does_not_count(site: Site) -> None:
    site.start_node(120)
    site.look(200)
    site.start_node(250, pid=PID + 1)
    site.look(260)
    site.root.write_text("two")
    assert site.look(300).state == "restart"


@pytest.mark.parametrize("edit", ["touch", "chmod", "same bytes", "copy of itself"])
def test_what_leaves_the_content_leaves_the_node_current(site: Site, edit: str) -> None:
    site.start_node(120)
    assert site.look(200).state == "current"
    if edit == "touch":
        os.utime(site.root)
    elif edit == "chmod":
        site.root.chmod(0o600)
    elif edit == "same bytes":
        site.root.write_bytes(site.root.read_bytes())
    else:
        (site.directory / "new").write_bytes(site.root.read_bytes())
        (site.directory / "new").replace(site.root)
    assert site.look(300).state == "current"


def test_a_change_while_the_console_was_closed_is_found_when_it_opens(site: Site) -> None:
    site.start_node(120)
    assert site.look(200).state == "current"
    site.root.write_text("two")
    site.new_session()
    state, reason = _state(site.look(86_400))
    assert state == "restart"
    assert "the same process ran before that" in reason


def test_a_change_and_a_restart_while_the_console_was_closed_are_current(site: Site) -> None:
    site.start_node(-100)
    site.look(-5)
    site.root.write_text("two")
    site.new_session()
    site.start_node(3600, pid=PID + 1)
    assert site.look(86_400).state == "current"


def test_a_file_put_back_by_an_old_directory_is_not_taken_for_an_old_change(site: Site) -> None:
    old, new = site.directory / "old", site.directory / "new"
    for directory, text in ((old, "two"), (new, "one")):
        directory.mkdir()
        (directory / "root.pem").write_text(text)
    node = replace(site.nodes[0], trust_root=Path("live/root.pem"), role="daemon")
    site.nodes = (node,)
    live = site.directory / "live"
    new.rename(live)
    site.root.unlink()
    site.root.symlink_to(live / "root.pem")
    site.start_node(120)
    assert site.look(200).state == "current"
    live.rename(site.directory / "away")
    old.rename(live)  # "two" is there now, with a ctime from before the start
    assert site.look(300).state == "restart"


def test_a_rewrite_of_controller_yml_with_the_same_settings_is_no_change(site: Site) -> None:
    site.start_node(120)
    assert site.look(200).state == "current"
    site.config.write_text(
        "# rewritten by the controller\n" + site.config.read_text() + "http: { port: 9090 }\n"
    )
    assert site.look(300).state == "current"


def test_other_signing_settings_are_a_change(site: Site) -> None:
    site.start_node(120)
    assert site.look(200).state == "current"
    site.config.write_text(site.config.read_text().replace("production", "development"))
    state, reason = _state(site.look(300))
    assert state == "restart"
    assert reason.startswith("controller.yml changed")


def test_controller_yml_first_seen_after_the_start_is_unknown(site: Site) -> None:
    site.start_node(-3600)
    report = check_nodes(
        site.nodes,
        TargetFiles(site.directory, config=check_config(site.config, now=datetime.now(UTC))),
        Observations(),
        now=datetime.fromtimestamp(site.zero + 200, UTC),
        processes=site.proc.table,
    )
    assert report.nodes[0].state == "unknown"
    assert "a controller rewrites it itself" in report.nodes[0].reason


def test_a_pid_that_was_used_again_is_unknown(site: Site) -> None:
    site.start_node(120)
    site.proc.add(PID, 1_000_000 + 5000)
    state, reason = _state(site.look(6000))
    assert state == "unknown"
    assert "the number was used again" in reason


def test_a_node_that_does_not_run_is_unknown(site: Site) -> None:
    (site.directory / "node.pid").write_text("99")
    assert _state(site.look(200))[0] == "unknown"


def test_a_clock_set_forward_under_a_running_node_never_turns_it_green(site: Site) -> None:
    site.start_node(-3600)
    assert site.look(100).state == "restart"
    site.set_clock_forward(7200)
    site.write_pid_file(PID, written=7200)
    assert site.look(7300).state != "current"
    site.start_node(7350, pid=PID + 1)  # what starts under the new clock is judged by it alone
    assert site.look(7400).state == "current"


def test_a_missing_trust_root_is_unknown(site: Site) -> None:
    site.start_node(120)
    site.root.unlink()
    state, reason = _state(site.look(200))
    assert state == "unknown"
    assert reason.startswith("trust root does not exist")


def test_deleting_and_recreating_the_same_file_is_no_change(site: Site) -> None:
    site.start_node(120)
    site.look(200)
    content = site.root.read_bytes()
    site.root.unlink()
    assert site.look(300).state == "unknown"
    site.root.write_bytes(content)
    assert site.look(400).state == "current"


def test_a_daemon_does_not_depend_on_controller_yml_or_the_rekor_key(site: Site) -> None:
    site.nodes = (replace(site.nodes[0], name="daemon-7", role="daemon"),)
    site.start_node(120)
    site.look(200)
    (site.directory / "rekor.pub").write_text("another")
    site.config.write_text(site.config.read_text().replace("production", "development"))
    assert site.look(300).state == "current"
    site.root.write_text("two")
    assert site.look(400).state == "restart"


def test_a_node_with_a_trust_root_of_its_own_is_compared_with_the_target(site: Site) -> None:
    own = site.directory / "daemon" / "trust.pem"
    own.parent.mkdir()
    own.write_bytes(site.root.read_bytes())
    node = replace(site.nodes[0], name="daemon-7", role="daemon", trust_root=Path("daemon/trust.pem"))
    site.nodes = (node,)
    site.start_node(120)
    assert site.look(200).state == "current"
    site.root.write_text("two")
    state, reason = _state(site.look(300))
    assert state == "restart"
    assert f"not the same as {site.root}" in reason


def test_a_controller_with_a_configuration_of_its_own_is_judged_by_that(site: Site) -> None:
    own = site.directory / "second.yml"
    own.write_text(site.config.read_text())
    site.nodes = (replace(site.nodes[0], config=Path("second.yml")),)
    site.start_node(120)
    assert site.look(200).state == "current"
    own.write_text(own.read_text().replace("REQUIRE_SET", "DISABLED"))
    assert site.look(300).state == "restart"


def test_a_controller_that_loads_another_trust_root_than_the_one_compared_is_unknown(site: Site) -> None:
    own = site.directory / "second.yml"
    own.write_text(site.config.read_text().replace(str(site.root), "elsewhere.pem"))
    site.nodes = (replace(site.nodes[0], config=Path("second.yml")),)
    site.start_node(120)
    state, reason = _state(site.look(200))
    assert state == "unknown"
    assert "names another trust root (elsewhere.pem): set trust_root of this node" in reason
    (site.directory / "elsewhere.pem").write_bytes(site.root.read_bytes())
    site.nodes = (replace(site.nodes[0], trust_root=Path("elsewhere.pem")),)
    assert site.look(300).state == "current"


def test_a_node_is_not_current_where_the_target_cannot_be_read(site: Site) -> None:
    own = site.directory / "own.pem"
    own.write_bytes(site.root.read_bytes())
    site.nodes = (replace(site.nodes[0], role="daemon", trust_root=Path("own.pem")),)
    site.start_node(120)
    assert site.look(200).state == "current"
    site.root.unlink()
    state, reason = _state(site.look(300))
    assert (state, reason) == ("unknown", f"trust root cannot be compared: {site.root} does not exist")


def test_a_swap_behind_a_link_counts_from_the_swap(site: Site) -> None:
    for name, text in (("..one", "one"), ("..two", "two")):
        (site.directory / name).mkdir()
        (site.directory / name / "root.pem").write_text(text)
    data = site.directory / "..data"
    data.symlink_to("..one")
    site.root.unlink()
    site.root.symlink_to("..data/root.pem")
    site.start_node(120)
    assert site.look(200).state == "current"
    (site.directory / "..tmp").symlink_to("..two")
    (site.directory / "..tmp").replace(data)
    assert site.look(300).state == "restart"
    site.start_node(320, pid=PID + 1)
    assert site.look(330).state == "current"


def test_nodes_keep_the_order_of_the_settings(site: Site) -> None:
    site.nodes = tuple(replace(site.nodes[0], name=name) for name in ("z", "a", "m"))
    site.start_node(120)
    assert [report.name for report in site.look_at_all(200)] == ["z", "a", "m"]


def test_a_look_writes_nothing_outside_the_state_directory(site: Site) -> None:
    site.start_node(120)

    def listing() -> dict[Path, int]:
        return {path: path.lstat().st_mtime_ns for path in site.directory.rglob("*")}

    before = listing()
    site.look(200)
    assert listing() == before
    assert site.state is not None
    assert [entry.name for entry in site.state.iterdir()] == ["observations.json"]


@contextmanager
def _real_node(pid_file: Path) -> Iterator[None]:
    """A process that is up and waits, with its pid file."""
    code = "import sys; print('up', flush=True); sys.stdin.read()"
    process = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == b"up\n"
        pid_file.write_text(f"{process.pid}\n")
        yield
    finally:
        process.communicate(timeout=10)


def _wait_beyond(path: Path) -> None:
    """Until a process that starts now is provably later than the last change of `path`."""
    while time.time_ns() <= path.stat().st_ctime_ns + 1_050_000_000:
        time.sleep(0.02)


def test_real_processes_are_current_then_old_then_current_again(tmp_path: Path) -> None:
    root, pid_file = tmp_path / "root.pem", tmp_path / "node.pid"
    root.write_text("one")
    observations = Observations.load(tmp_path / "state")
    nodes = [NodeSettings("controller-1", "controller", Evidence("pid_file", str(pid_file)))]

    def look() -> NodeReport:
        targets = TargetFiles(tmp_path, trust_root=root)
        return check_nodes(nodes, targets, observations, now=datetime.now(UTC)).nodes[0]

    _wait_beyond(root)
    with _real_node(pid_file):
        assert look().state == "current"
        os.utime(root)
        assert look().state == "current"
        root.write_text("two")
        assert look().state == "restart"
        _wait_beyond(root)
        assert look().state == "restart"
    assert look().state == "unknown"
    with _real_node(pid_file):
        assert look().state == "current"


def test_targets_are_remembered_before_any_node_depends_on_them(site: Site) -> None:
    site.nodes = ()
    site.look_at_all(200)
    assert site.state is not None
    assert f"trust root:{site.root}" in (site.state / "observations.json").read_text()
