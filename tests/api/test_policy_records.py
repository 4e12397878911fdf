"""Production without signatures is written down when it is first seen, and once."""

from __future__ import annotations

import pytest
from tests.cli.running import call

from trustconsole import api
from trustconsole.demo import DemoWorkspace


@pytest.fixture
def unsigned(demo: DemoWorkspace) -> DemoWorkspace:
    """A demo whose controller enforces nothing in production."""
    text = demo.config.read_text()
    demo.config.write_text(
        text.replace("    mode: COSIGN_BUNDLE", "    required: false\n    mode: COSIGN_BUNDLE")
    )
    return demo


def _records(demo: DemoWorkspace) -> list[str]:
    return [record.action for record in api.audit_log(api.Options(settings=demo.settings)).records]


@pytest.mark.parametrize(
    "command", [("config", "check"), ("profile",), ("verify",), ("restarts",), ("rotate", "status")]
)
def test_every_command_that_sees_it_writes_it_down(unsigned: DemoWorkspace, command: tuple[str, ...]) -> None:
    for _ in range(2):
        call(*command, "--settings", unsigned.settings)
    assert _records(unsigned) == ["policy.unsigned-production"]


def test_an_open_console_writes_it_once_and_again_when_the_values_change(unsigned: DemoWorkspace) -> None:
    session = api.open_session(api.Options(settings=unsigned.settings))
    for _ in range(3):
        session.look()
    assert len(_records(unsigned)) == 1
    unsigned.config.write_text(unsigned.config.read_text().replace("policy: DISABLED", "policy: REQUIRE_SET"))
    session.look()
    assert len(_records(unsigned)) == 2


def test_an_enforcing_controller_leaves_no_record(demo: DemoWorkspace) -> None:
    api.open_session(api.Options(settings=demo.settings)).look()
    assert _records(demo) == []


def test_a_state_directory_that_cannot_be_written_keeps_nobody_from_looking(unsigned: DemoWorkspace) -> None:
    unsigned.state.rmdir()
    unsigned.state.write_text("a file")
    snapshot = api.open_session(api.Options(settings=unsigned.settings)).look()
    assert snapshot.config is not None
