"""A controller's directory in miniature: `config/controller.yml` and PEM files beside it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from trustconsole.controller_config import ConfigReport, check_config

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
Check = Callable[..., ConfigReport]


def _key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def _certificate_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Module CA")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=365))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.PEM)


@pytest.fixture(scope="session")
def pem_files() -> dict[str, bytes]:
    key = ec.generate_private_key(ec.SECP256R1())
    return {
        "keys.pem": _key_pem(key),
        "certificates.pem": _certificate_pem(key),
        "mixed.pem": _key_pem(key) + _certificate_pem(key),
        "empty.pem": b"",
    }


@pytest.fixture
def controller(tmp_path: Path, pem_files: dict[str, bytes]) -> Path:
    (tmp_path / "config").mkdir()
    for name, data in pem_files.items():
        (tmp_path / name).write_bytes(data)
    return tmp_path


@pytest.fixture
def check(controller: Path) -> Check:
    """Writes a `controller.yml` and checks it."""

    def run(text: str | bytes) -> ConfigReport:
        path = controller / "config" / "controller.yml"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return check_config(path, now=NOW)

    return run
