"""A release of eight files of 128 MiB against `hashlib` alone: `python -m tests.benchmarks.bench_release`.

Both read the same files from the page cache, in turns, one thread and two. Prints the best of each, the
ratios (wanted: at most 1.1 with one thread, 0.65 with two) and the most memory that a process which verifies
takes (wanted: below 100 MB).
"""

from __future__ import annotations

import hashlib
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.release.making_releases import SIGNED, Publisher, Release, gnu, sbom

from trustconsole.release import ReleaseRequest, verify_release
from trustconsole.release.policy import PolicyOptions

FILES, MIB_EACH, ROUNDS = 8, 128, 5
_MIB = 1 << 20


def _make(directory: Path) -> Path:
    """A signed release whose archives are large; its directory."""
    publisher = Publisher()
    publisher.trusted_root(directory)
    release = Release(directory / "release", publisher, archives={})
    sums = {}
    for index in range(FILES):
        name, block = f"archive{index}.tar.gz", os.urandom(_MIB)
        digest = hashlib.sha256()
        with release.directory.joinpath(name).open("wb") as file:
            for _ in range(MIB_EACH):
                file.write(block)
                digest.update(block)
        sums[name] = digest.hexdigest()
        document = sbom(name, b"").replace(hashlib.sha256(b"").hexdigest().encode(), sums[name].encode())
        release.write(f"{name}.sbom.json", document)
        sums[f"{name}.sbom.json"] = hashlib.sha256(document).hexdigest()
    release.sign(gnu(sums))
    return release.directory


def _verify(directory: Path, jobs: int) -> None:
    root = next(directory.parent.glob("*-trusted_root.json"))
    request = ReleaseRequest(directory, SIGNED, SIGNED, PolicyOptions(trusted_root=root), jobs=jobs)
    report = verify_release(request)
    if report.verdict != "accept":
        raise SystemExit(report.reason)


def _bare(directory: Path) -> None:
    for path in sorted(directory.glob("archive*.tar.gz")):
        with path.open("rb") as file:
            hashlib.file_digest(file, "sha256")


def _seconds(call: Callable[[], object]) -> float:
    begin = time.perf_counter()
    call()
    return time.perf_counter() - begin


def _memory_mib(directory: Path) -> float:
    """The most memory that a process of its own takes to verify it."""
    code = [sys.executable, "-m", "tests.benchmarks.bench_release", str(directory)]
    answer = subprocess.run(code, capture_output=True, text=True, check=True)
    return int(answer.stdout) / 1024


def main() -> None:
    """Make the files, take turns, print."""
    if len(sys.argv) > 1:
        _verify(Path(sys.argv[1]), 2)
        sys.stdout.write(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}\n")
        return
    with TemporaryDirectory() as temporary:
        directory = _make(Path(temporary))
        _bare(directory)
        taken: dict[str, list[float]] = {"hashlib": [], "one thread": [], "two threads": []}
        for _ in range(ROUNDS):
            taken["hashlib"].append(_seconds(lambda: _bare(directory)))
            taken["one thread"].append(_seconds(lambda: _verify(directory, 1)))
            taken["two threads"].append(_seconds(lambda: _verify(directory, 2)))
        best = {name: min(times) for name, times in taken.items()}
        for name, seconds in best.items():
            ratio = seconds / best["hashlib"]
            sys.stdout.write(f"{name:12} {seconds:6.3f} s   ratio {ratio:5.2f}\n")
        sys.stdout.write(f"memory       {_memory_mib(directory):6.1f} MiB\n")


if __name__ == "__main__":
    main()
