"""The commands about what the project ships: releases, and the images beside them."""

from __future__ import annotations

from typing import Final

from trustconsole.commands.arguments import AT, JSON, SETTINGS, TRUSTED_ROOT
from trustconsole.commands.model import Argument, Command

SIGNER_ARGUMENTS: Final = (
    TRUSTED_ROOT,
    Argument(
        ("--roots",), "PEM file with the roots of the authority that issued the certificate.", "PEM", "path"
    ),
    Argument(
        ("--key",), "PEM file with the signer's public key, where no certificate is used.", "PEM", "path"
    ),
    Argument(("--certificate-identity",), "The signer, exactly as the certificate names it.", "I"),
    Argument(("--certificate-identity-regexp",), "An expression that finds the signer.", "R"),
    Argument(("--certificate-oidc-issuer",), "Who vouched for the signer; else the project's.", "I"),
    Argument(
        ("--documented-identity",),
        "Use the documentation's own expression, whose dots are not escaped.",
        switch=True,
    ),
    Argument(("--rekor-key",), "PEM file with the log's public key.", "PEM", "path"),
    AT,
)
"""Whom a signature must be by, and what proves its time: alike for releases and images."""

ENTRY_ARGUMENTS: Final = (
    Argument(
        ("--entry",),
        "A log entry fetched elsewhere: what Rekor's /api/v1/log/entries answers, or a TransparencyLogEntry.",
        "F",
        "path",
    ),
    Argument(("--online",), "Ask the log for the entry where nothing else proves the time.", switch=True),
)
"""Log entries that a signature does not bring itself."""

TUI: Final = Argument(("--tui",), "Show the answer in the console instead of printing it.", switch=True)

RELEASE_COMMANDS: Final[tuple[Command, ...]] = (
    Command(
        "release.verify",
        ("release", "verify"),
        "A downloaded release: signature, signer, time, every archive, SBOMs.",
        "Verifies the directory that a release was downloaded into: who signed checksums.txt and when, then "
        "every listed file that is there, then the bill of materials of every archive. Nothing is fetched "
        "unless --online is given. Without --trusted-root, --roots or --key the packaged public-good root "
        "counts, and without an identity the project's own release workflow.",
        (
            Argument(
                ("DIR",), "The directory with checksums.txt, its signature and the archives.", "DIR", "path"
            ),
            Argument(("--checksums",), "The checksums file, where it has another name.", "F", "path"),
            *SIGNER_ARGUMENTS,
            *ENTRY_ARGUMENTS,
            Argument(("--all",), "Everything that is listed must be there.", switch=True),
            Argument(("--components",), "List the components of the bills of materials, too.", switch=True),
            Argument(("--jobs",), "How many files are hashed at once.", "N", "integer"),
            TUI,
            SETTINGS,
            JSON,
        ),
        (
            "trustconsole release verify ~/Downloads/prexorctl-1.4.0",
            "trustconsole release verify . --entry rekor-entry.json --all",
            "trustconsole release verify . --tui",
        ),
        action="release",
        palette_help="Verify a downloaded release: choose its directory.",
    ),
    Command(
        "release.diff",
        ("release", "diff"),
        "Components added, removed and changed between two releases.",
        "Compares the bills of materials of two release directories. Nothing is verified here: verify both "
        "first.",
        (
            Argument(("A",), "The directory of the earlier release.", "A", "path"),
            Argument(("B",), "The directory of the later release.", "B", "path"),
            JSON,
        ),
        ("trustconsole release diff prexorctl-1.4.0 prexorctl-1.5.0",),
    ),
)
