"""Inclusion proofs against a tree written from the recursive definition."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from tests.verification.sigstore.making import tree_path, tree_root

from trustconsole.verification.sigstore.merkle import leaf_hash, root_of

SIZES = st.integers(1, 70)


def _leaves(size: int) -> list[bytes]:
    return [b"leaf %d" % number for number in range(size)]


@given(SIZES, st.data())
def test_every_path_of_every_tree_leads_to_its_root(size: int, data: st.DataObject) -> None:
    leaves = _leaves(size)
    index = data.draw(st.integers(0, size - 1))
    path = tree_path(index, leaves)
    assert root_of(leaf_hash(leaves[index]), index, size, path) == tree_root(leaves)


@given(SIZES, st.data())
def test_no_path_leads_there_from_another_place_or_another_leaf(size: int, data: st.DataObject) -> None:
    leaves = _leaves(size)
    index = data.draw(st.integers(0, size - 1))
    other = data.draw(st.integers(0, size + 3).filter(lambda place: place != index))
    path, root = tree_path(index, leaves), tree_root(leaves)
    assert root_of(leaf_hash(leaves[index]), other, size, path) != root
    assert root_of(leaf_hash(b"forged"), index, size, path) != root


@given(SIZES, st.data())
def test_a_path_of_another_length_or_with_a_flipped_bit_leads_elsewhere(
    size: int, data: st.DataObject
) -> None:
    leaves = _leaves(size)
    index = data.draw(st.integers(0, size - 1))
    leaf, path, root = leaf_hash(leaves[index]), tree_path(index, leaves), tree_root(leaves)
    assert root_of(leaf, index, size, [*path, b"\x00" * 32]) is None
    if path:
        assert root_of(leaf, index, size, path[:-1]) is None
        place = data.draw(st.integers(0, len(path) - 1))
        byte = data.draw(st.integers(0, 31))
        bent = bytearray(path[place])
        bent[byte] ^= 1 << data.draw(st.integers(0, 7))
        assert root_of(leaf, index, size, [*path[:place], bytes(bent), *path[place + 1 :]]) != root


def test_an_index_outside_the_tree_is_no_place() -> None:
    leaf = leaf_hash(b"leaf 0")
    assert root_of(leaf, 1, 1, []) is None
    assert root_of(leaf, -1, 1, []) is None
    assert root_of(leaf, 0, 0, []) is None


def test_a_node_is_not_taken_for_a_leaf() -> None:
    leaves = _leaves(2)
    inner = leaf_hash(leaves[0]) + leaf_hash(leaves[1])
    assert root_of(leaf_hash(inner), 0, 1, []) != tree_root(leaves)
