"""`api.verify_bundle` against the Sigstore conformance cases and real cosign's bundles of real services."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from trustconsole import api
from trustconsole.api import ExpectedSigner
from trustconsole.errors import InputError

pytestmark = pytest.mark.vectors

UNASKED = {
    "v03-attestation-other-predicate-type": "fails only where --predicate-type is asked for",
}
"""Cases whose expectation hangs on an argument that the conformance protocol does not have."""


@pytest.fixture(scope="module")
def vectors() -> Path:
    """The shared test vectors; skips visibly where they are not here."""
    named = os.environ.get("TRUSTCONSOLE_VECTORS")
    if not named:
        pytest.skip("TRUSTCONSOLE_VECTORS is not set")
    return Path(named)


def _cases(path: Path) -> list[dict[str, Any]]:
    content = json.loads(path.read_text())
    cases: list[dict[str, Any]] = content["cases"] if isinstance(content, dict) else content
    return cases


def _verdict(artifact: str, bundle: Path, signer: ExpectedSigner, root: Path | None, **more: Any) -> str:
    try:
        report = api.verify_bundle(artifact, bundle=bundle, signer=signer, trusted_root=root, **more)
    except InputError as error:
        return f"unreadable: {error}"
    return report.verdict if report.verdict == "accept" else f"{report.verdict} by {report.rule}"


@pytest.mark.parametrize("form", ["path", "digest"])
def test_every_conformance_case_is_answered_as_expected(vectors: Path, form: str) -> None:
    base = vectors / "conformance"
    wrong = []
    cases = _cases(base / "manifest.json")
    for case in cases:
        folder = base / case["case"]
        root, key = folder / "trusted_root.json", folder / "key.pub"
        signer = (
            ExpectedSigner(key=key)
            if key.exists()
            else ExpectedSigner(identity=case["identity"], issuer=case["issuer"])
        )
        artifact = str(base / case["artifact"]) if form == "path" else f"sha256:{case['artifact_sha256']}"
        bundle = folder / "bundle.sigstore.json"
        verdict = _verdict(artifact, bundle, signer, root if root.exists() else None)
        if (verdict == "accept") != (case["expected"] == "pass"):
            wrong.append(f"{case['case']}: {verdict}")
    assert wrong == []
    assert len(cases) >= 42


def test_bundles_of_real_cosign_and_real_services_are_answered_as_expected(vectors: Path) -> None:
    base = vectors / "cosign" / "keyless"
    wrong, judged = [], 0
    for case in _cases(base / "manifest.json"):
        if case["kind"] != "sigstore-v0.3" or case["tlog"] != "required" or case.get("scored") is False:
            continue
        if case["id"] in UNASKED:
            continue
        signer = (
            ExpectedSigner(key=base / case["key"])
            if case.get("key")
            else ExpectedSigner(case["identity"], case.get("identity_regexp"), case["issuer"])
        )
        judged += 1
        verdict = _verdict(
            str(base / case["artifact"]), base / case["bundle"], signer, base / case["trusted_root"]
        )
        if (verdict == "accept") != (case["expected"] == "pass"):
            wrong.append(f"{case['id']}: {verdict}")
    assert wrong == []
    assert judged >= 50


def test_a_predicate_type_that_is_asked_for_decides(vectors: Path) -> None:
    base = vectors / "cosign" / "keyless"
    case = next(one for one in _cases(base / "manifest.json") if one["id"] in UNASKED)
    signer = ExpectedSigner(case["identity"], None, case["issuer"])
    where = (str(base / case["artifact"]), base / case["bundle"], signer, base / case["trusted_root"])
    assert _verdict(*where) == "accept"
    assert _verdict(*where, predicate_type="https://spdx.dev/Document") == "reject by artifact"


def test_what_cannot_be_judged_without_a_log_entry_says_so(vectors: Path) -> None:
    base = vectors / "cosign" / "keyless"
    for case in _cases(base / "manifest.json"):
        if case["kind"] != "sigstore-v0.3" or case["tlog"] == "required" or case.get("key"):
            continue
        signer = ExpectedSigner(case["identity"], case.get("identity_regexp"), case["issuer"])
        verdict = _verdict(
            str(base / case["artifact"]), base / case["bundle"], signer, base / case["trusted_root"]
        )
        assert verdict in ("reject by rekor.log-id", "reject by timestamp"), case["id"]
