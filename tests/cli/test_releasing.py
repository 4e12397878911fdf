"""`release verify` and `release diff`: what is printed, as JSON and as text, and which exit code it has."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from tests.cli import shapes
from tests.cli.running import Ran, call
from tests.release.making_releases import ARCHIVE, LOOKALIKE, OTHER_ARCHIVE, Publisher, Release, gnu, sbom

from trustconsole.api import Session, ToVerify
from trustconsole.demo import HOSTILE_TEXT

ALIVE = "2026-03-01T12:00:00Z"
LATER = "2026-06-01T12:00:00Z"
FILE = {
    "name": str,
    "status": {"ok", "altered", "missing", "conflicting", "unlisted", "refused"},
    "sha256": (shapes.HEX, None),
    "listed": bool,
}
SBOM = {"name": str, "archive": str, "covered": bool, "matches": (bool, None), "components": int}
RELEASE = {
    "schema": {"trustconsole/release/1"},
    "directory": str,
    "verdict": {"accept", "reject", "error", "unknown"},
    "code": (str, None),
    "rule": (str, None),
    "reason": str,
    "signer": (
        {"spki_sha256": shapes.HEX, "subject": (str, None), "san": [str], "issuer": (str, None)},
        None,
    ),
    "verified_time": (shapes.TIME, None),
    "steps": [shapes.STEP],
    "files": [FILE],
    "sboms": [SBOM],
    "findings": [shapes.FINDING],
}


@pytest.fixture
def release(tmp_path: Path) -> Release:
    return Release(tmp_path / "release")


@pytest.fixture
def root(release: Release, tmp_path: Path) -> Path:
    """The publisher's trusted root."""
    return release.publisher.trusted_root(tmp_path)


def ask(release: Release, root: Path, *more: object, at: str = ALIVE) -> Ran:
    return call("release", "verify", release.directory, "--trusted-root", root, "--at", at, *more)


def document(ran: Ran) -> dict[str, Any]:
    found: dict[str, Any] = ran.json
    assert list(shapes.misfits(found, RELEASE)) == []
    return found


def test_a_good_release_is_accepted_with_code_0_in_text_and_json(release: Release, root: Path) -> None:
    ran = ask(release, root)
    assert (ran.code, ran.told) == (0, "")
    assert ran.text.startswith("✓ accept: 4 files as signed.\n")
    assert ARCHIVE in ran.text
    assert r"\Ahttps://github\.com/prexorjustin/prexorcloud/" in ran.text
    found = document(ask(release, root, "--json"))
    assert (found["verdict"], found["code"], found["rule"]) == ("accept", None, None)
    assert [step["id"] for step in found["steps"]][-2:] == ["checksums", "sbom"]


def test_every_verdict_has_its_code_and_only_accept_is_0(
    release: Release, root: Path, tmp_path: Path
) -> None:
    assert document(ask(release, root, "--json", at=LATER))["code"] == "time-unproven"
    assert ask(release, root, at=LATER).code == 4
    entry = release.entry_file(tmp_path / "entry.json")
    assert ask(release, root, "--entry", entry, at=LATER).code == 0
    assert ask(release, tmp_path / "gone.json").code == 2
    release.remove(OTHER_ARCHIVE)
    assert ask(release, root).code == 0
    assert ask(release, root, "--all").code == 1
    release.write(ARCHIVE, b"altered")
    ran = ask(release, root)
    assert ran.code == 1
    assert ran.text.startswith(f"✗ reject: {ARCHIVE} is not what was signed. (step checksums)\n")


def test_an_error_finding_is_never_good_even_where_the_verdict_is_accept(
    release: Release, root: Path
) -> None:
    release.sign(leaf=release.publisher.leaf(LOOKALIKE))
    ran = ask(release, root, "--documented-identity")
    assert ran.code == 1
    assert ran.text.startswith("⚠ accept: ")
    found = document(ask(release, root, "--documented-identity", "--json"))
    assert (found["verdict"], found["code"], found["rule"]) == ("accept", "lookalike-identity", None)


def test_a_name_without_end_is_no_lookalike_and_is_printed_short_and_kept_in_json(
    release: Release, root: Path
) -> None:
    name = LOOKALIKE + "x" * 50_000
    release.sign(leaf=release.publisher.leaf(name))
    ran = ask(release, root, "--documented-identity")
    assert ran.code == 1
    assert "limit of 2048 characters" in ran.text
    assert len(ran.text) < 20_000
    found = document(ask(release, root, "--documented-identity", "--json"))
    assert found["signer"]["san"] == [name]
    assert "lookalike-identity" not in {one["id"] for one in found["findings"]}


def test_where_the_signature_does_not_count_nothing_it_lists_is_shown_as_good(
    release: Release, root: Path
) -> None:
    release.sign(leaf=release.publisher.leaf(LOOKALIKE))
    files = ask(release, root).text.partition("\nFiles\n")[2]
    assert "ok" in files
    assert "✓" not in files


def test_ones_own_signer_comes_from_flags_or_settings(release: Release, root: Path, tmp_path: Path) -> None:
    release.sign(leaf=release.publisher.leaf("me@example.org", issuer="https://accounts.example.org"))
    assert ask(release, root).code == 1
    flags = ("--certificate-identity", "me@example.org", "--certificate-oidc-issuer")
    assert ask(release, root, *flags, "https://accounts.example.org").code == 0
    settings = tmp_path / "settings.yml"
    settings.write_text(
        f"release:\n  trusted_root: {root.name}\n  certificate_identity: me@example.org\n"
        "  certificate_oidc_issuer: https://accounts.example.org\n"
    )
    by_settings = ("release", "verify", release.directory, "--settings", settings, "--at", ALIVE)
    assert call(*by_settings).code == 0
    assert call(*by_settings, "--certificate-identity", "you@example.org").code == 1
    assert call(*by_settings, "--documented-identity").code == 1
    key = release.publisher.log_key(tmp_path)
    assert document(call(*by_settings, "--key", key, "--json"))["code"] == "signature-mismatch"


def test_components_are_listed_on_request(release: Release, root: Path) -> None:
    assert "spf13/cobra" not in ask(release, root).text
    assert "spf13/cobra  v1.8.1" in ask(release, root, "--components").text
    assert "table" not in {
        key for sbom in ask(release, root, "--json").json["sboms"] for key in sbom if sbom[key]
    }
    (row,) = ask(release, root, "--components", "--json").json["sboms"][0]["table"]
    assert row == {
        "name": "github.com/spf13/cobra",
        "version": "v1.8.1",
        "licence": "Apache-2.0",
        "purl": "pkg:golang/github.com/spf13/cobra@v1.8.1",
    }


def test_components_that_cannot_be_listed_are_counted_and_the_way_to_list_them_is_told(
    release: Release, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "cyclonedx.exception", None)  # as where the extra is not installed
    ran = ask(release, root, "--components")
    listed = ran.text.partition(f"\n{ARCHIVE}.sbom.json: 1 component\n")[2]
    assert "pip install 'trustconsole[sbom]'" in listed
    assert ": 0 components" not in ran.text
    assert (ran.code, ran.told) == (0, "")
    assert "pip install" in ask(release, root, "--components", "--json").told


@pytest.mark.parametrize(
    "flags",
    [
        ("--roots", "x"),
        ("--key", "x"),
        ("--certificate-identity", "a", "--certificate-identity-regexp", "b"),
        ("--certificate-identity-regexp", "("),
        ("--jobs", "0"),
    ],
)
def test_flags_that_do_not_fit_are_code_2(release: Release, root: Path, flags: tuple[str, ...]) -> None:
    ran = ask(release, root, *flags)
    assert (ran.code, ran.text) == (2, "")
    assert ran.told.startswith("trustconsole: ")


def test_diff_prints_what_changed_and_a_difference_is_no_refusal(release: Release, tmp_path: Path) -> None:
    later = Release(tmp_path / "later")
    for name, content in later.archives.items():
        later.write(f"{name}.sbom.json", sbom(name, content, version="v1.9.0"))
    ran = call("release", "diff", release.directory, later.directory)
    assert ran.code == 0
    assert ran.text.startswith("⚠ 0 added, 0 removed, 1 changed, 0 the same\n")
    assert "~ was" in ran.text
    assert "v1.9.0" in ran.text
    found = call("release", "diff", release.directory, later.directory, "--json").json
    assert [one["identity"] for one in found["changed"]] == ["pkg:golang/github.com/spf13/cobra"]
    same = call("release", "diff", release.directory, release.directory)
    assert same.text.startswith("✓ Both hold the same 1 component.\n")


def test_diff_says_what_it_could_not_read(release: Release, tmp_path: Path) -> None:
    release.write("x.zip.sbom.json", b"{}")
    ran = call("release", "diff", release.directory, release.directory)
    assert ran.code == 2
    assert "is not CycloneDX" in ran.told
    empty = tmp_path / "empty"
    empty.mkdir()
    ran = call("release", "diff", empty, release.directory)
    assert (ran.code, ran.text) == (2, "")


@pytest.mark.parametrize("terminal", [False, True])
def test_hostile_names_lines_and_documents_never_reach_the_terminal_raw(
    tmp_path: Path, terminal: bool
) -> None:
    publisher = Publisher()
    hostile = HOSTILE_TEXT.replace("/", "|").replace("\x00", "") + "\x1b[2J\u202e\r"
    release = Release(tmp_path / "release", publisher, archives={f"{hostile}.zip": b"x"})
    release.sign(gnu({**release.sums(), f"../{hostile}": "ab" * 32}) + hostile.encode() + b"\n")
    release.write(f"other{hostile}.zip.sbom.json", sbom(hostile, b"", components=[{"name": hostile}]))
    release.sign(
        release.checksums,
        leaf=publisher.leaf("https://x.example/\x1b[2J\x1b]0;x\x07\r", issuer=HOSTILE_TEXT),
    )
    root = publisher.trusted_root(tmp_path)
    for more in ((), ("--components",), ("--json",), ("--all", "--documented-identity")):
        ran = call(
            "release",
            "verify",
            release.directory,
            "--trusted-root",
            root,
            "--at",
            ALIVE,
            *more,
            terminal=terminal,
        )
        assert ran.code == 1
        shown = (ran.out + ran.err).decode()
        for raw in ("\x1b[2J", "\x1b]", "\u202e", "\r", "\x9b", "\x07"):
            assert raw not in shown


def test_tui_opens_the_console_on_the_release_as_the_command_would_judge_it(
    release: Release, root: Path
) -> None:
    seen: list[tuple[ToVerify | None, str]] = []

    def console(session: Session, start: object) -> int:
        assert start is None
        seen.append((session.to_verify, session.release(release.directory).verdict))
        return 0

    given = ("release", "verify", release.directory, "--trusted-root", root, "--at", ALIVE, "--tui")
    assert call(*given, terminal=True, console=console).code == 0
    assert seen == [(ToVerify("release", str(release.directory)), "accept")]
    assert call(*given).code == 2
