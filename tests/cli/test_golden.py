"""Whole outputs, compared with files; TRUSTCONSOLE_UPDATE_GOLDEN=1 writes them anew."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from tests.cli.running import call

from trustconsole.demo import DemoWorkspace

GOLDEN = Path(__file__).parent / "golden"
AT = ("--at", "2026-02-11T09:30:00Z")
CASES: dict[str, tuple[str, ...]] = {
    "verify-all": ("verify", "--config", "controller/config/controller.yml", "modules", *AT),
    "verify-differs": (
        *("verify", "modules/stats-aggregator-1.2.0.jar"),
        *("--config", "controller/config/controller.yml", *AT),
    ),
    "config-check": ("config", "check", "controller/config/controller.yml"),
    "profile": ("profile", "controller/config/controller.yml"),
    "trust-root-diff": (
        *("trust-root", "diff", "controller/config/security/module-trust-root.pem"),
        "controller/config/security/rekor.pub",
    ),
    "impact": (
        *("impact", "--remove", "eb692ca4", "--add", "controller/config/security/rekor.pub"),
        *("--config", "controller/config/controller.yml", "--modules", "modules", *AT),
    ),
    "help": ("--help",),
}


def _normal(text: str, root: Path) -> str:
    # The directory differs from run to run, and with it where lines wrap: goldens are not wrapped.
    text = text.replace(str(root), "/demo")
    # What the findings advise is the business of other rooms' tests.
    return re.sub(r"(?m)^( +(?:next|cause) +)\S.*$", r"\1...", text)


@pytest.mark.parametrize("name", CASES)
def test_output_is_as_it_was_shown_to_people(
    name: str, workspace: DemoWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(workspace.directory)
    ran = call(*CASES[name])
    shown = _normal(
        f"{ran.text}--- standard error ---\n{ran.told}exit code {ran.code}\n", workspace.directory
    )
    golden = GOLDEN / f"{name}.txt"
    if os.environ.get("TRUSTCONSOLE_UPDATE_GOLDEN") == "1":
        golden.write_text(shown, encoding="utf-8")
    assert shown == golden.read_text(encoding="utf-8")
