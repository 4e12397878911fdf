"""What a handler is given: the parsed arguments, where to print, and how to open the console."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trustconsole.cli.output import Output

if TYPE_CHECKING:
    from trustconsole.api import Options, Session, Start

OpenConsole = Callable[["Session | None", "Start | None"], int]


@dataclass(frozen=True, slots=True)
class Call:
    """One command as it was typed. `interactive`: a person sits at a terminal that can show the console."""

    values: argparse.Namespace
    output: Output
    open_console: OpenConsole
    interactive: bool

    @property
    def options(self) -> Options:
        """The options that say which files are meant; those a command does not have count as not given."""
        from trustconsole.api import Options

        given = vars(self.values)
        return Options(
            config=given.get("config"),
            settings=given.get("settings"),
            working_directory=given.get("working_directory"),
            modules=tuple(given.get("modules") or ()),
        )


Handler = Callable[[Call], int]
