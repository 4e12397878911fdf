"""What a `controller.yml` says: the build's answer, the effective signing profile, the documented matrix."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from trustconsole.findings import Severity

Verifier = Literal["NOOP", "KEYED", "COSIGN_BUNDLE", "FAIL_CLOSED", "BOOT_FAILS"]
Outcome = Literal["fail-closed", "unsigned-allowed", "unsigned-allowed-warned"]


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
        return {"value": self.value, "source": self.source}


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

    def to_dict(self, *, reveal: bool = False) -> dict[str, object]:
        """`trustconsole/config/1`; the password inside `database.uri` is masked unless `reveal`."""
        other = dict(self.other) if self.other is not None else None
        if other is not None and not reveal and isinstance(other.get("database.uri"), str):
            other["database.uri"] = mask_uri(str(other["database.uri"]))
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


def mask_uri(uri: str) -> str:
    """`uri` with the userinfo's password (all between the first `:` after `//` and the last `@`) as `***`."""
    scheme, separator, rest = uri.partition("://")
    userinfo, at, host = rest.rpartition("@")
    if not separator or not at:
        return uri
    user, colon, _secret = userinfo.partition(":")
    return f"{scheme}://{user}{':***' if colon else ''}@{host}"
