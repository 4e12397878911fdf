"""Starting, replacing and ending the demo's two nodes: real processes of this host, without any socket.

A node is ended only after its command line proved that it is this demo's: a pid file may be old, and the
number taken by someone else since. Processes are held by pidfd, so that a reused number is never signalled.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from trustconsole.demo.workspace import DemoNode, DemoWorkspace
from trustconsole.errors import InputError, Location, UnreadableFile
from trustconsole.storage import as_input_error, read_bounded

NODE_MODULE: Final = "trustconsole.demo.node"
_PID_FILE_BYTES: Final = 32
_PID_MAX: Final = 2**22  # the kernel's own bound, see proc(5), pid_max
_COMMAND_LINE_BYTES: Final = 64 * 1024
_START_SECONDS: Final = 15.0
_STOP_SECONDS: Final = 3.0
_TICK_MS: Final = 20
# Restart truth asks for more than a second between a file's last change and a node's start.
_SETTLED_SECONDS: Final = 1.25


def running_pid(node: DemoNode) -> int | None:
    """The pid of the node's running process, None where there is none."""
    with _held(node) as handle:
        return handle[0] if handle else None


def start_nodes(workspace: DemoWorkspace) -> None:
    """Start both nodes, replacing running ones; returns when each has loaded its trust root.

    Takes up to two seconds more where the files are brand-new. Raises `UnreadableFile` where a node does
    not start; its log says why.
    """
    workspace.run.mkdir(mode=0o755, exist_ok=True)
    quiet = subprocess.DEVNULL
    helpers = [
        (node, subprocess.Popen(node.restart_command, stdin=quiet, stdout=quiet, stderr=quiet))
        for node in workspace.nodes
    ]
    failed = [node for node, helper in helpers if helper.wait() != 0]
    if failed:
        raise _not_started(failed[0])


def stop_nodes(workspace: DemoWorkspace) -> None:
    """End whatever nodes run; none running is fine."""
    for node in workspace.nodes:
        stop_node(node)


def stop_node(node: DemoNode) -> bool:
    """End the node's process, by SIGKILL where SIGTERM is not enough; whether there was one."""
    with _held(node) as handle:
        if handle is None:
            return False
        descriptor = handle[1]
        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                signal.pidfd_send_signal(descriptor, number)
            except ProcessLookupError:
                break
            if _ended(descriptor, int(_STOP_SECONDS * 1000)):
                break
    node.pid_file.unlink(missing_ok=True)
    return True


def restart_node(node: DemoNode) -> int:
    """End a running process and start a detached one; its pid, once it has loaded the trust root.

    It stays a child of the caller: `DemoNode.restart_command` does this from a process that leaves.
    Raises `InputError` where it does not start.
    """
    stop_node(node)
    _wait_until_settled(node.trust_root)
    pid = _spawn(node)
    descriptor = os.pidfd_open(pid)
    try:
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            if _ended(descriptor, _TICK_MS):
                os.waitpid(pid, 0)
                raise _not_started(node)
            if _pid_in(node.pid_file) == pid:
                return pid
        raise _not_started(node)
    finally:
        os.close(descriptor)


def _spawn(node: DemoNode) -> int:
    """The pid of a new process in its own session, its output appended to the node's log."""
    to_log = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW
    try:
        return os.posix_spawn(
            node.run_command[0],
            node.run_command,
            os.environ,
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_OPEN, 1, str(node.log), to_log, 0o644),
                (os.POSIX_SPAWN_DUP2, 1, 2),
            ],
            setsid=True,
        )
    except OSError as error:
        raise as_input_error(error, node.log) from error


def _not_started(node: DemoNode) -> UnreadableFile:
    return UnreadableFile(
        f"says why the demo node {node.name} did not start",
        hint="mend the trust root and restart the node",
        location=Location(str(node.log)),
    )


@contextmanager
def _held(node: DemoNode) -> Iterator[tuple[int, int] | None]:
    """The node's pid with a pidfd of it, proved to be this node; None where it does not run."""
    pid = _pid_in(node.pid_file)
    if pid is None:
        yield None
        return
    try:
        descriptor = os.pidfd_open(pid)
    except OSError:
        yield None
        return
    try:
        # Looked at after the descriptor is held: what is read is the process that will be signalled.
        ours = _is_node(pid, node.pid_file) and not _ended(descriptor, 0)
        yield (pid, descriptor) if ours else None
    finally:
        os.close(descriptor)


def _ended(descriptor: int, milliseconds: int) -> bool:
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(milliseconds))


def _pid_in(path: Path) -> int | None:
    try:
        text = read_bounded(path, _PID_FILE_BYTES, what="pid file").data.strip()
    except InputError:
        return None
    return int(text) if text.isdigit() and 1 < int(text) <= _PID_MAX else None


def _is_node(pid: int, pid_file: Path) -> bool:
    try:
        line = read_bounded(Path(f"/proc/{pid}/cmdline"), _COMMAND_LINE_BYTES, what="command line").data
    except InputError:
        return False
    words = line.split(b"\0")
    return NODE_MODULE.encode() in words and os.fsencode(pid_file) in words


def _wait_until_settled(path: Path) -> None:
    try:
        changed = max(path.stat().st_ctime, path.lstat().st_ctime)
    except OSError:
        return
    wait = changed + _SETTLED_SECONDS - time.time()
    if wait > 0:
        time.sleep(min(wait, _SETTLED_SECONDS))
