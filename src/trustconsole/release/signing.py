"""Is a signature that of the project: key, log, time, chain and identity, one check after the other.

For the checksums of a release and for images alike: whoever has read a signature in any form brings it here
as a `SignedObject`. A refusal beats a doubt: only where everything else holds does a missing proof of time
make the verdict `unknown`. The checks of proofs, chains and certificates are those of `verification`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from trustconsole.errors import InputError
from trustconsole.findings import Finding, FindingKind
from trustconsole.release import findings as kinds
from trustconsole.release.evidence import gather_all
from trustconsole.release.policy import SignerPolicy
from trustconsole.release.signer import check_chain, check_identity, check_provenance, check_sct, check_time
from trustconsole.release.signing_state import SignedObject, SigningState, failed, reject
from trustconsole.release.trust_step import check_trust
from trustconsole.trust_root import public_key_facts, spki_sha256
from trustconsole.verification import Signer, Step, Verdict, log_steps
from trustconsole.verification.bundle_content import artifact_flaw, hash_names, signed_content
from trustconsole.verification.bundle_evidence import BundleEvidence
from trustconsole.verification.engine import Check, Decision, Result, run_checks
from trustconsole.verification.log_steps import Demand
from trustconsole.verification.material import public_key_of, signer_of
from trustconsole.verification.signatures import algorithm_of
from trustconsole.verification.sigstore.bundle import MessageSignature

Judge = Callable[[BundleEvidence, Demand], Result]


@dataclass(frozen=True, slots=True)
class SignatureReport:
    """What one signature comes to. `code` is the finding that made the verdict, `rule` the id of its step.

    `unlogged`: no entry of a known log is there, so that asking a log could help.
    """

    source: str
    form: str
    verdict: Verdict
    code: str | None
    rule: str | None
    reason: str
    signer: Signer | None
    verified_time: datetime | None
    steps: tuple[Step, ...]
    findings: tuple[Finding, ...]
    unlogged: bool = False


def judge_signature(signed: SignedObject, policy: SignerPolicy) -> SignatureReport:
    """Judge `signed` by `policy`; never raises over it."""
    state = SigningState(signed)
    outcome = run_checks(CHECKS, policy, state)
    decision = outcome.decision
    return SignatureReport(
        signed.source,
        signed.form,
        decision.verdict if decision else "accept",
        decision.code if decision else None,
        outcome.rule,
        decision.reason if decision else "signature, signer and time hold",
        signer_of(signed.bundle.material, state.key),
        state.evidence.first_time,
        outcome.steps,
        (*_finding(decision, signed.source), *state.findings),
        unlogged=not state.evidence.known,
    )


def _finding(decision: Decision | None, source: str) -> tuple[Finding, ...]:
    kind = DECIDING.get(decision.code or "") if decision else None
    return (kind.at(source, reason=decision.reason, name=source),) if decision and kind else ()


DECIDING: dict[str, FindingKind] = {
    kind.id: kind
    for kind in (
        kinds.CERTIFICATE_MISSING,
        kinds.SIGNATURE_UNREADABLE,
        kinds.OTHER_CONTENT,
        kinds.SIGNATURE_MISMATCH,
        kinds.TIMESTAMP_REFUSED,
        kinds.LOG_ENTRY_REFUSED,
        kinds.CHAIN_REFUSED,
        kinds.SCT_REFUSED,
        kinds.IDENTITY_REFUSED,
        kinds.TIME_UNPROVEN,
    )
}
"""The findings that a decision about a signature may name, by their ids."""


def _check_artifact(_policy: SignerPolicy, state: SigningState) -> Result:
    bundle = state.signed.bundle
    if isinstance(bundle.content, MessageSignature) and bundle.content.digest is None:
        return Result("skip", "the signature does not say what it is about")
    try:
        flaw = artifact_flaw(bundle, state.signed.content)
    except InputError as error:
        return failed(kinds.OTHER_CONTENT, str(error))
    if flaw is not None:
        return reject(kinds.OTHER_CONTENT, flaw)
    return Result("pass", "the bundle names this content")


def _check_key(policy: SignerPolicy, state: SigningState) -> Result:
    """Which key signed, and with it what the log entries and timestamps prove."""
    result = _find_key(policy, state)
    state.evidence = gather_all(state, policy)
    return result


def _find_key(policy: SignerPolicy, state: SigningState) -> Result:
    leaf = state.signed.bundle.material.leaf if state.signed.bundle.material else None
    if policy.key is not None:
        state.key = policy.key
        aside = "; its certificate is not looked at" if leaf is not None else ""
        evidence: dict[str, object] = {"spki_sha256": spki_sha256(policy.key)}
        return Result("pass", f"the key given, {public_key_facts(policy.key)}{aside}", evidence)
    if leaf is None:
        return reject(
            kinds.CERTIFICATE_MISSING, "there is no certificate, so nothing says whose the signature is"
        )
    key = public_key_of(leaf)
    if key is None:
        return reject(kinds.SIGNATURE_UNREADABLE, "the certificate's key cannot be read")
    state.key = key
    evidence = {"spki_sha256": spki_sha256(key), "serial": f"{leaf.serial_number:x}"}
    return Result("pass", f"the certificate's key, {public_key_facts(key)}", evidence)


def _check_signature(_policy: SignerPolicy, state: SigningState) -> Result:
    if state.key is None:
        return Result("skip", "no key is known that made this signature")
    signed = state.signed
    facts = str(public_key_facts(state.key))
    evidence: dict[str, object] = {"spki_sha256": spki_sha256(state.key)}
    if algorithm_of(state.key) is None:
        return reject(kinds.SIGNATURE_MISMATCH, f"{facts} keys make no signature that is known", evidence)
    names = hash_names(signed.bundle, state.key)
    evidence["hash"] = ", ".join(names)
    content = signed_content(signed.bundle, signed.content)
    try:
        holds = content.is_signed_by(state.key, signed.bundle.signature, names, state.checker)
    except InputError as error:
        return failed(kinds.SIGNATURE_UNREADABLE, str(error))
    if holds:
        return Result("pass", f"covers the content ({facts})", evidence)
    return reject(kinds.SIGNATURE_MISMATCH, f"the signature does not cover the content ({facts})", evidence)


def _of_log(judge: Judge, kind: FindingKind) -> Callable[[SignerPolicy, SigningState], Result]:
    def run(policy: SignerPolicy, state: SigningState) -> Result:
        demand = Demand(
            lambda detail, evidence: reject(kind, detail, evidence),
            "this verification",
            entry=policy.entry_required or state.signed.entries_demanded,
            promise=False,
            time=False,
        )
        return judge(state.evidence, demand)

    return run


_ENTRY, _STAMP = kinds.LOG_ENTRY_REFUSED, kinds.TIMESTAMP_REFUSED
CHECKS: tuple[Check[SignerPolicy, SigningState], ...] = (
    Check("trusted-root", "What is trusted", check_trust),
    Check("artifact", "What the signature says it is about", _check_artifact),
    Check("key", "Which key signed", _check_key),
    Check("signature", "Does the signature cover the content", _check_signature),
    Check("timestamp", "Does an authority vouch for the time", _of_log(log_steps.timestamp_step, _STAMP)),
    Check("rekor.log-id", "Is there an entry of a trusted log", _of_log(log_steps.log_step, _ENTRY)),
    Check("rekor.set", "Is the entry timestamp the log's", _of_log(log_steps.set_step, _ENTRY)),
    Check("rekor.binding", "Is the entry about this signature", _of_log(log_steps.binding_step, _ENTRY)),
    Check(
        "rekor.inclusion", "Is the entry proved to be in the log", _of_log(log_steps.inclusion_step, _ENTRY)
    ),
    Check("rekor.time", "What time do log and timestamps prove", _of_log(log_steps.time_step, _ENTRY)),
    Check("chain", "Does its certificate chain to an authority", check_chain),
    Check("sct", "Is the certificate in a CT log", check_sct),
    Check("identity", "Is it the expected signer", check_identity),
    Check("provenance", "What built it, as the certificate says", check_provenance),
    Check("time", "Was it signed while the certificate was valid", check_time),
)
"""In this order; the first refusal is the verdict, and a missing proof of time comes last."""
