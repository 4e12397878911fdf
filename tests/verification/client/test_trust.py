"""What a trusted root says in `verify-bundle`: windows, authorities, timestamps, CT logs, and the signer."""

from __future__ import annotations

import sys
from datetime import timedelta

import pytest
from tests.verification.client.judging import judge, status
from tests.verification.sigstore.making import (
    NOW,
    SEED,
    SIGNED,
    START,
    V02,
    Instance,
    Log,
    window,
)

from trustconsole.demo.authorities import derive_key, make_ca
from trustconsole.demo.signing import sign_raw, text64
from trustconsole.verification.identity import IdentityPolicy

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def instance() -> Instance:
    """A fresh instance: its logs grow."""
    return Instance()


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_the_window_of_a_log_includes_both_ends_and_nothing_else(instance: Instance, version: str) -> None:
    log: Log = getattr(instance, version)
    document = instance.bundle(log=log)

    def verdict(start: timedelta, end: timedelta) -> str | None:
        trusted = [log.trusted(SIGNED + start, SIGNED + end)]
        return judge(instance, document, root=instance.trusted_root(tlogs=trusted)).rule

    second, none = timedelta(seconds=1), timedelta()
    assert verdict(none, none) is None
    assert verdict(-DAY, none) is None
    assert verdict(none, DAY) is None
    assert verdict(-DAY, -second) == "rekor.log-id"
    assert verdict(second, DAY) == "rekor.log-id"


def test_without_any_proved_time_a_log_is_judged_now(instance: Instance) -> None:
    document = instance.bundle(log=instance.v2, keyed=True, stamped=False)
    key = instance.author.public_key()
    assert judge(instance, document, key=key).verdict == "accept"
    ended = instance.trusted_root(tlogs=[instance.v2.trusted(START, NOW - DAY)])
    assert judge(instance, document, key=key, root=ended).rule == "rekor.log-id"


def test_a_keyless_bundle_of_rekor_v2_needs_a_timestamp(instance: Instance) -> None:
    report = judge(instance, instance.bundle(log=instance.v2, stamped=False))
    assert (report.verdict, report.rule) == ("reject", "rekor.time")


def test_a_timestamp_must_be_of_a_trusted_authority_and_inside_the_certificates_dates(
    instance: Instance,
) -> None:
    document = instance.bundle(log=instance.v2, at=SIGNED + DAY)
    assert judge(instance, document).rule == "rekor.time"
    ended = instance.trusted_root()["timestampAuthorities"][0] | {"validFor": window(START, SIGNED - DAY)}
    root = instance.trusted_root(timestampAuthorities=[ended])
    assert judge(instance, instance.bundle(log=instance.v2), root=root).rule == "timestamp"


def test_a_time_of_the_log_does_not_excuse_a_timestamp_outside_the_dates(instance: Instance) -> None:
    document = instance.bundle()
    signature = sign_raw(instance.leaf.key, instance.content)
    token = text64(instance.token(signature, SIGNED + DAY))
    stamps = {"rfc3161Timestamps": [{"signedTimestamp": token}]}
    document["verificationMaterial"]["timestampVerificationData"] = stamps
    assert judge(instance, document).rule == "rekor.time"


def test_timestamps_are_set_aside_where_no_authority_is_trusted(instance: Instance) -> None:
    root = instance.trusted_root(timestampAuthorities=[])
    document = instance.bundle(stamped=True)
    report = judge(instance, document, root=root)
    assert report.verdict == "accept", report.reason
    assert status(report, "timestamp") == "skip"
    assert judge(instance, instance.bundle(log=instance.v2), root=root).rule == "rekor.time"


def test_without_the_package_for_timestamps_the_answer_is_an_error_and_no_reject(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = instance.bundle(log=instance.v2)
    both = instance.bundle(stamped=True)
    monkeypatch.setitem(sys.modules, "rfc3161_client", None)
    report = judge(instance, document)
    assert (report.verdict, report.rule) == ("error", "timestamp")
    assert "pip install" in report.reason
    timed = judge(instance, both)
    assert timed.verdict == "accept"
    assert status(timed, "timestamp") == "warn"


def test_the_authority_must_have_counted_at_the_proved_time(instance: Instance) -> None:
    authority = instance.trusted_root()["certificateAuthorities"][0]
    for start, end, rule in (
        (SIGNED, SIGNED, None),
        (START, SIGNED - MINUTE, "chain"),
        (SIGNED + MINUTE, None, "chain"),
    ):
        trusted = [authority | {"validFor": window(start, end)}]
        report = judge(
            instance, instance.bundle(), root=instance.trusted_root(certificateAuthorities=trusted)
        )
        assert report.rule == rule


def test_a_retired_intermediate_does_not_live_on_under_a_current_root(instance: Instance) -> None:
    issuing = make_ca(
        derive_key(SEED, "issuing"),
        "Issuing CA",
        not_before=START,
        not_after=START + 900 * DAY,
        issuer=instance.ca,
    )
    instance.leaf = instance.make_leaf(issuer=issuing)
    document = instance.bundle(media_type=V02)
    chain = document["verificationMaterial"]["x509CertificateChain"]["certificates"]
    chain.append({"rawBytes": text64(issuing.der)})
    assert judge(instance, document).verdict == "accept"
    current = instance.trusted_root()["certificateAuthorities"][0]
    old = {
        "uri": "https://old.example",
        "certChain": {"certificates": [{"rawBytes": text64(one.der)} for one in (issuing, instance.ca)]},
        "validFor": window(START, SIGNED - DAY),
    }
    report = judge(instance, document, root=instance.trusted_root(certificateAuthorities=[old, current]))
    assert (report.verdict, report.rule) == ("reject", "chain")
    assert "Issuing CA" in report.reason


def test_another_authority_does_not_vouch(instance: Instance) -> None:
    other = make_ca(derive_key(SEED, "x"), "Other CA", not_before=START, not_after=START + 900 * DAY)
    raw = {"certificates": [{"rawBytes": text64(other.der)}]}
    trusted = [{"uri": "", "certChain": raw, "validFor": window(START)}]
    report = judge(instance, instance.bundle(), root=instance.trusted_root(certificateAuthorities=trusted))
    assert report.rule == "chain"
    assert "no certificate authority" in report.reason


def test_where_the_trusted_root_has_ct_logs_a_certificate_without_sct_is_refused(instance: Instance) -> None:
    root = instance.trusted_root(ctlogs=[Log(derive_key(SEED, "ct"), "ct.example").trusted()])
    assert judge(instance, instance.bundle(), root=root).rule == "sct"


def test_the_signer_must_be_the_expected_one(instance: Instance) -> None:
    document = instance.bundle()
    other = IdentityPolicy(identity="other@modules.example", issuer="https://login.modules.example")
    assert judge(instance, document, identity=other).rule == "identity"
    provider = IdentityPolicy(identity="author@modules.example", issuer="https://elsewhere.example")
    assert judge(instance, document, identity=provider).rule == "identity"
    loose = IdentityPolicy(identity_regexp="modules", issuer="https://login.modules.example")
    report = judge(instance, document, identity=loose)
    assert report.verdict == "accept"
    assert status(report, "identity") == "warn"
