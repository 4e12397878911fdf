"""What if a block goes or comes: from options, and in a session; nothing is written."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.api.conftest import NOW

from trustconsole import api
from trustconsole.api.session import Session
from trustconsole.demo import DemoWorkspace
from trustconsole.errors import UsageError

AUTHOR_A = "eb692ca4"


def options(demo: DemoWorkspace) -> api.Options:
    return api.Options(settings=demo.settings)


def stopping(answer: api.Impact) -> list[str]:
    return [module.name for module in answer.those("stops")]


def problems(answer: api.Impact) -> list[str]:
    return [finding.id for finding in answer.problems]


def test_a_key_that_goes_stops_what_it_signed(demo: DemoWorkspace) -> None:
    before = demo.trust_root.read_bytes()
    told: list[tuple[int, int]] = []
    answer = api.impact(
        options(demo), remove=AUTHOR_A, at=NOW, progress=lambda done, total: told.append((done, total))
    )
    assert stopping(answer) == ["essentials"]
    assert (answer.action, answer.file, answer.path) == ("remove", "trust-root", str(demo.trust_root))
    assert (answer.controller_starts_before, answer.controller_starts_after) == (True, True)
    assert answer.removed is not None
    assert answer.removed.startswith(AUTHOR_A)
    assert answer.loses
    assert told[-1] == (12, 12)
    assert demo.trust_root.read_bytes() == before


def test_a_key_that_comes_stops_nothing(demo: DemoWorkspace) -> None:
    answer = api.impact(options(demo), add=demo.directory / "keys" / "author-new.pub", at=NOW)
    assert answer.problems == ()
    assert not answer.loses
    assert answer.count("documented")["keeps"] == 6
    assert answer.sha256_before != answer.sha256_after


def test_without_its_last_block_the_controller_does_not_start(demo: DemoWorkspace) -> None:
    key = (demo.directory / "keys" / "author-a.pub").read_bytes()
    demo.trust_root.write_bytes(key)
    answer = api.impact(options(demo), remove=AUTHOR_A, at=NOW)
    assert problems(answer) == ["nothing-left"]
    assert (answer.controller_starts_before, answer.controller_starts_after) == (True, False)
    assert answer.starts_message is not None
    assert answer.starts_message.startswith("trust bundle has no PUBLIC KEY or CERTIFICATE blocks")
    assert {module.controller.after.verdict for module in answer.modules} == {"no-boot"}


def test_a_broken_trust_root_is_mended_in_advance(demo: DemoWorkspace) -> None:
    ed448 = (
        "-----BEGIN PUBLIC KEY-----\nMEMwBQYDK2VxAzoAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAA\n-----END PUBLIC KEY-----\n"
    )
    demo.trust_root.write_text(demo.trust_root.read_text() + ed448)
    report = api.show_trust_root(demo.trust_root, at=NOW)
    broken = report.blocks[-1].fingerprint
    assert broken is not None
    answer = api.impact(options(demo), remove=broken, at=NOW)
    assert (answer.controller_starts_before, answer.controller_starts_after) == (False, True)
    assert answer.count("controller")["starts"] == 4
    assert problems(answer) == []


def test_the_flags_alone_say_what_is_trusted(demo: DemoWorkspace) -> None:
    answer = api.impact(
        api.Options(modules=(demo.modules,)),
        remove=AUTHOR_A,
        trust_root=demo.trust_root,
        mode="COSIGN_BUNDLE",
        at=NOW,
    )
    assert stopping(answer) == ["essentials"]
    alone = api.impact(api.Options(), remove=AUTHOR_A, trust_root=demo.trust_root, at=NOW)
    assert alone.modules == ()


def test_in_mode_keyed_a_certificate_is_not_read(demo: DemoWorkspace) -> None:
    certificate = api.show_trust_root(demo.trust_root, at=NOW).blocks[2].text
    pem = demo.directory / "ca.pem"
    pem.write_text(certificate)
    answer = api.impact(
        api.Options(), add=pem, trust_root=demo.directory / "keys" / "author-a.pub", mode="KEYED", at=NOW
    )
    assert problems(answer) == ["block-kind-not-read"]


def test_the_rekor_key_is_replaced(demo: DemoWorkspace) -> None:
    log = api.show_trust_root(demo.rekor_key, at=NOW).blocks[0].fingerprint
    new = demo.directory / "keys" / "author-new.pub"
    answer = api.impact(options(demo), file="rekor", remove=log, add=new, rekor_policy="REQUIRE_SET", at=NOW)
    assert (answer.action, answer.path) == ("replace", str(demo.rekor_key))
    assert answer.problems == ()
    assert "lobby-menu" in stopping(answer)
    stopped = next(module for module in answer.modules if module.name == "lobby-menu")
    assert stopped.documented.after.rule == "rekor.set"
    assert "rekor SET did not verify" in stopped.controller.after.message


@pytest.mark.parametrize("name", ["gone.pem", "modules"])
def test_a_pem_file_that_cannot_be_read_is_a_problem_of_the_answer(demo: DemoWorkspace, name: str) -> None:
    answer = api.impact(options(demo), add=demo.directory / name, at=NOW)
    assert problems(answer) == ["trust-root-unreadable"]
    assert name in answer.problems[0].summary
    assert answer.modules == ()


def test_a_trust_root_that_is_missing_can_get_its_first_block(demo: DemoWorkspace) -> None:
    demo.trust_root.unlink()
    answer = api.impact(options(demo), add=demo.directory / "keys" / "author-a.pub", at=NOW)
    assert (answer.controller_starts_before, answer.controller_starts_after) == (False, True)
    assert answer.sha256_before is None
    assert answer.problems == ()
    with pytest.raises(UsageError, match="has the fingerprint"):
        api.impact(options(demo), remove=AUTHOR_A, at=NOW)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "nothing says what goes or comes"),
        ({"remove": "xyz"}, "is not a fingerprint"),
        ({"remove": "00000000"}, "has the fingerprint"),
        ({"remove": AUTHOR_A, "file": "keys"}, "there is no file 'keys'"),
        ({"remove": AUTHOR_A, "at": NOW.replace(tzinfo=None)}, "time zone"),
    ],
)
def test_wrong_arguments_raise(demo: DemoWorkspace, arguments: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        api.impact(options(demo), **arguments)  # type: ignore[arg-type]  # wrong on purpose


def test_a_file_that_is_not_configured_is_named(demo: DemoWorkspace) -> None:
    with pytest.raises(UsageError, match="no Rekor key file is configured"):
        api.impact(api.Options(), file="rekor", remove=AUTHOR_A, trust_root=demo.trust_root)
    demo.config.write_text(demo.config.read_text().replace("trustRoot:", "notTrustRoot:"))
    with pytest.raises(UsageError, match="no trust root is configured"):
        api.impact(options(demo), remove=AUTHOR_A, at=NOW)


@pytest.fixture
def session(demo: DemoWorkspace) -> Session:
    return Session(options(demo), clock=lambda: NOW, host="host-1")


def test_a_session_answers_from_what_its_look_found(session: Session, demo: DemoWorkspace) -> None:
    snapshot = session.look()
    answer = session.impact(remove=AUTHOR_A)
    assert answer == api.impact(options(demo), remove=AUTHOR_A, at=NOW)
    assert [module.path for module in answer.modules] == [row.key for row in snapshot.modules]
    for module, row in zip(answer.modules, snapshot.modules, strict=True):
        assert row.report is not None
        assert module.documented.before.verdict == row.report.documented.verdict
        assert module.controller.before.verdict == row.report.controller.verdict


def test_a_session_sees_a_trust_root_that_moved_since_its_look(session: Session, demo: DemoWorkspace) -> None:
    session.look()
    key = (demo.directory / "keys" / "author-a.pub").read_bytes()
    demo.trust_root.write_bytes(key + (demo.directory / "keys" / "author-new.pub").read_bytes())
    answer = session.impact(remove=AUTHOR_A)
    assert answer.count("controller")["keeps"] == 0
    assert stopping(answer) == ["essentials"]


def test_a_configuration_that_moved_meanwhile_is_said(session: Session, demo: DemoWorkspace) -> None:
    session.look()
    demo.config.write_text(demo.config.read_text() + "# edited\n")
    answer = session.impact(remove=AUTHOR_A)
    assert problems(answer) == ["trust-root-unreadable"]
    assert "changed while the question was answered" in answer.problems[0].summary
    session.look()
    assert session.impact(remove=AUTHOR_A).problems == ()


def test_without_a_configuration_a_session_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = tmp_path / "settings.yml"
    settings.write_text(f"state: {tmp_path / 'state'}\n")
    session = Session(api.Options(settings=settings), clock=lambda: NOW)
    for _ in range(2):
        with pytest.raises(UsageError, match="no configuration says"):
            session.impact(remove=AUTHOR_A)
        session.look()


def test_a_cancelled_question_ends_early(session: Session) -> None:
    session.look()
    assert session.impact(remove=AUTHOR_A, cancelled=lambda: True).modules == ()


def test_nothing_enforced_means_nothing_is_lost(demo: DemoWorkspace) -> None:
    config = demo.config.read_text().replace("profile: production", "profile: development")
    demo.config.write_text(config)
    for jar in demo.modules.glob("*.cosign.bundle"):
        jar.unlink()
    shutil.rmtree(demo.directory / "state", ignore_errors=True)
    answer = api.impact(options(demo), remove=AUTHOR_A, at=NOW)
    assert {module.documented.change for module in answer.modules} == {"keeps"}
