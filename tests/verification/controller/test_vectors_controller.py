"""Agreement with observed answers of the controller build; skipped where the vectors are not at hand."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from trustconsole import limits
from trustconsole.storage import read_bounded
from trustconsole.trust_root import TrustRootReport, read_trust_root
from trustconsole.verification.case import Artifact, Case, Mode, NamedKind, Policy, RekorPolicy, SidecarFile
from trustconsole.verification.controller import judge_as_controller
from trustconsole.verification.report import ControllerVerdict
from trustconsole.verification.signatures import SignatureChecker

pytestmark = pytest.mark.vectors
KINDS: dict[Mode, tuple[NamedKind, str]] = {
    "KEYED": ("sig", "sig"),
    "COSIGN_BUNDLE": ("cosign-bundle", "cosign.bundle"),
}
FROM_THE_RUNTIME = re.compile(
    r"(cosign bundle cert chain invalid|cosign bundle has unparseable cert: <path>): .+"
)
NOW = datetime.now(UTC)
CHECKER = SignatureChecker()


def vectors() -> Path:
    folder = os.environ.get("TRUSTCONSOLE_VECTORS")
    if not folder:
        pytest.skip("TRUSTCONSOLE_VECTORS is not set")
    return Path(folder)


def judge(
    jar: Path, sidecar: Path | None, trust_root: Path, rekor_key: Path | None, mode: Mode, policy: RekorPolicy
) -> ControllerVerdict:
    file = None
    if sidecar is not None:
        content = read_bounded(sidecar, limits.SIDECAR_BYTES, what="sidecar")
        file = SidecarFile(str(sidecar), KINDS[mode][0], content.data, content.sha256)
    case = Case(
        Artifact.read(jar),
        file,
        None,
        read(trust_root),
        None if rekor_key is None else read(rekor_key),
        Policy(mode, policy, "flags"),
        NOW,
        CHECKER,
        f"{jar}.{KINDS[mode][1]}",
    )
    return judge_as_controller(case)


def read(path: Path) -> TrustRootReport:
    return read_trust_root(path, now=NOW)


def masked(verdict: ControllerVerdict, folder: Path) -> str | None:
    if verdict.message is None:
        return None
    text = re.sub(rf"{re.escape(str(folder))}[^\s:]*", "<path>", verdict.message)
    return re.sub(r"[0-9a-f]{64}", "<sha256>", text)


def differs(verdict: ControllerVerdict, expected: dict[str, Any], folder: Path) -> bool:
    told = (verdict.verdict == "accept", verdict.stage, verdict.exception, verdict.http, verdict.code)
    fields = ("accept", "stage", "exception", "http", "code")
    if told != tuple(expected[name] for name in fields):
        return True
    return shape(masked(verdict, folder)) != shape(expected["message"])


def shape(message: str | None) -> str | None:
    """The controller's own words exactly, the runtime's by what the controller says before them."""
    if message is None:
        return None
    return FROM_THE_RUNTIME.sub(r"\1", message) if "no CERTIFICATE block" not in message else message


def test_every_observed_verification_is_predicted_or_honestly_unknown() -> None:
    folder = vectors() / "controller" / "verify"
    totals: Counter[str] = Counter()
    unknown: Counter[str] = Counter()
    wrong: list[str] = []
    for line in (folder / "cases.jsonl").read_text().splitlines():
        row = json.loads(line)
        totals[row["tier"]] += 1
        of_the_kind = row["sidecar"] is not None and row["sidecar_kind"] == KINDS[row["mode"]][1]
        verdict = judge(
            folder / row["jar"],
            folder / row["sidecar"] if of_the_kind else None,
            folder / row["trust_root"],
            folder / row["rekor_key"] if row["rekor_key"] else None,
            row["mode"],
            row["rekor_policy"],
        )
        if verdict.verdict == "unknown":
            unknown[row["tier"]] += 1
        elif differs(verdict, row["expect"], folder):
            wrong.append(f"{row['id']}: {verdict.verdict} {verdict.message}")
    assert wrong == []
    assert unknown["core"] == 0
    assert unknown["exotic"] <= totals["exotic"] * 0.05
    assert totals["core"] > 700


@pytest.mark.parametrize("name", ["keyed", "keyless"])
def test_bundles_made_by_cosign_are_answered_as_observed(name: str) -> None:
    folder = vectors() / "cosign" / name
    manifest = json.loads((folder / "manifest.json").read_text())
    rows = manifest if isinstance(manifest, list) else manifest["cases"]
    wrong = []
    for row in rows:
        expected = row.get("controller")
        if expected is None:
            continue
        files = row.get("files") or {"artifact": row["artifact"], "sidecar": row["bundle"]}
        policy = expected["rekor_policy"]
        key = row.get("rekor_key") if policy == "REQUIRE_SET" else None
        verdict = judge(
            folder / files["artifact"],
            folder / files["sidecar"],
            folder / row["trust_root_pem"],
            folder / key if key else None,
            row.get("mode", "COSIGN_BUNDLE"),
            policy,
        )
        if differs(verdict, expected, folder):
            wrong.append(f"{row['id']}: {verdict.verdict} {verdict.message} {verdict.reason}")
    assert wrong == []
