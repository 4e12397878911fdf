"""JSON of every command: the fields of the interface, the true values, ASCII only."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.cli import shapes
from tests.cli.running import Ran, call

from trustconsole.demo import DEMO_MODULES, DemoWorkspace


def _fits(value: Any, shape: Any) -> Any:
    assert list(shapes.misfits(value, shape)) == []
    return value


def test_the_check_of_shapes_itself_sees_what_is_wrong() -> None:
    assert list(shapes.misfits({"schema": "x"}, shapes.RESTARTS)) == ["$.schema: 'x'", "$.nodes is missing"]
    assert list(shapes.misfits(True, int)) == ["$: True"]
    assert list(shapes.misfits([1, "a"], [int])) == ["$[1]: 'a'"]
    assert list(shapes.misfits("abc", (shapes.HEX, None))) == ["$: 'abc'"]


def test_verify_prints_a_line_for_each_artefact_and_a_summary(
    workspace: DemoWorkspace, at: tuple[str, str]
) -> None:
    ran = call("verify", "--settings", workspace.settings, "--json", *at)
    *lines, last = ran.json_lines
    for line in lines:
        _fits(line, shapes.VERIFICATION)
    planned = {module.file: (module.documented, module.controller) for module in DEMO_MODULES}
    got = {
        Path(line["artifact"]).name: (line["documented"]["verdict"], line["controller"]["verdict"])
        for line in lines
    }
    assert got == planned
    _fits(last, shapes.SUMMARY)
    assert last["artifacts"] == len(planned)
    assert last["documented"] == {"accept": 6, "reject": 6}
    assert last["controller"] == {"accept": 4, "reject": 8}
    assert last["disagreements"] == sum(line["agree"] is False for line in lines) == 2
    assert ran.code == 1


def test_an_artefact_that_cannot_be_read_is_a_line_with_verdict_error(
    workspace: DemoWorkspace, at: tuple[str, str], tmp_path: Path
) -> None:
    good = workspace.modules / "essentials-2.4.1.jar"
    ran = call("verify", tmp_path / "gone.jar", good, tmp_path, "--config", workspace.config, "--json", *at)
    *lines, last = ran.json_lines
    verdicts = {Path(line["artifact"]).name: line["documented"]["verdict"] for line in lines}
    assert verdicts == {"gone.jar": "error", "essentials-2.4.1.jar": "accept"}
    assert last["documented"] == {"accept": 1, "error": 1}
    assert ran.code == last["exit_code"] == 2
    assert "gone.jar" in ran.told


def test_verify_of_nothing_is_a_summary_alone(workspace: DemoWorkspace, tmp_path: Path) -> None:
    ran = call("verify", tmp_path / "here", "--config", workspace.config, "--json")
    assert [line["artifacts"] for line in ran.json_lines] == [0]
    assert ran.code == 4


@pytest.mark.parametrize(
    ("words", "shape"),
    [
        (("trust-root", "show", "{trust_root}"), shapes.TRUST_ROOT),
        (("trust-root", "show", "{rekor_key}"), shapes.TRUST_ROOT),
        (("trust-root", "show", "{modules}"), shapes.TRUST_ROOT),
        (("trust-root", "diff", "{trust_root}", "{rekor_key}"), shapes.DIFF),
        (("config", "check", "{config}"), shapes.CONFIG),
        (("config", "check", "{trust_root}"), shapes.CONFIG),
        (("config", "check", "{modules}"), shapes.CONFIG),
        (("profile", "{config}"), shapes.CONFIG),
        (("inspect", "{config}"), shapes.INSPECT),
        (("inspect", "{trust_root}"), shapes.INSPECT),
        (("inspect", "{modules}/parkour-0.9.0.jar.cosign.bundle"), shapes.INSPECT),
        (("inspect", "{modules}/parkour-0.9.0.jar"), shapes.INSPECT),
        (("restarts", "--settings", "{settings}"), shapes.RESTARTS),
        (("info", "--settings", "{settings}"), shapes.INFO),
        (("impact", "--remove", "eb692ca4", "--settings", "{settings}"), shapes.IMPACT),
        (("impact", "--add", "{rekor_key}", "--settings", "{settings}"), shapes.IMPACT),
        (("impact", "--add", "{config}", "--settings", "{settings}"), shapes.IMPACT),
        (("impact", "--add", "{modules}", "--settings", "{settings}"), shapes.IMPACT),
        (
            ("impact", "--file", "rekor", "--remove", "c67a9f7b", "--settings", "{settings}"),
            shapes.IMPACT,
        ),
    ],
)
def test_a_command_prints_one_document_of_its_shape(
    words: tuple[str, ...], shape: Any, workspace: DemoWorkspace
) -> None:
    names = ("trust_root", "rekor_key", "modules", "config", "settings")
    places = {name: getattr(workspace, name) for name in names}
    ran = call(*(word.format(**places) for word in words), "--json")
    _fits(ran.json, shape)
    assert ran.out.isascii()
    assert b"\x7f" not in ran.out


def test_demo_prints_what_was_planned_and_what_came(tmp_path: Path) -> None:
    ran = call("demo", tmp_path / "new", "--json")
    document = _fits(ran.json, shapes.DEMO)
    assert ran.code == 0
    assert len(document["modules"]) == len(DEMO_MODULES)
    assert document["as_planned"] is True


def test_the_password_in_the_database_uri_is_masked_unless_asked_for(workspace: DemoWorkspace) -> None:
    hidden = call("config", "check", workspace.config, "--json")
    shown = call("config", "check", workspace.config, "--json", "--reveal")
    assert b"demo-password" not in hidden.out + hidden.err
    assert "demo-password" in shown.json["other"]["database.uri"]
    for ran in (call("config", "check", workspace.config), call("profile", workspace.config, "--json")):
        assert b"demo-password" not in ran.out + ran.err


def test_json_is_the_same_whatever_the_terminal_can_show(workspace: DemoWorkspace) -> None:
    def ran(encoding: str) -> Ran:
        return call("trust-root", "show", workspace.trust_root, "--json", encoding=encoding)

    assert ran("ascii").out == ran("utf-8").out


def test_hostile_values_stay_true_in_json(workspace: DemoWorkspace, at: tuple[str, str]) -> None:
    holograms = workspace.modules / "holograms-1.1.1.jar"
    ran = call("verify", holograms, "--config", workspace.config, "--json", *at)
    assert ran.out.isascii()
    signer = json.loads(ran.out.splitlines()[0])["signer"]
    assert "\x1b]52" in signer["subject"] + "".join(signer["san"])
