"""Two trust roots compared by what they trust, not by their text.

A block's identity is its fingerprint (certificate SHA-256, SPKI SHA-256); a block without one (another label,
malformed) is its text. Order, comments and line lengths change no identity; they are told beside it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from trustconsole.trust_root.model import LOAD_AS, Block, BlockKind, ControllerLoad, LoadAs, TrustRootReport

SCHEMA = "trustconsole/trust-root-diff/1"
Change = Literal["added", "removed", "kept"]


@dataclass(frozen=True, slots=True)
class BlockChange:
    """One identity in both files; `before` and `after` are its first blocks, None where a file lacks it."""

    change: Change
    kind: BlockKind
    fingerprint: str | None
    before: Block | None
    after: Block | None
    count_before: int
    count_after: int
    moved: bool = False
    relabelled: bool = False

    @property
    def trust_changed(self) -> bool:
        """Whether the documented trust or the controller's roles differ although the identity stays."""
        if self.before is None or self.after is None:
            return True
        return (self.before.trusted, self.before.loaded_by) != (self.after.trusted, self.after.loaded_by)

    def to_dict(self) -> dict[str, object]:
        """An entry of `added`, `removed` or `kept`."""
        return {
            "kind": self.kind,
            "fingerprint": self.fingerprint,
            "before": _brief(self.before),
            "after": _brief(self.after),
            "count_before": self.count_before,
            "count_after": self.count_after,
            "moved": self.moved,
            "relabelled": self.relabelled,
            "trust_changed": self.trust_changed,
        }


@dataclass(frozen=True, slots=True)
class Renewal:
    """A certificate that gave way to another one for the same key."""

    spki_sha256: str
    before: Block
    after: Block

    def to_dict(self) -> dict[str, object]:
        """An entry of `renewed`."""
        return {"spki_sha256": self.spki_sha256, "before": _brief(self.before), "after": _brief(self.after)}


@dataclass(frozen=True, slots=True)
class LoadChange:
    """What the controller loads in one role before and after; hashes as it holds them, in file order."""

    load_as: LoadAs
    loads_before: bool | None
    loads_after: bool | None
    added: tuple[str, ...]
    removed: tuple[str, ...]
    kept: tuple[str, ...]
    error_before: str | None
    error_after: str | None

    def to_dict(self) -> dict[str, object]:
        """The entry of `controller` for this role."""
        return {
            "loads": {"before": self.loads_before, "after": self.loads_after},
            "error": {"before": self.error_before, "after": self.error_after},
            "added": list(self.added),
            "removed": list(self.removed),
            "kept": list(self.kept),
        }


@dataclass(frozen=True, slots=True)
class TrustRootDiff:
    """What changes from file `before` to file `after`; a renewal is neither an addition nor a removal."""

    before: str
    after: str
    added: tuple[BlockChange, ...]
    removed: tuple[BlockChange, ...]
    kept: tuple[BlockChange, ...]
    renewed: tuple[Renewal, ...]
    controller: Mapping[LoadAs, LoadChange]
    error_before: str | None = None
    error_after: str | None = None

    @property
    def empty(self) -> bool:
        """Whether both files trust the same, in either reading; order, comments and copies aside."""
        loads = self.controller.values()
        return not (
            self.added
            or self.removed
            or self.renewed
            or self.error_before != self.error_after
            or any(change.trust_changed for change in self.kept)
            or any(load.added or load.removed or load.loads_before != load.loads_after for load in loads)
        )

    def to_dict(self) -> dict[str, object]:
        """`trustconsole/trust-root-diff/1`."""
        return {
            "schema": SCHEMA,
            "before": self.before,
            "after": self.after,
            "error": {"before": self.error_before, "after": self.error_after},
            "empty": self.empty,
            "added": [change.to_dict() for change in self.added],
            "removed": [change.to_dict() for change in self.removed],
            "kept": [change.to_dict() for change in self.kept],
            "renewed": [renewal.to_dict() for renewal in self.renewed],
            "controller": {load_as: change.to_dict() for load_as, change in self.controller.items()},
        }


def diff_trust_roots(a: TrustRootReport, b: TrustRootReport) -> TrustRootDiff:
    """From `a` to `b`, each identity once, in file order."""
    before, after = _by_identity(a.blocks), _by_identity(b.blocks)
    removed = [_change("removed", before[key], ()) for key in before if key not in after]
    added = [_change("added", (), after[key]) for key in after if key not in before]
    renewed = _renewals(removed, added)
    old = {id(renewal.before) for renewal in renewed}
    new = {id(renewal.after) for renewal in renewed}
    return TrustRootDiff(
        a.path,
        b.path,
        tuple(change for change in added if id(change.after) not in new),
        tuple(change for change in removed if id(change.before) not in old),
        _kept(before, after),
        renewed,
        {load_as: _load_change(load_as, a, b) for load_as in LOAD_AS},
        a.error,
        b.error,
    )


_Identity = tuple[str, str]
_Grouped = dict[_Identity, tuple[Block, ...]]


def _by_identity(blocks: Iterable[Block]) -> _Grouped:
    grouped: dict[_Identity, list[Block]] = {}
    for block in blocks:
        text = block.fingerprint or hashlib.sha256(block.text.encode("utf-8", "surrogatepass")).hexdigest()
        grouped.setdefault((block.kind, text), []).append(block)
    return {key: tuple(found) for key, found in grouped.items()}


def _change(change: Change, before: tuple[Block, ...], after: tuple[Block, ...]) -> BlockChange:
    one = (before or after)[0]
    return BlockChange(
        change,
        one.kind,
        one.fingerprint,
        before[0] if before else None,
        after[0] if after else None,
        len(before),
        len(after),
    )


def _kept(before: _Grouped, after: _Grouped) -> tuple[BlockChange, ...]:
    common = [key for key in after if key in before]
    old_rank = {key: rank for rank, key in enumerate(key for key in before if key in after)}
    changes = []
    for rank, key in enumerate(common):
        old, new = before[key][0], after[key][0]
        changes.append(
            BlockChange(
                "kept",
                new.kind,
                new.fingerprint,
                old,
                new,
                len(before[key]),
                len(after[key]),
                moved=old_rank[key] != rank,
                relabelled=(old.label, old.comment) != (new.label, new.comment),
            )
        )
    return tuple(changes)


def _renewals(removed: list[BlockChange], added: list[BlockChange]) -> tuple[Renewal, ...]:
    """Pairs of certificates for one key, where exactly one went and one came."""
    found = []
    for old in _certificates(removed).items():
        new = _certificates(added).get(old[0], [])
        if len(old[1]) == 1 and len(new) == 1:
            found.append(Renewal(old[0], old[1][0], new[0]))
    return tuple(found)


def _certificates(changes: list[BlockChange]) -> dict[str, list[Block]]:
    by_key: dict[str, list[Block]] = {}
    for change in changes:
        block = change.before or change.after
        if block is not None and block.kind == "certificate" and block.spki_sha256 is not None:
            by_key.setdefault(block.spki_sha256, []).append(block)
    return by_key


def _load_change(load_as: LoadAs, a: TrustRootReport, b: TrustRootReport) -> LoadChange:
    before, after = a.controller[load_as], b.controller[load_as]
    old, new = _loaded(before), _loaded(after)
    return LoadChange(
        load_as,
        before.loads,
        after.loads,
        tuple(sha for sha in new if sha not in old),
        tuple(sha for sha in old if sha not in new),
        tuple(sha for sha in new if sha in old),
        before.error,
        after.error,
    )


def _loaded(load: ControllerLoad) -> dict[str, None]:
    keys, certificates = load.keys, load.certificates
    return dict.fromkeys([*(key.sha256 for key in keys), *(item.sha256 for item in certificates)])


def _brief(block: Block | None) -> dict[str, object] | None:
    return None if block is None else block.to_dict()
