"""Bodies of log entries: each kind is read to the end, and others are refused by name."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.verification.sigstore.making import Document, Instance, entry_of
from tests.verification.sigstore.making_bodies import dsse_1, hashedrekord_2, intoto_1, intoto_2

from trustconsole.demo.authorities import public_pem
from trustconsole.demo.signing import rekord_body, text64
from trustconsole.errors import InputError, MalformedInput
from trustconsole.verification.entry_bodies import BODY_KINDS, EntryBody, read_entry_body
from trustconsole.verification.log_entry import LogEntry

INSTANCE = Instance()
MAKERS: dict[str, Callable[[Instance, Document, bytes], bytes]] = {
    "dsse 0.0.1": dsse_1,
    "intoto 0.0.1": intoto_1,
    "intoto 0.0.2": intoto_2,
}


def _bodies() -> dict[str, Document]:
    """One body of each kind."""
    made = {
        kind: entry_of(INSTANCE.attestation(maker))["canonicalizedBody"] for kind, maker in MAKERS.items()
    }
    made["hashedrekord 0.0.1"] = entry_of(INSTANCE.bundle())["canonicalizedBody"]
    v2 = INSTANCE.attestation(hashedrekord_2, log=INSTANCE.v2)
    made["hashedrekord 0.0.2"] = entry_of(v2)["canonicalizedBody"]
    made["rekord 0.0.1"] = text64(rekord_body(INSTANCE.sha256, b"signature", public_pem(INSTANCE.author)))
    return {kind: json.loads(b64decode(text)) for kind, text in made.items()}


BODIES = _bodies()


def read(document: Document, kind: tuple[str, str] | None = None) -> EntryBody:
    text = text64(json.dumps(document).encode())
    return read_entry_body(LogEntry(None, text, 0, 0, "", kind=kind, where="body"))


def test_every_kind_of_the_table_has_its_example() -> None:
    assert {" ".join(kind) for kind in BODY_KINDS} == set(BODIES)


@pytest.mark.parametrize("kind", BODIES)
def test_each_kind_is_read(kind: str) -> None:
    body = read(BODIES[kind])
    assert body.kind == kind
    assert len(body.hash_value) == 64
    assert body.covers == ("payload" if kind in MAKERS else "signed content")
    assert (body.signature is None) == (kind == "intoto 0.0.1")
    assert (body.envelope_hash is not None) == (kind in MAKERS)
    assert body.material.leaf is not None or body.material.public_key is not None


def test_a_kind_must_be_the_one_that_the_bundle_says() -> None:
    with pytest.raises(MalformedInput, match=r"the bundle says 'dsse 0\.0\.1'"):
        read(BODIES["hashedrekord 0.0.1"], ("dsse", "0.0.1"))


@pytest.mark.parametrize(
    ("kind", "version"), [("dsse", "0.0.2"), ("hashedrekord", "0.0.3"), ("intoto", "0.0.3"), ("tuf", "0.0.1")]
)
def test_an_unknown_kind_or_version_is_refused_by_name(kind: str, version: str) -> None:
    with pytest.raises(MalformedInput) as caught:
        read(BODIES["hashedrekord 0.0.1"] | {"kind": kind, "apiVersion": version})
    assert f"{kind!r} {version!r}" in str(caught.value)
    assert "hashedrekord 0.0.1" in caught.value.hint


def _at(document: Document, *path: str | int) -> Any:
    place: Any = document
    for name in path:
        place = place[name]
    return place


@pytest.mark.parametrize(
    ("kind", "path", "value", "named"),
    [
        ("dsse 0.0.1", ("spec", "signatures"), [], "0 signatures"),
        ("dsse 0.0.1", ("spec", "payloadHash", "algorithm"), "sha512", "'sha512'"),
        ("dsse 0.0.1", ("spec", "signatures", 0, "verifier"), "AAAA", "PEM"),
        ("intoto 0.0.2", ("spec", "content", "envelope", "signatures"), [{}, {}], "2 signatures"),
        (
            "intoto 0.0.2",
            ("spec", "content", "envelope", "signatures", 0, "sig"),
            text64(b"once only"),
            "Base64",
        ),
        ("intoto 0.0.1", ("spec", "publicKey"), text64(b"no key"), "PEM"),
        ("hashedrekord 0.0.2", ("spec", "hashedRekordV002", "data", "algorithm"), "SHA3_256", "'SHA3_256'"),
        ("hashedrekord 0.0.2", ("spec", "hashedRekordV002", "signature", "verifier"), {}, "exactly one"),
        (
            "hashedrekord 0.0.2",
            ("spec", "hashedRekordV002", "signature", "verifier"),
            {"publicKey": {"rawBytes": "AAAA"}},
            "public key",
        ),
        ("rekord 0.0.1", ("spec", "signature", "format"), "pgp", "'pgp'"),
    ],
)
def test_what_is_broken_is_named(kind: str, path: tuple[str | int, ...], value: object, named: str) -> None:
    document = json.loads(json.dumps(BODIES[kind]))
    _at(document, *path[:-1])[path[-1]] = value
    with pytest.raises(MalformedInput) as caught:
        read(document)
    assert named in str(caught.value)


@pytest.mark.parametrize("kind", BODIES)
@given(data=st.data())
def test_a_body_with_any_member_replaced_is_read_or_refused_as_input(kind: str, data: st.DataObject) -> None:
    document = json.loads(json.dumps(BODIES[kind]))
    place = document
    while True:
        name = data.draw(st.sampled_from(sorted(place)))
        if not isinstance(place[name], dict) or data.draw(st.booleans()):
            break
        place = place[name]
    place[name] = data.draw(st.none() | st.integers() | st.text(max_size=9) | st.lists(st.text(), max_size=2))
    with suppress(InputError):
        assert read(document).kind in BODIES
