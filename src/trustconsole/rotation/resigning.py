"""The exact command lines that re-sign a module and bring it to the controller, and what they do not do.

Written for an operator to copy or to save as a script; the console runs none of them, because it never holds
a private key. Flags as measured with cosign 2.4.1 and 3.1.3 (they differ; both are given), the controller's
behaviour as observed (a stored sidecar outlives an identical jar; `module upload` sends no signature).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from trustconsole.records.journal import RotationKind
from trustconsole.rotation.model import ModuleEvidence
from trustconsole.text import is_shell_word, shell_join
from trustconsole.verification.signing_advice import LOG_NEEDED, log_flags

KEY_PLACEHOLDERS: Final[Mapping[RotationKind, str]] = {
    "author": "NEW.key",
    "ca": "LEAF.key",
    "rekor": "AUTHOR.key",
}
"""Which private key signs: the new one, that of a certificate of the new CA, the author's as it is."""
CERTIFICATE_PLACEHOLDER: Final = "LEAF.pem"
COSIGN_2: Final = "sign with cosign 2"
COSIGN_3: Final = "sign with cosign 3"
_UNPLAIN: Final = re.compile(r"[^A-Za-z0-9._-]+")

_NO_COMMAND: Final = "to be done by hand, a name holds NUL or ends with a line feed"

UPLOAD_TRAP: Final = (
    "`prexorctl module upload` sends no signature, and the controller answers 422: use `module install`."
)
IDENTICAL_TRAP: Final = (
    "The store keeps the old signature file where the jar's bytes did not change, and hands it to daemons: "
    "delete the module first, or build a new version."
)
P384_TRAP: Final = (
    "cosign 3 signs with SHA-384 or SHA-512 under P-384 and P-521 keys, which the controller refuses: use a "
    "P-256 or RSA key, or cosign 2."
)


@dataclass(frozen=True, slots=True)
class Signing:
    """What a new signature must have: for which rotation, for a controller in which mode, and whether that
    controller refuses one without a log entry.
    """

    kind: RotationKind
    mode: str = "COSIGN_BUNDLE"
    logged: bool = False

    @property
    def with_entry(self) -> bool:
        """Whether it is logged: where the policy wants it, or the log's key is what is rotated."""
        return self.mode != "KEYED" and (self.logged or self.kind == "rekor")

    @property
    def key(self) -> str:
        """What stands for the path of the private key in the command lines."""
        return KEY_PLACEHOLDERS[self.kind]

    @property
    def place(self) -> str:
        """Where the command lines are to be run."""
        return {
            "author": "where the new private key is",
            "ca": "where the private key of a certificate of the new CA is",
            "rekor": "where the author's private key is",
        }[self.kind]


@dataclass(frozen=True, slots=True)
class CommandLine:
    """One line to run elsewhere; `argv` unquoted (untrusted names), `title` says what it is for."""

    title: str
    argv: tuple[str, ...]

    @property
    def text(self) -> str:
        """The line as a shell takes it: quoted, printable, one line; a comment where no shell can take it."""
        line = shell_join(self.argv)
        return line if all(map(is_shell_word, self.argv)) else f"# {_NO_COMMAND}: {line}"


def commands_for(module: ModuleEvidence, signing: Signing) -> tuple[CommandLine, ...]:
    """How to sign `module` again, and how to install it.

    A module in the controller's store is copied out first: the store's files are the controller's, and it
    removes the jar with the module.
    """
    jar = _copy_name(module) if module.stored else module.path
    keyed = signing.mode == "KEYED"
    sidecar = jar + (".sig" if keyed else ".cosign.bundle")
    output = ("--output-signature" if keyed else "--bundle", sidecar, jar)
    lines = [CommandLine("copy", ("cp", module.path, jar))] if module.stored else []
    if signing.kind != "ca":  # cosign 2 has no --certificate for sign-blob
        lines.append(CommandLine(COSIGN_2, (*_cosign_2(signing), *output)))
    lines.append(CommandLine(COSIGN_3, (*_cosign_3(signing), *output)))
    if module.stored:
        end = ("--",) if module.name.startswith("-") else ()
        lines.append(CommandLine("make room", ("prexorctl", "module", "delete", *end, module.name)))
    lines.append(CommandLine("install", ("prexorctl", "module", "install", jar, "--signature", sidecar)))
    return tuple(lines)


def traps(signing: Signing) -> tuple[str, ...]:
    """What goes wrong in step 3 without a word from the tools involved."""
    common = (
        (IDENTICAL_TRAP, UPLOAD_TRAP) if signing.kind == "ca" else (IDENTICAL_TRAP, UPLOAD_TRAP, P384_TRAP)
    )
    return (LOG_NEEDED, *common) if signing.with_entry else common


def script(modules: Sequence[ModuleEvidence], signing: Signing) -> str:
    """All lines for `modules` as a shell script to read, adapt and run where the private key is."""
    out = [
        "#!/bin/sh",
        "# Re-signs modules and installs them. Read it first, and choose the lines of your cosign.",
        f"# Run it {signing.place}, and put the path of that key in place of {signing.key}.",
        *(f"# {trap}" for trap in traps(signing)),
        "set -eu",
        "",
    ]
    for module in modules:
        out.append(f"# {shell_join((module.name, *filter(None, (module.version,))))}")
        for line in commands_for(module, signing):
            other = line.title == COSIGN_2
            out.append(f"# with cosign 2, instead of the next line: {line.text}" if other else line.text)
        out.append("")
    return "\n".join(out)


def _copy_name(module: ModuleEvidence) -> str:
    """A plain file name for a copy of a stored jar, whatever its manifest says."""
    stem = _UNPLAIN.sub("-", f"{module.name}-{module.version or module.sha256 or ''}").strip("-.")
    return f"./{stem[:120] or 'module'}.jar"


def _log(signing: Signing) -> tuple[str, ...]:
    return log_flags(entry=signing.with_entry)


def _cosign_2(signing: Signing) -> tuple[str, ...]:
    return ("cosign", "sign-blob", "--yes", "--key", signing.key, *_log(signing))


def _cosign_3(signing: Signing) -> tuple[str, ...]:
    certificate = ("--certificate", CERTIFICATE_PLACEHOLDER) if signing.kind == "ca" else ()
    legacy = ("--use-signing-config=false", "--new-bundle-format=false")
    return ("cosign", "sign-blob", "--yes", "--key", signing.key, *certificate, *_log(signing), *legacy)
