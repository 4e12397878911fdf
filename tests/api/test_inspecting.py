"""`inspect` tells files apart by content and says what they hold, whatever they hold."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.verification.sigstore.making import Instance
from tests.verification.sigstore.making_bodies import dsse_1

from trustconsole import api
from trustconsole.demo import DemoWorkspace
from trustconsole.errors import InputError


def _facts(inspection: api.Inspection) -> dict[str, str]:
    return {label: value for section in inspection.sections for label, value in section.facts}


def test_each_kind_is_told_by_its_content(demo: DemoWorkspace, tmp_path: Path) -> None:
    bundle = demo.modules / "lobby-menu-3.1.0.jar.cosign.bundle"
    renamed = tmp_path / "whatever.txt"
    renamed.write_bytes(bundle.read_bytes())
    root = x509.load_pem_x509_certificates(
        b"".join(
            block.text.encode()
            for block in api.show_trust_root(demo.trust_root).blocks
            if block.kind == "certificate"
        )
    )[0]
    der = tmp_path / "ca.der"
    der.write_bytes(root.public_bytes(Encoding.DER))
    kinds = {
        demo.trust_root: "pem",
        renamed: "legacy-bundle",
        demo.modules / "tab-list-4.2.0.jar.cosign.bundle": "sigstore-bundle",
        demo.modules / "motd-1.4.2.jar.sig": "sig",
        demo.modules / "voting-1.0.3.jar": "jar",
        der: "certificate",
        demo.config: "unknown",
    }
    assert {path: api.inspect(path).kind for path in kinds} == kinds


def test_a_bundle_says_what_its_entry_is_about(demo: DemoWorkspace) -> None:
    facts = _facts(api.inspect(demo.modules / "voting-1.0.3.jar.cosign.bundle"))
    assert facts["body"] == "hashedrekord 0.0.1"
    assert facts["about"].startswith("sha256:")
    assert api.inspect(demo.modules / "voting-1.0.3.jar").sha256 not in facts["about"]


def test_a_sigstore_bundle_says_what_it_holds_of_either_content(tmp_path: Path) -> None:
    instance, path = Instance(), tmp_path / "bundle.json"
    path.write_text(json.dumps(instance.bundle(log=instance.v2)))
    shown = api.inspect(path)
    facts = _facts(shown)
    assert shown.kind == "sigstore-bundle"
    assert (facts["version"], facts["timestamps"]) == ("0.3", "1")
    assert facts["artefact digest"] == f"sha256:{instance.sha256}"
    assert (facts["body"], facts["SET"], facts["checkpoint"]) == (
        "hashedrekord 0.0.2",
        "none",
        "log2.example",
    )
    assert any("REQUIRE_SET" in note for note in shown.notes)
    path.write_text(json.dumps(instance.attestation(dsse_1)))
    attestation = _facts(api.inspect(path))
    assert attestation["predicate type"] == "https://slsa.dev/provenance/v1"
    assert attestation["body"] == "dsse 0.0.1"


def test_a_jar_names_its_module_and_its_signature_files(demo: DemoWorkspace) -> None:
    facts = _facts(api.inspect(demo.modules / "voting-1.0.3.jar"))
    assert (facts["id"], facts["version"]) == ("voting", "1.0.3")
    assert facts["cosign-bundle"].endswith(".cosign.bundle")
    assert facts["sig"].startswith("none at")


def test_a_file_that_cannot_be_read_is_an_input_error(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "absent"):
        with pytest.raises(InputError):
            api.inspect(path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.binary(max_size=400) | st.sampled_from([b"{}", b"[", b"PK\x03\x04", b"0\x80", b"-----BEGIN X-----"])
)
def test_arbitrary_bytes_are_described_never_worse(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(data)
    inspection = api.inspect(path)
    assert inspection.size == len(data)
    assert inspection.to_dict()["schema"] == "trustconsole/inspect/1"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
@given(position=st.integers(0, 10_000), byte=st.integers(0, 255))
def test_a_bent_certificate_is_described_never_worse(
    tmp_path: Path, demo: DemoWorkspace, position: int, byte: int
) -> None:
    blocks = api.show_trust_root(demo.trust_root).blocks
    der = next(block.der for block in blocks if block.kind == "certificate" and block.der is not None)
    place = position % len(der)
    path = tmp_path / "bent.der"
    path.write_bytes(der[:place] + bytes([byte]) + der[place + 1 :])
    assert api.inspect(path).kind in ("certificate", "unknown")
