"""How to sign a module so that the controller reads and accepts it: what findings and rotations share.

Flags of `cosign sign-blob` as measured with 2.4.1 and 3.1.3; the commands are shown and never run.
"""

from __future__ import annotations

from typing import Final

from trustconsole.text import shell_word
from trustconsole.verification.case import Case

LOG_PLACEHOLDER: Final = "https://REKOR.example.net"
LOG_NEEDED: Final = (
    f"The controller wants a log entry: put the address of a Rekor v1 log in place of {LOG_PLACEHOLDER}, one "
    "whose key is the controller's rekor.publicKey (SIGSTORE_REKOR_PUBLIC_KEY names it to cosign)."
)


def log_flags(*, entry: bool) -> tuple[str, ...]:
    """Whether cosign writes a log entry, and into which log."""
    if entry:
        return ("--tlog-upload=true", "--rekor-url", LOG_PLACEHOLDER)
    return ("--tlog-upload=false",)


def entry_wanted(case: Case) -> bool:
    """Whether the controller refuses a module without a log entry; the signature files of KEYED hold none."""
    return case.policy.mode != "KEYED" and case.policy.rekor_policy == "REQUIRE_SET"


def sign_command(case: Case) -> str:
    """The line of cosign 3 that signs the artefact for mode and policy of `case`, and what to adapt in it."""
    keyed = case.policy.mode == "KEYED"
    named = case.sidecar_expected_at
    if case.sidecar is not None:
        keyed, named = case.sidecar.named == "sig", case.sidecar.path
    output = ("--output-signature" if keyed else "--bundle", shell_word(named))
    entry = entry_wanted(case)
    line = " ".join(
        (
            *("cosign sign-blob --yes --key KEY --use-signing-config=false", *log_flags(entry=entry)),
            *("--new-bundle-format=false", *output, shell_word(case.artifact.path)),
        )
    )
    advice = f"{line} (cosign 3; with cosign 2 leave out --use-signing-config and --new-bundle-format)."
    return f"{advice} {LOG_NEEDED}" if entry else advice


def resign(case: Case) -> str:
    """`sign_command` as the next step after a signature in a format that the controller does not read."""
    return f"Sign again in the legacy format: {sign_command(case)}"
