"""Runs a command inside this process, on streams that are real encoders over bytes."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from trustconsole.cli import run


class Terminal(io.TextIOWrapper):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@dataclass(frozen=True)
class Ran:
    """What a command answered."""

    code: int
    out: bytes
    err: bytes

    @property
    def text(self) -> str:
        return self.out.decode()

    @property
    def told(self) -> str:
        return self.err.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def json_lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


def no_console(session: object, start: object) -> int:
    raise AssertionError(f"the console was opened on {session} {start}")


def call(
    *arguments: object,
    encoding: str = "utf-8",
    terminal: bool = False,
    console: Callable[[Any, Any], int] = no_console,
) -> Ran:
    """Run `trustconsole ARGUMENTS`; `terminal` makes all three streams terminals."""
    kind = Terminal if terminal else io.TextIOWrapper
    out, err = io.BytesIO(), io.BytesIO()
    streams = [kind(raw, encoding=encoding) for raw in (io.BytesIO(), out, err)]
    code = run(
        [str(argument) for argument in arguments],
        open_console=console,
        stdin=streams[0],
        stdout=streams[1],
        stderr=streams[2],
    )
    for stream in streams:
        stream.flush()
    return Ran(code, out.getvalue(), err.getvalue())
