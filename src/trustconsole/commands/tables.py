"""The README's reference tables, made of the rows of this package so that they can never tell otherwise."""

from __future__ import annotations

from trustconsole.commands import COMMANDS, KEYS, PANES, Argument, Command, Scope


def key_table() -> str:
    """Every key in Markdown, with a line feed at the end; so the other two."""
    places: dict[Scope, str] = {pane.id: f"pane {pane.number}" for pane in PANES}
    places |= {"global": "everywhere", "panes": "every pane", "detail": "detail", "help": "help"}
    places |= {"rotation": "rotation", "revocation": "revocation", "audit": "audit log", "release": "release"}
    rows = [f"| `{key.shown}` | {places[key.scope]} | {key.help} |" for key in KEYS]
    return _table(("key", "where", "what it does"), rows)


def command_table() -> str:
    """Every command with what it must be given."""
    rows = [f"| `{_usage(row)}` | {row.summary} |" for row in COMMANDS]
    return _table(("command", "what it does"), rows)


def option_table() -> str:
    """Every option with the commands that take it, in the order in which they first appear."""
    takers: dict[tuple[str, str], list[Command]] = {}
    for row in COMMANDS:
        for argument in row.arguments:
            if not argument.positional:
                takers.setdefault((_option(argument), argument.help), []).append(row)
    rows = [f"| `{option}` | {_takers(found)} | {text} |" for (option, text), found in takers.items()]
    return _table(("option", "of", "meaning"), rows)


def _table(titles: tuple[str, ...], rows: list[str]) -> str:
    return "\n".join([f"| {' | '.join(titles)} |", "|---" * len(titles) + "|", *rows]) + "\n"


def _usage(row: Command) -> str:
    words = ["trustconsole", *row.words]
    words += [_option(one) for one in row.arguments if one.required]
    for argument in row.arguments:
        if argument.positional:
            name = argument.flags[0]
            words.append(
                {"?": f"[{name}]", "*": f"[{name}...]", "+": f"{name}..."}.get(argument.nargs or "", name)
            )
    return " ".join(words)


def _option(argument: Argument) -> str:
    value = "\\|".join(argument.choices) or argument.metavar
    flag = max(argument.flags, key=len)
    return f"{flag} {value}" if value and not argument.switch else flag


def _takers(found: list[Command]) -> str:
    words = [f"`{row.name}`" if row.words else "the console" for row in found]
    missing = [row for row in COMMANDS if row not in found and row.words]
    return "every command" if not missing else ", ".join(words)
