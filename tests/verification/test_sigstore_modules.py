"""Sigstore bundles beside modules, in the documented reading: the PEM trust root, and a trusted root.

The controller reads no Sigstore bundle, so its verdict is always the same reject.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.verification.sigstore.making import (
    NOW,
    SEED,
    SIGNED,
    START,
    V01,
    V02,
    Document,
    Instance,
    Log,
    entry_of,
    flipped,
    window,
)
from tests.verification.sigstore.making_bodies import dsse_1

from trustconsole.demo.authorities import derive_key, make_ca, public_pem
from trustconsole.demo.signing import sign_raw, text64
from trustconsole.trust_root import TrustRootReport, read_trust_root
from trustconsole.verification import (
    Policy,
    RekorPolicy,
    TrustedRootFile,
    VerificationReport,
    verify_artifact,
)

DAY = timedelta(days=1)


@dataclass
class Desk:
    """A module with a Sigstore bundle beside it, as an operator has them."""

    place: Path
    instance: Instance

    @property
    def artifact(self) -> Path:
        """The module."""
        return self.place / "module.jar"

    @property
    def sidecar(self) -> Path:
        """Its bundle, under the legacy name."""
        return self.place / "module.jar.cosign.bundle"

    def verify(
        self,
        document: Document | None = None,
        *,
        trust: bytes | None = None,
        policy: RekorPolicy = "DISABLED",
        rekor: bytes | None = None,
        root: Document | None = None,
        now: datetime = NOW,
    ) -> VerificationReport:
        """Both verdicts; `trust`, `rekor` and `root` are contents of files, None: not configured."""
        self.artifact.write_bytes(self.instance.content)
        if document is not None:
            self.sidecar.write_text(json.dumps(document))
        trust_root = self._pem("trust.pem", trust, now)
        rekor_key = self._pem("rekor.pub", rekor, now)
        trusted = None
        if root is not None:
            path = self.place / "trusted_root.json"
            path.write_text(json.dumps(root))
            trusted = TrustedRootFile.read(path)
        return verify_artifact(
            self.artifact,
            policy=Policy("COSIGN_BUNDLE", policy, "flags"),
            trust_root=trust_root,
            rekor_key=rekor_key,
            now=now,
            trusted_root=trusted,
        )

    def _pem(self, name: str, data: bytes | None, now: datetime) -> TrustRootReport | None:
        if data is None:
            return None
        path = self.place / name
        path.write_bytes(data)
        return read_trust_root(path, now=now)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A fresh desk."""
    return Desk(tmp_path, Instance())


def ids(report: VerificationReport) -> set[str]:
    return {finding.id for finding in report.findings}


def status(report: VerificationReport, step: str) -> str:
    return next(one.status for one in report.steps if one.id == step)


def keys(desk: Desk) -> dict[str, Any]:
    """The author and the log of Rekor v1 as configured files."""
    return {"trust": public_pem(desk.instance.author), "rekor": public_pem(desk.instance.v1.key)}


@pytest.mark.parametrize("media_type", [V01, V02])
@pytest.mark.parametrize("policy", ["DISABLED", "REQUIRE_SET"])
def test_a_bundle_of_a_pinned_key_is_accepted_and_the_controller_reads_no_such_format(
    desk: Desk, media_type: str, policy: RekorPolicy
) -> None:
    document = desk.instance.bundle(keyed=True, media_type=media_type)
    report = desk.verify(document, policy=policy, **keys(desk))
    assert report.documented.verdict == "accept", report.documented
    assert report.documented.matched is not None
    assert report.verified_time == SIGNED
    assert report.sidecar.kind == "sigstore-bundle"
    assert status(report, "rekor.inclusion") == "pass"
    assert report.controller.verdict == "reject"
    assert "sigstore-under-legacy-name" in ids(report)


@pytest.mark.parametrize("policy", ["DISABLED", "REQUIRE_SET"])
def test_a_keyless_bundle_chains_at_its_proved_time(desk: Desk, policy: RekorPolicy) -> None:
    trust, rekor = desk.instance.ca.pem, public_pem(desk.instance.v1.key)
    report = desk.verify(desk.instance.bundle(), trust=trust, rekor=rekor, policy=policy)
    assert report.documented.verdict == "accept", report.documented
    assert report.verified_time == SIGNED
    assert status(report, "chain") == "pass"


def test_without_a_key_of_the_log_no_time_is_proved_and_the_certificate_is_judged_now(desk: Desk) -> None:
    report = desk.verify(desk.instance.bundle(), trust=desk.instance.ca.pem)
    assert (report.documented.verdict, report.documented.rule) == ("reject", "chain")
    assert "leaf-expired" in ids(report)
    assert status(report, "rekor.set") == "skip"
    assert desk.verify(trust=desk.instance.ca.pem, now=SIGNED).documented.verdict == "accept"


def test_the_intermediate_that_a_chain_carries_is_used(desk: Desk) -> None:
    instance = desk.instance
    issuing = make_ca(
        derive_key(SEED, "issuing"), "Issuing", not_before=START, not_after=NOW + DAY, issuer=instance.ca
    )
    instance.leaf = instance.make_leaf(issuer=issuing)
    document = instance.bundle(media_type=V02)
    rekor = public_pem(instance.v1.key)
    assert desk.verify(document, trust=instance.ca.pem, rekor=rekor).documented.rule == "chain"
    chain = document["verificationMaterial"]["x509CertificateChain"]["certificates"]
    chain.append({"rawBytes": text64(issuing.der)})
    assert desk.verify(document, trust=instance.ca.pem, rekor=rekor).documented.verdict == "accept"


def test_require_set_can_never_accept_rekor_v2_and_says_why_and_what_to_do(desk: Desk) -> None:
    document = desk.instance.bundle(log=desk.instance.v2, keyed=True)
    rekor = public_pem(desk.instance.v2.key)
    trust = public_pem(desk.instance.author)
    report = desk.verify(document, trust=trust, rekor=rekor, policy="REQUIRE_SET")
    assert (report.documented.verdict, report.documented.rule) == ("reject", "rekor.set")
    finding = next(one for one in report.findings if one.id == "set-impossible")
    assert "Rekor v2" in finding.cause
    assert "--rekor-url" in finding.next
    relaxed = desk.verify(trust=trust, rekor=rekor)
    assert relaxed.documented.verdict == "accept"
    assert status(relaxed, "rekor.inclusion") == "pass"
    assert "set-impossible" not in ids(relaxed)


FLAWS = {
    "set": ("rekor.set", "inclusionPromise", "signedEntryTimestamp"),
    "root": ("rekor.inclusion", "inclusionProof", "rootHash"),
}


@pytest.mark.parametrize("flaw", FLAWS)
def test_a_flawed_entry_refuses_under_require_set_and_warns_otherwise(desk: Desk, flaw: str) -> None:
    rule, part, name = FLAWS[flaw]
    document = desk.instance.bundle(keyed=True)
    holder = entry_of(document)[part]
    holder[name] = flipped(holder[name])
    strict = desk.verify(document, policy="REQUIRE_SET", **keys(desk))
    assert (strict.documented.verdict, strict.documented.rule) == ("reject", rule)
    relaxed = desk.verify(**keys(desk))
    assert relaxed.documented.verdict == "accept"
    assert relaxed.verified_time is None
    assert status(relaxed, rule) == "warn"
    assert "log-entry-not-proved" in ids(relaxed)


def test_a_missing_proof_refuses_under_require_set_from_version_2_on(desk: Desk) -> None:
    for media_type, rule in ((V01, None), (V02, "rekor.inclusion")):
        document = desk.instance.bundle(keyed=True, media_type=media_type)
        del entry_of(document)["inclusionProof"]
        report = desk.verify(document, policy="REQUIRE_SET", **keys(desk))
        assert report.documented.rule == rule


def test_a_foreign_entry_is_told_whatever_the_policy(desk: Desk) -> None:
    instance = desk.instance
    document = instance.bundle(keyed=True)
    signature = sign_raw(instance.author, b"another file")
    body = instance.record("0.0.1", signature, public_pem(instance.author), b"another file")
    document["verificationMaterial"]["tlogEntries"] = [instance.v1.log(body)]
    strict = desk.verify(document, policy="REQUIRE_SET", **keys(desk))
    assert (strict.documented.rule, strict.documented.verdict) == ("rekor.binding", "reject")
    assert "log-entry-other-artifact" in ids(strict)
    for rekor in (public_pem(instance.v1.key), None):
        relaxed = desk.verify(trust=public_pem(instance.author), rekor=rekor)
        assert relaxed.documented.verdict == "accept"
        assert status(relaxed, "rekor.binding") == "warn"
        assert "log-entry-other-artifact" in ids(relaxed)


def test_require_set_asks_for_an_entry_of_a_configured_log(desk: Desk) -> None:
    document = desk.instance.bundle(keyed=True)
    stranger = public_pem(derive_key(SEED, "stranger"))
    trust = public_pem(desk.instance.author)
    report = desk.verify(document, trust=trust, rekor=stranger, policy="REQUIRE_SET")
    assert (report.documented.verdict, report.documented.rule) == ("reject", "rekor.log-id")
    del document["verificationMaterial"]["tlogEntries"]
    none = desk.verify(document, trust=trust, rekor=stranger, policy="REQUIRE_SET")
    assert (none.documented.verdict, none.documented.rule) == ("reject", "rekor.set")


def test_an_attestation_beside_a_module_must_be_about_it(desk: Desk) -> None:
    trust, rekor = desk.instance.ca.pem, public_pem(desk.instance.v1.key)
    good = desk.verify(desk.instance.attestation(dsse_1), trust=trust, rekor=rekor, policy="REQUIRE_SET")
    assert good.documented.verdict == "accept", good.documented
    other = desk.instance.attestation(dsse_1, payload=desk.instance.statement("d" * 64))
    report = desk.verify(other, trust=trust, rekor=rekor)
    assert (report.documented.verdict, report.documented.rule) == ("reject", "signature")


def test_another_digest_stated_than_the_artefacts_is_refused(desk: Desk) -> None:
    document = desk.instance.bundle(keyed=True)
    document["messageSignature"]["messageDigest"]["digest"] = text64(b"d" * 32)
    report = desk.verify(document, **keys(desk))
    assert (report.documented.verdict, report.documented.rule) == ("reject", "signature")
    assert "messageDigest" in report.documented.reason


def test_a_bundle_of_an_unknown_version_is_refused_by_name(desk: Desk) -> None:
    document = desk.instance.bundle() | {"mediaType": "application/vnd.dev.sigstore.bundle+json;version=7"}
    report = desk.verify(document, trust=desk.instance.ca.pem)
    assert (report.documented.verdict, report.documented.rule) == ("reject", "parse")
    assert "version=7" in report.documented.reason
    assert {"unsupported-format", "sigstore-under-legacy-name"} <= ids(report)


def test_the_trusted_root_stands_in_for_trust_root_and_rekor_key(desk: Desk) -> None:
    root = desk.instance.trusted_root()
    for log in (desk.instance.v1, desk.instance.v2):
        report = desk.verify(desk.instance.bundle(log=log), root=root)
        assert report.documented.verdict == "accept", report.documented
        assert report.verified_time == SIGNED
        assert report.documented.matched is not None
        assert report.documented.matched.line is None
        assert report.policy.trusted_root == str(desk.place / "trusted_root.json")


def test_beside_a_trust_root_the_trusted_root_adds_no_anchor_but_windows(desk: Desk) -> None:
    document = desk.instance.bundle()
    root = desk.instance.trusted_root()
    other = make_ca(derive_key(SEED, "x"), "Other", not_before=START, not_after=NOW + DAY)
    assert desk.verify(document, trust=other.pem, root=root).documented.rule == "chain"
    assert desk.verify(trust=desk.instance.ca.pem, root=root).documented.verdict == "accept"
    ended = root["certificateAuthorities"][0] | {"validFor": window(START, SIGNED - DAY)}
    late = desk.instance.trusted_root(certificateAuthorities=[ended])
    report = desk.verify(trust=desk.instance.ca.pem, root=late)
    assert (report.documented.verdict, report.documented.rule) == ("reject", "chain")


def test_the_window_of_a_log_counts_for_either_format(desk: Desk) -> None:
    trusted = [desk.instance.v1.trusted(START, SIGNED - DAY)]
    root = desk.instance.trusted_root(tlogs=trusted)
    trust = public_pem(desk.instance.author)
    sigstore = desk.verify(desk.instance.bundle(keyed=True), trust=trust, root=root, policy="REQUIRE_SET")
    assert (sigstore.documented.verdict, sigstore.documented.rule) == ("reject", "rekor.log-id")
    convert(desk)
    legacy = desk.verify(trust=trust, root=root, policy="REQUIRE_SET")
    assert (legacy.documented.verdict, legacy.documented.rule) == ("reject", "rekor.log-id")
    fine = desk.verify(trust=trust, root=desk.instance.trusted_root(), policy="REQUIRE_SET")
    assert fine.documented.verdict == "accept"


def test_a_trusted_root_that_cannot_be_read_is_an_error(desk: Desk) -> None:
    report = desk.verify(desk.instance.bundle(), root={"mediaType": "x"})
    assert (report.documented.verdict, report.documented.rule) == ("error", "trust-root")


def test_the_verdict_is_remembered_no_longer_than_the_windows_that_it_was_judged_by(desk: Desk) -> None:
    end = NOW + DAY
    trusted = [desk.instance.v2.trusted(START, end)]
    root = desk.instance.trusted_root(tlogs=trusted)
    document = desk.instance.bundle(log=desk.instance.v2, keyed=True, stamped=False)
    report = desk.verify(document, trust=public_pem(desk.instance.author), root=root)
    assert report.documented.verdict == "accept"
    assert report.valid_until == end + timedelta(microseconds=1)


def convert(desk: Desk) -> None:
    """Run the very command that the finding gives."""
    if shutil.which("jq") is None:
        pytest.skip("jq is not installed")
    report = desk.verify(trust=public_pem(desk.instance.author) + desk.instance.ca.pem)
    finding = next(one for one in report.findings if one.id == "sigstore-under-legacy-name")
    command = finding.next.partition(": ")[2]
    assert command.startswith("jq ")
    before = desk.sidecar.read_bytes()
    subprocess.run(["bash", "-euc", command], check=True, cwd=desk.place)
    assert desk.place.joinpath(f"{desk.sidecar.name}.sigstore.json").read_bytes() == before


@pytest.mark.parametrize("keyed", [True, False])
@pytest.mark.parametrize("media_type", [V01, "application/vnd.dev.sigstore.bundle.v0.3+json"])
def test_the_command_of_the_finding_makes_a_legacy_bundle_that_both_readings_accept(
    desk: Desk, media_type: str, *, keyed: bool
) -> None:
    instance = desk.instance
    trust = public_pem(instance.author) if keyed else instance.ca.pem
    rekor = public_pem(instance.v1.key)
    if not keyed:
        instance.leaf = instance.make_leaf(length=NOW - SIGNED + DAY)
    desk.verify(instance.bundle(keyed=keyed, media_type=media_type))
    convert(desk)
    report = desk.verify(trust=trust, rekor=rekor, policy="REQUIRE_SET")
    assert report.sidecar.kind == "cosign-bundle"
    verdicts = (report.documented.verdict, report.controller.verdict)
    assert verdicts == ("accept", "accept"), (report.documented, report.controller)


def test_what_cannot_be_converted_is_to_be_signed_again(desk: Desk) -> None:
    trust = public_pem(desk.instance.author) + desk.instance.ca.pem
    rekor = public_pem(desk.instance.v2.key)
    for document, policy in (
        (desk.instance.attestation(dsse_1), "DISABLED"),
        (desk.instance.bundle(log=desk.instance.v2, keyed=True), "REQUIRE_SET"),
    ):
        report = desk.verify(document, trust=trust, rekor=rekor, policy=policy)  # type: ignore[arg-type]
        finding = next(one for one in report.findings if one.id == "sigstore-under-legacy-name")
        assert "jq" not in finding.next
        assert "--new-bundle-format=false" in finding.next


def test_two_logs_in_one_bundle_the_unknown_one_is_set_aside(desk: Desk) -> None:
    document = desk.instance.bundle(keyed=True)
    entries = document["verificationMaterial"]["tlogEntries"]
    other = Log(derive_key(SEED, "nobody's"))
    signature = sign_raw(desk.instance.author, desk.instance.content)
    body = desk.instance.record("0.0.1", signature, public_pem(desk.instance.author), desk.instance.content)
    entries.insert(0, other.log(body))
    report = desk.verify(document, policy="REQUIRE_SET", **keys(desk))
    assert report.documented.verdict == "accept", report.documented
