"""What a verdict says beside accept and refuse: the way in, the trace, the profile, the limits."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.verification.controller.bench import (
    NOW,
    Setup,
    authority,
    b64,
    bundle,
    cert_block,
    certificate,
    ec_key,
    key_block,
    rekor_bundle,
    sign,
)

from trustconsole.controller_config import check_config
from trustconsole.errors import InputError, LimitExceeded, Location, MissingFile, SpecialFile, UnreadableFile
from trustconsole.verification.case import Policy
from trustconsole.verification.controller import (
    CONTROLLER_CHECKS,
    judge_as_controller,
    judge_unreadable_artifact,
)
from trustconsole.verification.loading import SidecarChoice

KEY, CA_KEY = ec_key(1), ec_key(9)
ROOT, CA = key_block(KEY), cert_block(authority())
LEAF = b64(cert_block(certificate(KEY, CA_KEY)).encode())
GOOD = bundle(sign(KEY))
STEPS = (
    *("profile", "trust-root", "sidecar", "parse"),
    *("rekor.set", "rekor.log-id", "rekor.binding", "rekor.inclusion", "rekor.time"),
    *("key", "chain", "signature"),
)


@pytest.mark.parametrize(
    ("setup", "via"),
    [
        (Setup(GOOD, ROOT), "raw-key"),
        (Setup(bundle(sign(KEY), cert=LEAF), ROOT), "embedded-cert-pinned-key"),
        (Setup(bundle(sign(KEY), cert=LEAF), CA), "cert-chain"),
        (Setup(b64(sign(KEY)).encode(), ROOT, "KEYED"), None),
    ],
)
def test_via_names_the_way_in_which_the_signature_was_accepted(setup: Setup, via: str | None) -> None:
    verdict = setup.judge()
    assert (verdict.verdict, verdict.via) == ("accept", via)


def test_a_refused_module_has_no_via() -> None:
    assert Setup(bundle(sign(ec_key(2)), cert=LEAF), CA).judge().via is None


def test_every_step_is_traced_in_the_builds_order_whatever_the_verdict() -> None:
    for setup in (Setup(GOOD, ROOT), Setup(None, ROOT), Setup(b"{", "no blocks"), Setup(None, None)):
        assert [step.id for step in setup.judge().steps] == list(STEPS)
    assert [check.id for check in CONTROLLER_CHECKS] == list(STEPS)


def test_steps_after_the_verdict_still_run_and_say_so() -> None:
    verdict = Setup(bundle(sign(KEY), cert=LEAF), key_block(ec_key(2))).judge()
    steps = {step.id: step for step in verdict.steps}
    assert (steps["key"].status, steps["key"].after_verdict) == ("fail", False)
    assert (steps["signature"].status, steps["signature"].after_verdict) == ("pass", True)


def test_the_evidence_names_the_block_that_matched() -> None:
    steps = {step.id: step for step in Setup(GOOD, "\n\n" + ROOT).judge().steps}
    assert steps["signature"].evidence["line"] == 3
    chained = {step.id: step for step in Setup(bundle(sign(KEY), cert=LEAF), "\n" + CA).judge().steps}
    assert chained["chain"].evidence["line"] == 2


def test_the_leaf_is_judged_by_the_clock_to_the_second() -> None:
    case = Setup(bundle(sign(KEY), cert=LEAF), CA).case()
    last = NOW + timedelta(days=30)
    assert judge_as_controller(replace(case, now=last)).verdict == "accept"
    late = judge_as_controller(replace(case, now=last + timedelta(seconds=1)))
    assert late.message == "cosign bundle cert chain invalid: validity check failed"


def test_keyed_with_require_set_does_not_start() -> None:
    verdict = Setup(b"", ROOT, "KEYED", key_block(KEY), "REQUIRE_SET").judge()
    assert (verdict.verdict, verdict.stage) == ("no-boot", "config")
    assert "requires modules.signing.mode=COSIGN_BUNDLE" in (verdict.message or "")


def test_require_set_without_a_rekor_key_does_not_start() -> None:
    verdict = Setup(GOOD, ROOT, rekor_policy="REQUIRE_SET").judge()
    assert (verdict.verdict, verdict.stage) == ("no-boot", "config")
    assert verdict.message == "modules.signing.rekor.publicKey must be configured when policy=REQUIRE_SET"


def test_what_is_not_enforced_is_installed_and_the_trace_still_tells() -> None:
    verdict = Setup(bundle(sign(ec_key(2))), ROOT, enforced=False).judge()
    assert verdict.verdict == "unsigned-allowed"
    signature = verdict.steps[-1]
    assert (signature.status, signature.after_verdict) == ("fail", True)


CONFIG = """runtime: {{ profile: {profile} }}
modules:
  signing: {{ {signing} }}
"""


@pytest.mark.parametrize(
    ("profile", "signing", "verdict", "stage"),
    [
        ("development", "trustRoot: root.pem", "unsigned-allowed", "verify"),
        (
            "development",
            "required: true, allowUnsignedDevelopment: true, trustRoot: root.pem",
            "unsigned-allowed",
            "verify",
        ),
        ("development", "required: true, trustRoot: root.pem", "accept", "verify"),
        ("development", "required: true", "no-boot", "config"),
        ("development", "required: true, trustRoot: empty.pem", "no-boot", "load"),
        ("development", "trustRoot: empty.pem", "unsigned-allowed", "verify"),
        ("production", "trustRoot: root.pem", "accept", "verify"),
        ("production", "trustRoot: absent.pem", "no-boot", "load"),
        ("production", "required: false, trustRoot: absent.pem", "unsigned-allowed", "verify"),
        ("production", "mode: nonsense", "no-boot", "config"),
    ],
)
def test_the_configuration_decides_before_the_bundle_does(
    tmp_path: Path, profile: str, signing: str, verdict: str, stage: str
) -> None:
    (tmp_path / "root.pem").write_text(ROOT)
    (tmp_path / "empty.pem").write_text("")
    (tmp_path / "controller.yml").write_text(CONFIG.format(profile=profile, signing=signing))
    config = check_config(tmp_path / "controller.yml", tmp_path, now=NOW)
    if verdict == "no-boot":
        assert config.controller.starts is False
    case = Setup(bundle(sign(KEY)), ROOT if "root.pem" in signing else None).case()
    if "mode: KEYED" not in signing and verdict == "accept":
        signing_case = Setup(b64(sign(KEY)).encode(), ROOT, "KEYED").case()
        assert config.effective is not None
        case = case if config.effective.mode.value == "COSIGN_BUNDLE" else signing_case
    case = replace(case, policy=replace(case.policy, config=config))
    answer = judge_as_controller(case)
    assert (answer.verdict, answer.stage) == (verdict, stage), answer
    if stage == "load":
        assert answer.exception in ("IllegalArgumentException", "IllegalStateException")
        assert (answer.message or "").startswith("trust bundle ")


def test_a_configuration_that_cannot_be_read_makes_the_verdict_unknown(tmp_path: Path) -> None:
    config = check_config(tmp_path / "absent.yml", tmp_path, now=NOW)
    case = Setup(GOOD, ROOT).case()
    answer = judge_as_controller(replace(case, policy=replace(case.policy, config=config)))
    assert (answer.verdict, answer.stage) == ("unknown", "config")


@pytest.mark.parametrize("error", [MissingFile("gone"), SpecialFile("is a directory")])
def test_a_sidecar_that_is_no_regular_file_counts_as_none(error: InputError) -> None:
    verdict = Setup(None, ROOT, error=error).judge()
    assert verdict.message == "missing cosign bundle: /modules/a.jar.cosign.bundle"


@pytest.mark.parametrize("error", [LimitExceeded("too large"), UnreadableFile("denied")])
def test_a_sidecar_beyond_our_reach_makes_the_verdict_unknown(error: InputError) -> None:
    assert Setup(None, ROOT, error=error).judge().verdict == "unknown"


def test_an_unreadable_artefact_is_an_internal_error_of_the_controller() -> None:
    case = Setup(GOOD, ROOT).case()
    choice = SidecarChoice("COSIGN_BUNDLE", case.sidecar, case.sidecar_expected_at, None)
    policy = Policy("COSIGN_BUNDLE", "DISABLED", "flags")
    gone = MissingFile("gone", location=Location("/modules/a.jar"))
    answer = judge_unreadable_artifact(gone, choice, policy, case.trust_root, None)
    assert (answer.verdict, answer.http, answer.code) == ("error", 500, "INTERNAL_ERROR")
    large = judge_unreadable_artifact(LimitExceeded("large"), choice, policy, case.trust_root, None)
    assert large.verdict == "unknown"


def test_the_set_of_another_artefact_is_accepted_because_the_build_does_not_bind_it() -> None:
    entry = rekor_bundle(ec_key(5))
    verdict = Setup(
        bundle(sign(KEY), rekorBundle=entry), ROOT, "COSIGN_BUNDLE", key_block(ec_key(5)), "REQUIRE_SET"
    ).judge()
    assert verdict.verdict == "accept"
    steps = {step.id: step.status for step in verdict.steps}
    assert steps["rekor.set"] == "pass"
    assert {steps[f"rekor.{one}"] for one in ("log-id", "binding", "inclusion", "time")} == {"skip"}
