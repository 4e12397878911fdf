from __future__ import annotations

import os
import stat
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import yaml

from trustconsole.demo import DEMO_MODULES, DemoWorkspace, build_demo, open_demo
from trustconsole.demo.authorities import deterministic_ecdsa
from trustconsole.errors import UnreadableFile, UsageError
from trustconsole.inventory import list_modules
from trustconsole.records import load_settings
from trustconsole.trust_root import read_trust_root

reproducible = pytest.mark.skipif(not deterministic_ecdsa(), reason="this OpenSSL has no deterministic ECDSA")


def contents(directory: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(directory)): path.read_bytes() for path in directory.rglob("*") if path.is_file()
    }


@reproducible
def test_two_builds_of_one_seed_and_instant_are_byte_equal(tmp_path: Path, now: datetime) -> None:
    one, two = (build_demo(tmp_path / name, seed=7, now=now).directory for name in ("one", "two"))
    here, there = contents(one), contents(two)
    settings = here.pop("settings.yml").decode(), there.pop("settings.yml").decode()
    assert here == there
    assert settings[0].replace(str(one), str(two)) == settings[1]


@reproducible
def test_another_seed_gives_other_keys_and_another_instant_other_dates(tmp_path: Path, now: datetime) -> None:
    base, seeded, later = (
        build_demo(tmp_path / str(index), seed=seed, now=at).trust_root.read_bytes()
        for index, (seed, at) in enumerate([(7, now), (8, now), (7, now + timedelta(days=1))])
    )
    assert base[:200] == later[:200] != seeded[:200], "the first block is a key"
    assert base[-200:] != later[-200:], "the last block is a certificate"


@reproducible
def test_building_again_restores_what_was_changed_and_keeps_what_is_not_its_own(
    tmp_path: Path, now: datetime
) -> None:
    workspace = build_demo(tmp_path / "demo", now=now)
    before = contents(workspace.directory)
    workspace.trust_root.write_text("broken")
    (workspace.modules / "extra.jar").write_text("x")
    (workspace.state / "journal").write_text("x")
    note = workspace.directory / "my-notes.txt"
    note.write_text("keep")
    build_demo(workspace.directory, now=now)
    assert note.read_text() == "keep"
    note.unlink()
    assert contents(workspace.directory) == before


def test_a_build_that_was_cut_short_can_be_repeated(tmp_path: Path, now: datetime) -> None:
    workspace = build_demo(tmp_path / "demo", now=now)
    workspace.settings.unlink()
    workspace.trust_root.unlink()
    assert build_demo(workspace.directory, now=now).settings.exists()


@pytest.mark.parametrize(
    "marker", [None, "{}", "[" * 3000, '{"schema": "trustconsole/demo-marker/1", "seed": "7"}']
)
def test_a_directory_with_something_else_in_it_is_refused_untouched(
    tmp_path: Path, now: datetime, marker: str | None
) -> None:
    (tmp_path / "precious").write_text("data")
    if marker is not None:
        (tmp_path / ".trustconsole-demo").write_text(marker)
    before = contents(tmp_path)
    with pytest.raises(UsageError, match="not a demo"):
        build_demo(tmp_path, now=now)
    with pytest.raises(UsageError, match="not a demo"):
        open_demo(tmp_path)
    assert contents(tmp_path) == before


def test_a_link_in_place_of_an_own_directory_is_not_followed_when_building_again(
    tmp_path: Path, now: datetime
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "precious").write_text("data")
    workspace = build_demo(tmp_path / "demo", now=now)
    workspace.keys.rename(tmp_path / "moved")
    workspace.keys.symlink_to(outside)
    build_demo(workspace.directory, now=now)
    assert (outside / "precious").read_text() == "data"
    assert not workspace.keys.is_symlink()


def test_what_is_no_directory_and_what_cannot_be_written_are_errors_of_ours(
    tmp_path: Path, now: datetime
) -> None:
    file = tmp_path / "file"
    file.write_text("x")
    with pytest.raises(UsageError, match="is not a directory"):
        build_demo(file, now=now)
    with pytest.raises(UnreadableFile, match="cannot be written"):
        build_demo(file / "below", now=now)
    with pytest.raises(UsageError, match="printable"):
        build_demo(tmp_path / "a\nb", now=now)


def test_a_workspace_is_opened_where_it_was_built(workspace: DemoWorkspace) -> None:
    assert open_demo(workspace.directory) == workspace


def modes(directory: Path) -> Iterator[tuple[str, int]]:
    for path in directory.rglob("*"):
        yield str(path.relative_to(directory)), stat.S_IMODE(path.stat().st_mode)


def test_modes_are_those_of_an_installation_whatever_the_umask(tmp_path: Path, now: datetime) -> None:
    earlier = os.umask(0o077)
    try:
        found = dict(modes(build_demo(tmp_path / "demo", now=now).directory))
    finally:
        os.umask(earlier)
    secret = {name for name, mode in found.items() if mode & 0o077 == 0}
    assert secret == {
        "keys",
        "state",
        *(f"keys/{name}.key" for name in ("author-a", "author-b", "author-new")),
    }
    assert set(found.values()) == {0o755, 0o644, 0o700, 0o600}
    assert found["controller/config/security/module-trust-root.pem"] == 0o644


def test_the_trust_root_labels_its_four_blocks_and_loads(workspace: DemoWorkspace, now: datetime) -> None:
    report = read_trust_root(workspace.trust_root, now=now)
    assert [block.comment.lstrip("# ") for block in report.blocks] == [
        *("author A", "author B", "Internal CA", "private Fulcio"),
    ]
    assert [block.kind for block in report.trusted_blocks] == ["public-key"] * 2 + ["certificate"] * 2
    assert report.controller["COSIGN_BUNDLE"].loads
    assert len(read_trust_root(workspace.rekor_key, now=now).controller["REKOR"].keys) == 1


def test_the_configuration_enforces_bundles_and_names_the_files_of_the_workspace(
    workspace: DemoWorkspace,
) -> None:
    document = yaml.safe_load(workspace.config.read_text())
    signing = document["modules"]["signing"]
    assert document["runtime"]["profile"] == "production"
    assert (signing["mode"], signing["rekor"]["policy"]) == ("COSIGN_BUNDLE", "DISABLED")
    assert workspace.working_directory / signing["trustRoot"] == workspace.trust_root
    assert workspace.working_directory / signing["rekor"]["publicKey"] == workspace.rekor_key
    assert ":demo-password@" in document["database"]["uri"]


def test_the_settings_lead_to_everything(workspace: DemoWorkspace) -> None:
    settings = load_settings(workspace.settings)
    assert settings.controller_config == workspace.config
    assert settings.modules == (workspace.modules,)
    assert settings.state == workspace.state
    assert [(node.name, node.role, node.evidence.value, node.restart) for node in settings.nodes] == [
        (node.name, node.role, str(node.pid_file), node.restart_command) for node in workspace.nodes
    ]


def test_a_directory_with_an_awkward_name_still_has_readable_settings(tmp_path: Path, now: datetime) -> None:
    workspace = build_demo(tmp_path / 'a "b" {c}: #d 😀', now=now)
    assert load_settings(workspace.settings).nodes[0].restart == workspace.nodes[0].restart_command


def test_every_planned_module_is_found_with_the_manifest_that_is_planned(workspace: DemoWorkspace) -> None:
    found = list_modules([workspace.modules])
    assert found.problems == ()
    assert {(module.name, module.version, Path(module.path).name) for module in found.modules} == {
        (planned.module_id, planned.version, planned.file) for planned in DEMO_MODULES
    }
    assert len(DEMO_MODULES) == 12
    by_name = {module.name: module for module in found.modules}
    assert by_name["motd"].sig_path is not None
    assert (by_name["motd"].bundle_path, by_name["chat-filter"].bundle_path) == (None, None)
    assert sum(module.bundle_path is not None for module in found.modules) == 10


def test_every_jar_is_sound_for_other_readers_too(workspace: DemoWorkspace) -> None:
    for jar in workspace.modules.glob("*.jar"):
        with zipfile.ZipFile(jar) as archive:
            assert archive.testzip() is None
            assert any(name.endswith(".class") for name in archive.namelist())
