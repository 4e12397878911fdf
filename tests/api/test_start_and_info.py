"""The first start, the demo run, and what `info` prints."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.api.conftest import NOW

from trustconsole import api
from trustconsole.api.start import look_at
from trustconsole.demo import DemoWorkspace
from trustconsole.errors import UsageError


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)


def test_a_first_start_is_offered_only_where_nothing_is_configured(demo: DemoWorkspace) -> None:
    assert api.first_start(api.Options()) is not None
    assert api.first_start(api.Options(config=demo.config)) is None
    assert api.first_start(api.Options(settings=demo.settings)) is None


def test_places_say_what_was_found(demo: DemoWorkspace, tmp_path: Path) -> None:
    found = look_at(demo.working_directory)
    assert found.found
    assert found.path == str(demo.config)
    assert look_at(tmp_path / "absent").note == "does not exist"
    assert look_at(tmp_path).note == "has no controller.yml"


def test_a_found_place_can_be_opened_and_a_wrong_one_cannot(demo: DemoWorkspace, tmp_path: Path) -> None:
    start = api.first_start(api.Options())
    assert start is not None
    assert start.open(str(demo.config)).look().config is not None
    with pytest.raises(UsageError):
        start.open(str(tmp_path / "absent.yml"))


def test_the_demo_run_is_as_planned_and_its_session_is_armed(tmp_path: Path) -> None:
    run = api.run_demo(tmp_path / "new", now=NOW, nodes=False)
    assert run.deviations == ()
    assert run.to_dict()["as_planned"] is True
    assert not run.session().read_only


def test_a_demo_module_that_deviates_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trustconsole.api.start.DEMO_MODULES", ())
    run = api.run_demo(tmp_path / "new", now=NOW, nodes=False)
    assert len(run.deviations) == 12


def test_info_names_every_path_and_its_source(demo: DemoWorkspace) -> None:
    info = api.info(api.Options(settings=demo.settings))
    facts = {label: value for section in info.sections for label, value in section.facts}
    assert str(demo.config) in facts["controller.yml"]
    assert "settings" in facts["controller.yml"]
    assert facts["state"] == str(demo.state)
    demo.settings.write_text("nope: 1\n")
    assert api.info(api.Options(settings=demo.settings)).problem is not None


def test_restarts_reports_every_node_of_the_settings(demo: DemoWorkspace) -> None:
    report = api.restarts(api.Options(settings=demo.settings), now=NOW)
    assert [node.name for node in report.nodes] == ["controller-1", "daemon-1"]
    assert {node.state for node in report.nodes} == {"unknown"}
    assert report.to_dict()["schema"] == "trustconsole/restarts/1"
