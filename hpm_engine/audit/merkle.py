"""The Merkle tree over the rows of the log, as RFC 6962 (and 9162) has it.

A leaf is SHA-256(0x00, row), a node SHA-256(0x01, left, right); the empty tree's root is
SHA-256 of nothing. A tree of n leaves is split at the largest power of two below n.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import NamedTuple

EMPTY = sha256(b"").digest()
BLOCK_LEVEL = 8  # nodes of this level and its multiples are stored: one over 256, 65,536 … leaves
SIZE = 32  # bytes of a hash
Subtree = Callable[[int, int], bytes]  # the root over the leaves [start, end)


class TreeNode(NamedTuple):
    """A node over all the leaves it can have: ``position`` counts those of its level."""

    level: int
    position: int
    hash: bytes


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf with these bytes."""
    return sha256(b"\0" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash over two nodes."""
    return sha256(b"\1" + left + right).digest()


def full_root(hashes: Sequence[bytes]) -> bytes:
    """The root over a power of two of hashes."""
    while len(hashes) > 1:
        pairs = zip(hashes[::2], hashes[1::2], strict=True)
        hashes = [sha256(b"\1" + left + right).digest() for left, right in pairs]
    return hashes[0]


class Edge:
    """The right edge of a tree that grows: the roots of its full subtrees, largest first."""

    def __init__(self, size: int = 0, hashes: bytes = b"") -> None:
        if len(hashes) != size.bit_count() * SIZE:
            raise ValueError("the edge of a tree of another size")
        self.size = size
        self._hashes = [hashes[start : start + SIZE] for start in range(0, len(hashes), SIZE)]
        self.blocks: list[TreeNode] = []  # what became full of the levels that are stored

    def add(self, hash_: bytes, level: int = 0) -> None:
        """Add a leaf, or a full subtree of a level that the size is a multiple of."""
        position = self.size >> level
        if position << level != self.size:
            raise ValueError("a subtree that does not begin where the tree ends")
        self.size += 1 << level
        if level and not level % BLOCK_LEVEL:
            self.blocks.append(TreeNode(level, position, hash_))
        while position & 1:
            hash_ = sha256(b"\1" + self._hashes.pop() + hash_).digest()
            position >>= 1
            level += 1
            if not level % BLOCK_LEVEL:
                self.blocks.append(TreeNode(level, position, hash_))
        self._hashes.append(hash_)

    def root(self) -> bytes:
        """The root of the tree so far."""
        if not self._hashes:
            return EMPTY
        root = self._hashes[-1]
        for left in self._hashes[-2::-1]:
            root = node_hash(left, root)
        return root

    def stored(self) -> bytes:
        """The edge as bytes, to go on from."""
        return b"".join(self._hashes)


def _split(count: int) -> int:
    """The largest power of two below a count of two or more."""
    return 1 << ((count - 1).bit_length() - 1)


def inclusion_proof(index: int, size: int, subtree: Subtree) -> list[bytes]:
    """The hashes that lead from leaf ``index`` (from 0) to the root of a tree of ``size``."""
    if not 0 <= index < size:
        raise ValueError("no leaf of that tree")
    path, start, end = [], 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(subtree(middle, end))
            end = middle
        else:
            path.append(subtree(start, middle))
            start = middle
    return path[::-1]


def consistency_proof(first: int, second: int, subtree: Subtree) -> list[bytes]:
    """The hashes by which a tree of ``second`` leaves shows that it begins with ``first``."""
    if not 0 <= first <= second:
        raise ValueError("no such two sizes")
    if first in (0, second):
        return []
    path, start, end, whole = [], 0, second, True
    while first != end:
        middle = start + _split(end - start)
        if first <= middle:
            path.append(subtree(middle, end))
            end = middle
        else:
            path.append(subtree(start, middle))
            start, whole = middle, False
    if not whole:
        path.append(subtree(start, end))
    return path[::-1]


def includes(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether a proof leads from a leaf's hash to a root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    node, last, hash_ = index, size - 1, leaf
    for step in path:
        if not last:
            return False
        if node & 1 or node == last:
            hash_ = node_hash(step, hash_)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            hash_ = node_hash(hash_, step)
        node, last = node >> 1, last >> 1
    return not last and hash_ == root


def consistent(
    first: int, first_root: bytes, second: int, second_root: bytes, path: Sequence[bytes]
) -> bool:
    """Whether a proof shows one tree to be the beginning of another (RFC 9162, 2.1.4.2)."""
    if not 0 <= first <= second:
        return False
    if first == second:
        return not path and first_root == second_root
    if not first:
        return not path and first_root == EMPTY
    steps = list(path) if first & (first - 1) else [first_root, *path]
    if not steps:
        return False
    node, last = first - 1, second - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    old = new = steps[0]
    for step in steps[1:]:
        if not last:
            return False
        if node & 1 or node == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            new = node_hash(new, step)
        node, last = node >> 1, last >> 1
    return not last and old == first_root and new == second_root
