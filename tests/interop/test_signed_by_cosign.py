"""What a real cosign signs is accepted, and what is changed afterwards is refused by both."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.interop.conftest import ARTIFACT, KEYS, SignedModule, make_authority, make_module
from tests.interop.cosign import EMPTY_ROOT, Cosign, Format

from trustconsole import api


@pytest.mark.parametrize("kind", KEYS)
def test_a_module_signed_by_cosign_is_accepted_by_both(
    cosign: Cosign, form: Format, kind: str, tmp_path: Path
) -> None:
    module = make_module(cosign, tmp_path, kind, form)
    documented = module.ours().documented
    assert documented.verdict == "accept", documented.reason
    assert documented.matched is not None
    theirs = module.theirs()
    if kind == "ed25519" and form == "sigstore" and cosign.major == 3:
        assert "missing artifact digest" in theirs.words  # it refuses what it wrote itself
    else:
        assert theirs.good, theirs.words


def test_every_version_reads_what_another_one_wrote(
    signed: SignedModule, every_cosign: tuple[Cosign, ...]
) -> None:
    assert signed.ours().documented.verdict == "accept"
    for cosign in every_cosign:
        answer = signed.theirs(by=cosign)
        assert answer.good, answer.words


def test_a_sigstore_bundle_under_a_modules_name_is_explained(cosign: Cosign, tmp_path: Path) -> None:
    report = make_module(cosign, tmp_path, "generated", "sigstore").ours()
    assert report.sidecar.kind == "sigstore-bundle"
    assert report.controller.verdict == "reject"
    assert any("cosign" in finding.next for finding in report.findings)


def test_verify_bundle_wants_a_log_entry_of_what_was_signed_offline(cosign: Cosign, tmp_path: Path) -> None:
    """A bundle made offline has none: its signature is sound, and the Sigstore client's rules refuse it."""
    module = make_module(cosign, tmp_path, "generated", "sigstore")
    root = tmp_path / "root.json"
    root.write_text(EMPTY_ROOT)
    report = api.verify_bundle(
        str(module.artifact),
        bundle=module.sidecar,
        signer=api.ExpectedSigner(key=module.public),
        trusted_root=root,
    )
    assert report.verdict == "reject"
    assert [step.status for step in report.steps if step.id == "signature"] == ["pass"]


@pytest.mark.parametrize("at", [0, len(ARTIFACT) // 2, len(ARTIFACT) - 1])
def test_a_changed_artefact_is_refused_by_both(signed: SignedModule, at: int, tmp_path: Path) -> None:
    module = signed.copy(tmp_path)
    changed = bytearray(ARTIFACT)
    changed[at] ^= 1
    module.artifact.write_bytes(changed)
    assert module.ours().documented.verdict == "reject"
    assert not module.theirs().good


def test_another_key_and_another_modules_sidecar_are_refused_by_both(
    signed: SignedModule, tmp_path: Path
) -> None:
    other = make_module(signed.cosign, tmp_path / "other", "p256", signed.form)
    assert signed.ours(other.public).documented.verdict == "reject"
    assert not signed.theirs(other.public).good
    swapped = signed.copy(tmp_path)
    shutil.copy(other.sidecar, swapped.sidecar)
    assert swapped.ours().documented.verdict == "reject"
    assert not swapped.theirs().good


@pytest.mark.parametrize("form", ["legacy", "sigstore"])
def test_a_module_signed_with_a_certificate_of_ones_own_authority(
    cosign: Cosign, form: Format, tmp_path: Path
) -> None:
    if cosign.major < 3:
        pytest.skip("cosign 2 cannot sign with a certificate of one's own")
    plain = make_module(cosign, tmp_path, "p256", form)
    authority = make_authority(plain.public, tmp_path)
    cosign.sign(plain.artifact, form, plain.private, "--certificate", authority.leaf)
    report = plain.ours(authority.roots)
    assert report.documented.verdict == "accept", report.documented.reason
    assert report.signer is not None
    assert report.signer.san == ("author@example.com",)
    assert plain.ours(authority.other).documented.rule == "chain"
    good, bad = (
        cosign.verify_chain(plain.artifact, form, plain.sidecar, roots)
        for roots in (authority.for_cosign(form), authority.for_cosign(form, other=True))
    )
    assert good.good, good.words
    assert not bad.good
