"""Arguments that several commands share, and the longer lists of arguments; see `commands`."""

from __future__ import annotations

from typing import Final

from trustconsole.commands.model import Argument

JSON: Final = Argument(("--json",), "Print JSON on standard output instead of text.", switch=True)
CONFIG: Final = Argument(("--config",), "The controller's configuration file.", "F", "path")
SETTINGS: Final = Argument(("--settings",), "The console's own settings file.", "F", "path")
WORKING_DIRECTORY: Final = Argument(
    ("--working-directory",),
    "The directory the controller runs in; paths in its file are relative to it.",
    "DIR",
    "path",
)
MODULES: Final = Argument(
    ("--modules",),
    "A directory of modules or a module store; may be given more than once.",
    "DIR",
    "path",
    repeatable=True,
)
WRITE: Final = Argument(
    ("--write",), "Arm the session for changes; without it nothing is written.", switch=True
)
CONFIG_FILE: Final = Argument(
    ("F",), "controller.yml; else --config, the settings, ./config/controller.yml.", "F", "path", nargs="?"
)
REVEAL: Final = Argument(("--reveal",), "Show the secrets inside database.uri.", switch=True)

APPLY: Final = Argument(("--apply",), "Do it; without it only say what would be done.", switch=True)
OVERRIDE: Final = Argument(
    ("--override",),
    "Pass what is not proved, or lost, with this written reason; it is kept in the audit log.",
    "REASON",
)
FOLLOW_LINK: Final = Argument(
    ("--follow-link",), "Change the file behind a symbolic link; the link stays.", switch=True
)
CHANGING: Final = (APPLY, OVERRIDE, FOLLOW_LINK, CONFIG, SETTINGS, WORKING_DIRECTORY, MODULES, JSON)
TRUSTED_ROOT: Final = Argument(
    ("--trusted-root",),
    "trusted_root.json: which logs, authorities and timestamp authorities count, and when.",
    "F",
    "path",
)
AT: Final = Argument(
    ("--at",), "Judge at this time instead of now (RFC 3339); a verified time still counts.", "TIME", "time"
)

POLICY: Final = (
    Argument(("--trust-root",), "PEM file with the blocks that are trusted.", "F", "path"),
    Argument(
        ("--mode",),
        "How signatures are stored; else by the sidecar found.",
        choices=("KEYED", "COSIGN_BUNDLE"),
    ),
    Argument(("--rekor-policy",), "Whether a log entry is required.", choices=("DISABLED", "REQUIRE_SET")),
    Argument(("--rekor-key",), "PEM file with the log's public key.", "F", "path"),
    CONFIG,
    SETTINGS,
    WORKING_DIRECTORY,
)
"""What modules are judged by: flags, or the files that say it."""

VERIFY_ARGUMENTS: Final = (
    Argument(
        ("ARTIFACT",), "A module, a directory of modules, or a module store.", "ARTIFACT", "path", nargs="*"
    ),
    *POLICY,
    TRUSTED_ROOT,
    Argument(("--sidecar",), "The signature file of the one artefact given.", "F", "path"),
    AT,
    Argument(("--jobs",), "How many modules are verified at once.", "N", "integer"),
    MODULES,
    Argument(
        ("--reading",),
        "Which verdict decides the exit code; `both`: both must pass.",
        choices=("documented", "controller", "both"),
        default="documented",
    ),
    JSON,
)

IMPACT_ARGUMENTS: Final = (
    Argument(
        ("--file",), "The file that would change.", choices=("trust-root", "rekor"), default="trust-root"
    ),
    Argument(
        ("--remove",), "The block that would go: its fingerprint, or 8 or more of its first digits.", "FP"
    ),
    Argument(("--add",), "A PEM file with the one block that would come.", "PEM", "path"),
    *POLICY,
    AT,
    MODULES,
    JSON,
)

BUNDLE_ARGUMENTS: Final = (
    Argument(
        ("FILE_OR_DIGEST",), "The artefact, or sha256: and its digest in hex.", "FILE_OR_DIGEST", nargs="?"
    ),
    Argument(("--bundle",), "The Sigstore bundle.", "F", "path"),
    Argument(("--certificate-identity",), "The signer's identity, exactly.", "I"),
    Argument(("--certificate-identity-regexp",), "An expression that the signer's identity matches.", "R"),
    Argument(("--certificate-oidc-issuer",), "Who vouched for that identity.", "I"),
    Argument(("--key",), "PEM file with the public key, for a bundle without certificate.", "PEM", "path"),
    TRUSTED_ROOT,
    Argument(
        ("--staging",), "The bundle is of Sigstore's staging instance; goes with --trusted-root.", switch=True
    ),
    Argument(("--predicate-type",), "The type that an attestation's statement must have.", "TYPE"),
    AT,
    JSON,
)
