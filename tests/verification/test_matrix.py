"""{signature, certificate, body, SET} × {own, foreign, garbage, absent}: only what the rules allow passes."""

from __future__ import annotations

import hashlib
import itertools
import json
from base64 import b64encode
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from tests.verification.conftest import NOW, Bench

from trustconsole.demo.authorities import derive_key, make_ca, make_leaf, public_pem
from trustconsole.demo.signing import hashedrekord_body, rekor_entry, sign_raw
from trustconsole.verification import RekorPolicy

SIGNATURES = ("own", "resigned", "foreign", "garbage", "absent")
CERTIFICATES = ("own", "foreign", "garbage", "absent")
BODIES = ("own", "another-hash", "foreign", "garbage", "absent")
SETS = ("own", "foreign", "garbage", "absent")
Trust = Literal["ca-short-leaf", "ca-long-leaf", "pinned-key"]
OTHER = b"another module's bytes\n"
SIGNED_AT = NOW - timedelta(days=1)


@dataclass(frozen=True)
class Cell:
    signature: str
    certificate: str
    body: str
    timestamp: str


def cells() -> list[Cell]:
    return [Cell(*values) for values in itertools.product(SIGNATURES, CERTIFICATES, BODIES, SETS)]


def allowed(cell: Cell, policy: RekorPolicy, trust: Trust) -> bool:
    """The rules, written a second time: nothing of the engine is used."""
    covers = cell.signature in ("own", "resigned")
    entry_holds = (
        cell.timestamp == "own"
        and cell.body == "own"
        and cell.signature == "own"  # the entry names exactly this signature
        and cell.certificate == "own"  # and exactly this certificate
    )
    if policy == "REQUIRE_SET" and not entry_holds:
        return False
    if trust == "pinned-key":
        return covers and cell.certificate in ("own", "absent")
    if trust == "ca-long-leaf":
        return covers and cell.certificate == "own"
    return covers and cell.certificate == "own" and entry_holds  # ten minutes long over: needs a proved time


class Parts:
    """Every part in every state, made once."""

    def __init__(self, bench: Bench, trust: Trust) -> None:
        length = timedelta(days=30) if trust == "ca-long-leaf" else timedelta(minutes=10)
        leaf = bench.leaf(start=timedelta(days=-1, minutes=-5), length=length)
        other_key = derive_key(3, "other leaf")
        other_ca = make_ca(
            derive_key(3, "other ca"),
            "Other CA",
            not_before=NOW - timedelta(days=9),
            not_after=NOW + timedelta(days=9),
        )
        foreign_leaf = make_leaf(
            other_key, "signer", other_ca, not_before=SIGNED_AT, not_after=NOW + timedelta(days=1)
        )
        algorithm = ec.ECDSA(hashes.SHA256())
        own = sign_raw(bench.leaf_key, bench.content)
        resigned = bench.leaf_key.sign(bench.content, algorithm)
        assert own != resigned
        self.leaf_pem = leaf.pem
        self.signatures = {
            "own": own,
            "resigned": resigned,
            "foreign": sign_raw(bench.leaf_key, OTHER),
            "garbage": b"\x30\x06\x02\x01\x01\x02\x01\x01",
        }
        self.certificates = {"own": leaf.pem, "foreign": foreign_leaf.pem, "garbage": b"no certificate"}
        foreign_signature = sign_raw(bench.leaf_key, OTHER)
        other_hash = "ab" * 32
        self.bodies = {
            "own": hashedrekord_body(bench.sha256, own, leaf.pem),
            "another-hash": hashedrekord_body(other_hash, own, leaf.pem),
            "foreign": hashedrekord_body(hashlib.sha256(OTHER).hexdigest(), foreign_signature, leaf.pem),
            "garbage": b"not an entry",
        }
        self.logs = {"own": bench.log, "foreign": bench.stranger}

    def bundle(self, cell: Cell) -> bytes:
        document: dict[str, object] = {}
        if cell.signature != "absent":
            document["base64Signature"] = b64encode(self.signatures[cell.signature]).decode()
        if cell.certificate != "absent":
            document["cert"] = b64encode(self.certificates[cell.certificate]).decode()
        rekor: dict[str, object] = {}
        if cell.body != "absent" or cell.timestamp != "absent":
            rekor = rekor_entry(
                self.logs.get(cell.timestamp, self.logs["own"]),
                self.bodies.get(cell.body, self.bodies["own"]),
                integrated_time=SIGNED_AT,
                log_index=5,
                named_log_id=None,
            )
            payload = rekor["Payload"]
            assert isinstance(payload, dict)
            if cell.body == "absent":
                del payload["body"]
            if cell.timestamp == "garbage":
                rekor["SignedEntryTimestamp"] = b64encode(b"garbage").decode()
            if cell.timestamp == "absent":
                del rekor["SignedEntryTimestamp"]
            document["rekorBundle"] = rekor
        return json.dumps(document).encode()


@pytest.mark.parametrize("policy", ["DISABLED", "REQUIRE_SET"])
@pytest.mark.parametrize("trust", ["ca-short-leaf", "ca-long-leaf", "pinned-key"])
def test_only_the_cells_that_the_rules_allow_pass(bench: Bench, policy: RekorPolicy, trust: Trust) -> None:
    parts = Parts(bench, trust)
    root = bench.trust(public_pem(bench.leaf_key) if trust == "pinned-key" else bench.ca.pem)
    wrong: list[str] = []
    accepted = 0
    for cell in cells():
        bench.bundle(parts.bundle(cell))
        report = bench.verify(root, policy=policy, log_key=public_pem(bench.log))
        passes = report.documented.verdict == "accept"
        accepted += passes
        if passes != allowed(cell, policy, trust):
            wrong.append(f"{cell}: {report.documented.verdict} ({report.documented.reason})")
        elif not passes:
            assert report.documented.verdict == "reject", report.documented
    assert wrong == []
    assert accepted > 0
