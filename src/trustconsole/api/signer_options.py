"""Whom a release or an image must be signed by: the flags, over the settings, over our own preset."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from trustconsole.api.arguments import AnyPath
from trustconsole.records import SignerSettings
from trustconsole.release.policy import PolicyOptions


@dataclass(frozen=True, slots=True)
class SignerOptions:
    """What was asked for by flag; None where nothing was. See `trustconsole release verify --help`."""

    trusted_root: AnyPath | None = None
    roots: AnyPath | None = None
    key: AnyPath | None = None
    rekor_key: AnyPath | None = None
    identity: str | None = None
    identity_regexp: str | None = None
    issuer: str | None = None
    documented_identity: bool = False


def policy_options(flags: SignerOptions, settings: SignerSettings) -> PolicyOptions:
    """The flags, and where they say nothing about trust, log, identity or issuer, the settings."""
    trust = (flags.trusted_root, flags.roots, flags.key)
    if all(one is None for one in trust):
        trust = (settings.trusted_root, settings.roots, settings.key)
    trusted_root, roots, key = (Path(one) if one is not None else None for one in trust)
    rekor_key = flags.rekor_key if flags.rekor_key is not None else settings.rekor_key
    identity, regexp, issuer = flags.identity, flags.identity_regexp, flags.issuer
    # A key has no identity, so what the settings say about one is not about it.
    if key is None and not flags.documented_identity:
        if identity is None and regexp is None:
            identity, regexp = settings.identity, settings.identity_regexp
        issuer = issuer if issuer is not None else settings.issuer
    return PolicyOptions(
        trusted_root,
        roots,
        key,
        Path(rekor_key) if rekor_key is not None else None,
        identity,
        regexp,
        issuer,
        flags.documented_identity,
    )
