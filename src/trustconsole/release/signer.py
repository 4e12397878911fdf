"""Steps `chain`, `sct`, `identity`, `provenance`, `time`: whose certificate it is, and was it valid then."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from cryptography import x509

from trustconsole.errors import MalformedInput
from trustconsole.release import findings as kinds
from trustconsole.release.policy import SignerPolicy
from trustconsole.release.signing_state import SigningState, reject
from trustconsole.text import rfc3339
from trustconsole.trust_root import BROKEN_FIELDS
from trustconsole.verification.client import BundleCase, FileOrDigest, signer
from trustconsole.verification.client.case import BundleState
from trustconsole.verification.engine import Decision, Result
from trustconsole.verification.fulcio import extension_text
from trustconsole.verification.material import alternative_names, within_dates
from trustconsole.verification.signing_times import ProvedTime

_PROVENANCE: Final = {
    "repository": 12,
    "commit": 13,
    "ref": 14,
    "workflow": 18,
    "runner": 11,
    "run": 21,
}
"""Extensions of a Fulcio certificate by what they say about a build (fulcio `docs/oid-info.md`)."""


def _leaf(state: SigningState) -> x509.Certificate | None:
    material = state.signed.bundle.material
    return material.leaf if material is not None else None


def _no_certificate(policy: SignerPolicy, state: SigningState) -> Result | None:
    if policy.key is not None:
        return Result("skip", "a bare key was asked for")
    return Result("skip", "there is no certificate") if _leaf(state) is None else None


def _judged_at(policy: SignerPolicy, leaf: x509.Certificate) -> tuple[datetime, str]:
    """When the chain is judged where nothing proves a time: now where the leaf is valid, else at its start.

    At its start the path holds or not, whatever the signature's time; that this time is not proved is step
    `time`'s.
    """
    if within_dates(leaf, policy.now):
        return policy.now, "judged at"
    return leaf.not_valid_before_utc, "judged at the certificate's start,"


def check_chain(policy: SignerPolicy, state: SigningState) -> Result:
    """The leaf's path to a trusted authority, at every proved time."""
    leaf = _leaf(state)
    skipped = _no_certificate(policy, state)
    if skipped is not None or leaf is None:
        return skipped or Result("skip", "there is no certificate")
    times = state.evidence.times
    words = "at every proved time"
    if not times:
        at, how = _judged_at(policy, leaf)
        times = (ProvedTime(at, "nothing"),)
        words = f"{how} {rfc3339(at)}"
    judged = BundleState(
        bundle=state.signed.bundle, evidence=replace(state.evidence, times=times), key=state.key
    )
    result = signer.check_chain(_as_case(policy, state), judged)
    state.chain = judged.chain
    if result.decision is not None:
        return reject(kinds.CHAIN_REFUSED, result.detail, result.evidence)
    if result.status != "pass" or judged.chain is None:
        return result
    evidence = {**result.evidence, "at": [rfc3339(one.time) for one in times]}
    return Result("pass", f"{judged.chain.reason}, {words}", evidence)


def check_sct(policy: SignerPolicy, state: SigningState) -> Result:
    """The certificate is in a certificate log of the trusted root, where that names any."""
    skipped = _no_certificate(policy, state)
    if skipped is not None:
        return skipped
    result = signer.check_sct(_as_case(policy, state), BundleState(chain=state.chain))
    return reject(kinds.SCT_REFUSED, result.detail) if result.decision is not None else result


def _as_case(policy: SignerPolicy, state: SigningState) -> BundleCase:
    """The question as `verify-bundle` asks it, whose checks of a chain are the same."""
    signed = state.signed
    return BundleCase(
        FileOrDigest(signed.source, "", None, signed.content),
        signed.source,
        b"",
        policy.root,
        policy.key,
        policy.identity,
        policy.now,
    )


def check_identity(policy: SignerPolicy, state: SigningState) -> Result:
    """Every name in the certificate is the wanted one, and so is who vouched for it."""
    leaf = _leaf(state)
    skipped = _no_certificate(policy, state)
    if skipped is not None or leaf is None or policy.identity is None:
        return skipped or Result("skip", "no identity is asked for")
    found = policy.identity.check(leaf)
    names = found.names or alternative_names(leaf)
    evidence: dict[str, object] = {"names": list(names), "wanted": policy.wanted, "issuer": found.issuer}
    path = state.signed.source
    if policy.is_lookalike(names):
        state.findings.append(kinds.LOOKALIKE_IDENTITY.at(path, names=", ".join(names)))
    for warning in found.warnings:
        kind = kinds.LOOSE_EXPRESSION if warning.startswith("the expression") else kinds.IDENTITY_REMARK
        state.findings.append(kind.at(path, reason=warning))
    if not found.holds:
        return reject(kinds.IDENTITY_REFUSED, found.reason, evidence)
    return Result("warn" if found.warnings else "pass", "; ".join((found.reason, *found.warnings)), evidence)


def check_provenance(policy: SignerPolicy, state: SigningState) -> Result:
    """What the certificate says about the build; a claim of the identity provider, shown and not judged."""
    leaf = _leaf(state)
    skipped = _no_certificate(policy, state)
    if skipped is not None or leaf is None:
        return skipped or Result("skip", "there is no certificate")
    said: dict[str, object] = {}
    for name, number in _PROVENANCE.items():
        try:
            text = extension_text(leaf, number)
        except (MalformedInput, *BROKEN_FIELDS) as error:
            return Result("warn", f"what the certificate says about its build cannot be read: {error}")
        if text is not None:
            said[name] = text
    if not said:
        return Result("skip", "the certificate says nothing about a build")
    shown = [f"{name} {said[name]}" for name in ("repository", "ref", "commit") if name in said]
    return Result("info", ", ".join(shown) or "see the evidence", said)


def check_time(policy: SignerPolicy, state: SigningState) -> Result:
    """A proved time, or a certificate that is valid at the time that is judged; else nothing is known."""
    proved = state.evidence.times
    leaf = _leaf(state)
    if proved:
        first = min(proved, key=lambda one: one.time)
        return Result("pass", f"signed at {rfc3339(first.time)}, by {first.source}")
    if policy.key is not None:
        return Result("skip", "a bare key has no dates, so no time is needed")
    if leaf is None:
        return Result("skip", "there is no certificate")
    start, end = leaf.not_valid_before_utc, leaf.not_valid_after_utc
    evidence: dict[str, object] = {
        "at": rfc3339(policy.now),
        "not_before": rfc3339(start),
        "not_after": rfc3339(end),
    }
    if within_dates(leaf, policy.now):
        return Result("info", f"no proof of time; judged at {rfc3339(policy.now)}", evidence)
    detail = (
        f"the certificate was valid from {rfc3339(start)} to {rfc3339(end)}, and neither a log entry nor a "
        f"timestamp proves that the signature was made then (judged at {rfc3339(policy.now)})"
    )
    return Result("fail", detail, evidence, Decision("unknown", detail, code=kinds.TIME_UNPROVEN.id))
