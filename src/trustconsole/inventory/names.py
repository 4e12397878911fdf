"""Which file names are artefacts, which are their sidecars, which are neither."""

from __future__ import annotations

import os
import re
from typing import Final

SIG_SUFFIX: Final = ".sig"
BUNDLE_SUFFIX: Final = ".cosign.bundle"
SIDECAR_SUFFIXES: Final = (SIG_SUFFIX, BUNDLE_SUFFIX)
ARTIFACT_SUFFIXES: Final = (".jar", ".zip")
PASSING_SUFFIXES: Final = (".lock", ".lck", ".tmp", ".temp", ".part", ".partial", ".swp", ".bak", "~")
"""Locks, and what editors, downloads and copies leave while they work."""

STORE_INDEX: Final = "modules-index.json"
STORE_ARTIFACTS: Final = "artifacts"
STORE_DIRECTORY: Final = ".platform-store"

_NAME_BYTES: Final = 255
_STORED_JAR = re.compile(r"[0-9a-f]{64}\.jar", re.ASCII)


def is_sidecar(name: str) -> bool:
    """Whether `name` is that of a signature file."""
    return name.endswith(SIDECAR_SUFFIXES)


def is_artifact(name: str, siblings: frozenset[str]) -> bool:
    """Whether `name`, in a directory with `siblings`, is an artefact: a jar, a zip, or signed beside it."""
    if is_sidecar(name) or name.endswith(PASSING_SUFFIXES):
        return False
    return name.endswith(ARTIFACT_SUFFIXES) or any(name + suffix in siblings for suffix in SIDECAR_SUFFIXES)


def is_stored_jar(name: str) -> bool:
    """Whether `name` is what a module store calls an artefact: its SHA-256 in lowercase hex and `.jar`."""
    return _STORED_JAR.fullmatch(name) is not None


def is_plain_name(name: str) -> bool:
    """Whether `name` can be a file's, and only that of one in the directory it is looked up in."""
    try:
        raw = os.fsencode(name)
    except UnicodeEncodeError:  # a lone surrogate, which JSON can spell
        return False
    return 0 < len(raw) <= _NAME_BYTES and b".." not in raw and not any(char in name for char in "/\\\0")
