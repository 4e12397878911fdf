"""From what was asked to a report: the policy read, the copy opened, the image judged.

The one way in for `api`; a file or a registry that cannot be read makes the verdict `error`.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
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
from trustconsole.verification.identity import PRESETS
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


def verify_image(request: ImageRequest, *, progress: Tell | None = None) -> ImageReport:
    """Judge the image. Raises `UsageError` where options do not fit together, where the reference names
    nothing that could be an image, or where a copy holds several and none is named."""
    reference = read_reference(request.reference)
    digest = reference.digest
    policy: SignerPolicy | None = None
    kind = kinds.TRUST_UNREADABLE
    entries: tuple[LogEntry, ...] = ()
    try:
        policy = read_policy(request.policy, PRESET, request.now, today=request.today)
        kind = kinds.ENTRY_UNREADABLE
        entries = read_entry_file(request.entry) if request.entry is not None else ()
        kind = image_kinds.IMAGE_UNREADABLE
        copy = open_copy(reference)
    except InputError as error:
        return _unreadable(request, policy, kind, error)
    jobs = request.jobs or (min(os.cpu_count() or 1, 8) if isinstance(reference, LocalReference) else 1)
    search = _search(policy) if request.online else None
    question = ImageQuestion(policy, request.everything, entries, search, jobs)
    return verify_copy(copy, request.reference, digest, question, progress)


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
