"""A node of the demo: loads the trust root once, as a controller does at boot, and stays until SIGTERM.

Run as `python -m trustconsole.demo.node`. Like the real thing it does not start on a trust root that does
not load. It leaves by itself when its pid file is gone or names another process, and after twelve hours,
so that a forgotten demo does not run for ever.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from trustconsole import limits
from trustconsole.demo.processes import restart_node
from trustconsole.demo.workspace import DemoNode
from trustconsole.errors import InputError
from trustconsole.storage import read_bounded
from trustconsole.text import rfc3339, visible
from trustconsole.trust_root import scan_trust_root

LIFETIME_SECONDS: Final = 12 * 3600.0
_LOOK_SECONDS: Final = 1.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a node in the foreground, or with `--restart` replace the one that runs; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m trustconsole.demo.node")
    parser.add_argument("--trust-root", required=True, type=Path)
    parser.add_argument("--name", required=True)
    parser.add_argument("--pid-file", required=True, type=Path)
    parser.add_argument("--restart", action="store_true")
    given = parser.parse_args(arguments)
    pid_file: Path = given.pid_file
    node = DemoNode(given.name, "controller", given.trust_root, pid_file, pid_file.with_suffix(".log"))
    try:
        if not given.restart:
            return _run(node)
        _say(f"{node.name} runs as process {restart_node(node)}")
    except InputError as error:
        _say(str(error))
        return 1
    return 0


def _say(line: str) -> None:
    sys.stdout.write(f"{rfc3339(datetime.now(UTC))} {visible(line)}\n")
    sys.stdout.flush()


def _run(node: DemoNode) -> int:
    ending = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ending.set())
    content = read_bounded(node.trust_root, limits.PEM_BYTES, what="trust root")
    loaded = scan_trust_root(content.data, str(node.trust_root), now=datetime.now(UTC)).controller[
        "COSIGN_BUNDLE"
    ]
    if loaded.loads is False:
        _say(f"{node.name} does not start: {loaded.error}")
        return 1
    _write_pid_file(node.pid_file)
    _say(f"{node.name} started with trust root {content.sha256}")
    ends = time.monotonic() + LIFETIME_SECONDS
    while not ending.wait(_LOOK_SECONDS) and time.monotonic() < ends and _names_this_process(node.pid_file):
        pass
    if _names_this_process(node.pid_file):
        node.pid_file.unlink(missing_ok=True)
    return 0


def _write_pid_file(path: Path) -> None:
    """Whole or not at all, so that nobody reads half a number."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        temporary.write_text(f"{os.getpid()}\n")
        temporary.replace(path)
    except OSError as error:
        raise InputError(f"the pid file {path} cannot be written: {error.strerror}") from error


def _names_this_process(path: Path) -> bool:
    try:
        return path.read_text(encoding="ascii", errors="replace").strip() == str(os.getpid())
    except OSError:
        return False


if __name__ == "__main__":
    raise SystemExit(main())
