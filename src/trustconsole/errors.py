"""Every error that leaves a room, in one hierarchy.

    TrustConsoleError
    ├── UsageError              wrong arguments; nothing was read
    ├── InputError              what was asked for cannot be read or understood
    │   ├── MissingFile         there is nothing at that path
    │   ├── SpecialFile         a directory, FIFO, socket, device or looping link where a file is needed
    │   ├── UnreadableFile      the operating system refused (permissions, I/O)
    │   ├── LimitExceeded       larger or deeper than `limits.py` allows
    │   └── MalformedInput      read in full, but not what its format demands
    ├── SettingsError           the console's own settings file is wrong
    ├── ReadOnlyRefused         a change was asked for in a read-only session
    ├── GateRefused             a step's gate does not hold, or a change was not confirmed
    ├── Indeterminate           what a file holds after a change is not known
    └── WriteError              a change was not made, and its target is as it was
        ├── WriteRefused        a link without consent, a bind mount, an immutable file, lost rights
        ├── ConcurrentChange    the file is not the one that was reviewed
        ├── Locked              somebody else is changing it
        └── AuditRefused        the change could not be recorded first

Each carries `message` (what), `hint` (what to do) and `location` (where: path, line, offset). Messages
may quote untrusted bytes; they go through `text.visible` when they are shown, not here.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Location:
    """Where something is: a path, and inside it a 1-based line and column or a 0-based byte offset."""

    path: str
    line: int | None = None
    column: int | None = None
    offset: int | None = None

    def __str__(self) -> str:
        if self.offset is not None:
            return f"{self.path}, byte {self.offset}"
        parts = [self.path, *(str(part) for part in (self.line, self.column) if part is not None)]
        return ":".join(parts)


class TrustConsoleError(Exception):
    """Base of all errors that an operator may see; never raised itself."""

    def __init__(self, message: str, *, hint: str = "", location: Location | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.location = location

    def __str__(self) -> str:
        """One sentence with the place where there is one; unescaped."""
        return f"{self.location}: {self.message}" if self.location else self.message


class UsageError(TrustConsoleError):
    """The arguments do not fit together; exit code 2."""


class InputError(TrustConsoleError):
    """Something that was asked for cannot be read or understood; exit code 2."""


class MissingFile(InputError):
    """Nothing is there, or a link that dangles."""


class SpecialFile(InputError):
    """A directory, FIFO, socket, device or looping link where a regular file is needed."""


class UnreadableFile(InputError):
    """The operating system refused to read it."""


class LimitExceeded(InputError):
    """Larger, longer or deeper than a bound in `limits.py`; the message names the bound."""


class MalformedInput(InputError):
    """Read in full, but it is not what its format demands."""


class SettingsError(TrustConsoleError):
    """The settings file is wrong; exit code 2."""


class ReadOnlyRefused(TrustConsoleError):
    """A change was asked for in a read-only session; exit code 1."""


class GateRefused(TrustConsoleError):
    """A step must not be carried out as things stand; nothing was changed; exit code 1.

    `overridable`: the same with a written reason would pass.
    """

    def __init__(
        self, message: str, *, hint: str = "", location: Location | None = None, overridable: bool = False
    ) -> None:
        super().__init__(message, hint=hint, location=location)
        self.overridable = overridable


class Indeterminate(TrustConsoleError):
    """The disk shows neither the old nor the new content, or nothing at all; exit code 4."""


class WriteError(TrustConsoleError):
    """A change was not made: its target is provably as it was; exit code 1."""


class WriteRefused(WriteError):
    """The place, the operating system or the file's own rights stand against the change."""


class ConcurrentChange(WriteError):
    """The file is not what was reviewed: its SHA-256 was to be `expected` and is `found`; None: no file."""

    def __init__(
        self,
        message: str,
        *,
        expected: str | None,
        found: str | None,
        hint: str = "",
        location: Location | None = None,
    ) -> None:
        super().__init__(message, hint=hint, location=location)
        self.expected = expected
        self.found = found


class Locked(WriteError):
    """Another process holds the lock; `holder` is what it wrote about itself, untrusted text."""

    def __init__(
        self, message: str, *, holder: str, hint: str = "", location: Location | None = None
    ) -> None:
        super().__init__(message, hint=hint, location=location)
        self.holder = holder


class AuditRefused(WriteError):
    """The record of a change could not be made durable, so that the change does not happen."""
