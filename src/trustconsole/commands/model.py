"""What a row of the table of commands is; the table itself is `commands.COMMANDS`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Parse = Literal["text", "path", "integer", "time"]
Nargs = Literal["?", "*", "+"]


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a command: a positional where `flags` is a bare name, an option where it has dashes.

    `parse` says what a value is; `switch` takes none. A `repeatable` option collects its values in order, a
    `required` one must be given.
    """

    flags: tuple[str, ...]
    help: str
    metavar: str | None = None
    parse: Parse = "text"
    switch: bool = False
    nargs: Nargs | None = None
    choices: tuple[str, ...] = ()
    default: str | None = None
    repeatable: bool = False
    required: bool = False

    @property
    def positional(self) -> bool:
        """Whether it is given by place, not by name."""
        return not self.flags[0].startswith("-")

    @property
    def dest(self) -> str:
        """The attribute name its value is stored under: the longest flag, in snake case."""
        return max(self.flags, key=len).lstrip("-").replace("-", "_").lower()


@dataclass(frozen=True, slots=True)
class Command:
    """One command. `words` are typed after `trustconsole` (none: the console itself).

    `action` is what the console does under the same name in its palette; None where a command needs
    arguments that only a command line has. `mutates`: changes files of the controller when armed.
    """

    id: str
    words: tuple[str, ...]
    summary: str
    description: str
    arguments: tuple[Argument, ...] = ()
    examples: tuple[str, ...] = ()
    mutates: bool = False
    action: str | None = None
    palette_help: str = ""

    @property
    def name(self) -> str:
        """The words as typed: `trust-root show`."""
        return " ".join(self.words)

    @property
    def palette(self) -> bool:
        """Whether the console's palette offers it."""
        return self.action is not None
