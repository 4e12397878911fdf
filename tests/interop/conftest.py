"""The cosign binaries at hand, keys made by them, and a module signed by each in each format."""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_public_key
from cryptography.x509.oid import ExtendedKeyUsageOID
from tests.interop.cosign import EMPTY_ROOT, FORMATS, Answer, Cosign, Format

from trustconsole import api
from trustconsole.demo.authorities import derive_key, issue, key_usage, make_ca, private_pem
from trustconsole.verification.fulcio import ARC

BINARIES = ("cosign", "cosign2")
ARTIFACT = b"a module's bytes\r\nand more of them\n"
KEYS = ("generated", "p256", "rsa2048", "rsa3072", "ed25519")
"""Kinds of keys whose signatures every verifier of modules can check."""


@dataclass(frozen=True)
class SignedModule:
    """A module with one sidecar, the public key that signed, and how to sign more with it."""

    cosign: Cosign
    form: Format
    artifact: Path
    sidecar: Path
    private: Path
    public: Path

    def copy(self, folder: Path) -> SignedModule:
        """The same two files elsewhere, to be changed."""
        artifact = Path(shutil.copy(self.artifact, folder))
        sidecar = Path(shutil.copy(self.sidecar, folder))
        return SignedModule(self.cosign, self.form, artifact, sidecar, self.private, self.public)

    def ours(self, trust_root: Path | None = None) -> api.VerificationReport:
        """Our verdict, under its own key unless told otherwise."""
        mode = "KEYED" if self.form == "sig" else "COSIGN_BUNDLE"
        return api.verify(self.artifact, trust_root=trust_root or self.public, mode=mode)

    def theirs(self, public: Path | None = None, by: Cosign | None = None) -> Answer:
        """What cosign says under the same key."""
        return (by or self.cosign).verify_key(self.artifact, self.form, self.sidecar, public or self.public)


@pytest.fixture(scope="session", params=BINARIES)
def cosign(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Cosign:
    """`cosign` from PATH, and `cosign2`, a second version, where there is one."""
    path = shutil.which(request.param)
    if path is None:
        pytest.skip(f"there is no {request.param} on PATH")
    return Cosign(path, tmp_path_factory.mktemp("cosign-home"))


@pytest.fixture(scope="session")
def every_cosign(tmp_path_factory: pytest.TempPathFactory) -> tuple[Cosign, ...]:
    """All binaries at hand."""
    paths = filter(None, map(shutil.which, BINARIES))
    return tuple(Cosign(path, tmp_path_factory.mktemp("cosign-home")) for path in paths)


SignedAs = Callable[[Format], SignedModule]


@dataclass(frozen=True)
class PrivateAuthority:
    """Two authorities of one's own as PEM files, and a leaf of the first for a key that cosign holds."""

    roots: Path
    other: Path
    leaf: Path

    def for_cosign(self, form: Format, *, other: bool = False) -> Path:
        """The roots as cosign wants them for that format: PEM, or a trusted root."""
        pem = self.other if other else self.roots
        if form != "sigstore":
            return pem
        der = x509.load_pem_x509_certificate(pem.read_bytes()).public_bytes(Encoding.DER)
        authority = {
            "certChain": {"certificates": [{"rawBytes": base64.b64encode(der).decode()}]},
            "validFor": {"start": "2020-01-01T00:00:00Z"},
        }
        root = json.loads(EMPTY_ROOT) | {"certificateAuthorities": [authority]}
        path = pem.with_suffix(".trusted_root.json")
        path.write_text(json.dumps(root))
        return path


def make_authority(public: Path, folder: Path) -> PrivateAuthority:
    """The leaf certifies the key in `public`; its name and provider are invented."""
    now = datetime.now(UTC)
    start, end = now - timedelta(days=1), now + timedelta(days=30)
    ours, others = (
        make_ca(derive_key(3, name), name, not_before=start, not_after=end) for name in ("ca", "other ca")
    )
    key = load_pem_public_key(public.read_bytes())
    assert isinstance(key, ec.EllipticCurvePublicKey)
    leaf = issue(
        key,
        "signer",
        ours,
        not_before=start,
        not_after=end,
        extensions=[
            (key_usage(digital_signature=True), True),
            (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING]), False),
            (x509.SubjectAlternativeName([x509.RFC822Name("author@example.com")]), False),
            (x509.UnrecognizedExtension(x509.ObjectIdentifier(f"{ARC}.1"), b"https://issuer.example"), False),
        ],
    )
    made = PrivateAuthority(folder / "ca.pem", folder / "other.pem", folder / "leaf.pem")
    made.roots.write_bytes(ours.pem)
    made.other.write_bytes(others.pem)
    made.leaf.write_bytes(leaf.public_bytes(Encoding.PEM))
    return made


def own_key(kind: str) -> bytes:
    """A new private key of that kind as PKCS #8 PEM."""
    match kind:
        case "p256":
            return private_pem(ec.generate_private_key(ec.SECP256R1()))
        case "p384":
            return private_pem(ec.generate_private_key(ec.SECP384R1()))
        case "ed25519":
            return private_pem(ed25519.Ed25519PrivateKey.generate())
        case _:
            return private_pem(rsa.generate_private_key(65537, int(kind.removeprefix("rsa"))))


def make_module(cosign: Cosign, folder: Path, kind: str, form: Format) -> SignedModule:
    """A module in `folder`, signed by a new key."""
    if kind == "generated":
        private, public = cosign.make_key(folder)
    else:
        private, public = cosign.import_key(own_key(kind), folder)
    artifact = folder / "module.jar"
    artifact.write_bytes(ARTIFACT)
    return SignedModule(cosign, form, artifact, cosign.sign(artifact, form, private), private, public)


@pytest.fixture(scope="session", params=FORMATS)
def form(request: pytest.FixtureRequest) -> Format:
    """Each format that cosign writes."""
    return next(one for one in FORMATS if one == request.param)


@pytest.fixture(scope="session")
def signed_as(cosign: Cosign, tmp_path_factory: pytest.TempPathFactory) -> SignedAs:
    """A module signed in a format by a key that cosign made, the same each time; not to be changed."""
    return cache(lambda form: make_module(cosign, tmp_path_factory.mktemp(form), "generated", form))


@pytest.fixture
def signed(signed_as: SignedAs, form: Format) -> SignedModule:
    """That module in each format."""
    return signed_as(form)
