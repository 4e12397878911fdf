"""Requests to a registry: TLS except on loopback, bounded in time and size, authenticated by `oras`.

`oras` (the extra `registry`) knows how registries ask for tokens; its requests are made through a session
that refuses what an operator would not expect: plain text, endless bodies, redirects to this machine.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from trustconsole import limits
from trustconsole.errors import (
    InputError,
    LimitExceeded,
    Location,
    MalformedInput,
    UnreadableFile,
    UsageError,
)
from trustconsole.release.files import Cancelled
from trustconsole.release.images.credentials import Credentials, find_credentials
from trustconsole.release.images.references import Repository, is_loopback
from trustconsole.text import human_bytes

try:
    import oras.auth
    import requests
    from oras.auth.utils import parse_auth_header
    from requests.adapters import HTTPAdapter
except ImportError as error:
    raise UsageError(
        "references to a registry need an extra that is not installed",
        hint="pip install 'trustconsole[registry]', or verify a saved copy",
    ) from error

if TYPE_CHECKING:
    from requests import PreparedRequest, Response

_API_HOSTS: Final = {"docker.io": "registry-1.docker.io", "index.docker.io": "registry-1.docker.io"}
_CHUNK: Final = 64 * limits.KIB

# What the library has to say would go to standard error as it is, with text of the registry in it.
logging.getLogger("oras.logger").addHandler(logging.NullHandler())
logging.getLogger("oras.logger").propagate = False


@dataclass(frozen=True, slots=True)
class Answer:
    """A registry's answer: status, whole body, headers by lower-case name (untrusted)."""

    status: int
    body: bytes = field(repr=False)
    headers: Mapping[str, str]


class BoundedAdapter(HTTPAdapter):
    """Carries every single request, those of redirects and of token services included, within limits.

    `body_limit` in bytes counts for the next answers; plain text and this machine are allowed where the
    registry itself is on `loopback`.
    """

    def __init__(self, *, loopback: bool, cancelled: Callable[[], bool] | None = None) -> None:
        super().__init__()
        self._cancelled = cancelled
        self.body_limit = limits.CONTAINER_CONFIG_BYTES
        self._loopback = loopback
        self._left = limits.REGISTRY_BYTES
        self._deadline = time.monotonic() + limits.REGISTRY_TOTAL_SECONDS

    def send(self, request: PreparedRequest, *args: Any, **options: Any) -> Response:  # noqa: ANN401  requests' own
        """One request and its whole answer; raises `InputError` for what is refused."""
        self._refuse(request.url or "")
        options["timeout"] = max(0.1, min(limits.REGISTRY_SECONDS, self._deadline - time.monotonic()))
        options["stream"] = True
        response = super().send(request, *args, **options)
        self._read(response)
        return response

    def _go_on(self) -> None:
        if self._cancelled is not None and self._cancelled():
            raise Cancelled

    def _refuse(self, url: str) -> None:
        self._go_on()
        parts = urlsplit(url)
        location = Location(_place(url))
        here = is_loopback(parts.hostname or "")
        if here and not self._loopback:
            raise MalformedInput("leads to this very machine, which it is not on", location=location)
        if parts.scheme != "https" and not here:
            raise MalformedInput("is asked without TLS", hint="use a registry with TLS", location=location)
        if time.monotonic() > self._deadline:
            seconds = int(limits.REGISTRY_TOTAL_SECONDS)
            raise LimitExceeded(f"did not answer everything within {seconds} seconds", location=location)

    def _read(self, response: Response) -> None:
        """The whole body, within the limit; `requests` then takes it as read."""
        location = Location(_place(response.url))
        body = bytearray()
        for chunk in response.iter_content(_CHUNK):
            self._go_on()
            body += chunk
            self._left -= len(chunk)
            limit = self.body_limit if len(body) > self.body_limit else limits.REGISTRY_BYTES
            if len(body) > self.body_limit or self._left < 0:
                raise LimitExceeded(f"answers more than the limit of {human_bytes(limit)}", location=location)
            if time.monotonic() > self._deadline:
                raise LimitExceeded("does not come to an end", location=location)
        response._content = bytes(body)
        response._content_consumed = True  # a private name, and the only way to hand over what was read


def bounded_session(adapter: BoundedAdapter, *, loopback: bool) -> requests.Session:
    """A session all of whose requests `adapter` carries; other schemes than HTTP's have none."""
    session = requests.Session()
    session.adapters.clear()
    for scheme in ("https://", "http://"):
        session.mount(scheme, adapter)
    session.max_redirects = limits.REGISTRY_REDIRECTS
    # Neither ~/.netrc nor, for this machine, a proxy has a say.
    session.auth = _as_it_is
    session.trust_env = not loopback
    return session


def _place(url: str) -> str:
    """A URL without its query, which may hold a token."""
    return url.partition("?")[0]


def _as_it_is(request: PreparedRequest) -> PreparedRequest:
    return request


class Transport:
    """The requests for one repository; the first finds out about TLS and how the registry authenticates."""

    def __init__(
        self,
        repository: Repository,
        environment: Mapping[str, str] | None = None,
        *,
        cancelled: Callable[[], bool] | None = None,
    ) -> None:
        """Reads credentials and asks the registry whether it is one; raises `InputError`."""
        self._repository = repository
        self._host = _API_HOSTS.get(repository.host, repository.host)
        self._adapter = BoundedAdapter(loopback=repository.on_loopback, cancelled=cancelled)
        self._session = bounded_session(self._adapter, loopback=repository.on_loopback)
        given = os.environ if environment is None else environment
        self._credentials: Credentials | None = find_credentials(repository, given)
        self._scheme, challenge = self._probe()
        self._auth = self._backend(challenge)

    def _probe(self) -> tuple[str, str]:
        """The scheme that the registry speaks, and its challenge to whoever is not logged in."""
        schemes = ("https", "http") if self._repository.on_loopback else ("https",)
        for scheme in schemes:
            try:
                response = self._session.get(f"{scheme}://{self._host}/v2/")
            except requests.exceptions.SSLError as error:
                if scheme != schemes[-1]:
                    continue
                raise self._failure(error) from error
            except requests.exceptions.RequestException as error:
                if scheme != schemes[-1] and isinstance(error, requests.exceptions.ConnectionError):
                    continue
                raise self._failure(error) from error
            if response.status_code not in (200, 401, 403):
                raise MalformedInput(
                    f"answers HTTP {response.status_code} where a registry says that it is one",
                    hint="check host and port",
                    location=Location(self._host),
                )
            return scheme, response.headers.get("www-authenticate", "")
        raise AssertionError("the last scheme either answers or raises")

    def _backend(self, challenge: str) -> Any:  # noqa: ANN401  oras has no types
        name = "basic" if challenge.lower().startswith("basic") else "token"
        backend = oras.auth.get_auth_backend(name, self._session, self._scheme == "http", tls_verify=True)
        if self._credentials is not None:
            backend.set_basic_auth(self._credentials.user, self._credentials.secret)
        return backend

    def get(self, path: str, *, accept: str, limit: int) -> Answer:
        """The answer to `GET /v2/REPOSITORY/path`, at most `limit` bytes; raises `InputError`.

        A refusal to whoever is not logged in is raised; 404 and the like are answers.
        """
        name = self._repository.name
        if self._host == "registry-1.docker.io" and "/" not in name:
            name = f"library/{name}"
        url = f"{self._scheme}://{self._host}/v2/{name}/{path}"
        headers = {"Accept": accept, "Accept-Encoding": "identity"}
        try:
            response = self._authenticated(url, headers, limit)
        except requests.exceptions.RequestException as error:
            raise self._failure(error) from error
        except (ValueError, AttributeError, TypeError, KeyError) as error:
            # What the library makes of a challenge or of a token service's answer that is none.
            raise MalformedInput(
                "asks for a login in a way that cannot be understood", location=Location(self._host)
            ) from error
        if response.status_code in (401, 403):
            raise UnreadableFile(
                f"the registry does not let this user read it (HTTP {response.status_code})",
                hint=f"docker login {self._repository.host}",
                location=Location(str(self._repository)),
            )
        lower = {key.lower(): value for key, value in response.headers.items()}
        return Answer(response.status_code, response.content, lower)

    def _authenticated(self, url: str, headers: dict[str, str], limit: int) -> Response:
        known = getattr(self._auth, "token", None)
        first = {**headers, **(self._auth.get_auth_header() if known else {})}
        response = self._ask(url, first, limit)
        if response.status_code != 401:
            return response
        if known is None and not self._may_log_in(response.headers.get("www-authenticate", "")):
            return response
        self._adapter.body_limit = limits.CONTAINER_CONFIG_BYTES
        again, changed = self._auth.authenticate_request(response, dict(headers), refresh=True)
        return self._ask(url, again, limit) if changed else response

    def _may_log_in(self, challenge: str) -> bool:
        """Whether there is anything to answer a challenge with: credentials, or a token service."""
        if challenge.lower().startswith("basic"):
            return self._credentials is not None
        return parse_auth_header(challenge).realm is not None

    def _ask(self, url: str, headers: dict[str, str], limit: int) -> Response:
        self._adapter.body_limit = limit
        return self._session.get(url, headers=headers)

    def _failure(self, error: requests.exceptions.RequestException) -> InputError:
        location = Location(self._host)
        if isinstance(error, requests.exceptions.SSLError):
            words, hint = (
                "has no certificate that this machine trusts",
                "check the host and the CA certificates",
            )
        elif isinstance(error, requests.exceptions.Timeout):
            words, hint = "did not answer in time", "try again, or verify a saved copy"
        elif isinstance(error, requests.exceptions.TooManyRedirects):
            words, hint = f"redirects more than {limits.REGISTRY_REDIRECTS} times", "check the host"
        else:
            words, hint = "cannot be reached", "check host, port and network, or verify a saved copy"
        return UnreadableFile(f"the registry {words}", hint=hint, location=location)
