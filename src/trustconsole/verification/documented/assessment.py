"""What holds for a bundle's log entries, computed once before the chain is judged at their time."""

from __future__ import annotations

from datetime import UTC, datetime

from trustconsole.verification.bundle_evidence import gather
from trustconsole.verification.case import Case
from trustconsole.verification.documented.state import DocumentedState, EntryAssessment
from trustconsole.verification.entry_binding import EntrySubject, bind
from trustconsole.verification.entry_bodies import read_entry_body
from trustconsole.verification.log_entry import LogEntry
from trustconsole.verification.material import within_dates
from trustconsole.verification.signed_content import SignedContent
from trustconsole.verification.sigstore.bundle import SigstoreBundle
from trustconsole.verification.sigstore.dsse import Envelope
from trustconsole.verification.sigstore.known_logs import KnownLog, logs_of_key_file, logs_of_trusted_root


def logs_of(case: Case) -> tuple[KnownLog, ...]:
    """The logs that count: those of the trusted root where there is one, else of the Rekor key file."""
    if case.trusted_root is not None:
        return logs_of_trusted_root(case.trusted_root.root) if case.trusted_root.root else ()
    return logs_of_key_file(case.rekor_key)


def assess(case: Case, state: DocumentedState) -> None:
    """Judge the log entries of the bundle, and set `state.verified_time` where they prove it."""
    if state.content is None:
        return
    if state.bundle is not None:
        _assess_bundle(case, state, state.bundle, state.content)
    elif state.entry is not None:
        _assess_entry(case, state, state.entry, state.content)


def _subject(state: DocumentedState, content: SignedContent) -> EntrySubject:
    body = state.bundle.content if state.bundle else None
    return EntrySubject(
        content=content,
        signature=state.signature,
        leaf_der=state.material.leaf_der if state.material else None,
        key=state.key,
        envelope=body if isinstance(body, Envelope) else None,
    )


def _assess_bundle(
    case: Case, state: DocumentedState, bundle: SigstoreBundle, content: SignedContent
) -> None:
    root = case.trusted_root.root if case.trusted_root else None
    state.evidence = gather(
        bundle,
        _subject(state, content),
        logs=logs_of(case),
        authorities=root.timestamp_authorities if root else (),
        now=case.now,
    )
    state.verified_time = state.evidence.first_time


def _assess_entry(case: Case, state: DocumentedState, entry: LogEntry, content: SignedContent) -> None:
    assessment = state.assessment
    time = datetime.fromtimestamp(entry.integrated_time, UTC)
    _judge_set(case, entry, time, assessment)
    assessment.binding = bind(
        entry,
        _subject(state, content),
        lambda one: case.read_once("entry body", one.body, lambda: read_entry_body(one)),
    )
    if not (assessment.set_holds and assessment.log_id_holds and assessment.binding.holds):
        return
    assessment.proved_time = time
    leaf = state.material.leaf if state.material else None
    if leaf is None or within_dates(leaf, time):
        state.verified_time = time


def _judge_set(case: Case, entry: LogEntry, time: datetime, assessment: EntryAssessment) -> None:
    # A log whose id follows from a checkpoint is of Rekor v2 and signs no entry timestamps.
    logs = [(log, log.log_id) for log in logs_of(case) if log.log_id is not None]
    if not logs or entry.signed_entry_timestamp is None:
        return
    signed, promise = entry.signed_bytes(), entry.signed_entry_timestamp
    assessment.log_id_wanted = tuple(log_id for _, log_id in logs)
    signers = [(log, log_id) for log, log_id in logs if log.signed(signed, promise, case.checker)]
    assessment.set_holds = bool(signers)
    named = [log for log, log_id in signers or logs if log_id == entry.log_id]
    assessment.log_id_holds = bool(named)
    if named and not any(log.covers(time) for log in named):
        assessment.window = " or ".join(log.window() for log in named)
        assessment.log_id_holds = False


def why_nothing_is_proved(state: DocumentedState) -> str | None:
    """Why the log entries prove no signing time, in a clause; None where they do or there are none."""
    if state.evidence is not None:
        return _why_evidence_proves_nothing(state)
    assessment = state.assessment
    mismatches = assessment.binding.mismatches if assessment.binding else ()
    body_error = assessment.binding.error if assessment.binding else None
    reasons: tuple[tuple[bool, str], ...] = (
        (state.entry_error is not None, "it is malformed"),
        (bool(mismatches), f"it is about {' and '.join(mismatches)}"),
        (body_error is not None, "its body is malformed"),
        (state.entry is not None and assessment.set_holds is None, "no Rekor key is configured"),
        (assessment.set_holds is False, "its timestamp is not signed by a configured Rekor key"),
        (assessment.window is not None, f"its log's key counted from {assessment.window}"),
        (assessment.log_id_holds is False, "it names another log"),
        (
            assessment.proved_time is not None and state.verified_time is None,
            "its time lies outside the certificate's dates",
        ),
    )
    return next((reason for holds, reason in reasons if holds), None)


def _why_evidence_proves_nothing(state: DocumentedState) -> str | None:
    evidence = state.evidence
    if evidence is None or evidence.times or not (evidence.entries or evidence.timestamps):
        return None
    flaws = [flaw.reason for entry in evidence.entries for flaw in entry.flaws]
    if flaws:
        return flaws[0]
    if evidence.outside:
        return "its timestamp lies outside the certificate's dates"
    if evidence.entries and not evidence.known:
        return "its log is not configured"
    if evidence.entries:
        return "it carries no entry timestamp"
    return "no timestamp of a trusted authority holds"
