"""Findings about keys as they are written: unknown, misspelt, misplaced, twice, merged, aliased."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Final

from trustconsole.controller_config import schema
from trustconsole.controller_config.finding_kinds import KINDS
from trustconsole.controller_config.report import ConfigFinding
from trustconsole.controller_config.yaml_tree import Entry, Mapping, Node, Scalar

_NEAR: Final = 0.75
_SHOWN: Final = 64

_HOMES: Final = {
    "signing": "modules.signing",
    "trustroot": "modules.signing.trustRoot",
    "trustroots": "modules.signing.trustRoot",
    "allowunsigneddevelopment": "modules.signing.allowUnsignedDevelopment",
    "rekor": "modules.signing.rekor",
    "publickey": "modules.signing.rekor.publicKey",
}
"""Keys distinctive enough to be recognised wherever they stand."""

_HOMES_BY_BLOCK: Final = {
    "": {"profile": "runtime.profile", "required": "modules.signing.required"},
    "modules": {"required": "modules.signing.required", "mode": "modules.signing.mode"},
    "modules.signing": {"policy": "modules.signing.rekor.policy", "profile": "runtime.profile"},
}
_SIGNING_BLOCKS: Final = ("runtime", "modules.signing", "modules.signing.rekor")


def key_findings(root: Node | None) -> Iterator[ConfigFinding]:
    """Every finding about the keys of the file, in file order."""
    yield from _in_block(schema.ROOT, root, "")


def _in_block(type_: schema.Type, node: Node | None, path: str) -> Iterator[ConfigFinding]:
    if isinstance(node, Scalar) and node.alias:
        place = (node.line, node.column)
        yield KINDS["alias-not-resolved"].at(path or None, place, name=node.text[:_SHOWN])
    if not isinstance(node, Mapping) or not isinstance(type_, schema.Record):
        return
    first_lines: dict[str, int] = {}
    for entry in node.entries:
        key = f"{path}.{entry.key}" if path else entry.key
        if entry.key in first_lines:
            yield KINDS["duplicate-key"].at(
                key[:_SHOWN],
                (entry.line, entry.column),
                name=entry.key[:_SHOWN],
                first=first_lines[entry.key],
            )
        first_lines.setdefault(entry.key, entry.line)
        known = type_.fields.get(entry.key)
        if known is not None:
            yield from _in_block(known, entry.value, key)
        else:
            yield from _unknown(type_, entry, path)


def _plain(name: str) -> str:
    return name.lower().replace("-", "").replace("_", "").replace(" ", "")


def _unknown(record: schema.Record, entry: Entry, block: str) -> Iterator[ConfigFinding]:
    place = (entry.line, entry.column)
    name = entry.key[:_SHOWN]
    key = f"{block}.{name}" if block else name
    if entry.merge:
        yield KINDS["merge-key-ignored"].at(key, place)
        return
    plain = _plain(name)
    near = get_close_matches(plain, [_plain(known) for known in record.fields], 1, _NEAR)
    home = _HOMES_BY_BLOCK.get(block, {}).get(plain) or _HOMES.get(plain)
    if near:
        suggestion = next(known for known in record.fields if _plain(known) == near[0])
        yield KINDS["misspelt-key"].at(key, place, name=name, suggestion=suggestion)
    elif home is not None:
        yield KINDS["misplaced-key"].at(key, place, name=name, suggestion=home)
    elif block in _SIGNING_BLOCKS:
        yield KINDS["ignored-key"].at(key, place, name=name)
    if block == "" and isinstance(entry.value, Mapping):
        yield from _misplaced_inside(entry.value, name)


def _misplaced_inside(node: Mapping, block: str) -> Iterator[ConfigFinding]:
    """Signing keys inside a block that the build does not know at all."""
    for entry in node.entries:
        home = _HOMES.get(_plain(entry.key[:_SHOWN]))
        if home is not None:
            name = entry.key[:_SHOWN]
            place = (entry.line, entry.column)
            yield KINDS["misplaced-key"].at(f"{block}.{name}", place, name=name, suggestion=home)
