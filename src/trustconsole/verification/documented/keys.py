"""Steps `key`, `chain` and `signature` of the documented reading: who signed, and is that trusted.

Nothing inside a bundle becomes trust: an embedded key or certificate only selects an equal block of the
trust root, or chains to one (GHSA-fx35-mq7g-6g98).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

from trustconsole import limits
from trustconsole.errors import InputError
from trustconsole.text import rfc3339
from trustconsole.trust_root import Block, public_key_facts, spki_sha256, subject_text
from trustconsole.verification.case import Case
from trustconsole.verification.chain import check_certificates
from trustconsole.verification.documented.assessment import assess_entry, why_nothing_is_proved
from trustconsole.verification.documented.state import DocumentedState, failed, reject, skipped
from trustconsole.verification.engine import Decision, Result
from trustconsole.verification.material import public_key_of, within_dates
from trustconsole.verification.report import Matched
from trustconsole.verification.signatures import algorithm_of


def _blocks(case: Case, kind: str) -> list[Block]:
    root = case.trust_root
    return [block for block in root.trusted_blocks if block.kind == kind] if root else []


def _matched(block: Block) -> Matched:
    kind: Literal["public-key", "certificate"] = (
        "certificate" if block.kind == "certificate" else "public-key"
    )
    return Matched(kind, block.fingerprint or "", block.line_start)


def _name(block: Block) -> str:
    comment = f" ({block.comment})" if block.comment else ""
    return f"{(block.fingerprint or '')[:8]}{comment}, line {block.line_start}"


def _message(case: Case) -> Callable[[], bytes]:
    return lambda: case.artifact.content(limits.ED25519_BYTES)


def _holds(case: Case, key: PublicKeyTypes, signature: bytes) -> bool:
    return case.checker.verify(
        key, signature, digest=case.artifact.digest, message=_message(case), hash_name="sha256"
    )


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
    assess_entry(case, state)
    return result


def _try_every_key(case: Case, state: DocumentedState, signature: bytes) -> Result:
    blocks = _blocks(case, "public-key")
    too_large: InputError | None = None
    for block in blocks:
        if block.public_key is None:
            continue
        try:
            holds = _holds(case, block.public_key, signature)
        except InputError as error:
            too_large = error
            continue
        if holds:
            state.key, state.matched, state.signature_holds = block.public_key, _matched(block), True
            return Result("pass", f"matches key {_name(block)}", {"line": block.line_start})
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
    for block in _blocks(case, "public-key"):
        if block.spki_sha256 == fingerprint:
            state.matched = _matched(block)
            return Result(
                "pass", f"the key inside the bundle equals {_name(block)}", {"spki_sha256": fingerprint}
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
    for block in _blocks(case, "public-key"):
        if block.spki_sha256 == fingerprint:
            state.matched, state.pinned = _matched(block), True
            return Result("pass", f"the certificate's key equals {_name(block)}", evidence)
    if not _blocks(case, "certificate"):
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
    blocks = [block for block in _blocks(case, "certificate") if block.certificate is not None]
    anchors = [block.certificate for block in blocks if block.certificate is not None]
    if not anchors:
        return skipped("there is no CERTIFICATE block")
    at = state.verified_time or case.now
    judged = "the verified time" if state.verified_time else "now"
    certificates = material.certificates
    state.chain = case.checker.once(
        ("chain", certificates, tuple(anchors), at),
        lambda: check_certificates(leaf, certificates[1:], anchors, at),
    )
    evidence: dict[str, object] = {
        "at": rfc3339(at),
        "judged_at": judged,
        "leaf_not_before": rfc3339(leaf.not_valid_before_utc),
        "leaf_not_after": rfc3339(leaf.not_valid_after_utc),
        "intermediates": len(material.certificates) - 1,
    }
    if not state.chain.accepted or state.chain.anchor is None:
        why = why_nothing_is_proved(state) if not within_dates(leaf, at) else None
        hint = f"; the log entry proves no earlier time: {why}" if why else ""
        return reject(f"{state.chain.reason}{hint}", **evidence)
    anchor = blocks[state.chain.anchor]
    state.matched = _matched(anchor)
    evidence["path"] = [subject_text(one.subject) for one in state.chain.path]
    return Result("pass", f"chains to {_name(anchor)}, judged at {judged}", evidence)


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
    name = f"{facts}" if isinstance(key, ed25519.Ed25519PublicKey) else f"{facts}, SHA-256"
    try:
        state.signature_holds = _holds(case, key, state.signature)
    except InputError as error:
        return failed(f"the signature could not be checked: {error}", error)
    if state.signature_holds:
        return Result("pass", f"covers these bytes ({name})", evidence)
    return reject(f"the signature does not cover these bytes ({name})", **evidence)


def _unless_decided(state: DocumentedState) -> Decision | None:
    return None if state.matched is None else Decision("reject", "no key is known that made this signature")
