"""The same five steps for a CA certificate and for the key of a transparency log."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from tests.api.world import STARTED, World

from trustconsole.demo.authorities import derive_key, public_pem
from trustconsole.demo.signing import hashedrekord_body, legacy_bundle, rekor_entry, sign_raw
from trustconsole.errors import UsageError
from trustconsole.trust_root import spki_sha256

NODES = (("controller-1", "controller"), ("daemon-1", "daemon"))
WITH_LOG = """\
runtime: { profile: production }
database: { uri: "mongodb://127.0.0.1:27017/" }
security: { jwtSecret: "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldC1zZWNyZXQ=" }
modules:
  signing:
    mode: COSIGN_BUNDLE
    trustRoot: config/security/trust.pem
    rekor: { policy: POLICY, publicKey: config/security/rekor.pub }
"""


def restart_all(world: World) -> None:
    for name, _ in world.nodes:
        world.restart(name)


def test_a_ca_certificate_is_rotated_by_its_own_fingerprint(tmp_path: Path) -> None:
    world = World(tmp_path, nodes=NODES)
    old, new = world.authority("Old CA"), world.authority("New CA")
    world.trust_root.write_bytes(b"# the company\n" + old.pem)
    restart_all(world)
    path = world.module("by-ca", leaf=world.leaf("builds", old, derive_key(7, "builds")))
    pem = tmp_path / "new-ca.pem"
    pem.write_bytes(new.pem)
    fingerprint = hashlib.sha256(old.certificate.public_bytes(Encoding.DER)).hexdigest()
    rotation = world.rotation()
    assert rotation.start("ca", fingerprint[:8], pem, apply=True).step == 2
    restart_all(world)
    view = rotation.view()
    assert view.step == 3
    assert view.modules[0].standing == "old_only"
    assert any("--certificate" in line.text for line in view.modules[0].commands)
    leaf = world.leaf("builds", new, derive_key(7, "builds-2"))
    world.sign(path, leaf.key, certificate=leaf.pem)
    assert rotation.next(apply=True, confirm=fingerprint[:8]).step == 5
    assert old.pem not in world.trust_root.read_bytes()
    restart_all(world)
    done = rotation.view()
    assert done.step == "done"
    assert done.negative is not None
    assert done.negative.result == "rejected"


def test_a_keyed_controller_has_no_ca_to_rotate(tmp_path: Path) -> None:
    world = World(tmp_path, nodes=NODES)
    world.config.write_text(world.config.read_text().replace("COSIGN_BUNDLE", "KEYED"))
    pem = tmp_path / "ca.pem"
    pem.write_bytes(world.authority("CA").pem)
    with pytest.raises(UsageError, match="KEYED reads no certificates"):
        world.rotation().start("ca", "a" * 64, pem)


class LogWorld:
    """A world whose controller wants log entries, and its module with one."""

    def __init__(self, root: Path, policy: str) -> None:
        self.old_log, self.new_log = derive_key(7, "old-log"), derive_key(7, "new-log")
        self.world = World(root, nodes=NODES, config=WITH_LOG.replace("POLICY", policy))
        self.file = self.world.trust_root.with_name("rekor.pub")
        self.file.write_bytes(public_pem(self.old_log))
        restart_all(self.world)
        self.module = self.world.module("logged")
        self.sign(self.old_log)
        self.pem = root / "new-log.pub"
        self.pem.write_bytes(public_pem(self.new_log))

    def sign(self, log: ec.EllipticCurvePrivateKey) -> None:
        """Sign the module with the author's key and have `log` record it."""
        data = self.module.read_bytes()
        signature = sign_raw(self.world.old, data)
        body = hashedrekord_body(hashlib.sha256(data).hexdigest(), signature, public_pem(self.world.old))
        entry = rekor_entry(log, body, integrated_time=STARTED - timedelta(days=3), log_index=7)
        bundle = legacy_bundle(signature, rekor_bundle=entry)
        self.module.with_name("logged.jar.cosign.bundle").write_bytes(bundle)

    @property
    def old(self) -> str:
        """SPKI SHA-256 of the old log's key."""
        return spki_sha256(self.old_log.public_key())


def test_a_log_key_is_rotated_in_its_own_file_and_daemons_do_not_count(tmp_path: Path) -> None:
    here = LogWorld(tmp_path, "REQUIRE_SET")
    rotation = here.world.rotation()
    trust_root = here.world.trust_root.read_bytes()
    started = rotation.start("rekor", here.old[:8], here.pem, apply=True)
    assert started.step == 2
    assert [node.name for node in started.nodes] == ["controller-1"]
    here.world.restart("controller-1")
    view = rotation.view()
    assert view.step == 3
    assert any("--rekor-url" in line.text for line in view.modules[0].commands)
    here.sign(here.new_log)
    assert rotation.next(apply=True, confirm=here.old[:8]).step == 5
    assert public_pem(here.old_log) not in here.file.read_bytes()
    assert here.world.trust_root.read_bytes() == trust_root
    here.world.restart("controller-1")
    done = rotation.view()
    assert done.step == "done"
    assert done.negative is not None
    assert done.negative.result == "rejected"


def test_an_author_key_under_a_policy_that_wants_entries_is_signed_with_one(tmp_path: Path) -> None:
    here = LogWorld(tmp_path, "REQUIRE_SET")
    rotation = here.world.rotation()
    rotation.start("author", here.world.old_fingerprint, here.world.new_pem, apply=True)
    restart_all(here.world)
    view = rotation.view()
    assert view.step == 3
    assert "--tlog-upload=true" in next(
        line.text for line in view.modules[0].commands if "sign" in line.title
    )
    assert "--tlog-upload=true" in rotation.save_commands(view).read_text()


def test_where_no_entry_is_asked_for_the_check_says_that_it_shows_nothing(tmp_path: Path) -> None:
    here = LogWorld(tmp_path, "DISABLED")
    rotation = here.world.rotation()
    rotation.start("rekor", here.old, here.pem, apply=True)
    here.world.restart("controller-1")
    assert rotation.view().step == 4  # the module needs no log
    rotation.next(apply=True, confirm=here.old[:8])
    here.world.restart("controller-1")
    done = rotation.view()
    assert done.step == "done"
    assert done.negative is not None
    assert (done.negative.result, "DISABLED" in done.negative.detail) == ("none", True)
