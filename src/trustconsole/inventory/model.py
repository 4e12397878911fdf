"""A module as it lies on disk: where it is, what signature file it has, what its manifest calls it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Origin = Literal["file", "directory", "store"]


@dataclass(frozen=True, slots=True)
class Manifest:
    """Id and version from `META-INF/prexor/module.yaml` (untrusted text); `error` says why there is none."""

    module_id: str | None = None
    version: str | None = None
    hosts: tuple[str, ...] = ()
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Module:
    """One artefact. `sidecars` are all signature files found beside it, by kind (`sig`, `cosign-bundle`).

    In a store the names are `<sha256>.sig` and `<sha256>.cosign.bundle`, elsewhere `<artifact>.sig` and
    `<artifact>.cosign.bundle`. `indexed_*` come from the store's `modules-index.json` (untrusted).
    """

    path: str
    origin: Origin
    sig_path: str | None
    bundle_path: str | None
    manifest: Manifest
    indexed_id: str | None = None
    indexed_version: str | None = None
    indexed_sha256: str | None = None

    @property
    def name(self) -> str:
        """The module's id as its manifest or the store's index says, else the file name (untrusted)."""
        return self.manifest.module_id or self.indexed_id or self.path.rsplit("/", 1)[-1]

    @property
    def version(self) -> str | None:
        """The version as its manifest or the store's index says (untrusted)."""
        return self.manifest.version or self.indexed_version
