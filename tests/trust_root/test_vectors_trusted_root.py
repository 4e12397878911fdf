"""Trusted roots as Sigstore, its clients and `cosign trusted-root create` really write them."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from tests.trust_root.test_vectors import vectors

from trustconsole.errors import MalformedInput
from trustconsole.trust_root import TrustedRoot, packaged_trusted_root, read_trusted_root, spki_der

pytestmark = pytest.mark.vectors


def _keys(root: TrustedRoot) -> set[bytes]:
    return {log.key_bytes for log in (*root.logs, *root.ct_logs)}


def _certificates(root: TrustedRoot) -> set[x509.Certificate]:
    authorities = (*root.certificate_authorities, *root.timestamp_authorities)
    return {certificate for authority in authorities for certificate in authority.certificates}


def _pem_key(path: Path) -> bytes:
    return spki_der(load_pem_public_key(path.read_bytes()))


def test_every_trusted_root_is_read_but_the_one_whose_log_has_no_start() -> None:
    read, refused = 0, []
    for path in sorted(vectors().parent.rglob("*trusted_root*.json")):
        try:
            root = read_trusted_root(path)
        except MalformedInput as error:
            refused.append((path.parent.name, error.message))
        else:
            read += 1
            assert root.set_aside == ()
    assert refused == [("trust-root-tlog-missing-validity-start_fail", "has no start")]
    assert read >= 35


@pytest.mark.parametrize("folder", ["public-good", "staging"])
def test_logs_hold_the_keys_that_the_instance_publishes_as_pem(folder: str) -> None:
    base = vectors().parent / "trusted_root"
    file = base / folder / "trusted_root.json"
    root = read_trusted_root(file if file.exists() else base / f"{folder}_trusted_root.json")
    published = {_pem_key(path) for path in (base / folder).glob("tlog-*.pem")}
    assert {log.key_bytes for log in root.logs} == published
    assert all(log.key_bytes == _pem_key(base / folder / f"tlog-{log.base_url[8:]}.pem") for log in root.logs)


def test_the_public_good_chains_and_ct_keys_are_those_published_as_pem() -> None:
    folder = vectors().parent / "trusted_root" / "public-good"
    root = read_trusted_root(folder / "trusted_root.json")
    for name in ("fulcio.crt.pem", "fulcio_v1.crt.pem", "fulcio_intermediate_v1.crt.pem", "tsa-2.pem"):
        published = x509.load_pem_x509_certificates((folder / name).read_bytes())
        assert set(published) <= _certificates(root), name
    assert {_pem_key(folder / name) for name in ("ctfe.pub", "ctfe_2022.pub", "rekor.pub")} <= _keys(root)


def test_the_packaged_snapshot_is_the_published_file() -> None:
    published = read_trusted_root(vectors().parent / "trusted_root" / "public-good" / "trusted_root.json")
    assert packaged_trusted_root().root.sha256 == published.sha256
