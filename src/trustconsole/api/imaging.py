"""The use-case about an image: is it the project's, and exactly which one is to be pulled."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from trustconsole.api.arguments import AnyPath, check_jobs, checked_time
from trustconsole.api.signer_options import SignerOptions, policy_options
from trustconsole.api.target import Options, find_target
from trustconsole.release import images
from trustconsole.release.images import ImageReport, ImageRequest


@dataclass(frozen=True, slots=True)
class ImageOptions:
    """The arguments of `image verify` besides the reference.

    `entry` is a file with a log entry fetched elsewhere; `everything`: no blob of a local copy may be
    missing; `online`: the log may be asked. `options` names the settings that count where `signer` says
    nothing.
    """

    signer: SignerOptions = field(default_factory=SignerOptions)
    entry: AnyPath | None = None
    at: datetime | None = None
    everything: bool = False
    online: bool = False
    jobs: int | None = None
    options: Options = field(default_factory=Options)


def verify_image(
    reference: AnyPath,
    wanted: ImageOptions | None = None,
    *,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> ImageReport:
    """Judge an image: a directory, a saved archive, or `HOST/REPOSITORY[:TAG|@sha256:HEX]`.

    Never raises over a file or a registry. `progress` is told (blobs looked at, blobs in all). Raises
    `UsageError` where the arguments do not fit together or where the reference can name no image,
    `SeveralImages` where a copy holds them and none is named, `SettingsError`, and `ReleaseCancelled` soon
    after `cancelled` says so.
    """
    given = wanted or ImageOptions()
    today = datetime.now(UTC)
    at = checked_time(given.at or today)
    check_jobs(given.jobs)
    settings = find_target(given.options).settings
    request = ImageRequest(
        os.fspath(reference),
        at,
        today,
        policy_options(given.signer, settings.images),
        Path(given.entry) if given.entry is not None else None,
        given.everything,
        given.online,
        given.jobs,
    )
    return images.verify_image(request, progress=progress, cancelled=cancelled)
