"""A small host for rotation tests: a controller's files, signed modules, and nodes made of process entries.

Everything is a real file. Nodes are entries in a process table that a test writes: a restart is a new entry,
and `World.loaded` keeps what the trust root held at that moment, which is the truth that reports are held to.
"""

from __future__ import annotations

import itertools
import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes
from tests.nodes.fake_proc import FakeProc

from trustconsole import api
from trustconsole.demo.authorities import Authority, derive_key, make_ca, make_leaf, public_pem
from trustconsole.demo.jars import make_jar
from trustconsole.demo.signing import legacy_bundle, sign_raw
from trustconsole.records import Operator
from trustconsole.trust_root import spki_sha256

BOOT = 1_700_000_000
STARTED = datetime(2027, 1, 1, 12, 0, tzinfo=UTC)
"""Ahead of the real clock, which stamps the files: so a node's start can be put after any change."""
OPERATOR = Operator(1000, "ann")

_CONFIG = """\
runtime: { profile: production }
database: { uri: "mongodb://127.0.0.1:27017/" }
security: { jwtSecret: "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldC1zZWNyZXQ=" }
modules:
  signing:
    mode: COSIGN_BUNDLE
    trustRoot: config/security/trust.pem
"""


class World:
    """One controller's directory, its nodes, and the console's state directory."""

    def __init__(self, root: Path, *, nodes: tuple[tuple[str, str], ...], config: str = _CONFIG) -> None:
        self.root = root
        self.now = STARTED
        self.old = derive_key(7, "old")
        self.new = derive_key(7, "new")
        self.other = derive_key(7, "other")
        self.loaded: dict[str, bytes] = {}
        self._pids = itertools.count(4000)
        (root / "controller/config/security").mkdir(parents=True)
        (root / "modules").mkdir()
        (root / "run").mkdir()
        self.trust_root = root / "controller/config/security/trust.pem"
        self.config = root / "controller/config/controller.yml"
        self.config.write_text(config)
        self.trust_root.write_bytes(b"# old author\n" + public_pem(self.old) + public_pem(self.other))
        self.new_pem = root / "new.pub"
        self.new_pem.write_bytes(b"# new author\n" + public_pem(self.new))
        self.settings = root / "settings.yml"
        self.nodes = nodes
        self.settings.write_text(self._settings())
        self.proc = FakeProc(root / "proc", BOOT)
        for name, _ in nodes:
            self.restart(name)

    def _settings(self) -> str:
        lines = ["controller_config: controller/config/controller.yml", "modules: [modules]", "state: state"]
        lines += ["nodes:"] if self.nodes else []
        for name, role in self.nodes:
            lines += [f"  - name: {name}", f"    role: {role}", f"    evidence: {{pid_file: run/{name}.pid}}"]
        return "\n".join(lines) + "\n"

    def session(self, *, write: bool = True) -> api.Session:
        """A console session on it, with this world's clock and processes."""
        return api.Session(
            api.Options(settings=self.settings),
            write=write,
            clock=lambda: self.now,
            processes=self.proc.table,
            host="host-1",
        )

    def rotation(self, *, write: bool = True) -> api.Rotation:
        """A rotation in a new session: nothing is remembered but what lies in the state directory."""
        return api.Rotation(self.session(write=write), operator=OPERATOR)

    @property
    def old_fingerprint(self) -> str:
        """SPKI SHA-256 of the old key."""
        return spki_sha256(self.old.public_key())

    @property
    def new_fingerprint(self) -> str:
        """SPKI SHA-256 of the new key."""
        return spki_sha256(self.new.public_key())

    def wait(self, seconds: float) -> None:
        """Time passes."""
        self.now += timedelta(seconds=seconds)

    def restart(self, name: str) -> None:
        """End a node's process and start another, well after every change so far."""
        self.wait(3)
        pid = next(self._pids)
        self.proc.add(pid, self.now.timestamp() - BOOT - 1)
        pid_file = self.root / "run" / f"{name}.pid"
        pid_file.write_text(f"{pid}\n")
        os.utime(pid_file, (self.now.timestamp(), self.now.timestamp()))
        self.loaded[name] = self.trust_root.read_bytes()
        self.wait(3)

    def module(
        self, name: str, key: ec.EllipticCurvePrivateKey | None = None, *, leaf: Authority | None = None
    ) -> Path:
        """A module signed by `key` alone, or under the certificate `leaf`."""
        path = self.root / "modules" / f"{name}.jar"
        path.write_bytes(make_jar(name, "1.0.0"))
        if leaf is not None:
            self.sign(path, leaf.key, certificate=leaf.pem)
        elif key is not None:
            self.sign(path, key)
        return path

    def sign(
        self, path: Path, key: CertificateIssuerPrivateKeyTypes, *, certificate: bytes | None = None
    ) -> None:
        """Write the legacy bundle beside a module."""
        signature = sign_raw(key, path.read_bytes())
        bundle = legacy_bundle(signature, certificate=certificate)
        path.with_name(path.name + ".cosign.bundle").write_bytes(bundle)

    def authority(self, name: str) -> Authority:
        """A CA whose certificate is valid around this world's now."""
        return make_ca(
            derive_key(7, name),
            name,
            not_before=STARTED - timedelta(days=700),
            not_after=STARTED + timedelta(days=900),
            path_length=0,
        )

    def leaf(self, name: str, issuer: Authority | None, key: ec.EllipticCurvePrivateKey) -> Authority:
        """A code-signing leaf for `key`."""
        return make_leaf(
            key,
            name,
            issuer,
            not_before=STARTED - timedelta(days=30),
            not_after=STARTED + timedelta(days=300),
        )

    def audit(self) -> list[dict[str, object]]:
        """The audit log's records."""
        path = self.root / "state/audit.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
