"""Timestamps, SCTs and identities of real bundles, each part by itself, against their own trusted root."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from trustconsole.errors import MalformedInput
from trustconsole.trust_root import TrustedRoot, packaged_trusted_root, read_trusted_root
from trustconsole.verification.identity import IdentityPolicy
from trustconsole.verification.scts import check_embedded_sct
from trustconsole.verification.timestamps import TimestampRefused, verify_timestamp

pytestmark = pytest.mark.vectors
NO_START = "trust-root-tlog-missing-validity-start_fail"


@dataclass(frozen=True)
class Case:
    """One conformance case: its bundle, its trusted root, what is wanted of the signer."""

    name: str
    bundle: dict[str, Any]
    root: TrustedRoot
    identity: str
    issuer: str

    @property
    def signature(self) -> bytes:
        if "messageSignature" in self.bundle:
            return base64.b64decode(self.bundle["messageSignature"]["signature"])
        return base64.b64decode(self.bundle["dsseEnvelope"]["signatures"][0]["sig"])

    @property
    def tokens(self) -> list[bytes]:
        stamps = self.bundle["verificationMaterial"].get("timestampVerificationData") or {}
        return [base64.b64decode(one["signedTimestamp"]) for one in stamps.get("rfc3161Timestamps") or []]

    @property
    def leaf(self) -> x509.Certificate | None:
        material = self.bundle["verificationMaterial"]
        chain = (material.get("x509CertificateChain") or {}).get("certificates") or [None]
        first = material.get("certificate") or chain[0]
        return x509.load_der_x509_certificate(base64.b64decode(first["rawBytes"])) if first else None


def cases(vectors: Path) -> Iterator[Case]:
    base = vectors / "conformance"
    for row in json.loads((base / "manifest.json").read_text())["cases"]:
        folder = base / row["case"]
        own = folder / "trusted_root.json"
        try:
            root = read_trusted_root(own) if own.exists() else packaged_trusted_root().root
        except MalformedInput:
            assert row["case"] == NO_START
            continue
        bundle = json.loads((folder / "bundle.sigstore.json").read_text())
        yield Case(row["case"], bundle, root, row["identity"], row["issuer"])


def test_every_timestamp_verifies_but_those_whose_authority_had_ended(vectors: Path) -> None:
    proved, refused = 0, []
    for case in cases(vectors):
        for token in case.tokens:
            try:
                verify_timestamp(token, case.signature, case.root.timestamp_authorities)
                proved += 1
            except TimestampRefused:
                refused.append(case.name)
    assert refused == ["rekor2-timestamp-outside-trust-root-tsa-validity_fail"]
    assert proved >= 18


def test_timestamps_of_a_private_instance_count_under_its_own_authority_alone(vectors: Path) -> None:
    base = vectors / "cosign" / "keyless"
    outcome: dict[str, bool] = {}
    for row in json.loads((base / "manifest.json").read_text()):
        bundle = json.loads((base / row["bundle"]).read_text()) if "trusted_root" in row else {}
        if "verificationMaterial" not in bundle:
            continue
        root = read_trusted_root(base / row["trusted_root"])
        case = Case(row["id"], bundle, root, "", "")
        for token in case.tokens:
            try:
                verify_timestamp(token, case.signature, root.timestamp_authorities)
                outcome[case.name] = True
            except TimestampRefused:
                outcome[case.name] = False
    assert {name for name, good in outcome.items() if not good} == {
        "v03-other-timestamp-authority-trusted",
        "v03-timestamp-authority-ended",
        "v03-timestamp-of-other-signature",
        "v03-timestamp-other-authority",
    }
    assert sum(outcome.values()) >= 14


def test_every_fulcio_leaf_carries_an_sct_of_its_instance(vectors: Path) -> None:
    judged = 0
    for case in cases(vectors):
        if case.leaf is None:
            continue
        issuers = [
            one
            for authority in case.root.certificate_authorities
            for one in authority.certificates
            if one.subject == case.leaf.issuer
        ]
        reports = [check_embedded_sct(case.leaf, one, case.root.ct_logs) for one in issuers]
        assert [one.status for one in reports] == ["pass"] * len(issuers), case.name
        judged += len(reports)
    assert judged >= 35


def test_every_leaf_is_the_wanted_signers_or_the_case_is_about_that(vectors: Path) -> None:
    judged = 0
    for case in cases(vectors):
        if case.leaf is None:
            continue
        result = IdentityPolicy(identity=case.identity, issuer=case.issuer).check(case.leaf)
        assert result.holds, (case.name, result.reason)
        assert result.warnings == ()
        stranger = IdentityPolicy(identity=case.identity + "x", issuer=case.issuer).check(case.leaf)
        assert not stranger.holds
        judged += 1
    assert judged >= 35
