"""Where things are found: options over settings over the current directory."""

from __future__ import annotations

from pathlib import Path

import pytest

from trustconsole.api.target import Options, find_config, find_target
from trustconsole.demo import DemoWorkspace
from trustconsole.errors import SettingsError, UsageError


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_an_option_beats_the_settings_and_the_current_directory(demo: DemoWorkspace, tmp_path: Path) -> None:
    local = tmp_path / "config" / "controller.yml"
    local.parent.mkdir()
    local.write_text("{}")
    environment = {"HOME": str(tmp_path)}
    alone = find_target(Options(), environment=environment, uid=1000)
    assert (alone.config, alone.config_source) == (Path("config/controller.yml"), "current directory")
    by_settings = find_target(Options(settings=demo.settings), environment=environment, uid=1000)
    assert (by_settings.config, by_settings.config_source) == (demo.config, "settings")
    named = find_target(Options(config=local, settings=demo.settings), environment=environment, uid=1000)
    assert (named.config, named.config_source) == (local, "--config")


def test_the_working_directory_is_the_parent_of_config(demo: DemoWorkspace) -> None:
    target = find_target(Options(config=demo.config))
    assert target.working_directory == demo.working_directory
    assert target.resolved("config/x.pem") == demo.working_directory / "config/x.pem"
    assert target.resolved("/etc/x.pem") == Path("/etc/x.pem")
    assert target.resolved("  ") is None


def test_modules_default_to_the_controllers_own_store(demo: DemoWorkspace) -> None:
    target = find_target(Options(config=demo.config), environment={"HOME": "/nonexistent"}, uid=1000)
    assert target.modules(None) == (demo.working_directory / "modules" / ".platform-store",)
    assert find_target(Options(settings=demo.settings)).modules(None) == (demo.modules,)
    given = Options(settings=demo.settings, modules=(Path("/m"),))
    assert find_target(given).modules(None) == (Path("/m"),)


def test_nothing_found_is_a_usage_error_with_a_hint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(UsageError) as caught:
        find_config(Options())
    assert "--config" in caught.value.hint


def test_a_named_settings_file_that_is_missing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SettingsError):
        find_target(Options(settings=tmp_path / "none.yml"))
