"""Which signature verifier the build would make of the settings, and why it could not.

The build decides once, at start: nothing to enforce (NOOP), no trust root (FAIL_CLOSED, which a started
controller never serves), or a verifier that reads the trust root and, for REQUIRE_SET, the log's key. Either
file stops the start when it does not load. Paths are relative to the working directory; `~` and `${X}` are
nothing special.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from trustconsole.controller_config.report import Effective, Sourced, Verifier
from trustconsole.controller_config.settings import ControllerSettings
from trustconsole.trust_root.model import LoadAs, TrustRootReport

TRUST_ROOT: Final = "modules.signing.trustRoot"
REKOR_KEY: Final = "modules.signing.rekor.publicKey"


@dataclass(frozen=True, slots=True)
class VerifierOutcome:
    """`verifier` is None where it cannot be predicted; `error` says why, `key` names the file at fault."""

    verifier: Verifier | None
    error: str | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class PemFile:
    """A PEM file that the settings name: as written, where that is, and what it holds."""

    key: str
    written: str
    resolved: Path
    report: TrustRootReport


def wanted_verifier(settings: ControllerSettings) -> Verifier:
    """The verifier by the settings alone, the files unread."""
    if not settings.required or (not settings.production and settings.allow_unsigned):
        return "NOOP"
    if settings.blank(TRUST_ROOT):
        return "FAIL_CLOSED"
    return "COSIGN_BUNDLE" if settings.mode == "COSIGN_BUNDLE" else "KEYED"


def read_pem(
    settings: ControllerSettings, key: str, working_directory: Path, read: Callable[[Path], TrustRootReport]
) -> PemFile | None:
    """The PEM file that `key` names, as `read` has it; None where it names none, or no possible path."""
    written = settings.text(key)
    if written is None or not _possible_path(written):
        return None
    resolved = working_directory / written
    return PemFile(key, written, resolved, read(resolved))


def _possible_path(written: str) -> bool:
    return "\0" not in written and not any(0xD800 <= ord(char) <= 0xDFFF for char in written)


def build_verifier(
    settings: ControllerSettings, trust_root: PemFile | None, rekor_key: PemFile | None
) -> VerifierOutcome:
    """What `wanted_verifier` comes to once the files are read, in the build's order."""
    wanted = wanted_verifier(settings)
    if wanted not in ("KEYED", "COSIGN_BUNDLE"):
        return VerifierOutcome(wanted)
    load_as: LoadAs = "COSIGN_BUNDLE" if wanted == "COSIGN_BUNDLE" else "KEYED"
    refused = _refusal(settings, TRUST_ROOT, trust_root, load_as)
    if refused is None and wanted == "COSIGN_BUNDLE" and settings.policy == "REQUIRE_SET":
        refused = _refusal(settings, REKOR_KEY, rekor_key, "REKOR")
    return refused or VerifierOutcome(wanted)


def _refusal(
    settings: ControllerSettings, key: str, pem: PemFile | None, load_as: LoadAs
) -> VerifierOutcome | None:
    """Why the file of `key` stops the start, None where it loads."""
    written = settings.text(key)
    if written is None:
        return VerifierOutcome("BOOT_FAILS", "NullPointerException", key)
    if pem is None:
        if "\0" in written:
            return VerifierOutcome("BOOT_FAILS", "InvalidPathException: Nul character not allowed", key)
        return VerifierOutcome(None, "the path holds a lone surrogate", key)
    load = pem.report.controller[load_as]
    if load.loads:
        return None
    error = (load.error or "").replace(str(pem.resolved), java_path(written))
    if load.loads is None:
        return VerifierOutcome(None, error, key)
    return VerifierOutcome("BOOT_FAILS", f"{load.exception}: {error}", key)


def java_path(written: str) -> str:
    """`Path.toString` of a path as written: doubled and trailing slashes go, `.` and `..` stay."""
    parts = [part for part in written.split("/") if part]
    joined = "/".join(parts)
    return f"/{joined}" if PurePosixPath(written).is_absolute() else joined


def effective_profile(settings: ControllerSettings, verifier: Verifier | None, path: str) -> Effective:
    """The effective values with their sources; `path` is the file as it was given."""
    signing = "modules.signing"
    required = settings[f"{signing}.required"]
    source = "profile" if required.value is None else _source(settings, f"{signing}.required", path)
    return Effective(
        profile=_sourced(settings, "runtime.profile", path),
        required=Sourced(settings.required, source),
        mode=_sourced(settings, f"{signing}.mode", path),
        trust_root=_sourced(settings, TRUST_ROOT, path),
        allow_unsigned_development=_sourced(settings, f"{signing}.allowUnsignedDevelopment", path),
        rekor_policy=_sourced(settings, f"{signing}.rekor.policy", path),
        rekor_public_key=_sourced(settings, REKOR_KEY, path),
        verifier=verifier,
    )


def _source(settings: ControllerSettings, key: str, path: str) -> str:
    setting = settings[key]
    return "default" if setting.line is None else f"{path}:{setting.line}:{setting.column}"


def _sourced(settings: ControllerSettings, key: str, path: str) -> Sourced:
    return Sourced(settings[key].value, _source(settings, key, path))
