"""A directory of signed modules and what they are judged by, for the tests of impact."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec

from trustconsole.demo.authorities import Authority, derive_key, make_ca, make_leaf, public_pem
from trustconsole.demo.signing import hashedrekord_body, legacy_bundle, rekor_entry, sign_raw
from trustconsole.inventory import (
    ArtifactMemory,
    ModuleImpact,
    Setting,
    VerdictMemory,
    compute_impact,
    list_modules,
)
from trustconsole.trust_root import Candidate, TrustRootReport, add_block, remove_block, scan_trust_root
from trustconsole.verification import Mode, Policy, RekorPolicy

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class File:
    """A file as it was read."""

    data: bytes
    path: Path = Path("/etc/trust.pem")


def key(name: str) -> ec.EllipticCurvePrivateKey:
    """The private key called `name`."""
    return derive_key(3, name)


def block(name: str) -> bytes:
    """The PUBLIC KEY block of the key called `name`."""
    return public_pem(key(name))


def ca(name: str = "CA") -> Authority:
    """A CA that lasts for years."""
    return make_ca(key(name), name, not_before=NOW - 300 * DAY, not_after=NOW + 900 * DAY)


def leaf(issuer: Authority, name: str = "leaf") -> Authority:
    """A code-signing leaf of `issuer` that is valid for a month."""
    return make_leaf(key(name), name, issuer, not_before=NOW - DAY, not_after=NOW + 30 * DAY)


@dataclass
class Yard:
    """Modules below `directory`, judged by `root` (and `log`) in one memory."""

    directory: Path
    root: bytes = b""
    log: bytes | None = None
    policy: RekorPolicy = "DISABLED"
    mode: Mode = "COSIGN_BUNDLE"

    def __post_init__(self) -> None:
        # A clock ten seconds ahead: the digests of files that were just written are kept at once.
        self.memory = VerdictMemory(ArtifactMemory(clock=lambda: time.time_ns() + 10**10))

    def module(self, name: str, signer: str | Authority | None, *, log: str | None = None) -> Path:
        """A module with a bundle by a key or a leaf (None: without), and an entry in the log called `log`."""
        path = self.directory / f"{name}.jar"
        content = f"the bytes of {name}".encode()
        path.write_bytes(content)
        if signer is None:
            return path
        certificate = None if isinstance(signer, str) else signer.pem
        signature = sign_raw(key(signer) if isinstance(signer, str) else signer.key, content)
        verifier = block(signer) if isinstance(signer, str) else signer.pem
        entry = None
        if log is not None:
            body = hashedrekord_body(hashlib.sha256(content).hexdigest(), signature, verifier)
            entry = rekor_entry(key(log), body, integrated_time=NOW - DAY / 2, log_index=5)
        bundle = legacy_bundle(signature, certificate=certificate, rekor_bundle=entry)
        path.with_name(f"{path.name}.cosign.bundle").write_bytes(bundle)
        return path

    def scanned(self, data: bytes) -> TrustRootReport:
        """The report of a PEM file."""
        return scan_trust_root(data, "/etc/trust.pem", now=NOW)

    @property
    def setting(self) -> Setting:
        """What holds now."""
        log = self.scanned(self.log) if self.log is not None else None
        return Setting(Policy(self.mode, self.policy, "flags"), self.scanned(self.root), log, NOW)

    def without(self, pem: bytes) -> Candidate:
        """The trust root without a block."""
        (one,) = self.scanned(pem).blocks
        return remove_block(File(self.root), one.fingerprint or "", now=NOW)

    def with_(self, pem: bytes) -> Candidate:
        """The trust root with one more block."""
        return add_block(File(self.root), pem, now=NOW)

    def impact(self, candidate: Candidate) -> dict[str, ModuleImpact]:
        """What the candidate does to each module, by file name without its suffix."""
        found = self.under(replace(self.setting, trust_root=candidate.report))
        return {Path(one.path).stem: one for one in found}

    def under(self, candidate: Setting) -> Sequence[ModuleImpact]:
        """What another setting does to the modules, in their order."""
        return compute_impact(list_modules([self.directory]).modules, self.setting, candidate, self.memory)


def changes(found: dict[str, ModuleImpact]) -> dict[str, tuple[str, str]]:
    """(documented, controller) of each module."""
    return {name: (one.documented.change, one.controller.change) for name, one in found.items()}
