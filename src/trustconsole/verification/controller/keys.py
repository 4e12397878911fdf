"""Which key the build takes, and whether it verifies: the steps `key`, `chain` and `signature`.

A certificate in the bundle and any CERTIFICATE block in the trust root: path validation alone decides, no key
block helps. A certificate and key blocks only: its key must be one of them byte for byte. No certificate:
each key block is tried.
"""

from __future__ import annotations

from trustconsole.text import plural, rfc3339
from trustconsole.verification.case import Case
from trustconsole.verification.controller.answers import SENTENCES, refused, skipped, thrown
from trustconsole.verification.controller.certificate import Certificate
from trustconsole.verification.controller.java_crypto import JavaKey, loaded_java_key, verifies_sha256
from trustconsole.verification.controller.pkix import validate_path
from trustconsole.verification.controller.state import ControllerState
from trustconsole.verification.engine import Result

_NOTHING = "there is no signature to judge"


def check_key(case: Case, state: ControllerState) -> Result:
    """Which way the build goes, and for a pinned certificate whether its key is trusted."""
    if not state.parsed or not state.loaded:
        return skipped(_NOTHING)
    leaf = state.leaf
    if leaf is None:
        tried = [key.sha256 for key in state.keys]
        return Result("info", f"no certificate: {plural(len(tried), 'key')} to try in turn", {"keys": tried})
    if state.anchors:
        return skipped("the bundle has a certificate and the trust root too: only the chain counts")
    evidence = {"spki_sha256": leaf.key.sha256, "keys": [key.sha256 for key in state.keys]}
    for key in state.keys:
        if key.spki == leaf.key.spki:
            state.leaf_stands, state.pinned_line = True, key.line
            detail = f"the certificate's key is the block at line {key.line}"
            return Result("pass", detail, {**evidence, "line": key.line})
    answer = refused(SENTENCES.not_pinned.format(sha256=case.artifact.sha256))
    return thrown(answer, "the certificate's key is none of the trusted keys", **evidence)


def check_chain(case: Case, state: ControllerState) -> Result:
    """Does the certificate alone chain to a CERTIFICATE block, now."""
    if not state.parsed or not state.loaded:
        return skipped(_NOTHING)
    leaf = state.leaf
    if leaf is None or not state.anchors:
        return skipped(
            "the bundle has no certificate" if leaf is None else "the trust root has no certificate"
        )
    answer = case.checker.once(
        ("path", leaf.loaded.der, tuple((one.der, one.line) for one in state.anchors), case.now),
        lambda: validate_path(leaf, state.anchors, case.now),
    )
    evidence = {**_dates(leaf), "judged_at": rfc3339(case.now), "anchors_of_that_name": answer.tried}
    if answer.anchor is None:
        message = SENTENCES.bad_chain.format(why=answer.message)
        return thrown(refused(message), f"the certificate does not validate: {answer.message}", **evidence)
    state.leaf_stands, state.anchor = True, answer.anchor
    loaded = answer.anchor.loaded
    return Result(
        "pass",
        f"chains to the certificate at line {loaded.line}",
        {**evidence, "anchor_sha256": loaded.sha256, "line": loaded.line},
    )


def _dates(leaf: Certificate) -> dict[str, object]:
    return {
        "cert_sha256": leaf.loaded.sha256,
        "issuer": leaf.issuer_shown,
        "not_before": rfc3339(leaf.not_before),
        "not_after": rfc3339(leaf.not_after),
    }


def check_signature(case: Case, state: ControllerState) -> Result:
    """Does the signature cover the artefact's bytes."""
    if state.signature is None or not state.loaded:
        return skipped(_NOTHING)
    if state.leaf is not None:
        return _by_leaf(case, state, state.leaf, state.signature)
    sentence = SENTENCES.no_match if state.mode == "KEYED" else SENTENCES.no_key_matches
    for loaded in state.keys:
        key = loaded_java_key(loaded)
        if verifies_sha256(key, state.signature, case.artifact.digest, case.checker):
            state.matched = key
            state.via = None if state.mode == "KEYED" else "raw-key"
            evidence = {"spki_sha256": key.sha256, "line": loaded.line, "algorithm": key.label}
            return Result("pass", f"verifies with the key at line {loaded.line} ({key.label})", evidence)
    answer = refused(sentence.format(sha256=case.artifact.sha256))
    detail = (
        "no trusted key verifies it"
        if state.keys
        else "there is no key block and the bundle has no certificate"
    )
    return thrown(answer, detail, tried=[key.sha256 for key in state.keys], sha256=case.artifact.sha256)


def _by_leaf(case: Case, state: ControllerState, leaf: Certificate, signature: bytes) -> Result:
    evidence = {"spki_sha256": leaf.key.sha256, "algorithm": leaf.key.label, **_block(state)}
    if verifies_sha256(leaf.key, signature, case.artifact.digest, case.checker):
        if state.leaf_stands:
            state.matched = leaf.key
            state.via = "cert-chain" if state.anchor is not None else "embedded-cert-pinned-key"
        return Result("pass", f"verifies with the certificate's key ({leaf.key.label})", evidence)
    answer = refused(SENTENCES.wrong_with_certificate.format(sha256=case.artifact.sha256))
    return thrown(answer, _why_not(leaf.key), **evidence)


def _why_not(key: JavaKey) -> str:
    if key.algorithm not in ("RSA", "EC"):
        return f"this build never verifies with a key of algorithm {key.algorithm}"
    return "the certificate's key does not verify it"


def _block(state: ControllerState) -> dict[str, object]:
    if state.anchor is not None:
        return {"anchor_sha256": state.anchor.loaded.sha256, "line": state.anchor.loaded.line}
    return {"line": state.pinned_line} if state.pinned_line is not None else {}
