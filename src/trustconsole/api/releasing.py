"""Use-cases about a downloaded release: is it the project's, and what changed between two of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from trustconsole import release
from trustconsole.api.arguments import AnyPath, check_jobs, checked_time
from trustconsole.api.signer_options import SignerOptions, policy_options
from trustconsole.api.target import Options, find_target
from trustconsole.release import ReleaseDiff, ReleaseReport, ReleaseRequest


@dataclass(frozen=True, slots=True)
class ReleaseOptions:
    """The arguments of `release verify` besides the directory.

    `options` names the settings that count where `signer` says nothing.
    """

    signer: SignerOptions = field(default_factory=SignerOptions)
    checksums: AnyPath | None = None
    entry: AnyPath | None = None
    at: datetime | None = None
    everything: bool = False
    online: bool = False
    components: bool = False
    jobs: int | None = None
    options: Options = field(default_factory=Options)


def verify_release(
    directory: AnyPath,
    wanted: ReleaseOptions | None = None,
    *,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> ReleaseReport:
    """Judge a release directory; never raises over a file. `progress` is told (bytes hashed, bytes in all).

    Raises `UsageError` where the arguments do not fit together, `SettingsError`, and `ReleaseCancelled` soon
    after `cancelled` says so.
    """
    given = wanted or ReleaseOptions()
    today = datetime.now(UTC)
    at = checked_time(given.at or today)
    check_jobs(given.jobs)
    settings = find_target(given.options).settings
    request = ReleaseRequest(
        Path(directory),
        at,
        today,
        policy_options(given.signer, settings.release),
        Path(given.checksums) if given.checksums is not None else None,
        Path(given.entry) if given.entry is not None else None,
        given.everything,
        given.online,
        given.components,
        given.jobs,
    )
    return release.verify_release(request, progress=progress, cancelled=cancelled)


def diff_releases(before: AnyPath, after: AnyPath) -> ReleaseDiff:
    """Components added, removed and changed between two release directories; nothing is verified.

    Raises `InputError` where one cannot be read or holds no bill of materials, and `UsageError` where the
    extra `sbom` is not installed.
    """
    return release.diff_releases(Path(before), Path(after))
