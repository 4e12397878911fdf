"""Each command on real files: what it says, on which stream, with which exit code."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.cli.running import Ran, call

from trustconsole.demo import DEMO_MODULES, DemoWorkspace, running_pid, start_nodes, stop_node
from trustconsole.trust_root import read_trust_root

LONG_AGO = datetime(2026, 2, 11, tzinfo=UTC)
DIFFERS = "stats-aggregator-1.2.0.jar"


def _verify(workspace: DemoWorkspace, at: tuple[str, str], name: str, *more: str) -> Ran:
    return call("verify", workspace.modules / name, "--config", workspace.config, *at, *more)


@pytest.mark.parametrize("module", DEMO_MODULES, ids=lambda module: str(module.module_id))
def test_verify_says_both_verdicts_of_one_artefact_with_traces(
    module: Any, workspace: DemoWorkspace, at: tuple[str, str]
) -> None:
    ran = _verify(workspace, at, module.file)
    first = ran.text.splitlines()[0]
    assert module.file in first
    rows = {line.split()[0]: line.split()[2] for line in ran.text.splitlines()[2:8] if len(line.split()) > 2}
    assert (rows["documented"], rows["controller"]) == (module.documented, module.controller)
    assert "Documented trace" in ran.text
    assert "Controller trace" in ran.text
    assert "rekor.binding" in ran.text


def test_the_evidence_of_a_failing_step_is_shown(workspace: DemoWorkspace, at: tuple[str, str]) -> None:
    text = _verify(workspace, at, "voting-1.0.3.jar").text
    assert "⚠ rekor.binding" in text
    assert "entry_hash     sha256:" in text
    assert "next" in text


@pytest.mark.parametrize(("reading", "code"), [("documented", 0), ("controller", 1), ("both", 1)])
def test_the_reading_chooses_whose_verdict_is_the_exit_code(
    reading: str, code: int, workspace: DemoWorkspace, at: tuple[str, str]
) -> None:
    assert _verify(workspace, at, DIFFERS, "--reading", reading).code == code


@pytest.mark.parametrize("json", [(), ("--json",)])
def test_a_disagreement_is_told_on_standard_error(
    json: tuple[str, ...], workspace: DemoWorkspace, at: tuple[str, str]
) -> None:
    ran = _verify(workspace, at, DIFFERS, *json)
    assert (
        ran.told == f"trustconsole: ≠ {DIFFERS}: the readings differ: documented accept, controller reject\n"
    )
    assert _verify(workspace, at, "essentials-2.4.1.jar", *json).err == b""


def test_of_many_artefacts_each_has_a_line_and_what_is_wrong_is_explained(
    workspace: DemoWorkspace, at: tuple[str, str]
) -> None:
    ran = call("verify", "--settings", workspace.settings, *at)
    for module in DEMO_MODULES:
        assert ran.text.count(f"{module.file}  ") >= 1
        refused = module.documented != "accept" or module.controller != "accept"
        told = f"✗ {module.file}: " in ran.text or f"≠ {module.file}: " in ran.text
        assert told is refused, module.file
    assert ran.text.splitlines()[-1].startswith("12 artefacts")
    assert "⚠ voting-1.0.3.jar: " in ran.text  # accepted, and yet something is known against it


def test_a_sidecar_elsewhere_can_be_named(
    workspace: DemoWorkspace, at: tuple[str, str], tmp_path: Path
) -> None:
    jar = shutil.copy(workspace.modules / "essentials-2.4.1.jar", tmp_path / "alone.jar")
    bundle = workspace.modules / "essentials-2.4.1.jar.cosign.bundle"
    root = ("--trust-root", workspace.trust_root, *at)
    assert call("verify", jar, *root).code == 1
    assert call("verify", jar, *root, "--sidecar", bundle).code == 0


def test_a_trust_root_that_cannot_be_read_is_2_and_says_so(workspace: DemoWorkspace, tmp_path: Path) -> None:
    ran = call("verify", workspace.modules / "essentials-2.4.1.jar", "--trust-root", tmp_path / "gone.pem")
    assert ran.code == 2
    assert "gone.pem" in ran.text
    assert (
        ran.text.splitlines()[0] == "✗ essentials-2.4.1.jar: The trust root cannot be read: does not exist."
    )


def test_an_unsigned_module_is_good_where_signatures_are_not_required(
    own_workspace: DemoWorkspace, at: tuple[str, str]
) -> None:
    text = own_workspace.config.read_text().replace("profile: production", "profile: development")
    own_workspace.config.write_text(text)
    ran = _verify(own_workspace, at, "chat-filter-2.0.0.jar", "--reading", "both")
    assert ran.code == 0
    assert "– unsigned-allowed" in ran.text


def test_a_controller_that_would_not_start_refuses_everything(
    own_workspace: DemoWorkspace, at: tuple[str, str]
) -> None:
    own_workspace.trust_root.write_text("nothing\n")
    ran = _verify(own_workspace, at, "essentials-2.4.1.jar", "--reading", "controller")
    assert ran.code == 1
    assert "✗ no-boot" in ran.text


def test_trust_root_show_has_a_line_for_each_block_and_what_the_controller_loads(
    workspace: DemoWorkspace,
) -> None:
    ran = call("trust-root", "show", workspace.trust_root)
    assert "4 blocks: 4 trusted, 0 ignored\n" in ran.text
    lines = [
        line
        for line in ran.text.splitlines()
        if line.startswith(("  ✓ key", "  ✓ cert", "  ⚠ cert", "  ✗ cert"))
    ]
    assert len(lines) == 4
    assert "author A" in lines[0]
    assert "trust root, COSIGN_BUNDLE  ✓ loads 2 keys and 2 certificates" in ran.text


def test_trust_root_show_explains_a_block_that_is_not_trusted(own_workspace: DemoWorkspace) -> None:
    lines = own_workspace.trust_root.read_text().splitlines(keepends=True)
    own_workspace.trust_root.write_text("".join([*lines[:2], "!!!!\n", *lines[2:]]))
    ran = call("trust-root", "show", own_workspace.trust_root)
    assert ran.code == 1
    assert ran.text.startswith("✗ 4 blocks: 3 trusted, 1 ignored\n")
    assert "ignored: " in ran.text
    assert "cause" in ran.text
    assert "trust root, KEYED          ✓ loads 1 key\n" in ran.text


def test_a_trust_root_that_no_controller_loads_is_a_refusal(tmp_path: Path) -> None:
    (tmp_path / "empty.pem").touch()
    ran = call("trust-root", "show", tmp_path / "empty.pem")
    assert ran.code == 1
    assert ran.text.startswith("✗ 0 blocks")
    assert ran.text.count("✗ does not load: ") == 3


def test_a_rekor_key_file_is_good(workspace: DemoWorkspace) -> None:
    ran = call("trust-root", "show", workspace.rekor_key)
    assert (ran.code, ran.err) == (0, b"")


@pytest.mark.parametrize("words", [("trust-root", "show"), ("config", "check"), ("profile",), ("inspect",)])
def test_a_file_that_is_not_there_is_2_with_its_path_on_standard_error(
    words: tuple[str, ...], tmp_path: Path
) -> None:
    gone = tmp_path / "gone"
    ran = call(*words, gone)
    assert (ran.code, ran.out) == (2, b"")
    assert str(gone) in ran.told
    assert "does not exist" in ran.told
    assert "  next: " in ran.told


def test_trust_root_diff_says_what_came_and_went_by_identity(
    own_workspace: DemoWorkspace, tmp_path: Path
) -> None:
    before = tmp_path / "before.pem"
    shutil.copy(own_workspace.trust_root, before)
    author = read_trust_root(before, now=LONG_AGO).blocks[0]
    new = (own_workspace.keys / "author-new.pub").read_text()
    rest = before.read_text().replace(author.text.strip(), "")
    own_workspace.trust_root.write_text(rest + "# the new author\n" + new)
    ran = call("trust-root", "diff", before, own_workspace.trust_root)
    assert ran.code == 0
    assert ran.text.startswith("⚠ 1 added, 1 removed, 0 renewed, 3 kept\n")
    assert f"- key   {(author.fingerprint or '')[:8]}" in ran.text
    assert "the new author" in ran.text


def test_trust_root_diff_of_the_same_keys_in_another_order_is_empty(
    workspace: DemoWorkspace, tmp_path: Path
) -> None:
    blocks = read_trust_root(workspace.trust_root, now=LONG_AGO).blocks
    other = tmp_path / "other.pem"
    other.write_text("".join(block.text.strip() + "\n" for block in reversed(blocks)))
    ran = call("trust-root", "diff", workspace.trust_root, other)
    assert ran.text.startswith("✓ Both files trust the same")


def test_config_check_prints_findings_as_path_line_column(workspace: DemoWorkspace) -> None:
    ran = call("config", "check", workspace.config)
    assert ran.code == 0
    assert ran.text.startswith("✓ the controller starts with this file\n")
    line = next(n for n, row in enumerate(workspace.config.read_text().splitlines(), 1) if "trustRoot" in row)
    assert f"{workspace.config}:{line}:16: · info: " in ran.text


def test_config_check_says_why_a_controller_does_not_start(own_workspace: DemoWorkspace) -> None:
    text = own_workspace.config.read_text().replace("mode: COSIGN_BUNDLE", "mode: KEYED")
    own_workspace.config.write_text(text.replace("policy: DISABLED", "policy: REQUIRE_SET"))
    ran = call("config", "check", own_workspace.config)
    assert ran.code == 1
    assert ran.text.startswith("✗ the controller would not start: ")
    assert "validate" in ran.text


def test_config_check_finds_the_file_by_settings_by_option_and_by_place(
    workspace: DemoWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = call("config", "check", "--config", workspace.config, "--json").json
    by_settings = call("config", "check", "--settings", workspace.settings, "--json").json
    monkeypatch.chdir(workspace.working_directory)
    found = call("config", "check", "--json").json
    assert named["effective"]["mode"] == by_settings["effective"]["mode"]
    assert found["working_directory"] == named["working_directory"] == str(workspace.working_directory)


def test_profile_marks_todays_cell_and_names_every_source(workspace: DemoWorkspace) -> None:
    ran = call("profile", workspace.config)
    assert ran.code == 0
    row = next(line for line in ran.text.splitlines() if line.startswith("  production"))
    assert row.split("▸")[1].strip().startswith("✓ fail-closed")
    assert ran.text.count("▸") == 1
    assert "controller.yml:18:12" in ran.text
    assert "profile default" in ran.text


def test_profile_says_where_the_readings_differ(own_workspace: DemoWorkspace) -> None:
    text = own_workspace.config.read_text().replace("profile: production", "profile: development")
    own_workspace.config.write_text(text.replace("    mode:", "    required: true\n    mode:"))
    ran = call("profile", own_workspace.config)
    assert "≠ The documentation allows unsigned modules here; this build enforces" in ran.text


def test_inspect_says_what_a_file_is_and_that_nothing_was_verified(workspace: DemoWorkspace) -> None:
    for name, kind in (
        ("voting-1.0.3.jar", "a jar"),
        ("voting-1.0.3.jar.cosign.bundle", "a legacy cosign bundle"),
        ("motd-1.4.2.jar.sig", "a .sig"),
        ("tab-list-4.2.0.jar.cosign.bundle", "a Sigstore bundle"),
    ):
        ran = call("inspect", workspace.modules / name)
        assert ran.code == 0
        assert f"{name}: {kind}" in ran.text.splitlines()[0]
        assert "Nothing was verified" in ran.text


def test_restarts_follow_what_the_nodes_do(own_workspace: DemoWorkspace) -> None:
    settings = ("--settings", own_workspace.settings)
    assert call("restarts", *settings).code == 4
    start_nodes(own_workspace)
    call("restarts", *settings)
    own_workspace.trust_root.write_text(own_workspace.trust_root.read_text() + "# changed\n")
    ran = call("restarts", *settings)
    assert ran.code in (1, 4)
    assert "controller-1 (controller) " in ran.text
    assert "restart it: " in ran.text


def test_restarts_without_nodes_prove_nothing(tmp_path: Path) -> None:
    settings = tmp_path / "settings.yml"
    settings.write_text("nodes: []\n")
    ran = call("restarts", "--settings", settings)
    assert (ran.code, ran.out) == (4, b"")
    assert "name no nodes" in ran.told


def test_info_names_the_paths_and_where_they_come_from(workspace: DemoWorkspace) -> None:
    ran = call("info", "--settings", workspace.settings)
    assert ran.code == 0
    assert str(workspace.config) in ran.text
    assert "(from: settings)" in ran.text
    broken = call("info", "--settings", workspace.config)
    assert broken.code == 2
    assert "trustconsole" in broken.text


def test_demo_without_a_terminal_prints_a_summary_and_leaves_no_process(tmp_path: Path) -> None:
    ran = call("demo", tmp_path / "new")
    assert ran.code == 0
    assert ran.text.startswith("✓ 12 modules, each with its planned verdicts\n")
    assert not list((tmp_path / "new" / "run").iterdir())


def test_demo_refuses_a_directory_that_is_not_its_own(tmp_path: Path) -> None:
    (tmp_path / "precious").touch()
    ran = call("demo", tmp_path, "--no-tui")
    assert ran.code == 2
    assert (tmp_path / "precious").exists()


def test_demo_opens_the_console_armed_and_ends_its_nodes_afterwards(tmp_path: Path) -> None:
    seen: list[bool] = []

    def console(session: Any, start: Any) -> int:
        assert start is None
        snapshot = session.look()
        seen.append(session.read_only)
        seen.extend(node.state == "current" for node in snapshot.nodes)
        return 0

    ran = call("demo", tmp_path / "new", terminal=True, console=console)
    assert ran.code == 0
    assert seen == [False, True, True]
    assert b"demo stays in" in ran.err
    assert not list((tmp_path / "new" / "run").glob("*.pid"))


def test_the_console_is_opened_on_what_the_options_name(workspace: DemoWorkspace) -> None:
    seen: list[tuple[bool, str]] = []

    def console(session: Any, start: Any) -> int:
        assert start is None
        seen.append((session.read_only, session.look().paths.config))
        return 7

    assert call("--config", workspace.config, terminal=True, console=console).code == 7
    assert call("--settings", workspace.settings, "--write", terminal=True, console=console).code == 7
    assert seen == [(True, str(workspace.config)), (False, str(workspace.config))]


def test_where_nothing_is_configured_the_console_offers_a_start(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []

    def console(session: Any, start: Any) -> int:
        seen.append((session, len(start.places) >= 3))
        return 0

    assert call(terminal=True, console=console).code == 0
    assert seen == [(None, True)]
    monkeypatch.setenv("TERM", "dumb")
    assert call(terminal=True, console=console).code == 2


def test_a_settings_file_that_is_wrong_is_said_before_the_console_opens(tmp_path: Path) -> None:
    settings = tmp_path / "settings.yml"
    settings.write_text("modles: []\n")
    ran = call("--settings", settings, terminal=True)
    assert ran.code == 2
    assert "modles" in ran.told


def test_a_restart_of_one_node_clears_its_line_only(own_workspace: DemoWorkspace) -> None:
    start_nodes(own_workspace)
    settings = ("--settings", own_workspace.settings, "--json")
    states = {node["name"]: node["state"] for node in call("restarts", *settings).json["nodes"]}
    assert states == {"controller-1": "current", "daemon-1": "current"}
    stop_node(own_workspace.nodes[1])
    assert running_pid(own_workspace.nodes[1]) is None
    ran = call("restarts", *settings)
    states = {node["name"]: node["state"] for node in ran.json["nodes"]}
    assert states == {"controller-1": "current", "daemon-1": "unknown"}
    assert ran.code == 4


def test_on_a_terminal_of_eighty_columns_only_what_must_stay_whole_is_wider(
    workspace: DemoWorkspace, at: tuple[str, str]
) -> None:
    for words in (
        ("verify", "--settings", workspace.settings, *at),
        ("trust-root", "show", workspace.rekor_key),
        ("config", "check", "--settings", workspace.settings),
        ("profile", "--settings", workspace.settings),
    ):
        ran = call(*words, terminal=True)
        for line in re.sub(r"\x1b\[\d+m", "", ran.text).splitlines():
            assert len(line) <= 80 or len(line.split()) <= 2, line
