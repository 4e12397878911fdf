"""What a `controller.yml` says: the build's answer, the effective signing profile, the documented matrix."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from trustconsole.controller_config.masking import mask_uri, masked_uris
from trustconsole.findings import Severity

Verifier = Literal["NOOP", "KEYED", "COSIGN_BUNDLE", "FAIL_CLOSED", "BOOT_FAILS"]
Outcome = Literal["fail-closed", "unsigned-allowed", "unsigned-allowed-warned"]

DOCUMENTED_MATRIX: Final[Mapping[str, Outcome]] = {
    "development/unset": "unsigned-allowed",
    "development/false": "unsigned-allowed",
    "development/true": "unsigned-allowed",
    "production/unset": "fail-closed",
    "production/false": "unsigned-allowed-warned",
    "production/true": "fail-closed",
}
"""The documentation's matrix: profile and `required` to what then holds, as the page prints it."""


@dataclass(frozen=True, slots=True)
class ConfigFinding:
    """A finding at a key of the file; 1-based line and column where the value (or its absence) stands."""

    id: str
    severity: Severity
    summary: str
    next: str
    rule: str | None = None
    key: str | None = None
    line: int | None = None
    column: int | None = None

    def to_dict(self) -> dict[str, object]:
        """An entry of `findings`."""
        return {
            "id": self.id,
            "severity": self.severity,
            "rule": self.rule,
            "key": self.key,
            "line": self.line,
            "column": self.column,
            "summary": self.summary,
            "next": self.next,
        }


@dataclass(frozen=True, slots=True)
class Sourced:
    """An effective value and where it comes from: `file:LINE:COL`, `default` or `profile`."""

    value: object
    source: str

    def to_dict(self) -> dict[str, object]:
        """`{"value", "source"}`."""
        return {"value": fit_to_show(self.value), "source": self.source}


@dataclass(frozen=True, slots=True)
class ControllerStart:
    """Whether the build starts with this file: it loads, validates, and the verifier can be built."""

    starts: bool | None
    stage: Literal["load", "validate", "boot"] | None = None
    exception: str | None = None
    errors: tuple[str, ...] = ()
    message: str | None = None
    boot_error: str | None = None

    def to_dict(self) -> dict[str, object]:
        """The `controller` object."""
        return {
            "starts": self.starts,
            "stage": self.stage,
            "exception": self.exception,
            "errors": list(self.errors),
            "message": self.message,
            "boot_error": self.boot_error,
        }


@dataclass(frozen=True, slots=True)
class Effective:
    """The effective signing profile as the build binds it; paths are as written, not yet resolved."""

    profile: Sourced
    required: Sourced
    mode: Sourced
    trust_root: Sourced
    allow_unsigned_development: Sourced
    rekor_policy: Sourced
    rekor_public_key: Sourced
    verifier: Verifier | None

    def named(self) -> tuple[tuple[str, Sourced], ...]:
        """Every value, fit to be shown, under the name it has in the file, in the file's order."""
        values = (
            ("runtime.profile", self.profile),
            ("required", self.required),
            ("mode", self.mode),
            ("trustRoot", self.trust_root),
            ("allowUnsignedDevelopment", self.allow_unsigned_development),
            ("rekor.policy", self.rekor_policy),
            ("rekor.publicKey", self.rekor_public_key),
        )
        return tuple((name, Sourced(fit_to_show(found.value), found.source)) for name, found in values)

    def to_dict(self) -> dict[str, object]:
        """The `effective` object."""
        return {
            "profile": self.profile.to_dict(),
            "required": self.required.to_dict(),
            "mode": self.mode.to_dict(),
            "trust_root": self.trust_root.to_dict(),
            "allow_unsigned_development": self.allow_unsigned_development.to_dict(),
            "rekor_policy": self.rekor_policy.to_dict(),
            "rekor_public_key": self.rekor_public_key.to_dict(),
            "verifier": self.verifier,
        }


@dataclass(frozen=True, slots=True)
class Documented:
    """Where the file stands in the documented matrix (`production/unset`) and the documented validator."""

    cell: str
    outcome: Outcome
    starts: bool
    errors: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, object]:
        """The `documented` object."""
        return {
            "cell": self.cell,
            "outcome": self.outcome,
            "starts": self.starts,
            "errors": list(self.errors),
        }


@dataclass(frozen=True, slots=True)
class ConfigReport:
    """One `controller.yml` in both readings.

    `effective` and `other` are None where the build does not load the file; `documented` is None only where
    the file cannot be read or is not YAML at all. `text` is the file for display, secrets masked (untrusted),
    `error` is set where the file could not be read. `signing_digest` is the SHA-256 of the effective runtime
    and signing values, which is what a restart depends on. `modules_directory` is as written.
    """

    path: str
    working_directory: str
    findings: tuple[ConfigFinding, ...]
    controller: ControllerStart
    effective: Effective | None
    other: Mapping[str, object] | None
    documented: Documented | None
    sha256: str | None = None
    signing_digest: str | None = None
    modules_directory: str = "modules"
    text: str = field(default="", repr=False)
    error: str | None = None

    @property
    def enforces(self) -> bool | None:
        """Whether the build refuses unsigned modules; None where its verifier cannot be predicted."""
        verifier = self.effective.verifier if self.effective is not None else None
        return verifier != "NOOP" if verifier is not None else None

    @property
    def differences(self) -> tuple[str, ...]:
        """Where documentation and build part, in sentences; empty where they agree or one is not known."""
        documented, enforced, starts = self.documented, self.enforces, self.controller.starts
        if documented is None or enforced is None:
            return ()
        found: list[str] = []
        if documented.outcome == "fail-closed" and not enforced:
            found.append("The documentation promises fail-closed; this build accepts unsigned modules.")
        if documented.outcome != "fail-closed" and enforced:
            found.append("The documentation allows unsigned modules here; this build enforces signatures.")
        if starts is not None and starts != documented.starts:
            build, promise = ("starts", "refuse to start") if starts else ("does not start", "start")
            found.append(f"By the documentation the controller would {promise}; this build {build}.")
        return tuple(found)

    def to_dict(self, *, reveal: bool = False) -> dict[str, object]:
        """`trustconsole/config/1`; the secrets inside `database.uri` are masked unless `reveal`."""
        other = dict(self.other) if self.other is not None else None
        if other is not None and not reveal:
            other = {
                name: mask_uri(value)
                if name == "database.uri" and isinstance(value, str)
                else fit_to_show(value)
                for name, value in other.items()
            }
        return {
            "schema": "trustconsole/config/1",
            "path": self.path,
            "working_directory": self.working_directory,
            "findings": [finding.to_dict() for finding in self.findings],
            "controller": self.controller.to_dict(),
            "effective": self.effective.to_dict() if self.effective else None,
            "other": other,
            "documented": self.documented.to_dict() if self.documented else None,
            "error": self.error,
        }


def fit_to_show(value: object) -> object:
    """`value` with what its URIs say before the `@` masked; a sequence becomes a list."""
    if isinstance(value, list | tuple):
        return [fit_to_show(part) for part in value]
    return masked_uris(value) if isinstance(value, str) else value


def value_words(value: object) -> str:
    """A YAML value as an operator writes it (untrusted text, not masked)."""
    if value is None or value == "":
        return "not set"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return ", ".join(str(part) for part in value) or "none"
    return str(value)
