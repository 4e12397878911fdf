"""Certificate chains in the documented reading: a strict code-signing profile over `cryptography`.

`cryptography.x509.verification` builds and checks paths; this module gives it the profile of the design
note `rules.md` (step `chain`), tries each anchor by itself so that the answer names the one that matched,
and turns its single-string errors into sentences about the certificate that is at fault.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import ExtendedKeyUsageOID
from cryptography.x509.verification import (
    Criticality,
    ExtensionPolicy,
    Policy,
    PolicyBuilder,
    Store,
    VerificationError,
)

from trustconsole import limits
from trustconsole.errors import UsageError
from trustconsole.text import rfc3339
from trustconsole.trust_root import BROKEN_FIELDS, fully_read, subject_text, without_warnings
from trustconsole.verification.material import public_key_of, within_dates

_CA_CURVES = (ec.SECP256R1, ec.SECP384R1, ec.SECP521R1)
_REFUSED_CONSTRAINTS = (x509.UniformResourceIdentifier, x509.DirectoryName)
_SAN_TYPES = Criticality.AGNOSTIC


@dataclass(frozen=True, slots=True)
class ChainReport:
    """Whether a leaf chains to an anchor. `anchor` is the index of the anchor that matched; `path` its
    certificates from leaf to anchor, None and empty where it was refused; `at` is the instant judged."""

    accepted: bool
    reason: str
    at: datetime
    anchor: int | None = None
    path: tuple[x509.Certificate, ...] = field(default=(), repr=False)

    def to_dict(self) -> dict[str, object]:
        """`trustconsole/chain/1`."""
        return {
            "schema": "trustconsole/chain/1",
            "accepted": self.accepted,
            "reason": self.reason,
            "at": rfc3339(self.at),
            "anchor_sha256": self.path[-1].fingerprint(SHA256()).hex() if self.path else None,
            "path": [certificate.fingerprint(SHA256()).hex() for certificate in self.path],
        }


def _check_leaf_eku(
    _policy: Policy, _leaf: x509.Certificate, extension: x509.ExtendedKeyUsage | None
) -> None:
    if extension is None or ExtendedKeyUsageOID.CODE_SIGNING not in extension:
        raise ValueError("the leaf is not a code-signing certificate (extendedKeyUsage)")


def _check_leaf_usage(_policy: Policy, _leaf: x509.Certificate, extension: x509.KeyUsage | None) -> None:
    if extension is not None and not extension.digital_signature:
        raise ValueError("the leaf's keyUsage lacks digitalSignature")


def _check_leaf_is_no_ca(
    _policy: Policy, _leaf: x509.Certificate, extension: x509.BasicConstraints | None
) -> None:
    if extension is not None and extension.ca:
        raise ValueError("the leaf is a CA certificate")


def _check_ca_usage(_policy: Policy, _ca: x509.Certificate, extension: x509.KeyUsage | None) -> None:
    if extension is not None and not extension.key_cert_sign:
        raise ValueError("a CA's keyUsage lacks keyCertSign")


def _check_ca_eku(_policy: Policy, _ca: x509.Certificate, extension: x509.ExtendedKeyUsage | None) -> None:
    if extension is not None and ExtendedKeyUsageOID.CODE_SIGNING not in extension:
        raise ValueError("a CA's extendedKeyUsage lacks codeSigning")


def _check_ca_flag(_policy: Policy, ca: x509.Certificate, extension: x509.BasicConstraints) -> None:
    if not extension.ca:
        raise ValueError("an issuer is not a CA")
    key = public_key_of(ca)
    strong = (isinstance(key, rsa.RSAPublicKey) and key.key_size >= 2048) or (
        isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, _CA_CURVES)
    )
    if not strong:
        raise ValueError("a CA's key is neither RSA of 2048 bits or more nor P-256, P-384 or P-521")


_LEAF_POLICY = (
    ExtensionPolicy.permit_all()
    .require_present(x509.ExtendedKeyUsage, Criticality.AGNOSTIC, _check_leaf_eku)
    .may_be_present(x509.KeyUsage, Criticality.AGNOSTIC, _check_leaf_usage)
    .may_be_present(x509.BasicConstraints, Criticality.AGNOSTIC, _check_leaf_is_no_ca)
    .may_be_present(x509.SubjectAlternativeName, _SAN_TYPES, None)
)
_CA_POLICY = (
    ExtensionPolicy.permit_all()
    .require_present(x509.BasicConstraints, Criticality.AGNOSTIC, _check_ca_flag)
    .may_be_present(x509.KeyUsage, Criticality.AGNOSTIC, _check_ca_usage)
    .may_be_present(x509.ExtendedKeyUsage, Criticality.AGNOSTIC, _check_ca_eku)
)


def _path_to(
    anchor: x509.Certificate,
    leaf: x509.Certificate,
    intermediates: Sequence[x509.Certificate],
    at: datetime,
) -> tuple[x509.Certificate, ...]:
    verifier = (
        PolicyBuilder()
        .store(Store([anchor]))
        .time(at.astimezone(UTC).replace(tzinfo=None))
        .max_chain_depth(limits.INTERMEDIATES)
        .extension_policies(ca_policy=_CA_POLICY, ee_policy=_LEAF_POLICY)
        .build_client_verifier()
    )
    return tuple(verifier.verify(leaf, list(intermediates)).chain)


def _flaw_of(path: Sequence[x509.Certificate], at: datetime) -> str | None:
    """What the library does not look at: dates to the instant (it drops fractions of a second), and name
    constraints of kinds that it only refuses where the leaf has such a name."""
    for certificate in path:
        if not within_dates(certificate, at):
            return f"{subject_text(certificate.subject)} is outside its dates ({_dates(certificate)})"
    for certificate in path[1:]:
        try:
            constraints = certificate.extensions.get_extension_for_class(x509.NameConstraints).value
        except x509.ExtensionNotFound:
            continue
        except BROKEN_FIELDS as error:
            return _cleaned(error)
        names = (*(constraints.permitted_subtrees or ()), *(constraints.excluded_subtrees or ()))
        if any(isinstance(name, _REFUSED_CONSTRAINTS) for name in names):
            return f"{subject_text(certificate.subject)} carries name constraints of a kind that is refused"
    return None


def _dates(certificate: x509.Certificate) -> str:
    return f"{rfc3339(certificate.not_valid_before_utc)} to {rfc3339(certificate.not_valid_after_utc)}"


_MISSING = {
    "2.5.29.37": "the leaf has no extendedKeyUsage, and code signing is required",
    "2.5.29.19": "an issuer has no basicConstraints, so it is no CA",
}
"""Sentences for required extensions that are missing, by their identifier."""


def _cleaned(error: Exception) -> str:
    """The library's reason without its wrapping: the innermost sentence, without object dumps."""
    text = str(error).partition(" (encountered processing")[0]
    for prefix in (
        "validation failed: ",
        "candidates exhausted: ",
        "Python extension validator failed: ",
        "ValueError: ",
    ):
        text = text.replace(prefix, "")
    text = text.partition(": AlgorithmIdentifier")[0].strip()
    for oid, sentence in _MISSING.items():
        if f"{oid}: " in text and "missing" in text:
            return sentence
    return f"{text[:1].lower()}{text[1:]}" if text else "the path could not be verified"


def _issuers_of(
    certificate: x509.Certificate, candidates: Sequence[x509.Certificate]
) -> list[x509.Certificate]:
    return [candidate for candidate in candidates if candidate.subject == certificate.issuer]


def _explain(
    leaf: x509.Certificate,
    intermediates: Sequence[x509.Certificate],
    anchors: Sequence[x509.Certificate],
    at: datetime,
    reasons: Sequence[str],
    called: str,
) -> str:
    """The sentence for a refusal: dates first, then a missing issuer, then the library's own reason."""
    if not within_dates(leaf, at):
        word = "expired" if at > leaf.not_valid_after_utc else "not yet valid"
        return f"the leaf is {word} at {rfc3339(at)} (valid {_dates(leaf)})"
    current, seen = leaf, 0
    while current not in anchors and seen <= limits.INTERMEDIATES:
        issuers = _issuers_of(current, [*anchors, *intermediates])
        if not issuers:
            name = "the leaf" if current is leaf else subject_text(current.subject)
            return f"{name} was issued by {subject_text(current.issuer)}, which no {called} is"
        outside = [issuer for issuer in issuers if not within_dates(issuer, at)]
        if len(outside) == len(issuers):
            return (
                f"the issuer {subject_text(outside[0].subject)} is outside its dates ({_dates(outside[0])})"
            )
        current, seen = issuers[0], seen + 1
        if current.subject == current.issuer:
            break
    names = {subject_text(current.subject) for current in anchors}
    relevant = [
        reason
        for anchor, reason in zip(anchors, reasons, strict=True)
        if anchor == leaf or anchor.subject in (leaf.issuer, *(one.issuer for one in intermediates))
    ]
    return (relevant or list(reasons) or [f"no path to {', '.join(sorted(names))}"])[0]


def check_certificates(
    leaf: x509.Certificate,
    intermediates: Sequence[x509.Certificate],
    anchors: Sequence[x509.Certificate],
    at: datetime,
    *,
    anchors_called: str = "CERTIFICATE block",
) -> ChainReport:
    """Whether `leaf` chains to one of `anchors` at `at` (aware) under the strict code-signing profile.

    Anchors are tried in order; the first that matches is named. Never raises over a certificate.
    """
    if not anchors:
        return ChainReport(False, f"there is no {anchors_called} to chain to", at)
    if len(intermediates) > limits.INTERMEDIATES:
        return ChainReport(False, f"more than {limits.INTERMEDIATES} intermediates", at)
    reasons: list[str] = []
    for index, anchor in enumerate(anchors):
        try:
            path = _path_to(anchor, leaf, intermediates, at)
        except (VerificationError, *BROKEN_FIELDS) as error:
            reasons.append(_cleaned(error))
            continue
        flaw = _flaw_of(path, at)
        if flaw is not None:
            reasons.append(flaw)
            continue
        return ChainReport(True, f"chains to {subject_text(anchor.subject)}", at, index, path)
    return ChainReport(False, _explain(leaf, intermediates, anchors, at, reasons, anchors_called), at)


def check_chain(leaf: bytes, intermediates: bytes, anchors: bytes, at: datetime | None = None) -> ChainReport:
    """Judge PEM texts of any number of certificates each; `at` aware UTC, now where None.

    The first certificate of `leaf` is the leaf, further ones count as intermediates. A text that does not
    parse is a refusal with the reason, never an exception; a naive `at` raises `UsageError`.
    """
    moment = at or datetime.now(UTC)
    if moment.tzinfo is None:
        raise UsageError("the time must carry a time zone", hint="for example 2026-02-11T09:30:00Z")
    parsed: list[list[x509.Certificate]] = []
    for name, text in (("leaf", leaf), ("intermediates", intermediates), ("anchors", anchors)):
        try:
            with without_warnings():
                found = x509.load_pem_x509_certificates(text) if text.strip() else []
                parsed.append([fully_read(certificate) for certificate in found])
        except (ValueError, x509.InvalidVersion) as error:
            return ChainReport(False, f"the {name} cannot be read: {error}", moment)
    if not parsed[0]:
        return ChainReport(False, "there is no leaf certificate", moment)
    return check_certificates(parsed[0][0], parsed[0][1:] + parsed[1], parsed[2], moment)
