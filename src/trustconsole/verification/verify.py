"""One artefact, both readings: the only way into the engine.

Never raises over a missing, unreadable or hostile file: the answer is a report whose verdict says so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from trustconsole.errors import InputError
from trustconsole.trust_root import TrustRootReport
from trustconsole.verification.case import Artifact, Case, Policy, TrustedRootFile
from trustconsole.verification.controller import judge_as_controller, judge_unreadable_artifact
from trustconsole.verification.diagnosis import diagnose
from trustconsole.verification.disagreement import disagreement
from trustconsole.verification.documented import DOCUMENTED_CHECKS, DocumentedState, anchors_of
from trustconsole.verification.engine import Outcome, run_checks
from trustconsole.verification.loading import SidecarChoice, choose_sidecar
from trustconsole.verification.material import signer_of
from trustconsole.verification.observations import observe
from trustconsole.verification.report import (
    ControllerVerdict,
    DocumentedVerdict,
    Matched,
    PolicyFacts,
    Sidecar,
    SidecarKind,
    VerificationReport,
)
from trustconsole.verification.signatures import SignatureChecker

_INSTANT = timedelta(microseconds=1)
"""A certificate is valid through its last second's start and not an instant longer."""

REFUSED_CODE = "SIGNATURE_VERIFICATION_FAILED"


def verify_artifact(
    path: Path,
    *,
    policy: Policy,
    trust_root: TrustRootReport | None,
    rekor_key: TrustRootReport | None,
    now: datetime,
    sidecar: Path | None = None,
    choice: SidecarChoice | None = None,
    checker: SignatureChecker | None = None,
    read: Callable[[Path], Artifact] = Artifact.read,
    trusted_root: TrustedRootFile | None = None,
) -> VerificationReport:
    """Both verdicts about the file at `path`, with traces and findings.

    `trust_root` and `rekor_key` are read reports (None: not configured); `sidecar` replaces the one beside
    the artefact, `choice` is one that was read already; `now` is aware; `checker` remembers signature checks
    between calls; `read` hashes the artefact, or knows it; `trusted_root` stands in for `rekor_key`, and
    without a `trust_root` for that, too.
    """
    choice = choice or choose_sidecar(path, policy.mode, sidecar)
    policy = Policy(choice.mode, policy.rekor_policy, policy.source, policy.enforced, policy.config)
    facts = PolicyFacts(
        choice.mode,
        policy.source,
        trust_root.path if trust_root else None,
        trust_root.sha256 if trust_root else None,
        policy.rekor_policy,
        rekor_key.path if rekor_key else None,
        now,
        trusted_root.path if trusted_root else None,
    )
    try:
        artifact = read(path)
    except InputError as error:
        return _unreadable(path, error, choice, facts, policy, trust_root, rekor_key)
    case = Case(
        artifact,
        choice.sidecar,
        choice.other,
        trust_root,
        rekor_key,
        policy,
        now,
        checker or SignatureChecker(),
        choice.expected_at,
        trusted_root,
    )
    return _report(case, facts)


@dataclass(frozen=True, slots=True)
class Judgement:
    """Both verdicts and nothing else: no traces, no findings. `valid_until` as in a `VerificationReport`."""

    documented: DocumentedVerdict
    controller: ControllerVerdict
    valid_until: datetime | None


def judge_artifact(
    path: Path,
    *,
    policy: Policy,
    trust_root: TrustRootReport | None,
    rekor_key: TrustRootReport | None,
    now: datetime,
    choice: SidecarChoice,
    checker: SignatureChecker,
    read: Callable[[Path], Artifact] = Artifact.read,
) -> Judgement:
    """The verdicts of `verify_artifact` without what a refusal is explained by, which costs far more."""
    if policy.mode != choice.mode:
        policy = replace(policy, mode=choice.mode)
    try:
        artifact = read(path)
    except InputError as error:
        controller = judge_unreadable_artifact(error, choice, policy, trust_root, rekor_key)
        return Judgement(_unreadable_verdict(error), replace(controller, steps=()), None)
    case = Case(
        artifact,
        choice.sidecar,
        choice.other,
        trust_root,
        rekor_key,
        policy,
        now,
        checker,
        choice.expected_at,
    )
    state = DocumentedState()
    documented = _documented_verdict(run_checks(DOCUMENTED_CHECKS, case, state), state)
    controller = judge_as_controller(case)
    bare = ControllerVerdict(
        controller.verdict,
        controller.stage,
        controller.exception,
        controller.http,
        controller.code,
        controller.message,
        controller.via,
        controller.reason,
    )
    return Judgement(documented, bare, _valid_until(case, state))


def _report(case: Case, facts: PolicyFacts) -> VerificationReport:
    state = DocumentedState()
    outcome = run_checks(DOCUMENTED_CHECKS, case, state)
    documented = _documented_verdict(outcome, state)
    controller = judge_as_controller(case)
    findings = observe(case, state, outcome)
    if documented.verdict == "reject":
        findings += diagnose(case, state)
    report = VerificationReport(
        case.artifact.path,
        case.artifact.sha256,
        case.artifact.size,
        Sidecar(case.sidecar.path if case.sidecar else None, state.sidecar_kind),
        facts,
        documented,
        controller,
        signer_of(state.material, state.key),
        state.verified_time,
        _valid_until(case, state),
        outcome.steps,
        findings,
    )
    return report.with_findings(disagreement(report, case))


def _documented_verdict(outcome: Outcome, state: DocumentedState) -> DocumentedVerdict:
    decision = outcome.decision
    if decision is None:
        return DocumentedVerdict("accept", None, f"verified {_by(state.matched)}".strip(), state.matched)
    if decision.verdict == "unsigned-allowed":
        return DocumentedVerdict("unsigned-allowed", None, decision.reason)
    code = REFUSED_CODE if decision.verdict == "reject" else None
    return DocumentedVerdict(decision.verdict, outcome.rule, decision.reason, None, code)


def _by(matched: Matched | None) -> str:
    if matched is None:
        return ""
    if matched.line is None:
        return f"by authority {matched.fingerprint[:8]} of the trusted root"
    return f"by the block at line {matched.line}"


def _valid_until(case: Case, state: DocumentedState) -> datetime | None:
    """The next instant at which a date may change either verdict: the end or start of a validity.

    A certificate counts where a chain is judged now by either reading; a pinned key has no dates.
    """
    instants = [*_certificate_instants(case, state), *_window_instants(case, state)]
    return min((instant for instant in instants if instant > case.now), default=None)


def _certificate_instants(case: Case, state: DocumentedState) -> list[datetime]:
    material = state.material
    if material is None or material.leaf is None:
        return []
    anchors = [
        block.certificate
        for block in (case.trust_root.blocks if case.trust_root else ())
        if block.kind == "certificate" and block.certificate is not None
    ] or [anchor.certificate for anchor in anchors_of(case)]
    if not anchors:
        return []
    judged_now = [material.leaf]
    if state.verified_time is None and state.chain is not None:
        judged_now = [*material.certificates, *(state.chain.path or anchors)]
    return [
        instant
        for certificate in judged_now
        for instant in (certificate.not_valid_before_utc, certificate.not_valid_after_utc + _INSTANT)
    ]


def _window_instants(case: Case, state: DocumentedState) -> list[datetime]:
    """Where no time is proved, logs and authorities of a trusted root are judged now, too."""
    root = case.trusted_root.root if case.trusted_root else None
    if root is None or state.verified_time is not None:
        return []
    windows = [log.validity for log in root.logs] + [one.validity for one in root.certificate_authorities]
    ends = [window.end + _INSTANT for window in windows if window.end is not None]
    return [*(window.start for window in windows), *ends]


def _unreadable_verdict(error: InputError) -> DocumentedVerdict:
    return DocumentedVerdict("error", None, f"the artefact cannot be read: {error}")


def _unreadable(
    path: Path,
    error: InputError,
    choice: SidecarChoice,
    facts: PolicyFacts,
    policy: Policy,
    trust_root: TrustRootReport | None,
    rekor_key: TrustRootReport | None,
) -> VerificationReport:
    kind: SidecarKind = choice.sidecar.named if choice.sidecar else "none"
    return VerificationReport(
        str(path),
        None,
        None,
        Sidecar(choice.sidecar.path if choice.sidecar else None, kind),
        facts,
        _unreadable_verdict(error),
        judge_unreadable_artifact(error, choice, policy, trust_root, rekor_key),
        None,
        None,
        None,
        (),
        (),
    )
