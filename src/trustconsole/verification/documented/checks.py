"""The documented reading as a table: what the documentation promises, fail-closed and sound.

Each row is a step of the design note `rules.md`. The order of rows is the order of the trace; the first
refusal is the verdict.
"""

from __future__ import annotations

from trustconsole.errors import InputError, LimitExceeded
from trustconsole.text import human_bytes, plural
from trustconsole.verification.bundle_content import signed_content
from trustconsole.verification.case import Case
from trustconsole.verification.documented.keys import check_chain_step, check_key, check_signature
from trustconsole.verification.documented.rekor import (
    check_binding,
    check_inclusion,
    check_log_id,
    check_set,
    check_time,
)
from trustconsole.verification.documented.state import DocumentedState, failed, reject, skipped
from trustconsole.verification.engine import Check, Decision, Result
from trustconsole.verification.sidecar_formats import read_bundle, read_detached
from trustconsole.verification.signed_content import content_of_file
from trustconsole.verification.sigstore.bundle import MessageSignature, SigstoreBundle, UnknownBundleVersion


def _policy_errors(case: Case) -> tuple[str, ...]:
    """What the three documented validator rules say about this policy."""
    policy = case.policy
    if policy.config is not None:
        return policy.config.documented.errors if policy.config.documented else ()
    if policy.rekor_policy != "REQUIRE_SET":
        return ()
    errors = []
    if policy.mode != "COSIGN_BUNDLE":
        errors.append("REQUIRE_SET requires mode COSIGN_BUNDLE")
    if case.rekor_key is None and case.trusted_root is None:
        errors.append("REQUIRE_SET requires rekor.publicKey")
    return tuple(errors)


def nothing_to_judge_with(case: Case) -> bool:
    """Whether no block could ever verify anything: no trust root, an unreadable or an empty one."""
    root = case.trust_root
    if root is None:
        return case.trusted_root is None or case.trusted_root.root is None
    return root.error is not None or not root.trusted_blocks


def _check_profile(case: Case, _state: DocumentedState) -> Result:
    errors = _policy_errors(case)
    if errors:
        return Result("fail", errors[0], {"errors": list(errors)}, Decision("no-boot", errors[0]))
    if case.policy.config is not None and case.policy.config.effective is None:
        reason = "the configuration does not load, so there is no policy to judge by"
        return Result("fail", reason, {"path": case.policy.config.path}, Decision("error", reason))
    evidence = {"mode": case.policy.mode, "rekor_policy": case.policy.rekor_policy}
    if case.policy.enforced:
        return Result("pass", "verification is enforced", evidence)
    if case.sidecar is None:
        reason = "verification is not enforced and there is no signature"
        return Result("info", reason, evidence, Decision("unsigned-allowed", reason))
    if nothing_to_judge_with(case):
        reason = "verification is not enforced and there is no trust root to judge with"
        return Result("info", reason, evidence, Decision("unsigned-allowed", reason))
    return Result("info", "verification is not enforced; judged as if it were", evidence)


def _check_trust_root(case: Case, _state: DocumentedState) -> Result:
    root = case.trust_root
    if case.trusted_root is not None and case.trusted_root.error is not None:
        reason = f"the trusted root cannot be read: {case.trusted_root.error}"
        return Result("fail", reason, {"path": case.trusted_root.path}, Decision("error", reason))
    if root is None:
        return _check_trusted_root(case)
    if root.error is not None:
        reason = f"the trust root cannot be read: {root.error}"
        return Result("fail", reason, {"path": root.path}, Decision("error", reason))
    keys = [block for block in root.trusted_blocks if block.kind == "public-key"]
    certificates = [block for block in root.trusted_blocks if block.kind == "certificate"]
    evidence: dict[str, object] = {
        "path": root.path,
        "sha256": root.sha256,
        "public_keys": len(keys),
        "certificates": len(certificates),
        "untrusted_blocks": len(root.blocks) - len(keys) - len(certificates),
    }
    if case.policy.mode == "KEYED" and not keys:
        return reject("the trust root holds no PUBLIC KEY block, and KEYED reads nothing else", **evidence)
    if not keys and not certificates:
        return reject("the trust root holds no trusted block", **evidence)
    detail = f"{plural(len(keys), 'key')} and {plural(len(certificates), 'certificate')} trusted"
    return Result("pass", detail, evidence)


def _check_trusted_root(case: Case) -> Result:
    """Without a PEM file, the certificate authorities of a trusted_root.json are what is trusted."""
    root = case.trusted_root.root if case.trusted_root else None
    if root is None:
        return reject("no trust root is configured, so nothing can verify")
    count = len(root.certificate_authorities)
    evidence: dict[str, object] = {"path": root.path, "sha256": root.sha256, "certificate_authorities": count}
    if case.policy.mode == "KEYED" or not count:
        return reject("the trusted root holds no public key of an author and no usable authority", **evidence)
    words = plural(count, "certificate authority", "certificate authorities")
    return Result("pass", f"{words} of the trusted root trusted", evidence)


def _check_sidecar(case: Case, state: DocumentedState) -> Result:
    sidecar = case.sidecar
    if sidecar is None:
        detail = f"there is no signature file at {case.sidecar_expected_at}"
        if case.other_sidecar is not None:
            detail = f"there is only {case.other_sidecar}, which this mode does not read"
        return reject(detail, expected=case.sidecar_expected_at, other=case.other_sidecar)
    state.sidecar_kind = sidecar.named
    if sidecar.data is None:
        reason = str(sidecar.error) if sidecar.error else f"{sidecar.path} cannot be read"
        return Result("fail", reason, {"path": sidecar.path}, Decision("error", reason))
    detail = f"{sidecar.path}, {human_bytes(len(sidecar.data))}"
    return Result("pass", detail, {"path": sidecar.path, "sha256": sidecar.sha256})


def _check_parse(case: Case, state: DocumentedState) -> Result:
    sidecar = case.sidecar
    if sidecar is None or sidecar.data is None:
        return skipped("no signature file to read")
    data, path = sidecar.data, sidecar.path
    try:
        if sidecar.named == "sig":
            detached = read_detached(data, path)
            state.content = content_of_file(case.artifact)
            state.signature, state.line_end = detached.signature, detached.line_end
            if detached.line_end:
                return Result("info", f"Base64 text with a final {detached.line_end}")
            return Result("pass", f"Base64 text of {plural(len(detached.signature), 'byte')}")
        bundle = case.read_once("bundle", data, lambda: read_bundle(data, path))
    except LimitExceeded as error:
        state.parse_error = error
        return failed(str(error), error)
    except InputError as error:
        state.parse_error = error
        if isinstance(error, UnknownBundleVersion):
            state.sidecar_kind, state.media_type = "sigstore-bundle", error.media_type
        place = error.location
        return reject(
            f"the signature file is malformed: {error}",
            where=place.path if place else sidecar.path,
            offset=place.offset if place else None,
        )
    state.signature, state.material = bundle.signature, bundle.material
    if isinstance(bundle, SigstoreBundle):
        return _sigstore(case, state, bundle)
    state.content = content_of_file(case.artifact)
    state.entry, state.entry_error = bundle.entry, bundle.entry_error
    state.unknown_fields = bundle.unknown_fields
    parts = ["legacy cosign bundle"]
    if bundle.material is not None:
        parts.append("with a certificate" if bundle.material.leaf else "with a public key in cert")
    if bundle.entry is not None:
        parts.append("with a log entry")
    if bundle.unknown_fields:
        return Result(
            "info", ", ".join([*parts, "with unknown fields"]), {"fields": list(bundle.unknown_fields)}
        )
    return Result("pass", ", ".join(parts))


def _sigstore(case: Case, state: DocumentedState, bundle: SigstoreBundle) -> Result:
    state.sidecar_kind, state.media_type, state.bundle = "sigstore-bundle", bundle.media_type, bundle
    state.content = signed_content(bundle, content_of_file(case.artifact))
    signer = "a bare key" if bundle.material is None else "a certificate"
    kind = "a message signature" if isinstance(bundle.content, MessageSignature) else "a DSSE envelope"
    entries = plural(len(bundle.entries), "log entry", "log entries")
    detail = f"Sigstore bundle {bundle.version}: {kind} by {signer}, {entries}"
    if bundle.timestamps:
        detail += f", {plural(len(bundle.timestamps), 'timestamp')}"
    return Result(
        "info", f"{detail}; the controller does not read this format", {"media_type": bundle.media_type}
    )


DOCUMENTED_CHECKS: tuple[Check[Case, DocumentedState], ...] = (
    Check("profile", "Is verification enforced", _check_profile),
    Check("trust-root", "What is trusted", _check_trust_root),
    Check("sidecar", "Is there a signature file", _check_sidecar),
    Check("parse", "Does it read strictly", _check_parse),
    Check("key", "Which key signed", check_key),
    Check("chain", "Does its certificate chain to an anchor", check_chain_step),
    Check("signature", "Does the signature cover these bytes", check_signature),
    Check("rekor.set", "Is the entry timestamp the log's", check_set),
    Check("rekor.log-id", "Is it the log that the key belongs to", check_log_id),
    Check("rekor.binding", "Is the entry about this artefact", check_binding),
    Check("rekor.inclusion", "Is the entry proved to be in the log", check_inclusion),
    Check("rekor.time", "When was it signed", check_time),
)
