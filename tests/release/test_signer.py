"""Whom a release must be signed by: authorities, keys, identities, and what does not fit together."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from tests.release.conftest import ACCEPT, UNPROVEN, Ask, ids, outcome
from tests.release.making_releases import LATER, LOOKALIKE, OURS, SIGNED, Release

from trustconsole.demo.authorities import derive_key, public_pem
from trustconsole.demo.signing import detached, sign_raw
from trustconsole.errors import UsageError
from trustconsole.release.policy import PolicyOptions


def test_a_pem_of_roots_and_a_key_of_the_log_do_as_a_trusted_root_does(
    ask: Ask, release: Release, tmp_path: Path
) -> None:
    roots = release.publisher.roots(tmp_path)
    release.bundle()
    assert outcome(ask(policy=PolicyOptions(roots=roots), now=SIGNED)) == ACCEPT
    assert outcome(ask(policy=PolicyOptions(roots=roots))) == UNPROVEN
    with_log = PolicyOptions(roots=roots, rekor_key=release.publisher.log_key(tmp_path))
    assert outcome(ask(policy=with_log)) == ACCEPT


def test_by_default_the_packaged_root_counts_and_its_age_is_told(ask: Ask) -> None:
    report = ask(policy=PolicyOptions(), now=SIGNED)
    assert outcome(report) == ("reject", "chain", "chain-refused")
    step = report.step("trusted-root")
    assert step is not None
    assert "packaged public-good root of 2026-11-23" in step.detail
    assert report.policy is not None
    assert "2026-11-23" in report.policy.trust
    assert "old-snapshot" not in ids(report)
    assert "old-snapshot" in ids(ask(policy=PolicyOptions(), now=LATER + timedelta(days=900)))


def test_a_bare_key_needs_no_log_unless_one_is_named(ask: Ask, release: Release, tmp_path: Path) -> None:
    key = derive_key(3, "release key")
    release.write("checksums.txt.sig", detached(sign_raw(key, release.checksums)))
    release.remove("checksums.txt.pem")
    path = tmp_path / "signer.pub"
    path.write_bytes(public_pem(key))
    assert outcome(ask(policy=PolicyOptions(key=path))) == ACCEPT
    with_log = PolicyOptions(key=path, rekor_key=release.publisher.log_key(tmp_path))
    assert outcome(ask(policy=with_log)) == ("reject", "rekor.log-id", "log-entry-refused")
    path.write_bytes(public_pem(derive_key(3, "another")))
    assert outcome(ask(policy=PolicyOptions(key=path))) == ("reject", "signature", "signature-mismatch")


def test_the_documented_expression_is_there_and_its_lookalikes_are_an_error(
    ask: Ask, release: Release, tmp_path: Path
) -> None:
    release.sign(leaf=release.publisher.leaf(LOOKALIKE))
    roots = release.publisher.roots(tmp_path)
    ours = ask(policy=PolicyOptions(roots=roots), now=SIGNED)
    assert outcome(ours) == ("reject", "identity", "identity-refused")
    assert "lookalike-identity" in ids(ours)
    documented = ask(policy=PolicyOptions(roots=roots, documented_identity=True), now=SIGNED)
    assert outcome(documented) == ("accept", None, "lookalike-identity")
    assert "lookalike-identity" in ids(documented)
    assert not documented.clean
    release.sign(leaf=release.publisher.leaf())
    good = ask(policy=PolicyOptions(roots=roots, documented_identity=True), now=SIGNED)
    assert ids(good) == {"loose-expression"}
    assert good.clean


@pytest.mark.parametrize(
    "identity",
    [
        "https://github.com/prexorjustin/prexorcloud-evil/.github/workflows/release.yml@refs/tags/v1",
        "https://github.com/prexorjustin/prexorcloud/.github/workflows/release-images.yml@refs/tags/v1",
        "https://github.com/prexorjustin/prexorcloud/.github/workflows/release.yml@refs/heads/main",
        f"https://evil.example/{OURS}",
        f"{OURS}\nx",
    ],
)
def test_other_identities_are_refused(ask: Ask, release: Release, identity: str) -> None:
    release.sign(leaf=release.publisher.leaf(identity))
    assert outcome(ask(now=SIGNED)) == ("reject", "identity", "identity-refused")


def test_another_provider_is_refused_and_ones_own_signer_can_be_named(
    ask: Ask, release: Release, tmp_path: Path
) -> None:
    release.sign(leaf=release.publisher.leaf(issuer="https://accounts.example.org"))
    roots = release.publisher.roots(tmp_path)
    assert outcome(ask(now=SIGNED)) == ("reject", "identity", "identity-refused")
    own = PolicyOptions(roots=roots, identity=OURS, issuer="https://accounts.example.org")
    assert outcome(ask(now=SIGNED, policy=own)) == ACCEPT
    found = PolicyOptions(roots=roots, identity_regexp="prexorcloud", issuer="https://accounts.example.org")
    assert ids(ask(now=SIGNED, policy=found)) == {"loose-expression"}


@pytest.mark.parametrize(
    "options",
    [
        {"trusted_root": Path("a"), "roots": Path("b")},
        {"roots": Path("a"), "key": Path("b")},
        {"identity": "a", "identity_regexp": "b"},
        {"identity": "a", "documented_identity": True},
        {"key": Path("a"), "identity": "b"},
        {"key": Path("a"), "issuer": "b"},
        {"identity_regexp": "("},
        {"identity": ""},
    ],
)
def test_options_that_do_not_fit_together_are_wrong_usage(ask: Ask, options: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        ask(policy=PolicyOptions(**options))  # type: ignore[arg-type]  # by name


def test_files_to_trust_that_do_not_read_make_an_error_and_no_exception(ask: Ask, tmp_path: Path) -> None:
    empty = tmp_path / "empty.pem"
    empty.write_bytes(b"")
    for policy in (
        PolicyOptions(trusted_root=tmp_path / "gone"),
        PolicyOptions(trusted_root=empty),
        PolicyOptions(roots=empty),
        PolicyOptions(key=empty),
        PolicyOptions(rekor_key=empty),
        PolicyOptions(roots=tmp_path),
    ):
        assert outcome(ask(policy=policy)) == ("error", "trusted-root", "trust-unreadable")
