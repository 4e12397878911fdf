r"""No byte of an operator's files reaches a terminal raw: every command, both streams, error paths too.

Allowed are printable characters and `\n`, and the colour codes of our own on a terminal.
"""

from __future__ import annotations

import json
import random
import re
import shutil
import unicodedata
from pathlib import Path

import pytest
from tests.cli.running import Ran, call
from tests.verification.sigstore.making import Instance, entry_of

from trustconsole.commands import COMMANDS
from trustconsole.demo import HOSTILE_TEXT, DemoWorkspace
from trustconsole.records import AuditLog, Operator

COLOUR = re.compile(r"\x1b\[\d{1,2}m")
# A name can hold neither `/` nor NUL.
HOSTILE_NAME = HOSTILE_TEXT.replace("/", "|").replace("\x00", "") + "\n\r\x7f\x85\u2028\u202e\u2067\ufeff"
AUTHOR_A = "eb692ca4"
PIECES = ("\x1b[2J", "\x1b]52;c;QQ==\x07", "\x1b]0;owned\x07", "\x9b31m", "\u202e", "\u2066", "\n\r", "\x7f")


def _assert_harmless(data: bytes, *, coloured: bool = False) -> None:
    text = data.decode("utf-8")
    if coloured:
        text = COLOUR.sub("", text)
    bad = {char for char in text if char != "\n" and unicodedata.category(char)[0] == "C"}
    bad |= {char for char in text if char in "\u2028\u2029"}
    assert not bad, sorted(map(ascii, bad))


def _check(ran: Ran, *, coloured: bool = False, json: bool = False) -> None:
    for stream in (ran.out, ran.err):
        _assert_harmless(stream, coloured=coloured)
    assert ran.code in (0, 1, 2, 4), ran.told
    if json:
        assert ran.out.isascii()


def _hostile_bundle() -> str:
    """A bundle that reads, with hostile text in every place that holds text."""
    instance = Instance()
    instance.leaf = instance.make_leaf(identity="a\x1b[2J@b.example")
    document = instance.bundle()
    entry = entry_of(document)
    entry["kindVersion"] = {"kind": HOSTILE_TEXT, "version": "\x9b"}
    entry["inclusionProof"]["checkpoint"]["envelope"] = HOSTILE_TEXT
    return json.dumps(document)


@pytest.fixture(scope="module")
def corpus(workspace: DemoWorkspace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory of hostile content under hostile names."""
    place = tmp_path_factory.mktemp("hostile") / HOSTILE_NAME
    place.mkdir()
    holograms = workspace.modules / "holograms-1.1.1.jar"
    for piece in PIECES:
        name = f"mod{piece}.jar"
        shutil.copy(holograms, place / name)
        shutil.copy(f"{holograms}.cosign.bundle", place / f"{name}.cosign.bundle")
    (place / "comment.pem").write_text(
        f"# {HOSTILE_TEXT}\n" + workspace.trust_root.read_text() + f"-----BEGIN {HOSTILE_TEXT}-----\nAA==\n"
    )
    (place / "values.yml").write_text(
        workspace.config.read_text().replace("COSIGN_BUNDLE", '"\\e[2J\\u202E\\x9b1m"'), encoding="utf-8"
    )
    (place / "keys.yml").write_text(
        workspace.config.read_text() + '"\\e]52;c;QQ==\\a\\u202e\\x9b": "\\e[31m"\n', encoding="utf-8"
    )
    (place / "raw.yml").write_bytes(b"runtime: \x1b[2J\x9b\n")
    (place / "paths.yml").write_text(
        workspace.config.read_text().replace("config/security/module-trust", '"\\e[2J\\u202e"#')
    )
    (place / "bundle.cosign.bundle").write_text(
        '{"base64Signature": "AA==", "cert": "\\u001b[2J", "\\u202e\\u001b]0;x\\u0007": 1}'
    )
    (place / "sigstore.json").write_text(_hostile_bundle())
    (place / "line.sig").write_bytes(b"AA==\x1b[2J\n")
    settings = workspace.settings.read_text().replace("controller-1", "c\\e[2J")
    (place / "settings.yml").write_text(settings.replace("name: c\\e[2J", 'name: "c\\e[2J\\u202e"'))
    (place / "broken-settings.yml").write_text('nodes: [{"\\e[2J\\u202e": 1}]\n')
    (place / "audit-settings.yml").write_text("state: .\n")
    operator = Operator(0, HOSTILE_TEXT, HOSTILE_TEXT, HOSTILE_TEXT)
    log = AuditLog(place, operator=operator, syslog=place / "none")
    for _ in range(2):
        log.append(
            HOSTILE_TEXT,
            target=str(place),
            before=None,
            after=None,
            reason=HOSTILE_TEXT,
            details={HOSTILE_TEXT: HOSTILE_TEXT},
        )
    (place / "fifo").touch()
    (place / "dangling").symlink_to(HOSTILE_NAME)
    (place / "noise.pem").write_bytes(random.Random(0).randbytes(4096) + b"-----BEGIN \xff\x1b[2J-----\n")
    return place


def _commands(place: Path, workspace: DemoWorkspace) -> list[tuple[object, ...]]:
    files = sorted(place.iterdir())
    gone = place / f"gone{HOSTILE_NAME}"
    found: list[tuple[object, ...]] = []
    for file in (*files, place, gone):
        found += [
            ("trust-root", "show", file),
            ("inspect", file),
            ("config", "check", file),
            ("profile", file),
        ]
        found += [
            ("trust-root", "diff", file, workspace.trust_root),
            ("verify", file, "--trust-root", workspace.trust_root),
            ("restarts", "--settings", file),
            ("info", "--settings", file),
            ("audit", "show", "--settings", file),
            ("audit", "verify", "--settings", file),
        ]
        signer = ("--certificate-identity", HOSTILE_TEXT, "--certificate-oidc-issuer", HOSTILE_TEXT)
        found += [
            ("verify-bundle", "--bundle", file, *signer, files[0]),
            ("verify-bundle", "--bundle", place / "sigstore.json", *signer, file),
            ("verify-bundle", "--bundle", files[0], "--key", file, "--trusted-root", file, gone),
            ("impact", "--add", file, "--trust-root", workspace.trust_root, "--modules", place),
            ("release", "verify", place, "--checksums", file, "--key", workspace.trust_root),
            ("release", "verify", place, "--checksums", files[0], "--entry", file, "--roots", file),
            ("release", "diff", file, place),
            ("revoke", AUTHOR_A, "--settings", file),
            ("rotate", "status", "--settings", file),
            ("image", "verify", place, "--key", workspace.trust_root),
            ("image", "verify", f"{place}@sha256:{HOSTILE_TEXT}", "--key", file),
        ]
    found += [
        ("verify", place, "--config", workspace.config),
        ("verify", place, "--trust-root", place / "comment.pem"),
        ("verify", files[0], "--trust-root", gone, "--rekor-key", gone, "--rekor-policy", "REQUIRE_SET"),
        ("verify", files[0], "--trust-root", workspace.trust_root, "--sidecar", gone),
        ("verify", workspace.modules, "--config", place / "values.yml"),
        ("verify", "--settings", workspace.settings, "--modules", place),
        ("restarts", "--settings", workspace.settings, "--config", place / "keys.yml"),
        ("info", "--config", gone, "--working-directory", gone),
        ("impact", "--remove", AUTHOR_A, "--trust-root", place / "comment.pem", "--modules", place),
        ("impact", "--remove", AUTHOR_A, "--settings", workspace.settings, "--modules", gone),
        ("impact", "--file", "rekor", "--remove", AUTHOR_A, "--config", place / "keys.yml"),
        *_rotating(place, workspace),
        ("demo", place, "--no-tui"),
        ("demo", gone, "--no-tui"),
    ]
    return found


def _rotating(place: Path, workspace: DemoWorkspace) -> list[tuple[object, ...]]:
    """Rotations with hostile modules, files and words; none is armed, so the workspace stays as it is."""
    where = ("--settings", workspace.settings, "--modules", place)
    start = ("rotate", "start", "--kind", "author", "--old", AUTHOR_A, *where)
    files = [one for one in sorted(place.iterdir()) if one.suffix in (".pem", ".sig")]
    return [
        *((*start, "--new", file) for file in files),
        (*start, "--new", workspace.keys / "author-new.pub"),
        ("rotate", "next", "--confirm", HOSTILE_NAME, "--override", HOSTILE_TEXT, *where),
        ("rotate", "undo", *where),
        ("revoke", AUTHOR_A, *where),
        ("revoke", HOSTILE_TEXT, *where),
        ("revoke", AUTHOR_A, "--config", place / "keys.yml"),
    ]


def test_the_corpus_reaches_every_command(corpus: Path, workspace: DemoWorkspace) -> None:
    reached = {
        tuple(map(str, words[: len(row.words)])) for words in _commands(corpus, workspace) for row in COMMANDS
    }
    assert {row.words for row in COMMANDS} <= reached


def test_no_command_passes_a_control_character_on(corpus: Path, workspace: DemoWorkspace) -> None:
    seen = b""
    for words in _commands(corpus, workspace):
        plain = call(*words)
        _check(plain)
        seen += plain.out + plain.err
    # The text was there, as escapes: it is shown, not dropped.
    for shown in (b"\\x1b[2J", b"\\x1b]52;c;", b"\\u202e", b"\\x9b", b"\\x7f", b"\\x85", b"\\u2028"):
        assert shown in seen, shown


def test_json_of_every_command_is_ascii(corpus: Path, workspace: DemoWorkspace) -> None:
    for words in _commands(corpus, workspace):
        _check(call(*words, "--json"), json=True)


def test_on_a_terminal_only_our_own_colours_are_escapes(corpus: Path, workspace: DemoWorkspace) -> None:
    coloured = b""
    for words in _commands(corpus, workspace)[::5]:
        ran = call(*words, *(("--no-tui",) if words[0] == "demo" else ()), terminal=True)
        _check(ran, coloured=True)
        coloured += ran.out
    assert COLOUR.search(coloured.decode())


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_narrow_encoding_gets_ascii_only(encoding: str, corpus: Path, workspace: DemoWorkspace) -> None:
    for words in _commands(corpus, workspace)[::7]:
        ran = call(*words, encoding=encoding)
        assert ran.out.isascii()
        assert ran.err.isascii()
        _check(ran)


@pytest.mark.parametrize(
    "words",
    [
        (HOSTILE_TEXT,),
        ("trust-root", HOSTILE_TEXT),
        ("verify", f"--{HOSTILE_TEXT}"),
        ("verify", "--at", HOSTILE_TEXT),
        ("verify", "--jobs", HOSTILE_TEXT),
        ("verify", "--mode", HOSTILE_TEXT),
        ("inspect", "a", HOSTILE_TEXT),
        ("inspect", "\udcff\udc9b"),
        ("verify", "\udc9b[2J.jar", "--trust-root", "\udc9b"),
        ("--config", HOSTILE_TEXT, "verify"),
        (f"--{HOSTILE_TEXT}",),
        ("impact", "--remove", HOSTILE_TEXT, "--trust-root", "x"),
        ("impact", "--file", HOSTILE_TEXT),
    ],
)
def test_what_was_typed_is_quoted_harmlessly(words: tuple[str, ...]) -> None:
    ran = call(*words)
    _check(ran)
    assert ran.code == 2
    assert ran.err
