"""Is an entry proved to be in its log: Merkle path, checkpoint, and the log's signature under it.

Both must hold together: the path leads to a root, and a checkpoint that the log signed names that root.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from trustconsole.errors import InputError
from trustconsole.verification.log_entry import InclusionProof, LogEntry
from trustconsole.verification.sigstore.checkpoint import Checkpoint, read_checkpoint
from trustconsole.verification.sigstore.known_logs import KnownLog
from trustconsole.verification.sigstore.merkle import leaf_hash, root_of


@dataclass(frozen=True, slots=True)
class Inclusion:
    """Whether an entry is proved to be in its log; None where it carries no proof that could be judged."""

    holds: bool | None
    reason: str
    evidence: Mapping[str, object] = field(default_factory=dict)


def origin_of(entry: LogEntry) -> str | None:
    """The origin that the entry's checkpoint names, unverified; None where it has no readable one."""
    if entry.proof is None or entry.proof.checkpoint is None:
        return None
    return entry.proof.checkpoint.partition("\n")[0]


def check_inclusion(entry: LogEntry, logs: Sequence[KnownLog]) -> Inclusion:
    """Judge the proof of `entry` under the keys of its log; `logs` are those that bear its log id."""
    proof = entry.proof
    if proof is None:
        return Inclusion(None, "the entry carries no inclusion proof")
    if proof.checkpoint is None:
        return Inclusion(None, "the inclusion proof has no checkpoint")
    try:
        checkpoint = read_checkpoint(proof.checkpoint, "checkpoint")
    except InputError as error:
        return Inclusion(False, f"the checkpoint is malformed: {error}")
    return _path_flaw(entry, proof, checkpoint) or _signed(checkpoint, logs)


def _path_flaw(entry: LogEntry, proof: InclusionProof, checkpoint: Checkpoint) -> Inclusion | None:
    evidence: dict[str, object] = {
        "index": proof.log_index,
        "tree_size": proof.tree_size,
        "proof_root": proof.root_hash.hex(),
        "checkpoint_size": checkpoint.size,
        "checkpoint_root": checkpoint.root_hash.hex(),
    }
    root = root_of(leaf_hash(b64decode(entry.body)), proof.log_index, proof.tree_size, proof.hashes)
    if root is None:
        evidence["hashes"] = len(proof.hashes)
        return Inclusion(False, "the proof does not fit its index and tree size", evidence)
    if root != proof.root_hash:
        evidence["computed_root"] = root.hex()
        return Inclusion(False, "the Merkle path does not lead to the proof's root", evidence)
    if (checkpoint.root_hash, checkpoint.size) != (proof.root_hash, proof.tree_size):
        return Inclusion(False, "the checkpoint is of another state of the log than the proof", evidence)
    return None


def _signed(checkpoint: Checkpoint, logs: Sequence[KnownLog]) -> Inclusion:
    """Every line of a known key must verify, and at least one be there; others are of unknown keys."""
    evidence: dict[str, object] = {
        "origin": checkpoint.origin,
        "size": checkpoint.size,
        "root": checkpoint.root_hash.hex(),
        "signers": [line.name for line in checkpoint.signatures],
    }
    own = [
        (line, [log for log in logs if log.signs(line.name, checkpoint.origin, line.key_hint)])
        for line in checkpoint.signatures
    ]
    judged = [
        any(log.signed(checkpoint.signed_bytes, line.signature) for log in signers)
        for line, signers in own
        if signers
    ]
    if not judged:
        return Inclusion(False, "the checkpoint carries no signature of the entry's log", evidence)
    if not all(judged):
        return Inclusion(False, "a checkpoint signature does not verify under the log's key", evidence)
    return Inclusion(True, f"proved by the checkpoint of {checkpoint.origin}", evidence)
