"""`verify-bundle`: what verifies, and every single thing that must not, with the step that refuses it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from tests.verification.client.judging import judge, status
from tests.verification.sigstore.making import (
    NOW,
    SEED,
    SIGNED,
    V01,
    V02,
    V03,
    Document,
    Instance,
    Log,
    ed25519_key,
    entry_of,
    flipped,
    pae,
)
from tests.verification.sigstore.making_bodies import dsse_1, hashedrekord_2, intoto_1, intoto_2

from trustconsole.demo.authorities import derive_key
from trustconsole.demo.signing import canonical, sign_raw, text64
from trustconsole.text import rfc3339

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def instance() -> Instance:
    """A fresh instance: its logs grow."""
    return Instance()


@pytest.mark.parametrize("media_type", [V01, V02, V03])
@pytest.mark.parametrize("keyed", [True, False])
@pytest.mark.parametrize("digest_only", [True, False])
def test_a_bundle_of_rekor_v1_verifies(
    instance: Instance, media_type: str, *, keyed: bool, digest_only: bool
) -> None:
    document = instance.bundle(media_type=media_type, keyed=keyed)
    key = instance.author.public_key() if keyed else None
    report = judge(instance, document, key=key, digest_only=digest_only)
    assert report.verdict == "accept", report.reason
    assert report.verified_time == SIGNED
    assert status(report, "rekor.set") == status(report, "rekor.inclusion") == "pass"
    assert status(report, "identity") == ("skip" if keyed else "pass")


@pytest.mark.parametrize("keyed", [True, False])
def test_a_bundle_of_rekor_v2_verifies_by_proof_and_timestamp(instance: Instance, *, keyed: bool) -> None:
    document = instance.bundle(log=instance.v2, keyed=keyed)
    report = judge(instance, document, key=instance.author.public_key() if keyed else None)
    assert report.verdict == "accept", report.reason
    assert [one.time for one in report.times] == [SIGNED]
    assert status(report, "rekor.set") == "skip"


@pytest.mark.parametrize("body", [dsse_1, intoto_1, intoto_2])
def test_an_attestation_in_rekor_v1_verifies(
    instance: Instance, body: Callable[[Instance, Document, bytes], bytes]
) -> None:
    report = judge(instance, instance.attestation(body))
    assert report.verdict == "accept", report.reason


def test_an_attestation_in_rekor_v2_verifies(instance: Instance) -> None:
    report = judge(instance, instance.attestation(hashedrekord_2, log=instance.v2))
    assert report.verdict == "accept", report.reason


def test_the_type_of_an_attestation_can_be_asked_for(instance: Instance) -> None:
    document = instance.attestation(dsse_1)
    wanted = "https://slsa.dev/provenance/v1"
    assert judge(instance, document, predicate_type=wanted).verdict == "accept"
    other = judge(instance, document, predicate_type="https://spdx.dev/Document")
    assert (other.verdict, other.rule) == ("reject", "artifact")
    assert judge(instance, instance.bundle(), predicate_type=wanted).rule == "artifact"


Bend = Callable[[Instance, Document], object]


def _entry(name: str, value: object) -> Bend:
    return lambda _instance, document: entry_of(document).__setitem__(name, value)


def _flip(*path: str) -> Bend:
    def bend(_instance: Instance, document: Document) -> None:
        place = entry_of(document)
        for name in path[:-1]:
            place = place[name]
        place[path[-1]] = flipped(place[path[-1]])

    return bend


def _later(_instance: Instance, document: Document) -> None:
    entry = entry_of(document)
    entry["integratedTime"] = str(int(entry["integratedTime"]) + 1)


def _proof_without_checkpoint(_instance: Instance, document: Document) -> None:
    del entry_of(document)["inclusionProof"]["checkpoint"]


def _old_checkpoint(instance: Instance, document: Document) -> None:
    text = instance.v1.checkpoint(size=2)
    entry_of(document)["inclusionProof"]["checkpoint"]["envelope"] = text


def _checkpoint_of_another(instance: Instance, document: Document) -> None:
    other = Log(derive_key(SEED, "other log"), leaves=list(instance.v1.leaves))
    entry_of(document)["inclusionProof"]["checkpoint"]["envelope"] = other.checkpoint()


def _body_of(
    instance: Instance, content: bytes, *, signer: ec.EllipticCurvePrivateKey | None = None
) -> bytes:
    key = signer or instance.leaf.key
    return instance.record("0.0.1", sign_raw(key, content), instance.leaf.pem, content)


def _entry_about_another_file(instance: Instance, document: Document) -> None:
    entry = instance.v1.log(_body_of(instance, b"another file"))
    document["verificationMaterial"]["tlogEntries"] = [entry]


def _entry_with_another_signature(instance: Instance, document: Document) -> None:
    body = _body_of(instance, instance.content, signer=derive_key(SEED, "stranger"))
    document["verificationMaterial"]["tlogEntries"] = [instance.v1.log(body)]


def _entry_with_another_certificate(instance: Instance, document: Document) -> None:
    other = instance.make_leaf(identity="other@modules.example")
    signature = sign_raw(instance.leaf.key, instance.content)
    body = instance.record("0.0.1", signature, other.pem, instance.content)
    document["verificationMaterial"]["tlogEntries"] = [instance.v1.log(body)]


def _other_body(instance: Instance, document: Document) -> None:
    entry_of(document)["canonicalizedBody"] = text64(_body_of(instance, b"another file"))


def _unknown_kind(_instance: Instance, document: Document) -> None:
    entry_of(document)["kindVersion"] = {"kind": "helm", "version": "0.0.1"}


def _no_entries(_instance: Instance, document: Document) -> None:
    del document["verificationMaterial"]["tlogEntries"]


def _own_log(instance: Instance, document: Document) -> None:
    log = Log(derive_key(SEED, "nobody's log"))
    document["verificationMaterial"]["tlogEntries"] = [log.log(_body_of(instance, instance.content))]


def _after_expiry(instance: Instance, document: Document) -> None:
    entry = instance.v1.log(_body_of(instance, instance.content), at=SIGNED + DAY)
    document["verificationMaterial"]["tlogEntries"] = [entry]


def _one_flawed_of_two(instance: Instance, document: Document) -> None:
    second = instance.v1.log(_body_of(instance, b"another file"))
    document["verificationMaterial"]["tlogEntries"].append(second)


def _digest(instance: Instance, document: Document) -> None:
    del instance
    stated = text64(hashlib.sha256(b"another file").digest())
    document["messageSignature"]["messageDigest"]["digest"] = stated


def _signature(_instance: Instance, document: Document) -> None:
    document["messageSignature"]["signature"] = flipped(document["messageSignature"]["signature"])


def _certificate(instance: Instance, document: Document) -> None:
    other = instance.make_leaf(identity="other@modules.example")
    document["verificationMaterial"]["certificate"]["rawBytes"] = text64(other.der)


BENT: list[tuple[str, Bend, str]] = [
    ("the SET has a flipped bit", _flip("inclusionPromise", "signedEntryTimestamp"), "rekor.set"),
    ("the time is a second later", _later, "rekor.set"),
    ("another log index", _entry("logIndex", "5"), "rekor.set"),
    ("no SET, hence no time", _entry("inclusionPromise", None), "rekor.time"),
    ("no proof", _entry("inclusionProof", None), "rekor.inclusion"),
    ("a proof without checkpoint", _proof_without_checkpoint, "rekor.inclusion"),
    ("the root has a flipped bit", _flip("inclusionProof", "rootHash"), "rekor.inclusion"),
    ("the checkpoint is an older one", _old_checkpoint, "rekor.inclusion"),
    ("the checkpoint is of another log", _checkpoint_of_another, "rekor.inclusion"),
    ("the entry is about another file", _entry_about_another_file, "rekor.binding"),
    ("the entry has another signature", _entry_with_another_signature, "rekor.binding"),
    ("the entry has another certificate", _entry_with_another_certificate, "rekor.binding"),
    ("the body is another one", _other_body, "rekor.set"),
    ("the kind is another one than the body's", _unknown_kind, "rekor.binding"),
    ("no entry", _no_entries, "rekor.log-id"),
    ("only an entry of an unknown log", _own_log, "rekor.log-id"),
    ("the entry is of after the certificate's end", _after_expiry, "rekor.time"),
    ("one of two entries is flawed", _one_flawed_of_two, "rekor.binding"),
    ("another digest is stated", _digest, "artifact"),
    ("the signature has a flipped bit", _signature, "signature"),
    ("another certificate of the same key", _certificate, "rekor.binding"),
]


@pytest.mark.parametrize(("bend", "rule"), [row[1:] for row in BENT], ids=[row[0] for row in BENT])
def test_each_flaw_refuses_by_its_own_step(instance: Instance, bend: Bend, rule: str) -> None:
    document = instance.bundle()
    bend(instance, document)
    report = judge(instance, document)
    assert (report.verdict, report.rule) == ("reject", rule), report.reason


def test_an_altered_artefact_does_not_verify(instance: Instance) -> None:
    document = instance.bundle()
    assert judge(instance, document, content=b"altered").rule == "artifact"
    document["messageSignature"]["messageDigest"] = None
    assert judge(instance, document, content=b"altered").rule == "signature"


def test_version_1_needs_a_set_and_not_a_proof(instance: Instance) -> None:
    document = instance.bundle(media_type=V01)
    entry = entry_of(document)
    del entry["inclusionProof"]["checkpoint"]
    assert judge(instance, document).verdict == "accept"
    del entry["inclusionProof"]
    report = judge(instance, document)
    assert report.verdict == "accept"
    assert status(report, "rekor.inclusion") == "skip"
    del entry["inclusionPromise"]
    assert judge(instance, document).rule == "rekor.set"


def test_a_proof_that_version_1_carries_must_hold(instance: Instance) -> None:
    document = instance.bundle(media_type=V01)
    _flip("inclusionProof", "rootHash")(instance, document)
    assert judge(instance, document).rule == "rekor.inclusion"


def test_an_entry_of_an_unknown_log_is_set_aside_where_another_one_holds(instance: Instance) -> None:
    document = instance.bundle()
    entries = document["verificationMaterial"]["tlogEntries"]
    entries.insert(0, Log(derive_key(SEED, "nobody's log")).log(_body_of(instance, instance.content)))
    report = judge(instance, document)
    assert report.verdict == "accept", report.reason
    assert "unknown logs set aside" in next(one.detail for one in report.steps if one.id == "rekor.log-id")


def test_a_key_given_and_a_certificate_inside_are_two_different_questions(instance: Instance) -> None:
    assert judge(instance, instance.bundle(keyed=True)).rule == "key"
    assert judge(instance, instance.bundle(), key=instance.leaf.key.public_key()).rule == "key"
    stranger = derive_key(SEED, "stranger").public_key()
    assert judge(instance, instance.bundle(keyed=True), key=stranger).rule == "signature"


def test_a_statement_about_another_artefact_or_of_another_type_is_refused(instance: Instance) -> None:
    other = instance.attestation(dsse_1, payload=instance.statement("d" * 64))
    assert judge(instance, other).rule == "artifact"
    text = instance.attestation(dsse_1, payload_type="text/plain")
    report = judge(instance, text)
    assert report.rule == "artifact"
    assert "'text/plain'" in report.reason


@pytest.mark.parametrize("body", [dsse_1, intoto_1, intoto_2, hashedrekord_2])
def test_an_entry_about_another_envelope_is_refused(
    instance: Instance, body: Callable[[Instance, Document, bytes], bytes]
) -> None:
    log = instance.v2 if body is hashedrekord_2 else instance.v1
    logged = instance.attestation(body, log=log, payload=instance.statement(predicate={"other": 1}))
    shown = instance.attestation(body, log=log)
    shown["verificationMaterial"]["tlogEntries"] = logged["verificationMaterial"]["tlogEntries"]
    assert judge(instance, shown).rule == "rekor.binding"


def test_a_signature_that_intoto_1_does_not_record_is_bound_by_the_envelopes_hash(instance: Instance) -> None:
    document = instance.attestation(intoto_1)
    key = instance.leaf.key
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    again = key.sign(
        _signed_bytes(document, instance), ec.ECDSA(hashes.SHA256(), deterministic_signing=False)
    )
    document["dsseEnvelope"]["signatures"][0]["sig"] = text64(again)
    report = judge(instance, document)
    assert (report.verdict, report.rule) == ("reject", "rekor.binding")


def _signed_bytes(document: Document, instance: Instance) -> bytes:
    return pae(document["dsseEnvelope"]["payloadType"], instance.statement())


@pytest.mark.parametrize(("curve", "name"), [(ec.SECP384R1(), "SHA2_384"), (ec.SECP521R1(), "SHA2_512")])
def test_the_hash_is_the_one_that_the_bundle_states(
    instance: Instance, curve: ec.EllipticCurve, name: str
) -> None:
    key = derive_key(SEED, "large", curve)
    algorithm = {"SHA2_384": hashes.SHA384(), "SHA2_512": hashes.SHA512()}[name]
    instance.author = key
    document = instance.bundle(keyed=True, log=instance.v2)
    assert judge(instance, document, key=key.public_key()).verdict == "accept"
    digest = hashes.Hash(algorithm)
    digest.update(instance.content)
    stated = digest.finalize()
    signature = sign_raw(key, instance.content, algorithm)
    spec = {
        "data": {"hash": {"algorithm": name.replace("SHA2_", "sha"), "value": stated.hex()}},
        "signature": {
            "content": text64(signature),
            "publicKey": {"content": text64(instance.verifier(instance.v1, keyed=True))},  # type: ignore[arg-type]
        },
    }
    body = canonical({"apiVersion": "0.0.1", "kind": "hashedrekord", "spec": spec})
    document["verificationMaterial"] |= {
        "tlogEntries": [instance.v1.log(body)],
        "timestampVerificationData": None,
    }
    document["messageSignature"] = {
        "messageDigest": {"algorithm": name, "digest": text64(stated)},
        "signature": text64(signature),
    }
    report = judge(instance, document, key=key.public_key())
    assert report.verdict == "accept", report.reason
    without_file = judge(instance, document, key=key.public_key(), digest_only=True)
    assert without_file.verdict == "error"
    assert "digest only" in without_file.reason


def test_ed25519ph_is_named_as_what_it_is(instance: Instance) -> None:
    document = instance.bundle(keyed=True)
    document["messageSignature"] = {
        "messageDigest": {
            "algorithm": "SHA2_512",
            "digest": text64(hashlib.sha512(instance.content).digest()),
        },
        "signature": text64(b"s" * 64),
    }
    report = judge(instance, document, key=ed25519_key("author").public_key())
    assert (report.verdict, report.rule) == ("reject", "signature")
    assert [finding.id for finding in report.findings] == ["unsupported-algorithm"]
    assert "Ed25519ph" in report.findings[0].summary


def test_pure_ed25519_needs_the_file_and_not_a_digest(instance: Instance) -> None:
    key = ed25519_key("author")
    document = instance.bundle(keyed=True)
    document["messageSignature"]["signature"] = text64(key.sign(instance.content))
    report = judge(instance, document, key=key.public_key())
    assert status(report, "signature") == "pass"
    assert report.rule == "rekor.binding"
    assert judge(instance, document, key=key.public_key(), digest_only=True).verdict == "error"


def test_what_is_no_bundle_is_a_reject_that_names_the_place(instance: Instance) -> None:
    report = judge(instance, {"mediaType": "application/vnd.dev.sigstore.bundle+json;version=9"})
    assert (report.verdict, report.rule) == ("reject", "parse")
    assert "version=9" in report.reason
    assert [step.status for step in report.steps[2:]] == ["skip"] * (len(report.steps) - 2)


def test_the_report_equals_its_json(instance: Instance) -> None:
    fields = judge(instance, instance.bundle()).to_dict()
    assert fields["schema"] == "trustconsole/bundle/1"
    assert fields["verified_time"] == rfc3339(SIGNED)
    assert fields["policy"] == {
        "at": rfc3339(NOW),
        "trusted_root": "root.json",
        "trusted_root_sha256": hashlib.sha256(_root_bytes(instance)).hexdigest(),
        "trusted_root_taken": None,
    }


def _root_bytes(instance: Instance) -> bytes:
    return json.dumps(instance.trusted_root()).encode()
