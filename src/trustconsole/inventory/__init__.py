"""Modules as they lie on disk: found, named by their manifest, paired with their sidecars; not judged."""

from trustconsole.inventory.listing import Inventory, list_modules
from trustconsole.inventory.manifest import MANIFEST_NAME, ManifestCache, parse_manifest, read_manifest
from trustconsole.inventory.model import Manifest, Module, Origin

__all__ = [
    "MANIFEST_NAME",
    "Inventory",
    "Manifest",
    "ManifestCache",
    "Module",
    "Origin",
    "list_modules",
    "parse_manifest",
    "read_manifest",
]
