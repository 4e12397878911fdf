"""Where an operator's credentials are found, in the order and the forms of container tools."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from trustconsole.errors import InputError, MalformedInput
from trustconsole.release.images.credentials import find_credentials
from trustconsole.release.images.references import Repository

GHCR = Repository("ghcr.io", "prexorjustin/prexorcloud/controller")


def _auth(text: str) -> dict[str, str]:
    return {"auth": base64.b64encode(text.encode()).decode()}


def _write(path: Path, document: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document))
    return path


def test_without_a_configuration_nobody_is_logged_in(tmp_path: Path) -> None:
    assert find_credentials(GHCR, {}) is None
    assert find_credentials(GHCR, {"HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)}) is None


def test_the_first_file_that_knows_the_registry_counts(tmp_path: Path) -> None:
    environment = {
        "REGISTRY_AUTH_FILE": str(tmp_path / "named.json"),
        "DOCKER_CONFIG": str(tmp_path / "docker"),
        "XDG_RUNTIME_DIR": str(tmp_path / "run"),
        "HOME": str(tmp_path / "home"),
    }
    places = [
        tmp_path / "home" / ".docker" / "config.json",
        tmp_path / "home" / ".config" / "containers" / "auth.json",
        tmp_path / "run" / "containers" / "auth.json",
        tmp_path / "docker" / "config.json",
        tmp_path / "named.json",
    ]
    for number, place in enumerate(places):
        _write(place, {"auths": {"ghcr.io": _auth(f"user{number}:secret")}})
        found = find_credentials(GHCR, environment)
        assert found is not None
        assert (found.user, found.source) == (f"user{number}", str(place))
        assert "secret" not in repr(found)


def test_the_most_specific_name_counts_and_decorated_names_are_known(tmp_path: Path) -> None:
    auths = {
        "https://ghcr.io/v2/": _auth("host:a"),
        "ghcr.io/prexorjustin": _auth("owner:b"),
        "other.example": _auth("other:c"),
    }
    environment = {"REGISTRY_AUTH_FILE": str(_write(tmp_path / "auth.json", {"auths": auths}))}
    found = find_credentials(GHCR, environment)
    assert found is not None
    assert (found.user, found.secret) == ("owner", "b")
    found = find_credentials(Repository("ghcr.io", "someone/else"), environment)
    assert found is not None
    assert found.user == "host"
    assert find_credentials(Repository("ghcr.io.example", "x"), environment) is None


def test_docker_hub_is_known_by_its_old_name(tmp_path: Path) -> None:
    auths = {"https://index.docker.io/v1/": _auth("hub:d")}
    environment = {"REGISTRY_AUTH_FILE": str(_write(tmp_path / "auth.json", {"auths": auths}))}
    found = find_credentials(Repository("docker.io", "library/alpine"), environment)
    assert found is not None
    assert found.user == "hub"


def _helper(folder: Path, script: str) -> dict[str, str]:
    program = folder / "docker-credential-test"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return {"PATH": f"{folder}:/usr/bin:/bin"}


@pytest.mark.parametrize("where", ["credHelpers", "credsStore"])
def test_a_credential_helper_is_asked_for_the_host(where: str, tmp_path: Path) -> None:
    value = {"ghcr.io": "test"} if where == "credHelpers" else "test"
    config = _write(tmp_path / "auth.json", {where: value, "auths": {"ghcr.io": {}}})
    script = 'read host; printf \'{"ServerURL":"%s","Username":"helped","Secret":"s"}\' "$host"'
    environment = {"REGISTRY_AUTH_FILE": str(config), **_helper(tmp_path, script)}
    found = find_credentials(GHCR, environment)
    assert found is not None
    assert (found.user, found.secret) == ("helped", "s")
    environment |= _helper(tmp_path, "echo credentials not found; exit 1")
    assert find_credentials(GHCR, environment) is None
    environment |= _helper(tmp_path, 'printf \'{"Username":"<token>","Secret":"s"}\'')
    assert find_credentials(GHCR, environment) is None


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        '{"auths":[]}',
        '{"auths":{"ghcr.io":{"auth":"%%%"}}}',
        '{"auths":{"ghcr.io":{"auth":7}}}',
        '{"credsStore":"../../bin/sh"}',
        '{"credsStore":"not-there-at-all"}',
    ],
)
def test_a_configuration_that_cannot_be_used_is_an_error_that_names_it(text: str, tmp_path: Path) -> None:
    path = tmp_path / "auth.json"
    path.write_text(text)
    with pytest.raises(MalformedInput) as raised:
        find_credentials(GHCR, {"REGISTRY_AUTH_FILE": str(path)})
    assert str(path) in str(raised.value)


def test_a_configuration_that_is_no_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        find_credentials(GHCR, {"REGISTRY_AUTH_FILE": str(tmp_path)})
