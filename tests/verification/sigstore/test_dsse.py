"""Envelopes and statements: what is signed, and which artefacts it is about."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.verification.sigstore.making import pae

from trustconsole.demo.signing import text64
from trustconsole.errors import MalformedInput
from trustconsole.verification.sigstore.dsse import PAYLOAD_TYPE, Envelope, read_statement

SHA256, SHA512 = "a" * 64, "b" * 128


def envelope(**changes: object) -> Envelope:
    document = {
        "_type": "https://in-toto.io/Statement/v0.1",
        "subject": [{"name": "x", "digest": {"sha256": SHA256}}],
        "predicateType": "https://slsa.dev/provenance/v0.2",
    }
    kept = {name: value for name, value in (document | changes).items() if value is not None}
    return Envelope(PAYLOAD_TYPE, json.dumps(kept).encode(), b"signature")


@given(st.text(max_size=30), st.binary(max_size=60))
def test_what_is_signed_is_the_pre_authentication_encoding(kind: str, payload: bytes) -> None:
    assert Envelope(kind, payload, b"s").signed_bytes() == pae(kind, payload)


def test_two_contents_never_have_one_encoding() -> None:
    assert Envelope("a 1", b"b", b"").signed_bytes() != Envelope("a", b"1 b", b"").signed_bytes()


def test_the_hashes_of_an_envelope_are_made_once_and_belong_to_it_alone() -> None:
    envelope = Envelope("T", b"p", b"s")
    assert envelope.json_sha256s() is envelope.json_sha256s()
    assert len(envelope.json_sha256s()) == 36
    other = replace(envelope, signature=b"other")
    assert other.json_sha256s().isdisjoint(envelope.json_sha256s())
    assert envelope == Envelope("T", b"p", b"s")


@pytest.mark.parametrize(
    "written",
    [
        {"payloadType": "T", "payload": text64(b"p"), "signatures": [{"keyid": "", "sig": text64(b"s")}]},
        {"payloadType": "T", "payload": text64(b"p"), "signatures": [{"sig": text64(b"s")}]},
        {"payload": text64(b"p"), "payloadType": "T", "signatures": [{"sig": text64(b"s"), "keyid": ""}]},
    ],
)
@pytest.mark.parametrize("end", ["", "\n"])
def test_texts_that_tools_write_have_a_known_hash(written: dict[str, object], end: str) -> None:
    text = json.dumps(written, separators=(",", ":")) + end
    assert hashlib.sha256(text.encode()).hexdigest() in Envelope("T", b"p", b"s").json_sha256s()
    assert hashlib.sha256(text.encode()).hexdigest() not in Envelope("T", b"p", b"other").json_sha256s()


def test_a_statement_is_about_the_artefacts_whose_digests_agree() -> None:
    statement = read_statement(
        envelope(
            subject=[
                {"digest": {"sha256": "c" * 64}},
                {"digest": {"sha256": SHA256.upper(), "sha512": SHA512, "gitCommit": "d" * 40}},
            ]
        ),
        "x",
    )
    assert statement.predicate_type == "https://slsa.dev/provenance/v0.2"
    assert statement.algorithms() == {"sha256", "sha512"}
    assert statement.is_about({"sha256": SHA256})
    assert statement.is_about({"sha256": SHA256, "sha512": SHA512})
    assert not statement.is_about({"sha256": SHA256, "sha512": "e" * 128})
    assert not statement.is_about({"sha256": "e" * 64})
    assert not statement.is_about({"sha384": "f" * 96})


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"_type": "https://in-toto.io/Statement/v2"}, "Statement/v2"),
        ({"_type": None}, "_type"),
        ({"subject": []}, "no artefact"),
        ({"subject": None}, "subject"),
        ({"subject": [{}]}, "digest"),
        ({"subject": [{"digest": {"sha256": "abc"}}]}, "sha256"),
        ({"subject": [{"digest": {"sha256": "g" * 64}}]}, "sha256"),
        ({"predicateType": None}, "predicateType"),
    ],
)
def test_a_statement_that_is_none_is_refused_with_the_reason(changes: dict[str, object], why: str) -> None:
    with pytest.raises(MalformedInput, match=why):
        read_statement(envelope(**changes), "payload")


def test_another_payload_type_is_refused_by_name() -> None:
    with pytest.raises(MalformedInput, match=r"'text/plain'"):
        read_statement(Envelope("text/plain", b"{}", b"s"), "payload")
