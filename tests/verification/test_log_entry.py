"""Log entries: which bodies are read, what is refused by name, and what binding compares."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable

import pytest
from tests.verification.conftest import Bench

from trustconsole.demo.authorities import public_pem
from trustconsole.demo.signing import canonical, legacy_bundle, log_id, rekor_entry, rekord_body, sign_raw
from trustconsole.verification import VerificationReport


def _judge(bench: Bench, body: bytes, **entry: str) -> VerificationReport:
    """The author's bundle with an entry of this body, under REQUIRE_SET."""
    signature = sign_raw(bench.author, bench.content)
    rekor = rekor_entry(bench.log, body, integrated_time=1_780_000_000, log_index=1, **entry)  # type: ignore[arg-type]
    bench.bundle(legacy_bundle(signature, rekor_bundle=rekor))
    root = bench.trust(public_pem(bench.author))
    return bench.verify(root, policy="REQUIRE_SET", log_key=public_pem(bench.log))


def _body(bench: Bench, change: Callable[[dict[str, object]], None] | None = None) -> bytes:
    signature = sign_raw(bench.author, bench.content)
    document = json.loads(rekord_body(bench.sha256, signature, public_pem(bench.author)))
    if change is not None:
        change(document)
    return canonical(document)


def test_a_rekord_of_2021_is_read(bench: Bench) -> None:
    report = _judge(bench, _body(bench))
    assert report.documented.verdict == "accept"
    assert any("rekord 0.0.1" in step.detail for step in report.steps)


@pytest.mark.parametrize(("kind", "version"), [("dsse", "0.0.2"), ("rekord", "0.0.2"), ("helm", "0.0.1")])
def test_an_unknown_kind_is_refused_by_name(bench: Bench, kind: str, version: str) -> None:
    report = _judge(bench, _body(bench, lambda body: body.update(kind=kind, apiVersion=version)))
    assert report.documented.rule == "rekor.binding"
    assert kind in report.documented.reason


def test_a_body_that_is_not_strict_json_is_refused(bench: Bench) -> None:
    text = _body(bench)
    report = _judge(bench, text[:-1] + b',"kind":"rekord"}')
    assert report.documented.rule == "rekor.binding"
    assert "twice" in report.documented.reason


def test_an_entry_that_names_another_log_is_refused_although_its_set_verifies(
    bench: Bench, step: Callable[[VerificationReport, str], str]
) -> None:
    report = _judge(bench, _body(bench), named_log_id=log_id(bench.stranger))
    assert report.documented.rule == "rekor.log-id"
    assert step(report, "rekor.set") == "pass"
    assert report.controller.verdict == "accept"


def test_a_hash_of_another_algorithm_binds_nothing(bench: Bench) -> None:
    def change(body: dict[str, object]) -> None:
        body["spec"]["data"]["hash"]["algorithm"] = "sha512"  # type: ignore[index]

    assert _judge(bench, _body(bench, change)).documented.rule == "rekor.binding"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("integratedTime", True),
        ("integratedTime", 1.5),
        ("integratedTime", "1780000000"),
        ("integratedTime", 10**12),
        ("logIndex", -1),
        ("logID", "ABCD"),
        ("body", 5),
        ("body", "not base64!"),
    ],
)
def test_a_field_of_a_wrong_type_or_range_is_a_malformed_entry(
    bench: Bench, field: str, value: object
) -> None:
    signature = sign_raw(bench.author, bench.content)
    entry = bench.entry(signature, public_pem(bench.author))
    payload = entry["Payload"]
    assert isinstance(payload, dict)
    payload[field] = value
    bench.bundle(legacy_bundle(signature, rekor_bundle=entry))
    root = bench.trust(public_pem(bench.author))
    required = bench.verify(root, policy="REQUIRE_SET", log_key=public_pem(bench.log))
    assert required.documented.rule == "rekor.set"
    assert "malformed" in required.documented.reason
    assert bench.verify(root, log_key=public_pem(bench.log)).documented.verdict == "accept"


def test_a_missing_set_is_not_read_as_an_entry(bench: Bench) -> None:
    signature = sign_raw(bench.author, bench.content)
    entry = bench.entry(signature, public_pem(bench.author))
    del entry["SignedEntryTimestamp"]
    bench.bundle(legacy_bundle(signature, rekor_bundle=entry))
    report = bench.verify(
        bench.trust(public_pem(bench.author)), policy="REQUIRE_SET", log_key=public_pem(bench.log)
    )
    assert report.documented.verdict == "reject"
    assert b64encode(signature).decode() in bench.directory.joinpath("module.jar.cosign.bundle").read_text()
