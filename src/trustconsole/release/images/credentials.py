"""An operator's credentials for a registry, from the configuration that container tools already use.

Read as `containers-auth.json(5)` and Docker's `config.json` say; nothing is ever written, and a secret goes
nowhere but to the registry (or to the token service that the registry names, over TLS).
"""

from __future__ import annotations

import base64
import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, cast

from trustconsole import limits
from trustconsole.errors import Location, MalformedInput, MissingFile
from trustconsole.json_fields import is_given, object_member, text_member
from trustconsole.release.images.references import Repository
from trustconsole.storage import read_bounded
from trustconsole.strict_text import strict_json

_HELPER: Final = re.compile(r"[A-Za-z0-9_.-]+", re.ASCII)
_DOCKER_HUB: Final = ("docker.io", "index.docker.io", "registry-1.docker.io")
_NO_USER: Final = "<token>"


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user's name and secret for a registry; `source` says where they stand."""

    user: str
    secret: str = field(repr=False)
    source: str


def find_credentials(repository: Repository, environment: Mapping[str, str]) -> Credentials | None:
    """The first that a configuration names for the registry, None where none does.

    Raises `InputError` for a configuration that cannot be read, so that nobody wonders why a login is gone.
    """
    for path in _files(environment):
        try:
            data = read_bounded(path, limits.CONTAINER_CONFIG_BYTES, what="container configuration").data
        except MissingFile:
            continue
        config = strict_json(data, str(path))
        if not isinstance(config, dict):
            raise MalformedInput("is not a JSON object", location=Location(str(path)))
        found = _from_config(cast("Mapping[str, object]", config), repository, path, environment)
        if found is not None:
            return found
    return None


def _files(environment: Mapping[str, str]) -> Iterator[Path]:
    if named := environment.get("REGISTRY_AUTH_FILE"):
        yield Path(named)
    if folder := environment.get("DOCKER_CONFIG"):
        yield Path(folder) / "config.json"
    if folder := environment.get("XDG_RUNTIME_DIR"):
        yield Path(folder) / "containers" / "auth.json"
    if home := environment.get("HOME"):
        yield Path(environment.get("XDG_CONFIG_HOME") or f"{home}/.config") / "containers" / "auth.json"
        yield Path(home) / ".docker" / "config.json"


def _keys(repository: Repository) -> Iterator[str]:
    """The names under which credentials may stand, the most specific first."""
    parts = repository.name.split("/")
    for count in range(len(parts), 0, -1):
        yield "/".join((repository.host, *parts[:count]))
    yield repository.host
    if repository.host in _DOCKER_HUB:
        yield from _DOCKER_HUB


def _plain(key: str) -> str:
    """A key without the decoration that Docker's tools give it: `https://index.docker.io/v1/`."""
    return (
        key.partition("://")[2].removesuffix("/v1/").removesuffix("/v2/").rstrip("/") if "://" in key else key
    )


def _from_config(
    config: Mapping[str, object], repository: Repository, path: Path, environment: Mapping[str, str]
) -> Credentials | None:
    auths = object_member(config, "auths", str(path)) if is_given(config, "auths") else {}
    helpers = object_member(config, "credHelpers", str(path)) if is_given(config, "credHelpers") else {}
    by_name = {_plain(key): key for key in auths}
    for name in _keys(repository):
        if name in helpers:
            return _ask(text_member(helpers, name, str(path)), name, path, environment)
        if name in by_name:
            found = _inline(object_member(auths, by_name[name], str(path)), path)
            if found is not None:
                return found
    if is_given(config, "credsStore"):
        store = text_member(config, "credsStore", str(path))
        hub = repository.host in _DOCKER_HUB
        asked = "https://index.docker.io/v1/" if hub else repository.host
        return _ask(store, asked, path, environment) if store else None
    return None


def _inline(entry: Mapping[str, object], path: Path) -> Credentials | None:
    if not is_given(entry, "auth"):
        return None
    text = text_member(entry, "auth", str(path))
    try:
        user, colon, secret = base64.b64decode(text, validate=True).decode().partition(":")
    except ValueError as error:
        raise MalformedInput(
            "holds an auth that is no Base64 of USER:SECRET", location=Location(str(path))
        ) from error
    return Credentials(user, secret, str(path)) if colon else None


def _ask(helper: str, host: str, path: Path, environment: Mapping[str, str]) -> Credentials | None:
    """What a credential helper answers; None where it has nothing for the host."""
    if not _HELPER.fullmatch(helper):
        raise MalformedInput(f"names an impossible helper {helper!r}", location=Location(str(path)))
    program = f"docker-credential-{helper}"
    try:
        ran = subprocess.run(
            [program, "get"],
            input=host.encode(),
            capture_output=True,
            timeout=limits.COMMAND_SECONDS,
            env={**os.environ, **environment},
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise MalformedInput(
            f"names the helper {program}, which cannot be run or does not answer",
            hint=f"log in again with docker login {host}",
            location=Location(str(path)),
        ) from error
    if ran.returncode != 0 or len(ran.stdout) > limits.CONTAINER_CONFIG_BYTES:
        return None
    answer = strict_json(ran.stdout.strip(), program)
    user = text_member(answer, "Username", program)
    # An identity token is no password: the registry is asked without.
    return None if user == _NO_USER else Credentials(user, text_member(answer, "Secret", program), program)
