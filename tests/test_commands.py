"""The tables of commands and keys hold together; what is derived from them can rely on it."""

from __future__ import annotations

import subprocess
import sys

from trustconsole.commands import COMMANDS, KEYS, command, hints, keys_of
from trustconsole.commands.tables import key_table


def test_every_command_has_its_own_id_and_words() -> None:
    assert len({row.id for row in COMMANDS}) == len(COMMANDS)
    assert len({row.words for row in COMMANDS}) == len(COMMANDS)
    assert command("trust-root.show").name == "trust-root show"


def test_json_is_offered_by_every_command_but_the_console_itself() -> None:
    without = [
        row.id for row in COMMANDS if all("--json" not in argument.flags for argument in row.arguments)
    ]
    assert without == ["console"]


def test_options_and_positionals_are_told_apart_and_stored_under_readable_names() -> None:
    for row in COMMANDS:
        destinations = [argument.dest for argument in row.arguments]
        assert len(set(destinations)) == len(destinations)
        assert all(name.isidentifier() for name in destinations)
    policy = next(a for a in command("verify").arguments if a.flags == ("--rekor-policy",))
    assert (policy.dest, policy.positional, policy.choices) == (
        "rekor_policy",
        False,
        ("DISABLED", "REQUIRE_SET"),
    )


def test_no_key_means_two_things_in_one_place() -> None:
    everywhere = [press for key in keys_of("global") for press, _ in key.presses]
    for scope in ("panes", "detail"):
        pressed = everywhere + [press for key in keys_of(scope, "trust-root") for press, _ in key.presses]
        assert len(set(pressed)) == len(pressed)


def test_the_hint_line_has_at_most_eight_entries_and_fits_eighty_columns() -> None:
    for scopes in (("global", "panes"), ("global", "detail")):
        row = hints(scopes)
        assert 0 < len(row) <= 8
        assert sum(len(key.shown) + len(key.label) + 3 for key in row) <= 80


def test_the_key_table_has_one_line_for_every_key() -> None:
    lines = key_table().splitlines()
    assert len(lines) == len(KEYS) + 2
    assert all(line.count("|") == 4 for line in lines)


def test_the_tables_load_neither_textual_nor_cryptography() -> None:
    code = (
        "import sys, trustconsole.commands; "
        "print([m for m in ('textual', 'cryptography', 'yaml') if m in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"
