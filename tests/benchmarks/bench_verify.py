"""Verifying against the bare libraries, side by side in one run: `python -m tests.benchmarks.bench_verify`.

Two questions: what does a full report (both readings, traces, findings) cost over the bare cryptography of
one bundle, and what does hashing a large artefact cost over `hashlib`. Prints medians and ratios.
"""

from __future__ import annotations

import hashlib
import json
import statistics
import sys
import time
from base64 import b64decode
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from trustconsole.demo import build_demo
from trustconsole.storage import digest_file
from trustconsole.trust_root import read_trust_root
from trustconsole.verification import Policy, verify_artifact

ROUNDS = 200
LARGE_BYTES = 512 * 1024 * 1024


def _median_ms(call: Callable[[], object], rounds: int) -> float:
    call()
    taken = []
    for _ in range(rounds):
        begin = time.perf_counter()
        call()
        taken.append((time.perf_counter() - begin) * 1000)
    return statistics.median(taken)


def _print(name: str, ours: float, bare: float, bare_name: str) -> None:
    sys.stdout.write(
        f"{name:32} ours {ours:9.3f} ms   {bare_name} {bare:9.3f} ms   ratio {ours / bare:6.2f}\n"
    )


def _bundle(directory: Path) -> None:
    now = datetime.now(UTC)
    demo = build_demo(directory / "demo", now=now)
    module = demo.modules / "lobby-menu-3.1.0.jar"
    bundle = module.with_name(module.name + ".cosign.bundle")
    root, log = read_trust_root(demo.trust_root, now=now), read_trust_root(demo.rekor_key, now=now)
    policy = Policy("COSIGN_BUNDLE", "REQUIRE_SET", "flags")

    def ours() -> None:
        report = verify_artifact(module, policy=policy, trust_root=root, rekor_key=log, now=now)
        if report.documented.verdict != "accept":
            raise SystemExit(report.documented.reason)

    pems = [block.text.encode() for block in root.trusted_blocks if block.kind == "public-key"]

    def bare() -> None:
        document = json.loads(bundle.read_bytes())
        data = module.read_bytes()
        keys = [load_pem_public_key(pem) for pem in pems]
        signature = b64decode(document["base64Signature"])
        payload = document["rekorBundle"]["Payload"]
        body = json.loads(b64decode(payload["body"]))
        if body["spec"]["data"]["hash"]["value"] != hashlib.sha256(data).hexdigest():
            raise SystemExit("not bound")
        log_key = load_pem_public_key(demo.rekor_key.read_bytes())
        signed = json.dumps(payload, sort_keys=True, separators=(",", ":")).encode()
        for key, text, content in (
            (log_key, b64decode(document["rekorBundle"]["SignedEntryTimestamp"]), signed),
            (keys[1], signature, data),
        ):
            if not isinstance(key, ec.EllipticCurvePublicKey):
                raise SystemExit("another kind of key")
            key.verify(text, content, ec.ECDSA(hashes.SHA256()))

    _print("one bundle, both readings", _median_ms(ours, ROUNDS), _median_ms(bare, ROUNDS), "cryptography")


def _large(directory: Path) -> None:
    path = directory / "large.bin"
    with path.open("wb") as file:
        file.truncate(LARGE_BYTES)

    def bare() -> None:
        with path.open("rb") as file:
            hashlib.file_digest(file, "sha256")

    ours = _median_ms(lambda: digest_file(path), 3)
    _print(f"SHA-256 of {LARGE_BYTES >> 20} MiB", ours, _median_ms(bare, 3), "hashlib     ")


def main() -> None:
    """Run both comparisons."""
    with TemporaryDirectory() as name:
        _bundle(Path(name))
        _large(Path(name))


if __name__ == "__main__":
    main()
