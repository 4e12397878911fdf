"""Every rule of the build's validator, with its exact message and place."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from trustconsole.controller_config.binding import BoundRecord
from trustconsole.controller_config.report import ConfigReport
from trustconsole.controller_config.settings import ControllerSettings, Setting, settings_of
from trustconsole.controller_config.validator import MESSAGE, RULES, validate

Check = Callable[..., ConfigReport]

SIGNING = "modules: {signing: "
CASES = [
    (
        "runtime.profile",
        "runtime: {profile: Staging }\n",
        "runtime.profile must be one of [development, production], got: staging",
        (1, 20),
    ),
    ("http.port", "http:\n  port: 70000\n", "http.port must be between 1 and 65535, got: 70000", (2, 9)),
    ("grpc.port", "grpc:\n  port: 65536\n", "grpc.port must be between 1 and 65535, got: 65536", (2, 9)),
    (
        "ports-differ",
        "http: {port: 9443}\ngrpc: {port: 9443}\n",
        "http.port and grpc.port must be different (both are 9443)",
        (2, 14),
    ),
    (
        "jwt-at-most-30-days",
        "security:\n  jwtExpirationMinutes: 43201\n",
        "security.jwtExpirationMinutes should not exceed 43200 (30 days)",
        (2, 25),
    ),
    ("database.uri", "database:\n  uri: ' '\n", "database.uri must be configured", (2, 8)),
    (
        "trust-root-production",
        "runtime: {profile: production}\nmodules:\n  signing:\n    trustRoot: ''\n",
        "modules.signing.trustRoot must be configured when runtime.profile=production"
        " (or set modules.signing.required=false to opt out)",
        (4, 16),
    ),
    (
        "trust-root-required",
        SIGNING + "{required: true}}\n",
        "modules.signing.trustRoot must be configured when modules.signing.required=true",
        (1, 20),
    ),
    (
        "rekor-needs-cosign-bundle",
        SIGNING + "{rekor: {policy: REQUIRE_SET, publicKey: x}}}\n",
        "modules.signing.rekor.policy=REQUIRE_SET requires modules.signing.mode=COSIGN_BUNDLE",
        (1, 37),
    ),
    (
        "rekor-needs-public-key",
        SIGNING + "{mode: COSIGN_BUNDLE, rekor: {policy: REQUIRE_SET}}}\n",
        "modules.signing.rekor.publicKey must be configured when policy=REQUIRE_SET",
        (1, 49),
    ),
    (
        "heartbeat.intervalMs",
        "heartbeat:\n  intervalMs: 999\n",
        "heartbeat.intervalMs must be >= 1000",
        (2, 15),
    ),
    (
        "cors-origins",
        "http: {cors: {allowedOrigins: [HTTP://x]}}\n",
        "cors.allowedOrigins: invalid origin 'HTTP://x' (must start with http:// or https://)",
        (1, 31),
    ),
]


@pytest.mark.parametrize(("rule", "text", "message", "place"), CASES, ids=[case[0] for case in CASES])
def test_each_reachable_rule_refuses_with_its_message_at_its_key(
    check: Check, rule: str, text: str, message: str, place: tuple[int, int]
) -> None:
    report = check(text)
    assert report.controller.stage == "validate"
    assert report.controller.starts is False
    assert report.controller.errors == (message,)
    assert report.controller.message == MESSAGE
    found = [finding for finding in report.findings if finding.rule == rule]
    assert [(finding.line, finding.column) for finding in found] == [place]


def test_every_reachable_rule_has_a_case() -> None:
    assert {case[0] for case in CASES} == {rule.id for rule in RULES if rule.reachable}


@pytest.mark.parametrize("rule", [rule for rule in RULES if not rule.reachable], ids=lambda rule: rule.id)
def test_unreachable_rules_fire_only_for_values_that_no_file_can_give(rule: object) -> None:
    assert rule in RULES
    path = getattr(rule, "key", "")
    defaults = settings_of(BoundRecord())
    forced = ControllerSettings({**defaults.values, path: Setting(0)}, defaults.bound)
    assert [violation.message for violation in validate(forced).violations] == [f"{path} must be >= 1"]


def test_all_errors_are_collected_in_the_order_of_the_rules(check: Check) -> None:
    report = check(
        "heartbeat: {intervalMs: 1}\nhttp: {cors: {allowedOrigins: [x, y]}}\nruntime: {profile: qa}\n"
    )
    starts = [error.split()[0] for error in report.controller.errors]
    assert starts == [
        "runtime.profile",
        "heartbeat.intervalMs",
        "cors.allowedOrigins:",
        "cors.allowedOrigins:",
    ]


def test_a_null_origin_stops_the_validator_without_any_message(check: Check) -> None:
    report = check("http: {port: 99999, cors: {allowedOrigins: [null]}}\n")
    assert (report.controller.starts, report.controller.stage) == (False, "validate")
    assert report.controller.errors == ()
    assert report.controller.message is None


def test_an_empty_file_of_blocks_passes(check: Check) -> None:
    assert check("runtime:\nmodules:\n").controller.starts is True
