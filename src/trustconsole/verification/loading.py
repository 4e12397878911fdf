"""From paths to a `Case`: which sidecar counts, and what is read once.

The sidecar's name decides its kind, and the mode decides which kind counts (design note `rules.md`,
step `sidecar`): `<artifact>.cosign.bundle` or `<artifact>.sig`, in a store `<sha256>.…`.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from trustconsole import limits
from trustconsole.errors import InputError
from trustconsole.storage import read_bounded
from trustconsole.verification.case import Mode, NamedKind, SidecarFile

SUFFIXES: dict[NamedKind, str] = {"cosign-bundle": ".cosign.bundle", "sig": ".sig"}
KIND_OF_MODE: dict[Mode, NamedKind] = {"COSIGN_BUNDLE": "cosign-bundle", "KEYED": "sig"}
_STORED = re.compile(r"[0-9a-f]{64}\.jar")


@dataclass(frozen=True, slots=True)
class SidecarChoice:
    """The mode that counts, the sidecar under it, where it was expected, and one of the other kind."""

    mode: Mode
    sidecar: SidecarFile | None
    expected_at: str
    other: str | None


def sidecar_paths(artifact: Path) -> dict[NamedKind, Path]:
    """Where a signature file of each kind would lie; for a stored module beside its bare digest."""
    beside = {kind: artifact.with_name(artifact.name + suffix) for kind, suffix in SUFFIXES.items()}
    if not _STORED.fullmatch(artifact.name):
        return beside
    stored = {kind: artifact.with_name(artifact.stem + suffix) for kind, suffix in SUFFIXES.items()}
    return {kind: beside[kind] if os.path.lexists(beside[kind]) else stored[kind] for kind in SUFFIXES}


def _named_kind(path: Path) -> NamedKind | None:
    return next((kind for kind, suffix in SUFFIXES.items() if path.name.endswith(suffix)), None)


def _read(path: Path, kind: NamedKind) -> SidecarFile:
    try:
        content = read_bounded(path, limits.SIDECAR_BYTES, what="signature file")
    except InputError as error:
        return SidecarFile(str(path), kind, None, None, error)
    return SidecarFile(str(path), kind, content.data, content.sha256)


def choose_sidecar(artifact: Path, mode: Mode | None, given: Path | None = None) -> SidecarChoice:
    """Find and read the signature file; never raises over one that is missing or unreadable.

    Without a `mode` the sidecar found decides, both or none means COSIGN_BUNDLE. `given` is `--sidecar`:
    its name fixes its kind, any other name takes the mode's.
    """
    if given is not None:
        named = _named_kind(given)
        effective: Mode = mode or ("KEYED" if named == "sig" else "COSIGN_BUNDLE")
        kind = KIND_OF_MODE[effective]
        if named is not None and named != kind:
            return SidecarChoice(effective, None, str(sidecar_paths(artifact)[kind]), str(given))
        present = _read(given, kind) if os.path.lexists(given) else None
        return SidecarChoice(effective, present, str(given), None)
    paths = sidecar_paths(artifact)
    present_kinds = [kind for kind, path in paths.items() if os.path.lexists(path)]
    effective = mode or ("KEYED" if present_kinds == ["sig"] else "COSIGN_BUNDLE")
    kind = KIND_OF_MODE[effective]
    sidecar = _read(paths[kind], kind) if kind in present_kinds else None
    other = next((str(paths[one]) for one in present_kinds if one != kind), None)
    return SidecarChoice(effective, sidecar, str(paths[kind]), other)
