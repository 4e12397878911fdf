"""Nodes behind a real `sshd`: looked at, given a file, restarted, found green; dead hosts and wrong keys."""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.nodes.ssh_server import SshServer, free_port, make_key, programs

from trustconsole.demo import DemoNode, DemoWorkspace, build_demo, stop_node
from trustconsole.nodes import NodeReport, TargetFiles, check_nodes, restart, send_file
from trustconsole.records import Evidence, NodeSettings, Observations


def _found() -> dict[str, str]:
    found = programs()
    if found is None:
        pytest.skip("OpenSSH is not installed (Debian: openssh-server, openssh-client)")
    if pwd.getpwuid(os.geteuid()).pw_shell.endswith(("nologin", "false")):
        pytest.skip("this user has no login shell, so sshd lets nobody in")
    return found


@pytest.fixture
def server(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[SshServer]:
    """A running server; a parameter is the shell that carries out what the client asks for."""
    shell = getattr(request, "param", "")
    if shell and shutil.which(shell.split()[0]) is None:
        pytest.skip(f"{shell} is not installed")
    directory = tmp_path / "ssh"
    directory.mkdir()
    force = f'exec {shell} -c "$SSH_ORIGINAL_COMMAND"' if shell else None
    made = SshServer(directory, _found(), free_port(), force)
    made.prepare()
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> DemoWorkspace:
    """The demo's files; its nodes are not used."""
    return build_demo(tmp_path_factory.mktemp("ssh") / "demo", now=datetime(2026, 2, 11, 9, 30, tzinfo=UTC))


@pytest.fixture
def far(tmp_path: Path, workspace: DemoWorkspace) -> Iterator[DemoNode]:
    """A node's own directory, as it lies on the other host."""
    directory = tmp_path / "far"
    directory.mkdir()
    root = directory / "trust root's.pem"
    shutil.copy(workspace.trust_root, root)
    made = DemoNode("daemon-7", "daemon", root, directory / "node.pid", directory / "node.log")
    yield made
    stop_node(made)


def _settings(server: SshServer, far: DemoNode) -> NodeSettings:
    return NodeSettings(
        far.name,
        "daemon",
        Evidence("pid_file", str(far.pid_file)),
        via=server.via,
        trust_root=far.trust_root,
        restart=far.restart_command,
    )


def _look(node: NodeSettings, target: Path, observations: Observations) -> NodeReport:
    targets = TargetFiles(target.parent, trust_root=target)
    return check_nodes([node], targets, observations, now=datetime.now(UTC)).nodes[0]


def _wait_beyond(path: Path) -> None:
    """A start behind `via` is known to the second, so it takes two to be provably later."""
    while time.time_ns() <= path.stat().st_ctime_ns + 2_100_000_000:
        time.sleep(0.05)


@pytest.mark.parametrize("server", ["", "dash", "bash", "busybox sh"], indirect=True)
def test_a_node_elsewhere_is_given_the_new_file_restarted_and_proved(
    server: SshServer, far: DemoNode, workspace: DemoWorkspace, tmp_path: Path
) -> None:
    target = tmp_path / "target.pem"
    shutil.copy(workspace.trust_root, target)
    node, observations = _settings(server, far), Observations()
    assert _look(node, target, observations).state == "unknown"
    _wait_beyond(far.trust_root)
    started = restart(node)
    assert started.succeeded, started
    report = _look(node, target, observations)
    assert report.state == "current", report.reason  # on the first look at a plain restart
    assert "behind" in report.evidence

    old = far.trust_root.read_bytes()
    new = old + b"# rotated\n"
    target.write_bytes(new)
    report = _look(node, target, observations)
    assert report.state == "restart"
    [mismatch] = report.file_mismatch
    assert (mismatch.path, mismatch.found) == (far.trust_root, hashlib.sha256(old).hexdigest())

    sent = send_file(node, mismatch.path, target.read_bytes(), reviewed=mismatch.found)
    assert (sent.outcome, sent.problem, far.trust_root.read_bytes()) == ("new", None, new)
    report = _look(node, target, observations)
    assert (report.state, report.file_mismatch) == ("restart", ())

    _wait_beyond(far.trust_root)
    lines: list[str] = []
    assert restart(node, on_output=lines.append).succeeded
    assert "daemon-7 runs as process" in " ".join(lines)
    report = _look(node, target, observations)
    assert report.state == "current", report.reason


def test_a_dead_host_and_wrong_keys_are_unknown_in_the_words_of_ssh(
    server: SshServer, far: DemoNode, workspace: DemoWorkspace
) -> None:
    node = _settings(server, far)
    keygen = server.found["ssh-keygen"]
    for words in (("printf", "%s", "plain"), ("printf", "%s", "a  b; it's $HOME")):
        assert restart(replace(node, restart=words)).output == words[2]

    def reason() -> str:
        report = _look(node, workspace.trust_root, Observations())
        assert report.state == "unknown"
        return report.reason

    other = make_key(server.directory / "other", keygen)
    server.know(other)
    assert "Host key verification failed." in reason()
    server.know(server.directory / "host")
    (server.directory / "authorized_keys").write_text(Path(f"{other}.pub").read_text())
    assert "Permission denied (publickey)" in reason()
    server.stop()
    said = reason()
    assert "Connection refused" in said
    assert "-o BatchMode=yes" in said
    sent = send_file(node, far.trust_root, b"new", reviewed="0" * 64)
    assert (sent.outcome, far.trust_root.read_bytes()) == ("old", workspace.trust_root.read_bytes())
    assert not restart(node).succeeded


def test_a_connection_that_is_shared_does_not_hold_anyone_up(
    server: SshServer, far: DemoNode, workspace: DemoWorkspace
) -> None:
    """ControlPersist leaves a master in the background that keeps its standard error."""
    config = server.directory / "client.conf"
    socket_path = Path(tempfile.mkdtemp(prefix="mux", dir="/tmp")) / "m"  # a socket's path must be short
    config.write_text(
        config.read_text().replace("ControlMaster no", f"ControlMaster auto\nControlPath {socket_path}")
        + "ControlPersist 60\n"
    )
    node = _settings(server, far)
    _wait_beyond(far.trust_root)
    try:
        assert restart(node).succeeded
        assert _look(node, workspace.trust_root, Observations()).state == "current"
    finally:
        restart(NodeSettings("", "daemon", restart=(*server.via[:3], "-O", "exit", server.via[3])))
        shutil.rmtree(socket_path.parent)
