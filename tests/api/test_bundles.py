"""`api.verify_bundle`: arguments that do not fit, unreadable files, and the packaged trusted root."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.verification.sigstore.making import IDENTITY, NOW, PROVIDER, SEED, Instance

from trustconsole import api
from trustconsole.api import BundleReport, ExpectedSigner
from trustconsole.demo.authorities import derive_key, public_pem
from trustconsole.errors import InputError, MalformedInput, MissingFile, UsageError
from trustconsole.trust_root import packaged_trusted_root

SIGNER = ExpectedSigner(IDENTITY, None, PROVIDER)


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    """A module, its bundle, a key and a trusted root."""
    instance = Instance()
    contents: dict[str, bytes] = {
        "artifact": instance.content,
        "bundle": json.dumps(instance.bundle()).encode(),
        "keyed": json.dumps(instance.bundle(keyed=True)).encode(),
        "key": public_pem(instance.author),
        "root": json.dumps(instance.trusted_root()).encode(),
        "certificate": instance.ca.pem,
    }
    paths = {name: tmp_path / name for name in contents}
    for name, content in contents.items():
        paths[name].write_bytes(content)
    return paths


def _verify(files: dict[str, Path], **changes: Any) -> BundleReport:
    arguments: dict[str, Any] = {
        "bundle": files["bundle"],
        "signer": SIGNER,
        "trusted_root": files["root"],
        "at": NOW,
    }
    return api.verify_bundle(str(files["artifact"]), **(arguments | changes))


def test_a_bundle_is_judged_by_the_trusted_root_given(files: dict[str, Path]) -> None:
    report = _verify(files)
    assert (report.verdict, report.trusted_root) == ("accept", str(files["root"]))
    assert report.trusted_root_taken is None
    keyed = _verify(files, bundle=files["keyed"], signer=ExpectedSigner(key=files["key"]))
    assert keyed.verdict == "accept"


def test_without_one_the_packaged_root_counts_and_tells_its_age(files: dict[str, Path]) -> None:
    taken = packaged_trusted_root().taken
    report = _verify(files, trusted_root=None, at=taken)
    assert (report.verdict, report.rule) == ("reject", "rekor.log-id")
    assert report.trusted_root_taken == taken
    assert report.findings == ()
    old = _verify(files, trusted_root=None, at=taken + timedelta(days=181))
    assert [finding.id for finding in old.findings] == ["trusted-root-old"]
    assert "181 days" in old.findings[0].summary


@pytest.mark.parametrize(
    "changes",
    [
        {"signer": ExpectedSigner()},
        {"signer": ExpectedSigner(identity=IDENTITY)},
        {"signer": ExpectedSigner(IDENTITY, ".*", PROVIDER)},
        {"signer": ExpectedSigner(IDENTITY, None, PROVIDER, "key")},
        {"signer": ExpectedSigner(issuer=PROVIDER, key="key")},
        {"staging": True, "trusted_root": None},
        {"at": datetime(2026, 1, 1)},  # noqa: DTZ001  # a naive time is what is refused
    ],
)
def test_arguments_that_do_not_fit_raise(files: dict[str, Path], changes: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        _verify(files, **changes)


@pytest.mark.parametrize("digest", ["sha256:", "sha256:abc", "sha256:" + "A" * 64, "sha256:" + "a" * 65])
def test_a_digest_that_is_none_is_a_usage_error(files: dict[str, Path], digest: str) -> None:
    with pytest.raises(UsageError, match="64 lowercase hex digits"):
        api.verify_bundle(digest, bundle=files["bundle"], signer=SIGNER, trusted_root=files["root"])


def test_files_that_cannot_be_read_raise_and_are_named(files: dict[str, Path], tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    for changes in ({"bundle": gone}, {"trusted_root": gone}, {"signer": ExpectedSigner(key=gone)}):
        with pytest.raises(MissingFile, match="gone"):
            _verify(files, **changes)
    with pytest.raises(MissingFile):
        api.verify_bundle(str(gone), bundle=files["bundle"], signer=SIGNER, trusted_root=files["root"])
    with pytest.raises(InputError):
        _verify(files, trusted_root=files["bundle"])
    with pytest.raises(MalformedInput, match="certificate"):
        _verify(files, signer=ExpectedSigner(key=files["certificate"]))


def test_a_later_time_takes_nothing_from_what_was_proved(files: dict[str, Path]) -> None:
    assert _verify(files, at=datetime(2034, 1, 1, tzinfo=UTC)).verdict == "accept"


def test_verify_takes_a_trusted_root_in_place_of_a_trust_root(files: dict[str, Path], tmp_path: Path) -> None:
    module = tmp_path / "module.jar"
    module.write_bytes(files["artifact"].read_bytes())
    tmp_path.joinpath("module.jar.cosign.bundle").write_bytes(files["bundle"].read_bytes())
    report = api.verify(module, trust_root=None, trusted_root=files["root"], at=NOW)
    assert report.documented.verdict == "accept"
    stranger = tmp_path / "stranger.pem"
    stranger.write_bytes(public_pem(derive_key(SEED, "stranger")))
    other = api.verify(module, trust_root=stranger, trusted_root=files["root"], at=NOW)
    assert other.documented.verdict == "reject"
    missing = api.verify(module, trust_root=None, trusted_root=tmp_path / "gone.json", at=NOW)
    assert (missing.documented.verdict, missing.documented.rule) == ("error", "trust-root")
