"""`restarts` beyond the demo: what to bring to a node first, and the word of an operator."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.cli import shapes
from tests.cli.running import call

from trustconsole.demo import DemoWorkspace


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    """Where the test writes its settings."""
    return tmp_path / "settings.yml"


def _write(settings: Path, workspace: DemoWorkspace, *nodes: str) -> None:
    state = settings.parent / "state"
    rows = "".join(f"  - {{ {node} }}\n" for node in nodes)
    settings.write_text(f"state: {state}\ncontroller_config: {workspace.config}\nnodes:\n{rows}")


def test_a_restart_is_acknowledged_only_with_apply(workspace: DemoWorkspace, settings: Path) -> None:
    _write(
        settings,
        workspace,
        "name: d 7, role: daemon, evidence: manual, restart: [service, d, restart]",
        "name: c, evidence: { process: none-such }",
    )
    everything = ("restarts", "--settings", settings)
    ran = call(*everything)
    assert "once it is: trustconsole restarts --acknowledge 'd 7' --apply" in ran.text
    ran = call(*everything, "--acknowledge", "d 7")
    assert (ran.code, "would record: " in ran.text, "the same with --apply" in ran.text) == (0, True, True)
    assert not (settings.parent / "state" / "acknowledgements.json").exists()
    ran = call(*everything, "--acknowledge", "d 7", "--apply")
    assert (ran.code, "recorded: " in ran.text, "not proved" in ran.text) == (0, True, True)
    ran = call(*everything, "--acknowledge", "d 7", "--json")
    assert list(shapes.misfits(ran.json, shapes.ACKNOWLEDGE)) == []
    assert [node["state"] for node in call(*everything, "--json").json["nodes"]] == ["current", "unknown"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--acknowledge", "c", "--apply"), "c has evidence (process): its restart is proved"),
        (("--acknowledge", "x"), "the settings name no node 'x'"),
        (("--apply",), "--apply goes with --acknowledge NODE"),
    ],
)
def test_what_cannot_be_acknowledged_is_2(
    workspace: DemoWorkspace, settings: Path, words: tuple[str, ...], told: str
) -> None:
    _write(settings, workspace, "name: c, evidence: { process: none-such }")
    ran = call("restarts", "--settings", settings, *words)
    assert (ran.code, ran.out) == (2, b"")
    assert told in ran.told


def test_a_node_on_another_file_says_what_to_bring(workspace: DemoWorkspace, settings: Path) -> None:
    own, pid_file = settings.with_name("own.pem"), settings.with_name("pid")
    own.write_text("another")
    pid_file.write_text(str(os.getpid()))
    node = f"name: d, role: daemon, trust_root: {own}, evidence: {{ pid_file: {pid_file} }}, restart: [x]"
    _write(settings, workspace, node)
    ran = call("restarts", "--settings", settings)
    assert ran.code == 1
    assert f"bring the file there: cp {workspace.trust_root} {own}" in ran.text
