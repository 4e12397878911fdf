"""One process verifying one Sigstore bundle: ours against sigstore-python's, in turns A B A B.

`python -m tests.benchmarks.bench_verify_bundle --sigstore PATH`, PATH being the `sigstore` of an environment
where `pip install sigstore` was done. The bundle is the conformance suite's `happy-path-v0.3` (needs
TRUSTCONSOLE_VECTORS), or one of the public-good instance, given with `--artifact`, `--bundle`,
`--identity` and `--issuer`. Prints every ratio's median; the target is 0.5 at most.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

IDENTITY = (
    "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/"
    ".github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main"
)
ISSUER = "https://token.actions.githubusercontent.com"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sigstore", default="sigstore", help="the other verifier (default: from PATH)")
    parser.add_argument("--artifact", type=Path)
    parser.add_argument("--bundle", type=Path)
    parser.add_argument("--identity", default=IDENTITY)
    parser.add_argument("--issuer", default=ISSUER)
    parser.add_argument("--rounds", type=int, default=20)
    values = parser.parse_args()
    vectors = os.environ.get("TRUSTCONSOLE_VECTORS")
    if values.artifact is None or values.bundle is None:
        if not vectors:
            parser.error("name --artifact and --bundle, or set TRUSTCONSOLE_VECTORS")
        base = Path(vectors) / "conformance"
        values.artifact, values.bundle = base / "a.txt", base / "happy-path-v0.3" / "bundle.sigstore.json"
    return values


def _seconds(command: Sequence[str]) -> float:
    begin = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    taken = time.perf_counter() - begin
    if done.returncode != 0:
        raise SystemExit(f"{command[0]} did not verify the bundle:\n{done.stdout}{done.stderr}")
    return taken


def main() -> None:
    """Verify in turns and print medians and ratios."""
    values = _arguments()
    bundle, artifact = str(values.bundle), str(values.artifact)
    ours = [
        *(sys.executable, "-m", "trustconsole", "verify-bundle", "--bundle", bundle),
        *("--certificate-identity", values.identity, "--certificate-oidc-issuer", values.issuer, artifact),
    ]
    theirs = [
        *(values.sigstore, "verify", "identity", "--offline", "--bundle", bundle),
        *("--cert-identity", values.identity, "--cert-oidc-issuer", values.issuer, artifact),
    ]
    _seconds(ours)
    _seconds(theirs)
    pairs = [(_seconds(ours), _seconds(theirs)) for _ in range(values.rounds)]
    for name, column in (("trustconsole verify-bundle", 0), ("sigstore verify identity", 1)):
        taken = [pair[column] * 1000 for pair in pairs]
        sys.stdout.write(f"{name:28} median {statistics.median(taken):7.1f} ms   best {min(taken):7.1f} ms\n")
    ratios = [mine / other for mine, other in pairs]
    best = min(mine for mine, _ in pairs) / min(other for _, other in pairs)
    sys.stdout.write(
        f"ratio: median of {values.rounds} pairs {statistics.median(ratios):.2f}, of the best {best:.2f} "
        "(target: 0.50)\n"
    )


if __name__ == "__main__":
    main()
