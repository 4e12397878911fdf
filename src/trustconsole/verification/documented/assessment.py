"""What holds for a bundle's log entry, computed once before the chain is judged at its time."""

from __future__ import annotations

from datetime import UTC, datetime

from cryptography.hazmat.primitives.serialization import Encoding

from trustconsole.errors import InputError
from trustconsole.trust_root import spki_sha256
from trustconsole.verification.case import Case
from trustconsole.verification.documented.state import DocumentedState, EntryAssessment
from trustconsole.verification.log_entry import (
    EntryBody,
    LogEntry,
    can_sign_entries,
    read_entry_body,
)
from trustconsole.verification.material import within_dates
from trustconsole.verification.signatures import SignatureChecker


def assess_entry(case: Case, state: DocumentedState) -> None:
    """Fill `state.assessment` and, where all three proofs hold, `state.verified_time`."""
    entry = state.entry
    if entry is None:
        return
    assessment = state.assessment
    _judge_set(case, entry, assessment)
    _judge_binding(case, state, entry, assessment)
    if not (assessment.set_holds and assessment.log_id_holds and assessment.bound):
        return
    assessment.proved_time = datetime.fromtimestamp(entry.integrated_time, UTC)
    leaf = state.material.leaf if state.material else None
    if leaf is None or within_dates(leaf, assessment.proved_time):
        state.verified_time = assessment.proved_time


def _judge_set(case: Case, entry: LogEntry, assessment: EntryAssessment) -> None:
    blocks = case.rekor_key.trusted_blocks if case.rekor_key is not None else ()
    keys = {
        block.spki_sha256: block.public_key
        for block in blocks
        if block.kind == "public-key" and block.public_key is not None and can_sign_entries(block.public_key)
    }
    if not keys:
        return
    # A log's id (Rekor v1) is what a key's fingerprint is: the SHA-256 of its SubjectPublicKeyInfo.
    assessment.log_id_wanted = tuple(log_id for log_id in keys if log_id is not None)
    signer = case.checker.once(
        ("entry timestamp", entry, assessment.log_id_wanted),
        lambda: next((one for one, key in keys.items() if entry.set_verifies_under(key, case.checker)), None),
    )
    assessment.key = keys[signer] if signer is not None else None
    assessment.set_holds = signer is not None
    assessment.log_id_holds = entry.log_id in ((signer,) if signer is not None else assessment.log_id_wanted)


def _judge_binding(case: Case, state: DocumentedState, entry: LogEntry, assessment: EntryAssessment) -> None:
    try:
        body = case.read_once("entry body", entry.body, lambda: read_entry_body(entry))
    except InputError as error:
        assessment.body_error, assessment.bound = error, False
        return
    assessment.body = body
    mismatches: list[str] = []
    assessment.compared["entry_hash"] = f"{body.hash_algorithm}:{body.hash_value}"
    assessment.compared["artifact_hash"] = f"sha256:{case.artifact.sha256}"
    if (body.hash_algorithm, body.hash_value) != ("sha256", case.artifact.sha256):
        mismatches.append("another file")
    if body.signature != state.signature:
        mismatches.append("another signature")
    if not _same_signer(state, body, assessment, case.checker):
        mismatches.append("another signer")
    assessment.mismatches, assessment.bound = tuple(mismatches), not mismatches


def _same_signer(
    state: DocumentedState, body: EntryBody, assessment: EntryAssessment, checker: SignatureChecker
) -> bool:
    """A certificate is compared byte for byte, a key by its SubjectPublicKeyInfo."""
    leaf_der = state.material.leaf_der if state.material else None
    entry_leaf = body.material.leaf
    if entry_leaf is not None:
        assessment.compared["entry_signer"] = f"certificate {entry_leaf.serial_number:x}"
        return leaf_der is not None and entry_leaf.public_bytes(Encoding.DER) == leaf_der
    entry_key = body.material.public_key
    if leaf_der is not None or entry_key is None:
        return False
    assessment.compared["entry_signer"] = f"key {spki_sha256(entry_key)}"
    return state.key is not None and checker.print_of(entry_key) == checker.print_of(state.key)


def why_nothing_is_proved(state: DocumentedState) -> str | None:
    """Why the bundle's log entry proves no signing time, in a clause; None where it does or there is none."""
    assessment = state.assessment
    reasons: tuple[tuple[bool, str], ...] = (
        (state.entry_error is not None, "it is malformed"),
        (bool(assessment.mismatches), f"it is about {' and '.join(assessment.mismatches)}"),
        (assessment.body_error is not None, "its body is malformed"),
        (state.entry is not None and assessment.set_holds is None, "no Rekor key is configured"),
        (assessment.set_holds is False, "its timestamp is not signed by a configured Rekor key"),
        (assessment.log_id_holds is False, "it names another log"),
        (
            assessment.proved_time is not None and state.verified_time is None,
            "its time lies outside the certificate's dates",
        ),
    )
    return next((reason for holds, reason in reasons if holds), None)
