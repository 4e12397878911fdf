"""One question whether a node is ready: 200 from its URL and nothing else.

No redirect is followed and no proxy is asked, so that the answer is of the very host that the settings name.
Waiting, and what to do about the answer, is `restarting`'s.
"""

from __future__ import annotations

import http.client
import shlex
import socket
import ssl
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from trustconsole import limits
from trustconsole.nodes.via import Shell, ask

_OK = 200
_WORDS_CHARS = 120


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether the answer was 200, and the answer in (untrusted) words."""

    ready: bool
    words: str


def ask_ready(url: str, via: Sequence[str], shell: Shell) -> Readiness:
    """Ask once, bounded in time and size; never raises over the answer."""
    try:
        parts = urlsplit(url)
        loopback = _is_loopback(parts.hostname or "")
        if via and loopback:
            return _ask_there(url, via, shell)
        return _ask_here(parts)
    except (ValueError, http.client.InvalidURL):
        return Readiness(False, f"{url} is no possible URL: mend ready in the settings")


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _ask_here(parts: SplitResult) -> Readiness:
    seconds = limits.READY_ANSWER_SECONDS
    host, port = parts.hostname or "", parts.port
    connection = (
        http.client.HTTPSConnection(host, port, timeout=seconds, context=ssl.create_default_context())
        if parts.scheme == "https"
        else http.client.HTTPConnection(host, port, timeout=seconds)
    )
    # A timeout counts anew for every piece that trickles in; the guard bounds the whole answer.
    guard = threading.Timer(seconds, _cut, (connection,))
    guard.daemon = True
    guard.start()
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("GET", target, headers={"Connection": "close"})
        answer = connection.getresponse()
        body = answer.read(limits.READY_ANSWER_BYTES).decode("utf-8", "replace")
    except (OSError, http.client.HTTPException) as error:
        return Readiness(False, f"no answer: {_reason(error)}")
    finally:
        guard.cancel()
        connection.close()
    if answer.status == _OK:
        return Readiness(True, "200")
    return Readiness(False, f"answers {answer.status} {' '.join(body.split())[:_WORDS_CHARS]}".rstrip())


def _cut(connection: http.client.HTTPConnection) -> None:
    if connection.sock is not None:
        with suppress(OSError):
            connection.sock.shutdown(socket.SHUT_RDWR)


def _reason(error: OSError | http.client.HTTPException) -> str:
    if isinstance(error, TimeoutError):
        return f"nothing within {limits.READY_ANSWER_SECONDS:g} s"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error)[:_WORDS_CHARS] or type(error).__name__


def _ask_there(url: str, via: Sequence[str], shell: Shell) -> Readiness:
    seconds = f"{limits.READY_ANSWER_SECONDS:g}"
    quoted = shlex.quote(url)
    answer = ask(
        via,
        "http_proxy= https_proxy= all_proxy=; export http_proxy https_proxy all_proxy\n"
        "if command -v curl >/dev/null 2>&1; then\n"
        f"say code \"$(curl -s -o /dev/null -m {seconds} -w '%{{http_code}}' {quoted} 2>/dev/null)\"\n"
        "elif command -v wget >/dev/null 2>&1; then\n"
        f"wget -q -T {seconds} -O /dev/null {quoted} >/dev/null 2>&1 && say code 200 || say code 000\n"
        "else say code none; fi",
        shell,
    )
    code = answer.get("code")
    if code is None or answer.problem is not None:
        return Readiness(False, answer.problem or "no answer")
    if code == "none":
        return Readiness(
            False, "it has neither curl nor wget to be asked with; give a URL that this host reaches"
        )
    if code == str(_OK):
        return Readiness(True, "200")
    return Readiness(False, "no answer" if code == "000" else f"answers {code[:_WORDS_CHARS]}")
