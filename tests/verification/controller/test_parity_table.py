"""The build's answers, one row each, over material made here: proof of the rules without observed files."""

from __future__ import annotations

import pytest
from tests.verification.controller.bench import Setup
from tests.verification.controller.parity_certificates import CERT_ROWS, SET_ROWS
from tests.verification.controller.parity_signatures import JSON_ROWS, KEYED_ROWS

ALL = [
    pytest.param(*row[1:], id=f"{family}: {row[0]}")
    for family, rows in (("keyed", KEYED_ROWS), ("json", JSON_ROWS), ("cert", CERT_ROWS), ("set", SET_ROWS))
    for row in rows
]
HTTP = {
    "SignatureVerificationException": (422, "SIGNATURE_VERIFICATION_FAILED"),
    "IllegalArgumentException": (422, "VALIDATION_ERROR"),
    "UncheckedIOException": (500, "INTERNAL_ERROR"),
}


@pytest.mark.parametrize(("setup", "verdict", "message"), ALL)
def test_the_controller_answers_as_observed(setup: Setup, verdict: str, message: str | None) -> None:
    answer = setup.judge()
    assert answer.verdict == verdict, answer
    if message is not None or verdict == "accept":
        assert answer.message == message
    if verdict in ("reject", "error"):
        assert answer.exception is not None
        assert (answer.http, answer.code) == HTTP[answer.exception]
        assert (verdict == "reject") == (answer.exception == "SignatureVerificationException")
    else:
        assert (answer.http, answer.code) == (None, None)
    assert answer.stage == ("load" if verdict == "no-boot" else "verify")


def test_the_table_is_as_long_as_promised() -> None:
    assert len(ALL) >= 100
