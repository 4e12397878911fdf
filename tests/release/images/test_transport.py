"""Registries that misbehave, and those that want a login: real servers on loopback, one answer each."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.release.images.conftest import Asking
from tests.release.images.loopback import Answering, Reply, answering
from tests.release.images.material import (
    INDEX,
    SIGN,
    Image,
    bundle_layer,
    carrier,
    dump,
    make_image,
    referrer,
    simple_layer,
    simple_payload,
    statement,
    tag,
)

from trustconsole import limits
from trustconsole.errors import InputError, UnreadableFile
from trustconsole.release.images.references import RegistryReference, Repository, read_reference
from trustconsole.release.images.registry import RegistryCopy
from trustconsole.release.images.transport import BoundedAdapter, Transport, bounded_session

NAME = "prexorcloud/controller"
NOTHING: dict[str, str] = {}


def _serving(image: Image, ask: Asking, *, signed: bool = True) -> Answering:
    """An honest registry that holds `image` under 1.4.0, signed by tag."""
    layer = simple_layer(image.blobs, ask.signers.key, simple_payload(image.digest))
    names = {"1.4.0": image.digest}
    if signed:
        names[tag(image, ".sig")] = str(carrier(image.blobs, [layer])["digest"])

    def answer(path: str, _headers: Mapping[str, str]) -> Reply:
        if path == "/v2/":
            return Reply()
        kind, _, name = path.removeprefix(f"/v2/{NAME}/").partition("/")
        data = image.blobs.held.get(names.get(name, name))
        if data is None or kind not in ("manifests", "blobs"):
            return Reply(404)
        types = {"mediaType": ""} if kind == "blobs" else json.loads(data)
        return Reply(200, data, {"Content-Type": types["mediaType"]})

    return answer


def _copy(host: str, environment: Mapping[str, str] = NOTHING) -> RegistryCopy:
    reference = read_reference(f"{host}/{NAME}:1.4.0")
    assert isinstance(reference, RegistryReference)
    return RegistryCopy(reference, Transport(reference.repository, environment))


def test_whatever_a_registry_answers_for_a_digest_is_hashed(ask: Asking) -> None:
    image = make_image()
    honest = _serving(image, ask)

    def lying(path: str, headers: Mapping[str, str]) -> Reply:
        reply = honest(path, headers)
        wanted = str(image.platforms[1]["digest"])
        return Reply(200, reply.body + b" ", reply.headers) if path.endswith(wanted) else reply

    with answering(lying) as (host, _):
        report = ask.about(f"{host}/{NAME}:1.4.0")
    assert (report.verdict, report.rule) == ("reject", "content")
    assert str(image.platforms[1]["digest"]) in report.reason


def test_another_manifest_for_a_digest_that_was_named_is_refused(ask: Asking) -> None:
    image, other = make_image("one"), make_image("two")
    honest = _serving(other, ask)

    def swapping(path: str, headers: Mapping[str, str]) -> Reply:
        return honest(path.replace(image.digest, other.digest), headers)

    with answering(swapping) as (host, _):
        report = ask.about(f"{host}/{NAME}@{image.digest}")
    assert (report.verdict, report.rule) == ("reject", "content")


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(200, b"x" * 65536, endless=True), "answers more than the limit of"),
        (
            Reply(302, b"x" * 65536, headers={"Location": "/v2/else"}, endless=True),
            "answers more than the limit of",
        ),
        (Reply(500), "answers HTTP 500"),
        (Reply(302, headers={"Location": "/v2/round"}), "redirects more than"),
        (Reply(302, headers={"Location": "http://registry.example/x"}), "asked without TLS"),
        (Reply(302, headers={"Location": "file:///etc/passwd"}), "the registry cannot be reached"),
        (Reply(200, b"<html>"), "is not JSON"),
        (Reply(401, headers={"WWW-Authenticate": "nonsense"}), "does not let this user read"),
        (
            Reply(401, headers={"WWW-Authenticate": 'Bearer realm="http://other.example/t"'}),
            "asked without TLS",
        ),
        (Reply(403), "does not let this user read"),
    ],
)
def test_a_registry_that_misbehaves_is_an_error_in_one_sentence(
    reply: Reply, words: str, ask: Asking
) -> None:
    with answering(lambda path, _: Reply() if path == "/v2/" else reply) as (host, _):
        report = ask.about(f"{host}/{NAME}:1.4.0")
    assert report.verdict == "error"
    assert words in report.reason, report.reason
    assert "\n" not in report.reason


def test_what_is_no_registry_or_does_not_listen_is_named(ask: Asking) -> None:
    with answering(lambda _path, _headers: Reply(404)) as (host, _):
        report = ask.about(f"{host}/{NAME}:1.4.0")
        assert "where a registry says that it is one" in report.reason
    report = ask.about(f"{host}/{NAME}:1.4.0")
    assert (report.verdict, report.digest) == ("error", None)
    assert "cannot be reached" in report.reason


def test_a_session_of_another_host_refuses_plain_text_and_this_machine() -> None:
    session = bounded_session(BoundedAdapter(loopback=False), loopback=False)
    for url, words in (
        ("http://registry.example/v2/", "without TLS"),
        ("https://127.0.0.1:9/v2/", "this very machine"),
        ("http://localhost:9/v2/", "this very machine"),
        ("https://[::1]:9/v2/", "this very machine"),
    ):
        with pytest.raises(InputError, match=words):
            session.get(url)


def _config(folder: Path, host: str, user: str, secret: str) -> dict[str, str]:
    text = base64.b64encode(f"{user}:{secret}".encode()).decode()
    (folder / "config.json").write_text(json.dumps({"auths": {host: {"auth": text}}}))
    return {"DOCKER_CONFIG": str(folder)}


def test_a_basic_login_uses_the_operators_credentials_and_only_where_it_is_asked_for(
    ask: Asking, tmp_path: Path
) -> None:
    honest = _serving(make_image(), ask)
    wanted = "Basic " + base64.b64encode(b"operator:secret").decode()

    def locked(path: str, headers: Mapping[str, str]) -> Reply:
        if headers.get("Authorization") != wanted:
            return Reply(401, headers={"WWW-Authenticate": 'Basic realm="test"'})
        return honest(path, headers)

    with answering(locked) as (host, seen):
        image = _copy(host, _config(tmp_path, host, "operator", "secret")).image(None)
        assert image.size > 0
        assert seen.requests[0] == ("/v2/", "")
        with pytest.raises(UnreadableFile, match="does not let this user read") as raised:
            _copy(host, _config(tmp_path, host, "operator", "wrong")).image(None)
        assert "secret" not in str(raised.value)
        assert raised.value.hint == f"docker login {host}"
        with pytest.raises(UnreadableFile, match="does not let this user read"):
            _copy(host).image(None)


def test_a_token_is_fetched_with_and_without_credentials(ask: Asking, tmp_path: Path) -> None:
    honest = _serving(make_image(), ask)
    address: list[str] = []

    def tokens(path: str, headers: Mapping[str, str]) -> Reply:
        if path.startswith("/token"):
            name = "known" if headers.get("Authorization") else "anyone"
            return Reply(200, json.dumps({"token": name}).encode())
        if headers.get("Authorization") not in ("Bearer known", "Bearer anyone"):
            realm = f'Bearer realm="http://{address[0]}/token",service="s",scope="repository:{NAME}:pull"'
            return Reply(401, headers={"WWW-Authenticate": realm})
        return honest(path, headers)

    with answering(tokens) as (host, seen):
        address.append(host)
        for environment, token in (
            (NOTHING, "Bearer anyone"),
            (_config(tmp_path, host, "o", "s"), "Bearer known"),
        ):
            seen.requests.clear()
            copy = _copy(host, environment)
            image = copy.image(None)
            assert copy.attachments(image).found
            asked = [path for path, _ in seen.requests if path.startswith("/token")]
            assert len(asked) == 1, "the token is kept"
            assert "scope=repository%3Aprexorcloud%2Fcontroller%3Apull" in asked[0]
            assert seen.requests[-1][1] == token


def test_every_page_of_referrers_is_read_and_a_page_never_leads_elsewhere(ask: Asking) -> None:
    image = make_image()
    honest = _serving(image, ask, signed=False)
    signed = referrer(image, [bundle_layer(image.blobs, ask.signers.key, statement(image.digest, SIGN, {}))])
    pages = {"": [], "?n=1&last=2": [signed]}

    def paged(path: str, headers: Mapping[str, str]) -> Reply:
        if "/referrers/" not in path:
            return honest(path, headers)
        query = path.partition(image.digest)[2]
        body = dump({"schemaVersion": 2, "mediaType": INDEX, "manifests": pages[query]})
        link = {} if query else {"Link": '<https://evil.example/v2/x?n=1&last=2>; rel="next"'}
        return Reply(200, body, {"Content-Type": INDEX, **link})

    with answering(paged) as (host, _):
        assert ask.about(f"{host}/{NAME}:1.4.0").verdict == "accept"


def test_pages_of_referrers_without_end_are_refused(ask: Asking) -> None:
    image = make_image()
    honest = _serving(image, ask)
    body = dump({"schemaVersion": 2, "mediaType": INDEX, "manifests": []})

    def endless(path: str, headers: Mapping[str, str]) -> Reply:
        if "/referrers/" not in path:
            return honest(path, headers)
        return Reply(200, body, {"Link": f'<{path.partition("?")[0]}?n=1>; rel="next"'})

    with answering(endless) as (host, _):
        report = ask.about(f"{host}/{NAME}:1.4.0")
    assert report.verdict == "error"
    assert f"limit of {limits.REGISTRY_PAGES} pages" in report.reason


def test_only_loopback_may_do_without_tls() -> None:
    for host, local in (
        ("127.0.0.1:5000", True),
        ("localhost", True),
        ("[::1]:5000", True),
        ("127.8.8.8", True),
        ("registry.example:5000", False),
        ("127.0.0.1.example", False),
        ("localhost.example", False),
        ("10.0.0.1:5000", False),
    ):
        assert Repository(host, "x").on_loopback is local, host
