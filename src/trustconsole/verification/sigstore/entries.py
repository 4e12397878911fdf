"""What the log entries of one bundle prove, each judged by itself against the logs that count.

Entries of unknown logs are set aside; an entry of a known log with any flaw is flawed as a whole, and its
time counts for nothing. Whether a flaw refuses the bundle is for the reading to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from trustconsole.text import rfc3339
from trustconsole.verification.entry_binding import Binding, EntrySubject, bind
from trustconsole.verification.log_entry import LogEntry
from trustconsole.verification.sigstore.inclusion import Inclusion, check_inclusion, origin_of
from trustconsole.verification.sigstore.known_logs import KnownLog

Aspect = Literal["rekor.set", "rekor.log-id", "rekor.binding", "rekor.inclusion", "rekor.time"]


@dataclass(frozen=True, slots=True)
class Flaw:
    """Why an entry proves nothing: the step it belongs to, and a clause."""

    aspect: Aspect
    reason: str


@dataclass(frozen=True, slots=True)
class AssessedEntry:
    """One entry. `logs` are the known ones that bear its id, empty for an unknown log; `set_holds` is None
    where it carries no SET or nothing could judge it; `time` is what its SET proves, None without one."""

    entry: LogEntry
    logs: tuple[KnownLog, ...]
    set_holds: bool | None
    inclusion: Inclusion
    binding: Binding
    flaws: tuple[Flaw, ...]
    time: datetime | None

    @property
    def known(self) -> bool:
        """Whether its log is known."""
        return bool(self.logs)

    @property
    def holds(self) -> bool:
        """Whether it is a proof: of a known log, and without any flaw."""
        return self.known and not self.flaws

    def flaws_of(self, aspect: Aspect) -> tuple[Flaw, ...]:
        """Those that belong to one step."""
        return tuple(flaw for flaw in self.flaws if flaw.aspect == aspect)


@dataclass(frozen=True, slots=True)
class Instants:
    """By when entries without a time of their own are judged (`at`), and the signing certificate's dates.

    `certificate` is (start, end), both included; None where a bare key signed.
    """

    at: tuple[datetime, ...]
    certificate: tuple[datetime, datetime] | None


def assess_entries(
    entries: Sequence[LogEntry],
    subject: EntrySubject,
    logs: Sequence[KnownLog],
    instants: Instants,
    *,
    needs_proof: bool,
) -> tuple[AssessedEntry, ...]:
    """Judge every entry; `needs_proof`: it must carry an inclusion proof with checkpoint, else a SET."""
    return tuple(_assess(entry, subject, logs, instants, needs_proof=needs_proof) for entry in entries)


def _assess(
    entry: LogEntry,
    subject: EntrySubject,
    logs: Sequence[KnownLog],
    instants: Instants,
    *,
    needs_proof: bool,
) -> AssessedEntry:
    origin = origin_of(entry)
    own = tuple(log for log in logs if log.has_id(entry.log_id, origin))
    binding = bind(entry, subject)
    if not own:
        nothing = Inclusion(None, f"log {entry.log_id[:8]} is not known")
        return AssessedEntry(entry, (), None, nothing, binding, (), None)
    promise, signed = entry.signed_entry_timestamp, entry.signed_bytes()
    signers = tuple(log for log in own if promise is not None and log.signed(signed, promise))
    set_holds = bool(signers) if promise is not None else None
    time = datetime.fromtimestamp(entry.integrated_time, UTC) if set_holds and entry.integrated_time else None
    inclusion = check_inclusion(entry, own)
    flaws = (
        *_set_flaws(set_holds, needs_proof=needs_proof),
        *_window_flaws(signers or own, (time,) if time else instants.at),
        *_binding_flaws(binding),
        *_inclusion_flaws(inclusion, needs_proof=needs_proof),
        *_time_flaws(time, instants),
    )
    return AssessedEntry(entry, own, set_holds, inclusion, binding, flaws, time)


def _set_flaws(set_holds: bool | None, *, needs_proof: bool) -> tuple[Flaw, ...]:
    if set_holds is False:
        return (Flaw("rekor.set", "the entry timestamp is not signed by the log's key"),)
    if set_holds is None and not needs_proof:
        return (Flaw("rekor.set", "the entry carries no SET, and version 0.1 needs one"),)
    return ()


def _window_flaws(logs: Sequence[KnownLog], times: Sequence[datetime]) -> tuple[Flaw, ...]:
    for time in times:
        if not any(log.covers(time) for log in logs):
            window = " or ".join(log.window() for log in logs)
            reason = f"the log's key counted from {window}, and the entry is judged at {rfc3339(time)}"
            return (Flaw("rekor.log-id", reason),)
    return ()


def _binding_flaws(binding: Binding) -> tuple[Flaw, ...]:
    if binding.error is not None:
        return (Flaw("rekor.binding", f"the entry's body cannot be used: {binding.error}"),)
    if binding.mismatches:
        return (Flaw("rekor.binding", f"the log entry is about {' and '.join(binding.mismatches)}"),)
    return ()


def _inclusion_flaws(inclusion: Inclusion, *, needs_proof: bool) -> tuple[Flaw, ...]:
    if inclusion.holds is False or (inclusion.holds is None and needs_proof):
        return (Flaw("rekor.inclusion", inclusion.reason),)
    return ()


def _time_flaws(time: datetime | None, instants: Instants) -> tuple[Flaw, ...]:
    if time is None or instants.certificate is None:
        return ()
    start, end = instants.certificate
    if start <= time <= end:
        return ()
    return (Flaw("rekor.time", f"signed at {rfc3339(time)}, outside the certificate's dates"),)
