"""Asking a transparency log over the network for the entries about a file; only ever on the operator's word.

What comes back is untrusted and verified like an entry from a file. Bounded in time and size, TLS except on
the loopback, no redirects. Source: Rekor v1 (`/api/v1/index/retrieve`, `/api/v1/log/entries/{uuid}`).
"""

from __future__ import annotations

import ipaddress
import json
import re
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http.client import HTTPException, HTTPMessage
from queue import Empty, SimpleQueue
from typing import IO, Final
from urllib.parse import urlsplit

from trustconsole import limits
from trustconsole.errors import InputError, LimitExceeded, Location, MalformedInput, UnreadableFile
from trustconsole.release.log_answers import parse_entries
from trustconsole.strict_text import strict_json
from trustconsole.text import human_bytes
from trustconsole.trust_root import TrustedRoot, packaged_trusted_root, spki_der
from trustconsole.verification.log_entry import LogEntry, log_id_of
from trustconsole.verification.sigstore.known_logs import KnownLog

_UUID: Final = re.compile(r"[0-9a-f]{64}([0-9a-f]{16})?")
_CHUNK: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class LogSearch:
    """Where logs are asked; `seconds` bounds everything together."""

    addresses: tuple[str, ...]
    seconds: float = limits.ONLINE_SECONDS

    def entries_about(self, sha256: str) -> tuple[LogEntry, ...]:
        """Every entry that the logs have about a file of that digest (lowercase hex).

        Raises an `InputError` where a log cannot be asked or answers something else.
        """
        return _within(self.seconds, self.addresses, lambda deadline: self._ask(sha256, deadline))

    def _ask(self, sha256: str, deadline: float) -> tuple[LogEntry, ...]:
        """What any log knows; an error only where no log knows anything."""
        found: list[LogEntry] = []
        errors: list[InputError] = []
        for address in self.addresses:
            try:
                found.extend(_entries_of(address, sha256, deadline))
            except InputError as error:
                errors.append(error)
        if errors and not found:
            raise errors[0]
        return tuple(found)


def addresses_of(logs: Sequence[KnownLog], root: TrustedRoot) -> tuple[str, ...]:
    """Where the logs that count are found: as `root` says, else the packaged trusted root, for the same key.

    Only logs of Rekor v1 can be searched.
    """
    packaged = packaged_trusted_root().root
    found: list[str] = []
    for log in logs:
        if log.log_id != log_id_of(log.key):
            continue
        for listed in (root.logs, packaged.logs):
            same = [one.base_url for one in listed if one.key_bytes == spki_der(log.key)]
            if same:
                found.extend(same)
                break
    return tuple(dict.fromkeys(found))


def _entries_of(address: str, sha256: str, deadline: float) -> list[LogEntry]:
    base = _checked(address)
    query = json.dumps({"hash": f"sha256:{sha256}"}).encode()
    found: list[LogEntry] = []
    for uuid in _uuids(_fetch(f"{base}/api/v1/index/retrieve", query, deadline), base):
        url = f"{base}/api/v1/log/entries/{uuid}"
        found.extend(parse_entries(_fetch(url, None, deadline), url))
    return found


def _uuids(answer: bytes, where: str) -> tuple[str, ...]:
    document = strict_json(answer, where)
    if not isinstance(document, list):
        raise MalformedInput("does not answer a search with a list", location=Location(where))
    if len(document) > limits.LOG_ENTRIES:
        raise LimitExceeded(
            f"knows more than {limits.LOG_ENTRIES} entries about this file",
            hint="fetch the right one yourself and give it with --entry F",
            location=Location(where),
        )
    for uuid in document:
        if not isinstance(uuid, str) or not _UUID.fullmatch(uuid):
            raise MalformedInput("answers a search with something that is no entry", location=Location(where))
    return tuple(document)


def _checked(address: str) -> str:
    """The address without its last slash; only TLS leaves this machine."""
    parts = urlsplit(address)
    if parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(parts.hostname or "")):
        return address.rstrip("/")
    raise MalformedInput(
        "is no address that may be asked: https, or http on the loopback", location=Location(address)
    )


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,  # noqa: ARG002  the signature is urllib's
    ) -> None:
        """A log answers itself; whoever sends us elsewhere is not asked."""
        raise urllib.error.HTTPError(req.full_url, code, msg, headers, fp)


def _opener(url: str) -> urllib.request.OpenerDirector:
    """A proxy of the environment counts, but never for this machine itself."""
    proxies: dict[str, str] | None = {} if _is_loopback(urlsplit(url).hostname or "") else None
    return urllib.request.build_opener(urllib.request.ProxyHandler(proxies), _NoRedirects)


def _fetch(url: str, body: bytes | None, deadline: float) -> bytes:
    headers = {"Accept": "application/json", "User-Agent": "trustconsole"}
    if body is not None:
        headers["Content-Type"] = "application/json"
    request = urllib.request.Request(url, data=body, headers=headers)  # noqa: S310  `_checked` saw the scheme
    try:
        with _opener(url).open(request, timeout=max(0.1, deadline - time.monotonic())) as answer:
            return _bounded(answer, url, deadline)
    except urllib.error.HTTPError as error:
        with error:
            raise _unanswered(url, f"it answered {error.code}") from error
    except (OSError, HTTPException, ValueError) as error:
        reason = error.reason if isinstance(error, urllib.error.URLError) else error
        raise _unanswered(url, str(reason) or type(reason).__name__) from error


def _bounded(answer: IO[bytes], url: str, deadline: float) -> bytes:
    data = bytearray()
    while chunk := answer.read(_CHUNK):
        data += chunk
        if len(data) > limits.ENTRY_FILE_BYTES:
            raise LimitExceeded(
                f"answers with more than {human_bytes(limits.ENTRY_FILE_BYTES)}", location=Location(url)
            )
        if time.monotonic() > deadline:
            raise _unanswered(url, "it took too long")
    return bytes(data)


def _unanswered(url: str, reason: str) -> UnreadableFile:
    return UnreadableFile(
        f"the log could not be asked: {reason}",
        hint="fetch the entry on another machine and give it with --entry F",
        location=Location(url),
    )


def _within(
    seconds: float, addresses: Sequence[str], ask: Callable[[float], tuple[LogEntry, ...]]
) -> tuple[LogEntry, ...]:
    """What `ask` answers, at the latest after `seconds`, however slowly names resolve or bytes drip."""
    answers: SimpleQueue[tuple[LogEntry, ...] | InputError] = SimpleQueue()
    deadline = time.monotonic() + seconds

    def run() -> None:
        try:
            answers.put(ask(deadline))
        except InputError as error:
            answers.put(error)

    threading.Thread(target=run, name="log-search", daemon=True).start()
    try:
        answer = answers.get(timeout=seconds)
    except Empty:
        raise _unanswered(", ".join(addresses), f"no answer within {seconds:g} seconds") from None
    if isinstance(answer, InputError):
        raise answer
    return answer
