"""Use-cases about single files: a trust root, two of them, a configuration, a chain."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from trustconsole import controller_config, trust_root
from trustconsole.api.arguments import AnyPath
from trustconsole.controller_config import ConfigReport
from trustconsole.trust_root import TrustRootDiff, TrustRootReport


def show_trust_root(path: AnyPath, *, at: datetime | None = None) -> TrustRootReport:
    """The PEM file in both readings; never raises over the file. `at` is aware, now where None."""
    return trust_root.read_trust_root(Path(path), now=at or datetime.now(UTC))


def diff_trust_roots(before: AnyPath, after: AnyPath, *, at: datetime | None = None) -> TrustRootDiff:
    """What `after` trusts that `before` does not, and the reverse, by identity."""
    return trust_root.diff_trust_roots(show_trust_root(before, at=at), show_trust_root(after, at=at))


def check_config(
    path: AnyPath, working_directory: AnyPath | None = None, *, at: datetime | None = None
) -> ConfigReport:
    """`controller.yml` in both readings; never raises over the file."""
    directory = Path(working_directory) if working_directory is not None else None
    return controller_config.check_config(Path(path), directory, now=at or datetime.now(UTC))
