"""Images under a whole Sigstore instance: logs of both versions, timestamps, every body of an entry."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.release.images.conftest import Asking
from tests.release.images.material import (
    DSSE,
    SIGN,
    SIMPLE,
    Image,
    Json,
    carrier,
    certificate_pem,
    dump,
    make_image,
    named,
    pae,
    referrer,
    simple_payload,
    statement,
    tag,
    write_layout,
)
from tests.verification.sigstore.making import IDENTITY, NOW, PROVIDER, SIGNED, V03, Document, Instance
from tests.verification.sigstore.making_bodies import dsse_1, hashedrekord_2, intoto_1, intoto_2

from trustconsole.demo.signing import sign_raw, text64
from trustconsole.release.images import ImageReport
from trustconsole.release.policy import PolicyOptions

CLAIM = "https://example.org/reviewed/v1"
Body = Callable[[Instance, Document, bytes], bytes]


@pytest.fixture
def instance() -> Instance:
    return Instance()


def _policy(instance: Instance, folder: Path) -> PolicyOptions:
    path = folder / "trusted_root.json"
    path.write_text(json.dumps(instance.trusted_root()))
    return PolicyOptions(trusted_root=path, identity=IDENTITY, issuer=PROVIDER)


def _about(
    ask: Asking, instance: Instance, image: Image, entries: list[Json], at: datetime = NOW
) -> ImageReport:
    folder = ask.directory / f"layout-{len(list(ask.directory.iterdir()))}"
    layout = write_layout(folder, image.blobs, [named(image.top, "1"), *entries])
    return ask.about(layout, _policy(instance, ask.directory), at=at)


def _bundle(instance: Instance, image: Image, predicate: str, body: Body, *, v2: bool) -> dict[str, Any]:
    payload = statement(image.digest, predicate, {})
    return instance.attestation(body, log=instance.v2 if v2 else instance.v1, payload=payload)


def _as_referrer(image: Image, bundle: object) -> Json:
    return referrer(image, [image.blobs.put(dump(bundle), V03)])


BODIES: dict[str, tuple[Body, bool]] = {
    "dsse 0.0.1": (dsse_1, False),
    "intoto 0.0.1": (intoto_1, False),
    "intoto 0.0.2": (intoto_2, False),
    "hashedrekord 0.0.2": (hashedrekord_2, True),
}


@pytest.mark.parametrize("kind", BODIES)
def test_bundles_with_every_kind_of_entry_hold_long_after_the_leaf_has_expired(
    kind: str, ask: Asking, instance: Instance
) -> None:
    body, v2 = BODIES[kind]
    image = make_image()
    entries = [
        _as_referrer(image, _bundle(instance, image, predicate, body, v2=v2)) for predicate in (SIGN, CLAIM)
    ]
    report = _about(ask, instance, image, entries)
    assert report.verdict == "accept", report.reason
    assert report.signatures[0].verified_time == SIGNED
    assert [(one.predicate_type, one.signed) for one in report.attestations] == [(CLAIM, True)]


def test_an_entry_of_an_unknown_log_and_a_bent_proof_prove_nothing(ask: Asking, instance: Instance) -> None:
    image, foreign = make_image(), Instance(v1=Instance().v2)
    bundle = _bundle(foreign, image, SIGN, hashedrekord_2, v2=False)
    bundle["verificationMaterial"]["tlogEntries"][0]["logId"]["keyId"] = text64(b"x" * 32)
    bundle["verificationMaterial"].pop("timestampVerificationData", None)
    report = _about(ask, instance, image, [_as_referrer(image, bundle)])
    assert (report.verdict, report.code) == ("unknown", "time-unproven")
    bundle = _bundle(instance, image, SIGN, dsse_1, v2=False)
    bundle["verificationMaterial"]["tlogEntries"][0]["inclusionProof"]["logIndex"] = "0"
    report = _about(ask, instance, image, [_as_referrer(image, bundle)])
    assert (report.verdict, report.rule) == ("reject", "rekor.inclusion")


def _tagged(image: Image, layer: Json, suffix: str) -> Json:
    return named(carrier(image.blobs, [layer]), tag(image, suffix))


def _simple(instance: Instance, image: Image, stamp_at: datetime | None) -> Json:
    """A simple signing layer, with a timestamp where a time is given."""
    payload = simple_payload(image.digest)
    signature = sign_raw(instance.leaf.key, payload)
    annotations = {
        "dev.cosignproject.cosign/signature": text64(signature),
        "dev.sigstore.cosign/certificate": certificate_pem(instance.leaf),
    }
    if stamp_at is not None:
        annotations["dev.sigstore.cosign/rfc3161timestamp"] = _stamp(instance, signature, stamp_at)
    return image.blobs.put(payload, SIMPLE, annotations=annotations)


def _stamp(instance: Instance, covered: bytes, at: datetime = SIGNED) -> str:
    return json.dumps({"SignedRFC3161Timestamp": text64(instance.token(covered, at))})


def test_a_timestamp_alone_proves_the_time_of_a_simple_signature(ask: Asking, instance: Instance) -> None:
    image = make_image()
    report = _about(ask, instance, image, [_tagged(image, _simple(instance, image, SIGNED), ".sig")])
    assert (report.verdict, report.signatures[0].verified_time) == ("accept", SIGNED), report.reason
    late = SIGNED + timedelta(days=1)
    report = _about(ask, instance, image, [_tagged(image, _simple(instance, image, late), ".sig")])
    assert report.verdict == "reject"
    report = _about(ask, instance, image, [_tagged(image, _simple(instance, image, None), ".sig")])
    assert report.code == "time-unproven"


def test_a_timestamp_of_an_attestation_covers_the_whole_envelope(ask: Asking, instance: Instance) -> None:
    image = make_image()
    payload = statement(image.digest, CLAIM, {})
    signature = sign_raw(instance.leaf.key, pae(payload))
    envelope = dump(
        {
            "payloadType": "application/vnd.in-toto+json",
            "payload": text64(payload),
            "signatures": [{"keyid": "", "sig": text64(signature)}],
        }
    )
    signed = _tagged(image, _simple(instance, image, SIGNED), ".sig")
    for covered, verdict in ((envelope, "accept"), (signature, "reject")):
        annotations = {
            "dev.sigstore.cosign/certificate": certificate_pem(instance.leaf),
            "dev.sigstore.cosign/rfc3161timestamp": _stamp(instance, covered),
        }
        layer = image.blobs.put(envelope, DSSE, annotations=annotations)
        report = _about(ask, instance, image, [signed, _tagged(image, layer, ".att")])
        assert report.verdict == verdict, report.reason
        assert [one.verdict for one in report.attestations] == [verdict]


@pytest.mark.parametrize("body", [dsse_1, intoto_1], ids=["dsse", "intoto"])
def test_an_attestation_by_tag_with_the_entry_in_its_annotations_holds(
    body: Body, ask: Asking, instance: Instance
) -> None:
    image = make_image()
    bundle = _bundle(instance, image, CLAIM, body, v2=False)
    entry = bundle["verificationMaterial"]["tlogEntries"][0]
    annotations = {
        "dev.sigstore.cosign/certificate": certificate_pem(instance.leaf),
        "dev.sigstore.cosign/bundle": json.dumps(
            {
                "SignedEntryTimestamp": entry["inclusionPromise"]["signedEntryTimestamp"],
                "Payload": {
                    "body": entry["canonicalizedBody"],
                    "integratedTime": int(entry["integratedTime"]),
                    "logIndex": int(entry["logIndex"]),
                    "logID": b64decode(entry["logId"]["keyId"]).hex(),
                },
            }
        ),
    }
    layer = image.blobs.put(dump(bundle["dsseEnvelope"]), DSSE, annotations=annotations)
    signed = _tagged(image, _simple(instance, image, SIGNED), ".sig")
    report = _about(ask, instance, image, [signed, _tagged(image, layer, ".att")])
    assert report.verdict == "accept", report.reason
    assert report.attestations[0].signed
