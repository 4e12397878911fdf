"""The command line against real bundles: the conformance protocol as its suite calls it, and what we answer
where cosign's verdict is none to follow."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.cli.running import Ran, call

pytestmark = pytest.mark.vectors


@dataclass(frozen=True)
class Answer:
    """What one of cosign's bundles is answered: verdict, failing step, a finding that must be there; why."""

    case: str
    verdict: str
    rule: str | None
    finding: str | None
    why: str


OTHERWISE = (
    Answer(
        *("legacy-p384-leaf", "reject", "signature", "signed-other-hash"),
        "a legacy bundle means SHA-256, and cosign 3 signs with SHA-384 under a P-384 key",
    ),
    Answer(
        *("legacy-key-p384", "reject", "key", "signed-other-hash"),
        "a legacy bundle means SHA-256, and cosign 3 signs with SHA-384 under a P-384 key",
    ),
    Answer(
        *("legacy-key-ed25519", "reject", "key", None),
        "cosign 3 signs Ed25519ph, which is not verified; a legacy bundle does not say which kind it holds",
    ),
    Answer(
        *("v03-key-ed25519", "reject", "signature", "unsupported-algorithm"),
        "cosign 3 signs Ed25519ph, which is not verified, and is named",
    ),
    Answer(
        *("v03-rekor-key-p384", "accept", None, None),
        "Rekor v1 signs over SHA-256 whatever its key; cosign takes SHA-384 for granted",
    ),
    Answer(
        *("legacy-two-rekor-keys-trusted-last", "accept", None, None),
        "every key of the Rekor file counts; cosign reads the first alone",
    ),
    Answer(
        *("v03-rekor2-log-key-ended", "reject", "rekor.log-id", None),
        "windows count for logs of both versions; cosign looks at those of v1 alone",
    ),
)
"""Every case that its manifest does not score, and the reason for our own answer."""


@pytest.fixture(scope="module")
def vectors() -> Path:
    """The shared test vectors; skips visibly where they are not here."""
    named = os.environ.get("TRUSTCONSOLE_VECTORS")
    if not named:
        pytest.skip("TRUSTCONSOLE_VECTORS is not set")
    return Path(named)


def _rows(path: Path) -> list[dict[str, Any]]:
    content = json.loads(path.read_text())
    rows: list[dict[str, Any]] = content["cases"] if isinstance(content, dict) else content
    return rows


@pytest.mark.parametrize("form", ["path", "digest"])
def test_the_conformance_protocol_is_answered_by_the_exit_code(vectors: Path, form: str) -> None:
    base = vectors / "conformance"
    wrong, codes = [], set()
    rows = _rows(base / "manifest.json")
    for row in rows:
        folder = base / row["case"]
        words: list[object] = ["--bundle", folder / "bundle.sigstore.json"]
        if (folder / "key.pub").exists():
            words += ["--key", folder / "key.pub"]
        else:
            words += ["--certificate-identity", row["identity"], "--certificate-oidc-issuer", row["issuer"]]
        if (folder / "trusted_root.json").exists():
            words += ["--trusted-root", folder / "trusted_root.json"]
        artifact = base / row["artifact"] if form == "path" else f"sha256:{row['artifact_sha256']}"
        ran = call("verify-bundle", *words, artifact)
        codes.add(ran.code)
        if (ran.code == 0) != (row["expected"] == "pass"):
            wrong.append(f"{row['case']}: {ran.code} {ran.text[:200]}{ran.told}")
    assert wrong == []
    assert codes <= {0, 1, 2}
    assert len(rows) >= 42


@pytest.mark.parametrize("answer", OTHERWISE, ids=lambda one: one.case)
def test_what_cosigns_verdict_does_not_settle_is_answered_for_a_reason(vectors: Path, answer: Answer) -> None:
    base = vectors / "cosign" / "keyless"
    (row,) = (one for one in _rows(base / "manifest.json") if one["id"] == answer.case)
    document = _of_module(base, row) if row["kind"] == "legacy-bundle" else _of_bundle(base, row)
    assert (document["verdict"], document["rule"]) == (answer.verdict, answer.rule), answer.why
    if answer.finding is not None:
        assert answer.finding in {one["id"] for one in document["findings"]}, answer.why


def test_every_case_without_a_score_has_its_row(vectors: Path) -> None:
    rows = _rows(vectors / "cosign" / "keyless" / "manifest.json")
    assert {row["id"] for row in rows if row.get("scored") is False} == {one.case for one in OTHERWISE}


def _of_bundle(base: Path, row: dict[str, Any]) -> dict[str, Any]:
    signer: tuple[object, ...] = ("--key", base / row["key"]) if row.get("key") else ()
    if not signer:
        signer = ("--certificate-identity", row["identity"], "--certificate-oidc-issuer", row["issuer"])
    files = ("--bundle", base / row["bundle"], "--trusted-root", base / row["trusted_root"])
    ran = call("verify-bundle", *files, *signer, "--json", base / row["artifact"])
    document: dict[str, Any] = ran.json
    _agrees(ran, document["verdict"])
    return document


def _of_module(base: Path, row: dict[str, Any]) -> dict[str, Any]:
    policy = (
        "--mode",
        "COSIGN_BUNDLE",
        "--rekor-policy",
        "REQUIRE_SET",
        "--rekor-key",
        base / row["rekor_key"],
    )
    files = ("--sidecar", base / row["bundle"], "--trust-root", base / row["trust_root_pem"])
    ran = call("verify", base / row["artifact"], *files, *policy, "--json")
    document = ran.json_lines[0]
    _agrees(ran, document["documented"]["verdict"])
    return {**document["documented"], "findings": document["findings"]}


def _agrees(ran: Ran, verdict: str) -> None:
    assert ran.code == (0 if verdict == "accept" else 1)
