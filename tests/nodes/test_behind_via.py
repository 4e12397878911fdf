"""Restart truth of nodes on other hosts: clock and files are not ours, and they may be gone."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.nodes.fake_proc import FakeProc
from tests.nodes.site import PID, Site, make_site, put_behind

from trustconsole.nodes import (
    CommandResult,
    NodeReport,
    SilentHosts,
    TargetFiles,
    check_nodes,
    distribute_command,
    run_shell,
)
from trustconsole.records import Evidence, NodeSettings, Observations

MakeProc = Callable[[int], FakeProc]
HOUR = 3600

SHIFTED_STAT = """\
#!/bin/sh
case "$*" in
"-c %Z %z"*) {stat} "$@" | {{ read -r second rest; echo "$((second + {seconds})) $rest"; }} ;;
"-L -c %Y"*) echo "$(($({stat} "$@") + {seconds}))" ;;
*) exec {stat} "$@" ;;
esac
"""
COARSE_STAT = """\
#!/bin/sh
{stat} "$@" | sed 's/\\(:[0-9][0-9]\\)\\.[0-9]\\{{9\\}} /\\1 /'
"""
SYSTEMCTL = """\
#!/bin/sh
case "$*" in *"-- prexorcloud-controller") cat {answer} ;; *) echo "no such call: $*" >&2; exit 1 ;; esac
"""


@pytest.fixture
def there(tmp_path: Path, fake_proc: MakeProc) -> Site:
    """A site whose node is behind a prefix."""
    made = make_site(tmp_path, fake_proc)
    put_behind(made, tmp_path / "programs", "coreutils")
    return made


def _program(site: Site, name: str, text: str) -> None:
    assert site.clock is not None
    path = site.clock.parent / "programs" / name
    path.write_text(text)
    path.chmod(0o755)


def _skew(site: Site, seconds: int) -> None:
    """The other host's clock is so far ahead, and everything that it stamped with it."""
    site.lag = -seconds
    site.proc.set_boot(site.zero - 1_000_000 + seconds)
    stat = shutil.which("stat")
    _program(site, "stat", SHIFTED_STAT.format(stat=stat, seconds=seconds))


SKEWS = [-30 * 86_400, -HOUR, -61, -2, 2, 61, HOUR, 30 * 86_400]


@pytest.mark.parametrize("skew", SKEWS)
def test_a_skewed_clock_changes_no_answer(there: Site, skew: int) -> None:
    _skew(there, skew)
    there.proc.add(PID, 1_000_000 + 120)
    there.write_pid_file(PID, written=120)
    report = there.look(200)
    assert report.state == "current", report.reason
    there.root.write_text("two")
    assert there.look(300).state == "restart"
    there.proc.add(PID + 1, 1_000_000 + 400)
    there.write_pid_file(PID + 1, written=400)
    assert there.look(500).state == "current"


@pytest.mark.parametrize("skew", SKEWS)
def test_no_skew_turns_a_node_green_that_started_before_the_change(there: Site, skew: int) -> None:
    _skew(there, skew)
    there.proc.add(PID, 1_000_000 - 90)
    there.write_pid_file(PID, written=-90)
    assert there.look(200).state == "restart"


@pytest.mark.parametrize("lag", [-HOUR, -3, 3, HOUR])
def test_a_clock_that_was_set_since_is_never_a_reason_for_green(there: Site, lag: int) -> None:
    there.start_node(-90)
    there.lag = lag
    assert there.look(20).state != "current"


@pytest.mark.parametrize("started", [-0.5, 0.0, 0.5, 0.98])
def test_within_the_second_is_unknown(there: Site, started: float) -> None:
    changed = there.root.stat().st_ctime - there.zero
    there.start_node(changed + started)
    there.write_pid_file(PID, written=changed + started + 1)
    assert there.look(200).state == "unknown"


def test_time_stamps_in_whole_seconds_are_taken_at_their_latest(there: Site) -> None:
    stat = shutil.which("stat")
    _program(there, "stat", COARSE_STAT.format(stat=stat))
    changed = there.config.stat().st_ctime_ns // 10**9 + 1 - there.zero
    there.start_node(changed + 0.9)
    there.write_pid_file(PID, written=changed + 2)
    assert there.look(200).state == "unknown"
    there.start_node(changed + 3, pid=PID + 1)
    assert there.look(210).state == "current"


def test_another_digest_there_needs_the_file_first_and_names_it(there: Site) -> None:
    own = there.directory / "there.pem"
    own.write_text("another")
    there.nodes = (replace(there.nodes[0], role="daemon", trust_root=Path("there.pem")),)
    there.start_node(120)
    report = there.look(200)
    assert report.state == "restart"
    assert "bring it there, then restart" in report.reason
    [mismatch] = report.file_mismatch
    assert (mismatch.role, mismatch.path, mismatch.target) == ("trust root", own, there.root)
    assert mismatch.command == distribute_command(replace(there.nodes[0], via=there.via), there.root, to=own)
    own.write_bytes(there.root.read_bytes())
    assert there.look(300).state == "restart"
    there.start_node(320, pid=PID + 1)
    report = there.look(400)
    assert (report.state, report.file_mismatch) == ("current", ())


def _systemd(site: Site, second: float, invocation: str) -> None:
    assert site.clock is not None
    started = datetime.fromtimestamp(site.zero + second, UTC)
    answer = site.clock.parent / "unit"
    answer.write_text(
        f"LoadState=loaded\nActiveState=active\nMainPID={PID}\nInvocationID={invocation}\n"
        f"ExecMainStartTimestamp={started:%a %Y-%m-%d %H:%M:%S} UTC\nExecMainStartTimestampMonotonic=1\n"
    )
    site.proc.add(PID, 1_000_000 + second)
    _program(site, "systemctl", SYSTEMCTL.format(answer=answer))


def test_a_unit_is_known_by_its_invocation_and_not_by_its_pid(there: Site) -> None:
    there.nodes = (replace(there.nodes[0], evidence=Evidence("systemd", "prexorcloud-controller")),)
    _systemd(there, 120, "aaaa")
    report = there.look(200)
    assert (report.state, report.identity) == ("current", "aaaa")
    assert report.evidence.startswith("systemd unit prexorcloud-controller, pid 4711 since ")
    there.root.write_text("two")
    assert there.look(300).state == "restart"
    _systemd(there, 400, "aaaa")  # the same run, whatever its times say now
    assert there.look(500).state == "restart"
    _systemd(there, 520, "bbbb")
    assert there.look(600).state == "current"


def test_a_process_is_found_by_its_arguments_there(there: Site) -> None:
    there.nodes = (replace(there.nodes[0], evidence=Evidence("process", "-jar it's $HOME/x.jar")),)
    there.proc.add(11, 1_000_120, argv="java -jar it's $HOME/x.jar")
    there.proc.add(12, 1_000_130, argv="java -jar it's $HOME/x.jar --second")
    there.proc.add(13, 1_000_001, argv="java -jar other.jar")
    report = there.look(200)
    assert (report.state, report.identity) == ("current", f"6f1c/11/{1_000_120 * 10**9}")
    assert "the oldest of 2 processes" in report.evidence


@pytest.mark.parametrize(
    ("via", "reason"),
    [
        (("/nonexistent/ssh", "x"), "gave no answer: /nonexistent/ssh cannot be run: No such file"),
        (("ssh", "-p", "1", "127.0.0.1"), "(try: ssh -o BatchMode=yes -p 1 127.0.0.1 true)"),
        (("sh", "-c", "exec sh </dev/null"), "passes no standard input on (docker and kubectl need -i)"),
        (("sh", "-c", "echo 'Host key verification failed.' >&2; exit 255"), "Host key verification failed."),
        (("env", "PATH=/nonexistent"), "finds no sh"),
        (("sh", "-c", "head -n 5 | sh; exit 255"), "cannot be reached: "),
    ],
)
def test_a_host_that_does_not_answer_is_unknown_with_the_reason(
    tmp_path: Path, via: tuple[str, ...], reason: str
) -> None:
    root = tmp_path / "root.pem"
    root.write_text("one")
    node = NodeSettings("far", "daemon", Evidence("pid_file", "n.pid"), via=via, restart=("systemctl", "x y"))
    report = check_nodes(
        [node], TargetFiles(tmp_path, trust_root=root), Observations(), now=datetime.now(UTC)
    ).nodes[0]
    assert report.state == "unknown"
    assert reason in report.reason


def test_what_a_login_prints_is_not_taken_for_an_answer(there: Site) -> None:
    there.start_node(120)
    noise = "echo 'welcome'; echo 'digest-0 0000'; printf 'no line end'; exec \"$0\" \"$@\""
    there.via = ("sh", "-c", noise, *there.via)
    assert there.look(200).state == "current"


@pytest.mark.parametrize(("skew", "words"), [(-600, "10 min behind"), (7300, "2 h ahead of"), (5, "")])
def test_a_clock_far_off_is_said(there: Site, skew: int, words: str) -> None:
    there.lag = -skew
    evidence = there.look(time.time() - there.zero).evidence
    assert f", its clock {words} this host's" in evidence if words else "its clock" not in evidence


def test_hosts_are_asked_at_the_same_time_and_reported_in_order(tmp_path: Path) -> None:
    root = tmp_path / "root.pem"
    root.write_text("one")
    together = threading.Barrier(4, timeout=20)

    def shell(argv: Sequence[str], script: bytes) -> CommandResult:
        together.wait()  # breaks where they are asked one after the other
        return CommandResult(None, problem="dead") if "dead" in argv else run_shell(argv[1:], script)

    nodes = [
        NodeSettings(name, "daemon", Evidence("process", "no such process"), via=(name, "env"))
        for name in ("z", "dead", "a", "m")
    ]
    report = check_nodes(
        nodes, TargetFiles(tmp_path, trust_root=root), Observations(), now=datetime.now(UTC), shell=shell
    )
    assert [node.name for node in report.nodes] == ["z", "dead", "a", "m"]
    reasons = [node.reason for node in report.nodes]
    assert reasons[1] == "dead env gave no answer: dead"
    assert all(reason.startswith("no process runs with") for reason in (*reasons[:1], *reasons[2:]))


def _fifo(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def test_a_host_that_hangs_is_not_asked_at_every_look_of_a_session(tmp_path: Path) -> None:
    root = tmp_path / "root.pem"
    root.write_text("one")
    clock, asked = [1000.0], []

    def shell(argv: Sequence[str], script: bytes) -> CommandResult:
        asked.append(argv[0])
        if argv[0] == "hangs" and len(asked) < 4:
            clock[0] += 10
            return CommandResult(None, problem="hangs did not answer in time")
        return run_shell(argv[1:], script)

    silent = SilentHosts(clock=lambda: clock[0])
    nodes = [NodeSettings("n", "daemon", Evidence("process", "no such"), via=("hangs", "env"))]

    def reason() -> str:
        targets = TargetFiles(tmp_path, trust_root=root)
        found = check_nodes(
            nodes, targets, Observations(), now=datetime.now(UTC), shell=shell, silent=silent
        ).nodes[0]
        assert found.state == "unknown"
        return found.reason

    assert "did not answer in time" in reason()
    clock[0] += 5
    assert reason().endswith("did not answer in time; it is asked again in 25 s")
    assert asked == ["hangs"]
    clock[0] += 26
    assert "asked again" not in reason()
    asked += ["hangs", "hangs"]
    clock[0] += 31
    assert reason().startswith("no process runs with")
    assert reason().startswith("no process runs with")


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (lambda path: path.unlink(), "does not exist there"),
        (lambda path: (path.unlink(), path.mkdir()), "is no regular file there"),
        (_fifo, "is no regular file there"),
        (lambda path: (path.unlink(), path.symlink_to("gone")), "is a link that leads nowhere there"),
        (lambda path: (path.unlink(), path.symlink_to(path.name)), "is a link that leads nowhere there"),
        (lambda path: path.write_bytes(b"x" * (1024 * 1024 + 1)), "is larger there than the limit"),
    ],
)
def test_a_file_that_is_none_is_unknown_with_the_reason(
    there: Site, make: Callable[[Path], object], problem: str
) -> None:
    own = there.directory / "it's $HOME.pem"
    own.write_bytes(there.root.read_bytes())
    there.nodes = (replace(there.nodes[0], role="daemon", trust_root=Path(own.name)),)
    there.start_node(120)
    assert there.look(200).state == "current"
    make(own)
    report = there.look(300)
    assert report.state == "unknown"
    assert f"trust root {problem}" in report.reason


def test_controller_yml_travels_once_and_counts_by_its_values(there: Site) -> None:
    answers: list[CommandResult] = []

    def shell(argv: Sequence[str], script: bytes) -> CommandResult:
        answers.append(run_shell(argv, script))
        return answers[-1]

    def look(second: float) -> NodeReport:
        there.shell = shell
        return there.look(second)

    there.config.write_text(f"# {there.directory}\n" + there.config.read_text())
    there.start_node(120)
    assert look(200).state == "current"
    there.config.write_text(there.config.read_text() + "http: { port: 9090 }\n")
    assert look(300).state == "current"
    assert look(400).state == "current"
    sent = ["content-" in answer.output for answer in answers]
    assert sent == [True, True, False]


def test_a_config_that_the_build_does_not_load_is_unknown(there: Site) -> None:
    there.nodes = (replace(there.nodes[0], config=Path("own.yml")),)
    (there.directory / "own.yml").write_text("modules: { signing: { mode: NONSENSE } }\n")
    there.start_node(120)
    assert "because the build does not load it" in there.look(200).reason
