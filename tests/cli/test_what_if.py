"""`impact`: the verdict first, what stops by which rule, what starts, the counts, the exit code."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.running import Ran, call
from tests.trust_root.material import ed25519_spki, pem, private_pem

from trustconsole.demo import DemoWorkspace

AUTHOR_A, INTERNAL_CA, LOG = "eb692ca4", "4f54c1a2", "c67a9f7b"


def _impact(workspace: DemoWorkspace, at: tuple[str, str], *more: object) -> Ran:
    return call("impact", *more, "--settings", workspace.settings, *at)


def test_what_stops_comes_first_with_the_rule_of_either_reading(
    workspace: DemoWorkspace, at: tuple[str, str]
) -> None:
    ran = _impact(workspace, at, "--remove", AUTHOR_A)
    lines = ran.text.splitlines()
    assert lines[0] == "✗ 1 module that is accepted today would be refused."
    assert "  - key   eb692ca4  EC P-256  author A  removed" in lines
    where = lines.index("Would be refused from then on (1)")
    assert lines[where + 1].startswith("  ✗ essentials 2.4.1  ")
    assert "documented  ✗ stops (reject by step key): the signature does not verify" in lines[where + 2]
    assert "controller  ✗ stops (reject at stage verify): cosign signature did not match" in lines[where + 3]
    assert lines[-2].split() == ["documented", "1", "0", "0", "5", "6"]
    assert lines[-1].split() == ["controller", "1", "0", "0", "3", "8"]
    assert (ran.code, ran.err) == (1, b"")


def test_nothing_lost_is_exit_code_0(workspace: DemoWorkspace, at: tuple[str, str]) -> None:
    ran = _impact(workspace, at, "--add", workspace.directory / "keys" / "author-new.pub")
    assert ran.text.startswith("✓ Nothing that is accepted today would be refused.\n")
    assert (ran.code, ran.err) == (0, b"")


def test_what_starts_is_listed(own_workspace: DemoWorkspace, at: tuple[str, str]) -> None:
    own_workspace.trust_root.write_bytes((own_workspace.directory / "keys" / "author-b.pub").read_bytes())
    ran = _impact(own_workspace, at, "--add", own_workspace.directory / "keys" / "author-a.pub")
    assert "Would be accepted from then on (1)\n  ⚠ essentials 2.4.1" in ran.text
    assert ran.code == 0


def test_the_last_block_stops_the_controller(own_workspace: DemoWorkspace, at: tuple[str, str]) -> None:
    own_workspace.trust_root.write_bytes((own_workspace.directory / "keys" / "author-a.pub").read_bytes())
    ran = _impact(own_workspace, at, "--remove", AUTHOR_A)
    assert ran.text.startswith("✗ This change is refused: no block would be left")
    assert "controller   ✗ does not start: trust bundle has no PUBLIC KEY or CERTIFICATE blocks" in ran.text
    assert "(no-boot at stage load)" in ran.text
    assert ran.code == 1


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (private_pem(), "the file holds a private key"),
        (pem("PUBLIC KEY", ed25519_spki()), "the key loads, but the controller never accepts"),
        ("nothing", "what is to be added holds no usable block"),
    ],
)
def test_what_must_not_be_added_is_refused(
    content: str, told: str, workspace: DemoWorkspace, at: tuple[str, str], tmp_path: Path
) -> None:
    path = tmp_path / "new.pem"
    path.write_text(content)
    ran = _impact(workspace, at, "--add", path)
    assert ran.text.startswith(f"✗ This change is refused: {told}")
    assert "What forbids it" in ran.text
    assert "PRIVATE KEY-----" not in ran.text
    assert ran.code == 1


def test_a_pem_file_that_is_not_there_is_exit_code_2(workspace: DemoWorkspace, at: tuple[str, str]) -> None:
    ran = _impact(workspace, at, "--add", "gone.pem")
    assert "gone.pem does not exist" in ran.text.splitlines()[0]
    assert ran.code == 2


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "nothing says what goes or comes"),
        (("--remove", "abc"), "'abc' is not a fingerprint"),
        (("--remove", "0" * 8), "has the fingerprint 00000000"),
        (("--file", "keys", "--remove", AUTHOR_A), "--file: invalid choice"),
    ],
)
def test_wrong_arguments_are_one_sentence(
    words: tuple[str, ...], told: str, workspace: DemoWorkspace, at: tuple[str, str]
) -> None:
    ran = _impact(workspace, at, *words)
    assert told in " ".join(ran.told.split())
    assert (ran.code, ran.out) == (2, b"")


def test_a_replaced_rekor_key_stops_what_its_log_proved(
    workspace: DemoWorkspace, at: tuple[str, str]
) -> None:
    new = workspace.directory / "keys" / "author-new.pub"
    ran = _impact(
        workspace,
        at,
        *("--file", "rekor", "--remove", LOG, "--add", new, "--rekor-policy", "REQUIRE_SET"),
        "--json",
    )
    stopped = {
        module["name"]: module["controller"]["after"]["message"]
        for module in ran.json["modules"]
        if module["controller"]["change"] == "stops"
    }
    assert all("rekor SET did not verify" in message for message in stopped.values())
    assert "lobby-menu" in stopped
    assert (ran.json["action"], ran.code) == ("replace", 1)


def test_modules_that_cannot_be_listed_are_said(
    workspace: DemoWorkspace, at: tuple[str, str], tmp_path: Path
) -> None:
    ran = _impact(workspace, at, "--remove", AUTHOR_A, "--modules", tmp_path / "gone")
    assert "gone does not exist" in ran.told
    assert ran.code == 2


def test_without_modules_only_the_files_are_judged(
    workspace: DemoWorkspace, at: tuple[str, str], tmp_path: Path
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    ran = _impact(workspace, at, "--remove", AUTHOR_A, "--modules", empty)
    assert ran.text.startswith("? No module was looked at")
    assert "no module is there, so only the files were judged" in ran.told
    assert ran.code == 4


def test_an_expiring_anchor_is_to_be_read_first(own_workspace: DemoWorkspace, at: tuple[str, str]) -> None:
    ca = own_workspace.trust_root.read_text().split("-----BEGIN CERTIFICATE-----")[1]
    path = own_workspace.directory / "ca.pem"
    path.write_text(f"-----BEGIN CERTIFICATE-----{ca}")
    own_workspace.trust_root.write_bytes((own_workspace.directory / "keys" / "author-a.pub").read_bytes())
    ran = _impact(own_workspace, at, "--add", path)
    assert "To be read first" in ran.text
    assert "The first CERTIFICATE block" in ran.text
