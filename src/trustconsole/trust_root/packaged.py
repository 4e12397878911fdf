"""The trusted root of the public-good Sigstore instance that is packaged with the console.

A snapshot, unchanged, with its date and licence beside it (`public_good/README.txt`): keys are added and
retired over the years, so whoever relies on it is told how old it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from trustconsole.trust_root.trusted_root import TrustedRoot
from trustconsole.trust_root.trusted_root_file import parse_trusted_root

SOURCE = "sigstore/root-signing, commit 60cf2ce, Apache-2.0"
TAKEN = datetime(2026, 11, 23, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class PackagedTrustedRoot:
    """The snapshot, when it was taken (aware UTC), where from and under which licence."""

    root: TrustedRoot
    taken: datetime
    source: str

    def age(self, now: datetime) -> timedelta:
        """How old the snapshot is at `now` (aware); never negative."""
        return max(now - self.taken, timedelta())


def packaged_trusted_root() -> PackagedTrustedRoot:
    """The packaged snapshot; its `path` says that it is the packaged one."""
    file = Path(__file__).with_name("public_good") / "trusted_root.json"
    root = parse_trusted_root(file.read_bytes(), "the packaged trusted root")
    return PackagedTrustedRoot(root, TAKEN, SOURCE)
