"""A rotation as a script: the whole of it on the demo, with its two real processes, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from tests.cli.running import Ran, call

from trustconsole.demo import DemoWorkspace, build_demo, start_nodes, stop_nodes
from trustconsole.demo.signing import legacy_bundle, sign_raw
from trustconsole.trust_root import read_trust_root

MODULE = "essentials-2.4.1.jar"


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[DemoWorkspace]:
    """A demo of now, whose nodes run."""
    made = build_demo(tmp_path / "rotating", now=datetime.now(UTC))
    start_nodes(made)
    yield made
    stop_nodes(made)


def _blocks(demo: DemoWorkspace) -> list[str]:
    report = read_trust_root(demo.trust_root, now=datetime.now(UTC))
    return [block.fingerprint or "" for block in report.blocks]


def _rotate(demo: DemoWorkspace, *words: object) -> Ran:
    return call("rotate", *words, "--settings", demo.settings)


def _start(demo: DemoWorkspace, *words: object) -> Ran:
    new = demo.keys / "author-new.pub"
    old = _blocks(demo)[0][:8]
    return _rotate(demo, "start", "--kind", "author", "--old", old, "--new", new, *words)


def _step(demo: DemoWorkspace) -> object:
    ran = _rotate(demo, "status", "--json")
    assert ran.code == 0
    return ran.json["step"]


def _actions(demo: DemoWorkspace) -> list[str]:
    records = call("audit", "show", "--settings", demo.settings, "--json").json["records"]
    return [record["action"] for record in records]


def _sign_again(demo: DemoWorkspace) -> None:
    key = load_pem_private_key((demo.keys / "author-new.key").read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    jar = demo.modules / MODULE
    bundle = legacy_bundle(sign_raw(key, jar.read_bytes()))
    jar.with_name(f"{MODULE}.cosign.bundle").write_bytes(bundle)


def test_the_whole_rotation_runs_as_a_script(demo: DemoWorkspace) -> None:
    before = demo.trust_root.read_bytes()
    old = _blocks(demo)[0]
    assert _step(demo) == "none"
    assert _start(demo).code == 0
    assert demo.trust_root.read_bytes() == before

    assert _start(demo, "--apply").code == 0
    assert len(_blocks(demo)) == 5
    assert _step(demo) == 2
    assert _rotate(demo, "next", "--apply").code == 1  # it only looks: nobody restarted anything
    restarted = _rotate(demo, "next", "--apply", "--restart")
    assert restarted.code == 0
    assert "controller-1: " in restarted.told

    assert _step(demo) == 3
    closed = _rotate(demo, "next", "--apply")
    assert closed.code == 1
    assert "cosign sign-blob" in closed.text
    assert "essentials 2.4.1 would be refused without the old key" in closed.text
    _sign_again(demo)

    assert _step(demo) == 4
    assert _rotate(demo, "next").code == 0
    assert _rotate(demo, "next", "--apply").code == 1  # not confirmed
    assert _rotate(demo, "next", "--apply", "--confirm", "00000000").code == 1
    assert old in _blocks(demo)
    assert _rotate(demo, "next", "--apply", "--confirm", old[:8]).code == 0
    assert old not in _blocks(demo)

    assert _step(demo) == 5
    done = _rotate(demo, "next", "--apply", "--restart")
    assert done.code == 0
    assert "The rotation is finished" in done.text
    assert "what the old key signed is rejected" in done.text.replace("\n", " ").replace("What", "what")
    actions = [
        record["action"]
        for record in call("audit", "show", "--settings", demo.settings, "--json").json["records"]
    ]
    assert actions == [
        "rotation.start",
        "trust.add",
        *["node.restart"] * 2,
        "trust.remove",
        *["node.restart"] * 2,
    ]
    assert call("audit", "verify", "--settings", demo.settings).code == 0


def test_undo_is_a_dry_run_until_it_is_applied(demo: DemoWorkspace) -> None:
    before = demo.trust_root.read_bytes()
    assert _rotate(demo, "undo").code == 1  # there is nothing to take back
    _start(demo, "--apply")
    changed = demo.trust_root.read_bytes()
    assert _rotate(demo, "undo").code == 0
    assert demo.trust_root.read_bytes() == changed
    assert _rotate(demo, "undo", "--apply").code == 0
    assert demo.trust_root.read_bytes() == before


def test_status_is_json_with_every_field_that_others_rely_on(demo: DemoWorkspace) -> None:
    _start(demo, "--apply")
    status = _rotate(demo, "status", "--json").json
    assert status["schema"] == "trustconsole/rotation/1"
    assert {"kind", "old", "new", "step", "gate", "nodes", "modules", "next"} <= set(status)
    assert set(status["gate"]) >= {"holds", "reasons"}
    assert set(status["modules"]) == {"old_only", "new", "both", "neither", "failing_before"}
    assert status["modules"]["old_only"] == 1
    assert [node["name"] for node in status["nodes"]] == ["controller-1", "daemon-1"]


def test_next_without_a_plan_says_how_to_make_one(demo: DemoWorkspace) -> None:
    ran = _rotate(demo, "next")
    assert (ran.code, ran.out) == (2, b"")
    assert "rotate start" in ran.told


def test_a_revocation_says_what_it_does_not_achieve(demo: DemoWorkspace) -> None:
    old = _blocks(demo)[0]
    dry = call("revoke", old[:8], "--settings", demo.settings)
    assert dry.code == 0
    assert old in _blocks(demo)
    ran = call("revoke", old[:8], "--settings", demo.settings, "--apply", "--json")
    assert ran.code == 0
    report = ran.json
    assert old not in _blocks(demo)
    assert report["stops"] == ["essentials"]
    assert report["keeps_running"] == ["essentials"]
    assert [node["name"] for node in report["restart"]] == ["controller-1", "daemon-1"]
    assert any("keep running" in words for words in report["not_achieved"])
    assert any("Daemons" in words for words in report["not_achieved"])
    assert "trust.revoke" in _actions(demo)


def test_a_rekor_key_is_revoked_where_it_is_and_the_last_one_only_with_a_reason(demo: DemoWorkspace) -> None:
    key = read_trust_root(demo.rekor_key, now=datetime.now(UTC)).blocks[0].fingerprint or ""
    refused = call("revoke", key, "--settings", demo.settings, "--apply")
    assert refused.code == 1
    assert demo.rekor_key.read_bytes().count(b"BEGIN") == 1
    forced = call(
        "revoke", key, "--settings", demo.settings, "--apply", "--override", "the log was broken into"
    )
    assert forced.code == 0
    assert demo.rekor_key.read_bytes().count(b"BEGIN") == 0
