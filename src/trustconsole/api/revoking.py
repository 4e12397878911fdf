"""Emergency revocation: a block goes at once, without the overlap of a rotation, and what that leaves undone.

The overlap is skipped; the backup, the audit record and the writer are not.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from trustconsole import limits
from trustconsole.api.changing import Changes, Wanted, same_bytes
from trustconsole.api.rotation_evidence import losses_under, relevant_nodes, role_of, target_path
from trustconsole.api.survey import Survey
from trustconsole.errors import GateRefused, UsageError
from trustconsole.findings import Finding
from trustconsole.nodes import NodeReport
from trustconsole.records import Operator, RotationKind
from trustconsole.storage import FileBytes, link_end, read_bounded
from trustconsole.text import plural
from trustconsole.trust_root import Candidate, TrustRootDiff, remove_block

if TYPE_CHECKING:
    from trustconsole.api.session import Session

SCHEMA: Final = "trustconsole/revocation/1"
_FILE_WORDS: Final[dict[RotationKind, str]] = {"author": "trust-root", "ca": "trust-root", "rekor": "rekor"}


@dataclass(frozen=True, slots=True)
class Revocation:
    """What removing the block does now, and what it does not. Names of modules are untrusted text.

    `stops`: accepted now and refused at the next install. `keeps_running`: modules that this block vouches
    for and that are installed; they run on. `restart`: nodes that trust the block until they restart.
    `uncovered`: daemons that read another file. `not_achieved` are sentences. `problems` forbid the change.
    `link` is where the target really is, if it is behind a symbolic link,
    `digest` the SHA-256 of the file that this was judged on.
    """

    taken_at: datetime
    read_only: bool
    fingerprint: str
    file: str
    target: str
    applied: bool
    diff: TrustRootDiff
    stops: tuple[str, ...]
    keeps_running: tuple[str, ...]
    restart: tuple[NodeReport, ...]
    uncovered: tuple[str, ...]
    not_achieved: tuple[str, ...]
    problems: tuple[Finding, ...]
    warnings: tuple[Finding, ...] = ()
    link: str | None = None
    digest: str = ""

    @property
    def needs_reason(self) -> bool:
        """Whether what stands against it may be passed with a written reason, all of it."""
        return bool(self.problems) and all(one.id in OVERRIDABLE for one in self.problems)

    def to_dict(self) -> dict[str, object]:
        """`trustconsole/revocation/1`."""
        return {
            "schema": SCHEMA,
            "fingerprint": self.fingerprint,
            "file": self.file,
            "target": self.target,
            "applied": self.applied,
            "stops": list(self.stops),
            "keeps_running": list(self.keeps_running),
            "restart": [node.to_dict() for node in self.restart],
            "uncovered_daemons": list(self.uncovered),
            "not_achieved": list(self.not_achieved),
            "problems": [finding.to_dict() for finding in self.problems],
            "warnings": [finding.to_dict() for finding in self.warnings],
        }


def revoke(
    session: Session,
    fingerprint: str,
    *,
    apply: bool = False,
    override: str = "",
    follow_link: bool = False,
    reviewed: str | None = None,
    operator: Operator | None = None,
) -> Revocation:
    """Remove the block `fingerprint` (or its first 8 digits or more) from the file that holds it.

    Without `apply` nothing is written. `reviewed` is the digest of the file that this was decided on, None:
    as it is now. Raises `UsageError` where no file or several hold it, `GateRefused`
    where the controllers would not start with what is left and no `override` says why, and the writer's.
    """
    survey = session.survey()
    kind, file, candidate = _find(survey, fingerprint)
    revoked = candidate.removed or ""
    blocking = tuple(one for one in candidate.problems if not (override and one.id in OVERRIDABLE))
    if apply:
        changes = Changes(
            survey.target.state, read_only=session.read_only, clock=session.now, operator=operator
        )
        changes.arm()
        if blocking:
            raise GateRefused(blocking[0].summary, hint=blocking[0].next)
        path = file.path
        changes.write(
            Wanted(
                "revoke",
                path,
                candidate.data,
                reviewed or file.sha256,
                lambda data: same_bytes(data, candidate.data, path),
                reason=override,
                details={"revoked": revoked},
                follow_link=follow_link,
            )
        )
        after = session.survey()
    else:
        after = survey
    return _revocation(session, survey, after, kind, candidate, applied=apply)


OVERRIDABLE: Final = frozenset({"nothing-left", "nothing-trusted"})
"""Problems that an emergency may pass with a written reason: nothing is left that a controller would load."""


def _find(survey: Survey, fingerprint: str) -> tuple[RotationKind, FileBytes, Candidate]:
    """The file that holds the block, and the file without it."""
    found: list[tuple[RotationKind, FileBytes, Candidate]] = []
    missed: list[UsageError] = []
    for kind in ("author", "rekor"):
        rotation: RotationKind = "rekor" if kind == "rekor" else "author"
        try:
            path = target_path(survey, rotation)
            file = read_bounded(path, limits.PEM_BYTES, what="PEM file")
            role = role_of(survey, rotation)
            found.append((rotation, file, remove_block(file, fingerprint, now=survey.now, load_as=role)))
        except UsageError as error:
            missed.append(error)
    if not found:
        absent = [error for error in missed if error.message.startswith("no block of")]
        if len(absent) > 1:
            raise UsageError(
                f"no block of the trust root or of the Rekor key file has the fingerprint {fingerprint}",
                hint="; ".join(
                    error.hint.replace("it has", f"the {place} has", 1)
                    for error, place in zip(absent, ("trust root", "Rekor key file"), strict=True)
                ),
            )
        raise missed[0]
    if len(found) > 1:
        raise UsageError(
            f"{fingerprint} names a block of the trust root and one of the Rekor key file",
            hint="give more digits; if both are the same key, rotate the Rekor key first",
        )
    return found[0]


def _revocation(
    session: Session,
    before: Survey,
    after: Survey,
    kind: RotationKind,
    candidate: Candidate,
    *,
    applied: bool,
) -> Revocation:
    revoked = candidate.removed or ""
    vouched = tuple(
        module.name
        for module, report in zip(before.modules, before.reports, strict=True)
        if report is not None
        and report.documented.matched is not None
        and report.documented.matched.fingerprint == revoked
    )
    stops = losses_under(before, candidate.report, session.memory)
    nodes = relevant_nodes(after.nodes, kind)
    uncovered = _uncovered(before, Path(candidate.report.path), kind)
    restart = tuple(node for node in nodes if not applied or node.state != "current")
    return Revocation(
        after.now,
        session.read_only,
        revoked,
        _FILE_WORDS[kind],
        candidate.report.path,
        applied,
        candidate.diff,
        stops,
        vouched,
        restart,
        uncovered,
        _not_achieved(vouched, restart, uncovered, kind),
        candidate.problems,
        candidate.warnings,
        link_end(candidate.report.path),
        candidate.before.sha256 or "",
    )


def _uncovered(survey: Survey, target: Path, kind: RotationKind) -> tuple[str, ...]:
    """Daemons that read a file of their own, which this change does not touch."""
    if kind == "rekor":
        return ()
    return tuple(
        node.name
        for node in survey.target.settings.nodes
        if node.role == "daemon"
        and (node.via or (node.trust_root is not None and node.trust_root.absolute() != target.absolute()))
    )


def _not_achieved(
    vouched: tuple[str, ...], restart: tuple[NodeReport, ...], uncovered: tuple[str, ...], kind: RotationKind
) -> tuple[str, ...]:
    said = []
    if restart:
        names = ", ".join(node.name for node in restart)
        said.append(f"Until it restarts, a node goes on trusting the block: {names}.")
    if vouched:
        said.append(
            f"Installed modules keep running, {plural(len(vouched), 'module')} under this block among them; "
            "stored modules are not verified again when a controller starts. Delete or re-sign them."
        )
    else:
        said.append(
            "Installed modules keep running, and stored ones are not verified again when a controller starts."
        )
    if kind != "rekor":
        said.append("Daemons verify too, from their own files: each needs the change and a restart.")
    if uncovered:
        said.append(f"Not covered, because they read another file: {', '.join(uncovered)}.")
    return tuple(said)
