"""The command line's grammar, built from `commands.COMMANDS`: which command is meant, and its arguments.

One parser is built for the command that is meant. Anything wrong becomes a `UsageError` of one sentence with
a hint; argparse itself never prints and never exits.
"""

from __future__ import annotations

import argparse
import difflib
import textwrap
from collections.abc import Sequence
from typing import Final, NoReturn

from trustconsole.cli.values import PARSERS
from trustconsole.commands import COMMANDS, Argument, Command, command
from trustconsole.errors import UsageError

PROGRAM: Final = "trustconsole"
HELP_WIDTH: Final = 78


class HelpAsked(Exception):
    """`--help` was given; the text is the answer."""

    def __init__(self, text: str) -> None:
        super().__init__("help")
        self.text = text


class _Parser(argparse.ArgumentParser):
    """An argparse parser that raises instead of printing."""

    def error(self, message: str) -> NoReturn:
        """Every complaint of argparse, as one sentence."""
        sentence = message.removeprefix("argument ")
        sentence = sentence.replace("the following arguments are required:", "missing:")
        command = self.prog.removeprefix(PROGRAM).strip()
        raise UsageError(f"{command}: {sentence}" if command else sentence, hint=f"{self.prog} --help")


class _Help(argparse.Action):
    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,  # noqa: ARG002  the signature is argparse's
        values: object,  # noqa: ARG002
        option_string: str | None = None,  # noqa: ARG002
    ) -> NoReturn:
        raise HelpAsked(parser.format_help())


def parse(arguments: Sequence[str]) -> tuple[Command, argparse.Namespace]:
    """The command that is meant and its values; raises `UsageError` and `HelpAsked`."""
    row, rest = _meant(arguments)
    parser = _parser_of(row)
    values, unknown = parser.parse_known_intermixed_args(_without_dashes(rest))
    if unknown:
        _refuse(row, unknown)
    return row, values


def _without_dashes(rest: Sequence[str]) -> list[str]:
    """The arguments without `--`; what comes after it is a path, whatever it begins with."""
    if "--" not in rest:
        return list(rest)
    end = list(rest).index("--")
    return [*rest[:end], *(f"./{one}" if one.startswith("-") else one for one in rest[end + 1 :])]


def _meant(arguments: Sequence[str]) -> tuple[Command, Sequence[str]]:
    """The command with the longest words that `arguments` begin with, and what comes after them."""
    words = tuple(arguments[:2])
    for length in (2, 1):
        for row in COMMANDS:
            if row.words and row.words == words[:length]:
                return row, arguments[len(row.words) :]
    if not words or words[0].startswith("-"):
        return command("console"), arguments
    family = [row for row in COMMANDS if row.words and row.words[0] == words[0]]
    if family:
        _refuse_family(words, family)
    names = sorted({row.words[0] for row in COMMANDS if row.words})
    near = difflib.get_close_matches(words[0], names, 1)
    raise UsageError(
        f"there is no command {words[0]!r}",
        hint=f"did you mean {PROGRAM} {near[0]}" if near else f"{PROGRAM} --help lists the commands",
    )


def _refuse_family(words: tuple[str, ...], family: list[Command]) -> NoReturn:
    names = [row.words[1] for row in family]
    if len(words) > 1 and words[1] in ("-h", "--help"):
        raise HelpAsked("".join(f"{PROGRAM} {row.name:<18} {row.summary}\n" for row in family))
    if len(words) == 1 or words[1].startswith("-"):
        raise UsageError(
            f"{words[0]} goes with one of: {', '.join(names)}", hint=f"{PROGRAM} {family[0].name}"
        )
    near = difflib.get_close_matches(words[1], names, 1) or names
    raise UsageError(
        f"there is no command {words[0] + ' ' + words[1]!r}",
        hint=f"did you mean {PROGRAM} {words[0]} {near[0]}",
    )


def _refuse(row: Command, unknown: Sequence[str]) -> NoReturn:
    """What is left over: a misspelt option, an option before its command, or one argument too many."""
    name = f"{PROGRAM} {row.name}".rstrip()
    option = next((one.partition("=")[0] for one in unknown if one.startswith("-")), None)
    if option is not None:
        flags = [flag for argument in row.arguments for flag in argument.flags if flag.startswith("-")]
        near = difflib.get_close_matches(option, [*flags, "--help"], 1)
        hint = f"did you mean {near[0]}" if near else f"{name} --help"
        raise UsageError(f"{row.name or PROGRAM} has no option {option}", hint=hint)
    if not row.words and any(unknown[0] == other.words[0] for other in COMMANDS if other.words):
        raise UsageError(
            "options come after the command's name", hint=f"{PROGRAM} {unknown[0]} … (see --help)"
        )
    raise UsageError(
        f"{row.name or PROGRAM} takes no further argument: {unknown[0]!r}", hint=f"{name} --help"
    )


def _parser_of(row: Command) -> _Parser:
    parser = _Parser(
        prog=f"{PROGRAM} {row.name}".rstrip(),
        usage=None if row.words else f"{PROGRAM} [OPTION ...]\n       {PROGRAM} COMMAND [ARGUMENT ...]",
        description=textwrap.fill(row.description, HELP_WIDTH),
        epilog=_epilog(row),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        add_help=False,
        allow_abbrev=False,
    )
    parser.color = False  # type: ignore[attr-defined, unused-ignore]  # from Python 3.14 on, help has colours
    for argument in row.arguments:
        _add(parser, argument)
    parser.add_argument("-h", "--help", nargs=0, action=_Help, help="Print this help and leave.")
    return parser


def _add(parser: argparse.ArgumentParser, argument: Argument) -> None:
    text = argument.help.replace("%", "%%")
    if argument.switch:
        parser.add_argument(*argument.flags, dest=argument.dest, action="store_true", help=text)
        return
    keywords: dict[str, object] = {"help": text, "type": PARSERS[argument.parse]}
    if argument.metavar:
        keywords["metavar"] = argument.metavar
    if argument.choices:
        keywords["choices"] = argument.choices
    if argument.nargs:
        keywords["nargs"] = argument.nargs
    if argument.default is not None:
        keywords["default"] = argument.default
    if argument.required:
        keywords["required"] = True
    if argument.positional:
        # The name is where argparse stores a positional's value.
        parser.add_argument(argument.dest, **{"metavar": argument.flags[0], **keywords})  # type: ignore[arg-type]
        return
    action = {"action": "append"} if argument.repeatable else {}
    parser.add_argument(*argument.flags, dest=argument.dest, **action, **keywords)  # type: ignore[arg-type]


def _epilog(row: Command) -> str:
    parts = []
    if not row.words:
        width = max(len(other.name) for other in COMMANDS)
        parts.append("commands:")
        parts += [f"  {other.name:<{width}}  {other.summary}" for other in COMMANDS if other.words]
        parts.append("")
    parts += ["examples:", *(f"  {example}" for example in row.examples)]
    if row.words:
        parts += ["", "exit codes: 0 good, 1 refused or error finding, 2 usage or unreadable input,"]
        parts.append("            3 internal, 4 unknown")
    return "\n".join(parts)
