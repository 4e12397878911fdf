"""Whatever the bytes: an answer, in bounded time; and what is written plainly is bound as written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from trustconsole.controller_config import check_config
from trustconsole.controller_config.report import ConfigReport
from trustconsole.text import to_json

Check = Callable[..., ConfigReport]
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
RELAXED = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

_WORDS = """runtime: modules: http port required: mode: \\u00 \\/ # --- ... ~ | > " ' 0x 1e9 { } [ ] , <<
    : - ? &a *a !!int !!binary !x %YAML"""
_CHARACTERS = ["  ", "\t", "\n", ": ", "- ", "? ", "\x85", "\u2028", "\ufeff", "\x00", "\u202e", "9" * 40]
FRAGMENTS = st.sampled_from([*_WORDS.split(), *_CHARACTERS])


def _never_raises(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    report = check_config(path, path.parent, now=NOW)
    to_json(report.to_dict())
    if report.controller.starts:
        assert report.effective is not None
    if report.effective is None:
        assert report.controller.starts is not True


@RELAXED
@given(st.binary(max_size=400))
@example(b"http: {port: 1}\n# \xf0\x9f")
@example(b"\xef\xbb\xbf")
@example(b'"\\U00110000"')
@example(b"a: !<")
@example(b"x: !!int +")
@example(b"x: !!bool ")
@example(b"%TAG ! tag:x,2000:\n---\nhttp: !int {}")
def test_arbitrary_bytes_never_raise(tmp_path: Path, data: bytes) -> None:
    _never_raises(tmp_path / "controller.yml", data)


@RELAXED
@given(st.lists(FRAGMENTS, max_size=40).map("".join))
def test_arbitrary_yaml_fragments_never_raise(tmp_path: Path, text: str) -> None:
    _never_raises(tmp_path / "controller.yml", text.encode())


WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Cn", "Co"]), min_size=1, max_size=20
)
KNOWN = st.fixed_dictionaries(
    {},
    optional={
        "runtime": st.fixed_dictionaries({"profile": st.sampled_from(["development", "production"])}),
        "http": st.fixed_dictionaries({"port": st.integers(1, 65535)}),
        "grpc": st.fixed_dictionaries({"port": st.integers(1, 65535)}),
        "heartbeat": st.fixed_dictionaries({"intervalMs": st.integers(1, 2**63 - 1)}),
        "security": st.fixed_dictionaries({"jwtExpirationMinutes": st.integers(1, 2**31 - 1)}),
        "database": st.fixed_dictionaries({"uri": WORDS}),
        "modules": st.fixed_dictionaries(
            {
                "signing": st.fixed_dictionaries(
                    {},
                    optional={
                        "required": st.sampled_from([True, False, None]),
                        "trustRoot": WORDS,
                        "mode": st.sampled_from(["KEYED", "COSIGN_BUNDLE"]),
                        "allowUnsignedDevelopment": st.booleans(),
                        "rekor": st.fixed_dictionaries(
                            {"policy": st.sampled_from(["DISABLED", "REQUIRE_SET"]), "publicKey": WORDS}
                        ),
                    },
                )
            }
        ),
    },
)


@RELAXED
@given(KNOWN, st.sampled_from([None, True, False]))
def test_known_values_bind_as_they_were_written(
    tmp_path: Path, known: dict[str, dict[str, object]], flow: bool | None
) -> None:
    path = tmp_path / "controller.yml"
    path.write_text(yaml.safe_dump(known, default_flow_style=flow, allow_unicode=True), encoding="utf-8")
    report = check_config(path, tmp_path, now=NOW)
    assert report.effective is not None, report.controller
    assert report.other is not None
    signing = known.get("modules", {}).get("signing", {})
    assert isinstance(signing, dict)
    rekor = signing.get("rekor", {"policy": "DISABLED", "publicKey": None})
    effective = report.effective
    assert effective.mode.value == signing.get("mode", "KEYED")
    assert effective.trust_root.value == signing.get("trustRoot")
    assert effective.rekor_policy.value == rekor["policy"]
    assert effective.rekor_public_key.value == rekor["publicKey"]
    default_allow = "modules" not in known
    assert effective.allow_unsigned_development.value is signing.get(
        "allowUnsignedDevelopment", default_allow
    )
    profile = known.get("runtime", {}).get("profile", "development")
    required = signing.get("required")
    assert effective.profile.value == profile
    assert effective.required.value is (profile == "production" if required is None else required)
    assert report.other["http.port"] == known.get("http", {}).get("port", 8080)
    assert report.other["database.uri"] == known.get("database", {}).get("uri", "mongodb://localhost:27017")
    assert report.other["heartbeat.intervalMs"] == known.get("heartbeat", {}).get("intervalMs", 30000)


LAUGHS = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)
)


@pytest.mark.parametrize(
    "text",
    [
        LAUGHS,
        "x: " + "[" * 100_000,
        "x: " + "{a: " * 50_000,
        "- " * 100_000,
        "x: " + "[]," * 100_000,
        "a: &a\n" * 100_000,
        "uuid: " + "v" * 900_000 + "\n",
        "uuid: '" + "v " * 400_000 + "'\n",
        "modules: {signing: {}}\n" * 40_000,
        "x: " + "9" * 900_000 + "\nhttp: {port: " + "9" * 900 + "}\n",
        "? " * 100_000,
        "\n" * 1_000_000,
    ],
    ids=[
        "laughs",
        "brackets",
        "braces",
        "dashes",
        "list",
        "lines",
        "plain",
        "quoted",
        "again",
        "digits",
        "?",
        "lf",
    ],
)
def test_large_and_nested_files_are_answered(check: Check, text: str) -> None:
    report = check(text[: 1024 * 1024])
    assert report.controller.starts in (True, False, None)
