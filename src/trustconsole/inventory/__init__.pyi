"""Modules as they lie on disk: found, named by their manifest, paired with sidecars; and many judged."""

from trustconsole.inventory.artifacts import ArtifactMemory, identity_at
from trustconsole.inventory.impact import (
    Impact,
    ModuleImpact,
    ReadingImpact,
    ReadingVerdict,
    compute_impact,
    judge_module,
)
from trustconsole.inventory.listing import Inventory, list_modules
from trustconsole.inventory.manifest import MANIFEST_NAME, ManifestCache, parse_manifest, read_manifest
from trustconsole.inventory.model import Manifest, Module, Origin
from trustconsole.inventory.verdicts import Setting, VerdictMemory, verify_modules

__all__ = [
    "MANIFEST_NAME",
    "ArtifactMemory",
    "Impact",
    "Inventory",
    "Manifest",
    "ManifestCache",
    "Module",
    "ModuleImpact",
    "Origin",
    "ReadingImpact",
    "ReadingVerdict",
    "Setting",
    "VerdictMemory",
    "compute_impact",
    "identity_at",
    "judge_module",
    "list_modules",
    "parse_manifest",
    "read_manifest",
    "verify_modules",
]
