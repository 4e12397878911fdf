"""A session that is not armed opens no file for writing outside its state directory, whatever is asked."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.cli.running import call
from tests.read_only.program import BEGIN, END, commands_of
from tests.release.images.material import (
    Signers,
    carrier,
    make_image,
    named,
    simple_layer,
    simple_payload,
    tag,
    write_key,
    write_layout,
)
from tests.release.making_releases import Release
from tests.storage.tracing import need_strace

from trustconsole.commands import COMMANDS
from trustconsole.demo import build_demo
from trustconsole.trust_root import read_trust_root

ROOT = Path(__file__).resolve().parents[2]
_CALL = re.compile(r"(?:^|\d +)(\w+)\((.*)")
_CHANGING = (
    "rename,renameat,renameat2,link,linkat,symlink,symlinkat,unlink,unlinkat,rmdir,mkdir,mkdirat,mknod,mknodat,"
    "chmod,fchmodat,chown,lchown,fchownat,truncate,utimensat,setxattr,lsetxattr,removexattr,creat"
)
_ALLOWED = ("/dev/null", "/dev/tty", "/dev/pts", "/proc/self", "/dev/ptmx")
"""The terminal and nothing."""


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo, the fingerprint of its first key for the program, a signed release and a signed image."""
    made = build_demo(tmp_path_factory.mktemp("read-only") / "demo", now=datetime.now(UTC))
    block = read_trust_root(made.trust_root, now=datetime.now(UTC)).blocks[0]
    (made.directory / "old-fingerprint").write_text(block.fingerprint or "")
    made_release = Release(made.directory / "release")
    made_release.publisher.trusted_root(made.directory)
    image = make_image()
    signers = Signers()
    layers = [simple_layer(image.blobs, signers.key, simple_payload(image.digest))]
    signature = named(carrier(image.blobs, layers), tag(image, ".sig"))
    write_layout(made.directory / "layout", image.blobs, [named(image.top, "1.4.0"), signature])
    write_key(made.directory / "release.pub", signers.key)
    return made.directory


def _trace(workspace: Path, what: str, log: Path) -> list[str]:
    """Every call that opened a file for writing or changed a name, with absolute paths."""
    subprocess.run(
        [
            *("strace", "-f", "-y", "-s", "4096", "--seccomp-bpf", "-o", str(log)),
            *("-e", f"trace=open,openat,access,{_CHANGING}"),
            *(sys.executable, "-m", "tests.read_only.program", str(workspace), what),
        ],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
            "PYTHONDONTWRITEBYTECODE": "1",
            "LANG": "C.UTF-8",
            "HOME": str(log.parent),
        },
        check=True,
        timeout=300,
        capture_output=True,
    )
    text = log.read_text(errors="replace")
    assert BEGIN in text
    assert END in text
    return text[text.index(BEGIN) : text.index(END)].splitlines()


def _writes(lines: list[str], state: Path) -> list[str]:
    found = []
    for line in lines:
        call = _CALL.search(line)
        if call is None or call[1] == "access" or "ENOENT" in line:
            continue
        if call[1] in ("open", "openat") and not re.search(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC", call[2]):
            continue
        inside = any(f"{state}{end}" in line for end in ("/", ">", '"'))
        if not inside and not any(allowed in line for allowed in _ALLOWED):
            found.append(line)
    return found


@pytest.mark.parametrize("command", ["release.verify", "image.verify"])
def test_what_was_downloaded_is_good_so_that_all_of_it_is_read(command: str, workspace: Path) -> None:
    assert call(*commands_of(workspace)[command]).code == 0


def test_the_program_runs_every_command(workspace: Path) -> None:
    assert {row.id for row in COMMANDS} - set(commands_of(workspace)) == {
        "demo"
    }  # its folder is its business


@pytest.mark.parametrize("what", ["commands", "keys"])
def test_nothing_outside_the_state_directory_is_written(what: str, workspace: Path, tmp_path: Path) -> None:
    need_strace()
    before = {path: path.stat().st_mtime_ns for path in workspace.rglob("*") if "state" not in path.parts}
    lines = _trace(workspace, what, tmp_path / "trace")
    assert _writes(lines, workspace / "state") == []
    after = {path: path.stat().st_mtime_ns for path in workspace.rglob("*") if "state" not in path.parts}
    assert after == before
    # The trace sees what it is there to see: the state directory is written by both.
    assert any(f"{workspace}/state" in line and "O_CREAT" in line for line in lines)
