"""A real registry: Debian's `docker-registry`, started here on loopback."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from tests.release.images.conftest import Asking
from tests.release.images.material import (
    INDEX,
    NOW,
    SIGN,
    SLSA_02,
    SLSA_1,
    Blobs,
    Image,
    attestation_manifest,
    buildkit_02,
    bundle_layer,
    carrier,
    dsse_layer,
    dump,
    make_image,
    make_platform,
    referrer,
    simple_layer,
    simple_payload,
    slsa_1,
    statement,
    tag,
)
from tests.release.images.registries import PROGRAM, Registry, running_registry

from trustconsole.release.images.manifests import Descriptor
from trustconsole.release.images.question import ImageQuestion
from trustconsole.release.images.references import RegistryReference, read_reference
from trustconsole.release.images.registry import RegistryCopy
from trustconsole.release.images.request import PRESET
from trustconsole.release.images.verify import verify_copy
from trustconsole.release.policy import read_policy

pytestmark = pytest.mark.skipif(
    shutil.which(PROGRAM) is None, reason=f"{PROGRAM} is not here (Debian package {PROGRAM})"
)
NAME = "prexorcloud/controller"


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """One registry for all tests of this file; each pushes into a repository of its own."""
    with running_registry(tmp_path_factory.mktemp("registry")) as running:
        yield running


def _sign_by_tag(registry: Registry, repository: str, image: Image, ask: Asking) -> None:
    payload = simple_payload(image.digest, f"{registry.host}/{repository}")
    layer = simple_layer(image.blobs, ask.signers.key, payload)
    registry.push(repository, image.blobs, carrier(image.blobs, [layer]), tag(image, ".sig"))


def test_a_signed_image_is_accepted_by_tag_and_by_digest_and_the_line_to_pull_names_it(
    registry: Registry, ask: Asking
) -> None:
    repository, image = f"{NAME}-tag", make_image()
    registry.push_image(repository, image, "1.4.0")
    _sign_by_tag(registry, repository, image, ask)
    for reference in (":1.4.0", f"@{image.digest}", f":1.4.0@{image.digest}"):
        report = ask.about(f"{registry.host}/{repository}{reference}")
        assert (report.verdict, report.digest) == ("accept", image.digest), report.reason
        assert report.pull == f"docker pull {registry.host}/{repository}@{image.digest}"
        assert [one.name for one in report.platforms] == ["linux/amd64", "linux/arm64"]
        assert report.blobs == {"ok": 3, "remote": 4}


def test_an_unsigned_image_a_foreign_signature_and_a_missing_tag_are_told_apart(
    registry: Registry, ask: Asking
) -> None:
    repository, image = f"{NAME}-plain", make_image("plain")
    registry.push_image(repository, image, "1.4.0")
    place = f"{registry.host}/{repository}"
    report = ask.about(f"{place}:1.4.0")
    assert (report.verdict, report.code) == ("reject", "no-signature")
    layer = simple_layer(image.blobs, ask.signers.stranger, simple_payload(image.digest))
    registry.push(repository, image.blobs, carrier(image.blobs, [layer]), tag(image, ".sig"))
    report = ask.about(f"{place}:1.4.0")
    assert (report.verdict, report.rule) == ("reject", "signature")
    report = ask.about(f"{place}:9.9.9")
    assert (report.verdict, report.digest) == ("error", None)
    assert "no image of the tag 9.9.9" in report.reason


def test_referrers_are_found_by_the_tag_that_stands_for_the_api(registry: Registry, ask: Asking) -> None:
    repository, image = f"{NAME}-referrers", make_image("referrers")
    registry.push_image(repository, image, "1.4.0")
    signed = referrer(image, [bundle_layer(image.blobs, ask.signers.key, statement(image.digest, SIGN, {}))])
    built = statement(image.digest, SLSA_1, slsa_1())
    provenance = referrer(image, [bundle_layer(image.blobs, ask.signers.key, built)])
    index = {"schemaVersion": 2, "mediaType": INDEX, "manifests": [signed, provenance]}
    registry.push(repository, image.blobs, image.blobs.put(dump(index), INDEX), tag(image, ""))
    report = ask.about(f"{registry.host}/{repository}:1.4.0")
    assert report.verdict == "accept", report.reason
    assert [(one.verdict, one.signed) for one in report.attestations] == [("accept", True)]


def test_attestations_by_tag_and_of_buildkit_are_read_from_the_registry(
    registry: Registry, ask: Asking
) -> None:
    repository, blobs = f"{NAME}-attested", Blobs()
    first = make_platform(blobs, "amd64", "attested")
    built = statement(str(first["digest"]), SLSA_02, buildkit_02())
    image = make_image("attested", blobs=blobs, further=[attestation_manifest(blobs, first, built)])
    registry.push_image(repository, image, "1.4.0")
    _sign_by_tag(registry, repository, image, ask)
    layer = dsse_layer(blobs, ask.signers.key, statement(image.digest, SLSA_1, slsa_1()))
    registry.push(repository, blobs, carrier(blobs, [layer]), tag(image, ".att"))
    report = ask.about(f"{registry.host}/{repository}:1.4.0")
    assert report.verdict == "accept", report.reason
    assert [(one.signed, one.covered) for one in report.attestations] == [(True, False), (False, True)]


def test_a_tag_that_moves_after_it_was_resolved_changes_nothing(registry: Registry, ask: Asking) -> None:
    repository, image, other = f"{NAME}-moved", make_image("first"), make_image("second")
    registry.push_image(repository, image, "1.4.0")
    _sign_by_tag(registry, repository, image, ask)
    reference = read_reference(f"{registry.host}/{repository}:1.4.0")
    assert isinstance(reference, RegistryReference)

    class Moved(RegistryCopy):
        """The tag moves the moment after it was resolved."""

        def image(self, digest: str | None) -> Descriptor:
            resolved = super().image(digest)
            registry.push_image(repository, other, "1.4.0")
            return resolved

    policy = read_policy(ask.by_key, PRESET, NOW)
    report = verify_copy(Moved(reference), str(reference), None, ImageQuestion(policy))
    assert (report.verdict, report.digest) == ("accept", image.digest)
    assert report.pull is not None
    assert report.pull.endswith(image.digest)
    after = ask.about(f"{registry.host}/{repository}:1.4.0")
    assert (after.verdict, after.digest, after.code) == ("reject", other.digest, "no-signature")
