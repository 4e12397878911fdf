"""Steps `rekor.*` of the documented reading: are the log entries genuine, and are they about this artefact.

What a failure means depends on the policy: under REQUIRE_SET it refuses, otherwise it is a warning and the
entry proves no time. A SET whose body is about something else proves nothing (CVE-2022-36056,
CVE-2026-22703). Legacy bundles are judged here, Sigstore bundles by `log_steps` under the same policy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from trustconsole.text import rfc3339
from trustconsole.verification import log_steps
from trustconsole.verification.bundle_evidence import BundleEvidence
from trustconsole.verification.case import Case
from trustconsole.verification.documented.assessment import logs_of
from trustconsole.verification.documented.state import DocumentedState, reject, skipped
from trustconsole.verification.engine import Decision, Result
from trustconsole.verification.log_steps import Demand
from trustconsole.verification.material import within_dates

_Judge = Callable[[BundleEvidence, Demand], Result]


def _required(case: Case) -> bool:
    return case.policy.rekor_policy == "REQUIRE_SET"


def _refuse(case: Case, detail: str, **evidence: object) -> Result:
    if _required(case):
        return reject(detail, **evidence)
    return Result("warn", f"{detail}; the policy does not ask for it", evidence)


def _demand(case: Case, state: DocumentedState) -> Demand:
    def refuse(detail: str, evidence: Mapping[str, object]) -> Result:
        return _refuse(case, detail, **evidence)

    required = _required(case)
    has_leaf = state.material is not None
    return Demand(refuse, "REQUIRE_SET", entry=required, promise=required, time=required and has_leaf)


def _of_bundle(case: Case, state: DocumentedState, judge: _Judge) -> Result | None:
    """The step of a Sigstore bundle; None where the bundle is a legacy one."""
    if state.bundle is None:
        return None
    if state.evidence is None:
        return skipped("no bundle was read")
    if state.evidence.entries and not logs_of(case):
        return _no_log_to_judge_with(case)
    return judge(state.evidence, _demand(case, state))


def _no_log_to_judge_with(case: Case) -> Result:
    """Nothing says which logs count: why, and whether that is an error."""
    source = case.trusted_root or case.rekor_key
    if source is None:
        return skipped("no Rekor key is configured to judge the entry with")
    name = "trusted root" if source is case.trusted_root else "Rekor key file"
    if source.error is not None:
        detail = f"the {name} cannot be read: {source.error}"
        decision = Decision("error", detail) if _required(case) else None
        return Result("fail" if decision else "warn", detail, {"path": source.path}, decision)
    return _refuse(case, f"the {name} holds no usable key", path=source.path)


def check_set(case: Case, state: DocumentedState) -> Result:
    """The SET verifies under the key of a log that counts."""
    if state.signature is None:
        return skipped("no bundle was read")
    of_bundle = _of_bundle(case, state, log_steps.set_step)
    if of_bundle is not None:
        return of_bundle
    if state.entry_error is not None:
        return _refuse(case, f"the log entry is malformed: {state.entry_error}")
    if state.entry is None:
        if _required(case):
            return reject("the bundle has no log entry, and REQUIRE_SET asks for one")
        return skipped("the bundle has no log entry")
    assessment = state.assessment
    if assessment.set_holds is None:
        return _no_log_to_judge_with(case)
    if not assessment.set_holds:
        return _refuse(
            case, "the entry timestamp is not signed by a configured Rekor key", log_id=state.entry.log_id
        )
    source = case.trusted_root or case.rekor_key
    named = source.path if source else ""
    return Result("pass", f"signed by the key of {named}", {"log_index": state.entry.log_index})


def check_log_id(case: Case, state: DocumentedState) -> Result:
    """The entry names the log that the verifying key belongs to (Rekor v1: SHA-256 of its SPKI)."""
    of_bundle = _of_bundle(case, state, log_steps.log_step)
    if of_bundle is not None:
        return of_bundle
    assessment = state.assessment
    if state.entry is None or assessment.log_id_holds is None:
        return skipped("no entry timestamp to compare with")
    evidence = {"log_id": state.entry.log_id, "configured": list(assessment.log_id_wanted)}
    if assessment.window is not None:
        detail = f"the log's key counted from {assessment.window}, and the entry was made outside that time"
        return _refuse(case, detail, **evidence)
    if assessment.log_id_holds:
        return Result("pass", f"log {state.entry.log_id[:8]} is the configured one", evidence)
    return _refuse(case, f"the entry names log {state.entry.log_id[:8]}, not the configured one", **evidence)


def check_binding(case: Case, state: DocumentedState) -> Result:
    """Hash, signature and signer inside the entry equal the bundle's and the artefact's."""
    if state.bundle is not None and state.evidence is not None:
        return log_steps.binding_step(state.evidence, _demand(case, state))
    binding = state.assessment.binding
    if state.entry is None:
        return skipped("there is no log entry")
    if binding is None:
        return skipped("the entry was not compared")
    if binding.error is not None:
        return _refuse(case, f"the entry's body is malformed: {binding.error}")
    if binding.holds:
        kind = binding.body.kind if binding.body else ""
        return Result("pass", f"{kind}: same file, signature and signer", binding.compared)
    words = " and ".join(binding.mismatches)
    return _refuse(case, f"the log entry is about {words}", **binding.compared)


def check_inclusion(case: Case, state: DocumentedState) -> Result:
    """A proof that is carried holds; legacy bundles carry none, and keep the step for one shape of trace."""
    of_bundle = _of_bundle(case, state, log_steps.inclusion_step)
    if of_bundle is not None:
        return of_bundle
    if state.entry is None:
        return skipped("there is no log entry")
    return skipped("a legacy bundle carries no inclusion proof")


def check_time(case: Case, state: DocumentedState) -> Result:
    """The proved signing time lies within the leaf's validity."""
    if state.bundle is not None and state.evidence is not None:
        return _time_of_bundle(state.evidence, _demand(case, state))
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


def _time_of_bundle(evidence: BundleEvidence, demand: Demand) -> Result:
    """Both sources of time in one step: a refusal of either refuses, a warning stands beside the rest."""
    timestamps, time = log_steps.timestamp_step(evidence, demand), log_steps.time_step(evidence, demand)
    for result in (timestamps, time):
        if result.status == "fail":
            return result
    if timestamps.status != "warn":
        return time
    return Result("warn", f"{timestamps.detail}; {time.detail}", {**timestamps.evidence, **time.evidence})
