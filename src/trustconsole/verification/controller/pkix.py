"""Path validation as the controller's runtime does it: one certificate, no intermediates, judged now.

The anchors' own dates, flags and constraints are never looked at; an anchor is chosen by the issuer's name
and the authority key identifier. The order of checks decides which complaint is seen: key sizes and disabled
algorithms, policies, dates, signature, critical extensions. Observed on Java 25; RFC 5280, section 6.1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from trustconsole.trust_root import CannotPredict, LoadedCertificate
from trustconsole.trust_root import java_der as der
from trustconsole.trust_root.java_der import JavaIOError
from trustconsole.verification.controller.certificate import Certificate, take_apart
from trustconsole.verification.controller.chain_signatures import DISABLED, signed_by
from trustconsole.verification.controller.java_crypto import JavaKey

NO_ANCHOR = "Path does not chain with any of the trust anchors"
VALIDITY = "validity check failed"
SIGNATURE = "signature check failed"
CRITICAL = "unrecognized critical extension(s)"
POLICY = "non-null policy tree required and policy tree is null"
_CONSTRAINTS = "Algorithm constraints check failed on"
_SUBJECT_KEY, _AUTHORITY_KEY = "2.5.29.14", "2.5.29.35"
_POLICIES, _POLICY_CONSTRAINTS = "2.5.29.32", "2.5.29.36"
_UNDERSTOOD = frozenset(f"2.5.29.{arc}" for arc in (15, 17, 19, 30, 32, 33, 36, 37, 54))
_LEAST_BITS = {"RSA": 1024, "EC": 224}


@dataclass(frozen=True, slots=True)
class PathAnswer:
    """Whether the path validates: by `anchor`, or `message` says why not. `tried` anchors bear the name."""

    anchor: Certificate | None
    message: str | None
    tried: int


def validate_path(leaf: Certificate, anchors: Sequence[LoadedCertificate], now: datetime) -> PathAnswer:
    """The runtime's answer for the path [leaf]; raises `CannotPredict`."""
    complaints: list[str] = []
    doubt: CannotPredict | None = None
    for loaded in anchors:
        try:
            anchor = take_apart(loaded)
            if not _selected(leaf, anchor):
                continue
            complaint = _complaint(leaf, anchor, now)
        except CannotPredict as error:
            doubt = error
            continue
        if complaint is None:
            return PathAnswer(anchor, None, len(complaints) + 1)
        complaints.append(complaint)
    if doubt is not None:
        raise doubt
    return PathAnswer(None, complaints[-1] if complaints else NO_ANCHOR, len(complaints))


def _selected(leaf: Certificate, anchor: Certificate) -> bool:
    """Whether the anchor bears the issuer's name and fits the authority key identifier."""
    if anchor.subject != leaf.issuer:
        return False
    key_id, serial = _authority(leaf)
    if serial is not None and anchor.version > 2 and serial != anchor.serial:
        return False
    subject_key = anchor.extension(_SUBJECT_KEY)
    if key_id is None or subject_key is None:
        return True
    return der.encode(der.OCTET_STRING, key_id) == subject_key.value


def _authority(leaf: Certificate) -> tuple[bytes | None, int | None]:
    extension = leaf.extension(_AUTHORITY_KEY)
    if extension is None:
        return None, None
    key_id = serial = None
    for part in der.read_all(extension.value).children(der.SEQUENCE):
        number = part.tag & 0x1F
        if number == 0:
            key_id = part.content
        elif number == 2:
            serial = part.retagged(der.INTEGER).integer()
    return key_id, serial


def _complaint(leaf: Certificate, anchor: Certificate, now: datetime) -> str | None:
    weak = _weak(anchor.key)
    if weak:
        return f"{weak}."
    disabled = DISABLED.get(leaf.algorithm.name)
    if disabled:
        if leaf.loaded.sha256 == anchor.loaded.sha256:
            raise CannotPredict("a self-signed anchor with a disabled algorithm as leaf")
        return f"{_CONSTRAINTS} disabled algorithm: {disabled}{_used_with(leaf)}"
    weak = _weak(leaf.key)
    if weak:
        return f"{weak}{_used_with(leaf)}"
    if _policy_required(leaf):
        return POLICY
    if not leaf.not_before <= now <= leaf.not_after:
        return VALIDITY
    if not signed_by(leaf, anchor.key):
        return SIGNATURE
    critical = {extension.oid for extension in leaf.extensions.found if extension.critical}
    return CRITICAL if critical - _UNDERSTOOD else None


def _used_with(leaf: Certificate) -> str:
    return f" used with certificate: {leaf.subject_shown}"


def _weak(key: JavaKey) -> str | None:
    least = _LEAST_BITS.get(key.algorithm)
    if least is None or key.bits >= least:
        return None
    return f"{_CONSTRAINTS} keysize limits: {key.algorithm} {key.bits} bit key"


def _policy_required(leaf: Certificate) -> bool:
    """Whether the leaf demands a valid policy (requireExplicitPolicy 0) without naming one."""
    constraints = leaf.extension(_POLICY_CONSTRAINTS)
    if constraints is None:
        return False
    try:
        required = any(
            part.tag == 0x80 and part.retagged(der.INTEGER).int32() == 0
            for part in der.read_all(constraints.value).children(der.SEQUENCE)
        )
    except JavaIOError as error:
        raise CannotPredict("policy constraints") from error
    if not required:
        return False
    policies = leaf.extension(_POLICIES)
    return policies is None or not der.read_all(policies.value).children(der.SEQUENCE)
