"""The documented reading against real cosign files, generated chains and Wycheproof."""

from __future__ import annotations

import hashlib
import json
import shutil
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import load_der_public_key

from trustconsole.trust_root import read_trust_root
from trustconsole.verification import (
    Mode,
    Policy,
    RekorPolicy,
    VerificationReport,
    check_chain,
    verify_artifact,
)
from trustconsole.verification.signatures import verify_signature

pytestmark = pytest.mark.vectors


def _verify(
    folder: Path,
    artifact: Path,
    sidecar: Path,
    *,
    mode: Mode,
    trust_root: Path,
    policy: RekorPolicy = "DISABLED",
    rekor_key: Path | None = None,
) -> VerificationReport:
    """Copy artefact and sidecar side by side, as an operator has them, and judge them now."""
    now = datetime.now(UTC)
    module = folder / artifact.name
    shutil.copyfile(artifact, module)
    suffix = ".sig" if mode == "KEYED" else ".cosign.bundle"
    shutil.copyfile(sidecar, module.with_name(module.name + suffix))
    return verify_artifact(
        module,
        policy=Policy(mode, policy, "flags"),
        trust_root=read_trust_root(trust_root, now=now),
        rekor_key=read_trust_root(rekor_key, now=now) if rekor_key else None,
        now=now,
    )


def _manifest(path: Path) -> list[dict[str, Any]]:
    content = json.loads(path.read_text())
    cases: list[dict[str, Any]] = content["cases"] if isinstance(content, dict) else content
    return cases


def _said(expect: dict[str, Any], report: VerificationReport) -> str | None:
    """Where the controller reading differs from what was observed."""
    verdict = report.controller.verdict
    if verdict == "unknown":
        return "unknown"
    seen = (report.controller.exception, report.controller.http, report.controller.code)
    wanted = (expect["exception"], expect["http"], expect["code"])
    if (verdict == "accept") != expect["accept"] or (not expect["accept"] and seen != wanted):
        return f"{verdict} {seen}, observed {expect['accept']} {wanted}"
    return None


def test_modules_signed_by_real_cosign_keys_get_the_expected_verdicts(vectors: Path, tmp_path: Path) -> None:
    base = vectors / "cosign" / "keyed"
    wrong, judged = [], 0
    for number, case in enumerate(_manifest(base / "manifest.json")):
        folder = tmp_path / str(number)
        folder.mkdir()
        report = _verify(
            folder,
            base / case["files"]["artifact"],
            base / case["files"]["sidecar"],
            mode=case["mode"],
            trust_root=base / case["trust_root_pem"],
        )
        difference = _said(case["controller"], report)
        if difference is not None:
            wrong.append(f"{case['id']}: controller {difference}")
        if case["format"] == "v0.3":
            assert any(finding.id == "sigstore-under-legacy-name" for finding in report.findings)
        judged += 1
        passes = report.documented.verdict == "accept"
        if not case.get("either") and passes != (case["expected"] == "pass"):
            wrong.append(f"{case['id']}: {report.documented}")
    assert wrong == []
    assert judged >= 55


def test_keyless_legacy_bundles_of_real_services_get_the_expected_verdicts(
    vectors: Path, tmp_path: Path
) -> None:
    base = vectors / "cosign" / "keyless"
    wrong, judged = [], 0
    for number, case in enumerate(_manifest(base / "manifest.json")):
        if case["kind"] != "legacy-bundle":
            continue
        folder = tmp_path / str(number)
        folder.mkdir()
        required = case["tlog"] == "required"
        report = _verify(
            folder,
            base / case["artifact"],
            base / case["bundle"],
            mode="COSIGN_BUNDLE",
            trust_root=base / case["trust_root_pem"],
            policy="REQUIRE_SET" if required else "DISABLED",
            rekor_key=base / case["rekor_key"] if case.get("rekor_key") else None,
        )
        judged += 1
        passes = report.documented.verdict == "accept"
        if case["module"] is not None and passes != (case["module"] == "pass"):
            wrong.append(f"{case['id']}: {report.documented}")
        difference = _said(case["controller"], report)
        if difference is not None:
            wrong.append(f"{case['id']}: controller {difference}")
    assert wrong == []
    assert judged >= 50


def test_generated_chains_are_judged_as_the_strict_code_signing_profile_says(vectors: Path) -> None:
    base = vectors / "x509"
    wrong = []
    cases = _manifest(base / "manifest.json")
    for case in cases:
        folder = base / case["case"]
        at = datetime.fromisoformat(case["time"]).replace(tzinfo=UTC)
        intermediate = folder / "inter.pem"
        report = check_chain(
            (folder / "leaf.pem").read_bytes(),
            intermediate.read_bytes() if intermediate.exists() else b"",
            (folder / "root.pem").read_bytes(),
            at,
        )
        if report.accepted != case["cryptography_strict_codesign"].startswith("OK"):
            wrong.append(f"{case['case']}: {report.reason}")
    assert wrong == []
    assert len(cases) >= 40


def test_wycheproof_signatures_are_judged_without_a_mismatch(vectors: Path) -> None:
    wrong, judged = [], 0
    hashes = {"SHA-256": "sha256"}
    for path in sorted((vectors / "wycheproof").glob("*.json")):
        content = json.loads(path.read_text())
        for group in content["testGroups"]:
            der = group.get("publicKeyDer") or group.get("keyDer")
            key = load_der_public_key(bytes.fromhex(der))
            assert group.get("sha", "SHA-256") in hashes
            for test in group["tests"]:
                message = bytes.fromhex(test["msg"])
                holds = verify_signature(
                    key,
                    bytes.fromhex(test["sig"]),
                    digest=hashlib.sha256(message).digest(),
                    message=partial(bytes, message),
                    hash_name="sha256",
                )
                judged += 1
                if test["result"] != "acceptable" and holds != (test["result"] == "valid"):
                    wrong.append(f"{path.name} {test['tcId']}")
    assert wrong == []
    assert judged > 800


@pytest.mark.filterwarnings("ignore::UserWarning")  # cryptography remarks on odd but readable names
@pytest.mark.filterwarnings("ignore::cryptography.utils.CryptographyDeprecationWarning")
def test_every_case_of_the_controller_set_gets_a_documented_verdict_of_its_own(
    vectors: Path, tmp_path: Path
) -> None:
    base = vectors / "controller" / "verify"
    cases = [json.loads(line) for line in (base / "cases.jsonl").read_text().splitlines()]
    now = datetime.now(UTC)
    unsound = []
    for number, case in enumerate(cases):
        module = tmp_path / f"{number}.jar"
        shutil.copyfile(base / case["jar"], module)
        if case["sidecar"]:
            shutil.copyfile(base / case["sidecar"], f"{module}.{case['sidecar_kind']}")
        report = verify_artifact(
            module,
            policy=Policy(case["mode"], case["rekor_policy"], "flags"),
            trust_root=read_trust_root(base / case["trust_root"], now=now),
            rekor_key=read_trust_root(base / case["rekor_key"], now=now) if case["rekor_key"] else None,
            now=now,
        )
        if report.documented.verdict == "accept" and report.documented.matched is None:
            unsound.append(case["id"])
    assert unsound == []
    assert len(cases) > 1000
