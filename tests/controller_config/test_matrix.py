"""The matrix profile x required x allowUnsignedDevelopment x trustRoot, in both readings, written out."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from trustconsole.controller_config.report import ConfigReport

Check = Callable[..., ConfigReport]

# required, allowUnsignedDevelopment, trustRoot | verifier, starts | documented outcome, documented starts
DEVELOPMENT = """
unset omitted set   | NOOP        yes | unsigned-allowed yes
unset omitted blank | NOOP        yes | unsigned-allowed yes
unset true    set   | NOOP        yes | unsigned-allowed yes
unset true    blank | NOOP        yes | unsigned-allowed yes
unset false   set   | NOOP        yes | unsigned-allowed yes
unset false   blank | NOOP        yes | unsigned-allowed yes
false omitted set   | NOOP        yes | unsigned-allowed yes
false omitted blank | NOOP        yes | unsigned-allowed yes
false true    set   | NOOP        yes | unsigned-allowed yes
false true    blank | NOOP        yes | unsigned-allowed yes
false false   set   | NOOP        yes | unsigned-allowed yes
false false   blank | NOOP        yes | unsigned-allowed yes
true  omitted set   | KEYED       yes | unsigned-allowed yes
true  omitted blank | FAIL_CLOSED no  | unsigned-allowed yes
true  true    set   | NOOP        yes | unsigned-allowed yes
true  true    blank | NOOP        no  | unsigned-allowed yes
true  false   set   | KEYED       yes | fail-closed      yes
true  false   blank | FAIL_CLOSED no  | fail-closed      yes
"""
PRODUCTION = """
unset omitted set   | KEYED       yes | fail-closed             yes
unset omitted blank | FAIL_CLOSED no  | fail-closed             no
unset true    set   | KEYED       yes | fail-closed             yes
unset true    blank | FAIL_CLOSED no  | fail-closed             no
unset false   set   | KEYED       yes | fail-closed             yes
unset false   blank | FAIL_CLOSED no  | fail-closed             no
false omitted set   | NOOP        yes | unsigned-allowed-warned yes
false omitted blank | NOOP        yes | unsigned-allowed-warned yes
false true    set   | NOOP        yes | unsigned-allowed-warned yes
false true    blank | NOOP        yes | unsigned-allowed-warned yes
false false   set   | NOOP        yes | unsigned-allowed-warned yes
false false   blank | NOOP        yes | unsigned-allowed-warned yes
true  omitted set   | KEYED       yes | fail-closed             yes
true  omitted blank | FAIL_CLOSED no  | fail-closed             no
true  true    set   | KEYED       yes | fail-closed             yes
true  true    blank | FAIL_CLOSED no  | fail-closed             no
true  false   set   | KEYED       yes | fail-closed             yes
true  false   blank | FAIL_CLOSED no  | fail-closed             no
"""


def _rows(profile: str, table: str) -> list[tuple[str, ...]]:
    return [(profile, *line.replace("|", " ").split()) for line in table.strip().splitlines()]


ROWS = _rows("development", DEVELOPMENT) + _rows("production", PRODUCTION)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: "-".join(row[:4]))
def test_the_matrix_in_both_readings(check: Check, row: tuple[str, ...]) -> None:
    profile, required, allow, root, verifier, starts, outcome, documented_starts = row
    lines = [f"runtime: {{profile: {profile}}}", "modules:", "  signing:", "    mode: KEYED"]
    lines += [] if required == "unset" else [f"    required: {required}"]
    lines += [] if allow == "omitted" else [f"    allowUnsignedDevelopment: {allow}"]
    lines += [f"    trustRoot: {'keys.pem' if root == 'set' else repr(' ')}"]
    report = check("\n".join(lines) + "\n")
    assert report.effective is not None
    assert report.documented is not None
    assert (report.effective.verifier, report.controller.starts) == (verifier, starts == "yes")
    assert report.documented.cell == f"{profile}/{required}"
    assert (report.documented.outcome, report.documented.starts) == (outcome, documented_starts == "yes")


@pytest.mark.parametrize("text", ["", "modules:\n", "modules: {signing: }\n"])
def test_without_a_signing_block_unsigned_development_is_allowed_by_default(check: Check, text: str) -> None:
    report = check(text or "runtime:\n")
    assert report.effective is not None
    assert report.effective.allow_unsigned_development.value is True


def test_a_signing_block_without_the_key_disallows_unsigned_development(check: Check) -> None:
    report = check("modules: {signing: {}}\n")
    assert report.effective is not None
    assert report.effective.allow_unsigned_development.value is False
    assert report.effective.allow_unsigned_development.source == "default"


@pytest.mark.parametrize(
    ("mode", "policy", "key", "errors"),
    [
        ("KEYED", "REQUIRE_SET", "rekor.pub", 1),
        ("KEYED", "REQUIRE_SET", "''", 2),
        ("COSIGN_BUNDLE", "REQUIRE_SET", "''", 1),
        ("COSIGN_BUNDLE", "REQUIRE_SET", "rekor.pub", 0),
        ("KEYED", "DISABLED", "''", 0),
    ],
)
def test_the_rekor_rules_hold_in_both_readings_whatever_the_profile(
    check: Check, mode: str, policy: str, key: str, errors: int
) -> None:
    signing = f"required: false, mode: {mode}, rekor: {{policy: {policy}, publicKey: {key}}}"
    report = check(f"modules: {{signing: {{{signing}}}}}\n")
    assert report.documented is not None
    assert len(report.documented.errors) == errors
    assert report.controller.errors == report.documented.errors


def test_a_file_that_the_build_refuses_still_has_a_documented_cell(check: Check) -> None:
    report = check(
        "runtime: {profile: production}\nmodules: {signing: {mode: cosign_bundle, trustRoot: x}}\n"
    )
    assert report.controller.stage == "load"
    assert report.documented is not None
    assert (report.documented.cell, report.documented.starts) == ("production/unset", True)


@pytest.mark.parametrize(
    ("text", "cell", "outcome"),
    [
        ("runtime: {profile: staging}\n", "production/unset", "fail-closed"),
        ("modules: {signing: {required: maybe}}\n", "development/true", "unsigned-allowed"),
        (
            "modules: {signing: {required: [], allowUnsignedDevelopment: perhaps}}\n",
            "development/true",
            "fail-closed",
        ),
    ],
)
def test_senseless_values_count_as_the_stricter_meaning_in_the_documented_reading(
    check: Check, text: str, cell: str, outcome: str
) -> None:
    documented = check(text).documented
    assert documented is not None
    assert (documented.cell, documented.outcome) == (cell, outcome)


def test_what_is_not_yaml_has_no_documented_cell(check: Check) -> None:
    assert check("runtime: {profile\n\tx").documented is None
