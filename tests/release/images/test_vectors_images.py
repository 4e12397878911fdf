"""Layouts and `dir:` copies that real tools made, and cosign signatures of the containers project."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.release.images.conftest import Asking

from trustconsole.release.policy import PolicyOptions

pytestmark = pytest.mark.vectors


def _cases(vectors: Path) -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = json.loads((vectors / "image-oci" / "manifest.json").read_text())["cases"]
    assert len(cases) >= 17
    return cases


def test_every_copy_gets_the_verdict_that_its_manifest_expects(vectors: Path, ask: Asking) -> None:
    wrong = {}
    for case in _cases(vectors):
        folder = vectors / "image-oci"
        policy = PolicyOptions(key=folder / case["key"])
        copy = folder / case["files"]["directory"]
        for reference in (str(copy), f"{copy}@{case['image_digest']}"):
            report = ask.about(reference, policy)
            expected = "accept" if case["expected"] == "pass" else "reject"
            if report.verdict != expected or report.digest not in (case["image_digest"], None):
                wrong[reference] = (report.verdict, report.reason)
    assert wrong == {}


def test_signature_provenance_and_build_attestations_hold_or_fail_as_said(vectors: Path, ask: Asking) -> None:
    wrong = {}
    for case in _cases(vectors):
        folder = vectors / "image-oci"
        report = ask.about(folder / case["files"]["directory"], PolicyOptions(key=folder / case["key"]))
        signed = [one.verdict for one in report.attestations if one.form != "BuildKit statement"]
        built = [one for one in report.attestations if one.form == "BuildKit statement"]
        found = {
            "signature": any(one.verdict == "accept" for one in report.signatures),
            "provenance": "accept" in signed,
            "buildkit": bool(built) and all(one.covered and one.verdict == "accept" for one in built),
        }
        expected = {name: verdict == "pass" for name, verdict in case["checks"].items() if name in found}
        if {name: found[name] for name in expected} != expected:
            wrong[case["id"]] = (expected, found)
    assert wrong == {}


def test_container_tool_signatures_count_for_the_key_and_manifest_that_they_fit(
    vectors: Path, ask: Asking
) -> None:
    folder = vectors / "image"
    entries: list[dict[str, Any]] = json.loads((folder / "manifest.json").read_text())
    keys = sorted(path.name for path in folder.glob("*.pub") if path.name != "rekor.pub")
    assert len(keys) >= 3
    for directory in sorted({str(entry["dir"]) for entry in entries}):
        for key in keys:
            good = any(
                entry.get("manifest_matches") and key in entry["key"]
                for entry in entries
                if entry["dir"] == directory
            )
            report = ask.about(folder / directory, PolicyOptions(key=folder / key))
            assert (directory, key, report.verdict) == (directory, key, "accept" if good else "reject")
