"""Reading Sigstore bundles: every version, strictly, with the place of what is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.verification.sigstore.making import (
    V01,
    V02,
    V03,
    Document,
    Instance,
    entry_of,
)
from tests.verification.sigstore.making_bodies import dsse_1

from trustconsole import limits
from trustconsole.demo.signing import SIGSTORE_V03, text64
from trustconsole.errors import InputError, LimitExceeded, MalformedInput
from trustconsole.verification.sigstore.bundle import (
    MessageSignature,
    SigstoreBundle,
    UnknownBundleVersion,
    read_sigstore_bundle,
)
from trustconsole.verification.sigstore.dsse import Envelope

INSTANCE = Instance()
Change = Callable[[Document], object]


def read(document: Document) -> SigstoreBundle:
    return read_sigstore_bundle(json.dumps(document).encode(), "bundle.json")


@pytest.mark.parametrize(("media_type", "version"), [(V01, "0.1"), (V02, "0.2"), (V03, "0.3")])
def test_each_version_is_read(media_type: str, version: str) -> None:
    bundle = read(INSTANCE.bundle(media_type=media_type))
    assert (bundle.version, bundle.needs_proof) == (version, version != "0.1")
    assert bundle.material is not None
    assert bundle.material.leaf_der == INSTANCE.leaf.der
    assert isinstance(bundle.content, MessageSignature)
    assert bundle.content.hash_name == "sha256"
    (entry,) = bundle.entries
    assert entry.kind == ("hashedrekord", "0.0.1")
    assert entry.proof is not None
    assert entry.proof.checkpoint is not None


def test_the_media_type_of_version_3_has_two_spellings() -> None:
    assert read(INSTANCE.bundle(media_type=SIGSTORE_V03)).version == "0.3"


def test_a_bare_key_leaves_a_hint_that_means_nothing() -> None:
    bundle = read(INSTANCE.bundle(keyed=True))
    assert bundle.material is None
    assert bundle.hint == "any"


def test_an_envelope_has_its_payload_decoded() -> None:
    bundle = read(INSTANCE.attestation(dsse_1))
    assert isinstance(bundle.content, Envelope)
    assert bundle.content.payload == INSTANCE.statement()
    assert bundle.content.key_id is None


@pytest.mark.parametrize(
    "media_type",
    [
        "application/vnd.dev.sigstore.bundle+json;version=99.9",
        "application/vnd.dev.sigstore.bundle+json;version=0.4",
        "application/vnd.dev.sigstore.bundle.v0.4+json",
        "application/vnd.dev.sigstore.bundle.v0.2+json",
        "application/json",
        "",
    ],
)
def test_an_unknown_version_is_refused_by_name(media_type: str) -> None:
    with pytest.raises(UnknownBundleVersion) as caught:
        read(INSTANCE.bundle() | {"mediaType": media_type})
    assert repr(media_type) in str(caught.value)
    assert caught.value.media_type == media_type


def test_what_protobuf_leaves_out_has_its_default() -> None:
    document = INSTANCE.bundle()
    entry = entry_of(document)
    for name in ("integratedTime", "inclusionPromise", "inclusionProof"):
        del entry[name]
    entry["logIndex"] = None
    (read_entry,) = read(document).entries
    assert (read_entry.log_index, read_entry.integrated_time) == (0, 0)
    assert read_entry.signed_entry_timestamp is None
    assert read_entry.proof is None


def test_numbers_may_be_json_numbers_and_the_digest_may_be_left_out() -> None:
    document = INSTANCE.bundle()
    entry_of(document)["logIndex"] = 7
    document["messageSignature"]["messageDigest"] = {}
    bundle = read(document)
    assert bundle.entries[0].log_index == 7
    assert isinstance(bundle.content, MessageSignature)
    assert (bundle.content.hash_name, bundle.content.digest) == (None, None)


def _in_entry(name: str, value: object) -> Change:
    return lambda document: entry_of(document).__setitem__(name, value)


def _in_material(name: str, value: object) -> Change:
    return lambda document: document["verificationMaterial"].__setitem__(name, value)


def _in_signature(name: str, value: object) -> Change:
    return lambda document: document["messageSignature"].__setitem__(name, value)


def _in_proof(name: str, value: object) -> Change:
    return lambda document: entry_of(document)["inclusionProof"].__setitem__(name, value)


def _twice(document: Document) -> None:
    entries = document["verificationMaterial"]["tlogEntries"]
    entries.append(dict(entries[0]))


def _stamped_twice(document: Document) -> None:
    one = {"signedTimestamp": text64(b"token")}
    document["verificationMaterial"]["timestampVerificationData"] = {"rfc3161Timestamps": [one, one]}


BROKEN: list[tuple[Change, str]] = [
    (lambda document: document.pop("mediaType"), "media type"),
    (lambda document: document.pop("verificationMaterial"), "verificationMaterial"),
    (lambda document: document.pop("messageSignature"), "none where exactly one"),
    (lambda document: document.update(dsseEnvelope={}), "messageSignature and dsseEnvelope"),
    (lambda document: document.update(note="x"), "'note'"),
    (lambda document: document.update(messageSignature=[]), "not a JSON object"),
    (_in_material("certificate", None), "none where exactly one"),
    (_in_material("publicKey", {"hint": "x"}), "publicKey and certificate"),
    (_in_material("certificate", {"rawBytes": ""}), "certificate.rawBytes"),
    (_in_material("certificate", {"rawBytes": "AAAA"}), "does not parse"),
    (_in_material("tlogEntries", {}), "wrong type"),
    (_in_signature("signature", ""), "messageSignature.signature"),
    (_in_signature("signature", "AAA"), "Base64"),
    (_in_signature("signature", "AA-_"), "Base64"),
    (_in_signature("signature", 5), "wrong type"),
    (_in_signature("messageDigest", {"algorithm": "SHA3_256", "digest": "AAAA"}), "'SHA3_256'"),
    (_in_signature("messageDigest", {"algorithm": "SHA2_256", "digest": "AAAA"}), "no digest of SHA2_256"),
    (_in_signature("messageDigest", {"algorithm": "SHA2_256"}), "messageDigest.digest"),
    (_in_signature("messageDigest", {"digest": "AAAA"}), "''"),
    (_in_entry("logIndex", "-1"), "negative"),
    (_in_entry("logIndex", -1), "negative"),
    (_in_entry("logIndex", "1e3"), "whole number"),
    (_in_entry("logIndex", "007"), "whole number"),
    (_in_entry("logIndex", str(2**63)), "out of range"),
    (_in_entry("logIndex", True), "wrong type"),
    (_in_entry("logIndex", 1.5), "wrong type"),
    (_in_entry("integratedTime", str(10**12)), "9999"),
    (_in_entry("logId", None), "logId"),
    (_in_entry("logId", {}), "logId.keyId"),
    (_in_entry("kindVersion", None), "kindVersion"),
    (_in_entry("canonicalizedBody", None), "canonicalizedBody"),
    (_in_entry("inclusionPromise", {}), "signedEntryTimestamp"),
    (_in_proof("rootHash", text64(b"short")), "32 bytes"),
    (_in_proof("hashes", [text64(b"short")]), "32 bytes"),
    (_in_proof("hashes", [5]), "hashes"),
    (_in_proof("treeSize", "many"), "treeSize"),
    (_twice, "same entry twice"),
    (_stamped_twice, "same entry twice"),
]


@pytest.mark.parametrize(("change", "named"), BROKEN, ids=[named for _, named in BROKEN])
def test_what_is_broken_is_refused_and_named(change: Change, named: str) -> None:
    document = INSTANCE.bundle()
    change(document)
    with pytest.raises(MalformedInput) as caught:
        read(document)
    assert named in str(caught.value)


def test_version_3_has_one_certificate_and_no_chain() -> None:
    document = INSTANCE.bundle(media_type=V02) | {"mediaType": V03}
    with pytest.raises(MalformedInput, match="has one certificate"):
        read(document)


@pytest.mark.parametrize("signatures", [[], [{"sig": "AAAA"}, {"sig": "AAAB"}], [{"sig": ""}], [{}]])
def test_an_envelope_has_exactly_one_signature(signatures: list[Document]) -> None:
    document = INSTANCE.attestation(dsse_1)
    document["dsseEnvelope"]["signatures"] = signatures
    with pytest.raises(MalformedInput, match="signatures"):
        read(document)


@pytest.mark.parametrize(
    ("name", "limit"),
    [("tlogEntries", limits.LOG_ENTRIES), ("timestamps", limits.TIMESTAMPS), ("hashes", limits.PROOF_HASHES)],
)
def test_a_limit_is_kept_and_named(name: str, limit: int) -> None:
    document = INSTANCE.bundle()
    material = document["verificationMaterial"]
    for count, fits in ((limit, True), (limit + 1, False)):
        if name == "tlogEntries":
            material[name] = [entry_of(document) | {"logIndex": str(number)} for number in range(count)]
        elif name == "timestamps":
            stamps = [{"signedTimestamp": text64(b"%d" % number)} for number in range(count)]
            material["timestampVerificationData"] = {"rfc3161Timestamps": stamps}
        else:
            entry_of(document)["inclusionProof"]["hashes"] = [text64(b"h" * 32)] * count
        if fits:
            assert read(document).signature
        else:
            with pytest.raises(LimitExceeded, match=f"limit of {limit}"):
                read(document)


def test_more_certificates_than_a_path_can_have_are_not_read() -> None:
    document = INSTANCE.bundle(media_type=V02)
    raw = {"rawBytes": text64(INSTANCE.ca.der)}
    document["verificationMaterial"]["x509CertificateChain"]["certificates"] = [raw] * 11
    with pytest.raises(LimitExceeded, match="limit of 10"):
        read(document)


@given(st.data())
def test_a_bundle_with_one_member_replaced_is_read_or_refused_as_input(data: st.DataObject) -> None:
    document = INSTANCE.bundle()
    place: Document = document
    while True:
        name = data.draw(st.sampled_from(sorted(place)))
        inside = place[name]
        if not isinstance(inside, dict) or data.draw(st.booleans()):
            break
        place = inside
    values = st.none() | st.integers() | st.text(max_size=9) | st.lists(st.text(), max_size=2)
    place[name] = data.draw(values | st.dictionaries(st.text(max_size=5), st.text(), max_size=2))
    with suppress(InputError):
        assert read(document).signature


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_as_input(data: bytes) -> None:
    with pytest.raises(InputError):
        read_sigstore_bundle(data, "bundle.json")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"foo": 1}, "bundle.json: has a field 'foo', which is not known"),
        ({"messageSignature": None}, "bundle.json: has none where exactly one of"),
    ],
)
def test_what_is_wrong_with_the_whole_document_is_told_of_the_file(changes: Document, said: str) -> None:
    with pytest.raises(MalformedInput) as caught:
        read({**INSTANCE.bundle(), **changes})
    assert str(caught.value).startswith(said)
