"""Sending a file behind a prefix: whole or not at all, with its rights, over nobody else's change."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.nodes.site import BUSYBOX_APPLETS

from trustconsole.nodes import CommandResult, SendOutcome, distribute_command, run_shell, send_file
from trustconsole.records import NodeSettings

HERE = NodeSettings("far", "daemon", via=("env",))
AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.fixture(params=["dash", "bash --posix", "busybox sh"])
def far(request: pytest.FixtureRequest, tmp_path: Path) -> NodeSettings:
    """A node whose `sh` is this shell; behind busybox there is nothing but its applets."""
    shell, *arguments = str(request.param).split()
    found = shutil.which(shell)
    if found is None:
        pytest.skip(f"{shell} is not installed")
    programs = tmp_path / "programs"
    programs.mkdir()
    path = f"{programs}:{os.environ['PATH']}"
    if shell == "busybox":
        for applet in BUSYBOX_APPLETS:
            (programs / applet).symlink_to(found)
        path = str(programs)
    else:
        (programs / "sh").write_text(f'#!{found}\nexec {found} {" ".join(arguments)} "$@"\n')
        (programs / "sh").chmod(0o755)
    return replace(HERE, via=(shutil.which("env") or "env", f"PATH={path}"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file with a name that a shell would take apart."""
    made = tmp_path / "etc" / "it's $HOME; *.pem"
    made.parent.mkdir()
    made.write_bytes(b"old")
    made.chmod(0o640)
    return made


def left(path: Path) -> list[str]:
    return sorted(entry.name for entry in path.parent.iterdir())


EVERY_BYTE = bytes(range(256)) * 40 + b"-----BEGIN %s\\n-----"


@pytest.mark.parametrize("data", [b"", b"-", EVERY_BYTE, b"\n" * 5000], ids=list("abcd"))
def test_any_bytes_arrive_as_they_are_and_the_mode_stays(far: NodeSettings, path: Path, data: bytes) -> None:
    sent = send_file(far, path, data, reviewed=digest(b"old"))
    assert sent == SendOutcome("new", path, digest(data), digest(data), sent.problem)
    assert sent.problem is None
    assert path.read_bytes() == data
    assert path.stat().st_mode & 0o7777 == 0o640
    assert left(path) == [path.name]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=9000))
def test_whatever_the_bytes_are(path: Path, data: bytes) -> None:
    before = digest(path.read_bytes())
    assert send_file(HERE, path, data, reviewed=before).outcome == "new"
    assert path.read_bytes() == data


@AS_ROOT
def test_the_owner_stays(far: NodeSettings, path: Path) -> None:
    os.chown(path, 12, 34)
    assert send_file(far, path, b"new", reviewed=digest(b"old")).outcome == "new"
    assert (path.stat().st_uid, path.stat().st_gid, path.read_bytes()) == (12, 34, b"new")


@AS_ROOT
def test_an_owner_that_cannot_be_kept_stands_against_it(path: Path, tmp_path: Path) -> None:
    os.chown(path, 12, 34)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "chown").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "bin" / "chown").chmod(0o755)
    node = replace(HERE, via=("env", f"PATH={tmp_path / 'bin'}:{os.environ['PATH']}"))
    sent = send_file(node, path, b"new", reviewed=digest(b"old"))
    assert (sent.outcome, path.read_bytes(), left(path)) == ("old", b"old", [path.name])
    assert "owner that cannot be kept" in (sent.problem or "")


def test_an_acl_stays_or_stands_against_it(path: Path, tmp_path: Path) -> None:
    setfacl, getfacl = shutil.which("setfacl"), shutil.which("getfacl")
    if setfacl is None or getfacl is None:
        pytest.skip("setfacl is not installed (Debian: acl)")
    if subprocess.run([setfacl, "-m", "u:12:r", path], capture_output=True, check=False).returncode:
        pytest.skip("the file system keeps no ACL")
    assert send_file(HERE, path, b"new", reviewed=digest(b"old")).outcome == "new"
    rights = subprocess.run([getfacl, "-cn", path], capture_output=True, text=True, check=True).stdout
    assert "user:12:r--" in rights
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "setfacl").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "bin" / "setfacl").chmod(0o755)
    node = replace(HERE, via=("env", f"PATH={tmp_path / 'bin'}:{os.environ['PATH']}"))
    sent = send_file(node, path, b"newer", reviewed=digest(b"new"))
    assert (sent.outcome, path.read_bytes()) == ("old", b"new")
    assert "ACL that cannot be kept" in (sent.problem or "")


def test_a_file_that_was_not_reviewed_is_left_alone(far: NodeSettings, path: Path) -> None:
    sent = send_file(far, path, b"new", reviewed=digest(b"older"))
    assert (sent.outcome, sent.found, path.read_bytes()) == ("old", digest(b"old"), b"old")
    assert "when it was reviewed" in (sent.problem or "")


def test_a_change_between_the_look_and_the_sending_is_not_lost(path: Path) -> None:
    calls = 0

    def shell(argv: Sequence[str], script: bytes) -> CommandResult:
        nonlocal calls
        calls += 1
        if calls == 2:
            path.write_bytes(b"somebody else's")
        return run_shell(argv, script)

    sent = send_file(HERE, path, b"new", reviewed=digest(b"old"), shell=shell)
    assert path.read_bytes() == b"somebody else's"
    assert (sent.outcome, sent.found) == ("indeterminate", digest(b"somebody else's"))
    assert left(path) == [path.name]


def test_a_new_file_is_made_only_where_none_was(far: NodeSettings, path: Path) -> None:
    new = path.with_name("new.pem")
    assert send_file(far, new, b"data", reviewed=None).outcome == "new"
    assert new.stat().st_mode & 0o7777 == 0o644
    sent = send_file(far, path, b"data", reviewed=None)
    assert (sent.outcome, path.read_bytes()) == ("old", b"old")


def test_a_link_is_followed_with_consent_only(far: NodeSettings, path: Path) -> None:
    link = path.with_name("link.pem")
    link.symlink_to(path.name)
    sent = send_file(far, link, b"new", reviewed=digest(b"old"))
    assert (sent.outcome, path.read_bytes()) == ("old", b"old")
    assert "symbolic link there" in (sent.problem or "")
    sent = send_file(far, link, b"new", reviewed=digest(b"old"), follow_link=True)
    assert (sent.outcome, path.read_bytes(), link.is_symlink()) == ("new", b"new", True)


@pytest.mark.parametrize("kind", ["directory", "fifo"])
def test_what_is_no_file_is_refused(far: NodeSettings, path: Path, kind: str) -> None:
    path.unlink()
    if kind == "fifo":
        os.mkfifo(path)
    else:
        path.mkdir()
    sent = send_file(far, path, b"new", reviewed=digest(b"old"))
    assert (sent.outcome, sent.found) == ("old", None)
    assert "is no regular file" in (sent.problem or "")


def test_a_full_disk_leaves_the_old_file(far: NodeSettings, path: Path) -> None:
    limited = (*far.via, "sh", "-c", 'ulimit -f 1; trap "" XFSZ; exec "$0"')
    sent = send_file(replace(far, via=limited), path, b"x" * 100_000, reviewed=digest(b"old"))
    assert (sent.outcome, path.read_bytes(), left(path)) == ("old", b"old", [path.name])
    assert "disk is full or broken" in (sent.problem or "")


def test_where_no_single_file_can_be_synced_that_is_said(path: Path, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "sync").write_text('#!/bin/sh\n[ "$#" = 0 ]\n')
    (tmp_path / "bin" / "sync").chmod(0o755)
    node = replace(HERE, via=("env", f"PATH={tmp_path / 'bin'}:{os.environ['PATH']}"))
    sent = send_file(node, path, b"new", reviewed=digest(b"old"))
    assert sent.outcome == "new"
    assert "not confirmed" in (sent.problem or "")


def _cut(at_call: int, keep: int) -> object:
    """A shell whose connection breaks at the n-th call, after so many bytes of the script."""
    calls = 0

    def shell(argv: Sequence[str], script: bytes) -> CommandResult:
        nonlocal calls
        calls += 1
        if calls != at_call:
            return run_shell(argv, script)
        run_shell(argv, script[:keep])
        return CommandResult(255, errors="Connection reset by peer")

    return shell


@pytest.mark.parametrize("keep", [0, 1, 500, 5000, 100_000])
def test_a_connection_that_breaks_while_sending_never_tears_the_file(path: Path, keep: int) -> None:
    data = EVERY_BYTE
    sent = send_file(HERE, path, data, reviewed=digest(b"old"), shell=_cut(2, keep))  # type: ignore[arg-type]
    whole = path.read_bytes() == data
    assert whole or path.read_bytes() == b"old"
    assert sent.outcome == ("new" if whole else "indeterminate")
    assert whole == (keep == 100_000)


def test_a_host_that_is_gone_before_is_old_and_after_is_indeterminate(path: Path) -> None:
    sent = send_file(HERE, path, b"new", reviewed=digest(b"old"), shell=_cut(1, 0))  # type: ignore[arg-type]
    assert (sent.outcome, sent.found, path.read_bytes()) == ("old", None, b"old")
    assert "nothing was sent" in (sent.problem or "")
    sent = send_file(HERE, path, b"new", reviewed=digest(b"old"), shell=_cut(3, 0))  # type: ignore[arg-type]
    assert (sent.outcome, sent.found, path.read_bytes()) == ("indeterminate", None, b"new")
    assert "is not known" in (sent.problem or "")


def test_a_file_over_the_limit_is_not_sent(path: Path) -> None:
    sent = send_file(HERE, path, b"x" * (1024 * 1024 + 1), reviewed=digest(b"old"))
    assert (sent.outcome, path.read_bytes()) == ("old", b"old")


@pytest.mark.parametrize(
    ("via", "command"),
    [
        (("ssh", "host"), ("scp", "/l.pem", "host:/r.pem")),
        (
            ("/usr/bin/ssh", "-p", "22", "-i", "key", "-o", "A=b", "me@host"),
            ("scp", "-P", "22", "-i", "key", "-o", "A=b", "/l.pem", "me@host:/r.pem"),
        ),
        (
            ("ssh", "-W", "x", "host"),
            ("sh", "-c", "ssh -W x host sh -c ''\"'\"'cat > /r.pem'\"'\"'' < /l.pem"),
        ),
        (("docker", "exec", "-i", "c"), ("sh", "-c", "docker exec -i c sh -c 'cat > /r.pem' < /l.pem")),
    ],
)
def test_the_command_to_distribute_a_file_can_be_pasted(
    via: tuple[str, ...], command: tuple[str, ...]
) -> None:
    assert distribute_command(replace(HERE, via=via), Path("/l.pem"), to=Path("/r.pem")) == command


def test_the_command_to_distribute_a_file_works(path: Path, tmp_path: Path) -> None:
    source = tmp_path / "a b'c.pem"
    source.write_bytes(EVERY_BYTE)
    subprocess.run(distribute_command(HERE, source, to=path), check=True)
    assert path.read_bytes() == EVERY_BYTE
