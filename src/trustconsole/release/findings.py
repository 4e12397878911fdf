"""What `release verify` and `image verify` tell an operator about a signature or a file, as a table.

The ids are stable: the one that made a verdict is its `code`. Texts may quote untrusted input.
"""

from __future__ import annotations

from typing import Final

from trustconsole.findings import FindingKind

TRUST_UNREADABLE: Final = FindingKind(
    "trust-unreadable",
    "error",
    "what is to be trusted cannot be read",
    "{reason}",
    "name a file that this user may read with --trusted-root, --roots, --key or --rekor-key",
)
ENTRY_UNREADABLE: Final = FindingKind(
    "entry-unreadable",
    "error",
    "the log entry that was named cannot be read",
    "{reason}",
    "name what Rekor's /api/v1/log/entries answered, or a TransparencyLogEntry, as JSON",
)
DIRECTORY_UNREADABLE: Final = FindingKind(
    "directory-unreadable",
    "error",
    "the directory cannot be looked through",
    "{reason}",
    "name the directory that the release was downloaded into",
)
NO_CHECKSUMS: Final = FindingKind(
    "no-checksums",
    "error",
    "there is no checksums file that can be read",
    "{reason}",
    "download checksums.txt of the same release, or name it with --checksums F",
)
SIGNATURE_MISSING: Final = FindingKind(
    "signature-missing",
    "error",
    "no signature of {name} is here",
    "none of {looked_for} lies beside it",
    "download the signature of the same release",
)
CERTIFICATE_MISSING: Final = FindingKind(
    "certificate-missing",
    "error",
    "the signature brings no certificate to say who signed",
    "{reason}",
    "download {name}.pem of the same release; for a signature by a bare key, name the key with --key",
)
SIGNATURE_UNREADABLE: Final = FindingKind(
    "signature-unreadable",
    "error",
    "the signature cannot be used",
    "{reason}",
    "download the signature again from the release",
)
OTHER_CONTENT: Final = FindingKind(
    "other-content",
    "error",
    "the signature says itself that it is about something else",
    "{reason}",
    "download checksums and signature of the same release",
)
SIGNATURE_MISMATCH: Final = FindingKind(
    "signature-mismatch",
    "error",
    "the signature does not cover these bytes",
    "{reason}",
    "download both again; do not unpack or run anything of this release before it verifies",
)
TIMESTAMP_REFUSED: Final = FindingKind(
    "timestamp-refused",
    "error",
    "a timestamp of the signature is not genuine",
    "{reason}",
    "download the signature again, or name the trusted root of the instance that made it",
)
LOG_ENTRY_REFUSED: Final = FindingKind(
    "log-entry-refused",
    "error",
    "the log entry does not prove this signature",
    "{reason}",
    "fetch the entry of this very signature, or name the log's key or trusted root",
)
CHAIN_REFUSED: Final = FindingKind(
    "chain-refused",
    "error",
    "the certificate was not issued by a trusted authority",
    "{reason}",
    "name the authority's root with --roots PEM or --trusted-root F, if another one is right",
)
SCT_REFUSED: Final = FindingKind(
    "sct-refused",
    "error",
    "the certificate is not proved to be in a certificate log",
    "{reason}",
    "treat the release as foreign until its publisher explains it",
)
IDENTITY_REFUSED: Final = FindingKind(
    "identity-refused",
    "error",
    "someone else signed",
    "{reason}",
    "treat it as foreign; name another signer with --certificate-identity only if that one is expected",
)
TIME_UNPROVEN: Final = FindingKind(
    "time-unproven",
    "warning",
    "nothing proves that the signature was made while its certificate was valid",
    "{reason}",
    "give the log's entry with --entry F (fetched on another machine), or ask the log with --online",
)
LOOKALIKE_IDENTITY: Final = FindingKind(
    "lookalike-identity",
    "error",
    "the documented expression accepts this identity, and it is not the project's",
    "its dots are not escaped, so that {names} passes it",
    "treat the artefact as foreign, and verify without --documented-identity",
)
LOOSE_EXPRESSION: Final = FindingKind(
    "loose-expression",
    "warning",
    "the expression for the identity is loose",
    "{reason}",
    "anchor it at both ends, or name the exact identity with --certificate-identity",
)
IDENTITY_REMARK: Final = FindingKind(
    "identity-remark",
    "warning",
    "the certificate says something unexpected about its signer",
    "{reason}",
    "look at the certificate's extensions in the detail before you rely on it",
)
OLD_SNAPSHOT: Final = FindingKind(
    "old-snapshot",
    "warning",
    "the packaged trusted root is {days} days old",
    "it was taken on {taken}; keys that were added or retired since are not known",
    "update trustconsole, or name a current trusted_root.json with --trusted-root F",
)
OTHER_SIGNATURE: Final = FindingKind(
    "other-signature-refused",
    "warning",
    "another signature beside it does not verify",
    "{reason}",
    "download it again, or remove it if it belongs to another release",
)
ENTRY_NOT_FOUND: Final = FindingKind(
    "entry-not-found",
    "warning",
    "the log was asked, and no entry of this signature was found",
    "{reason}",
    "fetch the entry on another machine and give it with --entry F",
)
LINE_UNREADABLE: Final = FindingKind(
    "line-unreadable",
    "error",
    "a line of the checksums cannot be read",
    "{reason}; it begins {text}",
    "download the checksums again; a signed line that nobody can read protects nothing",
)
FILE_ALTERED: Final = FindingKind(
    "file-altered",
    "error",
    "{name} is not what was signed",
    "its SHA-256 is {found}, and {expected} is listed",
    "download it again; do not unpack or run it",
)
FILE_CONFLICTING: Final = FindingKind(
    "file-conflicting",
    "error",
    "{name} is listed with different sums",
    "lines {lines} contradict each other",
    "do not use the file; ask the publisher for a checksums file that is right",
)
FILE_REFUSED: Final = FindingKind(
    "file-refused",
    "error",
    "{name} is not looked at",
    "{reason}",
    "put the file itself into the directory; a name or link that leads elsewhere proves nothing here",
)
FILE_MISSING: Final = FindingKind(
    "file-missing",
    "error",
    "{count} listed here and not there",
    "missing: {names}",
    "download what is missing, or verify without --all",
)
FILES_NOT_HERE: Final = FindingKind(
    "file-not-here",
    "info",
    "{count} listed and not in the directory",
    "missing: {names}; only what was downloaded is verified",
    "nothing, unless you want them; --all makes it a refusal",
)
FILES_UNLISTED: Final = FindingKind(
    "file-unlisted",
    "info",
    "{count} in the directory and not listed",
    "nothing is known about: {names}",
    "do not run what is among them; what was unpacked here is no longer covered by the signature",
)
NOTHING_PRESENT: Final = FindingKind(
    "nothing-present",
    "error",
    "no archive of the release is here, so nothing was verified that could be unpacked",
    "of {count}, none is in the directory",
    "download the archive for your platform into the directory",
)
ARCHIVE_UNLISTED: Final = FindingKind(
    "archive-unlisted",
    "error",
    "{name} is not listed in the checksums",
    "the signature covers only what the checksums list; {reason}",
    "remove it, or verify it by a release that lists it",
)
SBOM_MISSING: Final = FindingKind(
    "sbom-missing",
    "error",
    "{name} has no bill of materials",
    "none lies beside it, and the checksums list none; the project ships one with every archive",
    "ask the publisher for it; the archive itself is judged by its checksum",
)
SBOM_REFUSED: Final = FindingKind(
    "sbom-refused",
    "error",
    "{name} is not the bill of materials of {archive}",
    "{reason}",
    "download it again from the same release",
)
SBOM_UNCOVERED: Final = FindingKind(
    "sbom-uncovered",
    "warning",
    "{name} is not covered by the signed checksums",
    "anyone who could write here could have written it",
    "take its components as a claim, not as a proof",
)
SBOM_VAGUE: Final = FindingKind(
    "sbom-vague",
    "warning",
    "{name} does not say enough to tell which archive it is about",
    "{reason}",
    "take its components as a claim about the archive, not as a proof",
)

OLD_SNAPSHOT_DAYS: Final = 180
"""From this age on the packaged trusted root is warned about; authorities are renewed every few years."""
