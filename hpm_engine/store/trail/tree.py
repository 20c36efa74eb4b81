"""The Merkle tree over the log of a store: kept at each commit, asked for roots and proofs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from hpm_engine.audit.canonical import COLUMNS, row_leaf
from hpm_engine.audit.merkle import (
    BLOCK_LEVEL,
    EMPTY,
    SIZE,
    Edge,
    TreeNode,
    consistency_proof,
    full_root,
    inclusion_proof,
    node_hash,
)
from hpm_engine.store.file.database import Database
from hpm_engine.store.rows.declaration import insertion

BLOCK = 1 << BLOCK_LEVEL  # leaves under a node that is stored
_HEAD = ("store", "begun_at", "earlier", "rows", "last", "root", "edge", "checkpoints")


class TreeHead(NamedTuple):
    """The row that says how long the log is."""

    store: str
    begun_at: str
    earlier: int  # rows from before there was a tree
    rows: int
    last: int
    root: bytes
    edge: bytes
    checkpoints: int


class AuditTree:
    """The tree of one store's log. Writing must happen inside the caller's transaction."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def head(self) -> TreeHead | None:
        """How long the log was at the last commit; ``None`` where somebody deleted the row."""
        rows = self._db.rows(f"SELECT {', '.join(_HEAD)} FROM audit_head WHERE id = 1")
        return TreeHead(*rows[0]) if rows else None

    def begin(self, store: str, begun_at: str) -> None:
        """Begin the tree of a store that is being made, or that had a log without one.

        The rows that are there get their leaves from what is stored of them, whatever that is.
        """
        edge, last = Edge(), 0
        columns = ", ".join(f"CAST({name} AS BLOB)" for name in COLUMNS)
        sql = f"SELECT seq, {columns} FROM audit WHERE seq > ? ORDER BY seq LIMIT {BLOCK}"
        while rows := self._db.rows(sql, (last,)):
            leaves = [row_leaf(abs(row[0]), row[1:]) for row in rows]
            last, block = rows[-1][0], edge.size >> BLOCK_LEVEL
            values = (block, b"".join(leaves))
            self._db.execute(insertion("audit_leaves", ("block", "hashes")), values)
            for leaf in leaves:
                edge.add(leaf)
        self._put(edge.blocks)
        head = TreeHead(store, begun_at, edge.size, edge.size, last, edge.root(), edge.stored(), 0)
        sql = insertion("audit_head", ("id", *_HEAD))
        self._db.execute(sql, (1, *head))

    def settle(self) -> None:
        """Take the rows that were appended into the tree; what a commit does last."""
        if (head := self.head()) is None:
            return  # somebody deleted it, which the verification tells
        try:
            edge = Edge(head.rows, head.edge)
            rows = self._db.rows(
                "SELECT seq, hash FROM audit WHERE seq > ? ORDER BY seq", (head.last,)
            )
            for _, leaf in rows:
                edge.add(bytes.fromhex(leaf))
        except (ValueError, TypeError):
            return  # so is that
        if not rows:
            return
        self._put(edge.blocks)
        self._db.execute(
            "UPDATE audit_head SET rows = ?, last = ?, root = ?, edge = ? WHERE id = 1",
            (edge.size, rows[-1][0], edge.root(), edge.stored()),
        )
        self._db.logged += len(rows)

    def root(self, size: int) -> bytes:
        """The root over the first rows."""
        return self.subtree(0, size)

    def leaf(self, index: int) -> bytes:
        """The leaf of a row, counted from 0, as the tree has it."""
        return self._leaves(index, index + 1)[0]

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """The proof that a row, counted from 0, is in the log of that size."""
        return inclusion_proof(index, size, self.subtree)

    def consistency(self, first: int, second: int) -> list[bytes]:
        """The proof that the log of the second size begins with that of the first."""
        return consistency_proof(first, second, self.subtree)

    def _put(self, nodes: Iterable[TreeNode]) -> None:
        sql = insertion("audit_nodes", ("level", "position", "hash"), "INSERT OR REPLACE")
        self._db.connection.executemany(sql, list(nodes))

    def subtree(self, start: int, end: int) -> bytes:
        """The root over the leaves from ``start`` to before ``end``."""
        count = end - start
        if not count:
            return EMPTY
        level = count.bit_length() - 1
        if count == 1 << level and not start & (count - 1):
            return self._full(level, start >> level)
        middle = start + (1 << ((count - 1).bit_length() - 1))
        return node_hash(self.subtree(start, middle), self.subtree(middle, end))

    def _full(self, level: int, position: int) -> bytes:
        stored = level - level % BLOCK_LEVEL
        start, end = position << (level - stored), (position + 1) << (level - stored)
        return full_root(self._nodes(stored, start, end) if stored else self._leaves(start, end))

    def _nodes(self, level: int, start: int, end: int) -> list[bytes]:
        sql = (
            "SELECT hash FROM audit_nodes WHERE level = ? AND position >= ? AND position < ?"
            " ORDER BY position"
        )
        return self._whole(
            [hash_ for (hash_,) in self._db.rows(sql, (level, start, end))], end - start
        )

    def _leaves(self, start: int, end: int) -> list[bytes]:
        head = self.head()
        earlier = head.earlier if head else 0
        leaves: list[bytes] = []
        if start < earlier:
            sql = "SELECT hashes FROM audit_leaves WHERE block BETWEEN ? AND ? ORDER BY block"
            first = start >> BLOCK_LEVEL
            blocks = self._db.rows(sql, (first, (min(end, earlier) - 1) >> BLOCK_LEVEL))
            data, base = b"".join(hashes for (hashes,) in blocks), first << BLOCK_LEVEL
            leaves = [
                data[SIZE * index : SIZE * (index + 1)]
                for index in range(start - base, min(end, earlier) - base)
            ]
        if end > earlier:
            sql = "SELECT hash FROM audit WHERE seq > ? AND seq <= ? ORDER BY seq"
            with self._db.decoding("hashes of the audit log"):
                rows = self._db.rows(sql, (max(start, earlier), end))
                leaves += [bytes.fromhex(leaf) for (leaf,) in rows]
        return self._whole(leaves, end - start)

    def _whole(self, hashes: list[bytes], count: int) -> list[bytes]:
        with self._db.decoding("hashes of the audit log"):
            if len(hashes) != count or any(type(h) is not bytes or len(h) != SIZE for h in hashes):
                raise ValueError("not as many as there were")
        return hashes
