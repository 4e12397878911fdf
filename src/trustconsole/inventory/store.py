"""The controller's module store: `modules-index.json` and `artifacts/<sha256>.jar` with their sidecars.

The index is the store's word about itself, not evidence: a name in it is used only if it stays inside
`artifacts/`, and id, version and digest are kept apart from what the jar says (`Module.indexed_*`).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from trustconsole import limits
from trustconsole.errors import InputError, MissingFile
from trustconsole.inventory.names import (
    BUNDLE_SUFFIX,
    SIG_SUFFIX,
    STORE_DIRECTORY,
    STORE_INDEX,
    is_plain_name,
    is_stored_jar,
)
from trustconsole.storage import read_bounded

_SUFFIX_OF_KIND = {"sig": SIG_SUFFIX, "cosign-bundle": BUNDLE_SUFFIX}


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """One module as the index states it (untrusted text); `jar` is a plain file name in `artifacts/`.

    `sidecars` maps `.sig` or `.cosign.bundle` to the plain name that the index gives for that kind.
    """

    module_id: str
    version: str | None
    sha256: str | None
    jar: str
    sidecars: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class StoreIndex:
    """The readable entries by jar name, and a sentence for each that is not."""

    entries: Mapping[str, IndexEntry]
    problems: tuple[str, ...] = ()


def is_store(directory: Path, artifacts: Collection[str]) -> bool:
    """Whether `directory` is a module store: by its name, digests as names in `artifacts/`, or its index."""
    if directory.name == STORE_DIRECTORY or any(is_stored_jar(name) for name in artifacts):
        return True
    try:
        return (directory / STORE_INDEX).is_file()
    except OSError:
        return False


def read_index(directory: Path) -> StoreIndex:
    """The index of the store at `directory`; empty without problem where there is none."""
    path = directory / STORE_INDEX
    try:
        data = read_bounded(path, limits.STORE_INDEX_BYTES, what="store index").data
    except MissingFile:
        return StoreIndex({})
    except InputError as error:
        return StoreIndex({}, (f"The store index {path} {error.message}.",))
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return StoreIndex({}, (f"The store index {path} is not JSON.",))
    if not isinstance(document, dict):
        return StoreIndex({}, (f"The store index {path} is not a JSON object of modules.",))
    entries: dict[str, IndexEntry] = {}
    problems: list[str] = []
    for key, value in document.items():
        entry = _entry(key, value)
        if isinstance(entry, str):
            problems.append(f"The store index {path} {entry}.")
        elif entry.jar in entries:
            problems.append(f"The store index {path} names {entry.jar} for more than one module.")
        else:
            entries[entry.jar] = entry
    return StoreIndex(entries, tuple(problems))


def _entry(module_id: str, value: object) -> IndexEntry | str:
    """The entry, or what is wrong with it as the rest of a sentence about the index."""
    if not isinstance(value, dict):
        return f"has something other than an object for {module_id}"
    sha256 = _text(value, "sha256")
    jar = f"{sha256}.jar" if sha256 else _text(value, "fileName")
    if jar is None:
        return f"names no artefact for {module_id}"
    if not is_plain_name(jar):
        return f"names an artefact outside its directory for {module_id}: {jar}"
    sidecars: dict[str, str] = {}
    suffix = _SUFFIX_OF_KIND.get(_text(value, "sidecarKind") or "")
    sidecar = _text(value, "sidecarFileName")
    if sidecar is not None:
        if not is_plain_name(sidecar):
            return f"names a signature file outside its directory for {module_id}: {sidecar}"
        if suffix is not None:
            sidecars[suffix] = sidecar
    return IndexEntry(_text(value, "moduleId") or module_id, _text(value, "version"), sha256, jar, sidecars)


def _text(value: dict[str, object], key: str) -> str | None:
    found = value.get(key)
    return found if isinstance(found, str) and found else None
