"""Merkle inclusion proofs over SHA-256, as transparency logs give them.

Source: RFC 6962 section 2.1, in the iterative form of RFC 9162 section 2.1.3.2.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf, 32 bytes."""
    return hashlib.sha256(b"\x00" + data).digest()


def _node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root that `path` leads to from the leaf hash at `index` in a tree of `size` leaves.

    None where the path has not exactly the length that index and size ask for, or the index is outside.
    """
    if not 0 <= index < size:
        return None
    # Below the point where the ways to this leaf and to the last one part, siblings stand on either side;
    # above it, all of them are complete subtrees to the left.
    inner = (index ^ (size - 1)).bit_length()
    border = (index >> inner).bit_count()
    if len(path) != inner + border:
        return None
    current = leaf
    for level, sibling in enumerate(path[:inner]):
        left, right = (sibling, current) if index >> level & 1 else (current, sibling)
        current = _node_hash(left, right)
    for sibling in path[inner:]:
        current = _node_hash(sibling, current)
    return current
