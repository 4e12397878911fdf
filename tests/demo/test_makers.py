"""The makers are checked with `cryptography` itself, not with the console's own engine."""

from __future__ import annotations

import hashlib
import json
from base64 import b64decode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from trustconsole.demo import DEMO_MODULES_BY_ID, HOSTILE_TEXT, DemoWorkspace
from trustconsole.demo.authorities import derive_key, issue, make_ca, make_leaf, public_pem
from trustconsole.demo.cast import Cast, make_cast
from trustconsole.demo.signing import (
    hashedrekord_body,
    legacy_bundle,
    log_id,
    rekor_entry,
    rekord_body,
    sign_raw,
    sigstore_bundle,
)

Bundle = dict[str, Any]


@pytest.fixture
def cast(workspace: DemoWorkspace, now: datetime) -> Cast:
    return make_cast(workspace.seed, now)


@pytest.fixture
def parts(workspace: DemoWorkspace) -> Callable[[str], tuple[bytes, Bundle]]:
    """Jar bytes and bundle of a demo module."""

    def read(module_id: str) -> tuple[bytes, Bundle]:
        jar = workspace.modules / DEMO_MODULES_BY_ID[module_id].file
        return jar.read_bytes(), json.loads(Path(f"{jar}.cosign.bundle").read_bytes())

    return read


def verifies(public_key: object, signature: bytes, data: bytes) -> bool:
    assert isinstance(public_key, ec.EllipticCurvePublicKey)
    try:
        public_key.verify(signature, data, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def leaf_of(bundle: Bundle) -> x509.Certificate:
    return x509.load_pem_x509_certificate(b64decode(bundle["cert"]))


@pytest.mark.parametrize(
    ("module_id", "signer"),
    [
        ("essentials", "author_a"),
        ("lobby-menu", "author_b"),
        ("voting", "author_b"),
        ("world-border", "stranger"),
    ],
)
def test_bundles_without_a_certificate_are_signed_by_whom_the_plan_says(
    parts: Callable[[str], tuple[bytes, Bundle]], cast: Cast, module_id: str, signer: str
) -> None:
    jar, bundle = parts(module_id)
    signature = b64decode(bundle["base64Signature"])
    signers = {name: getattr(cast, name) for name in ("author_a", "author_b", "stranger")}
    assert [name for name, key in signers.items() if verifies(key.public_key(), signature, jar)] == [signer]
    assert "cert" not in bundle


def test_the_tampered_jar_verifies_under_no_key(
    parts: Callable[[str], tuple[bytes, Bundle]], cast: Cast
) -> None:
    jar, bundle = parts("proxy-guard")
    signature = b64decode(bundle["base64Signature"])
    assert not any(verifies(key.public_key(), signature, jar) for key in (cast.author_a, cast.author_b))


@pytest.mark.parametrize(
    ("module_id", "issuer", "valid_now"),
    [
        ("parkour", "internal_ca", True),
        ("economy", "internal_ca", False),
        ("stats-aggregator", "fulcio", False),
        ("holograms", "foreign_ca", True),
    ],
)
def test_certificates_come_from_the_planned_issuer_and_their_key_signed(
    parts: Callable[[str], tuple[bytes, Bundle]], cast: Cast, module_id: str, issuer: str, valid_now: bool
) -> None:
    jar, bundle = parts(module_id)
    leaf = leaf_of(bundle)
    leaf.verify_directly_issued_by(getattr(cast, issuer).certificate)
    assert verifies(leaf.public_key(), b64decode(bundle["base64Signature"]), jar)
    assert (leaf.not_valid_before_utc <= cast.now <= leaf.not_valid_after_utc) is valid_now


@pytest.mark.parametrize(
    ("module_id", "same_artefact"), [("lobby-menu", True), ("stats-aggregator", True), ("voting", False)]
)
def test_log_entries_are_promised_by_the_log_and_name_the_planned_artefact(
    parts: Callable[[str], tuple[bytes, Bundle]],
    workspace: DemoWorkspace,
    module_id: str,
    same_artefact: bool,
) -> None:
    jar, bundle = parts(module_id)
    payload = bundle["rekorBundle"]["Payload"]
    promise = b64decode(bundle["rekorBundle"]["SignedEntryTimestamp"])
    signed = '{{"body":"{body}","integratedTime":{integratedTime},"logID":"{logID}","logIndex":{logIndex}}}'
    log_key = load_pem_public_key(workspace.rekor_key.read_bytes())
    assert verifies(log_key, promise, signed.format(**payload).encode())
    body = json.loads(b64decode(payload["body"]))
    named = body["spec"]["data"]["hash"]["value"]
    assert (named == hashlib.sha256(jar).hexdigest()) is same_artefact
    assert (body["spec"]["signature"]["content"] == bundle["base64Signature"]) is same_artefact


def test_the_keyless_entry_was_logged_within_the_ten_minutes(
    parts: Callable[[str], tuple[bytes, Bundle]],
) -> None:
    _, bundle = parts("stats-aggregator")
    leaf = leaf_of(bundle)
    at = datetime.fromtimestamp(bundle["rekorBundle"]["Payload"]["integratedTime"], UTC)
    assert leaf.not_valid_before_utc <= at <= leaf.not_valid_after_utc
    assert leaf.not_valid_after_utc - leaf.not_valid_before_utc == timedelta(minutes=10)


def test_the_hostile_certificate_carries_every_kind_of_attack(
    parts: Callable[[str], tuple[bytes, Bundle]],
) -> None:
    leaf = leaf_of(parts("holograms")[1])
    texts = [str(attribute.value) for attribute in leaf.subject]
    san = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    (uri,) = san.get_values_for_type(x509.UniformResourceIdentifier)
    assert HOSTILE_TEXT in texts
    for attack in ("\x1b]52;c;", "\x1b[2J", "[@click=app.quit]", "[/x]"):
        assert attack in uri
        assert any(attack in text for text in texts)
    assert all(any(char in text for text in texts) for char in "\u202e\u2066\x9b\x00\u200b\x07")


def test_the_sigstore_bundle_is_a_right_one_under_the_wrong_name(
    parts: Callable[[str], tuple[bytes, Bundle]], cast: Cast
) -> None:
    jar, bundle = parts("tab-list")
    assert bundle["mediaType"] == "application/vnd.dev.sigstore.bundle.v0.3+json"
    message = bundle["messageSignature"]
    assert b64decode(message["messageDigest"]["digest"]) == hashlib.sha256(jar).digest()
    assert verifies(cast.author_b.public_key(), b64decode(message["signature"]), jar)


@pytest.mark.parametrize("curve", [ec.SECP256R1(), ec.SECP384R1(), ec.SECP521R1(), ec.SECP224R1()])
def test_derived_keys_are_stable_and_differ_by_seed_name_and_curve(curve: ec.EllipticCurve) -> None:
    key = public_pem(derive_key(1, "a", curve))
    assert key == public_pem(derive_key(1, "a", curve))
    assert len({key, public_pem(derive_key(1, "b", curve)), public_pem(derive_key(2, "a", curve))}) == 3


def test_every_part_of_a_bundle_can_be_bent() -> None:
    log_key, other = derive_key(1, "log"), derive_key(1, "other")
    body = hashedrekord_body("ab" * 32, b"sig", b"pem")
    assert json.loads(rekord_body("ab" * 32, b"sig", b"pem"))["spec"]["signature"]["format"] == "x509"
    entry = rekor_entry(log_key, body, integrated_time=5, log_index=9, named_log_id=log_id(other))
    assert entry["Payload"]["logID"] == log_id(other)  # type: ignore[index]
    elsewhere = rekor_entry(log_key, body, integrated_time=5, log_index=9, set_over={"body": ""})
    assert elsewhere["SignedEntryTimestamp"] != entry["SignedEntryTimestamp"]
    bundle = json.loads(
        legacy_bundle(
            b"s", certificate=b"c", rekor_bundle=entry, overrides={"cert": None, "base64Signature": 7}
        )
    )
    assert bundle == {"base64Signature": 7, "rekorBundle": entry}
    sigstore = json.loads(sigstore_bundle(b"s", digest=b"d" * 32, certificate_der=b"c", media_type="x"))
    assert sigstore["mediaType"] == "x"
    assert set(sigstore["verificationMaterial"]) == {"certificate"}


def test_other_key_types_sign_and_issue_too(now: datetime) -> None:
    end = now + timedelta(days=1)
    rsa_key = rsa.generate_private_key(65537, 2048)
    ed_key = ed25519.Ed25519PrivateKey.generate()
    root = make_ca(ed_key, "root", not_before=now, not_after=end)
    middle = make_ca(rsa_key, "middle", issuer=root, code_signing=True, not_before=now, not_after=end)
    leaf = make_leaf(derive_key(1, "leaf"), "leaf", middle, eku=(), not_before=now, not_after=end)
    middle.certificate.verify_directly_issued_by(root.certificate)
    leaf.certificate.verify_directly_issued_by(middle.certificate)
    ed_key.public_key().verify(sign_raw(ed_key, b"data"), b"data")


def test_a_certificate_can_be_issued_with_no_extension_but_those_given(now: datetime) -> None:
    key, end = derive_key(1, "bare"), now + timedelta(days=1)
    named = make_ca(key, "ca", extensions=(), not_before=now, not_after=end).certificate
    assert {type(extension.value) for extension in named.extensions} == {
        *(x509.SubjectKeyIdentifier, x509.AuthorityKeyIdentifier),
    }
    bare = issue(
        key.public_key(), "x", key, not_before=now, not_after=end, extensions=(), key_identifiers=False
    )
    assert list(bare.extensions) == []
