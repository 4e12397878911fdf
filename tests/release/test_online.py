"""A log is asked only when told to, within bounds of time and size, and never believed."""

from __future__ import annotations

import json
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from tests.release.conftest import Ask
from tests.release.making_releases import SIGNED, Publisher, Release, rekor_answer, sha256

from trustconsole import limits
from trustconsole.demo.signing import JsonObject
from trustconsole.errors import InputError, LimitExceeded, MalformedInput, UnreadableFile, UsageError
from trustconsole.release import ReleaseRequest, verify_release
from trustconsole.release.online import LogSearch
from trustconsole.release.policy import PolicyOptions

UUID = "108e9186e8c5677a" + "ab" * 32
Answer = Callable[[BaseHTTPRequestHandler, bytes], None]


@contextmanager
def serving(answer: Answer) -> Iterator[tuple[str, list[str]]]:
    """A server on the loopback; its address, and what it was asked."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(f"GET {self.path}")
            answer(self, b"")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            asked.append(f"POST {self.path} {body.decode()}")
            answer(self, body)

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def send(handler: BaseHTTPRequestHandler, value: object, *, code: int = 200) -> None:
    data = json.dumps(value).encode()
    handler.send_response(code)
    handler.send_header("Content-Length", str(len(data)))
    handler.end_headers()
    handler.wfile.write(data)


def log_of(entries: dict[str, JsonObject], digest: str) -> Answer:
    """A log that knows these entries about the file of that digest."""

    def answer(handler: BaseHTTPRequestHandler, body: bytes) -> None:
        if handler.path == "/api/v1/index/retrieve":
            found = json.loads(body) == {"hash": f"sha256:{digest}"}
            send(handler, list(entries) if found else [])
            return
        uuid = handler.path.rpartition("/")[2]
        send(handler, rekor_answer(entries[uuid], uuid=uuid))

    return answer


def test_the_log_is_asked_only_on_request_and_proves_the_time(
    ask: Ask, release: Release, tmp_path: Path
) -> None:
    other = release.publisher.entry(b"another file", release.signature, release.leaf)
    entries = {"cd" * 32: other, UUID: release.entry()}
    with serving(log_of(entries, sha256(release.checksums))) as (address, asked):
        policy = PolicyOptions(trusted_root=release.publisher.trusted_root(tmp_path, address=address))
        assert ask(policy=policy).code == "time-unproven"
        assert asked == []
        report = ask(policy=policy, online=True)
        assert (report.verdict, report.verified_time) == ("accept", SIGNED)
        assert len(asked) == 3
        assert all(line.startswith(("POST /api/v1/index", "GET /api/v1/log/entries/")) for line in asked)


def test_a_release_that_needs_no_log_is_verified_without_asking(ask: Ask, release: Release) -> None:
    release.bundle()
    with serving(log_of({}, "")) as (address, asked):
        path = release.publisher.trusted_root(release.directory.parent, address=address)
        assert ask(policy=PolicyOptions(trusted_root=path), online=True).verdict == "accept"
        assert asked == []


def test_entries_about_other_signers_prove_nothing_and_are_told(
    ask: Ask, release: Release, tmp_path: Path
) -> None:
    stranger = Publisher("stranger")
    entry = stranger.entry(release.checksums, release.signature, stranger.leaf())
    with serving(log_of({UUID: entry}, sha256(release.checksums))) as (address, _):
        policy = PolicyOptions(trusted_root=release.publisher.trusted_root(tmp_path, address=address))
        report = ask(policy=policy, online=True)
    assert report.code == "time-unproven"
    assert "entry-not-found" in {finding.id for finding in report.findings}


def test_a_log_that_cannot_be_reached_leaves_the_verdict_open(
    ask: Ask, release: Release, tmp_path: Path
) -> None:
    policy = PolicyOptions(
        trusted_root=release.publisher.trusted_root(tmp_path, address="http://127.0.0.1:1")
    )
    report = ask(policy=policy, online=True)
    assert report.code == "time-unproven"
    (finding,) = [one for one in report.findings if one.id == "entry-not-found"]
    assert "could not be asked" in finding.cause
    assert "--entry" in finding.next


def test_without_a_known_address_the_question_is_wrong_usage(
    ask: Ask, release: Release, tmp_path: Path
) -> None:
    policy = PolicyOptions(
        roots=release.publisher.roots(tmp_path), rekor_key=release.publisher.log_key(tmp_path)
    )
    with pytest.raises(UsageError, match="--online"):
        ask(policy=policy, online=True)


def test_a_log_that_fails_does_not_hide_what_another_knows(release: Release) -> None:
    digest = sha256(release.checksums)
    with serving(log_of({UUID: release.entry()}, digest)) as (address, _):
        (entry,) = LogSearch(("http://127.0.0.1:1", address)).entries_about(digest)
        assert entry.integrated_time == int(SIGNED.timestamp())
        with pytest.raises(UnreadableFile):
            LogSearch(("http://127.0.0.1:1", address)).entries_about("ab" * 32)


def _too_large(handler: BaseHTTPRequestHandler, _body: bytes) -> None:
    handler.send_response(200)
    handler.end_headers()
    try:
        for _ in range(limits.ENTRY_FILE_BYTES // 65_536 + 16):
            handler.wfile.write(b"x" * 65_536)
    except OSError:
        pass


def _elsewhere(handler: BaseHTTPRequestHandler, _body: bytes) -> None:
    handler.send_response(307)
    handler.send_header("Location", "http://127.0.0.1:1/elsewhere")
    handler.send_header("Content-Length", "0")
    handler.end_headers()


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        (_too_large, LimitExceeded, "more than"),
        (_elsewhere, UnreadableFile, "307"),
        (lambda handler, _: send(handler, {}, code=500), UnreadableFile, "500"),
        (lambda handler, _: send(handler, {"not": "a list"}), MalformedInput, "a list"),
        (lambda handler, _: send(handler, ["../../etc"]), MalformedInput, "no entry"),
        (lambda handler, _: send(handler, [7]), MalformedInput, "no entry"),
        (lambda handler, _: send(handler, [UUID] * 33), LimitExceeded, "more than 32"),
    ],
)
def test_a_hostile_answer_ends_in_one_clear_sentence(
    answer: Answer, error: type[InputError], words: str
) -> None:
    with serving(answer) as (address, _), pytest.raises(error) as caught:
        LogSearch((address,)).entries_about("ab" * 32)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_log_that_drips_is_left_when_the_time_is_over() -> None:
    over = threading.Event()

    def drip(handler: BaseHTTPRequestHandler, _body: bytes) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            while not over.wait(0.01):
                handler.wfile.write(b" ")
                handler.wfile.flush()
        except OSError:
            pass

    with serving(drip) as (address, _):
        began = time.monotonic()
        with pytest.raises(UnreadableFile, match=r"took too long|no answer within"):
            LogSearch((address,), seconds=0.3).entries_about("ab" * 32)
        over.set()
    assert time.monotonic() - began < 30


@pytest.mark.parametrize(
    "address", ["http://rekor.example", "ftp://127.0.0.1", "file:///etc/passwd", "", "http://127.0.0.1.evil/"]
)
def test_only_tls_leaves_this_machine(address: str) -> None:
    with pytest.raises(InputError, match="no address that may be asked"):
        LogSearch((address,)).entries_about("ab" * 32)


@pytest.mark.vectors
def test_the_public_entry_of_a_real_release_proves_its_time_when_the_log_is_asked(
    vectors: Path, tmp_path: Path
) -> None:
    """The release is laid out as `.sig` and `.pem`, so that only the replayed answer tells the time."""
    source = vectors / "cosign/goreleaser-example-secure"
    bundle = json.loads(source.joinpath("bundle.json").read_text(encoding="utf-8"))
    directory = tmp_path / "release"
    directory.mkdir()
    shutil.copy(source / "artifact", directory / "checksums.txt")
    directory.joinpath("checksums.txt.sig").write_text(bundle["base64Signature"], encoding="ascii")
    directory.joinpath("checksums.txt.pem").write_text(bundle["cert"], encoding="ascii")
    digest = sha256(source.joinpath("artifact").read_bytes())
    public = vectors / "trusted_root/public-good/trusted_root.json"
    with serving(log_of({UUID: bundle["rekorBundle"]}, digest)) as (address, asked):
        root = json.loads(public.read_text(encoding="utf-8"))
        for log in root["tlogs"]:
            log["baseUrl"] = address
        path = tmp_path / "trusted_root.json"
        path.write_text(json.dumps(root), encoding="utf-8")
        now = datetime(2026, 11, 26, tzinfo=UTC)
        own = "https://github.com/goreleaser/example-secure/.github/workflows/release.yml@refs/tags/v0.1.0"
        policy = PolicyOptions(trusted_root=path, identity=own)
        report = verify_release(ReleaseRequest(directory, now, now, policy, online=True))
    assert report.signed
    assert report.verified_time == datetime(2025, 12, 5, 16, 33, 42, tzinfo=UTC)
    assert (report.verdict, report.code) == ("reject", "nothing-present")
    assert f"GET /api/v1/log/entries/{UUID}" in asked
