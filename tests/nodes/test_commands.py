"""Probes are run without a shell, within a time and with no more output than they may have."""

from __future__ import annotations

import sys
import time

from trustconsole.nodes import run_command


def test_status_output_and_errors_come_back_apart() -> None:
    code = "import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)"
    result = run_command([sys.executable, "-c", code])
    assert (result.status, result.output, result.errors, result.problem) == (3, "out\n", "err\n", None)


def test_arguments_are_not_words_of_a_shell() -> None:
    assert run_command(["echo", "$HOME; *"]).output == "$HOME; *\n"


def test_a_command_that_is_not_there_is_a_problem() -> None:
    result = run_command(["/nonexistent/systemctl"])
    assert result.status is None
    assert result.problem == "/nonexistent/systemctl cannot be run: No such file or directory"
    assert "impossible argument" in (run_command(["echo", "a\0b"]).problem or "")


def test_a_command_that_does_not_answer_is_ended_with_its_children() -> None:
    before = time.monotonic()
    result = run_command(["sh", "-c", "sleep 60 & wait"], seconds=0.2)
    assert time.monotonic() - before < 5
    assert (result.status, result.problem) == (None, "sh did not answer in time")


def test_a_flood_is_cut() -> None:
    result = run_command(["yes"], most_bytes=1000)
    assert result.status is None
    assert len(result.output) == 1000
    assert "more than 1000 bytes" in (result.problem or "")


def test_bytes_that_are_no_text_do_no_harm() -> None:
    assert run_command(["printf", "\\377x"]).output == "\ufffdx"
