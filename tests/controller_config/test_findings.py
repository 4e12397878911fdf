"""What the console says about a file, each finding at its place."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from trustconsole import limits
from trustconsole.controller_config import check_config
from trustconsole.controller_config.finding_kinds import KINDS
from trustconsole.controller_config.report import ConfigFinding, ConfigReport

Check = Callable[..., ConfigReport]
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)

CASES = [
    ("load-failure", "modules:\n  signing:\n    mode: cosign_bundle\n", "modules.signing.mode", 3, 11),
    ("empty-document", "# only\n---\n~\n", None, 3, 1),
    ("not-predictable", "runtime: {profile: a,\n profile: b}\n", "runtime", 2, 2),
    ("invalid-configuration", "http:\n  port: 0x1FFFF\n", "http.port", 2, 9),
    ("null-origin", "http:\n  cors:\n    allowedOrigins: [~]\n", "http.cors.allowedOrigins", 3, 21),
    (
        "verifier-cannot-be-built",
        "runtime: {profile: production}\nmodules:\n  signing:\n    trustRoot: absent.pem\n",
        "modules.signing.trustRoot",
        4,
        16,
    ),
    (
        "trust-root-would-not-load",
        "modules:\n  signing:\n    trustRoot: empty.pem\n",
        "modules.signing.trustRoot",
        3,
        16,
    ),
    (
        "keyed-without-keys",
        "modules:\n  signing:\n    trustRoot: certificates.pem\n",
        "modules.signing.trustRoot",
        3,
        16,
    ),
    (
        "keyed-ignores-certificates",
        "modules:\n  signing:\n    trustRoot: mixed.pem\n",
        "modules.signing.trustRoot",
        3,
        16,
    ),
    (
        "mixed-trust-root",
        "modules:\n  signing:\n    mode: COSIGN_BUNDLE\n    trustRoot: mixed.pem\n",
        "modules.signing.trustRoot",
        4,
        16,
    ),
    (
        "production-unsigned",
        "runtime: {profile: production}\nmodules:\n  signing:\n    required: no\n",
        "modules.signing.required",
        4,
        15,
    ),
    (
        "required-without-effect",
        "modules:\n  signing:\n    required: true\n    allowUnsignedDevelopment: true\n"
        "    trustRoot: keys.pem\n",
        "modules.signing.required",
        3,
        15,
    ),
    (
        "allow-unsigned-omitted",
        "modules:\n  signing:\n    required: false\n",
        "modules.signing.allowUnsignedDevelopment",
        3,
        5,
    ),
    (
        "readings-differ",
        "modules:\n  signing:\n    required: true\n    trustRoot: keys.pem\n",
        "modules.signing.allowUnsignedDevelopment",
        3,
        5,
    ),
    ("duplicate-key", "http: {port: 1}\nruntime:\nhttp: {port: 2}\n", "http", 3, 1),
    (
        "misspelt-key",
        "modules:\n  signing:\n    trustRoots: x\n",
        "modules.signing.trustRoots",
        3,
        5,
    ),
    ("misspelt-key", "runtime:\n  Profile: production\n", "runtime.Profile", 2, 3),
    ("misplaced-key", "signing: {required: true}\n", "signing", 1, 1),
    ("misplaced-key", "profile: production\n", "profile", 1, 1),
    ("ignored-key", "modules:\n  signing:\n    colour: red\n", "modules.signing.colour", 3, 5),
    ("alias-not-resolved", "x: &a b\nuuid: *a\n", "uuid", 2, 7),
    ("merge-key-ignored", "x: &a {b: c}\nruntime:\n  <<: *a\n", "runtime.<<", 3, 3),
    ("second-document-ignored", "http: {}\n---\nhttp: {port: 1}\n", None, 2, 1),
    (
        "literal-path",
        "modules:\n  signing:\n    trustRoot: ${HOME}/x.pem\n",
        "modules.signing.trustRoot",
        3,
        16,
    ),
    ("masked-value", "modules:\n  signing:\n    trustRoot: '***'\n", "modules.signing.trustRoot", 3, 16),
    ("relative-path", "modules:\n  signing:\n    trustRoot: keys.pem\n", "modules.signing.trustRoot", 3, 16),
    (
        "rekor-key-unused",
        "modules:\n  signing:\n    rekor: {publicKey: keys.pem}\n",
        "modules.signing.rekor.publicKey",
        3,
        24,
    ),
]


def _found(report: ConfigReport, id_: str) -> list[ConfigFinding]:
    return [finding for finding in report.findings if finding.id == id_]


@pytest.mark.parametrize(("id_", "text", "key", "line", "column"), CASES, ids=[case[0] for case in CASES])
def test_each_finding_stands_at_its_key(
    check: Check, id_: str, text: str, key: str | None, line: int, column: int
) -> None:
    found = _found(check(text), id_)
    assert [(finding.key, finding.line, finding.column) for finding in found] == [(key, line, column)]
    assert found[0].severity == KINDS[id_].severity or id_ == "keyed-without-keys"
    assert found[0].summary
    assert found[0].next


def test_every_kind_of_finding_about_a_readable_file_has_a_case() -> None:
    elsewhere = {"config-missing", "config-unreadable", "verifier-not-predictable"}
    assert {case[0] for case in CASES} == set(KINDS) - elsewhere


def test_keyed_without_keys_is_an_error_once_it_is_enforced(check: Check) -> None:
    signing = "modules: {signing: {trustRoot: certificates.pem}}\n"
    enforced = check("runtime: {profile: production}\n" + signing)
    assert [f.severity for f in _found(enforced, "keyed-without-keys")] == ["error"]
    assert [f.severity for f in _found(check(signing), "keyed-without-keys")] == ["warning"]


def test_a_clean_production_file_has_no_warnings(check: Check, controller: Path) -> None:
    report = check(
        "runtime: {profile: production}\nmodules:\n  signing:\n    required: true\n    mode: COSIGN_BUNDLE\n"
        f"    trustRoot: {controller}/certificates.pem\n    allowUnsignedDevelopment: false\n"
    )
    assert report.findings == ()


def test_an_absent_trust_root_is_reported_where_production_asks_for_it(check: Check) -> None:
    (finding,) = _found(
        check("http: {port: 8080}\nruntime:\n  profile: production\n"), "invalid-configuration"
    )
    assert (finding.key, finding.line, finding.column) == ("modules.signing.trustRoot", 3, 12)


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("absent.pem", "put the PEM file at"),
        ("empty.pem", "trust-root show"),
        ('"a\\0"', "set modules.signing"),
    ],
)
def test_the_next_step_fits_why_the_verifier_cannot_be_built(check: Check, written: str, hint: str) -> None:
    report = check(f"runtime: {{profile: production}}\nmodules: {{signing: {{trustRoot: {written}}}}}\n")
    (finding,) = _found(report, "verifier-cannot-be-built")
    assert hint in finding.next


def test_values_of_any_length_are_cut_in_findings(check: Check) -> None:
    (finding,) = _found(check(f"http: {{port: {'x' * 5000}}}\n"), "load-failure")
    assert len(finding.summary) < 700


def test_a_tab_in_the_indentation_is_named(check: Check) -> None:
    (finding,) = _found(check("http:\n\tport: 8080\n"), "load-failure")
    assert (finding.line, finding.column) == (2, 1)
    assert "tab" in finding.next


def test_a_missing_file_is_what_the_controller_would_write(tmp_path: Path) -> None:
    report = check_config(tmp_path / "config" / "controller.yml", now=NOW)
    assert report.error is not None
    assert report.controller.starts is None
    assert report.documented is None
    assert [finding.id for finding in report.findings] == ["config-missing"]


@pytest.mark.parametrize("kind", ["directory", "fifo", "dangling", "loop", "huge", "unreadable-name"])
def test_special_and_oversized_files_are_answered_without_raising(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "controller.yml"
    if kind == "directory":
        path.mkdir()
    elif kind == "fifo":
        os.mkfifo(path)
    elif kind == "dangling":
        path.symlink_to(tmp_path / "nowhere")
    elif kind == "loop":
        path.symlink_to(path)
    elif kind == "huge":
        path.write_bytes(b"#" * (limits.YAML_BYTES + 1))
    else:
        path = tmp_path / "a\0b"
    report = check_config(path, tmp_path, now=NOW)
    assert report.error
    assert report.controller.starts is None
    assert report.effective is None
    assert report.to_dict()["schema"] == "trustconsole/config/1"
