"""A Sigstore bundle beside a module: converted or signed again, by what the policy accepts."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.verification.sigstore.making import SEED, Instance, Log, entry_of, flipped
from tests.verification.sigstore.making_bodies import dsse_1
from tests.verification.test_sigstore_modules import Desk, keys

from trustconsole.demo.authorities import derive_key, public_pem
from trustconsole.demo.signing import sign_raw
from trustconsole.verification import RekorPolicy, VerificationReport


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A fresh desk."""
    return Desk(tmp_path, Instance())


def advice(report: VerificationReport, finding: str = "sigstore-under-legacy-name") -> str:
    return next(one.next for one in report.findings if one.id == finding)


@pytest.mark.parametrize(
    ("policy", "wanted", "unwanted"),
    [
        ("DISABLED", "--tlog-upload=false", "--rekor-url"),
        ("REQUIRE_SET", "--tlog-upload=true --rekor-url https://REKOR.example.net", "--tlog-upload=false"),
    ],
)
def test_who_is_to_sign_again_is_told_to_log_it_where_the_policy_wants_an_entry(
    desk: Desk, policy: RekorPolicy, wanted: str, unwanted: str
) -> None:
    attestation = desk.instance.attestation(dsse_1)
    unknown = {**attestation, "mediaType": "application/vnd.dev.sigstore.bundle.v9.9+json"}
    for document, finding in (
        (attestation, "sigstore-under-legacy-name"),
        (unknown, "sigstore-under-legacy-name"),
        (unknown, "unsupported-format"),
    ):
        words = advice(desk.verify(document, policy=policy, **keys(desk)), finding)
        assert wanted in words
        assert unwanted not in words
        assert ("rekor.publicKey" in words) == (policy == "REQUIRE_SET")
    if policy == "REQUIRE_SET":
        impossible = desk.instance.bundle(log=desk.instance.v2, keyed=True)
        assert wanted in advice(desk.verify(impossible, policy=policy, **keys(desk)), "set-impossible")


def test_a_conversion_is_advised_only_where_the_policy_would_accept_its_entry(desk: Desk) -> None:
    trust, ours = public_pem(desk.instance.author), public_pem(desk.instance.v1.key)
    other = public_pem(derive_key(SEED, "nobody's"))
    document = desk.instance.bundle(keyed=True)
    root = desk.instance.trusted_root()
    for rekor, trusted, policy, converts in (
        (ours, None, "REQUIRE_SET", True),
        (other, None, "REQUIRE_SET", False),
        (other, root, "REQUIRE_SET", False),
        (ours, root, "REQUIRE_SET", True),
        (other, None, "DISABLED", True),
    ):
        report = desk.verify(document, trust=trust, rekor=rekor, root=trusted, policy=policy)  # type: ignore[arg-type]
        assert advice(report).startswith("Convert it") == converts, (rekor, trusted, policy)
    entry = entry_of(document)
    entry["inclusionPromise"]["signedEntryTimestamp"] = flipped(
        entry["inclusionPromise"]["signedEntryTimestamp"]
    )
    refused = advice(desk.verify(document, trust=trust, rekor=ours, policy="REQUIRE_SET"))
    assert "--tlog-upload=true" in refused


def test_of_several_entries_the_conversion_takes_the_one_that_holds(desk: Desk) -> None:
    document = desk.instance.bundle(keyed=True)
    signature = sign_raw(desk.instance.author, desk.instance.content)
    body = desk.instance.record("0.0.1", signature, public_pem(desk.instance.author), desk.instance.content)
    document["verificationMaterial"]["tlogEntries"].insert(0, Log(derive_key(SEED, "nobody's")).log(body))
    report = desk.verify(document, policy="REQUIRE_SET", **keys(desk))
    command = advice(report).partition(": ")[2]
    assert "tlogEntries[1]" in command
    assert "tlogEntries[0]" not in command


def test_the_policy_that_makes_an_unproved_entry_matter_is_named_as_it_is(desk: Desk) -> None:
    document = desk.instance.bundle(keyed=True)
    other = public_pem(derive_key(SEED, "nobody's"))
    for policy, said in (
        ("DISABLED", "rekor.policy is DISABLED, so the entry does not decide"),
        ("REQUIRE_SET", "rekor.policy is REQUIRE_SET, which accepts no module without an entry that holds"),
    ):
        report = desk.verify(document, trust=public_pem(desk.instance.author), rekor=other, policy=policy)  # type: ignore[arg-type]
        cause = next(one.cause for one in report.findings if one.id == "log-entry-not-proved")
        assert cause.startswith(said)
