"""The whole log recomputed from what is stored: each row, the tree, and what lies beside them."""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator
from typing import Any

from hpm_engine.audit.canonical import COLUMNS, commitment, row_leaf
from hpm_engine.audit.chain import GENESIS, microseconds, row_hash
from hpm_engine.audit.merkle import BLOCK_LEVEL, SIZE, Edge
from hpm_engine.job import Job
from hpm_engine.store.audit_log import COMMITMENT, ERASED
from hpm_engine.store.file.database import Database
from hpm_engine.store.settings import store_id
from hpm_engine.store.trail.tree import BLOCK, AuditTree, TreeHead
from hpm_engine.values.audit_acts import Verification
from hpm_engine.values.reports import AuditRow

_TEXTS = (*COLUMNS, "hash")
_LARGEST = 64 * 1024 * 1024  # bytes of a row that this program may have written
_LOOK = 256  # rows between two looks at the job
_ACTION = COLUMNS.index("action")
_DETAIL = COLUMNS.index("detail")
_PREVIOUS = COLUMNS.index("previous")
_MARK = f'"{COMMITMENT}"'.encode()


class _Fault(Exception):
    """What does not fit, and the first row that it is about."""

    def __init__(self, row: int, reason: str) -> None:
        super().__init__(reason)
        self.row, self.reason = row, reason


class LogCheck:
    """One verification. ``roots`` has afterwards the roots of the sizes that were asked for."""

    def __init__(self, database: Database, sizes: frozenset[int] = frozenset()) -> None:
        self._db = database
        self._tree = AuditTree(database)
        self._head = self._tree.head()
        self._edge = Edge()
        self._last = GENESIS.encode()
        self._store = store_id_of(database)
        self._committed = array("q")  # rows with a commitment to a content
        self._erased: set[int] = set()  # rows that another says have lost theirs
        self._sizes = sizes
        self.roots: dict[int, str] = {0: self._edge.root().hex()} if 0 in sizes else {}

    def run(self, job: Job) -> Verification:
        """Verify; stops at the first thing that does not fit."""
        fault: _Fault | None = None
        try:
            self._check(job)
        except _Fault as error:
            fault = error
        return Verification(
            rows=self._edge.size,
            head=self._last.decode(errors="replace"),
            broken_at=fault.row if fault else None,
            reason=fault.reason if fault else "",
            root=self._edge.root().hex(),
            earlier=self._head.earlier if self._head else 0,
        )

    def _check(self, job: Job) -> None:
        head = self._head
        if head is None:
            raise _Fault(1, "the count of the log's rows is gone: somebody deleted it")
        strange = self._strange_row()
        for row in self._rows():
            if not self._edge.size % _LOOK:
                job.step(self._edge.size, head.rows, "verifying the log", "rows")
            if strange is not None and row[0] == strange:
                raise _Fault(strange, f"row {strange} was changed after it was written: not a text")
            self._take(row, head)
        self._compare(head)
        self._blocks(head)
        job.step(self._edge.size, head.rows, "verifying what rows say of content", "rows")
        self._contents()

    # -- rows --------------------------------------------------------------------------------------

    def _strange_row(self) -> int | None:
        """The first row with a column that is no text, or too long for one of ours."""
        odd = " OR ".join(f"typeof({name}) <> 'text'" for name in _TEXTS)
        sql = f"SELECT min(seq) FROM audit WHERE {odd} OR length(detail) > {_LARGEST}"
        row: int | None = self._db.value(sql)
        return row

    def _rows(self) -> Iterator[tuple[Any, ...]]:
        """Every row, its texts as they are stored: bytes."""
        connection = self._db.connection
        usual = connection.text_factory
        columns = ", ".join(
            f"substr({name}, 1, {_LARGEST})" if name == "detail" else name for name in _TEXTS
        )
        connection.text_factory = bytes
        try:
            yield from self._db.execute(f"SELECT seq, {columns} FROM audit ORDER BY seq")
        finally:
            connection.text_factory = usual

    def _take(self, row: tuple[Any, ...], head: TreeHead) -> None:
        seq, before = row[0], self._edge.size
        earlier = head.earlier
        texts, hash_ = row[1:-1], row[-1]
        if seq != before + 1:
            raise _Fault(before + 1, f"row {before + 1} is missing: row {seq} follows row {before}")
        if texts[_PREVIOUS] != self._last:
            reason = f"row {seq} does not follow from row {before}: its link is another"
            raise _Fault(seq, reason)
        leaf = row_leaf(seq, texts)
        if leaf.hex().encode() != hash_ and not (seq <= earlier and _fits_of_old(row)):
            raise _Fault(seq, f"row {seq} was changed after it was written")
        if seq <= earlier:
            self._compare_leaf(seq, leaf)
        elif seq == earlier + 1:
            self._compare_first(seq, texts, head)
        if seq > earlier and _MARK in texts[_DETAIL]:
            self._committed.append(seq)
        elif texts[_ACTION] == ERASED.encode():
            self._erased.update(_listed(texts[_DETAIL]))
        self._edge.add(leaf)
        self._last = hash_
        if seq in self._sizes:
            self.roots[seq] = self._edge.root().hex()

    def _compare_leaf(self, seq: int, leaf: bytes) -> None:
        """Whether a row from before there was a tree is spelled as it was when that began."""
        index = (seq - 1) % BLOCK
        if not index:
            sql = "SELECT hashes FROM audit_leaves WHERE block = ?"
            self._leaves = self._db.value(sql, ((seq - 1) >> BLOCK_LEVEL,)) or b""
        if self._leaves[SIZE * index : SIZE * (index + 1)] != leaf:
            raise _Fault(seq, f"row {seq} was changed after it was written: spelled otherwise")

    def _compare_first(self, seq: int, texts: tuple[bytes, ...], head: TreeHead) -> None:
        """Whether the tree begins with a row of this store, over the rows before."""
        try:
            said = json.loads(texts[_DETAIL])
        except ValueError:
            said = {}
        if texts[_ACTION] not in (b"create", b"upgrade") or "store" not in said:
            raise _Fault(seq, f"row {seq} does not say whose log begins with it")
        if said["store"] != self._store:
            raise _Fault(seq, "the log is another store's: its first row and the settings differ")
        if seq > 1 and said.get("root") != self._edge.root().hex():
            raise _Fault(1, f"the first {seq - 1} rows are not those that row {seq} came after")

    # -- beside the rows ---------------------------------------------------------------------------

    def _compare(self, head: TreeHead) -> None:
        rows = self._edge.size
        if rows < head.rows:
            raise _Fault(
                rows + 1, f"row {rows + 1} is missing: the log ends with row {rows}, of {head.rows}"
            )
        if rows > head.rows:
            raise _Fault(head.rows + 1, f"row {head.rows + 1} was not written by this program")
        fits = head.root == self._edge.root() and head.edge == self._edge.stored()
        begun = self._db.value("SELECT detail FROM audit WHERE seq = ?", (head.earlier + 1,))
        try:
            said = json.loads(begun)
        except (ValueError, TypeError):
            said = {}
        first = (said.get("store"), said.get("begun"))
        if not fits or head.last != rows or first != (head.store, head.begun_at):
            raise _Fault(rows, "what the store says of its log (root, store, length) was changed")

    def _blocks(self, head: TreeHead) -> None:
        """The stored nodes and leaves, which proofs begin from."""
        sql = "SELECT level, position, hash FROM audit_nodes ORDER BY level, position"
        stored = {(level, position): hash_ for level, position, hash_ in self._db.execute(sql)}
        right = {(node.level, node.position): node.hash for node in self._edge.blocks}
        for key in sorted(stored.keys() | right.keys(), key=str):
            if stored.get(key) != right.get(key):
                row = 1
                if all(type(number) is int for number in key):
                    row = (key[1] << min(key[0], 62)) + 1 if key in right else 1
                raise _Fault(row, f"the tree over the rows from {row} on was changed beside them")
        sql = "SELECT block, length(hashes) FROM audit_leaves ORDER BY block"
        blocks = [
            (block, SIZE * min(BLOCK, head.earlier - (block << BLOCK_LEVEL)))
            for block in range(-(-head.earlier // BLOCK))
        ]
        if self._db.rows(sql) != blocks:
            raise _Fault(1, "the leaves of the log's first rows were changed beside them")

    def _contents(self) -> None:
        waiting = set(self._committed)
        sql = (
            "SELECT c.seq, c.salt, c.text, a.detail FROM audit_contents c"
            " LEFT JOIN audit a ON a.seq = c.seq ORDER BY c.seq"
        )
        for seq, salt, text, detail in self._db.execute(sql):
            if seq not in waiting:
                raise _Fault(seq, f"what is kept as the content of row {seq} is none of that row")
            waiting.remove(seq)
            fits = isinstance(salt, bytes) and isinstance(text, str)
            if not fits or commitment(salt, text) != json.loads(detail).get(COMMITMENT):
                raise _Fault(seq, f"the content of row {seq} was changed after it was written")
        if lost := sorted(waiting - self._erased):
            raise _Fault(lost[0], f"the content of row {lost[0]} is gone, and no row says so")


def store_id_of(database: Database) -> str:
    """The store's own id; "" where somebody made it something else."""
    value = store_id(database)
    return value if isinstance(value, str) else ""


def _listed(detail: bytes) -> list[int]:
    """The rows that a row names."""
    try:
        return [seq for seq in json.loads(detail)["rows"] if type(seq) is int]
    except (ValueError, LookupError, TypeError):
        return []


def _fits_of_old(row: tuple[Any, ...]) -> bool:
    """Whether a row has the hash that rows had before there was a tree: over what they say."""
    seq, *texts, hash_ = row
    try:
        said = dict(zip(COLUMNS, (text.decode() for text in texts), strict=True))
        at = microseconds(said.pop("at"))
        del said["state"]  # there was none
        old = row_hash(AuditRow(seq=seq, at=at, hash="", **said)).encode()
    except (ValueError, TypeError, OverflowError):
        return False
    return old == bytes(hash_)


def verify_log(
    database: Database, job: Job, sizes: frozenset[int] = frozenset()
) -> tuple[Verification, dict[int, str]]:
    """Verify the whole log; its roots at these sizes, as far as it holds, come too."""
    check = LogCheck(database, sizes)
    return check.run(job), check.roots
