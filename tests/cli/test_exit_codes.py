"""Exit codes, one row for each case."""

from __future__ import annotations

from itertools import product
from typing import get_args

import pytest

from trustconsole.api import Verdict
from trustconsole.cli import exit_codes
from trustconsole.cli.exit_codes import GOOD, INTERNAL, REFUSED, UNKNOWN, USAGE, Reading


def test_the_codes_are_those_of_the_interface() -> None:
    assert (GOOD, REFUSED, USAGE, INTERNAL, UNKNOWN) == (0, 1, 2, 3, 4)


@pytest.mark.parametrize(
    ("codes", "expected"),
    [((), 0), ((0, 0), 0), ((0, 1), 1), ((1, 4), 4), ((4, 2, 1), 2), ((2, 3, 4), 3), ((0, 4, 0), 4)],
)
def test_the_worst_is_found_in_the_order_3_2_4_1_0(codes: tuple[int, ...], expected: int) -> None:
    assert exit_codes.worst(codes) == expected


DOCUMENTED = {"accept": 0, "unsigned-allowed": 0, "reject": 1, "no-boot": 1, "error": 2, "unknown": 4}
CONTROLLER = {"accept": 0, "unsigned-allowed": 0, "reject": 1, "no-boot": 1, "error": 1, "unknown": 4}


def test_the_tables_know_every_verdict() -> None:
    assert set(DOCUMENTED) == set(CONTROLLER) == set(get_args(Verdict))


@pytest.mark.parametrize(("documented", "controller"), list(product(DOCUMENTED, CONTROLLER)))
def test_only_the_chosen_reading_decides(documented: str, controller: str) -> None:
    def code(reading: Reading) -> int:
        return exit_codes.of_verification(documented, controller, readable=True, reading=reading)

    assert code("documented") == DOCUMENTED[documented]
    assert code("controller") == CONTROLLER[controller]
    assert code("both") == exit_codes.worst((DOCUMENTED[documented], CONTROLLER[controller]))
    assert (code("both") == 0) == (code("documented") == 0 and code("controller") == 0)


@pytest.mark.parametrize("reading", get_args(Reading))
def test_an_artefact_that_cannot_be_read_is_2_in_every_reading(reading: Reading) -> None:
    assert exit_codes.of_verification("error", "unknown", readable=False, reading=reading) == USAGE


def test_where_nothing_was_judged_nothing_is_known() -> None:
    assert exit_codes.of_all(()) == UNKNOWN
    assert exit_codes.of_all((0, 1)) == REFUSED


@pytest.mark.parametrize(
    ("readable", "starts", "documented", "severities", "expected"),
    [
        (True, True, True, [], GOOD),
        (True, True, True, ["warning", "info"], GOOD),
        (True, True, True, ["error"], REFUSED),
        (True, False, True, [], REFUSED),
        (True, True, False, [], REFUSED),
        (True, True, None, [], GOOD),
        (True, None, True, [], UNKNOWN),
        (True, None, True, ["error"], UNKNOWN),
        (False, None, None, [], USAGE),
    ],
)
def test_config_check(
    readable: bool, starts: bool | None, documented: bool | None, severities: list[str], expected: int
) -> None:
    code = exit_codes.of_config(
        readable=readable, starts=starts, documented_starts=documented, severities=severities
    )
    assert code == expected


@pytest.mark.parametrize(
    ("readable", "starts", "expected"),
    [(True, True, GOOD), (True, False, REFUSED), (True, None, UNKNOWN), (False, None, USAGE)],
)
def test_profile(readable: bool, starts: bool | None, expected: int) -> None:
    assert exit_codes.of_profile(readable=readable, starts=starts) == expected


@pytest.mark.parametrize(
    ("readable", "certificates", "keyed", "cosign", "severities", "expected"),
    [
        (True, False, True, True, [], GOOD),
        (True, True, True, True, ["warning"], GOOD),
        (True, True, False, True, [], GOOD),  # KEYED does not matter to a file with certificates
        (True, False, False, True, [], REFUSED),
        (True, True, True, False, [], REFUSED),
        (True, True, True, None, [], UNKNOWN),
        (True, True, True, True, ["info", "error"], REFUSED),
        (False, False, False, False, ["error"], USAGE),
    ],
)
def test_trust_root_show(
    readable: bool,
    certificates: bool,
    keyed: bool | None,
    cosign: bool | None,
    severities: list[str],
    expected: int,
) -> None:
    code = exit_codes.of_trust_root(
        readable=readable, certificates=certificates, keyed=keyed, cosign=cosign, severities=severities
    )
    assert code == expected


@pytest.mark.parametrize(
    ("readable", "allowed", "loses", "uncertain", "modules", "expected"),
    [
        (True, True, False, False, 3, GOOD),
        (True, True, True, False, 3, REFUSED),
        (True, False, False, False, 3, REFUSED),
        (True, True, False, True, 3, UNKNOWN),
        (True, True, True, True, 3, UNKNOWN),
        (True, True, False, False, 0, UNKNOWN),
        (False, False, True, True, 0, USAGE),
    ],
)
def test_impact(
    readable: bool, allowed: bool, loses: bool, uncertain: bool, modules: int, expected: int
) -> None:
    code = exit_codes.of_impact(
        readable=readable, allowed=allowed, loses=loses, uncertain=uncertain, modules=modules
    )
    assert code == expected


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        (["current"], GOOD),
        (["current", "restart"], REFUSED),
        (["current", "unknown"], UNKNOWN),
        (["restart", "unknown"], UNKNOWN),
        ([], UNKNOWN),
    ],
)
def test_restarts(states: list[str], expected: int) -> None:
    assert exit_codes.of_restarts(states) == expected


@pytest.mark.parametrize("clean", [True, False])
def test_release(clean: bool) -> None:
    verdicts = {"accept": GOOD if clean else REFUSED, "reject": REFUSED, "error": USAGE, "unknown": UNKNOWN}
    assert {verdict: exit_codes.of_release(verdict, clean=clean) for verdict in verdicts} == verdicts
