"""Keys, authorities and a module on disk, from which a test makes exactly the bundle it asks about."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from trustconsole.demo.authorities import Authority, derive_key, make_ca, make_leaf, public_pem
from trustconsole.demo.signing import (
    hashedrekord_body,
    legacy_bundle,
    rekor_entry,
    sign_raw,
)
from trustconsole.trust_root import read_trust_root
from trustconsole.verification import Mode, Policy, RekorPolicy, VerificationReport, verify_artifact

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
SEED = 7


@dataclass
class Bench:
    """A directory with one module, and everything that may sign it."""

    directory: Path
    content: bytes = b"a module's bytes\n"
    author: ec.EllipticCurvePrivateKey = field(default_factory=lambda: derive_key(SEED, "author"))
    stranger: ec.EllipticCurvePrivateKey = field(default_factory=lambda: derive_key(SEED, "stranger"))
    log: ec.EllipticCurvePrivateKey = field(default_factory=lambda: derive_key(SEED, "log"))
    leaf_key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: derive_key(SEED, "leaf"))

    def __post_init__(self) -> None:
        self.ca: Authority = make_ca(
            derive_key(SEED, "ca"),
            "Bench CA",
            not_before=NOW - timedelta(days=400),
            not_after=NOW + timedelta(days=400),
        )
        self.artifact.write_bytes(self.content)

    @property
    def artifact(self) -> Path:
        """The module."""
        return self.directory / "module.jar"

    @property
    def sha256(self) -> str:
        """Its digest."""
        return hashlib.sha256(self.content).hexdigest()

    def leaf(self, *, start: timedelta, length: timedelta) -> Authority:
        """A code-signing leaf of the bench's CA for `leaf_key`, from `NOW + start`."""
        return make_leaf(
            self.leaf_key, "signer", self.ca, not_before=NOW + start, not_after=NOW + start + length
        )

    def entry(
        self,
        signature: bytes,
        verifier: bytes,
        *,
        sha256: str | None = None,
        at: datetime = NOW - timedelta(days=1),
        **changes: object,
    ) -> dict[str, object]:
        """A log entry about this module, unless `sha256` says otherwise."""
        body = hashedrekord_body(sha256 or self.sha256, signature, verifier)
        return rekor_entry(
            self.log,
            body,
            integrated_time=int(at.timestamp()),
            log_index=11,
            **changes,  # type: ignore[arg-type]  # keyword arguments of rekor_entry
        )

    def bundle(self, data: bytes) -> None:
        """Write the bundle beside the module."""
        self.directory.joinpath("module.jar.cosign.bundle").write_bytes(data)

    def sig(self, data: bytes) -> None:
        """Write the .sig beside the module."""
        self.directory.joinpath("module.jar.sig").write_bytes(data)

    def signed_by_author(self, **entry: object) -> bytes:
        """A raw-key bundle of the author, with a log entry where asked for (`with_entry=True`)."""
        signature = sign_raw(self.author, self.content)
        rekor = self.entry(signature, public_pem(self.author)) if entry.get("with_entry") else None
        return legacy_bundle(signature, rekor_bundle=rekor)

    def trust(self, *blocks: bytes) -> Path:
        """A trust root of these PEM blocks."""
        path = self.directory / "trust.pem"
        path.write_bytes(b"".join(blocks))
        return path

    def verify(
        self,
        trust_root: Path | None,
        *,
        mode: Mode | None = "COSIGN_BUNDLE",
        policy: RekorPolicy = "DISABLED",
        log_key: bytes | None = None,
        now: datetime = NOW,
        sidecar: Path | None = None,
    ) -> VerificationReport:
        """Both verdicts, as `verify_artifact` gives them."""
        rekor_key = None
        if log_key is not None:
            path = self.directory / "rekor.pub"
            path.write_bytes(log_key)
            rekor_key = read_trust_root(path, now=now)
        return verify_artifact(
            self.artifact,
            policy=Policy(mode, policy, "flags"),
            trust_root=read_trust_root(trust_root, now=now) if trust_root is not None else None,
            rekor_key=rekor_key,
            now=now,
            sidecar=sidecar,
        )


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """A fresh bench."""
    return Bench(tmp_path)


@pytest.fixture(scope="session")
def vectors() -> Path:
    """The shared test vectors; skips visibly where they are not here."""
    named = os.environ.get("TRUSTCONSOLE_VECTORS")
    if not named:
        pytest.skip("TRUSTCONSOLE_VECTORS is not set")
    return Path(named)


Evidence = Mapping[str, object]
StepOf = Callable[[VerificationReport, str], str]


@pytest.fixture
def step() -> StepOf:
    """The status of a step of the documented trace."""

    def status(report: VerificationReport, step_id: str) -> str:
        return next(one.status for one in report.steps if one.id == step_id)

    return status
