"""The console's own record of what it changed, written durably *before* each change.

JSON Lines in the state directory, each record chained to the one before. If the record cannot be made
durable, `append` raises and the change does not happen. The log never holds a secret. What may be changed,
and what is written about it, is the caller's business.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from trustconsole import limits
from trustconsole.errors import AuditRefused, LimitExceeded, Location, MissingFile
from trustconsole.private_keys import secret_in
from trustconsole.records.audit_chain import AuditVerification, verify_chain
from trustconsole.records.audit_records import AuditRecord, parse_record
from trustconsole.records.operator import Operator
from trustconsole.records.syslog import SYSLOG, tell_syslog
from trustconsole.storage import make_private, open_regular
from trustconsole.storage.locking import flock_within
from trustconsole.storage.own_files import refuse_foreign, refuse_shared, refuse_to_believe
from trustconsole.storage.temporary import cannot_sync, open_directory, read_all, sync_directory, write_all
from trustconsole.text import human_bytes

FILE_NAME: Final = "audit.jsonl"
TORN_LINE: Final = "audit.torn-line"
"""The action of a record that reports an incomplete line."""

_FLAGS: Final = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_LOCK_SECONDS: Final = 5.0
_ARCHIVE: Final = "move it to an archive; a new one begins by itself"


class AuditLog:
    """The log in the directory `state`. `clock` gives an aware time; `syslog` is the host's socket."""

    def __init__(
        self,
        state: Path,
        *,
        operator: Operator,
        clock: Callable[[], datetime] | None = None,
        syslog: Path = SYSLOG,
    ) -> None:
        self.path = state / FILE_NAME
        self._operator = operator
        self._clock = clock or (lambda: datetime.now(UTC))
        self._syslog = syslog

    def append(
        self,
        action: str,
        *,
        target: str | None,
        before: str | None,
        after: str | None,
        reason: str = "",
        details: Mapping[str, str] | None = None,
    ) -> AuditRecord:
        """Write what is about to happen; it is durable when this returns. Raises `AuditRefused`.

        An incomplete last line, which a crash left, is taken off and reported by a record of its own.
        """
        moment = self._clock().astimezone(UTC).replace(microsecond=0)
        record = AuditRecord(
            1, moment, self._operator, action, target, before, after, reason, dict(details or {})
        )
        self._refuse_secrets(record)
        try:
            make_private(self.path.parent)
            with self._opened() as descriptor:
                written = self._append(descriptor, record)
        except OSError as error:
            why = error.strerror or str(error)
            raise self._refused(why, "free some space, or mend the state directory") from error
        for one in written:
            words = f"audit seq={one.seq} action={one.action} target={one.target} head={one.hash}"
            tell_syslog(words, self._syslog)
        return written[-1]

    def records(self, data: bytes | None = None) -> tuple[AuditRecord, ...]:
        """Every line that is a record, in the order of the file; raises `InputError`. See `verify`, too.

        `data` is what `read` answered; read now where None.
        """
        lines = (self.read() if data is None else data).split(b"\n")[:-1]
        return tuple(record for line in lines if (record := parse_record(line)) is not None)

    def verify(self, head: str | None = None, *, data: bytes | None = None) -> AuditVerification:
        """Whether the log is whole, and with `head` (a hash kept elsewhere) whether its end is missing.

        A log that is not there is whole unless a head was kept of it. Raises `InputError`.
        """
        return verify_chain(self.read() if data is None else data, head)

    def read(self) -> bytes:
        """The whole log, bounded; nothing where there is none. Raises `InputError`."""
        try:
            with open_regular(self.path) as (descriptor, status):
                refuse_to_believe(self.path, status)
                # A line that is being written now is not torn.
                flock_within(descriptor, fcntl.LOCK_SH, _LOCK_SECONDS)
                data = read_all(descriptor, limits.AUDIT_BYTES + 1)
        except MissingFile:
            return b""
        if len(data) > limits.AUDIT_BYTES:
            raise LimitExceeded(
                f"is larger than the limit of {human_bytes(limits.AUDIT_BYTES)} for an audit log",
                hint=_ARCHIVE,
                location=Location(str(self.path)),
            )
        return data

    @contextmanager
    def _opened(self) -> Iterator[int]:
        descriptor = os.open(self.path, _FLAGS, 0o600)
        try:
            status = os.fstat(descriptor)
            refuse_shared(status)
            refuse_foreign(self.path, status)
            if not flock_within(descriptor, fcntl.LOCK_EX, _LOCK_SECONDS):
                raise self._refused("another process is writing it", "try again")
            yield descriptor
        finally:
            with suppress(OSError):
                os.close(descriptor)

    def _append(self, descriptor: int, record: AuditRecord) -> list[AuditRecord]:
        last, torn, end = self._tail(descriptor)
        pending = [self._torn_line(record, torn), record] if torn else [record]
        written: list[AuditRecord] = []
        for one in pending:
            last = one.following(last)
            written.append(last)
        lines = [one.line() for one in written]
        if max(map(len, lines)) > limits.AUDIT_RECORD_BYTES:
            raise self._refused("the record is too long", "give a shorter reason")
        data = b"".join(lines)
        if end + len(data) > limits.AUDIT_BYTES:
            raise self._refused("it has reached its largest size", _ARCHIVE)
        if torn:
            os.ftruncate(descriptor, end)
        self._write_durably(descriptor, data, end)
        return written

    def _torn_line(self, record: AuditRecord, torn: bytes) -> AuditRecord:
        """The record that says that, and what, was taken off the end of the log."""
        details = {"bytes": str(len(torn)), "sha256": hashlib.sha256(torn).hexdigest()}
        reason = "writing the last line was cut off; it was taken off"
        return AuditRecord(
            1, record.time, record.operator, TORN_LINE, str(self.path), None, None, reason, details
        )

    def _tail(self, descriptor: int) -> tuple[AuditRecord | None, bytes, int]:
        """The last whole record, what stands behind it, and the size up to there."""
        size = os.fstat(descriptor).st_size
        start = max(0, size - 2 * limits.AUDIT_RECORD_BYTES - 1)
        tail = os.pread(descriptor, size - start, start)
        whole, feed, torn = tail.rpartition(b"\n")
        if len(tail) != size - start or len(torn) > limits.AUDIT_RECORD_BYTES or (start and not feed):
            raise self._damaged()
        if not feed:
            return None, torn, 0
        last = parse_record(whole.rpartition(b"\n")[2])
        if last is None or not last.sound:
            raise self._damaged()
        return last, torn, size - len(torn)

    def _write_durably(self, descriptor: int, data: bytes, end: int) -> None:
        try:
            write_all(descriptor, data)
            os.fsync(descriptor)
            if end == 0:
                self._sync_name()
        except OSError:
            with suppress(OSError):  # what stays is incomplete, or about a change that did not happen
                os.ftruncate(descriptor, end)
            raise

    def _sync_name(self) -> None:
        """A log that was just made must be found after a power cut, too."""
        with open_directory(self.path.parent) as directory:
            refused = sync_directory(directory)
        if refused is not None and not cannot_sync(refused):
            raise refused

    def _refuse_secrets(self, record: AuditRecord) -> None:
        values = {
            "operator": str(record.operator),
            "action": record.action,
            "target": record.target,
            "digest before": record.before,
            "digest after": record.after,
            "reason": record.reason,
            **{f"detail {number}": text for number, text in enumerate(record.details, 1)},
            **{f"value of detail {number}": text for number, text in enumerate(record.details.values(), 1)},
        }
        name = secret_in(values)
        if name is not None:
            raise self._refused(f"the {name} holds what looks like a private key (not shown)", "leave it out")

    def _damaged(self) -> AuditRefused:
        return self._refused(
            "its last record is damaged",
            "trustconsole audit verify says more; move the log aside and keep it, then a new one begins",
        )

    def _refused(self, why: str, hint: str) -> AuditRefused:
        return AuditRefused(
            f"the audit record cannot be written, nothing was changed: {why}",
            hint=hint,
            location=Location(str(self.path)),
        )
