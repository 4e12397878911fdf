"""Images signed by a workflow's certificate: identity, log entry, time, and what provenance must say."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from tests.release.images.conftest import Asking, step_of
from tests.release.images.material import (
    BUNDLE,
    COMMIT,
    IDENTITY,
    IN_TOTO,
    ISSUER,
    NOW,
    REPOSITORY,
    SIGN,
    SLSA_1,
    Image,
    Json,
    carrier,
    certificate_pem,
    dsse_layer,
    dump,
    keyless_layer,
    make_image,
    named,
    pae,
    referrer,
    simple_payload,
    slsa_1,
    statement,
    tag,
    write_layout,
)

from trustconsole.demo.authorities import Authority
from trustconsole.demo.signing import sign_raw, text64
from trustconsole.release.images import ImageReport
from trustconsole.release.policy import PolicyOptions

LATER = NOW + timedelta(days=90)
FOREIGN = "https://github.com/prexorjustin/prexorcloud/.github/workflows/release.yml@refs/tags/v1.4.0"
LOOKALIKE = (
    "https://github.com/prexorjustin/prexorcloud/xgithub/workflows/release-imagesXyml@refs/tags/v1.4.0"
)


def _about(
    ask: Asking,
    folder: Path,
    leaf: Authority,
    *,
    entry_at: datetime | None,
    at: datetime,
    policy: PolicyOptions | None = None,
    change: str = "",
) -> ImageReport:
    image = make_image()
    layer = keyless_layer(image.blobs, ask.signers, simple_payload(image.digest), leaf, entry_at)
    _bend(layer, change)
    layout = write_layout(folder, image.blobs, _entries(image, [layer]))
    return ask.about(layout, policy or ask.keyless, at=at)


def _entries(image: Image, layers: list[Json]) -> list[Json]:
    return [named(image.top, "1.4.0"), named(carrier(image.blobs, layers), tag(image, ".sig"))]


def _bend(layer: Json, change: str) -> None:
    annotations = layer["annotations"]
    assert isinstance(annotations, dict)
    if change == "set":
        entry = json.loads(annotations["dev.sigstore.cosign/bundle"])
        entry["Payload"]["logIndex"] += 1
        annotations["dev.sigstore.cosign/bundle"] = json.dumps(entry)
    elif change == "no certificate":
        del annotations["dev.sigstore.cosign/certificate"]
    elif change == "entry is no JSON":
        annotations["dev.sigstore.cosign/bundle"] = "{"


def test_a_log_entry_proves_the_time_of_a_leaf_that_has_expired(ask: Asking, tmp_path: Path) -> None:
    report = _about(ask, tmp_path / "layout", ask.signers.leaf(), entry_at=NOW, at=LATER)
    assert report.verdict == "accept", report.reason
    signature = report.signatures[0]
    assert signature.verified_time == NOW
    assert signature.signer is not None
    assert signature.signer.san == (IDENTITY,)


def test_without_a_proof_of_time_the_verdict_is_unknown_once_the_leaf_has_expired(
    ask: Asking, tmp_path: Path
) -> None:
    leaf = ask.signers.leaf()
    assert _about(ask, tmp_path / "then", leaf, entry_at=None, at=NOW).verdict == "accept"
    report = _about(ask, tmp_path / "later", leaf, entry_at=None, at=LATER)
    assert (report.verdict, report.code, report.rule) == ("unknown", "time-unproven", "time")
    assert report.pull is None


@pytest.mark.parametrize(
    ("identity", "rule"), [(FOREIGN, "identity"), (LOOKALIKE, "identity"), (f"{IDENTITY}\n", "identity")]
)
def test_another_identity_is_refused(identity: str, rule: str, ask: Asking, tmp_path: Path) -> None:
    report = _about(ask, tmp_path / "layout", ask.signers.leaf(identity), entry_at=NOW, at=LATER)
    assert (report.verdict, report.rule) == ("reject", rule)


def test_the_documented_expression_lets_a_look_alike_pass_and_that_is_an_error_finding(
    ask: Asking, tmp_path: Path
) -> None:
    policy = replace(ask.keyless, documented_identity=True)
    leaf = ask.signers.leaf(LOOKALIKE)
    report = _about(ask, tmp_path / "layout", leaf, entry_at=NOW, at=LATER, policy=policy)
    assert report.verdict == "accept"
    assert not report.clean


@pytest.mark.parametrize(
    ("change", "rule"),
    [("set", "rekor.set"), ("no certificate", "key"), ("entry is no JSON", "parse")],
)
def test_a_part_that_is_altered_or_absent_is_refused(
    change: str, rule: str, ask: Asking, tmp_path: Path
) -> None:
    leaf = ask.signers.leaf()
    report = _about(ask, tmp_path / "layout", leaf, entry_at=NOW, at=LATER, change=change)
    assert (report.verdict, report.rule) == ("reject", rule), report.reason


def test_an_entry_about_another_signature_is_refused(ask: Asking, tmp_path: Path) -> None:
    image, other = make_image("one"), make_image("two")
    leaf = ask.signers.leaf()
    layer = keyless_layer(image.blobs, ask.signers, simple_payload(image.digest), leaf, NOW)
    strange = keyless_layer(other.blobs, ask.signers, simple_payload(other.digest), leaf, NOW)
    own, foreign = layer["annotations"], strange["annotations"]
    assert isinstance(own, dict)
    assert isinstance(foreign, dict)
    own["dev.sigstore.cosign/bundle"] = foreign["dev.sigstore.cosign/bundle"]
    report = ask.about(
        write_layout(tmp_path / "layout", image.blobs, _entries(image, [layer])), ask.keyless, at=LATER
    )
    assert (report.verdict, report.rule) == ("reject", "rekor.binding")


def test_an_entry_fetched_elsewhere_proves_the_time(ask: Asking, tmp_path: Path) -> None:
    image, leaf = make_image(), ask.signers.leaf()
    payload = simple_payload(image.digest)
    layer = keyless_layer(image.blobs, ask.signers, payload, leaf, None)
    layout = write_layout(tmp_path / "layout", image.blobs, _entries(image, [layer]))
    annotations = layer["annotations"]
    assert isinstance(annotations, dict)
    logged = keyless_layer(make_image("spare").blobs, ask.signers, payload, leaf, NOW)["annotations"]
    assert isinstance(logged, dict)
    entry = json.loads(logged["dev.sigstore.cosign/bundle"])
    answer = {
        "24296fb24b8ad77a" + "0" * 64: {
            **entry["Payload"],
            "verification": {"signedEntryTimestamp": entry["SignedEntryTimestamp"]},
        }
    }
    file = tmp_path / "entry.json"
    file.write_bytes(dump(answer))
    assert ask.about(layout, ask.keyless, at=LATER).code == "time-unproven"
    report = ask.about(layout, ask.keyless, at=LATER, entry=file)
    assert (report.verdict, report.signatures[0].verified_time) == ("accept", NOW), report.reason
    file.write_bytes(b"{}")
    assert ask.about(layout, ask.keyless, at=LATER, entry=file).verdict == "error"


def _attested(ask: Asking, folder: Path, predicate: Json, *, commit: str = COMMIT) -> ImageReport:
    """An image that a workflow signed, with a provenance signed under a certificate of the same workflow."""
    image = make_image()
    leaf = ask.signers.leaf(commit=commit)
    signature = keyless_layer(image.blobs, ask.signers, simple_payload(image.digest), leaf, NOW)
    layer = dsse_layer(image.blobs, ask.signers.leaf_key, statement(image.digest, SLSA_1, predicate))
    layer["annotations"] = {"dev.sigstore.cosign/certificate": certificate_pem(leaf)}
    entries = [*_entries(image, [signature]), named(carrier(image.blobs, [layer]), tag(image, ".att"))]
    return ask.about(write_layout(folder, image.blobs, entries), ask.keyless)


def test_provenance_is_held_against_the_preset_and_the_certificates_commit(
    ask: Asking, tmp_path: Path
) -> None:
    good = _attested(ask, tmp_path / "good", slsa_1())
    assert good.verdict == "accept", good.reason
    assert step_of(good.attestations[0].steps, "build").status == "pass"
    assert good.attestations[0].facts["commit"] == COMMIT
    report = _attested(ask, tmp_path / "commit", slsa_1(), commit="1" * 40)
    assert (report.verdict, report.rule) == ("reject", "build")
    assert "the signer's certificate says" in report.reason


@pytest.mark.parametrize(
    "predicate",
    [
        slsa_1(repository=f"{REPOSITORY}-evil"),
        slsa_1(workflow=".github/workflows/release.yml"),
        slsa_1(ref="refs/heads/main"),
        slsa_1(builder=f"{REPOSITORY}-evil/.github/workflows/release-images.yml@refs/tags/v1.4.0"),
        slsa_1(builder="https://builder.example/jenkins"),
    ],
    ids=["repository", "workflow", "branch", "builder's repository", "builder"],
)
def test_a_genuine_provenance_that_names_another_build_is_refused(
    predicate: Json, ask: Asking, tmp_path: Path
) -> None:
    report = _attested(ask, tmp_path / "layout", predicate)
    assert (report.verdict, report.rule, report.code) == ("reject", "build", "no-good-attestation")
    assert report.attestations[0].signed


def test_with_an_identity_of_ones_own_the_provenance_is_held_against_that(
    ask: Asking, tmp_path: Path
) -> None:
    own = "https://github.com/acme/fork/.github/workflows/publish.yml@refs/heads/main"
    parts = {"repository": "https://github.com/acme/fork", "workflow": ".github/workflows/publish.yml"}
    matching = slsa_1(**parts, ref="refs/heads/main", builder=own)
    for name, predicate, verdict in (("own", matching, "accept"), ("preset", slsa_1(), "reject")):
        image, leaf = make_image(name), ask.signers.leaf(own)
        signature = keyless_layer(image.blobs, ask.signers, simple_payload(image.digest), leaf, NOW)
        layer = dsse_layer(image.blobs, ask.signers.leaf_key, statement(image.digest, SLSA_1, predicate))
        layer["annotations"] = {"dev.sigstore.cosign/certificate": certificate_pem(leaf)}
        entries = [*_entries(image, [signature]), named(carrier(image.blobs, [layer]), tag(image, ".att"))]
        layout = write_layout(tmp_path / name, image.blobs, entries)
        for policy in (
            replace(ask.keyless, identity=own),
            replace(ask.keyless, identity_regexp="^https://github\\.com/acme/fork/.+@refs/heads/main$"),
        ):
            assert (name, ask.about(layout, policy).verdict) == (name, verdict)


def test_a_bundle_with_a_certificate_is_judged_by_the_same_rules(ask: Asking, tmp_path: Path) -> None:

    image, leaf = make_image(), ask.signers.leaf()
    payload = statement(image.digest, SIGN, {})
    der = leaf.certificate.public_bytes(Encoding.DER)
    bundle = {
        "mediaType": BUNDLE,
        "verificationMaterial": {"certificate": {"rawBytes": text64(der)}},
        "dsseEnvelope": {
            "payload": text64(payload),
            "payloadType": IN_TOTO,
            "signatures": [{"sig": text64(sign_raw(ask.signers.leaf_key, pae(payload)))}],
        },
    }
    listed = [image.top, referrer(image, [image.blobs.put(dump(bundle), BUNDLE)])]
    layout = write_layout(tmp_path / "layout", image.blobs, listed)
    assert ask.about(layout, ask.keyless).verdict == "accept"
    assert ask.about(layout, ask.keyless, at=LATER).code == "time-unproven"
    assert ask.about(layout, replace(ask.keyless, identity="else", issuer=ISSUER)).rule == "identity"
