"""Nodes against real files: what is edited, what is touched, who restarted, and what nobody saw."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from trustconsole.controller_config import check_config
from trustconsole.nodes import CommandResult, NodeReport, TargetFiles, check_nodes
from trustconsole.records import Evidence, NodeSettings, Observations

if TYPE_CHECKING:
    from tests.nodes.fake_proc import FakeProc

CONFIG = """\
runtime: {{ profile: production }}
modules:
  signing:
    mode: COSIGN_BUNDLE
    trustRoot: {root}
    rekor: {{ policy: REQUIRE_SET, publicKey: {rekor} }}
"""
PID = 4711


def _no_command(argv: Sequence[str]) -> CommandResult:
    raise AssertionError(f"no command was expected: {argv}")


@dataclass
class Site:
    """A controller's files, one node, and a process table in which time goes as the test says.

    Seconds count from when the files were made; `look` happens at such a second.
    """

    directory: Path
    proc: FakeProc
    zero: int
    state: Path | None = None
    nodes: tuple[NodeSettings, ...] = ()
    observations: Observations = field(default_factory=Observations)
    clock_set: int = 0

    @property
    def root(self) -> Path:
        return self.directory / "root.pem"

    @property
    def config(self) -> Path:
        return self.directory / "config" / "controller.yml"

    def start_node(self, second: float, pid: int = PID) -> None:
        """Another run of the node: it began at `second` and wrote its pid file then."""
        self.proc.add(pid, 1_000_000 + second - self.clock_set)
        self.write_pid_file(pid, written=second)

    def write_pid_file(self, pid: int, *, written: float) -> None:
        pid_file = self.directory / "node.pid"
        pid_file.write_text(f"{pid}\n")
        os.utime(pid_file, (self.zero + written, self.zero + written))

    def set_clock_forward(self, seconds: int) -> None:
        """Seconds count on by the new clock; the boot seems to have been later."""
        self.clock_set = seconds
        self.proc.set_boot(self.zero - 1_000_000 + seconds)

    def look(self, second: float) -> NodeReport:
        return self.look_at_all(second)[0]

    def look_at_all(self, second: float) -> tuple[NodeReport, ...]:
        now = datetime.fromtimestamp(self.zero + second, UTC)
        targets = TargetFiles(
            working_directory=self.directory,
            config=check_config(self.config, now=now),
            trust_root=self.root,
            rekor_key=self.directory / "rekor.pub",
        )
        report = check_nodes(
            self.nodes, targets, self.observations, now=now, runner=_no_command, processes=self.proc.table
        )
        return report.nodes

    def new_session(self) -> None:
        """The console is closed and opened again."""
        assert self.state is not None
        self.observations = Observations.load(self.state)


@pytest.fixture
def site(tmp_path: Path, fake_proc: Callable[[int], FakeProc]) -> Site:
    """The node's evidence is a pid file; the files are as old as the test."""
    directory = tmp_path / "controller"
    (directory / "config").mkdir(parents=True)
    (directory / "root.pem").write_text("-----BEGIN PUBLIC KEY-----\none\n")
    (directory / "rekor.pub").write_text("rekor")
    text = CONFIG.format(root=directory / "root.pem", rekor=directory / "rekor.pub")
    (directory / "config" / "controller.yml").write_text(text)
    zero = int(time.time())
    node = NodeSettings(
        "controller-1",
        "controller",
        Evidence("pid_file", str(directory / "node.pid")),
        restart=("systemctl", "restart", "x"),
    )
    state = tmp_path / "state"
    return Site(directory, fake_proc(zero - 1_000_000), zero, state, (node,), Observations.load(state))


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
    assert report.restart_command == ("systemctl", "restart", "x")


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
    assert (state, reason) == ("unknown", "trust root does not exist")


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


def test_a_node_behind_another_command_is_unknown_and_says_so(site: Site) -> None:
    site.nodes = (replace(site.nodes[0], via=("ssh", "controller-1")),)
    report = site.look(200)
    assert report.state == "unknown"
    assert "reached through another command" in report.reason
    assert report.restart_command == ("ssh", "controller-1", "systemctl", "restart", "x")


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
