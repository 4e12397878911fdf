"""What is typed wrong is answered with one sentence, a hint, exit code 2 and nothing on standard output."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.cli.running import Ran, call

from trustconsole.cli import values
from trustconsole.cli.handlers import HANDLERS, handler_of
from trustconsole.cli.parser import HelpAsked, parse
from trustconsole.commands import COMMANDS, Command
from trustconsole.errors import UsageError


def _refused(ran: Ran) -> str:
    assert ran.code == 2
    assert ran.out == b""
    first = ran.told.splitlines()[0]
    assert first.startswith("trustconsole: ")
    return ran.told


def test_every_command_has_a_handler_and_every_handler_a_command() -> None:
    assert set(HANDLERS) == {row.id for row in COMMANDS}
    assert [row.id for row in COMMANDS if not callable(handler_of(row.id))] == []


@pytest.mark.parametrize("command", COMMANDS, ids=lambda row: str(row.id))
def test_every_command_has_help_with_its_arguments_and_examples(command: Command) -> None:
    for asked in ("--help", "-h"):
        ran = call(*command.words, asked)
        assert (ran.code, ran.err) == (0, b"")
        for argument in command.arguments:
            assert argument.flags[0] in ran.text
        assert all(example in ran.text for example in command.examples)
        assert max(map(len, ran.text.splitlines())) <= 100


def test_help_of_the_whole_lists_every_command() -> None:
    shown = call("--help").text
    assert all(f"  {row.name} " in shown and row.summary in shown for row in COMMANDS if row.words)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("verfy", "trustconsole verify"), ("restart", "trustconsole restarts"), ("inspekt", "inspect")],
)
def test_an_unknown_command_is_answered_with_the_nearest(typed: str, meant: str) -> None:
    assert meant in _refused(call(typed))


def test_a_command_like_none_is_answered_with_where_the_list_is() -> None:
    assert "--help lists the commands" in _refused(call("zzzzzz"))


@pytest.mark.parametrize(
    ("typed", "answers"),
    [
        (("trust-root",), ("show, diff",)),
        (("trust-root", "shwo"), ("'trust-root shwo'", "trustconsole trust-root show")),
        (("config", "--json"), ("check",)),
        (("inspect",), ("missing: F",)),
        (("inspect", "a", "b"), ("no further argument: 'b'",)),
        (("verify", "--trustroot", "f"), ("no option --trustroot", "--trust-root")),
        (("verify", "--mode", "keyed"), ("--mode", "KEYED")),
        (("verify", "--jobs", "0"), ("'0'", "1 or more")),
        (("verify", "--at", "yesterday"), ("'yesterday'", "RFC 3339")),
        (("verify", "--at", "2026-02-11T09:30:00"), ("no time zone",)),
        (("verify", "--at", "2026-02-30T09:30:00Z"), ("not a time that exists",)),
        (("verify", "--at", "0001-01-01T00:00:00+23:00"), ("not a time that exists",)),
        (("verify", ""), ("empty",)),
        (("inspect", "a\0b"), ("NUL",)),
        (("verify", "--trust-root"), ("--trust-root",)),
        (("--config", "f", "verify", "x"), ("after the command's name",)),
        (("--nonsense",), ("no option --nonsense",)),
        (("verify", "x", "y", "--sidecar", "s", "--trust-root", "t"), ("one artefact",)),
    ],
)
def test_wrong_arguments_say_what_is_wrong(typed: tuple[str, ...], answers: tuple[str, ...]) -> None:
    told = _refused(call(*typed))
    assert all(answer in told for answer in answers), told


def test_without_any_policy_verify_says_what_to_give() -> None:
    told = _refused(call("verify", "x.jar"))
    assert "trust root" in told
    assert "--trust-root F" in told


@pytest.mark.parametrize("words", [("config", "check"), ("profile",)])
def test_without_a_configuration_the_hint_names_the_option(words: tuple[str, ...]) -> None:
    assert "--config F" in _refused(call(*words))


def test_the_console_without_a_terminal_names_its_headless_twins() -> None:
    assert "trustconsole verify" in _refused(call())


def test_options_and_artefacts_may_be_mixed() -> None:
    _, given = parse(["verify", "a.jar", "--json", "b.jar", "--modules", "m", "--modules", "n", "c.jar"])
    assert [str(path) for path in given.artifact] == ["a.jar", "b.jar", "c.jar"]
    assert [str(path) for path in given.modules] == ["m", "n"]
    assert given.reading == "documented"


def test_everything_after_two_dashes_is_an_artefact() -> None:
    _, given = parse(["verify", "--trust-root", "t", "--", "--odd.jar"])
    assert [str(path) for path in given.artifact] == ["--odd.jar"]


@given(
    st.datetimes(min_value=datetime(1, 1, 3), max_value=datetime(9999, 12, 29)),  # noqa: DTZ001
    st.integers(-23 * 60, 23 * 60),
)
def test_a_time_means_the_same_instant_in_every_zone(moment: datetime, minutes: int) -> None:
    aware = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    assert values.time(aware.isoformat()) == aware
    assert values.time(aware.isoformat()).tzinfo is UTC


@pytest.mark.parametrize(
    "text", ["2026-02-11T09:30:00Z", "2026-02-11t09:30:00z", "2026-02-11 09:30:00+00:00"]
)
def test_the_spellings_of_rfc_3339_are_read(text: str) -> None:
    assert values.time(text) == datetime(2026, 2, 11, 9, 30, tzinfo=UTC)


def test_more_digits_than_python_keeps_are_cut() -> None:
    assert values.time("2026-02-11T09:30:00.123456789Z").microsecond == 123456


@given(st.lists(st.text(max_size=12), max_size=4))
def test_no_arguments_whatever_break_the_parser(arguments: list[str]) -> None:
    with suppress(UsageError, HelpAsked):
        row, given_values = parse(arguments)
        assert row in COMMANDS
        assert vars(given_values)


def test_every_argument_given_by_place_is_a_path_a_digest_or_a_fingerprint() -> None:
    by_place = [one for row in COMMANDS for one in row.arguments if one.positional]
    # A digest begins with sha256: and a path that does is written with ./, which a `Path` would forget; the
    # reference of an image may be a path, or none at all.
    assert [one.flags[0] for one in by_place if one.parse != "path"] == ["FILE_OR_DIGEST", "FP", "REF"]
