"""RFC 3161 timestamps over a signature: the only proof of time where a log gives none (Rekor v2).

`rfc3161-client` (the extra `timestamps`) parses the token and checks its CMS signature and the path to the
authority's root. Which certificate signed is settled here: the signer that the signature itself names, and
no other, must be the authority's, so that a token cannot be verified with one certificate and authorised
with a second one that it brings along (CVE-2026-39984).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from trustconsole import limits
from trustconsole.text import human_bytes, rfc3339
from trustconsole.trust_root import BROKEN_FIELDS, TrustedAuthority, fully_read
from trustconsole.trust_root.silence import without_warnings

if TYPE_CHECKING:
    from rfc3161_client import TimeStampResponse


_MEANINGS = (
    ("digest failure", "it was changed after it was signed"),
    ("certificate has expired", "its certificate had expired when it was made"),
    ("certificate is not yet valid", "its certificate was not yet valid when it was made"),
    ("certificate verify error", "its certificate does not chain to the authority's root"),
    ("signature failure", "it is not signed by the key of its certificate"),
    ("Unsupported hash algorithm", "its hash algorithm is not supported"),
)
"""By words of the library, the more particular ones first."""


class TimestampRefused(Exception):
    """A token that proves no time; the message is the reason, in words for an operator."""


class TimestampsUnavailable(TimestampRefused):
    """`rfc3161-client` is not installed, so that no token can be judged."""


@dataclass(frozen=True, slots=True)
class VerifiedTimestamp:
    """When (aware UTC) a signature existed, and the authority of the trusted root that says so."""

    time: datetime
    authority: TrustedAuthority


@dataclass(frozen=True, slots=True)
class _Token:
    """What a token says before anything of it is believed: its time, and the certificate that it names as
    its signer by issuer and serial number, `signer` where it brings that certificate along."""

    response: TimeStampResponse
    time: datetime
    issuer: x509.Name
    serial: int
    signer: x509.Certificate | None


def verify_timestamp(
    token: bytes, signature: bytes, authorities: Sequence[TrustedAuthority]
) -> VerifiedTimestamp:
    """The time that `token` (a DER TimeStampResp) proves for `signature` (its raw bytes).

    The first of `authorities` that made it counts, and only inside its window. Raises `TimestampRefused`.
    """
    if len(token) > limits.TIMESTAMP_BYTES:
        raise TimestampRefused(
            f"the timestamp is larger than the limit of {human_bytes(limits.TIMESTAMP_BYTES)}"
        )
    read = _read(token)
    if not authorities:
        raise TimestampRefused("the trusted root has no timestamp authority")
    reasons = []
    for authority in authorities:
        try:
            return _judge(read, signature, authority)
        except TimestampRefused as refused:
            reasons.append(str(refused))
    raise TimestampRefused(max(reasons, key=_tells_most))


_NOT_THE_SIGNER = "no timestamp authority of the trusted root signed the timestamp"


def _tells_most(reason: str) -> bool:
    return reason != _NOT_THE_SIGNER


def _read(token: bytes) -> _Token:
    try:
        from rfc3161_client import PKIStatus, decode_timestamp_response
    except ImportError as error:
        raise TimestampsUnavailable(
            "timestamps cannot be checked: the package rfc3161-client is not installed "
            "(pip install 'trustconsole[timestamps]')"
        ) from error
    try:
        with without_warnings():
            response = decode_timestamp_response(token)
            if response.status != PKIStatus.GRANTED:
                raise TimestampRefused(f"the timestamp was not granted (status {response.status})")
            infos = list(response.signed_data.signer_infos)
            if len(infos) != 1:
                raise TimestampRefused(f"the timestamp has {len(infos)} signers, not one")
            issuer, serial = infos[0].issuer, infos[0].serial_number
            bag = [x509.load_der_x509_certificate(der) for der in response.signed_data.certificates]
            named = [one for one in bag if _names(fully_read(one)) == (issuer, serial)]
            time = response.tst_info.gen_time
    except (*BROKEN_FIELDS, OverflowError) as error:
        raise TimestampRefused("the timestamp is not a well-formed RFC 3161 response") from error
    if len(named) > 1:
        raise TimestampRefused("the timestamp brings along two certificates for one signer")
    return _Token(response, time, issuer, serial, named[0] if named else None)


def _judge(token: _Token, signature: bytes, authority: TrustedAuthority) -> VerifiedTimestamp:
    from rfc3161_client import VerificationError, VerifierBuilder

    signer, pinned = _signer(token, authority)
    _check_purpose(signer)
    own = authority.certificates
    verifier = VerifierBuilder(
        tsa_certificate=signer if pinned else None,
        intermediates=[one for one in own[:-1] if one != signer],
        roots=[authority.root],
    ).build()
    try:
        with without_warnings():
            verifier.verify_message(token.response, signature)
    except (VerificationError, *BROKEN_FIELDS, OverflowError) as error:
        raise TimestampRefused(_sentence(error)) from error
    if not authority.validity.covers(token.time):
        raise TimestampRefused(
            f"the timestamp is of {rfc3339(token.time)}, and its authority counts from {authority.validity}"
        )
    return VerifiedTimestamp(token.time, authority)


def _signer(token: _Token, authority: TrustedAuthority) -> tuple[x509.Certificate, bool]:
    """The signer's certificate, and whether the authority's chain itself holds it (it is then pinned)."""
    first = authority.certificates[0]
    if not _is_ca(first):
        if _names(first) != (token.issuer, token.serial) or (
            token.signer is not None and token.signer != first
        ):
            raise TimestampRefused(_NOT_THE_SIGNER)
        return first, True
    if token.signer is None:
        raise TimestampRefused(
            "the timestamp does not bring its signer's certificate, and the trusted root does not hold it"
        )
    return token.signer, False


def _names(certificate: x509.Certificate) -> tuple[x509.Name, int]:
    """What a CMS signature calls its signer by."""
    return certificate.issuer, certificate.serial_number


def _is_ca(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except (*BROKEN_FIELDS, x509.ExtensionNotFound):
        return False


def _check_purpose(signer: x509.Certificate) -> None:
    """RFC 3161, 2.3: the one purpose of the certificate is timestamping, and that is critical."""
    try:
        extension = signer.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except (*BROKEN_FIELDS, x509.ExtensionNotFound) as error:
        raise TimestampRefused("the timestamp's certificate is not one for timestamping") from error
    if not extension.critical or list(extension.value) != [ExtendedKeyUsageOID.TIME_STAMPING]:
        raise TimestampRefused("the timestamp's certificate is not for timestamping alone")


def _sentence(error: Exception) -> str:
    """What the library's words, which quote OpenSSL's error stack, mean for an operator."""
    text = str(error)
    if "Mismatch between messages" in text:
        return "the timestamp is about another signature"
    meaning = next((meaning for words, meaning in _MEANINGS if words in text), None)
    return f"the timestamp does not verify: {meaning or text.partition(': ErrorStack')[0][:160]}"
