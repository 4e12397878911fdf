"""The lines that re-sign a module: exact flags, names that do no harm, and what they warn of."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from tests.rotation.test_gates import module

from trustconsole.demo import HOSTILE_TEXT
from trustconsole.records import RotationKind
from trustconsole.rotation import Signing, commands_for, script, traps
from trustconsole.rotation.resigning import COSIGN_2
from trustconsole.text import shell_word

NAMES = {
    "hostile": HOSTILE_TEXT.replace("\0", ""),
    "blank": "two words",
    "quote": "it's",
    "dash": "-rf",
    "substitution": "$(reboot) `id`",
    "line feed": "a\nb",
    "beyond ASCII": "näme",
    "escape and quote": "\x1b[2J'\\",
    "end of a quotation": "ess\x01'; touch PWNED; #",
    "end of a substitution": "ess\x01'); touch PWNED; #",
    "conversion": "\x0150%s%n%%",
    "option": "--\x01",
    "digit after a number": "\x0177",
    "no UTF-8": "a\udcff\udc80",
    "line feeds around": "\n\na\n\nb",
}
SHELLS = (("dash",), ("bash",), ("bash", "--posix"), ("busybox", "sh"), ("zsh",))


@pytest.fixture(params=SHELLS, ids=" ".join)
def shell(request: pytest.FixtureRequest) -> tuple[str, ...]:
    words: tuple[str, ...] = request.param
    if shutil.which(words[0]) is None:
        pytest.skip(f"{words[0]} is not installed")
    return words


def lines(
    kind: RotationKind = "author", mode: str = "COSIGN_BUNDLE", *, logged: bool = False, **changes: object
) -> dict[str, str]:
    one = replace(module("voting"), **changes)  # type: ignore[arg-type]
    return {line.title: line.text for line in commands_for(one, Signing(kind, mode, logged))}


def test_each_cosign_gets_the_flags_that_it_needs_for_the_legacy_format() -> None:
    found = lines()
    bundle = "--bundle /m/voting.jar.cosign.bundle /m/voting.jar"
    key = "cosign sign-blob --yes --key NEW.key --tlog-upload=false"
    legacy = "--use-signing-config=false --new-bundle-format=false"
    assert found["sign with cosign 2"] == f"{key} {bundle}"
    assert found["sign with cosign 3"] == f"{key} {legacy} {bundle}"
    assert found["install"] == (
        "prexorctl module install /m/voting.jar --signature /m/voting.jar.cosign.bundle"
    )


def test_a_detached_signature_is_written_where_the_mode_is_keyed() -> None:
    signing = lines(mode="KEYED")["sign with cosign 2"]
    assert signing.endswith("--output-signature /m/voting.jar.sig /m/voting.jar")


def test_a_certificate_goes_with_cosign_3_alone_and_a_log_key_with_an_entry() -> None:
    assert "sign with cosign 2" not in lines("ca")
    assert "--certificate LEAF.pem" in lines("ca")["sign with cosign 3"]
    assert "--tlog-upload=true --rekor-url" in lines("rekor")["sign with cosign 2"]


@pytest.mark.parametrize("kind", ["author", "ca", "rekor"])
def test_a_controller_that_wants_a_log_entry_gets_one(kind: RotationKind) -> None:
    found = [line for title, line in lines(kind, logged=True).items() if title.startswith("sign")]
    assert found
    assert all("--tlog-upload=true --rekor-url https://REKOR.example.net" in line for line in found)
    assert any("rekor.publicKey" in words for words in traps(Signing(kind, logged=True)))
    assert "--tlog-upload=false" in lines(kind, "KEYED", logged=True)["sign with cosign 3"]


def test_a_stored_module_is_copied_out_signed_there_and_makes_room() -> None:
    found = lines(stored=True, path="/c/.platform-store/artifacts/ab.jar")
    assert found["copy"] == "cp /c/.platform-store/artifacts/ab.jar ./voting-1.jar"
    assert found["make room"] == "prexorctl module delete voting"
    assert "--bundle ./voting-1.jar.cosign.bundle ./voting-1.jar" in found["sign with cosign 2"]
    assert ".platform-store" not in found["install"]


@pytest.mark.parametrize("name", NAMES.values(), ids=list(NAMES))
def test_every_line_is_one_printable_line_that_names_the_same_file(
    name: str, shell: tuple[str, ...], tmp_path: Path
) -> None:
    one = replace(module("m"), path=f"/m/{name}.jar", name=name)
    stored = replace(one, stored=True)
    for line in [line for each in (one, stored) for line in commands_for(each, Signing("author"))]:
        assert line.text.isprintable()
        echo = [*shell, "-c", f"printf '%s\\0' {line.text}"]
        echoed = subprocess.run(echo, capture_output=True, check=True, cwd=tmp_path).stdout
        assert tuple(map(os.fsdecode, echoed.split(b"\0")[:-1])) == line.argv
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", NAMES.values(), ids=list(NAMES))
def test_the_script_touches_nothing_but_what_it_names(
    name: str, shell: tuple[str, ...], tmp_path: Path
) -> None:
    programs, place = tmp_path / "programs", tmp_path / "place"
    programs.mkdir()
    place.mkdir()
    for program in ("cosign", "prexorctl", "cp"):
        (programs / program).write_text(f"#!/bin/sh\nprintf '%s\\0' {program} \"$@\" '' >> ../ran\n")
        (programs / program).chmod(0o755)
    one = replace(module("m"), path=f"/m/{name}.jar", name=name, version=name)
    modules = [one, replace(one, stored=True)]
    written = place.parent / "script"
    written.write_text(script(modules, Signing("author")))
    environment = {"PATH": f"{programs}:{os.environ['PATH']}"}
    subprocess.run([*shell, str(written)], check=True, cwd=place, env=environment)
    wanted = [
        line.argv
        for each in modules
        for line in commands_for(each, Signing("author"))
        if line.title != COSIGN_2
    ]
    ran = (tmp_path / "ran").read_bytes().split(b"\0\0")
    assert [tuple(map(os.fsdecode, line.split(b"\0"))) for line in ran if line] == wanted
    assert list(place.iterdir()) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["place", "programs", "ran", "script"]


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("voting\n", "voting\ufffd"),
        ("voting\0", "voting\ufffd"),
        ("\n", "\ufffd"),
        ("x\0'; touch PWNED; #\n\n", "x\ufffd'; touch PWNED; #\ufffd\ufffd"),
    ],
    ids=["line feed", "NUL", "line feed alone", "all of it"],
)
def test_a_name_that_no_shell_can_give_becomes_a_comment_and_names_no_other(
    name: str, given: str, shell: tuple[str, ...], tmp_path: Path
) -> None:
    line = lines(stored=True, name=name)["make room"]
    assert line.startswith("# to be done by hand, ")
    assert line.isprintable()
    command = f"printf '%s\\0' {shell_word(name)}\n{line}"
    echoed = subprocess.run([*shell, "-c", command], capture_output=True, check=True, cwd=tmp_path)
    assert echoed.stdout.decode() == f"{given}\0"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", NAMES.values(), ids=list(NAMES))
def test_the_script_is_valid_whatever_a_module_is_called(name: str) -> None:
    one = replace(module("m"), path=f"/m/{name}.jar", name=name, version=name)
    text = script([one, replace(one, stored=True)], Signing("author"))
    assert subprocess.run(["bash", "-n"], input=text, text=True, check=False).returncode == 0
    assert all(line.isprintable() for line in text.split("\n"))
    assert text.startswith("#!/bin/sh\n")
    commands = {line.split(" ")[0] for line in text.split("\n") if line and not line.startswith("#")}
    assert commands <= {"set", "cp", "cosign", "prexorctl"}


def test_a_module_called_like_an_option_is_none() -> None:
    assert lines(stored=True, name="-rf")["make room"] == "prexorctl module delete -- -rf"


def test_the_traps_are_named() -> None:
    assert any("module upload" in words for words in traps(Signing("author")))
    assert any("bytes did not change" in words for words in traps(Signing("ca")))
    assert any("P-384" in words for words in traps(Signing("rekor")))
