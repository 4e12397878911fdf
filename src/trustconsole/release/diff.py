"""What is inside two releases that differs: components added, removed and changed, by the bills of materials.

A component is the same one where its package URL (without version) or else its name is. Nothing is verified
here; `verify` says whether the bills of materials may be believed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from trustconsole import limits
from trustconsole.errors import InputError, LimitExceeded, Location, MissingFile, UsageError
from trustconsole.release.components import EXTRA_HINT, Component, LibraryMissing, read_components
from trustconsole.release.roles import role_of
from trustconsole.release.sboms import read_sbom
from trustconsole.storage import as_input_error


@dataclass(frozen=True, slots=True)
class ComponentChange:
    """One component: its rows before and after; one side is empty where it was added or removed."""

    identity: str
    before: tuple[Component, ...]
    after: tuple[Component, ...]

    def to_dict(self) -> dict[str, object]:
        """An entry of `changed`."""
        return {
            "identity": self.identity,
            "before": [one.to_dict() for one in self.before],
            "after": [one.to_dict() for one in self.after],
        }


@dataclass(frozen=True, slots=True)
class ReleaseDiff:
    """Two releases. `same` counts what did not change; `problems` are sentences about what was left out."""

    before: str
    after: str
    sboms: tuple[tuple[str, ...], tuple[str, ...]]
    added: tuple[Component, ...]
    removed: tuple[Component, ...]
    changed: tuple[ComponentChange, ...]
    same: int
    problems: tuple[str, ...]

    @property
    def empty(self) -> bool:
        """Whether both hold the same components."""
        return not (self.added or self.removed or self.changed)

    def to_dict(self) -> dict[str, object]:
        """`trustconsole/release-diff/1`."""
        return {
            "schema": "trustconsole/release-diff/1",
            "before": self.before,
            "after": self.after,
            "sboms": {"before": list(self.sboms[0]), "after": list(self.sboms[1])},
            "added": [one.to_dict() for one in self.added],
            "removed": [one.to_dict() for one in self.removed],
            "changed": [one.to_dict() for one in self.changed],
            "same": self.same,
            "problems": list(self.problems),
        }


def diff_releases(before: Path, after: Path) -> ReleaseDiff:
    """Compare two directories.

    Raises `InputError` where one cannot be read or holds no bill of materials, and `UsageError` where the
    library that reads components is not installed.
    """
    old, old_names, old_problems = _components_of(before)
    new, new_names, new_problems = _components_of(after)
    changes = [
        ComponentChange(identity, old.get(identity, ()), new.get(identity, ()))
        for identity in sorted({*old, *new})
    ]
    return ReleaseDiff(
        str(before),
        str(after),
        (old_names, new_names),
        tuple(one for change in changes if not change.before for one in change.after),
        tuple(one for change in changes if not change.after for one in change.before),
        tuple(one for one in changes if one.before and one.after and one.before != one.after),
        sum(one.before == one.after for one in changes),
        (*old_problems, *new_problems),
    )


def _components_of(
    directory: Path,
) -> tuple[dict[str, tuple[Component, ...]], tuple[str, ...], tuple[str, ...]]:
    """Rows by identity over every bill of materials in `directory`, their names, and what was left out."""
    found: dict[str, set[Component]] = {}
    names: list[str] = []
    problems: list[str] = []
    for path in _sboms(directory):
        try:
            rows, refused = read_components(read_sbom(path, sha256=None).components)
        except LibraryMissing as error:
            raise UsageError("components need CycloneDX's own library", hint=EXTRA_HINT) from error
        except InputError as error:
            problems.append(str(error))
            continue
        names.append(path.name)
        if refused:
            problems.append(f"{path}: {refused} components could not be read")
        for row in rows:
            found.setdefault(row.identity, set()).add(row)
    if not names:
        raise MissingFile(
            problems[0] if problems else "holds no bill of materials",
            hint="name the directory of a release with its *.sbom.json files",
            location=None if problems else Location(str(directory)),
        )
    return {identity: tuple(sorted(rows)) for identity, rows in found.items()}, tuple(names), tuple(problems)


def _sboms(directory: Path) -> Sequence[Path]:
    try:
        with os.scandir(directory) as entries:
            return sorted(_only_sboms(entries, directory))
    except OSError as error:
        raise as_input_error(error, directory) from error


def _only_sboms(entries: Iterator[os.DirEntry[str]], directory: Path) -> Iterator[Path]:
    for count, entry in enumerate(entries, 1):
        if count > limits.RELEASE_ENTRIES:
            raise LimitExceeded(
                f"holds more than the limit of {limits.RELEASE_ENTRIES} entries for a release",
                location=Location(str(directory)),
            )
        if role_of(entry.name) == "sbom" and entry.is_file():
            yield Path(entry.path)
