"""From arguments to an exit code: the one place where errors become words and a code.

Nothing but the standard library and the tables is imported until a command needs more.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import TextIO

from trustconsole import __version__
from trustconsole.cli import exit_codes
from trustconsole.cli.call import Call, OpenConsole
from trustconsole.cli.output import Output, ReaderGone, Stream, WriteFailed
from trustconsole.cli.parser import HelpAsked, parse
from trustconsole.errors import TrustConsoleError
from trustconsole.text import visible_lines


def run(
    arguments: Sequence[str],
    *,
    open_console: OpenConsole,
    stdin: TextIO | None = None,
    stdout: TextIO | None = None,
    stderr: TextIO | None = None,
) -> int:
    """Run the command that `arguments` name; the exit code. The streams are the process's unless given."""
    # Python has None for a stream that was closed before it started.
    stdin, stdout, stderr = (
        given or own or io.StringIO()
        for given, own in ((stdin, sys.stdin), (stdout, sys.stdout), (stderr, sys.stderr))
    )
    output = Output(Stream.of(stdout), Stream.of(stderr))
    try:
        code = _guarded(arguments, output, open_console, stdin)
        output.out.flush()
        output.err.flush()
    except ReaderGone:
        # The reader has gone. What is still buffered would raise once more at exit: it goes nowhere.
        for stream in (stdout, stderr):
            _silence(stream)
        return exit_codes.BROKEN_PIPE
    except WriteFailed as error:
        _silence(stdout)
        with suppress(WriteFailed):
            output.note(f"standard output cannot be written: {error}")
        return exit_codes.INTERNAL
    return code


def _guarded(arguments: Sequence[str], output: Output, open_console: OpenConsole, stdin: TextIO) -> int:
    try:
        return _dispatch(arguments, output, open_console, stdin)
    except HelpAsked as asked:
        output.out.write(visible_lines(asked.text))
        return exit_codes.GOOD
    except TrustConsoleError as error:
        output.note(str(error), hint=error.hint)
        return exit_codes.of_error(error)
    except KeyboardInterrupt:
        output.note("interrupted")
        return exit_codes.INTERRUPTED
    except WriteFailed:
        raise
    except Exception as error:  # noqa: BLE001  the top-level handler: a mistake of ours becomes one sentence
        name = type(error).__name__
        output.note(
            f"stopped because of a mistake of its own ({name})",
            hint="report the command and this line; trustconsole info prints the versions",
        )
        return exit_codes.INTERNAL


def _dispatch(arguments: Sequence[str], output: Output, open_console: OpenConsole, stdin: TextIO) -> int:
    row, values = parse(arguments)
    if vars(values).get("version"):
        output.out.line(output.out.text(f"trustconsole {__version__}"))
        return exit_codes.GOOD
    from trustconsole.cli.handlers import handler_of

    output.json = bool(vars(values).get("json"))
    interactive = stdin.isatty() and output.out.file.isatty() and os.environ.get("TERM") != "dumb"
    return handler_of(row.id)(Call(values, output, open_console, interactive))


def _silence(stream: TextIO) -> None:
    try:
        descriptor = stream.fileno()
    except (OSError, ValueError):
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)
