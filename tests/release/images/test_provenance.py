"""What provenance predicates say, in each of the forms that tools write, and BuildKit's own attestations."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.release.images.conftest import Asking, step_of
from tests.release.images.material import (
    COMMIT,
    IDENTITY,
    REF,
    REPOSITORY,
    SLSA_02,
    SLSA_1,
    WORKFLOW,
    Blobs,
    Image,
    Json,
    attestation_manifest,
    buildkit_02,
    carrier,
    make_image,
    make_platform,
    named,
    simple_layer,
    simple_payload,
    slsa_1,
    statement,
    tag,
    write_layout,
)

from trustconsole.errors import MalformedInput
from trustconsole.release.images import ImageReport
from trustconsole.release.images.provenance import read_provenance, source_of, workflow_of

DIGEST = f"sha256:{'a' * 64}"


def test_github_workflow_provenance_names_builder_workflow_ref_and_commit() -> None:
    found = read_provenance(SLSA_1, statement(DIGEST, SLSA_1, slsa_1()), "here")
    assert found is not None
    assert found.facts() == {
        "builder": IDENTITY,
        "repository": REPOSITORY,
        "workflow": WORKFLOW,
        "ref": REF,
        "commit": COMMIT,
    }


def test_buildkit_provenance_names_no_workflow_in_either_version() -> None:
    found = read_provenance(SLSA_02, statement(DIGEST, SLSA_02, buildkit_02()), "here")
    assert found is not None
    assert (found.workflow, found.repositories, found.commits) == ("", (REPOSITORY,), (COMMIT,))
    version_1 = {
        "buildDefinition": {
            "buildType": "https://github.com/moby/buildkit/blob/master/docs/attestations/slsa-definitions.md",
            "externalParameters": {
                "configSource": {
                    "uri": f"{REPOSITORY}.git#{REF}",
                    "digest": {"sha1": COMMIT},
                    "path": "Dockerfile",
                }
            },
        },
        "runDetails": {
            "builder": {"id": ""},
            "metadata": {"buildkit_metadata": {"vcs": {"source": REPOSITORY, "revision": f"{COMMIT}-dirty"}}},
        },
    }
    found = read_provenance(SLSA_1, statement(DIGEST, SLSA_1, version_1), "here")
    assert found is not None
    assert found.facts() == {"repository": REPOSITORY, "ref": REF, "commit": COMMIT}


def test_the_older_workflow_form_names_its_entry_point() -> None:
    predicate = {
        "builder": {"id": IDENTITY},
        "invocation": {
            "configSource": {
                "uri": f"git+{REPOSITORY}@{REF}",
                "digest": {"sha1": COMMIT},
                "entryPoint": WORKFLOW,
            }
        },
    }
    found = read_provenance(SLSA_02, statement(DIGEST, SLSA_02, predicate), "here")
    assert found is not None
    assert (found.workflow, found.repositories, found.refs) == (WORKFLOW, (REPOSITORY,), (REF,))


@pytest.mark.parametrize(
    ("uri", "repository", "ref"),
    [
        ("https://github.com/o/r", "https://github.com/o/r", ""),
        ("https://github.com/o/r.git#refs/tags/v1:docker", "https://github.com/o/r", "refs/tags/v1"),
        ("git+https://github.com/o/r@refs/heads/main", "https://github.com/o/r", "refs/heads/main"),
        ("git@github.com:o/r.git", "https://github.com/o/r", ""),
        ("ssh://git@github.com/o/r", "https://github.com/o/r", ""),
        ("pkg:docker/x@1", "pkg:docker/x@1", ""),
        ("", "", ""),
    ],
)
def test_a_source_is_a_repository_and_a_ref(uri: str, repository: str, ref: str) -> None:
    assert source_of(uri) == (repository, ref)


def test_only_a_workflows_identity_is_one() -> None:
    assert workflow_of(IDENTITY) == (REPOSITORY, WORKFLOW, REF)
    for text in ("", "someone@example.com", f"{REPOSITORY}/actions/runs/1", f"{REPOSITORY}/{WORKFLOW}"):
        assert workflow_of(text) is None


@pytest.mark.parametrize(
    "predicate",
    [
        {"buildDefinition": []},
        {"runDetails": {"builder": {"id": 7}}},
        {"buildDefinition": {"externalParameters": "x"}},
    ],
)
def test_a_member_of_a_wrong_type_makes_it_malformed(predicate: Json) -> None:
    with pytest.raises(MalformedInput):
        read_provenance(SLSA_1, statement(DIGEST, SLSA_1, predicate), "here")


def test_another_predicate_is_no_provenance() -> None:
    kind = "https://spdx.dev/Document"
    assert read_provenance(kind, statement(DIGEST, kind, {}), "here") is None


def _built(
    ask: Asking,
    folder: Path,
    predicate: Json,
    *,
    about: str | None = None,
    label: str = SLSA_02,
    signed: bool = True,
) -> ImageReport:
    """An image with one BuildKit attestation in its index."""
    blobs = Blobs()
    first = make_platform(blobs, "amd64", "built")
    payload = statement(about or str(first["digest"]), SLSA_02, predicate)
    image = make_image("built", blobs=blobs, further=[attestation_manifest(blobs, first, payload, label)])
    key = ask.signers.key if signed else ask.signers.stranger
    return ask.about(
        write_layout(folder, blobs, _named(image, simple_layer(blobs, key, simple_payload(image.digest))))
    )


def _named(image: Image, layer: Json) -> list[Json]:
    return [named(image.top, "1.4.0"), named(carrier(image.blobs, [layer]), tag(image, ".sig"))]


def test_buildkit_attestations_are_covered_by_the_signature_of_their_index(
    ask: Asking, tmp_path: Path
) -> None:
    report = _built(ask, tmp_path / "good", buildkit_02())
    assert report.verdict == "accept", report.reason
    found = report.attestations[0]
    assert (found.predicate_type, found.verdict, found.signed, found.covered) == (
        SLSA_02,
        "accept",
        False,
        True,
    )
    assert [one.name for one in report.platforms] == ["linux/amd64", "linux/arm64"]
    report = _built(ask, tmp_path / "uncovered", buildkit_02(), signed=False)
    assert report.verdict == "reject"
    assert not report.attestations[0].covered
    assert step_of(report.attestations[0].steps, "covered").status == "fail"


@pytest.mark.parametrize(
    "predicate",
    [
        buildkit_02(repository="https://github.com/prexorjustin/prexorcloud-evil"),
        buildkit_02(ref="refs/heads/main"),
        buildkit_02(builder="https://builder.example/1"),
    ],
    ids=["repository", "branch", "builder"],
)
def test_a_covered_attestation_that_names_another_build_is_refused(
    predicate: Json, ask: Asking, tmp_path: Path
) -> None:
    report = _built(ask, tmp_path / "layout", predicate)
    assert (report.verdict, report.rule, report.code) == ("reject", "build", "no-good-attestation")


def test_a_covered_attestation_must_be_about_its_own_platform_and_be_what_it_is_called(
    ask: Asking, tmp_path: Path
) -> None:
    assert _built(ask, tmp_path / "about", buildkit_02(), about=DIGEST).rule == "artifact"
    assert _built(ask, tmp_path / "label", buildkit_02(), label=SLSA_1).rule == "parse"


def test_a_statement_that_is_missing_from_the_copy_decides_nothing(ask: Asking, tmp_path: Path) -> None:
    report = _built(ask, tmp_path / "layout", buildkit_02())
    where = report.attestations[0].where
    (tmp_path / "layout" / "blobs" / "sha256" / where.partition(":")[2]).unlink()
    report = ask.about(tmp_path / "layout")
    assert (report.verdict, report.attestations[0].verdict) == ("accept", "unknown")
    assert "missing-blob" in [one.id for one in report.findings]
