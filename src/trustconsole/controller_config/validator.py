"""The build's start-up validation: every rule in its order, with its exact message, as one table.

Rules marked unreachable can never fire for a file, because the records replace such values first; they stand
here so that the table is the whole of what the build checks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from trustconsole.controller_config.settings import ControllerSettings

MESSAGE: Final = "Invalid configuration — fix the errors above in controller.yml"
_SIGNING: Final = "modules.signing"


@dataclass(frozen=True, slots=True)
class ValidatorRule:
    """`check` yields the messages of the rule, none where the settings pass; `key` is what to mend."""

    id: str
    key: str
    check: Callable[[ControllerSettings], Iterable[str]]
    next: str
    documented: bool = False
    reachable: bool = True


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule that refuses the settings, with its message."""

    rule: ValidatorRule
    message: str


def _when(refused: bool, message: str) -> Iterable[str]:
    return (message,) if refused else ()


def _profile(settings: ControllerSettings) -> Iterable[str]:
    profile = settings.text("runtime.profile")
    return _when(
        profile not in ("development", "production"),
        f"runtime.profile must be one of [development, production], got: {profile}",
    )


def _port(path: str) -> Callable[[ControllerSettings], Iterable[str]]:
    def check(settings: ControllerSettings) -> Iterable[str]:
        port = settings.whole(path)
        return _when(not 1 <= port <= 65535, f"{path} must be between 1 and 65535, got: {port}")

    return check


def _same_port(settings: ControllerSettings) -> Iterable[str]:
    port = settings.whole("http.port")
    return _when(
        port == settings.whole("grpc.port"), f"http.port and grpc.port must be different (both are {port})"
    )


def _at_least(path: str, least: int) -> Callable[[ControllerSettings], Iterable[str]]:
    return lambda settings: _when(settings.whole(path) < least, f"{path} must be >= {least}")


def _jwt_at_most(settings: ControllerSettings) -> Iterable[str]:
    path = "security.jwtExpirationMinutes"
    return _when(settings.whole(path) > 43200, f"{path} should not exceed 43200 (30 days)")


def _database(settings: ControllerSettings) -> Iterable[str]:
    return _when(settings.blank("database.uri"), "database.uri must be configured")


def _trust_root_production(settings: ControllerSettings) -> Iterable[str]:
    return _when(
        settings.required and settings.production and settings.blank(f"{_SIGNING}.trustRoot"),
        f"{_SIGNING}.trustRoot must be configured when runtime.profile=production "
        f"(or set {_SIGNING}.required=false to opt out)",
    )


def _trust_root_required(settings: ControllerSettings) -> Iterable[str]:
    return _when(
        settings.required and not settings.production and settings.blank(f"{_SIGNING}.trustRoot"),
        f"{_SIGNING}.trustRoot must be configured when {_SIGNING}.required=true",
    )


def _rekor_mode(settings: ControllerSettings) -> Iterable[str]:
    return _when(
        settings.policy != "DISABLED" and settings.mode != "COSIGN_BUNDLE",
        f"{_SIGNING}.rekor.policy={settings.policy} requires {_SIGNING}.mode=COSIGN_BUNDLE",
    )


def _rekor_key(settings: ControllerSettings) -> Iterable[str]:
    return _when(
        settings.policy != "DISABLED" and settings.blank(f"{_SIGNING}.rekor.publicKey"),
        f"{_SIGNING}.rekor.publicKey must be configured when policy={settings.policy}",
    )


def _origins(settings: ControllerSettings) -> Iterable[str]:
    return (
        f"cors.allowedOrigins: invalid origin '{origin}' (must start with http:// or https://)"
        for origin in settings.origins
        if origin is not None and not origin.startswith(("http://", "https://"))
    )


def _unreachable(path: str) -> ValidatorRule:
    return ValidatorRule(path, path, _at_least(path, 1), f"set {path} to 1 or more", reachable=False)


RULES: Final = (
    ValidatorRule("runtime.profile", "runtime.profile", _profile, "write development or production"),
    ValidatorRule("http.port", "http.port", _port("http.port"), "choose a port from 1 to 65535"),
    ValidatorRule("grpc.port", "grpc.port", _port("grpc.port"), "choose a port from 1 to 65535"),
    ValidatorRule("ports-differ", "grpc.port", _same_port, "give http.port and grpc.port different ports"),
    _unreachable("security.jwtExpirationMinutes"),
    ValidatorRule(
        "jwt-at-most-30-days", "security.jwtExpirationMinutes", _jwt_at_most, "write 43200 minutes or fewer"
    ),
    _unreachable("security.rateLimiting.perIpPerMinute"),
    _unreachable("security.rateLimiting.perUserPerMinute"),
    _unreachable("security.lockout.maxAttempts"),
    _unreachable("security.lockout.windowSeconds"),
    _unreachable("security.lockout.lockoutSeconds"),
    ValidatorRule("database.uri", "database.uri", _database, "write the MongoDB URI, or remove the key"),
    ValidatorRule(
        "trust-root-production",
        f"{_SIGNING}.trustRoot",
        _trust_root_production,
        f"set {_SIGNING}.trustRoot to the PEM file with the module authors' keys",
        documented=True,
    ),
    ValidatorRule(
        "trust-root-required",
        f"{_SIGNING}.trustRoot",
        _trust_root_required,
        f"set {_SIGNING}.trustRoot to the PEM file with the module authors' keys",
    ),
    ValidatorRule(
        "rekor-needs-cosign-bundle",
        f"{_SIGNING}.rekor.policy",
        _rekor_mode,
        f"set {_SIGNING}.mode to COSIGN_BUNDLE, or the policy to DISABLED",
        documented=True,
    ),
    ValidatorRule(
        "rekor-needs-public-key",
        f"{_SIGNING}.rekor.publicKey",
        _rekor_key,
        f"set {_SIGNING}.rekor.publicKey to the PEM file with the log's key",
        documented=True,
    ),
    _unreachable("scheduler.evaluationIntervalSeconds"),
    ValidatorRule(
        "heartbeat.intervalMs", "heartbeat.intervalMs", _at_least("heartbeat.intervalMs", 1000),
        "write 1000 milliseconds or more",
    ),
    _unreachable("heartbeat.missedThreshold"),
    ValidatorRule(
        "cors-origins", "http.cors.allowedOrigins", _origins, "begin every origin with http:// or https://"
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Validation:
    """Violations in order, or `crashed` where a null origin stops the validator without a text."""

    violations: tuple[Violation, ...]
    crashed: bool = False

    @property
    def passes(self) -> bool:
        """Whether the build goes on to start."""
        return not self.violations and not self.crashed


def validate(settings: ControllerSettings) -> Validation:
    """All rules over `settings`; a null origin loses every message, as it does in the build."""
    if None in settings.origins:
        return Validation((), crashed=True)
    return Validation(tuple(Violation(rule, message) for rule in RULES for message in rule.check(settings)))
