"""The controller reading as a table: what build cd937d338454 on Java 25 does, in its own order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from trustconsole.errors import InputError, LimitExceeded
from trustconsole.trust_root import CannotPredict, TrustRootReport
from trustconsole.verification.case import Artifact, Case, Policy
from trustconsole.verification.controller.answers import SENTENCES, UNCHECKED_IO, BuildAnswer, thrown, unknown
from trustconsole.verification.controller.keys import check_chain, check_key, check_signature
from trustconsole.verification.controller.profile import check_profile, check_trust_root
from trustconsole.verification.controller.rekor import check_set, check_unchecked
from trustconsole.verification.controller.sidecars import check_parse, check_sidecar
from trustconsole.verification.controller.state import ControllerState
from trustconsole.verification.engine import Check, Outcome, Result, run_checks
from trustconsole.verification.loading import SidecarChoice
from trustconsole.verification.report import ControllerVerdict, Stage
from trustconsole.verification.signatures import SignatureChecker

_Run = Callable[[Case, ControllerState], Result]


def _predicting(run: _Run, stage: Stage = "verify") -> _Run:
    """`run`, with what cannot be predicted as its answer."""

    def checked(case: Case, state: ControllerState) -> Result:
        try:
            return run(case, state)
        except CannotPredict as error:
            return unknown(stage, str(error))

    return checked


_PRELUDE: tuple[Check[Case, ControllerState], ...] = (
    Check("profile", "Does the controller start and verify", _predicting(check_profile, "config")),
    Check("trust-root", "What does the controller load", _predicting(check_trust_root, "load")),
    Check("sidecar", "Is there a signature file", _predicting(check_sidecar)),
    Check("parse", "Does the controller's reader take it", _predicting(check_parse)),
)
CONTROLLER_CHECKS: tuple[Check[Case, ControllerState], ...] = (
    *_PRELUDE,
    Check("rekor.set", "Is the entry timestamp the log's", _predicting(check_set)),
    Check("rekor.log-id", "Is it the log that the key belongs to", check_unchecked),
    Check("rekor.binding", "Is the entry about this artefact", check_unchecked),
    Check("rekor.inclusion", "Is the entry proved to be in the log", check_unchecked),
    Check("rekor.time", "When was it signed", check_unchecked),
    Check("key", "Which key is taken", _predicting(check_key)),
    Check("chain", "Does the certificate validate", _predicting(check_chain)),
    Check("signature", "Does the signature cover these bytes", _predicting(check_signature)),
)


def judge_as_controller(case: Case) -> ControllerVerdict:
    """What the build does with this case; never raises over the inputs."""
    state = ControllerState()
    return _verdict(run_checks(CONTROLLER_CHECKS, case, state), state)


def _verdict(outcome: Outcome, state: ControllerState) -> ControllerVerdict:
    decision = outcome.decision
    if decision is None:
        way = {
            "cert-chain": "by its certificate's chain",
            "embedded-cert-pinned-key": "by its pinned certificate",
        }
        reason = f"the controller installs it {way.get(state.via or '', 'by a trusted key')}"
        return ControllerVerdict("accept", "verify", via=state.via, reason=reason, steps=outcome.steps)
    return ControllerVerdict(
        decision.verdict,
        decision.stage,
        decision.exception,
        decision.http,
        decision.code,
        decision.message,
        None,
        decision.reason,
        outcome.steps,
    )


def judge_unreadable_artifact(
    error: InputError,
    choice: SidecarChoice,
    policy: Policy,
    trust_root: TrustRootReport | None,
    rekor_key: TrustRootReport | None,
) -> ControllerVerdict:
    """What the build does where the artefact itself cannot be read; beyond a limit it is not predicted."""
    path = error.location.path if error.location else ""
    case = Case(
        Artifact(path, "", 0),
        choice.sidecar,
        choice.other,
        trust_root,
        rekor_key,
        policy,
        datetime.now(UTC),
        SignatureChecker(),
        choice.expected_at,
    )

    def check_artifact(case: Case, _state: ControllerState) -> Result:
        if isinstance(error, LimitExceeded):
            return unknown("verify", str(error))
        sidecar = case.sidecar.path if case.sidecar else case.sidecar_expected_at
        keyed = case.policy.mode == "KEYED"
        sentence = SENTENCES.unreadable_sidecar if keyed else SENTENCES.unreadable_bundle
        answer = BuildAnswer(UNCHECKED_IO, sentence.format(path=sidecar))
        return thrown(answer, f"the controller cannot read the artefact: {error}", path=path)

    state = ControllerState()
    artifact = Check("artefact", "Can the artefact be read", check_artifact)
    checks = (*_PRELUDE[:3], artifact)
    return _verdict(run_checks(checks, case, state), state)


def start_verdict(
    policy: Policy, trust_root: TrustRootReport | None, rekor_key: TrustRootReport | None
) -> ControllerVerdict:
    """What the build says before any module is looked at: `no-boot` or `unknown`, else it starts."""
    nothing = Artifact("", "", 0)
    now, checker = datetime.now(UTC), SignatureChecker()
    case = Case(nothing, None, None, trust_root, rekor_key, policy, now, checker, "")
    state = ControllerState()
    return _verdict(run_checks(_PRELUDE[:2], case, state), state)
