"""The signed entry timestamp as the build checks it, which is all that it checks of a log entry.

The bytes under the SET are put together from four fields without any escaping, as the build does it.
"""

from __future__ import annotations

import hashlib

from trustconsole.trust_root import JavaBase64Error, java_base64_decode
from trustconsole.verification.case import Case
from trustconsole.verification.controller.answers import SENTENCES, BuildAnswer, refused, skipped, thrown
from trustconsole.verification.controller.java_crypto import loaded_java_key, verifies_sha256
from trustconsole.verification.controller.java_json import Node
from trustconsole.verification.controller.json_nodes import as_long, as_text, is_blank, java_utf8, member
from trustconsole.verification.controller.state import ControllerState
from trustconsole.verification.engine import Result

UNCHECKED = "this build does not check it"


def check_unchecked(_case: Case, _state: ControllerState) -> Result:
    """A step of the documented reading that the build leaves out."""
    return skipped(UNCHECKED)


def check_set(case: Case, state: ControllerState) -> Result:
    """Does the SET verify under any key of `rekor.publicKey`."""
    if case.policy.rekor_policy != "REQUIRE_SET":
        return skipped("rekor.policy is DISABLED: the controller does not look at it")
    if state.mode != "COSIGN_BUNDLE" or not state.parsed or not state.log_keys:
        return skipped("there is no bundle or no Rekor key to check it with")
    path = case.sidecar.path if case.sidecar else case.sidecar_expected_at
    try:
        bundle, data = state.bundle, state.sidecar or b""
        signature, canonical = case.read_once("entry", data, lambda: _entry(bundle, path))
    except BuildAnswer as refusal:
        return thrown(refusal, f"the controller refuses the log entry: {refusal}", path=path)
    digest = hashlib.sha256(canonical).digest()
    for key in state.log_keys:
        if verifies_sha256(loaded_java_key(key), signature, digest, case.checker):
            evidence = {"spki_sha256": key.sha256, "line": key.line, "canonical_sha256": digest.hex()}
            return Result("pass", f"signed by the Rekor key at line {key.line}", evidence)
    answer = refused(SENTENCES.wrong_set.format(sha256=case.artifact.sha256))
    tried = [key.sha256 for key in state.log_keys]
    return thrown(answer, "no Rekor key verifies the SET", tried=tried, canonical_sha256=digest.hex())


def _entry(document: Node, path: str) -> tuple[bytes, bytes]:
    """The SET's signature and the bytes under it."""
    bundle = member(document, "rekorBundle")
    if bundle is None:
        raise refused(SENTENCES.no_rekor_bundle.format(path=path))
    text, payload = as_text(member(bundle, "SignedEntryTimestamp")), member(bundle, "Payload")
    if text is None or is_blank(text) or not isinstance(payload, dict):
        raise refused(SENTENCES.no_set.format(path=path))
    try:
        signature = java_base64_decode(text)
    except JavaBase64Error as error:
        raise refused(SENTENCES.bad_set_text.format(path=path)) from error
    body, log_id = as_text(payload.get("body")), as_text(payload.get("logID"))
    time, index = as_long(payload.get("integratedTime")), as_long(payload.get("logIndex"))
    if body is None or log_id is None or time is None or index is None:
        raise refused(SENTENCES.no_fields.format(path=path))
    canonical = f'{{"body":"{body}","integratedTime":{time},"logID":"{log_id}","logIndex":{index}}}'
    return signature, java_utf8(canonical)
