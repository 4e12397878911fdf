"""A controller's files, a node, and time that goes as the test says; the node is here or behind a prefix."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from tests.nodes.fake_proc import FakeProc

from trustconsole.controller_config import check_config
from trustconsole.nodes import CommandResult, NodeReport, Shell, TargetFiles, check_nodes, run_shell
from trustconsole.records import Evidence, NodeSettings, Observations

CONFIG = """\
runtime: {{ profile: production }}
modules:
  signing:
    mode: COSIGN_BUNDLE
    trustRoot: {root}
    rekor: {{ policy: REQUIRE_SET, publicKey: {rekor} }}
"""
PID = 4711


def no_command(argv: Sequence[str]) -> CommandResult:
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
    via: tuple[str, ...] = ()
    clock: Path | None = None
    lag: float = 0
    shell: Shell = run_shell

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
        if self.clock is not None:
            self.clock.write_text(f"{self.zero + second - self.lag:.9f}\n")
        targets = TargetFiles(
            working_directory=self.directory,
            config=check_config(self.config, now=now),
            trust_root=self.root,
            rekor_key=self.directory / "rekor.pub",
        )
        nodes = [replace(node, via=node.via or self.via) for node in self.nodes]
        report = check_nodes(
            nodes,
            targets,
            self.observations,
            now=now,
            runner=no_command,
            processes=self.proc.table,
            shell=self.shell,
        )
        return report.nodes

    def new_session(self) -> None:
        """The console is closed and opened again."""
        assert self.state is not None
        self.observations = Observations.load(self.state)


def make_site(tmp_path: Path, fake_proc: Callable[[int], FakeProc]) -> Site:
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


def put_behind(site: Site, programs: Path, name: str) -> None:
    """The node is behind a prefix, on a side with the programs of `name`: `coreutils` or `busybox`.

    Its clock is the test's: `date` prints what `look` wrote.
    """
    programs.mkdir()
    site.clock = programs.parent / "clock"
    (programs / "date").write_text(f"#!/bin/sh\ncat {site.clock}\n")
    (programs / "date").chmod(0o755)
    path = f"{programs}:{os.environ['PATH']}"
    if name == "busybox":
        busybox = shutil.which("busybox")
        assert busybox is not None
        for applet in BUSYBOX_APPLETS:
            (programs / applet).symlink_to(busybox)
        path = str(programs)
    site.via = (shutil.which("env") or "env", f"PATH={path}")


BUSYBOX_APPLETS = (
    *("sh", "env", "cat", "sed", "head", "tr", "ls", "find", "sleep"),
    *("stat", "sha256sum", "base64", "readlink", "chown", "chmod", "rm", "mv", "sync"),
)
