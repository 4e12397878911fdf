"""Taking the newest change back: what stands against it, and what the file becomes again.

It needs no plan: a revocation, and a change whose rotation was replaced, are taken back alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from trustconsole import limits
from trustconsole.api.changing import Changes, Wanted, same_bytes
from trustconsole.api.rotation_evidence import losses_under
from trustconsole.errors import GateRefused
from trustconsole.records import Backup, Change
from trustconsole.storage import FileBytes, link_end, read_bounded
from trustconsole.text import shell_join
from trustconsole.trust_root import TrustRootDiff, diff_trust_roots, scan_trust_root

if TYPE_CHECKING:
    from trustconsole.api.session import Session
    from trustconsole.api.survey import Survey


@dataclass(frozen=True, slots=True)
class Undoing:
    """A change that can be taken back: the file as it is, and the backup that it would become."""

    change: Change
    backup: Backup
    current: FileBytes
    diff: TrustRootDiff

    @property
    def words(self) -> str:
        """`/etc/trust.pem as it was before add at 2026-…`."""
        return f"{self.change.target} as it was before {self.change.action} at {self.change.at}"


def undoing(
    session: Session, survey: Survey, changes: Changes, change: Change | None, *, override: str
) -> Undoing:
    """What taking `change` back would do; nothing is written.

    Raises `GateRefused` where there is none, and, unless `override` says why it may be, where the file was
    changed since or a module that is accepted now would be lost.
    """
    if change is None:
        raise GateRefused("there is no change that could be taken back", hint="trustconsole audit show")
    backup = changes.backups.load(change.backup)
    path = Path(change.target)
    current = read_bounded(path, limits.PEM_BYTES, what="PEM file")
    restored = scan_trust_root(backup.data, str(path), now=survey.now)
    against, hints = [], []
    if current.sha256 != change.after:
        compare = ("trustconsole", "trust-root", "diff", str(changes.backups.file_of(backup)), str(path))
        against.append(
            f"{path} was changed since ({current.sha256[:8]} instead of {change.after[:8]}), so taking "
            "back the change before would lose that"
        )
        hints.append(f"compare: {shell_join(compare)}")
    if losses := losses_under(survey, restored, session.memory):
        more = f" (and {len(losses) - 1} more)" if len(losses) > 1 else ""
        against.append(f"{losses[0]} would be refused without the block that the undo takes away{more}")
        hints.append("re-sign first what would be refused")
    if against and not override:
        raise GateRefused(
            "; ".join(against),
            hint="; ".join((*hints, "or restore it all the same with a reason: --override REASON")),
            overridable=True,
        )
    now = scan_trust_root(current.data, str(path), now=survey.now)
    return Undoing(change, backup, current, diff_trust_roots(now, restored))


def take_back(changes: Changes, wanted: Undoing, *, reason: str, reviewed: str | None, follow: bool) -> None:
    """Write it, bytes, mode, owner, lists and times; `reviewed` is the digest it was decided on.

    None: as it is. Raises the writer's errors.
    """
    change, backup = wanted.change, wanted.backup
    path = Path(change.target)
    changes.write(
        Wanted(
            "undo",
            path,
            backup.data,
            reviewed or wanted.current.sha256,
            lambda data: same_bytes(data, backup.data, path),
            reason=reason,
            details={"undoes": change.action},
            undoes=change.id,
            metadata=backup.metadata,
            follow_link=follow or link_end(change.target) is not None,
        ),
    )
