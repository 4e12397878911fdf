"""The part of the settings that says whose signature a release or an image must bear, if not our own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from trustconsole.records.settings_yaml import Entry

_TRUST = ("trusted_root", "roots", "key")
_IDENTITIES = ("certificate_identity", "certificate_identity_regexp")
_KEYS = (*_TRUST, "rekor_key", *_IDENTITIES, "certificate_oidc_issuer")


@dataclass(frozen=True, slots=True)
class SignerSettings:
    """`release:` or `images:` of the settings; None where nothing is said. Paths are absolute."""

    trusted_root: Path | None = None
    roots: Path | None = None
    key: Path | None = None
    rekor_key: Path | None = None
    identity: str | None = None
    identity_regexp: str | None = None
    issuer: str | None = None


NO_SIGNER = SignerSettings()


def read_signer(entry: Entry | None, base: Path) -> SignerSettings:
    """The mapping at `entry`; relative paths are relative to `base`. Raises `SettingsError`."""
    if entry is None:
        return NO_SIGNER
    keys = entry.mapping(_KEYS)
    for group in (_TRUST, _IDENTITIES):
        given = [name for name in group if name in keys]
        if len(given) > 1:
            raise keys[given[1]].error(f"{given[0]} and {given[1]} exclude each other", "keep one of them")

    def path(name: str) -> Path | None:
        return base / keys[name].text() if name in keys else None

    def text(name: str) -> str | None:
        return keys[name].text() if name in keys else None

    return SignerSettings(
        path("trusted_root"),
        path("roots"),
        path("key"),
        path("rekor_key"),
        text("certificate_identity"),
        text("certificate_identity_regexp"),
        text("certificate_oidc_issuer"),
    )
