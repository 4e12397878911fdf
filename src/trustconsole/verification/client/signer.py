"""Steps `key`, `chain`, `sct` and `identity` of `verify-bundle`: who signed, and is that whom was asked for.

A certificate inside a bundle only chains to an authority of the trusted root, and a key hint selects nothing:
with `--key` the given key is the only one that counts, and a bundle with a certificate is another question.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cryptography import x509

from trustconsole.text import rfc3339
from trustconsole.trust_root import TrustedAuthority, public_key_facts, spki_sha256, subject_text
from trustconsole.verification.authorities import window_flaw
from trustconsole.verification.bundle_evidence import gather
from trustconsole.verification.chain import ChainReport, check_certificates
from trustconsole.verification.client.case import BundleCase, BundleState, reject
from trustconsole.verification.engine import Result
from trustconsole.verification.entry_binding import EntrySubject
from trustconsole.verification.material import alternative_names, public_key_of
from trustconsole.verification.scts import check_embedded_sct
from trustconsole.verification.sigstore.bundle import SigstoreBundle
from trustconsole.verification.sigstore.dsse import Envelope
from trustconsole.verification.sigstore.known_logs import logs_of_trusted_root


def check_signer(case: BundleCase, state: BundleState) -> Result:
    """Find the signing key, then look at what entries and timestamps prove about its signature."""
    bundle = state.bundle
    if bundle is None or state.content is None:
        return Result("skip", "no bundle was read")
    result = _given_key(case, state) if bundle.material is None else _certificate_key(case, state, bundle)
    subject = EntrySubject(
        content=state.content,
        signature=bundle.signature,
        leaf_der=bundle.material.leaf_der if bundle.material else None,
        key=state.key,
        envelope=bundle.content if isinstance(bundle.content, Envelope) else None,
    )
    state.evidence = gather(
        bundle,
        subject,
        logs=logs_of_trusted_root(case.root),
        authorities=case.root.timestamp_authorities,
        now=case.now,
    )
    return result


def _given_key(case: BundleCase, state: BundleState) -> Result:
    if case.key is None:
        return reject("the bundle was signed with a bare key, and no key was given to verify it with")
    state.key = case.key
    facts = str(public_key_facts(case.key))
    return Result("pass", f"the key given, {facts}", {"spki_sha256": spki_sha256(case.key)})


def _certificate_key(case: BundleCase, state: BundleState, bundle: SigstoreBundle) -> Result:
    leaf = bundle.material.leaf if bundle.material else None
    key = public_key_of(leaf) if leaf else None
    if leaf is None or key is None:
        return reject("the certificate's key cannot be read")
    state.key = key
    evidence: dict[str, object] = {"spki_sha256": spki_sha256(key), "serial": f"{leaf.serial_number:x}"}
    if case.key is not None:
        return reject("the bundle was signed with a certificate, and a bare key was asked for", evidence)
    return Result("pass", f"the certificate's key, {public_key_facts(key)}", evidence)


def check_chain(case: BundleCase, state: BundleState) -> Result:
    """The leaf's path to an authority that counted, at every proved time."""
    material = state.bundle.material if state.bundle else None
    if material is None or material.leaf is None:
        return Result("skip", "there is no certificate")
    times = state.evidence.times if state.evidence else ()
    if not times:
        return Result("skip", "no time is proved to judge the certificate at")
    for one in times:
        at = one.time
        counted = case.root.authorities_at(at)
        if not counted:
            return reject(f"no certificate authority of the trusted root counted at {rfc3339(at)}")
        report = _chain_to(material.leaf, material.certificates[1:], counted, at)
        flaw = window_flaw(case.root, report.path, at) if report.accepted else report.reason
        if flaw is not None:
            return reject(flaw, {"at": rfc3339(at), "authorities": [ca.uri for ca in counted]})
        state.chain = report
    names = [subject_text(one.subject) for one in state.chain.path] if state.chain else []
    anchor = names[-1] if names else ""
    return Result("pass", f"chains to {anchor} at every proved time", {"path": names})


def _chain_to(
    leaf: x509.Certificate,
    candidates: Sequence[x509.Certificate],
    authorities: Sequence[TrustedAuthority],
    at: datetime,
) -> ChainReport:
    """The path to the first authority that the leaf reaches, else the last refusal."""
    report = ChainReport(False, "there is no certificate authority to chain to", at)
    for authority in authorities:
        helping = tuple(dict.fromkeys((*authority.certificates[:-1], *candidates)))
        report = check_certificates(
            leaf, helping, (authority.root,), at, anchors_called="certificate authority"
        )
        if report.accepted:
            break
    return report


def check_sct(case: BundleCase, state: BundleState) -> Result:
    """The certificate carries an SCT of a CT log of the trusted root, where that has any."""
    if state.chain is None or len(state.chain.path) < 2:
        return Result("skip", "there is no chain")
    if not case.root.ct_logs:
        return Result("skip", "the trusted root names no CT log")
    found = check_embedded_sct(state.chain.path[0], state.chain.path[1], case.root.ct_logs)
    if not found.holds:
        return reject(found.reason)
    return Result("pass", found.reason)


def check_identity(case: BundleCase, state: BundleState) -> Result:
    """Every name in the certificate is the expected one, and so is who vouched for it."""
    material = state.bundle.material if state.bundle else None
    leaf = material.leaf if material else None
    if leaf is None:
        return Result("skip", "there is no certificate")
    evidence: dict[str, object] = {"names": list(alternative_names(leaf))}
    if case.identity is None:
        return reject("no identity was given to compare the certificate with", evidence)
    found = case.identity.check(leaf)
    if not found.holds:
        return reject(found.reason, evidence)
    if found.warnings:
        return Result("warn", "; ".join([found.reason, *found.warnings]), evidence)
    return Result("pass", found.reason, evidence)
