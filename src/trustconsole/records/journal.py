"""The journal of rotations: the plan, every change with the backup that takes it back, and overrides.

It is evidence, not truth: where a rotation stands is derived from the files and the nodes at every look, and
a journal that is lost costs the plan and the undo, nothing else. A change is written down as intended before
the file is touched; `reconciled` says what became of one that was cut short.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final, Literal, cast, get_args

from trustconsole import limits
from trustconsole.errors import InputError, Location, MissingFile, WriteRefused
from trustconsole.storage import make_private, read_own, replace_own
from trustconsole.text import to_json

FILE_NAME: Final = "journal.json"
SCHEMA: Final = "trustconsole/journal/1"
_MOST_CHANGES: Final = 256
_MOST_OVERRIDES: Final = 64

RotationKind = Literal["author", "ca", "rekor"]
ChangeAction = Literal["add", "remove", "revoke", "undo"]
ChangeState = Literal["intended", "applied", "undone", "void"]


@dataclass(frozen=True, slots=True)
class ModuleAtStart:
    """A module when the plan was made: its verdict in either reading, and the backup of its sidecar.

    `module_id` and `version` are untrusted text; `sidecar` is the id of a backup, None where it had none.
    """

    path: str
    name: str
    version: str | None
    sha256: str | None
    documented: str
    controller: str
    sidecar: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """One rotation. `old` and `new` are whole fingerprints; `target` is the file as configured.

    `new_pem` is the new block as text; `digest` that of the target when the plan was made.
    """

    id: str
    kind: RotationKind
    old: str
    new: str
    new_pem: str
    target: str
    started: str
    digest: str
    modules: tuple[ModuleAtStart, ...]

    def is_same(self, kind: str, old: str, new: str, target: str) -> bool:
        """Whether `start` with these would make this very plan."""
        return (self.kind, self.old, self.new, self.target) == (kind, old, new, target)


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a file from digest `before` to `after`; `backup` is the id of what was there before.

    `undoes` is the id of the change that an undo takes back.
    """

    id: str
    action: ChangeAction
    target: str
    before: str
    after: str
    backup: str
    at: str
    state: ChangeState = "intended"
    undoes: str | None = None


@dataclass(frozen=True, slots=True)
class Override:
    """An operator's written reason to pass a gate: it covers `names` while the target has that digest."""

    step: int
    digest: str
    names: tuple[str, ...]
    reason: str
    at: str


@dataclass(frozen=True, slots=True)
class Journal:
    """What is kept in the state directory; `problem` says why what is there is not used."""

    plan: Plan | None = None
    changes: tuple[Change, ...] = ()
    overrides: tuple[Override, ...] = ()
    problem: str | None = None

    def with_change(self, change: Change) -> Journal:
        """The journal with `change` added, or replaced where its id is known."""
        others = tuple(one for one in self.changes if one.id != change.id)
        return replace(self, changes=(*others, change)[-_MOST_CHANGES:])

    def with_override(self, override: Override) -> Journal:
        """The journal with one more override."""
        return replace(self, overrides=(*self.overrides, override)[-_MOST_OVERRIDES:])

    def with_plan(self, plan: Plan) -> Journal:
        """The journal of a new plan: overrides end with the plan that they were for, changes stay."""
        return replace(self, plan=plan, overrides=())

    def reconciled(self, digest_of: Callable[[str], str | None]) -> Journal:
        """Every intended change settled by what the file holds now: applied, or void where it does not."""
        journal = self
        for change in self.changes:
            if change.state != "intended":
                continue
            applied = digest_of(change.target) == change.after
            journal = journal.settled(change.id, "applied" if applied else "void")
        return journal

    def settled(self, change_id: str, state: ChangeState) -> Journal:
        """The journal with the change in `state`; an applied undo marks what it took back as undone."""
        change = next(one for one in self.changes if one.id == change_id)
        rows = {change_id: replace(change, state=state)}
        if change.undoes is not None and state == "applied":
            rows |= {one.id: replace(one, state="undone") for one in self.changes if one.id == change.undoes}
        return replace(self, changes=tuple(rows.get(one.id, one) for one in self.changes))

    def last_applied(self) -> Change | None:
        """The change that an undo would take back: the newest that stands, undos themselves aside."""
        standing = (one for one in reversed(self.changes) if one.state == "applied" and one.undoes is None)
        return next(standing, None)

    def changed_by(self, plan: Plan) -> bool:
        """Whether a change of the plan's file stands that was made since the plan was."""
        return any(
            one.target == plan.target
            and one.at >= plan.started
            and one.state in ("intended", "applied")
            and one.undoes is None
            for one in self.changes
        )


def load_journal(state: Path) -> Journal:
    """The journal in `state`; an empty one, with `problem`, where what is there makes no sense."""
    path = state / FILE_NAME
    try:
        document = json.loads(read_own(path, limits.STATE_BYTES, what="journal").data)
        return _journal(document)
    except MissingFile:
        return Journal()
    except InputError as error:
        return Journal(problem=f"{path} {error.message}: the plan in it is not used")
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return Journal(problem=f"{path} is damaged: start the rotation again with the same arguments")


def save_journal(state: Path, journal: Journal) -> None:
    """Replace the journal, old or new and never torn, durable when this returns; raises `WriteError`."""
    record = {
        "schema": SCHEMA,
        "plan": asdict(journal.plan) if journal.plan else None,
        "changes": [asdict(change) for change in journal.changes],
        "overrides": [asdict(override) for override in journal.overrides],
    }
    path = state / FILE_NAME
    try:
        make_private(state)
        replace_own(path, to_json(record, indent=1).encode())
    except OSError as error:
        raise WriteRefused(
            f"cannot be written: {error.strerror or error}",
            hint="free some space, or name another state directory; no file of the controller was changed",
            location=Location(str(path)),
        ) from error


def _journal(document: dict[str, Any]) -> Journal:
    if document["schema"] != SCHEMA:
        raise ValueError(document["schema"])
    plan = document["plan"]
    return Journal(
        _plan(plan) if plan is not None else None,
        tuple(_change(one) for one in document["changes"]),
        tuple(_override(one) for one in document["overrides"]),
    )


def _plan(value: dict[str, Any]) -> Plan:
    names = ("id", "old", "new", "new_pem", "target", "started", "digest")
    texts = {name: _text(value[name]) for name in names}
    kind = cast("RotationKind", _one_of(value["kind"], get_args(RotationKind)))
    return Plan(kind=kind, modules=tuple(_module(one) for one in value["modules"]), **texts)


def _module(value: dict[str, Any]) -> ModuleAtStart:
    return ModuleAtStart(
        _text(value["path"]),
        _text(value["name"]),
        _optional(value["version"]),
        _optional(value["sha256"]),
        _text(value["documented"]),
        _text(value["controller"]),
        _optional(value["sidecar"]),
    )


def _change(value: dict[str, Any]) -> Change:
    return Change(
        _text(value["id"]),
        cast("ChangeAction", _one_of(value["action"], get_args(ChangeAction))),
        _text(value["target"]),
        _text(value["before"]),
        _text(value["after"]),
        _text(value["backup"]),
        _text(value["at"]),
        cast("ChangeState", _one_of(value["state"], get_args(ChangeState))),
        _optional(value["undoes"]),
    )


def _override(value: dict[str, Any]) -> Override:
    if not isinstance(value["step"], int):
        raise TypeError(value["step"])
    names = tuple(_text(name) for name in value["names"])
    return Override(value["step"], _text(value["digest"]), names, _text(value["reason"]), _text(value["at"]))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _optional(value: object) -> str | None:
    return None if value is None else _text(value)


def _one_of(value: object, allowed: Iterable[str]) -> str:
    text = _text(value)
    if text not in allowed:
        raise ValueError(text)
    return text
