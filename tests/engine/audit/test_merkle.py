from __future__ import annotations

from hashlib import sha256

import pytest

from hpm_engine.audit.merkle import (
    EMPTY,
    Edge,
    consistency_proof,
    consistent,
    full_root,
    includes,
    inclusion_proof,
    leaf_hash,
    node_hash,
)

# The test tree of RFC 6962's authors (certificate-transparency, merkle_tree_test): its leaves,
# and the root of the tree over the first 1, 2 … of them.
LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
INCLUSION = {  # (leaf from 1, size): the path
    (1, 8): (
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ),
    (6, 8): (
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ),
    (3, 3): ("fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",),
    (2, 5): (
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ),
}
CONSISTENCY = {
    (1, 1): (),
    (1, 8): (
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ),
    (6, 8): (
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ),
    (2, 5): (
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ),
}
MOST = 130


def naive(leaves: list[bytes]) -> bytes:
    """MTH as RFC 6962 writes it down."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\0" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\1" + naive(leaves[:split]) + naive(leaves[split:])).digest()


class Naive:
    """A tree of which each part is computed anew, once."""

    def __init__(self, leaves: list[bytes]) -> None:
        self._leaves = leaves
        self._known: dict[tuple[int, int], bytes] = {}

    def __call__(self, start: int, end: int) -> bytes:
        key = start, end
        if key not in self._known:
            self._known[key] = naive(self._leaves[start:end])
        return self._known[key]


def test_the_published_vectors() -> None:
    edge, tree = Edge(), Naive(LEAVES)
    assert edge.root() == EMPTY == sha256(b"").digest()
    for leaf, root in zip(LEAVES, ROOTS, strict=True):
        edge.add(leaf_hash(leaf))
        assert edge.root().hex() == root
    for (leaf_number, size), path in INCLUSION.items():
        proof = inclusion_proof(leaf_number - 1, size, tree)
        assert tuple(step.hex() for step in proof) == path
    for (first, second), path in CONSISTENCY.items():
        proof = consistency_proof(first, second, tree)
        assert tuple(step.hex() for step in proof) == path


@pytest.fixture(scope="module")
def tree() -> Naive:
    return Naive([b"leaf %d" % number for number in range(MOST)])


def test_every_leaf_of_every_size_has_a_proof_and_no_other_fits(tree: Naive) -> None:
    for size in range(MOST + 1):
        root = tree(0, size)
        for index in range(size):
            leaf, path = tree(index, index + 1), inclusion_proof(index, size, tree)
            assert includes(leaf, index, size, path, root)
            assert not includes(node_hash(leaf, leaf), index, size, path, root)
            assert not includes(leaf, (index + 1) % size, size, path, root) or size == 1
            if path:
                assert not includes(leaf, index, size, path[:-1], root)
                assert not includes(leaf, index, size, [*path, root], root)
                assert not includes(leaf, index, size, [root, *path[1:]], root)


def test_every_pair_of_sizes_is_shown_to_be_one_log_and_no_other_root_fits(tree: Naive) -> None:
    other = sha256(b"another").digest()
    for second in range(MOST + 1):
        new = tree(0, second)
        for first in range(second + 1):
            old, path = tree(0, first), consistency_proof(first, second, tree)
            assert consistent(first, old, second, new, path)
            assert not consistent(first, other, second, new, path)
            if first:  # every log begins with the empty one
                assert not consistent(first, old, second, other, path)
            if path:
                assert not consistent(first, old, second, new, path[:-1])
                assert not consistent(first, old, second, new, [*path, other])
                assert not consistent(first, old, second, new, [other, *path[1:]])


def test_a_tree_that_grows_by_leaves_or_by_full_subtrees_is_the_naive_one(tree: Naive) -> None:
    edge = Edge()
    for size in range(MOST):
        assert edge.root() == tree(0, size)
        edge = Edge(size, edge.stored())  # as it is read back
        edge.add(tree(size, size + 1))
    jumped = Edge()
    jumped.add(full_root([tree(index, index + 1) for index in range(64)]), 6)
    jumped.add(tree(64, 96), 5)
    assert jumped.root() == tree(0, 96)
    with pytest.raises(ValueError, match="does not begin where"):
        jumped.add(tree(0, 64), 6)
    with pytest.raises(ValueError, match="another size"):
        Edge(3, b"\0" * 32)


def test_two_hashes_in_a_row_are_no_leaf_with_the_hash_of_their_node(tree: Naive) -> None:
    assert leaf_hash(tree(0, 1) + tree(1, 2)) != node_hash(tree(0, 1), tree(1, 2))
