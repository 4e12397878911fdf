"""Reaching another host by the operator's own words: `via` put before a command, no agent.

A prefix hands its arguments on as they are (`sudo`, `docker exec -i c`) or joins them for a shell of the
other side (`ssh host`), and its name does not tell which. So scripts go in on standard input of a bare `sh`,
which means the same both ways, whatever login shell stands in between. A script is one function, called in
its last line: where the connection breaks while it is sent, nothing of it is run. Of the shell only POSIX is
assumed (dash, bash and busybox are tested).
"""

from __future__ import annotations

import os
import re
import secrets
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files

from trustconsole import limits
from trustconsole.nodes.commands import CommandResult, run_command
from trustconsole.text import shorten

_PLAIN = re.compile(r"[A-Za-z0-9_@%+:,./-][A-Za-z0-9_@%+=:,./-]*")
_REASON_CHARS = 200
_SSH_FAILED = 255
_NOT_FOUND = 127

Shell = Callable[[Sequence[str], bytes], CommandResult]
"""Runs an argument list with bytes on its standard input."""


def run_shell(argv: Sequence[str], script: bytes) -> CommandResult:
    """`argv` fed with a script, within the limits of one look at a node."""
    return run_command(argv, stdin=script, most_bytes=limits.REMOTE_OUTPUT_BYTES)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a script said: pairs of a key and the untrusted rest of its line, in order.

    `problem` says why there is no answer, or not a whole one; `begun` whether the script ran at all.
    """

    facts: tuple[tuple[str, str], ...] = ()
    problem: str | None = None
    begun: bool = False

    def get(self, key: str) -> str | None:
        """The first value under `key`."""
        return next((value for name, value in self.facts if name == key), None)

    def all(self, key: str) -> tuple[str, ...]:
        """Every value under `key`, in order."""
        return tuple(value for name, value in self.facts if name == key)


def script(name: str) -> str:
    """The text of `NAME.sh` of this room."""
    return files(__package__).joinpath(f"{name}.sh").read_text(encoding="ascii")


def ask(via: Sequence[str], body: str, shell: Shell = run_shell) -> Answer:
    """Run `body` (POSIX sh, statements) behind `via`; it answers by `say KEY TEXT`.

    Never raises over the other side. Lines that a login prints of its own are not taken for answers.
    """
    mark = secrets.token_hex(8)
    text = (
        f'say() {{ printf \'%s %s %s\\n\' {mark} "$1" "$2"; }}\n'
        f"main() {{\necho\nsay begin ''\n{body}\nsay end ''\n}}\n"
        "LC_ALL=C; export LC_ALL\nmain </dev/null\n"
    )
    result = shell((*via, "sh"), os.fsencode(text))
    facts = []
    for line in result.output.split("\n"):
        found, _, rest = line.partition(" ")
        if found == mark:
            key, _, value = rest.partition(" ")
            facts.append((key, value.rstrip("\r")))
    begun = bool(facts) and facts[0][0] == "begin"
    if begun and facts[-1][0] == "end":
        return Answer(tuple(facts[1:-1]), None, begun)
    return Answer(tuple(facts[1:]), _why_not(via, result, begun=begun), begun)


def _why_not(via: Sequence[str], result: CommandResult, *, begun: bool) -> str:
    """Why there is no whole answer: in one sentence, with what to do."""
    name = shorten(" ".join(via), 60)
    said = last_line(result.errors)
    if result.problem is not None:
        return f"{name} gave no answer: {result.problem}{_hint(via)}"
    if begun:
        return f"{name} broke off in the middle of its answer{f': {said}' if said else ''}"
    if result.status == 0:
        return f"{name} passes no standard input on (docker and kubectl need -i), or runs no sh"
    if result.status == _NOT_FOUND:
        return f"{name} finds no sh: {said or 'command not found'}"
    ending = said or f"exit code {result.status}"
    return f"{name} cannot be reached: {ending}{_hint(via) if result.status == _SSH_FAILED else ''}"


def _hint(via: Sequence[str]) -> str:
    if not is_ssh(via):
        return ""
    return f" (try: {shlex.join((via[0], '-o', 'BatchMode=yes', *via[1:], 'true'))})"


def last_line(text: str) -> str:
    """The last line that says something: ssh and sudo put the reason there."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return shorten(lines[-1], _REASON_CHARS) if lines else ""


def is_ssh(via: Sequence[str]) -> bool:
    """Whether the prefix is OpenSSH itself: for hints and shown commands; what is run never asks."""
    return bool(via) and os.path.basename(via[0]) == "ssh"  # noqa: PTH119 - a word, not a path of ours


def command_behind(via: Sequence[str], command: Sequence[str]) -> tuple[tuple[str, ...], bytes]:
    """The argument list and the standard input that run `command` behind `via`.

    Plain words mean the same to every prefix and go as arguments, exactly as they are shown; others, behind
    a `via`, go through `sh` on standard input.
    """
    if not via or all(map(_PLAIN.fullmatch, command)):
        return (*via, *command), b""
    text = f"main() {{\nexec {shlex.join(command)}\n}}\nmain </dev/null\n"
    return (*via, "sh"), os.fsencode(text)


def shown_command(via: Sequence[str], command: Sequence[str]) -> tuple[str, ...]:
    """The argument list that an operator can paste to run `command` behind `via`.

    ssh joins its arguments for a shell of the other side, so words that are not plain are quoted once more.
    """
    if not is_ssh(via):
        return (*via, *command)
    return (*via, *(word if _PLAIN.fullmatch(word) else shlex.quote(word) for word in command))
