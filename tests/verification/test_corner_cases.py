"""The corner-case table of the rules, row by row, in both readings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from tests.verification.conftest import NOW, Bench

from trustconsole.api.target import Options, Target
from trustconsole.api.verifying import setting_of
from trustconsole.controller_config import check_config, working_directory_of
from trustconsole.demo.authorities import public_pem
from trustconsole.demo.signing import detached, legacy_bundle, sign_raw, sigstore_bundle
from trustconsole.records import Settings
from trustconsole.verification import VerificationReport, headline, verify_artifact

ENFORCING = "runtime: {profile: production}"
OPEN = "runtime: {profile: development}"


@dataclass(frozen=True)
class Row:
    """A row of the table: how the files lie, and what each reading says. `rule` is the documented one's."""

    name: str
    profile: str
    signing: str
    lay: Callable[[Bench], bytes]
    documented: str
    controller: str
    rule: str | None = None


def _nothing(bench: Bench) -> bytes:
    return public_pem(bench.author)


def _good(bench: Bench) -> bytes:
    bench.bundle(bench.signed_by_author())
    return public_pem(bench.author)


def _tampered(bench: Bench) -> bytes:
    bench.bundle(bench.signed_by_author())
    bench.artifact.write_bytes(b"tampered")
    return public_pem(bench.author)


def _tampered_without_root(bench: Bench) -> bytes:
    _tampered(bench)
    return b""


def _good_set(bench: Bench) -> bytes:
    bench.bundle(bench.signed_by_author(with_entry=True))
    return public_pem(bench.author)


def _foreign_set(bench: Bench) -> bytes:
    signature = sign_raw(bench.author, bench.content)
    bench.log, log = bench.stranger, bench.log
    entry = bench.entry(signature, public_pem(bench.author))
    bench.log = log
    bench.bundle(legacy_bundle(signature, rekor_bundle=entry))
    return public_pem(bench.author)


def _unbound(bench: Bench) -> bytes:
    signature = sign_raw(bench.author, bench.content)
    entry = bench.entry(signature, public_pem(bench.author), sha256="cd" * 32)
    bench.bundle(legacy_bundle(signature, rekor_bundle=entry))
    return public_pem(bench.author)


def _malformed_entry(bench: Bench) -> bytes:
    bench.bundle(
        legacy_bundle(sign_raw(bench.author, bench.content), overrides={"rekorBundle": {"Payload": 1}})
    )
    return public_pem(bench.author)


def _keyless(bench: Bench) -> bytes:
    leaf = bench.leaf(start=timedelta(days=-1, minutes=-5), length=timedelta(minutes=10))
    signature = sign_raw(bench.leaf_key, bench.content)
    bench.bundle(
        legacy_bundle(signature, certificate=leaf.pem, rekor_bundle=bench.entry(signature, leaf.pem))
    )
    return bench.ca.pem


def _expired(bench: Bench) -> None:
    leaf = bench.leaf(start=timedelta(days=-9), length=timedelta(days=1))
    bench.bundle(legacy_bundle(sign_raw(bench.leaf_key, bench.content), certificate=leaf.pem))


def _expired_pinned(bench: Bench) -> bytes:
    _expired(bench)
    return public_pem(bench.leaf_key)


def _expired_pinned_beside_ca(bench: Bench) -> bytes:
    _expired(bench)
    return public_pem(bench.leaf_key) + bench.ca.pem


def _leaf_signed_by_another_trusted_key(bench: Bench) -> bytes:
    leaf = bench.leaf(start=timedelta(days=-1), length=timedelta(days=9))
    bench.bundle(legacy_bundle(sign_raw(bench.author, bench.content), certificate=leaf.pem))
    return public_pem(bench.leaf_key) + public_pem(bench.author)


def _keyed_over_certificates(bench: Bench) -> bytes:
    bench.sig(detached(sign_raw(bench.author, bench.content)))
    return bench.ca.pem


def _other_kind(bench: Bench) -> bytes:
    bench.sig(detached(sign_raw(bench.author, bench.content)))
    return public_pem(bench.author)


def _sigstore(bench: Bench) -> bytes:
    signature = sign_raw(bench.author, bench.content)
    bench.bundle(sigstore_bundle(signature, digest=bytes.fromhex(bench.sha256), key=bench.author))
    return public_pem(bench.author)


BUNDLE = "mode: COSIGN_BUNDLE"
REQUIRE = f"{BUNDLE}, rekor: {{policy: REQUIRE_SET, publicKey: rekor.pub}}"
DISABLED = f"{BUNDLE}, rekor: {{policy: DISABLED, publicKey: rekor.pub}}"
ROOT = "trustRoot: trust.pem"

TABLE = (
    Row(
        "not enforced, no sidecar",
        OPEN,
        f"{BUNDLE}, {ROOT}",
        _nothing,
        "unsigned-allowed",
        "unsigned-allowed",
    ),
    Row("not enforced, good", OPEN, f"{BUNDLE}, {ROOT}", _good, "accept", "unsigned-allowed"),
    Row("not enforced, tampered", OPEN, f"{BUNDLE}, {ROOT}", _tampered, "reject", "unsigned-allowed", "key"),
    Row(
        "not enforced, nothing to judge with", OPEN, BUNDLE, _tampered, "unsigned-allowed", "unsigned-allowed"
    ),
    Row("DISABLED, wrong SET", ENFORCING, f"{DISABLED}, {ROOT}", _foreign_set, "accept", "accept"),
    Row("DISABLED, malformed entry", ENFORCING, f"{DISABLED}, {ROOT}", _malformed_entry, "accept", "accept"),
    Row(
        "DISABLED, right SET proves the time", ENFORCING, f"{DISABLED}, {ROOT}", _keyless, "accept", "reject"
    ),
    Row("REQUIRE_SET, right", ENFORCING, f"{REQUIRE}, {ROOT}", _good_set, "accept", "accept"),
    Row(
        "REQUIRE_SET, wrong SET",
        ENFORCING,
        f"{REQUIRE}, {ROOT}",
        _foreign_set,
        "reject",
        "reject",
        "rekor.set",
    ),
    Row(
        "REQUIRE_SET, another file's entry",
        ENFORCING,
        f"{REQUIRE}, {ROOT}",
        _unbound,
        "reject",
        "accept",
        "rekor.binding",
    ),
    Row("REQUIRE_SET, no entry", ENFORCING, f"{REQUIRE}, {ROOT}", _good, "reject", "reject", "rekor.set"),
    Row(
        "KEYED with REQUIRE_SET",
        ENFORCING,
        f"mode: KEYED, rekor: {{policy: REQUIRE_SET, publicKey: rekor.pub}}, {ROOT}",
        _other_kind,
        "no-boot",
        "no-boot",
        "profile",
    ),
    Row(
        "expired certificate of a pinned key, keys only",
        ENFORCING,
        f"{BUNDLE}, {ROOT}",
        _expired_pinned,
        "accept",
        "accept",
    ),
    Row(
        "expired certificate of a pinned key, beside a CA",
        ENFORCING,
        f"{BUNDLE}, {ROOT}",
        _expired_pinned_beside_ca,
        "accept",
        "reject",
    ),
    Row(
        "certificate, but only another block's key verifies",
        ENFORCING,
        f"{BUNDLE}, {ROOT}",
        _leaf_signed_by_another_trusted_key,
        "reject",
        "reject",
        "signature",
    ),
    Row(
        "KEYED with only CERTIFICATE blocks",
        ENFORCING,
        f"mode: KEYED, {ROOT}",
        _keyed_over_certificates,
        "reject",
        "no-boot",
        "trust-root",
    ),
    Row(
        "sidecar of the other kind",
        ENFORCING,
        f"{BUNDLE}, {ROOT}",
        _other_kind,
        "reject",
        "reject",
        "sidecar",
    ),
    Row(
        "Sigstore under the legacy name",
        ENFORCING,
        f"{BUNDLE}, {ROOT}",
        _sigstore,
        "accept",
        "reject",
        None,
    ),
    Row(
        "empty trust-root file, development",
        OPEN,
        f"{BUNDLE}, {ROOT}",
        _tampered_without_root,
        "unsigned-allowed",
        "unsigned-allowed",
    ),
    Row(
        "empty trust-root file, development enforced",
        OPEN,
        f"{BUNDLE}, {ROOT}, required: true",
        _tampered_without_root,
        "unsigned-allowed",
        "no-boot",
    ),
    Row(
        "blank trustRoot, development, required",
        OPEN,
        f"{BUNDLE}, required: true, allowUnsignedDevelopment: true",
        _good,
        "unsigned-allowed",
        "no-boot",
    ),
    Row(
        "development, required, unsigned not allowed",
        OPEN,
        f"{BUNDLE}, {ROOT}, required: true, allowUnsignedDevelopment: false",
        _tampered,
        "reject",
        "reject",
        "key",
    ),
)


def _judge(bench: Bench, row: Row) -> VerificationReport:
    directory = bench.directory
    directory.joinpath("trust.pem").write_bytes(row.lay(bench))
    directory.joinpath("rekor.pub").write_bytes(public_pem(bench.log))
    config = directory / "config" / "controller.yml"
    config.parent.mkdir()
    config.write_text(f"{row.profile}\nmodules:\n  signing: {{{row.signing}}}\n")
    report = check_config(config, now=NOW)
    target = Target(
        Options(), Settings(), "none", config, "--config", working_directory_of(config), Path("/nowhere")
    )
    setting = setting_of(target, report, NOW)
    return verify_artifact(
        bench.artifact,
        policy=setting.policy,
        trust_root=setting.trust_root,
        rekor_key=setting.rekor_key,
        now=NOW,
    )


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
def test_both_readings_say_what_the_table_says(bench: Bench, row: Row) -> None:
    report = _judge(bench, row)
    assert (report.documented.verdict, report.controller.verdict) == (row.documented, row.controller), (
        report.documented,
        report.controller,
    )
    if row.rule is not None:
        assert report.documented.rule == row.rule


def test_a_disagreement_is_a_finding_with_what_to_do(bench: Bench) -> None:
    row = next(row for row in TABLE if row.name == "REQUIRE_SET, another file's entry")
    report = _judge(bench, row)
    finding = next(finding for finding in report.findings if finding.id == "readings-differ")
    assert report.agree is False
    assert "log entry is about something else" in finding.cause
    assert finding.next


def test_the_sidecar_of_the_other_kind_is_named_and_does_not_count(bench: Bench) -> None:
    report = _judge(bench, next(row for row in TABLE if row.name == "sidecar of the other kind"))
    finding = next(finding for finding in report.findings if finding.id == "missing-sidecar")
    assert report.sidecar.kind == "none"
    assert finding.path is not None
    assert finding.path.endswith(".sig")


def test_steps_after_the_verdict_still_run_and_say_so(bench: Bench) -> None:
    report = _judge(bench, next(row for row in TABLE if row.name == "not enforced, tampered"))
    ids = [step.id for step in report.steps]
    assert ids[:5] == ["profile", "trust-root", "sidecar", "parse", "key"]
    assert ids[-1] == "rekor.time"
    assert [step.after_verdict for step in report.steps] == [False] * 5 + [True] * (len(ids) - 5)


def test_a_block_that_the_controller_ignores_is_named_as_the_cause(bench: Bench) -> None:
    bench.bundle(bench.signed_by_author())
    lines = public_pem(bench.author).splitlines()
    commented = b"\n".join([lines[0], lines[1] + b"  # the author's key", *lines[2:]]) + b"\n"
    report = bench.verify(bench.trust(public_pem(bench.stranger), commented))
    assert (report.documented.verdict, report.controller.verdict) == ("accept", "reject")
    finding = next(finding for finding in report.findings if finding.id == "readings-differ")
    assert "silently ignores the block" in finding.cause
    assert headline(report) == finding.cause
