"""Layouts and `dir:` copies as each tool writes them, with signatures found, judged and bound."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.release.images.conftest import Asking, step_of
from tests.release.images.material import (
    BUNDLE,
    DSSE,
    INDEX,
    SIGN,
    SIMPLE,
    SLSA_1,
    Image,
    Json,
    bundle_layer,
    carrier,
    dsse_layer,
    dump,
    make_image,
    named,
    of_kind,
    referrer,
    signature_file,
    simple_layer,
    simple_payload,
    slsa_1,
    statement,
    tag,
    write_dir_copy,
    write_layout,
)

from trustconsole.demo.signing import sign_raw, text64
from trustconsole.errors import UsageError
from trustconsole.release.images import ImageReport

PLACE = "registry.example/prexorcloud/controller"


def _signed_carrier(ask: Asking, image: Image) -> Json:
    payload = simple_payload(image.digest, PLACE)
    return carrier(image.blobs, [simple_layer(image.blobs, ask.signers.key, payload)])


def _fallback(image: Image, referrers: list[Json]) -> Json:
    index = {"schemaVersion": 2, "mediaType": INDEX, "manifests": referrers}
    return image.blobs.put(dump(index), INDEX)


def _sigstore(ask: Asking, image: Image) -> Json:
    layer = bundle_layer(image.blobs, ask.signers.key, statement(image.digest, SIGN, {}))
    return referrer(image, [layer])


SCHEMES: dict[str, Callable[[Asking, Image], list[Json]]] = {
    "cosign save": lambda ask, image: [
        of_kind(image.top, "imageIndex"),
        of_kind(_signed_carrier(ask, image), "sigs"),
    ],
    "crane": lambda ask, image: [
        named(_signed_carrier(ask, image), f"{PLACE}:{tag(image, '.sig')}"),
        named(image.top, f"{PLACE}:1.4.0"),
    ],
    "skopeo": lambda ask, image: [
        named(image.top, "1.4.0"),
        named(_signed_carrier(ask, image), tag(image, ".sig")),
    ],
    "referrers under the bare tag": lambda ask, image: [
        named(image.top, "1.4.0"),
        named(_fallback(image, [_sigstore(ask, image)]), tag(image, "")),
    ],
    "oras, which lists every manifest": lambda ask, image: [
        image.top,
        *image.platforms,
        _sigstore(ask, image),
    ],
}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_signature_is_found_by_every_scheme_of_naming(scheme: str, ask: Asking, tmp_path: Path) -> None:
    image = make_image()
    layout = write_layout(tmp_path / "layout", image.blobs, SCHEMES[scheme](ask, image))
    report = ask.about(layout)
    assert (report.verdict, report.digest) == ("accept", image.digest), report.reason
    assert [one.verdict for one in report.signatures] == ["accept"]
    assert [one.id for one in report.findings] == ["no-attestation"]
    assert report.blobs == {"ok": 7}


def test_the_line_to_pull_names_the_place_that_was_signed_for_or_none(ask: Asking, tmp_path: Path) -> None:
    image = make_image()
    layout = write_layout(tmp_path / "a", image.blobs, SCHEMES["cosign save"](ask, image))
    assert ask.about(layout).pull == f"docker pull {PLACE}@{image.digest}"
    unnamed = make_image("other")
    entries = SCHEMES["oras, which lists every manifest"](ask, unnamed)
    assert ask.about(write_layout(tmp_path / "b", unnamed.blobs, entries)).pull is None
    hostile = make_image("hostile")
    payload = simple_payload(hostile.digest, "registry.example/$(reboot) x")
    layers = [simple_layer(hostile.blobs, ask.signers.key, payload)]
    entries = [named(hostile.top, "x"), named(carrier(hostile.blobs, layers), tag(hostile, ".sig"))]
    assert ask.about(write_layout(tmp_path / "c", hostile.blobs, entries)).pull is None


def _with_signature(ask: Asking, folder: Path, image: Image, layers: list[Json]) -> ImageReport:
    entries = [named(image.top, "1.4.0"), named(carrier(image.blobs, layers), tag(image, ".sig"))]
    return ask.about(write_layout(folder, image.blobs, entries))


def test_one_good_signature_is_enough_whatever_stands_beside_it(ask: Asking, tmp_path: Path) -> None:
    image = make_image()
    payload = simple_payload(image.digest)
    layers = [
        simple_layer(image.blobs, ask.signers.stranger, simple_payload(image.digest, "elsewhere.example/x")),
        image.blobs.put(b"not a payload", SIMPLE, annotations={"dev.cosignproject.cosign/signature": "AAAA"}),
        simple_layer(image.blobs, ask.signers.key, payload),
    ]
    report = _with_signature(ask, tmp_path / "layout", image, layers)
    assert report.verdict == "accept"
    assert [one.verdict for one in report.signatures] == ["reject", "reject", "accept"]
    assert [one.id for one in report.findings].count("bad-signature") == 2
    assert report.clean


def test_a_signature_speaks_only_for_the_manifest_in_its_payload(ask: Asking, tmp_path: Path) -> None:
    image, other = make_image("one"), make_image("two")
    layer = simple_layer(image.blobs, ask.signers.key, simple_payload(other.digest))
    report = _with_signature(ask, tmp_path / "other", image, [layer])
    assert (report.verdict, report.rule, report.code) == ("reject", "payload", "other-content")
    assert step_of(report.signatures[0].steps, "signature").status == "pass"
    assert step_of(report.signatures[0].steps, "signature").after_verdict


def test_a_payload_of_another_kind_or_with_a_doubled_digest_is_refused(ask: Asking, tmp_path: Path) -> None:
    image = make_image()
    kind = simple_payload(image.digest, type="atomic container signature")
    layer = simple_layer(image.blobs, ask.signers.key, kind)
    report = _with_signature(ask, tmp_path / "kind", image, [layer])
    assert (report.verdict, report.rule) == ("reject", "payload")
    twice = simple_payload(image.digest).replace(
        b'"docker-manifest-digest"',
        b'"docker-manifest-digest":"sha256:' + b"0" * 64 + b'","docker-manifest-digest"',
    )
    image = make_image("twice")
    layer = simple_layer(image.blobs, ask.signers.key, twice)
    report = _with_signature(ask, tmp_path / "twice", image, [layer])
    assert (report.verdict, report.rule) == ("reject", "parse")
    assert "stands twice" in report.reason


def test_a_bundle_about_another_image_and_one_that_is_an_attestation_are_no_signatures(
    ask: Asking, tmp_path: Path
) -> None:
    image, other = make_image("one"), make_image("two")
    foreign = bundle_layer(image.blobs, ask.signers.key, statement(other.digest, SIGN, {}))
    listed = [image.top, referrer(image, [foreign])]
    report = ask.about(write_layout(tmp_path / "foreign", image.blobs, listed))
    assert (report.verdict, report.rule, report.code) == ("reject", "artifact", "other-content")
    image = make_image("three")
    attested = bundle_layer(image.blobs, ask.signers.key, statement(image.digest, SLSA_1, slsa_1()))
    report = ask.about(
        write_layout(tmp_path / "attested", image.blobs, [image.top, referrer(image, [attested])])
    )
    assert (report.verdict, report.code) == ("reject", "no-signature")
    assert [one.verdict for one in report.attestations] == ["accept"]


def test_a_message_signature_over_the_manifest_counts(ask: Asking, tmp_path: Path) -> None:
    image = make_image()
    signed = sign_raw(ask.signers.key, image.manifest)
    digest = bytes.fromhex(image.digest.partition(":")[2])
    bundle = {
        "mediaType": BUNDLE,
        "verificationMaterial": {"publicKey": {"hint": ""}},
        "messageSignature": {
            "messageDigest": {"algorithm": "SHA2_256", "digest": text64(digest)},
            "signature": text64(signed),
        },
    }
    listed = [image.top, referrer(image, [image.blobs.put(dump(bundle), BUNDLE)])]
    assert ask.about(write_layout(tmp_path / "layout", image.blobs, listed)).verdict == "accept"


def test_a_referrer_that_is_listed_for_an_image_but_is_about_another_is_not_looked_at(
    ask: Asking, tmp_path: Path
) -> None:
    image, other = make_image("one"), make_image("two")
    other.blobs = image.blobs
    stray = _sigstore(ask, other)
    entries = [named(image.top, "1.4.0"), named(_fallback(image, [stray]), tag(image, ""))]
    report = ask.about(write_layout(tmp_path / "layout", image.blobs, entries))
    assert (report.verdict, report.code) == ("reject", "no-signature")


def test_signatures_that_lie_in_a_layout_unnamed_do_not_count_and_are_told(
    ask: Asking, tmp_path: Path
) -> None:
    image = make_image()
    _sigstore(ask, image)
    report = ask.about(write_layout(tmp_path / "layout", image.blobs, [of_kind(image.top, "imageIndex")]))
    assert (report.verdict, report.code) == ("reject", "no-signature")
    assert "unnamed-signatures" in [one.id for one in report.findings]


def test_of_several_images_one_must_be_named(ask: Asking, tmp_path: Path) -> None:
    first, second = make_image("one"), make_image("two")
    second.blobs.held |= first.blobs.held
    first.blobs = second.blobs
    entries = [
        named(first.top, "1.4.0"),
        named(second.top, "1.4.1"),
        named(_signed_carrier(ask, second), tag(second, ".sig")),
    ]
    layout = write_layout(tmp_path / "layout", second.blobs, entries)
    with pytest.raises(UsageError, match="holds 2 images") as raised:
        ask.about(layout)
    assert first.digest in raised.value.hint
    assert ask.about(f"{layout}@{second.digest}").verdict == "accept"
    assert ask.about(f"{layout}@{first.digest}").code == "no-signature"
    report = ask.about(f"{layout}@sha256:{'0' * 64}")
    assert (report.verdict, report.digest) == ("error", None)


def test_every_blob_that_the_image_reaches_is_hashed(ask: Asking, tmp_path: Path) -> None:
    image = make_image()
    entries = SCHEMES["skopeo"](ask, image)
    for number, digest in enumerate([image.digest, *_reached(image)]):
        layout = write_layout(tmp_path / f"altered-{number}", image.blobs, entries)
        blob = layout / "blobs" / "sha256" / digest.partition(":")[2]
        data = bytearray(blob.read_bytes())
        data[len(data) // 2] ^= 1
        blob.write_bytes(data)
        report = ask.about(layout)
        assert (report.verdict, report.rule, report.code) == ("reject", "content", "altered-blob"), digest
        assert digest in json.dumps(report.to_dict()["findings"])
        assert report.pull is None


def _reached(image: Image) -> list[str]:
    """Every digest below the top manifest."""
    found = []
    for platform in image.platforms:
        manifest = json.loads(image.blobs.held[str(platform["digest"])])
        parts = [manifest["config"], *manifest["layers"]]
        found += [str(platform["digest"]), *(str(part["digest"]) for part in parts)]
    assert len(found) == 6
    return found


def test_a_blob_that_is_missing_is_a_warning_and_with_all_a_refusal(ask: Asking, tmp_path: Path) -> None:
    image = make_image()
    entries = SCHEMES["skopeo"](ask, image)
    for number, digest in enumerate(_reached(image)):
        layout = write_layout(tmp_path / f"missing-{number}", image.blobs, entries)
        (layout / "blobs" / "sha256" / digest.partition(":")[2]).unlink()
        report = ask.about(layout)
        assert report.verdict == "accept", digest
        assert "missing-blob" in [one.id for one in report.findings]
        report = ask.about(layout, everything=True)
        assert (report.verdict, report.rule, report.code) == ("reject", "content", "incomplete")


def test_a_directory_copy_reads_its_own_signature_files(ask: Asking, tmp_path: Path) -> None:
    image = make_image()
    payload = simple_payload(image.digest, PLACE)
    good = {"dev.cosignproject.cosign/signature": text64(sign_raw(ask.signers.key, payload))}
    foreign = {"dev.cosignproject.cosign/signature": text64(sign_raw(ask.signers.stranger, payload))}
    files = [
        signature_file(payload, foreign),
        b"\x89\x01\x0d\x04 an OpenPGP signature",
        signature_file(b"words", good, "text/plain"),
        signature_file(payload, good),
    ]
    report = ask.about(write_dir_copy(tmp_path / "copy", image, files))
    assert (report.verdict, report.digest) == ("accept", image.digest), report.reason
    assert [one.verdict for one in report.signatures] == ["reject", "accept"]
    assert "other-attachments" in [one.id for one in report.findings]
    report = ask.about(write_dir_copy(tmp_path / "cut", image, files[:3]))
    assert (report.verdict, report.rule) == ("reject", "signature")
    report = ask.about(write_dir_copy(tmp_path / "broken", image, [b"\0sigstore-json\n{"]))
    assert (report.verdict, report.rule) == ("reject", "parse")


def test_attestations_are_judged_and_one_good_one_is_needed_where_there_are_any(
    ask: Asking, tmp_path: Path
) -> None:
    rows: list[tuple[str, list[str], str]] = [
        ("good", ["good"], "accept"),
        ("altered", ["altered"], "reject"),
        ("stranger", ["stranger"], "reject"),
        ("another image", ["another"], "reject"),
        ("one good", ["altered", "good", "stranger"], "accept"),
    ]
    for name, kinds, verdict in rows:
        image = make_image(name)
        layers = [_attestation(ask, image, kind) for kind in kinds]
        entries = [
            *SCHEMES["skopeo"](ask, image),
            named(carrier(image.blobs, layers), tag(image, ".att")),
        ]
        report = ask.about(write_layout(tmp_path / name, image.blobs, entries))
        assert (name, report.verdict) == (name, verdict), report.reason
        assert [one.verdict == "accept" for one in report.attestations] == [kind == "good" for kind in kinds]
        assert all(one.signed is (one.verdict == "accept") for one in report.attestations)
        if verdict == "reject":
            assert report.code == "no-good-attestation"


def _attestation(ask: Asking, image: Image, kind: str) -> Json:
    key = ask.signers.stranger if kind == "stranger" else ask.signers.key
    about = make_image("elsewhere").digest if kind == "another" else image.digest
    payload = statement(about, SLSA_1, slsa_1())
    altered = payload.replace(b"/tags/v1.4.0", b"/tags/v1.4.9") if kind == "altered" else payload
    return dsse_layer(image.blobs, key, altered, signed=payload)


def test_an_envelope_with_several_signatures_is_good_by_one_of_them(ask: Asking, tmp_path: Path) -> None:
    image = make_image()
    payload = statement(image.digest, SLSA_1, slsa_1())
    parts = [
        json.loads(image.blobs.held[str(dsse_layer(image.blobs, key, payload)["digest"])])
        for key in (ask.signers.stranger, ask.signers.key)
    ]
    both = {**parts[0], "signatures": [*parts[0]["signatures"], *parts[1]["signatures"]]}
    layer = image.blobs.put(dump(both), DSSE)
    entries = [*SCHEMES["skopeo"](ask, image), named(carrier(image.blobs, [layer]), tag(image, ".att"))]
    report = ask.about(write_layout(tmp_path / "layout", image.blobs, entries))
    assert report.verdict == "accept"
    assert [one.verdict for one in report.attestations] == ["reject", "accept"]
