"""Sources of values, the verifier that would be built, and the files behind it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from trustconsole.controller_config import check_config, working_directory_of
from trustconsole.controller_config.report import ConfigReport

Check = Callable[..., ConfigReport]
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def _signing(**values: str) -> str:
    pairs = ", ".join(f"{key}: {value}" for key, value in values.items())
    return f"runtime: {{profile: production}}\nmodules: {{signing: {{{pairs}}}}}\n"


def test_every_value_names_its_line_and_column_or_its_default(check: Check, controller: Path) -> None:
    report = check(
        "runtime:\n  profile: Production\nmodules:\n  signing:\n    mode: KEYED\n    trustRoot: keys.pem\n"
        "    rekor:\n      policy: ~\n"
    )
    path = controller / "config" / "controller.yml"
    effective = report.effective
    assert effective is not None
    assert (effective.profile.value, effective.profile.source) == ("production", f"{path}:2:12")
    assert (effective.mode.value, effective.mode.source) == ("KEYED", f"{path}:5:11")
    assert (effective.trust_root.value, effective.trust_root.source) == ("keys.pem", f"{path}:6:16")
    assert (effective.required.value, effective.required.source) == (True, "profile")
    assert (effective.rekor_policy.value, effective.rekor_policy.source) == ("DISABLED", "default")
    assert (effective.rekor_public_key.value, effective.rekor_public_key.source) == (None, "default")


@pytest.mark.parametrize(
    ("values", "verifier", "error"),
    [
        ({"mode": "KEYED", "trustRoot": "keys.pem"}, "KEYED", None),
        ({"mode": "COSIGN_BUNDLE", "trustRoot": "certificates.pem"}, "COSIGN_BUNDLE", None),
        ({"mode": "KEYED", "trustRoot": "keys.pem/"}, "KEYED", None),
        ({"mode": "KEYED", "trustRoot": ".//keys.pem"}, "KEYED", None),
        (
            {"mode": "KEYED", "trustRoot": "certificates.pem"},
            "BOOT_FAILS",
            "IllegalStateException: trust bundle has no PUBLIC KEY blocks: certificates.pem",
        ),
        (
            {"mode": "KEYED", "trustRoot": "absent.pem"},
            "BOOT_FAILS",
            "IllegalArgumentException: trust bundle does not exist: absent.pem",
        ),
        (
            {"mode": "KEYED", "trustRoot": "~/keys.pem"},
            "BOOT_FAILS",
            "IllegalArgumentException: trust bundle does not exist: ~/keys.pem",
        ),
        (
            {"mode": "COSIGN_BUNDLE", "trustRoot": "config"},
            "BOOT_FAILS",
            "IllegalArgumentException: trust bundle does not exist: config",
        ),
        ({"required": "false", "trustRoot": "absent.pem"}, "NOOP", None),
        ({"trustRoot": '"a\\0b"'}, "BOOT_FAILS", "InvalidPathException: Nul character not allowed"),
        (
            {
                "mode": "COSIGN_BUNDLE",
                "trustRoot": "keys.pem",
                "rekor": "{policy: REQUIRE_SET, publicKey: absent.pub}",
            },
            "BOOT_FAILS",
            "IllegalArgumentException: rekor public key file does not exist: absent.pub",
        ),
    ],
)
def test_the_verifier_is_built_from_the_files_or_stops_the_start(
    check: Check, values: dict[str, str], verifier: str, error: str | None
) -> None:
    report = check(_signing(**values))
    assert report.effective is not None
    assert report.effective.verifier == verifier
    assert report.controller.boot_error == error
    assert report.controller.stage == ("boot" if error else None)
    assert report.controller.starts is (error is None)


def test_a_log_key_that_is_not_given_stops_the_start_with_a_null_pointer(check: Check) -> None:
    report = check(_signing(mode="COSIGN_BUNDLE", trustRoot="keys.pem", rekor="{policy: REQUIRE_SET}"))
    assert report.controller.boot_error == "NullPointerException"
    assert report.controller.stage == "validate"


def test_the_trust_root_is_looked_for_in_the_working_directory(tmp_path: Path, controller: Path) -> None:
    path = controller / "config" / "controller.yml"
    path.write_text(_signing(trustRoot="keys.pem"))
    assert check_config(path, now=NOW).controller.starts is True
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    assert check_config(path, elsewhere, now=NOW).controller.starts is False


def test_the_working_directory_is_the_parent_of_config(tmp_path: Path) -> None:
    assert working_directory_of(tmp_path / "config" / "controller.yml") == tmp_path
    assert working_directory_of(tmp_path / "controller.yml") == Path.cwd()
    assert working_directory_of(tmp_path / "config" / "other.yml") == Path.cwd()


def test_the_signing_digest_ignores_layout_and_other_blocks_but_not_signing_values(check: Check) -> None:
    first = check(_signing(trustRoot="keys.pem")).signing_digest
    rewritten = check(
        "---\nhttp: {port: 8099}\nruntime:\n  profile: 'production'\nmodules:\n  signing:\n"
        "    required: null\n"
        "    trustRoot: keys.pem\n    mode: KEYED\n    allowUnsignedDevelopment: false\n"
        "    rekor: {policy: DISABLED, publicKey: null}\n"
    ).signing_digest
    assert first is not None
    assert first == rewritten
    assert check(_signing(trustRoot="other.pem")).signing_digest != first
    assert check(_signing(trustRoot="keys.pem", mode="COSIGN_BUNDLE")).signing_digest != first


def test_the_modules_directory_is_bound_as_written(check: Check) -> None:
    assert check("modules: {directory: /srv/modules}\n").modules_directory == "/srv/modules"
    assert check("runtime:\n").modules_directory == "modules"


def test_the_password_in_the_database_uri_is_masked_unless_revealed(check: Check) -> None:
    report = check("database: {uri: 'mongodb://app:p@ss@db/prexor'}\n")
    masked, revealed = report.to_dict()["other"], report.to_dict(reveal=True)["other"]
    assert isinstance(masked, dict)
    assert isinstance(revealed, dict)
    assert masked["database.uri"] == "mongodb://app:***@db/prexor"
    assert revealed["database.uri"] == "mongodb://app:p@ss@db/prexor"
    assert "p@ss" not in str(report.to_dict())
