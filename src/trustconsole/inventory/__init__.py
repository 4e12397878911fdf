"""Modules as they lie on disk: found, named by their manifest, paired with sidecars; and many judged."""

from trustconsole.inventory.candidates import TrustFile, candidate_setting
from trustconsole.inventory.listing import Inventory, list_modules
from trustconsole.inventory.manifest import MANIFEST_NAME, ManifestCache, parse_manifest, read_manifest
from trustconsole.inventory.model import Manifest, Module, Origin
from trustconsole.inventory.verdicts import Setting, VerdictMemory, verify_modules

__all__ = [
    "MANIFEST_NAME",
    "Inventory",
    "Manifest",
    "ManifestCache",
    "Module",
    "Origin",
    "Setting",
    "TrustFile",
    "VerdictMemory",
    "candidate_setting",
    "list_modules",
    "parse_manifest",
    "read_manifest",
    "verify_modules",
]
