"""Impact over the bare signature checks, in one run: `python -m tests.benchmarks.bench_impact [MODULES]`.

A thousand modules, three quarters signed with fifteen author keys, the rest under five CAs, all with a log
entry that REQUIRE_SET wants. Asked are: the impact of removing the first block with nothing known, that of
every other block (the cursor goes over all twenty), and all twenty once more. The bare side is what
`cryptography` takes to check, once for each module, the signature over its digest and the SET: no files, no
parsing, one reading.
"""

from __future__ import annotations

import hashlib
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

from trustconsole.demo.authorities import derive_key, make_ca, make_leaf, public_pem
from trustconsole.demo.signing import canonical, hashedrekord_body, legacy_bundle, rekor_entry, sign_raw
from trustconsole.inventory import (
    Module,
    Setting,
    VerdictMemory,
    compute_impact,
    list_modules,
    verify_modules,
)
from trustconsole.trust_root import remove_block, scan_trust_root
from trustconsole.verification import Policy

KEYS, AUTHORITIES, LEAVES = 15, 5, 100
SIZE = 64 * 1024
SEED = 11


@dataclass(frozen=True)
class Current:
    """The trust root as it was read."""

    path: Path
    data: bytes


@dataclass(frozen=True)
class Bench:
    """What is judged, and the same as bare checks: (key, signature, digest of what it covers)."""

    modules: tuple[Module, ...]
    current: Current
    setting: Setting
    bare: list[tuple[ec.EllipticCurvePublicKey, bytes, bytes]]


def build(directory: Path, count: int) -> Bench:
    """Sign `count` modules."""
    now = datetime.now(UTC)
    day = timedelta(days=1)
    authors = [derive_key(SEED, f"author {number}") for number in range(KEYS)]
    cas = [
        make_ca(derive_key(SEED, f"ca {n}"), f"CA {n}", not_before=now - 100 * day, not_after=now + 900 * day)
        for n in range(AUTHORITIES)
    ]
    leaves = [
        make_leaf(
            derive_key(SEED, f"leaf {number}"),
            f"leaf {number}",
            cas[number % AUTHORITIES],
            not_before=now - 9 * day,
            not_after=now + 90 * day,
        )
        for number in range(LEAVES)
    ]
    log = derive_key(SEED, "log")
    bare = []
    for number in range(count):
        content = hashlib.sha256(str(number).encode()).digest() * (SIZE // 32)
        leaf = leaves[number % LEAVES] if number % 4 == 0 else None
        key = derive_key(SEED, f"leaf {number % LEAVES}") if leaf else authors[number % KEYS]
        signature = sign_raw(key, content)
        body = hashedrekord_body(
            hashlib.sha256(content).hexdigest(), signature, leaf.pem if leaf else public_pem(key)
        )
        entry = rekor_entry(log, body, integrated_time=now - day, log_index=number)
        path = directory / f"module-{number}.jar"
        path.write_bytes(content)
        bundle = legacy_bundle(signature, certificate=leaf.pem if leaf else None, rekor_bundle=entry)
        path.with_name(f"{path.name}.cosign.bundle").write_bytes(bundle)
        bare.append((key.public_key(), signature, hashlib.sha256(content).digest()))
        signed = canonical(entry["Payload"])
        stamp = sign_raw(log, signed)  # deterministic: the entry's own
        bare.append((log.public_key(), stamp, hashlib.sha256(signed).digest()))
    pem = b"".join([*map(public_pem, authors), *(ca.pem for ca in cas)])
    root = scan_trust_root(pem, "/trust.pem", now=now)
    keys = scan_trust_root(public_pem(log), "/rekor.pub", now=now)
    setting = Setting(Policy("COSIGN_BUNDLE", "REQUIRE_SET", "flags"), root, keys, now)
    return Bench(list_modules([directory]).modules, Current(Path("/trust.pem"), pem), setting, bare)


def seconds(call: Callable[[], object]) -> float:
    """How long a call takes."""
    begin = time.perf_counter()
    call()
    return time.perf_counter() - begin


def check_bare(bench: Bench) -> None:
    """Every signature and every SET once."""
    algorithm = ec.ECDSA(Prehashed(hashes.SHA256()))
    for key, signature, digest in bench.bare:
        key.verify(signature, digest, algorithm)


def line(name: str, taken: float, bare: float) -> None:
    """One line of the answer."""
    sys.stdout.write(f"{name:44} {taken * 1000:9.1f} ms   ratio {taken / bare:6.2f}\n")


def main() -> None:
    """Build, ask, print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with TemporaryDirectory() as name:
        bench = build(Path(name), count)
        time.sleep(2.5)  # until the files' times can be trusted to show the next change
        bare = statistics.median(seconds(lambda: check_bare(bench)) for _ in range(3))
        root = bench.setting.trust_root
        blocks = root.blocks if root else ()
        prints = [block.fingerprint or "" for block in blocks]
        memory = VerdictMemory()

        def ask(fingerprint: str, known: VerdictMemory) -> None:
            candidate = remove_block(bench.current, fingerprint, now=bench.setting.now)
            after = replace(bench.setting, trust_root=candidate.report)
            answer = compute_impact(bench.modules, bench.setting, after, known)
            stopped = sum(one.change == "stops" for one in answer)
            if candidate.problems or not 0 < stopped < count:
                raise SystemExit(f"{fingerprint}: {stopped} stop, {candidate.problems}")

        sys.stdout.write(f"{count} modules, {len(prints)} blocks; bare: {2 * count} checks\n")
        line("bare cryptography", bare, bare)
        line("first answer, nothing known", seconds(lambda: ask(prints[0], VerdictMemory())), bare)
        looked = seconds(lambda: list(verify_modules(bench.modules, bench.setting, memory)))
        line("a look (every module verified)", looked, bare)
        line("first answer after a look", seconds(lambda: ask(prints[0], memory)), bare)
        following = [seconds(lambda fp=fp: ask(fp, memory)) for fp in prints[1:]]  # type: ignore[misc]  # a default binds the loop's value
        line("every following answer, median", statistics.median(following), bare)
        line("every following answer, slowest", max(following), bare)
        again = [seconds(lambda fp=fp: ask(fp, memory)) for fp in prints]  # type: ignore[misc]  # as above
        line("each of them once more, median", statistics.median(again), bare)
        sys.stdout.write(
            f"artefacts hashed {memory.artifacts.hashed}, signatures checked {memory.checker.made}\n"
        )


if __name__ == "__main__":
    main()
