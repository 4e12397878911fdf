"""The checks of `verify-bundle`, in order; the first refusal is the verdict."""

from __future__ import annotations

from collections.abc import Callable

from trustconsole.errors import InputError, LimitExceeded
from trustconsole.text import plural
from trustconsole.trust_root import public_key_facts, spki_sha256
from trustconsole.verification import log_steps
from trustconsole.verification.bundle_content import artifact_flaw, hash_names, signed_content
from trustconsole.verification.bundle_evidence import BundleEvidence
from trustconsole.verification.client.case import BundleCase, BundleState, failed, reject
from trustconsole.verification.client.signer import check_chain, check_identity, check_sct, check_signer
from trustconsole.verification.engine import Check, Result
from trustconsole.verification.log_steps import Demand
from trustconsole.verification.signatures import algorithm_of
from trustconsole.verification.sigstore.bundle import MessageSignature, read_sigstore_bundle

Judge = Callable[[BundleEvidence, Demand], Result]


def _check_parse(case: BundleCase, state: BundleState) -> Result:
    try:
        bundle = read_sigstore_bundle(case.bundle, case.bundle_path)
    except LimitExceeded as error:
        return failed(error)
    except InputError as error:
        place = error.location
        where = {"where": place.path, "offset": place.offset} if place else {}
        return reject(f"the bundle is malformed: {error}", dict(where))
    state.bundle = bundle
    state.content = signed_content(bundle, case.artifact.content)
    kind = "a message signature" if isinstance(bundle.content, MessageSignature) else "a DSSE envelope"
    parts = [
        f"version {bundle.version}",
        kind,
        plural(len(bundle.entries), "log entry", "log entries"),
        plural(len(bundle.timestamps), "timestamp"),
    ]
    return Result("pass", ", ".join(parts), {"media_type": bundle.media_type})


def _check_trusted_root(case: BundleCase, _state: BundleState) -> Result:
    root = case.root
    parts = (
        plural(len(root.logs), "log"),
        plural(len(root.certificate_authorities), "certificate authority", "certificate authorities"),
        plural(len(root.timestamp_authorities), "timestamp authority", "timestamp authorities"),
        plural(len(root.ct_logs), "CT log"),
    )
    evidence: dict[str, object] = {
        "path": root.path,
        "sha256": root.sha256,
        "set_aside": list(root.set_aside),
    }
    return Result("pass", ", ".join(parts), evidence)


def _check_artifact(case: BundleCase, state: BundleState) -> Result:
    if state.bundle is None:
        return Result("skip", "no bundle was read")
    evidence: dict[str, object] = {"sha256": case.artifact.sha256}
    try:
        flaw = artifact_flaw(state.bundle, case.artifact.content, case.predicate_type)
    except InputError as error:
        return failed(error)
    if flaw is not None:
        return reject(flaw, evidence)
    return Result("pass", "the bundle names this artefact", evidence)


def _step(judge: Judge) -> Callable[[BundleCase, BundleState], Result]:
    def run(_case: BundleCase, state: BundleState) -> Result:
        if state.bundle is None or state.evidence is None:
            return Result("skip", "there is nothing to judge the entries by")
        needs_time = state.bundle.material is not None
        demand = Demand(reject, "this verification", entry=True, promise=False, time=needs_time)
        return judge(state.evidence, demand)

    return run


def _check_signature(case: BundleCase, state: BundleState) -> Result:
    if state.bundle is None or state.content is None:
        return Result("skip", "no bundle was read")
    if state.key is None:
        return Result("skip", "no key is known that made this signature")
    facts = str(public_key_facts(state.key))
    evidence: dict[str, object] = {"spki_sha256": spki_sha256(state.key)}
    if algorithm_of(state.key) is None:
        return reject(f"{facts} keys make no signature that is known", evidence)
    names = hash_names(state.bundle, state.key)
    evidence["hash"] = ", ".join(names)
    try:
        holds = state.content.is_signed_by(state.key, state.bundle.signature, names, case.checker)
    except InputError as error:
        return failed(error)
    if holds:
        return Result("pass", f"covers the content ({facts})", evidence)
    return reject(f"the signature does not cover the content ({facts})", evidence)


BUNDLE_CHECKS: tuple[Check[BundleCase, BundleState], ...] = (
    Check("parse", "Does it read strictly", _check_parse),
    Check("trusted-root", "What is trusted", _check_trusted_root),
    Check("artifact", "Does it name this artefact", _check_artifact),
    Check("key", "Which key signed", check_signer),
    Check("signature", "Does the signature cover the content", _check_signature),
    Check("timestamp", "Does a timestamp authority vouch for the time", _step(log_steps.timestamp_step)),
    Check("rekor.log-id", "Is there an entry of a trusted log", _step(log_steps.log_step)),
    Check("rekor.set", "Is the entry timestamp the log's", _step(log_steps.set_step)),
    Check("rekor.binding", "Is the entry about this signature", _step(log_steps.binding_step)),
    Check("rekor.inclusion", "Is the entry proved to be in the log", _step(log_steps.inclusion_step)),
    Check("rekor.time", "When was it signed", _step(log_steps.time_step)),
    Check("chain", "Does its certificate chain to an authority", check_chain),
    Check("sct", "Is the certificate in a CT log", check_sct),
    Check("identity", "Is it the expected signer", check_identity),
)
