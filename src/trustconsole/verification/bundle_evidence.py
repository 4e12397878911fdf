"""Everything that the log entries and timestamps of one Sigstore bundle prove, gathered once.

Timestamps come first, because an entry without a time of its own is judged by them; the times of both
together are what a certificate is judged at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509

from trustconsole.trust_root import TrustedAuthority
from trustconsole.verification.entry_binding import EntrySubject
from trustconsole.verification.material import within_dates
from trustconsole.verification.signing_times import AssessedTimestamp, ProvedTime, assess_timestamps
from trustconsole.verification.sigstore.bundle import SigstoreBundle
from trustconsole.verification.sigstore.entries import AssessedEntry, Instants, assess_entries
from trustconsole.verification.sigstore.known_logs import KnownLog


@dataclass(frozen=True, slots=True)
class BundleEvidence:
    """`times` are proved instants at which the certificate was valid, `outside` those at which it was not.

    `authorities` says whether there was a timestamp authority to judge by.
    """

    timestamps: tuple[AssessedTimestamp, ...] = ()
    entries: tuple[AssessedEntry, ...] = ()
    times: tuple[ProvedTime, ...] = ()
    outside: tuple[ProvedTime, ...] = ()
    authorities: bool = False

    @property
    def known(self) -> tuple[AssessedEntry, ...]:
        """The entries of known logs."""
        return tuple(entry for entry in self.entries if entry.known)

    @property
    def first_time(self) -> datetime | None:
        """The earliest proved instant at which the certificate was valid."""
        return min((one.time for one in self.times), default=None)


def gather(
    bundle: SigstoreBundle,
    subject: EntrySubject,
    *,
    logs: Sequence[KnownLog],
    authorities: Sequence[TrustedAuthority],
    now: datetime,
    stamped: bytes | None = None,
) -> BundleEvidence:
    """Judge every timestamp and entry of `bundle`; never raises over them.

    `stamped` is what the timestamps cover, where that is not the signature.
    """
    leaf = bundle.material.leaf if bundle.material else None
    covered = bundle.signature if stamped is None else stamped
    timestamps = assess_timestamps(bundle.timestamps, covered, authorities)
    proved = tuple(
        ProvedTime(one.time, f"the timestamp of {one.authority}")
        for one in timestamps
        if one.time is not None
    )
    dates = (leaf.not_valid_before_utc, leaf.not_valid_after_utc) if leaf else None
    instants = Instants(tuple(one.time for one in proved) or (now,), dates)
    entries = assess_entries(bundle.entries, subject, logs, instants, needs_proof=bundle.needs_proof)
    logged = tuple(
        ProvedTime(entry.time, f"the SET of log {entry.entry.log_id[:8]}")
        for entry in entries
        if entry.holds and entry.time is not None
    )
    outside = tuple(one for one in proved if not _valid_at(leaf, one.time))
    times = tuple(one for one in (*logged, *proved) if one not in outside)
    return BundleEvidence(timestamps, entries, times, outside, bool(authorities))


def _valid_at(leaf: x509.Certificate | None, time: datetime) -> bool:
    return leaf is None or within_dates(leaf, time)
