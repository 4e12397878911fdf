"""What stands beside a good signature: broken lists, builders of one's own, attestations without a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from tests.release.images.conftest import Asking
from tests.release.images.material import (
    INDEX,
    NOW,
    SLSA_1,
    Image,
    Json,
    carrier,
    certificate_pem,
    dsse_layer,
    keyless_layer,
    make_image,
    named,
    simple_layer,
    simple_payload,
    slsa_1,
    statement,
    tag,
    write_layout,
)


def _signed(ask: Asking, image: Image) -> list[Json]:
    layer = simple_layer(image.blobs, ask.signers.key, simple_payload(image.digest))
    return [named(image.top, "1"), named(carrier(image.blobs, [layer]), tag(image, ".sig"))]


def test_a_list_of_referrers_that_cannot_be_read_does_not_hide_a_good_signature(
    ask: Asking, tmp_path: Path
) -> None:
    for name, index in (("no JSON", b"{"), ("half a manifest", make_image().manifest[:-1])):
        image = make_image(name)
        broken = named(image.blobs.put(index, INDEX), tag(image, ""))
        alone = write_layout(tmp_path / f"{name} alone", image.blobs, [named(image.top, "1"), broken])
        report = ask.about(alone)
        assert (report.verdict, report.rule) == ("reject", "parse")
        entries = [*_signed(ask, image), broken]
        assert ask.about(write_layout(tmp_path / name, image.blobs, entries)).verdict == "accept"


def test_beside_a_key_an_identity_says_who_was_to_build(ask: Asking, tmp_path: Path) -> None:
    builder = "https://github.com/acme/fork/.github/workflows/publish.yml@refs/heads/main"
    own = slsa_1(
        repository="https://github.com/acme/fork",
        workflow=".github/workflows/publish.yml",
        ref="refs/heads/main",
        builder=builder,
    )
    image = make_image()
    layer = dsse_layer(image.blobs, ask.signers.key, statement(image.digest, SLSA_1, own))
    entries = [*_signed(ask, image), named(carrier(image.blobs, [layer]), tag(image, ".att"))]
    layout = write_layout(tmp_path / "layout", image.blobs, entries)
    report = ask.about(layout)
    assert (report.verdict, report.rule) == ("reject", "build")
    assert "other-build" in [one.id for one in report.findings]
    assert ask.about(layout, replace(ask.by_key, identity=builder)).verdict == "accept"
    regexp = r"\Ahttps://github\.com/acme/fork/.+\Z"
    assert ask.about(layout, replace(ask.by_key, identity_regexp=regexp)).verdict == "accept"
    assert ask.about(layout, replace(ask.by_key, identity=f"{builder}x")).verdict == "reject"


def test_an_attestation_whose_time_is_unproven_leaves_the_image_unknown(ask: Asking, tmp_path: Path) -> None:
    image, leaf = make_image(), ask.signers.leaf()
    signature = keyless_layer(image.blobs, ask.signers, simple_payload(image.digest), leaf, NOW)
    layer = dsse_layer(image.blobs, ask.signers.leaf_key, statement(image.digest, SLSA_1, slsa_1()))
    layer["annotations"] = {"dev.sigstore.cosign/certificate": certificate_pem(leaf)}
    entries = [
        named(image.top, "1"),
        named(carrier(image.blobs, [signature]), tag(image, ".sig")),
        named(carrier(image.blobs, [layer]), tag(image, ".att")),
    ]
    layout = write_layout(tmp_path / "layout", image.blobs, entries)
    report = ask.about(layout, ask.keyless, at=NOW + timedelta(days=9))
    assert (report.verdict, report.code) == ("unknown", "time-unproven")
    assert [one.verdict for one in report.signatures] == ["accept"]
