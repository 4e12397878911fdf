"""When was it signed: RFC 3161 timestamps of a bundle, and all instants that are proved together.

Every proved instant counts: a certificate must have been valid at each of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from trustconsole.trust_root import TrustedAuthority, subject_text
from trustconsole.verification.timestamps import TimestampRefused, TimestampsUnavailable, verify_timestamp


@dataclass(frozen=True, slots=True)
class AssessedTimestamp:
    """One timestamp: the time that an authority vouches for, or None and why it proves nothing.

    `unavailable`: it could not be judged, because the library for it is not installed.
    """

    time: datetime | None
    authority: str
    reason: str
    unavailable: bool = False


@dataclass(frozen=True, slots=True)
class ProvedTime:
    """An instant at which the signature existed, and what proves it, in words."""

    time: datetime
    source: str


def assess_timestamps(
    tokens: Sequence[bytes], signature: bytes, authorities: Sequence[TrustedAuthority]
) -> tuple[AssessedTimestamp, ...]:
    """Judge every timestamp over `signature`; nothing is judged where no authority is trusted."""
    if not authorities:
        return tuple(AssessedTimestamp(None, "", "no timestamp authority is trusted") for _ in tokens)
    return tuple(_assess(token, signature, authorities) for token in tokens)


def _assess(token: bytes, signature: bytes, authorities: Sequence[TrustedAuthority]) -> AssessedTimestamp:
    try:
        verified = verify_timestamp(token, signature, authorities)
    except TimestampRefused as refused:
        return AssessedTimestamp(None, "", str(refused), isinstance(refused, TimestampsUnavailable))
    authority = verified.authority
    return AssessedTimestamp(verified.time, authority.uri or subject_text(authority.root.subject), "")
