"""The command that the text of a rotation ends with does what it says when it is typed."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from tests.api.world import World
from tests.cli.running import Ran, call

from trustconsole.demo.authorities import public_pem

NODES = (("controller-1", "controller"),)


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path, nodes=NODES)
    made.module("by-old", made.old)
    return made


def _suggested(ran: Ran, label: str = "command") -> list[str]:
    lines = [line.split() for line in ran.text.splitlines()]
    line = next(" ".join(words[1:]) for words in lines if words[:1] == [label])
    words = shlex.split(line.split(" takes back ")[0])
    assert words[0] == "trustconsole"
    return words[1:]


def test_the_commands_lead_through_the_rotation_and_back(world: World) -> None:
    settings = str(world.root / "settings.yml")
    before = world.trust_root.read_bytes()
    dry = call(
        "rotate", "start", "--kind", "author", "--old", world.old_fingerprint[:8], "--new", world.new_pem,
        "--settings", settings,
    )  # fmt: skip
    assert call(*_suggested(dry)).code in (0, 1)
    assert world.trust_root.read_bytes() != before
    passing = _suggested(call("rotate", "status", "--settings", settings))  # the node proves nothing
    assert passing[-4:] == ["--override", "THE REASON", "--settings", settings]
    assert "3 re-sign" in call(*passing).text
    world.sign(world.root / "modules/by-old.jar", world.new)
    removing = _suggested(call("rotate", "status", "--settings", settings))
    assert removing[3:5] == ["--confirm", world.old_fingerprint[:8]]
    assert call(*removing).code in (0, 1)
    last = call("rotate", "status", "--settings", settings)
    assert "5 restart" in last.text
    dry = call("rotate", "undo", "--settings", settings)
    assert world.old_fingerprint[:8] in dry.text
    assert call(*_suggested(last, "undo")).code == 0
    assert public_pem(world.old) in world.trust_root.read_bytes()


def test_a_revocation_ends_with_what_takes_it_back(world: World) -> None:
    settings = str(world.root / "settings.yml")
    before = world.trust_root.read_bytes()
    dry = call("revoke", world.old_fingerprint, "--settings", settings)
    done = call(*_suggested(dry, "next"))
    assert done.code == 0
    assert call(*_suggested(done, "undo")).code == 0
    assert world.trust_root.read_bytes() == before
