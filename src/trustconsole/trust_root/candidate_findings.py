"""Every finding about a change of a trust root or Rekor key file, as one table; `candidates` applies them.

Findings that a file has by itself are rows of `findings`; those of the block that is added close the gate
where `GATE` names them.
"""

from __future__ import annotations

from typing import Final

from trustconsole.findings import FindingKind
from trustconsole.trust_root import findings as of_file

NOT_ONE_BLOCK = FindingKind(
    "not-exactly-one-block",
    "error",
    "what is to be added holds {count}, where exactly one is needed",
    "usable is a PUBLIC KEY or CERTIFICATE block whose content reads as such; each block is added by itself, "
    "so that each is judged by itself",
    "put the one block into a file of its own; openssl pkey -pubin or openssl x509 writes it anew",
)
ALREADY_THERE = FindingKind(
    "block-already-there",
    "error",
    "the same {what} stands in the file already (line {first_line})",
    "both readings take it there; a copy adds no trust and would outlive the removal of the other",
    "nothing is to be added; check that this is the file that was meant",
)
KIND_NOT_READ = FindingKind(
    "block-kind-not-read",
    "error",
    "the controller reads no {label} block from this file",
    "as {role} it loads PUBLIC KEY blocks and passes over every other",
    "add the PUBLIC KEY block: openssl x509 -in FILE -noout -pubkey",
)
NOTHING_LEFT = FindingKind(
    "nothing-left",
    "error",
    "no block would be left: a controller that reads this file does not start",
    "{exception}: {message}",
    "add the block that takes over first, then remove this one",
)
NOTHING_TRUSTED = FindingKind(
    "nothing-trusted",
    "error",
    "no block would be left that the documented reading trusts",
    "what stays is taken by the controller alone, because of its form",
    "write the blocks that are to stay anew (see trustconsole trust-root show), then remove this one",
)
NOT_EXACT = FindingKind(
    "change-not-exact",
    "error",
    "the new file would not differ in exactly what was asked: {what}",
    "blocks in an unusual form stand beside the place of the change",
    "write the blocks that trustconsole trust-root show names anew, each on lines of its own, then try again",
)

FIRST_CERTIFICATE = FindingKind(
    "flips-to-chain",
    "warning",
    "the first CERTIFICATE block: bundles with a certificate are judged by their chain from now on",
    "with any CERTIFICATE block this build only follows the chain; leaves that were pinned by their key are "
    "refused",
    "see the impact for the modules that stop; sign them with the bare key, or under this CA",
)
LAST_CERTIFICATE = FindingKind(
    "flips-to-pinning",
    "warning",
    "the last CERTIFICATE block goes: bundles with a certificate are judged by its key from now on",
    "without a CERTIFICATE block this build compares the leaf's key with the PUBLIC KEY blocks",
    "see the impact for the modules that stop or start",
)
SAME_KEY_STAYS = FindingKind(
    "same-key-stays",
    "warning",
    "the key stays trusted through the {what} {fingerprint} (line {first_line})",
    "the same public key stands in another block of this file",
    "remove that block too where the key itself is to go",
)
KEPT_AS_THEY_ARE = FindingKind(
    "blocks-kept-as-they-are",
    "warning",
    "{blocks} in an unusual form stay byte for byte as they are ({lines})",
    "written anew they would be trusted by a reading that does not trust them now, which was not asked for",
    "see trustconsole trust-root show for the cause of each; mend or delete them by themselves",
)

GATE: Final[frozenset[str]] = frozenset(
    kind.id
    for kind in (
        of_file.PRIVATE_KEY,
        of_file.KEY_NEVER_VERIFIES,
        of_file.KEY_STOPS_CONTROLLER,
        of_file.MALFORMED_BLOCK,
        of_file.MALFORMED_BUT_LOADED,
        of_file.ANCHOR_EXPIRED,
        of_file.ANCHOR_NOT_YET_VALID,
    )
)
"""Findings of a file that refuse the block that is added; any other is a warning."""

KINDS: Final[tuple[FindingKind, ...]] = tuple(
    kind for kind in list(globals().values()) if isinstance(kind, FindingKind)
)
"""Every row, in the order of this file."""
