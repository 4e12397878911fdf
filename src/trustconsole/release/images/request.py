"""From what was asked to a report: the policy read, the copy opened, the image judged.

The one way in for `api`; a file or a registry that cannot be read makes the verdict `error`.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from trustconsole.errors import InputError, UsageError
from trustconsole.findings import FindingKind
from trustconsole.release import findings as kinds
from trustconsole.release.images import findings as image_kinds
from trustconsole.release.images.content import Tell
from trustconsole.release.images.opening import open_copy
from trustconsole.release.images.question import ImageQuestion, Search
from trustconsole.release.images.references import LocalReference, read_reference
from trustconsole.release.images.report import ImageReport
from trustconsole.release.images.verify import verify_copy
from trustconsole.release.log_answers import read_entry_file
from trustconsole.release.policy import PolicyOptions, SignerPolicy, read_policy
from trustconsole.release.report import policy_facts
from trustconsole.verification.identity import PRESETS, IdentityPolicy
from trustconsole.verification.log_entry import LogEntry

PRESET = PRESETS["images"]


@dataclass(frozen=True, slots=True)
class ImageRequest:
    """What `image verify` was asked.

    `entry` is a log entry fetched elsewhere; `everything`: no blob of a local copy may be missing; `online`:
    the log may be asked; `jobs` None: as many as there are processors. `now` and `today` as for
    `read_policy`.
    """

    reference: str
    now: datetime
    today: datetime
    policy: PolicyOptions = field(default_factory=PolicyOptions)
    entry: Path | None = None
    everything: bool = False
    online: bool = False
    jobs: int | None = None


def verify_image(
    request: ImageRequest,
    *,
    progress: Tell | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> ImageReport:
    """Judge the image. Raises `UsageError` where options do not fit together or where the reference names
    nothing that could be an image, `SeveralImages` where a copy holds them and none is named, and
    `Cancelled` soon after `cancelled` says so."""
    reference = read_reference(request.reference)
    digest = reference.digest
    policy: SignerPolicy | None = None
    kind = kinds.TRUST_UNREADABLE
    entries: tuple[LogEntry, ...] = ()
    try:
        options, builder = _builder(request.policy)
        policy = read_policy(options, PRESET, request.now, today=request.today)
        kind = kinds.ENTRY_UNREADABLE
        entries = read_entry_file(request.entry) if request.entry is not None else ()
        kind = image_kinds.IMAGE_UNREADABLE
        copy = open_copy(reference, cancelled)
    except InputError as error:
        return _unreadable(request, policy, kind, error)
    jobs = request.jobs or (min(os.cpu_count() or 1, 8) if isinstance(reference, LocalReference) else 1)
    search = _search(policy) if request.online else None
    question = ImageQuestion(policy, request.everything, entries, search, jobs, builder)
    return verify_copy(copy, request.reference, digest, question, progress, cancelled)


def _builder(options: PolicyOptions) -> tuple[PolicyOptions, IdentityPolicy | None]:
    """With a bare key, an identity says who was to build the image; raises `UsageError`."""
    if options.key is None or (options.identity is None) == (options.identity_regexp is None):
        return options, None
    builder = IdentityPolicy(
        identity=options.identity, identity_regexp=options.identity_regexp, issuer=PRESET.issuer
    )
    return replace(options, identity=None, identity_regexp=None), builder


def _search(policy: SignerPolicy) -> Search:
    # Only who asks for it pays for loading what speaks to a log.
    from trustconsole.release.online import LogSearch, addresses_of

    addresses = addresses_of(policy.logs, policy.root)
    if not addresses:
        raise UsageError(
            "--online needs a log whose address is known",
            hint="name a trusted_root.json with --trusted-root F",
        )
    return LogSearch(addresses).entries_about


def _unreadable(
    request: ImageRequest, policy: SignerPolicy | None, kind: FindingKind, error: InputError
) -> ImageReport:
    next_step = error.hint or "name a copy that can be read"
    finding = kind.at(request.reference, None, reason=str(error), next=next_step)
    facts = policy_facts(policy)
    return ImageReport(
        request.reference, None, "error", kind.id, "image", str(error), facts, findings=(finding,)
    )
