from __future__ import annotations

import os
import select
import shutil
import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from trustconsole.demo import (
    DemoNode,
    DemoWorkspace,
    build_demo,
    running_pid,
    start_nodes,
    stop_node,
    stop_nodes,
)
from trustconsole.errors import UnreadableFile


def ends(pid: int, seconds: float) -> bool:
    """Whether the process ends within the time; waits on the process itself."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)
        return bool(poll.poll(int(seconds * 1000)))
    finally:
        os.close(descriptor)


def restart(node: DemoNode) -> subprocess.CompletedProcess[str]:
    return subprocess.run(node.restart_command, capture_output=True, text=True, timeout=60, check=False)


def test_nodes_start_restart_and_stop(own_workspace: DemoWorkspace) -> None:
    first, second = own_workspace.nodes
    start_nodes(own_workspace)
    pids = [running_pid(node) for node in own_workspace.nodes]
    assert None not in pids
    assert first.pid_file.read_text() == f"{pids[0]}\n"
    assert os.getsid(pids[0] or 0) == pids[0], "detached from this terminal"

    assert restart(first).returncode == 0
    renewed = running_pid(first)
    assert renewed not in (None, pids[0])
    assert ends(pids[0] or 0, 5)
    assert running_pid(second) == pids[1], "the other node is left alone"

    stop_nodes(own_workspace)
    assert [running_pid(node) for node in own_workspace.nodes] == [None, None]
    assert ends(renewed or 0, 5)
    assert not first.pid_file.exists()
    assert not stop_node(first)


def test_a_node_starts_more_than_a_second_after_the_trust_root_changed(own_workspace: DemoWorkspace) -> None:
    node = own_workspace.nodes[0]
    own_workspace.trust_root.write_bytes(own_workspace.trust_root.read_bytes() + b"# touched\n")
    assert restart(node).returncode == 0
    started = node.pid_file.stat().st_ctime
    assert started - own_workspace.trust_root.stat().st_ctime > 1


@pytest.mark.parametrize("content", [b"no block at all", None])
def test_a_node_does_not_start_on_a_trust_root_that_does_not_load(
    own_workspace: DemoWorkspace, content: bytes | None
) -> None:
    node = own_workspace.nodes[0]
    own_workspace.trust_root.unlink()
    if content is not None:
        own_workspace.trust_root.write_bytes(content)
    answer = restart(node)
    assert answer.returncode == 1
    assert "did not start" in answer.stdout
    assert running_pid(node) is None
    assert node.log.read_text() != ""
    with pytest.raises(UnreadableFile, match="did not start"):
        start_nodes(own_workspace)


def test_a_process_that_merely_has_the_number_of_a_node_is_left_alone(own_workspace: DemoWorkspace) -> None:
    node = own_workspace.nodes[0]
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as stranger:
        for text in (f"{stranger.pid}\n", "1\n", "0", "-1", "99999999999", "x", ""):
            node.pid_file.write_text(text)
            assert running_pid(node) is None
            assert not stop_node(node)
        assert stranger.poll() is None
        stranger.communicate(b"\n")


def test_a_node_leaves_when_its_workspace_is_removed(own_workspace: DemoWorkspace) -> None:
    node = own_workspace.nodes[0]
    assert restart(node).returncode == 0
    pid = running_pid(node)
    assert pid is not None
    shutil.rmtree(own_workspace.directory)
    assert ends(pid, 20)


def test_a_node_that_ignores_sigterm_is_still_ended(own_workspace: DemoWorkspace) -> None:
    node = own_workspace.nodes[0]
    assert restart(node).returncode == 0
    pid = running_pid(node)
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    assert stop_node(node)
    assert ends(pid, 5)


def test_building_again_ends_the_nodes_of_the_earlier_build(
    own_workspace: DemoWorkspace, now: datetime
) -> None:
    assert restart(own_workspace.nodes[0]).returncode == 0
    pid = running_pid(own_workspace.nodes[0])
    assert pid is not None
    build_demo(own_workspace.directory, now=now)
    assert ends(pid, 5)


def test_a_log_that_is_a_link_is_not_written_through(own_workspace: DemoWorkspace, tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_text("precious")
    own_workspace.nodes[0].log.symlink_to(target)
    answer = restart(own_workspace.nodes[0])
    assert (answer.returncode, answer.stderr) == (1, "")
    assert target.read_text() == "precious"
