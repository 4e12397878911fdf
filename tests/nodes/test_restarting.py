"""One node is restarted by its own command, and waited for until it says that it is ready."""

from __future__ import annotations

import http.server
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from trustconsole.nodes import ReadyWait, restart, wait_ready
from trustconsole.records import NodeSettings

NODE = NodeSettings("controller-1", "controller", restart=("true",))


def _running(script: str, **more: Any) -> NodeSettings:
    return replace(NODE, restart=("sh", "-c", script), **more)


def test_lines_come_while_the_command_runs(tmp_path: Path) -> None:
    go = tmp_path / "go"
    lines: list[str] = []

    def take(line: str) -> None:
        lines.append(line)
        go.write_text("")  # the command waits for it: a line that came late would never end this test

    run = restart(
        _running(f"echo stopping; while [ ! -e '{go}' ]; do sleep 0.05; done; echo started >&2"),
        on_output=take,
    )
    assert (run.status, run.problem, run.succeeded) == (0, None, True)
    assert lines == ["stopping", "started"]
    assert run.output == "stopping\nstarted"


@pytest.mark.parametrize("via", [(), ("env",), ("sh", "-c", 'exec "$@"', "x")])
def test_arguments_reach_the_command_as_they_are_written(via: tuple[str, ...]) -> None:
    words = ("printf", "[%s]\\n", "a b", "it's", "$HOME", "*", "", "x;y")
    run = restart(replace(NODE, via=via, restart=words))
    assert run.output == "\n".join(f"[{word}]" for word in words[2:])


def test_a_join_for_a_second_shell_changes_no_argument() -> None:
    """What ssh does: the words are joined by spaces and given to a shell of the other side."""
    joined = ("sh", "-c", 'exec sh -c "$*"', "ssh")
    for words in (("echo", "plain", "--now"), ("printf", "[%s]", "a b", "it's $HOME")):
        here = restart(replace(NODE, restart=words))
        assert restart(replace(NODE, via=joined, restart=words)) == here


@pytest.mark.parametrize(
    ("node", "status", "problem"),
    [
        (replace(NODE, restart=()), None, "name no restart command for controller-1"),
        (_running("echo Unit not found. >&2; exit 5"), 5, "ended with exit code 5: Unit not found."),
        (_running("kill -9 $$"), -9, "was ended by signal 9"),
        (replace(NODE, restart=("/nonexistent",)), None, "/nonexistent cannot be run: No such file"),
    ],
)
def test_a_restart_that_does_not_end_well_says_why(
    node: NodeSettings, status: int | None, problem: str
) -> None:
    run = restart(node)
    assert (run.status, run.succeeded) == (status, False)
    assert problem in (run.problem or "")


def test_a_restart_that_hangs_is_ended_with_its_children(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    run = restart(_running(f"sleep 600 & echo $! > '{pid}'; wait", via=("env",)), seconds=0.5)
    assert (run.status, run.succeeded) == (None, False)
    assert "did not end: " in (run.problem or "")
    assert "it may still run there" in (run.problem or "")
    until = time.monotonic() + 10
    while Path(f"/proc/{pid.read_text().strip()}/exe").exists() and time.monotonic() < until:
        time.sleep(0.02)
    assert not Path(f"/proc/{pid.read_text().strip()}/exe").exists()


def test_a_restart_can_be_cancelled() -> None:
    seen = threading.Event()
    run = restart(
        _running("echo up; sleep 600"), on_output=lambda _: seen.set(), cancelled=seen.is_set, seconds=60
    )
    assert "was cancelled" in (run.problem or "")
    assert run.output == "up"


def test_a_chatty_restart_is_not_ended_and_not_kept_whole() -> None:
    count = 0

    def take(_: str) -> None:
        nonlocal count
        count += 1

    run = restart(_running("yes 0123456789 | head -n 100000"), on_output=take)
    assert (run.status, count) == (0, 100_000)
    assert len(run.output) < 300_000


def test_bytes_that_are_no_text_and_lines_without_end_do_no_harm() -> None:
    run = restart(_running("printf '\\377\\033[31m'; head -c 100000 /dev/zero | tr '\\0' x"))
    assert run.succeeded
    assert run.output.startswith("\ufffd\x1b[31m")


def test_a_child_that_keeps_the_output_open_is_not_waited_for(tmp_path: Path) -> None:
    go = tmp_path / "go"
    run = restart(_running(f"(while [ ! -e '{go}' ]; do sleep 0.05; done) & echo done"), seconds=30)
    go.write_text("")
    assert (run.problem, run.output) == (None, "done")


@contextmanager
def _serving(answers: list[int], body: bytes = b"{}") -> Iterator[str]:
    """A server that gives these answers in turn, then the last one again and again."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status = answers.pop(0) if len(answers) > 1 else answers[0]
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/ready?x=1"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize("via", [(), ("env",)])
def test_a_node_is_ready_when_it_answers_200(via: tuple[str, ...]) -> None:
    if via and not (shutil.which("curl") or shutil.which("wget")):
        pytest.skip("neither curl nor wget is installed")
    heard: list[str] = []
    with _serving([503, 503, 200], b'{"status": "NOT_READY"}') as url:
        wait = wait_ready(replace(NODE, ready=url, via=via), on_answer=heard.append)
    assert wait == ReadyWait("ready", f"{url} answers 200")
    assert heard == ["answers 503" if via else 'answers 503 {"status": "NOT_READY"}']


def test_wget_asks_where_there_is_no_curl(tmp_path: Path) -> None:
    wget, sh = shutil.which("wget"), shutil.which("sh")
    if wget is None or sh is None:
        pytest.skip("wget is not installed")
    (tmp_path / "wget").symlink_to(wget)
    (tmp_path / "sh").symlink_to(sh)
    node = replace(NODE, via=(shutil.which("env") or "env", f"PATH={tmp_path}"))
    with _serving([200]) as url:
        assert wait_ready(replace(node, ready=url)).state == "ready"
    (tmp_path / "wget").unlink()
    wait = wait_ready(replace(node, ready="http://localhost:1/ready"), seconds=0.1)
    assert "has neither curl nor wget" in wait.reason


def test_proxies_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with _serving([200]) as url:
        assert wait_ready(replace(NODE, ready=url)).state == "ready"
        if shutil.which("curl") or shutil.which("wget"):
            assert wait_ready(replace(NODE, ready=url, via=("env",))).state == "ready"


@pytest.mark.parametrize("status", [204, 302, 401, 404, 503])
def test_no_other_answer_is_ready_and_no_redirect_is_followed(status: int) -> None:
    with _serving([status]) as url:
        wait = wait_ready(replace(NODE, ready=url), seconds=0.1)
    assert wait.state == "not-ready"
    assert f"controller-1 is not ready after 0.1 s: answers {status}" in wait.reason


def _garbage(connection: socket.socket) -> None:
    connection.recv(1000)
    connection.sendall(b"\x00\xff garbage\r\n\r\n")


def _nothing(connection: socket.socket) -> None:
    connection.recv(1000)


def _flood(connection: socket.socket) -> None:
    connection.recv(1000)
    connection.sendall(b"HTTP/1.1 200 OK\r\n" + b"x" * 2_000_000)


@pytest.mark.parametrize("answer", [_garbage, _nothing, _flood])
def test_answers_that_are_none_are_not_ready(answer: Callable[[socket.socket], None]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                try:
                    answer(connection)
                except OSError:
                    return  # the other side had enough

        thread = threading.Thread(target=serve)
        thread.start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}/ready"
        wait = wait_ready(replace(NODE, ready=url), seconds=0.1)
        thread.join()
    assert wait.state == "not-ready"
    assert "no answer: " in wait.reason


@pytest.mark.parametrize(
    "url", ["http://[::1/x", "http://127.0.0.1:99999/", "http://", "http://a b/", "http:///x"]
)
def test_a_url_that_is_none_is_not_ready(url: str) -> None:
    assert wait_ready(replace(NODE, ready=url), seconds=0.1).state == "not-ready"


def test_without_a_url_nothing_is_asked_and_that_is_said() -> None:
    assert wait_ready(NODE).state == "unasked"


def test_waiting_can_be_cancelled() -> None:
    asked = threading.Event()
    wait = wait_ready(
        replace(NODE, ready="http://127.0.0.1:1/ready"),
        on_answer=lambda _: asked.set(),
        cancelled=asked.is_set,
    )
    assert wait.state == "cancelled"
