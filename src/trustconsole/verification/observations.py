"""Findings that follow from what the documented checks saw, without any further signature check."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec, rsa

from trustconsole.findings import Finding
from trustconsole.text import plural, rfc3339, shell_word
from trustconsole.trust_root import public_key_facts, spki_sha256
from trustconsole.verification.case import Case, RekorPolicy
from trustconsole.verification.documented import DocumentedState, why_nothing_is_proved
from trustconsole.verification.engine import Outcome
from trustconsole.verification.findings import KINDS
from trustconsole.verification.format_findings import about_format, about_trusted_root
from trustconsole.verification.material import public_key_of, within_dates
from trustconsole.verification.signatures import algorithm_of
from trustconsole.verification.signing_advice import sign_command

_WHAT_POLICY_MEANS: Final[dict[RekorPolicy, str]] = {
    "DISABLED": "rekor.policy is DISABLED, so the entry does not decide",
    "REQUIRE_SET": "rekor.policy is REQUIRE_SET, which accepts no module without an entry that holds",
}
_CONTROLLER_CURVES = (ec.SECP256R1, ec.SECP384R1, ec.SECP521R1)


def observe(case: Case, state: DocumentedState, outcome: Outcome) -> tuple[Finding, ...]:
    """Everything worth telling, in the order of the trace."""
    accepted = outcome.decision is None
    return (
        *_about_files(case, state, outcome),
        *_about_leaf(case, state, accepted=accepted),
        *_about_key(case, state, accepted=accepted),
        *about_trusted_root(case, state),
        *_about_entry(case, state),
    )


def _about_files(case: Case, state: DocumentedState, outcome: Outcome) -> Iterator[Finding]:
    mode = case.policy.mode or "COSIGN_BUNDLE"
    if outcome.rule == "trust-root" and case.trust_root is not None and case.trust_root.error is None:
        has = plural(len(case.trust_root.trusted_blocks), "trusted block") + " of another kind"
        needs = "a PUBLIC KEY block" if mode == "KEYED" else "a PUBLIC KEY or CERTIFICATE block"
        yield KINDS["no-usable-block"].at(
            case.trust_root.path, mode=mode, needs=needs, trust_root=case.trust_root.path, has=has
        )
    if case.sidecar is None and (case.policy.enforced or case.other_sidecar is not None):
        found = f" and found only {case.other_sidecar}" if case.other_sidecar else ""
        yield KINDS["missing-sidecar"].at(
            case.other_sidecar or case.artifact.path,
            mode=mode,
            expected=case.sidecar_expected_at,
            found=found,
            command=sign_command(case),
        )
    yield from about_format(case, state)
    if state.material is not None and state.material.public_key is not None and case.sidecar is not None:
        yield KINDS["public-key-in-cert"].at(case.sidecar.path)


def _about_leaf(case: Case, state: DocumentedState, *, accepted: bool) -> Iterator[Finding]:
    leaf = state.material.leaf if state.material else None
    if leaf is None:
        return
    path = case.sidecar.path if case.sidecar else None
    window = f"{rfc3339(leaf.not_valid_before_utc)} to {rfc3339(leaf.not_valid_after_utc)}"
    outside = not within_dates(leaf, case.now)
    if state.pinned and outside:
        yield KINDS["pinned-certificate-expired"].at(path, window=window)
    elif state.chain is not None and outside and state.verified_time is None:
        yield KINDS["leaf-expired"].at(path, window=window, at=rfc3339(case.now))
    elif accepted and state.chain is not None and state.verified_time is None:
        end = min(certificate.not_valid_after_utc for certificate in state.chain.path)
        yield KINDS["leaf-expires"].at(path, date=rfc3339(end))
    key = public_key_of(leaf)
    if isinstance(key, rsa.RSAPublicKey) and key.key_size < 2048:
        yield KINDS["weak-leaf-key"].at(path, algorithm=str(public_key_facts(key)))


def _about_key(case: Case, state: DocumentedState, *, accepted: bool) -> Iterator[Finding]:
    key = state.key
    if key is None:
        return
    path = case.sidecar.path if case.sidecar else None
    facts = str(public_key_facts(key))
    if algorithm_of(key) is None:
        yield KINDS["unsupported-algorithm"].at(path, algorithm=facts)
    elif accepted and not (
        isinstance(key, rsa.RSAPublicKey)
        or (isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, _CONTROLLER_CURVES))
    ):
        yield KINDS["controller-never-verifies"].at(path, algorithm=facts)
    if state.signature_holds and state.matched is None and case.trust_root is not None:
        refused = state.chain.reason if state.chain else "no PUBLIC KEY block holds this key"
        yield KINDS["signer-not-trusted"].at(
            path,
            signer=spki_sha256(key)[:8],
            why=f"{refused[:1].upper()}{refused[1:]}",
            trust_root=shell_word(case.trust_root.path),
        )


def _about_entry(case: Case, state: DocumentedState) -> Iterator[Finding]:
    path = case.sidecar.path if case.sidecar else None
    foreign = next((binding for binding in state.bindings if binding.mismatches), None)
    # Where no key verifies the signature it is not known whose it is, so its signer cannot be another one.
    leaf = state.material.leaf if state.material else None
    nobody = leaf is None and not state.signature_holds
    if foreign is not None and not (nobody and foreign.mismatches == ("another signer",)):
        body = foreign.body
        entry = f"{body.hash_algorithm} {body.hash_value[:8]}" if body is not None else "nothing"
        yield KINDS["log-entry-other-artifact"].at(
            path,
            about=" and ".join(foreign.mismatches),
            entry=entry,
            found=f"sha256 {case.artifact.sha256[:8]}",
        )
    why = why_nothing_is_proved(state)
    if why is not None and foreign is None and (case.rekor_key is not None or case.trusted_root is not None):
        yield KINDS["log-entry-not-proved"].at(
            path, why=why, policy=_WHAT_POLICY_MEANS[case.policy.rekor_policy]
        )
