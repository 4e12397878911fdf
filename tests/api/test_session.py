"""A session sees what changed, remembers what did not, and writes only into the state directory."""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.api.conftest import NOW

from trustconsole import api
from trustconsole.api.session import Session
from trustconsole.demo import DemoWorkspace
from trustconsole.errors import SettingsError, TrustConsoleError


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def session(demo: DemoWorkspace, clock: Clock) -> Session:
    return Session(api.Options(settings=demo.settings), clock=clock, host="host-1")


def _state_of(snapshot: api.Snapshot, module_id: str) -> str:
    return next(row.state for row in snapshot.modules if Path(row.key).name.startswith(module_id))


def test_a_look_holds_everything_that_a_screen_shows(session: Session, demo: DemoWorkspace) -> None:
    snapshot = session.look()
    assert snapshot.trust_root is not None
    assert len(snapshot.trust_root.trusted_blocks) == 4
    assert snapshot.config is not None
    assert snapshot.config.controller.starts is True
    assert snapshot.verified == len(snapshot.modules) == 12
    assert [node.name for node in snapshot.nodes] == ["controller-1", "daemon-1"]
    assert snapshot.paths.trust_root == str(demo.trust_root)
    assert snapshot.read_only
    assert snapshot.generation + 1 == session.look().generation


def test_breaking_the_trust_root_turns_every_verdict_and_mending_turns_it_back(
    session: Session, demo: DemoWorkspace
) -> None:
    good = session.look()
    content = demo.trust_root.read_bytes()
    demo.trust_root.write_bytes(b"nothing\n")
    broken = session.look()
    assert {row.report.controller.verdict for row in broken.modules if row.report} == {"no-boot"}
    assert not any(row.state == "accept" for row in broken.modules)
    demo.trust_root.write_bytes(content)
    mended = session.look()
    assert [row.state for row in mended.modules] == [row.state for row in good.modules]


def test_a_changed_module_is_judged_anew_and_others_are_remembered(
    session: Session, demo: DemoWorkspace
) -> None:
    before = session.look()
    assert _state_of(before, "essentials") == "accept"
    module = demo.modules / "essentials-2.4.1.jar"
    module.write_bytes(module.read_bytes() + b"x")
    after = session.look()
    assert _state_of(after, "essentials") == "reject"
    unchanged = [row.report.steps for row in before.modules if row.report and "parkour" in row.key]
    kept = [row.report.steps for row in after.modules if row.report and "parkour" in row.key]
    assert unchanged[0] is kept[0]


def test_a_verdict_is_not_remembered_beyond_the_date_that_changes_it(session: Session, clock: Clock) -> None:
    before = session.look()
    parkour = next(row.report for row in before.modules if row.module.name == "parkour")
    assert parkour is not None
    assert parkour.documented.verdict == "accept"
    assert parkour.valid_until is not None
    clock.now = parkour.valid_until + timedelta(seconds=1)
    later = next(row.report for row in session.look().modules if row.module.name == "parkour")
    assert later is not None
    assert later.documented.verdict == "reject"


def test_progress_shows_rows_before_they_are_judged(session: Session) -> None:
    partial: list[api.Snapshot] = []
    final = session.look(partial.append)
    assert partial
    assert all(one.generation == final.generation for one in partial)
    assert partial[0].verified < final.verified


def test_a_cancelled_look_ends_with_what_it_has(session: Session) -> None:
    snapshot = session.look(cancelled=lambda: True)
    assert snapshot.verified == 0
    assert len(snapshot.modules) == 12


def test_settings_that_break_keep_the_last_good_ones_and_say_so(
    session: Session, demo: DemoWorkspace
) -> None:
    session.look()
    demo.settings.write_text("nodes: 5\n")
    snapshot = session.look()
    assert len(snapshot.modules) == 12
    assert any("settings" in problem for problem in snapshot.problems)


def test_wrong_settings_at_the_start_are_an_error(demo: DemoWorkspace) -> None:
    demo.settings.write_text("nodes: 5\n")
    with pytest.raises(SettingsError):
        api.open_session(api.Options(settings=demo.settings))


def test_an_export_is_a_new_private_file_in_the_state_directory(
    session: Session, demo: DemoWorkspace
) -> None:
    session.look()
    first = session.export("../../voting 1.0.3\x1b[2J", "text\n")
    second = session.export("../../voting 1.0.3\x1b[2J", "more\n")
    assert first != second
    assert first.parent == demo.state / "exports"
    assert first.read_text() == "text\n"
    assert first.stat().st_mode & 0o777 == 0o600
    assert first.name.replace("-", "").replace(".", "").isalnum()


def test_an_export_that_cannot_be_written_says_why(session: Session, demo: DemoWorkspace) -> None:
    session.look()
    (demo.state / "exports").write_text("a file is in the way")
    with pytest.raises(TrustConsoleError, match="cannot be written"):
        session.export("x", "y")


def test_a_read_only_session_writes_only_into_the_state_directory(
    session: Session, demo: DemoWorkspace
) -> None:
    def outside() -> dict[str, tuple[int, int]]:
        found = {}
        for folder, _directories, names in os.walk(demo.directory):
            if not Path(folder).is_relative_to(demo.state):
                for name in names:
                    status = (Path(folder) / name).stat()
                    found[str(Path(folder) / name)] = (status.st_mtime_ns, status.st_ctime_ns)
        return found

    before = outside()
    session.look()
    session.export("x", "y")
    assert outside() == before


async def test_a_change_of_the_trust_root_is_announced(session: Session, demo: DemoWorkspace) -> None:
    session.look()
    stop = asyncio.Event()
    stream = session.changes(stop)
    assert await asyncio.wait_for(anext(stream), 5) == "rescan"
    demo.trust_root.write_bytes(demo.trust_root.read_bytes() + b"\n")
    while await asyncio.wait_for(anext(stream), 5) != "changed":
        pass
    stop.set()


@pytest.mark.parametrize("part", [0, 1, 500_000, 999_999])
def test_an_accept_at_the_end_of_a_certificate_is_not_kept(session: Session, clock: Clock, part: int) -> None:
    parkour = next(row.report for row in session.look().modules if "parkour" in row.key)
    assert parkour is not None
    assert parkour.valid_until is not None
    end = parkour.valid_until - timedelta(microseconds=1)
    clock.now = end + timedelta(microseconds=part)
    at_the_end = next(row.report for row in session.look().modules if "parkour" in row.key)
    assert at_the_end is not None
    assert (at_the_end.documented.verdict == "accept") == (part == 0)
    clock.now = end + timedelta(days=1)
    later = next(row.report for row in session.look().modules if "parkour" in row.key)
    assert later is not None
    assert (later.documented.verdict, later.controller.verdict) == ("reject", "reject")


def test_a_changed_signature_file_counts_whatever_its_name_and_times(
    tmp_path: Path, demo: DemoWorkspace
) -> None:
    digest = hashlib.sha256((demo.modules / "essentials-2.4.1.jar").read_bytes()).hexdigest()
    artifacts = tmp_path / ".platform-store" / "artifacts"
    artifacts.mkdir(parents=True)
    shutil.copy2(demo.modules / "essentials-2.4.1.jar", artifacts / f"{digest}.jar")
    bundle = artifacts / f"{digest}.jar.cosign.bundle"  # read before the store's own name for it
    shutil.copy2(demo.modules / "essentials-2.4.1.jar.cosign.bundle", bundle)
    options = api.Options(config=demo.config, settings=demo.settings, modules=(artifacts.parent,))
    session = Session(options, clock=Clock())
    assert [row.state for row in session.look().modules] == ["accept"]
    status = bundle.stat()
    good = bundle.read_bytes()
    bundle.write_bytes(good[:20] + bytes([good[20] ^ 1]) + good[21:])
    os.utime(bundle, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert [row.state for row in session.look().modules] == ["reject"]
