"""The shared release directories, and one real release, judged as their manifest says."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from trustconsole.release import ReleaseReport, ReleaseRequest, verify_release
from trustconsole.release.policy import PolicyOptions

pytestmark = pytest.mark.vectors
TODAY = datetime(2026, 11, 26, tzinfo=UTC)
STEPS = {
    "signature": ("parse", "key", "signature", "chain", "time"),
    "identity": ("identity",),
    "checksums": ("checksums",),
    "sbom": ("sbom",),
}
"""The checks of the manifest by our steps; the manifest's signature is with its chain and its time."""


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def cases(vectors: Path) -> list[dict[str, Any]]:
    manifest = json.loads(vectors.joinpath("release/manifest.json").read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = manifest["cases"]
    assert len(found) > 10
    return found


def judge(vectors: Path, case: dict[str, Any], now: datetime, **policy: Any) -> ReleaseReport:
    base = vectors / "release"
    options = PolicyOptions(roots=base / case["trust_root_pem"], **policy)
    return verify_release(
        ReleaseRequest(base / case["files"]["directory"], now, TODAY, options, everything=True)
    )


def test_every_release_gets_its_verdict_at_its_time_and_now(vectors: Path) -> None:
    wrong = []
    for case in cases(vectors):
        for now, expected in ((instant(case["at"]), case["expected"]), (TODAY, case["expected_now"])):
            report = judge(vectors, case, now)
            if report.clean != (expected == "pass"):
                wrong.append((case["id"], str(now), report.verdict, report.reason))
    assert wrong == []


def test_every_check_that_should_fail_is_the_one_that_fails(vectors: Path) -> None:
    wrong = []
    for case in cases(vectors):
        report = judge(vectors, case, instant(case["at"]))
        status = {step.id: step.status for step in report.steps}
        for check, expected in case["checks"].items():
            failed = any(status.get(step) == "fail" for step in STEPS[check])
            if expected == "fail" and not failed:
                wrong.append((case["id"], check, status))
    assert wrong == []


def test_what_is_open_is_open_for_want_of_a_time_and_nothing_else(vectors: Path) -> None:
    for case in cases(vectors):
        report = judge(vectors, case, TODAY)
        assert (report.verdict == "unknown") == (report.code == "time-unproven"), case["id"]


def test_the_documented_expression_accepts_just_what_cosign_accepts_and_warns(vectors: Path) -> None:
    for case in cases(vectors):
        report = judge(vectors, case, instant(case["at"]), documented_identity=True)
        step = report.step("identity")
        accepted = step is not None and step.status in ("pass", "warn")
        refused_by_signature = case["checks"]["signature"] == "fail"
        if not refused_by_signature:
            assert accepted == (case["cosign"]["2.4.1"]["rc"] == 0), case["id"]
        lookalike = "lookalike-identity" in {finding.id for finding in report.findings}
        assert lookalike == ("cosign_escaped_regexp" in case and accepted), case["id"]


@pytest.mark.parametrize("own", [True, False])
def test_signature_identity_and_time_of_a_real_release_hold_for_its_own_signer_alone(
    vectors: Path, tmp_path: Path, own: bool
) -> None:
    source = vectors / "cosign/goreleaser-example-secure"
    shutil.copy(source / "artifact", tmp_path / "checksums.txt")
    shutil.copy(source / "bundle.json", tmp_path / "checksums.txt.sigstore.json")
    identity = "https://github.com/goreleaser/example-secure/.github/workflows/release.yml@refs/tags/v0.1.0"
    policy = PolicyOptions(identity=identity) if own else PolicyOptions()
    report = verify_release(ReleaseRequest(tmp_path, TODAY, TODAY, policy))
    assert report.verdict == "reject"
    assert report.signed is own
    assert report.code == ("nothing-present" if own else "identity-refused")
    assert report.verified_time == datetime(2025, 12, 5, 16, 33, 42, tzinfo=UTC)
    held = {step.id for step in report.steps if step.status == "pass"}
    assert held >= {"signature", "rekor.set", "rekor.binding", "chain", "sct", "time"}
