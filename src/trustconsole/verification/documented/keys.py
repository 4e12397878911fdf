"""Steps `key`, `chain` and `signature` of the documented reading: who signed, and is that trusted.

Nothing inside a bundle becomes trust: an embedded key or certificate only selects an equal block of the
trust root, or chains to one (GHSA-fx35-mq7g-6g98).
"""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

from trustconsole.errors import InputError
from trustconsole.text import rfc3339
from trustconsole.trust_root import public_key_facts, spki_sha256, subject_text
from trustconsole.verification.bundle_content import artifact_flaw, hash_names
from trustconsole.verification.case import Case
from trustconsole.verification.documented.anchors import (
    anchor_flaw,
    anchors_of,
    blocks_of,
    chain_to,
    matched_of,
    name_of,
)
from trustconsole.verification.documented.assessment import assess, why_nothing_is_proved
from trustconsole.verification.documented.state import DocumentedState, failed, reject, skipped
from trustconsole.verification.engine import Decision, Result
from trustconsole.verification.material import public_key_of, within_dates
from trustconsole.verification.signatures import HashName, algorithm_of
from trustconsole.verification.signed_content import content_of_file


def _hash_names(state: DocumentedState, key: PublicKeyTypes) -> tuple[HashName, ...]:
    """A legacy bundle and a .sig mean SHA-256, whatever the curve; a Sigstore bundle says what it means."""
    return hash_names(state.bundle, key) if state.bundle is not None else ("sha256",)


def _holds(case: Case, state: DocumentedState, key: PublicKeyTypes, signature: bytes) -> bool:
    content = state.content or content_of_file(case.artifact)
    return content.is_signed_by(key, signature, _hash_names(state, key), case.checker)


def check_key(case: Case, state: DocumentedState) -> Result:
    """Find the signing key and, where a PUBLIC KEY block decides, the block; then look at the log entry."""
    if state.signature is None:
        return skipped("no signature was read")
    material = state.material
    if material is None:
        result = _try_every_key(case, state, state.signature)
    elif material.leaf is None:
        result = _select_equal_key(case, state)
    else:
        result = _select_pinned_leaf(case, state)
    assess(case, state)
    return result


def _try_every_key(case: Case, state: DocumentedState, signature: bytes) -> Result:
    blocks = blocks_of(case, "public-key")
    too_large: InputError | None = None
    for block in blocks:
        if block.public_key is None:
            continue
        try:
            holds = _holds(case, state, block.public_key, signature)
        except InputError as error:
            too_large = error
            continue
        if holds:
            state.key, state.matched, state.signature_holds = block.public_key, matched_of(block), True
            return Result("pass", f"matches key {name_of(block)}", {"line": block.line_start})
    if too_large is not None:
        return failed(f"an Ed25519 key could not be tried: {too_large}", too_large)
    state.signature_holds = False
    if not blocks:
        return reject("there is no PUBLIC KEY block, and the bundle carries no certificate")
    count = "the one trusted key" if len(blocks) == 1 else f"any of the {len(blocks)} trusted keys"
    return reject(
        f"the signature does not verify under {count}",
        tried=[block.fingerprint for block in blocks],
    )


def _select_equal_key(case: Case, state: DocumentedState) -> Result:
    key = state.material.public_key if state.material else None
    if key is None:
        return reject("the key inside the bundle cannot be read")
    state.key = key
    fingerprint = spki_sha256(key)
    for block in blocks_of(case, "public-key"):
        if block.spki_sha256 == fingerprint:
            state.matched = matched_of(block)
            return Result(
                "pass", f"the key inside the bundle equals {name_of(block)}", {"spki_sha256": fingerprint}
            )
    return reject(
        f"the bundle brings its own key {fingerprint[:8]}, which the trust root does not hold",
        spki_sha256=fingerprint,
    )


def _select_pinned_leaf(case: Case, state: DocumentedState) -> Result:
    leaf = state.material.leaf if state.material else None
    key = public_key_of(leaf) if leaf else None
    if leaf is None or key is None:
        return reject("the certificate's key cannot be read")
    state.key = key
    fingerprint = spki_sha256(key)
    evidence: dict[str, object] = {
        "spki_sha256": fingerprint,
        "algorithm": str(public_key_facts(key)),
        "subject": subject_text(leaf.subject),
    }
    for block in blocks_of(case, "public-key"):
        if block.spki_sha256 == fingerprint:
            state.matched, state.pinned = matched_of(block), True
            return Result("pass", f"the certificate's key equals {name_of(block)}", evidence)
    if not anchors_of(case):
        return reject(
            f"the certificate's key {fingerprint[:8]} is no trusted key, and there is no anchor", **evidence
        )
    return Result(
        "info", f"the certificate's key {fingerprint[:8]} is no trusted key; its chain decides", evidence
    )


def check_chain_step(case: Case, state: DocumentedState) -> Result:
    """The leaf's path to an anchor, judged at the verified time, else now."""
    material = state.material
    leaf = material.leaf if material else None
    if material is None or leaf is None:
        return skipped("there is no certificate")
    if state.pinned:
        return skipped("the key is pinned by a PUBLIC KEY block")
    anchors = anchors_of(case)
    if not anchors:
        return skipped("there is no CERTIFICATE block")
    times = state.evidence.times if state.evidence else ()
    at = state.verified_time or case.now
    judged = "the verified time" if state.verified_time else "now"
    evidence: dict[str, object] = {
        "at": rfc3339(at),
        "judged_at": judged,
        "leaf_not_before": rfc3339(leaf.not_valid_before_utc),
        "leaf_not_after": rfc3339(leaf.not_valid_after_utc),
        "intermediates": len(material.certificates) - 1,
    }
    # Every proved time counts: the path must have held at each of them.
    anchor = None
    for instant in sorted({one.time for one in times} | {at}):
        state.chain, anchor = chain_to(anchors, material, instant, case.checker)
        if anchor is None:
            why = why_nothing_is_proved(state) if not within_dates(leaf, instant) else None
            hint = f"; the log entry proves no earlier time: {why}" if why else ""
            return reject(f"{state.chain.reason}{hint}", **evidence)
        flaw = anchor_flaw(case, state.chain, instant)
        if flaw is not None:
            return reject(flaw, **evidence)
        state.matched = anchor.matched
    evidence["path"] = [subject_text(one.subject) for one in state.chain.path] if state.chain else []
    return Result("pass", f"chains to {anchor.name if anchor else ''}, judged at {judged}", evidence)


def check_signature(case: Case, state: DocumentedState) -> Result:
    """The signature over the artefact's bytes, by the key that `key` found."""
    if state.signature is None:
        return skipped("no signature was read")
    evidence: dict[str, object] = {"sha256": case.artifact.sha256, "signature_bytes": len(state.signature)}
    key = state.key
    if key is None:
        return Result("fail", "no key is known that made this signature", evidence, _unless_decided(state))
    facts = public_key_facts(key)
    row = algorithm_of(key)
    if row is None:
        detail = f"{facts} keys make no signature that modules may carry"
        return Result("fail", detail, evidence, Decision("reject", detail))
    hashed = ", ".join(name.upper().replace("SHA", "SHA-") for name in _hash_names(state, key))
    name = f"{facts}" if isinstance(key, ed25519.Ed25519PublicKey) else f"{facts}, {hashed}"
    try:
        flaw = artifact_flaw(state.bundle, content_of_file(case.artifact)) if state.bundle else None
        state.signature_holds = flaw is None and _holds(case, state, key, state.signature)
    except InputError as error:
        return failed(f"the signature could not be checked: {error}", error)
    if flaw is not None:
        return reject(flaw, **evidence)
    if state.signature_holds:
        return Result("pass", f"covers these bytes ({name})", evidence)
    return reject(f"the signature does not cover these bytes ({name})", **evidence)


def _unless_decided(state: DocumentedState) -> Decision | None:
    return None if state.matched is None else Decision("reject", "no key is known that made this signature")
