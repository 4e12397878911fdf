"""Changing one trust file: the only place where the console writes a file of the controller.

In this order, each durable before the next: audit record, backup, journal entry, the file itself. What became
of the file is read from the disk and never inferred; a session that is read-only is refused here, whatever
the screen or command that asks.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from trustconsole import limits
from trustconsole.errors import (
    ConcurrentChange,
    Indeterminate,
    InputError,
    Location,
    MalformedInput,
    ReadOnlyRefused,
    TrustConsoleError,
    WriteRefused,
)
from trustconsole.records import (
    AuditLog,
    Backups,
    Change,
    ChangeAction,
    ChangeState,
    Journal,
    Operator,
    load_journal,
    save_journal,
)
from trustconsole.storage import (
    FileMetadata,
    Replacement,
    lock_beside,
    read_bounded,
    replace_file,
    sweep_leftovers,
)
from trustconsole.text import rfc3339


@dataclass(frozen=True, slots=True)
class Wanted:
    """A change that was decided: the bytes, the digest of the file it was decided on, and why.

    `check` re-reads what was written and raises `InputError` where it is not what was meant. `metadata` is
    set for an undo, which restores mode, owner, lists and times as well.
    """

    action: ChangeAction
    path: Path
    data: bytes = field(repr=False)
    reviewed: str
    check: Callable[[bytes], None]
    reason: str = ""
    details: Mapping[str, str] = field(default_factory=dict)
    undoes: str | None = None
    metadata: FileMetadata | None = None
    follow_link: bool = False


class Changes:
    """The records of one state directory, and the way to change a file with them."""

    def __init__(
        self,
        state: Path,
        *,
        read_only: bool,
        clock: Callable[[], datetime],
        operator: Operator | None = None,
    ) -> None:
        self.state = state
        self.read_only = read_only
        self._clock = clock
        self._operator = operator or Operator.current()
        self.backups = Backups(state)
        self.audit = AuditLog(state, operator=self._operator, clock=clock)

    def arm(self) -> None:
        """Raise `ReadOnlyRefused` where nothing may be changed."""
        if self.read_only:
            raise ReadOnlyRefused(
                "this session is read-only, so nothing was changed",
                hint="give --apply to the command, or --write to the console",
            )

    def journal(self) -> Journal:
        """The journal, with what an interrupted change came to."""
        return load_journal(self.state).reconciled(digest_now)

    def save(self, journal: Journal) -> None:
        """Replace the journal; raises `WriteError`."""
        self.arm()
        save_journal(self.state, journal)

    def write(self, wanted: Wanted) -> Replacement:
        """Carry `wanted` out: when this returns, the file holds it.

        Raises `WriteError` or `InputError` while nothing is changed, `Indeterminate` where the disk shows
        that it is neither as before nor as wanted, or cannot be read.
        """
        self.arm()
        with lock_beside(wanted.path, holder=str(self._operator)):
            sweep_leftovers(wanted.path)
            self._close_interrupted(str(wanted.path))
            replacement = self._write(wanted)
        if replacement.outcome == "new":
            return replacement
        found = (replacement.found or "cannot be read")[:14]
        kind = WriteRefused if replacement.outcome == "old" else Indeterminate
        state = (
            "holds what it held before" if replacement.outcome == "old" else f"is in no known state ({found})"
        )
        raise kind(
            f"{state}: {replacement.problem or 'the change did not reach it'}",
            hint="look at the file, then decide again",
            location=Location(str(replacement.path)),
        )

    def _write(self, wanted: Wanted) -> Replacement:
        current = read_bounded(wanted.path, limits.PEM_BYTES, what="PEM file")
        if current.sha256 != wanted.reviewed:
            raise ConcurrentChange(
                f"was changed by somebody else: it was {wanted.reviewed[:8]} when this was decided and is "
                f"{current.sha256[:8]} now",
                expected=wanted.reviewed,
                found=current.sha256,
                hint="look at it again, then decide again; nothing was written",
                location=Location(str(wanted.path)),
            )
        change = self._record(wanted, current.data, current.sha256)
        try:
            replacement = replace_file(
                wanted.path,
                wanted.data,
                reviewed=wanted.reviewed,
                check=wanted.check,
                follow_link=wanted.follow_link,
                metadata=wanted.metadata,
            )
        except TrustConsoleError as error:
            self._settle(change, "void", str(error))
            raise
        if replacement.outcome == "new":
            self._settle(change, "applied", replacement.problem or "")
        elif replacement.outcome == "old":
            self._settle(change, "void", replacement.problem or "")
        else:
            self._tell(change.target, change.before, f"indeterminate: {replacement.problem}")
        return replacement

    def _record(self, wanted: Wanted, data: bytes, before: str) -> Change:
        """Audit, backup and journal, before the file is touched."""
        after = hashlib.sha256(wanted.data).hexdigest()
        self.audit.append(
            f"trust.{wanted.action}",
            target=str(wanted.path),
            before=before,
            after=after,
            reason=wanted.reason,
            details=dict(wanted.details),
        )
        try:
            backup = self.backups.keep(wanted.path, data, FileMetadata.of(wanted.path))
            change = Change(
                secrets.token_hex(8),
                wanted.action,
                str(wanted.path),
                before,
                after,
                backup.id,
                rfc3339(self._clock()),
                undoes=wanted.undoes,
            )
            save_journal(self.state, self.journal().with_change(change))
        except TrustConsoleError as error:
            self._tell(str(wanted.path), before, f"void: {error}")
            raise
        return change

    def _close_interrupted(self, path: str) -> None:
        """Say in the audit log what became of the last change of `path`, if a process was killed over it."""
        journal = load_journal(self.state)
        with suppress(TrustConsoleError):
            last = next(
                (
                    record
                    for record in reversed(self.audit.records())
                    if record.target == path and record.action.startswith("trust.")
                ),
                None,
            )
            if last is None or last.action == "trust.outcome":
                return
            settled = any(
                (change.target, change.before, change.after) == (path, last.before, last.after)
                and change.state != "intended"
                for change in journal.changes
            )
            if not settled:
                outcome = "applied" if digest_now(path) == last.after else "void"
                self._tell(path, last.before, f"{outcome}: found after an interruption")

    def _settle(self, change: Change, state: ChangeState, said: str) -> None:
        """Write down what it came to. Where that fails, the next look finds out from the file."""
        journal = load_journal(self.state)
        if any(one.id == change.id for one in journal.changes):
            with suppress(TrustConsoleError):
                save_journal(self.state, journal.settled(change.id, state))
        if state != "applied" or said:
            self._tell(change.target, change.before, said or state)

    def _tell(self, target: str, before: str | None, words: str) -> None:
        """A second audit record, where the change did not simply succeed."""
        with suppress(TrustConsoleError):
            self.audit.append(
                "trust.outcome",
                target=target,
                before=before,
                after=digest_now(target),
                reason=words[:500],
            )


def digest_now(path: str) -> str | None:
    """The digest of a PEM file on disk, None where it cannot be read."""
    try:
        return read_bounded(Path(path), limits.PEM_BYTES, what="PEM file").sha256
    except InputError:
        return None


def same_bytes(data: bytes, wanted: bytes, path: Path) -> None:
    """The writer's check: what was written is byte for byte what was judged."""
    if data != wanted:
        raise MalformedInput(
            "does not read back as it was written", hint="check the disk", location=Location(str(path))
        )
