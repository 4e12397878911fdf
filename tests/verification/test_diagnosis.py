"""A refusal names its cause: one bundle for each thing that goes wrong in practice."""

from __future__ import annotations

from base64 import b64encode, urlsafe_b64encode
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from tests.verification.conftest import NOW, Bench

from trustconsole.demo.authorities import derive_key, make_leaf, public_pem
from trustconsole.demo.signing import detached, legacy_bundle, sign_raw, sigstore_bundle
from trustconsole.verification import Mode, RekorPolicy, VerificationReport


def ids(report: VerificationReport) -> list[str]:
    return [finding.id for finding in report.findings]


def test_every_finding_has_a_cause_and_a_next_step(bench: Bench) -> None:
    root = bench.trust(public_pem(bench.author))
    report = bench.verify(root)
    assert ids(report) == ["missing-sidecar"]
    for finding in report.findings:
        assert finding.summary
        assert finding.cause
        assert finding.next


def test_a_signature_over_the_digest_text_is_recognised(bench: Bench) -> None:
    bench.sig(detached(sign_raw(bench.author, bench.sha256.encode())))
    report = bench.verify(bench.trust(public_pem(bench.author)), mode="KEYED")
    assert report.documented.verdict == "reject"
    assert "signed-digest-text" in ids(report)


def test_a_raw_r_s_signature_is_recognised(bench: Bench) -> None:
    r, s = decode_dss_signature(sign_raw(bench.author, bench.content))
    bench.sig(b64encode(r.to_bytes(32) + s.to_bytes(32)))
    report = bench.verify(bench.trust(public_pem(bench.author)), mode="KEYED")
    assert report.documented.verdict == "reject"
    assert "raw-ecdsa-signature" in ids(report)


@pytest.mark.parametrize(("curve", "digest"), [(ec.SECP384R1(), "SHA-384"), (ec.SECP521R1(), "SHA-512")])
def test_a_signature_over_another_hash_is_recognised(
    bench: Bench, curve: ec.EllipticCurve, digest: str
) -> None:
    key = derive_key(1, "large", curve)
    algorithm = hashes.SHA384() if digest == "SHA-384" else hashes.SHA512()
    bench.bundle(legacy_bundle(sign_raw(key, bench.content, algorithm)))
    report = bench.verify(bench.trust(public_pem(key)))
    finding = next(finding for finding in report.findings if finding.id == "signed-other-hash")
    assert report.documented.verdict == "reject"
    assert digest in finding.summary


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("wrapped", "base64-wrapped"),
        ("url-safe", "base64-url-safe"),
        ("binary", "binary-signature"),
    ],
)
def test_a_wrong_encoding_is_recognised(bench: Bench, text: str, finding: str) -> None:
    signature = next(
        one
        for one in (sign_raw(bench.author, bytes([salt]) + bench.content) for salt in range(64))
        if b"-" in urlsafe_b64encode(one) or b"_" in urlsafe_b64encode(one)
    )
    encoded = b64encode(signature)
    written = {
        "wrapped": encoded[:40] + b"\n" + encoded[40:] + b"\n",
        "url-safe": urlsafe_b64encode(signature),
        "binary": signature,
    }[text]
    bench.sig(written)
    report = bench.verify(bench.trust(public_pem(bench.author)), mode="KEYED")
    assert report.documented.verdict == "reject"
    assert report.documented.rule == "parse"
    assert finding in ids(report)


def test_changed_line_ends_are_recognised(bench: Bench) -> None:
    bench.bundle(legacy_bundle(sign_raw(bench.author, bench.content)))
    bench.artifact.write_bytes(bench.content.replace(b"\n", b"\r\n"))
    report = bench.verify(bench.trust(public_pem(bench.author)))
    assert report.documented.verdict == "reject"
    assert "line-endings" in ids(report)


def test_an_altered_file_is_told_from_a_wrong_signature_where_the_log_entry_knows(bench: Bench) -> None:
    bench.bundle(bench.signed_by_author(with_entry=True))
    bench.artifact.write_bytes(bench.content + b"and more")
    report = bench.verify(bench.trust(public_pem(bench.author)), log_key=public_pem(bench.log))
    finding = next(finding for finding in report.findings if finding.id == "altered-artifact")
    assert bench.sha256 in finding.cause
    assert "log-entry-other-artifact" in ids(report)


def test_a_log_entry_is_not_called_anothers_where_nobody_is_known_to_have_signed(bench: Bench) -> None:
    bench.bundle(bench.signed_by_author(with_entry=True))
    stranger = derive_key(5, "stranger")
    report = bench.verify(bench.trust(public_pem(stranger)), log_key=public_pem(bench.log))
    assert report.documented.rule == "key"
    assert "log-entry-other-artifact" not in ids(report)


def test_an_unknown_signer_is_told_from_a_wrong_signature(bench: Bench) -> None:
    leaf = bench.leaf(start=timedelta(days=-1), length=timedelta(days=9))
    bench.bundle(legacy_bundle(sign_raw(bench.leaf_key, bench.content), certificate=leaf.pem))
    report = bench.verify(bench.trust(public_pem(bench.author)))
    assert report.documented.rule == "key"
    assert "signer-not-trusted" in ids(report)
    bench.artifact.write_bytes(b"something else")
    assert "signer-not-trusted" not in ids(bench.verify(bench.trust(public_pem(bench.author))))


def test_a_certificate_that_will_expire_is_announced(bench: Bench) -> None:
    leaf = bench.leaf(start=timedelta(days=-1), length=timedelta(days=9))
    bench.bundle(legacy_bundle(sign_raw(bench.leaf_key, bench.content), certificate=leaf.pem))
    report = bench.verify(bench.trust(bench.ca.pem))
    assert report.documented.verdict == "accept"
    assert "leaf-expires" in ids(report)
    assert report.valid_until == NOW + timedelta(days=8, microseconds=1)


def test_a_pinned_key_outlives_its_certificate_with_a_warning(bench: Bench) -> None:
    leaf = bench.leaf(start=timedelta(days=-9), length=timedelta(days=1))
    bench.bundle(legacy_bundle(sign_raw(bench.leaf_key, bench.content), certificate=leaf.pem))
    report = bench.verify(bench.trust(public_pem(bench.leaf_key)))
    assert report.documented.verdict == "accept"
    assert "pinned-certificate-expired" in ids(report)


def test_a_weak_leaf_key_is_a_warning(bench: Bench) -> None:
    key = rsa.generate_private_key(65537, 1024)
    leaf = make_leaf(
        key, "weak", bench.ca, not_before=NOW - timedelta(days=1), not_after=NOW + timedelta(days=1)
    )
    bench.bundle(legacy_bundle(sign_raw(key, bench.content), certificate=leaf.pem))
    report = bench.verify(bench.trust(bench.ca.pem))
    assert report.documented.verdict == "accept"
    assert "weak-leaf-key" in ids(report)


def test_an_ed25519_signature_is_genuine_and_announced_as_refused_by_the_controller(bench: Bench) -> None:
    key = ed25519.Ed25519PrivateKey.generate()
    bench.bundle(legacy_bundle(sign_raw(key, bench.content)))
    report = bench.verify(bench.trust(public_pem(key)))
    assert report.documented.verdict == "accept"
    assert report.controller.verdict == "reject"
    assert {"controller-never-verifies", "readings-differ"} <= set(ids(report))


def test_a_public_key_in_cert_only_selects_an_equal_block(bench: Bench) -> None:
    bundle = legacy_bundle(sign_raw(bench.author, bench.content), certificate=public_pem(bench.author))
    bench.bundle(bundle)
    trusted = bench.verify(bench.trust(public_pem(bench.stranger), public_pem(bench.author)))
    assert trusted.documented.verdict == "accept"
    assert "public-key-in-cert" in ids(trusted)
    assert bench.verify(bench.trust(public_pem(bench.stranger))).documented.verdict == "reject"


def test_a_sigstore_bundle_under_the_legacy_name_says_how_to_get_one_that_the_controller_reads(
    bench: Bench,
) -> None:
    signature = sign_raw(bench.author, bench.content)
    bench.bundle(sigstore_bundle(signature, digest=bytes.fromhex(bench.sha256), key=bench.author))
    report = bench.verify(bench.trust(public_pem(bench.author)))
    assert report.documented.verdict == "accept"
    assert report.sidecar.kind == "sigstore-bundle"
    finding = next(one for one in report.findings if one.id == "sigstore-under-legacy-name")
    assert "jq -c" in finding.next
    refused = bench.verify(bench.trust(public_pem(bench.stranger)))
    again = next(one for one in refused.findings if one.id == "sigstore-under-legacy-name")
    assert "--new-bundle-format=false" in again.next


def test_keyed_over_a_certificate_only_trust_root_has_no_usable_block(bench: Bench) -> None:
    bench.sig(detached(sign_raw(bench.author, bench.content)))
    report = bench.verify(bench.trust(bench.ca.pem), mode="KEYED")
    assert report.documented.rule == "trust-root"
    assert report.controller.verdict == "no-boot"
    assert "no-usable-block" in ids(report)


def test_a_bad_entry_under_disabled_is_a_warning_and_proves_no_time(bench: Bench) -> None:
    signature = sign_raw(bench.author, bench.content)
    entry = bench.entry(signature, public_pem(bench.author))
    bench.bundle(legacy_bundle(signature, rekor_bundle=entry))
    report = bench.verify(bench.trust(public_pem(bench.author)), log_key=public_pem(bench.stranger))
    assert report.documented.verdict == "accept"
    assert report.verified_time is None
    assert "log-entry-not-proved" in ids(report)
    good = bench.verify(bench.trust(public_pem(bench.author)), log_key=public_pem(bench.log))
    assert good.verified_time == NOW - timedelta(days=1)
    assert "log-entry-not-proved" not in ids(good)


def test_a_refusal_without_a_better_cause_still_has_a_next_step(bench: Bench) -> None:
    bench.bundle(bench.signed_by_author())
    bench.artifact.write_bytes(b"altered")
    report = bench.verify(bench.trust(public_pem(bench.author)))
    finding = next(finding for finding in report.findings if finding.id == "signature-unmatched")
    assert report.sha256 is not None
    assert report.sha256 in finding.next


@pytest.mark.parametrize(
    ("mode", "policy", "wanted"),
    [
        (
            "COSIGN_BUNDLE",
            "DISABLED",
            "--tlog-upload=false --new-bundle-format=false --bundle {0}.cosign.bundle {0}",
        ),
        (
            "COSIGN_BUNDLE",
            "REQUIRE_SET",
            "--tlog-upload=true --rekor-url https://REKOR.example.net --new-bundle-format=false "
            "--bundle {0}.cosign.bundle {0}",
        ),
        ("KEYED", "DISABLED", "--tlog-upload=false --new-bundle-format=false --output-signature {0}.sig {0}"),
        (
            "KEYED",
            "REQUIRE_SET",
            "--tlog-upload=false --new-bundle-format=false --output-signature {0}.sig {0}",
        ),
    ],
)
def test_a_command_that_signs_is_that_of_the_mode_and_of_the_policy(
    bench: Bench, mode: Mode, policy: RekorPolicy, wanted: str
) -> None:
    root, log = bench.trust(public_pem(bench.author)), public_pem(bench.log)
    over_text = sign_raw(bench.author, bench.sha256.encode())
    found = {}
    for write in (None, bench.sig if mode == "KEYED" else bench.bundle):
        if write is not None:
            write(detached(over_text) if mode == "KEYED" else legacy_bundle(over_text))
        report = bench.verify(root, mode=mode, policy=policy, log_key=log)
        found.update({one.id: one.next for one in report.findings})
    assert wanted.format(bench.artifact) in found["missing-sidecar"]
    if (mode, policy) != (
        "KEYED",
        "REQUIRE_SET",
    ):  # no controller starts with those two, so nothing is judged
        assert wanted.format(bench.artifact) in found["signed-digest-text"]
