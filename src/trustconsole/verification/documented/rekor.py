"""Steps `rekor.*` of the documented reading: is the log entry genuine, and is it about this artefact.

What a failure means depends on the policy: under REQUIRE_SET it refuses, otherwise it is a warning and the
entry proves no time. A SET whose body is about something else proves nothing (CVE-2022-36056,
CVE-2026-22703).
"""

from __future__ import annotations

from datetime import UTC, datetime

from trustconsole.text import rfc3339
from trustconsole.verification.case import Case
from trustconsole.verification.documented.state import DocumentedState, reject, skipped
from trustconsole.verification.engine import Decision, Result
from trustconsole.verification.material import within_dates


def _required(case: Case) -> bool:
    return case.policy.rekor_policy == "REQUIRE_SET"


def _refuse(case: Case, detail: str, **evidence: object) -> Result:
    if _required(case):
        return reject(detail, **evidence)
    return Result("warn", f"{detail}; the policy does not ask for it", evidence)


def check_set(case: Case, state: DocumentedState) -> Result:
    """The SET verifies under one key of the Rekor key file."""
    if state.signature is None:
        return skipped("no bundle was read")
    if state.entry_error is not None:
        return _refuse(case, f"the log entry is malformed: {state.entry_error}")
    if state.entry is None:
        if _required(case):
            return reject("the bundle has no log entry, and REQUIRE_SET asks for one")
        return skipped("the bundle has no log entry")
    root = case.rekor_key
    if root is None:
        return skipped("no Rekor key is configured to judge the entry with")
    if root.error is not None:
        detail = f"the Rekor key file cannot be read: {root.error}"
        decision = Decision("error", detail) if _required(case) else None
        return Result("fail" if decision else "warn", detail, {"path": root.path}, decision)
    assessment = state.assessment
    if assessment.set_holds is None:
        return _refuse(case, "the Rekor key file holds no usable key", path=root.path)
    if not assessment.set_holds:
        return _refuse(
            case, "the entry timestamp is not signed by a configured Rekor key", log_id=state.entry.log_id
        )
    return Result("pass", f"signed by the key of {root.path}", {"log_index": state.entry.log_index})


def check_log_id(case: Case, state: DocumentedState) -> Result:
    """The entry names the log that the verifying key belongs to (Rekor v1: SHA-256 of its SPKI)."""
    assessment = state.assessment
    if state.entry is None or assessment.log_id_holds is None:
        return skipped("no entry timestamp to compare with")
    evidence = {"log_id": state.entry.log_id, "configured": list(assessment.log_id_wanted)}
    if assessment.log_id_holds:
        return Result("pass", f"log {state.entry.log_id[:8]} is the configured one", evidence)
    return _refuse(case, f"the entry names log {state.entry.log_id[:8]}, not the configured one", **evidence)


def check_binding(case: Case, state: DocumentedState) -> Result:
    """Hash, signature and signer inside the entry equal the bundle's and the artefact's."""
    assessment = state.assessment
    if state.entry is None:
        return skipped("there is no log entry")
    if assessment.bound is None:
        return skipped("the entry was not compared")
    if assessment.body_error is not None:
        return _refuse(case, f"the entry's body is malformed: {assessment.body_error}")
    if assessment.bound:
        kind = assessment.body.kind if assessment.body else ""
        return Result("pass", f"{kind}: same file, signature and signer", assessment.compared)
    words = " and ".join(assessment.mismatches)
    return _refuse(case, f"the log entry is about {words}", **assessment.compared)


def check_inclusion(_case: Case, state: DocumentedState) -> Result:
    """Legacy bundles carry no proof; the step is kept so that every trace has the same shape."""
    if state.entry is None:
        return skipped("there is no log entry")
    return skipped("a legacy bundle carries no inclusion proof")


def check_time(case: Case, state: DocumentedState) -> Result:
    """The proved signing time lies within the leaf's validity."""
    assessment = state.assessment
    if state.entry is None:
        return skipped("there is no log entry")
    claimed = rfc3339(datetime.fromtimestamp(state.entry.integrated_time, UTC))
    if assessment.proved_time is None:
        return skipped(f"the entry claims {claimed}, which is not proved")
    leaf = state.material.leaf if state.material else None
    if leaf is None:
        return Result("pass", f"signed at {claimed}", {"integrated_time": state.entry.integrated_time})
    evidence = {
        "integrated_time": state.entry.integrated_time,
        "leaf_not_before": rfc3339(leaf.not_valid_before_utc),
        "leaf_not_after": rfc3339(leaf.not_valid_after_utc),
    }
    if within_dates(leaf, assessment.proved_time):
        return Result("pass", f"signed at {claimed}, within the certificate's dates", evidence)
    return _refuse(case, f"signed at {claimed}, outside the certificate's dates", **evidence)
