"""Compressed memories: one row for each episode that has one, in its present state."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from hashlib import sha256

import msgspec

from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.file.database import Database
from hpm_engine.store.learned.settled import KEPT, set_kept
from hpm_engine.store.rows.declaration import GIVEN, Columns, insertion
from hpm_engine.values.compression import Budget, BudgetKind, CompressedList, CompressedOrder
from hpm_engine.values.episodes import Kept

_KINDS = tuple(BudgetKind)
SAME = 8  # bytes of an episode's digest that tell its states apart
_ORDERS = {
    CompressedOrder.LEAST_KEPT: "e.kept_share",
    CompressedOrder.LEAST_RATIO: "1.0 * c.raw_size / (length(c.data) + :row)",
    CompressedOrder.LARGEST: "length(c.data) DESC",
    CompressedOrder.NEWEST: "c.made_at DESC",
}


class CompressedRow(msgspec.Struct, frozen=True):
    """A compressed memory as stored; ``digest`` is the episode's, of which 8 bytes are kept."""

    episode_id: int
    digest: bytes
    budget: Budget
    raw_size: int
    zstd_size: int | None
    made_at: int
    evicted_at: int | None
    data: bytes


_COMPRESSED = Columns(
    CompressedRow,
    {
        "episode_id": "c.episode_id",
        "digest": "c.digest",
        "budget": GIVEN,  # of two columns
        "raw_size": "c.raw_size",
        "zstd_size": "c.zstd_size",
        "made_at": "c.made_at",
        "evicted_at": "c.evicted_at",
        "data": "c.data",
    },
)


class CompressedRows:
    """The compressed memories of a store. Writing must happen inside the caller's transaction."""

    def __init__(self, database: Database, audit: AuditLog) -> None:
        self._db = database
        self._audit = audit

    def put(self, row: CompressedRow, kept_share: float, scorer: str) -> bool:
        """Write a memory in place of an earlier one; ``False`` if the episode changed meanwhile."""
        now = self._db.value("SELECT digest FROM episodes WHERE id = ?", (row.episode_id,))
        if now != row.digest:
            return False
        before = self._data(row.episode_id)
        columns = {
            "episode_id": row.episode_id,
            "digest": row.digest[:SAME],
            "kind": _KINDS.index(row.budget.kind),
            "ratio": row.budget.ratio,
            "raw_size": row.raw_size,
            "zstd_size": row.zstd_size,
            "made_at": row.made_at,
            "evicted_at": row.evicted_at,
            "data": row.data,
        }
        sql = insertion("compressed", columns, "INSERT OR REPLACE")
        self._db.execute(sql, tuple(columns.values()))
        set_kept(self._db, row.episode_id, kept_share)
        self._audit.append(
            "compress",
            f"episode:{row.episode_id}",
            before=_digest(before),
            after=_digest(row.data),
            detail={
                "scorer": scorer,
                "budget": row.budget.kind.value,
                "ratio": row.budget.ratio,
                "raw": row.raw_size,
                "stored": len(row.data),
            },
        )
        return True

    def get(self, episode_id: int) -> CompressedRow | None:
        """The compressed memory of an episode, if there is one of its present state."""
        rows = self._db.rows(
            f"SELECT c.kind, c.ratio, {_COMPRESSED.sql} FROM compressed c"
            " WHERE episode_id = ? AND digest ="
            f" (SELECT substr(e.digest, 1, {SAME}) FROM episodes e WHERE e.id = episode_id)",
            (episode_id,),
        )
        if not rows:
            return None
        kind, ratio, *row = rows[0]
        with self._db.decoding("compressed memories"):
            return _COMPRESSED.value(row, budget=Budget(_KINDS[kind], float(ratio)))

    def listed(self, order: CompressedOrder, row_size: int) -> CompressedList:
        """All memories in order; ``row_size`` is what a row takes beside its data."""
        ids, ratios = array("q"), array("d")
        raw = stored = evicted = 0
        sql = (
            f"SELECT c.episode_id, c.raw_size, length(c.data), {KEPT} FROM compressed c"
            f" JOIN episodes e ON e.id = c.episode_id ORDER BY {_ORDERS[order]}, c.episode_id"
        )
        for key, size, data, kept in self._db.rows(sql, {"row": row_size}):
            ids.append(key)
            ratios.append(size / (data + row_size))
            raw += size
            stored += data + row_size
            evicted += kept == Kept.EVICTED
        return CompressedList(ids.tobytes(), ratios.tobytes(), raw, stored, evicted)

    def remove(self, episode_ids: Sequence[int]) -> int:
        """Make episodes whole again: their compressed memories go. How many there were."""
        done = 0
        for key in episode_ids:
            before = self._data(key)
            if before is None:
                continue
            self._db.execute("DELETE FROM compressed WHERE episode_id = ?", (key,))
            set_kept(self._db, key, None)
            self._audit.append("restore", f"episode:{key}", before=_digest(before))
            done += 1
        return done

    def digests(self, ids: Sequence[int]) -> dict[int, bytes]:
        """The digest of each episode's present state; ids that are gone are left out."""
        digests: dict[int, bytes] = {}
        for start in range(0, len(ids), 500):
            part = ids[start : start + 500]
            marks = ",".join("?" * len(part))
            sql = f"SELECT id, digest FROM episodes WHERE id IN ({marks})"
            digests.update(self._db.rows(sql, part))
        return digests

    def _data(self, episode_id: int) -> bytes | None:
        sql = "SELECT data FROM compressed WHERE episode_id = ?"
        data: bytes | None = self._db.value(sql, (episode_id,))
        return data


def follow(database: Database, episode_id: int, before: bytes, after: bytes) -> None:
    """An episode got another name or outcome: what was kept of its texts is kept of them still."""
    database.execute(
        "UPDATE compressed SET digest = ? WHERE episode_id = ? AND digest = ?",
        (after[:SAME], episode_id, before[:SAME]),
    )


def forget_outdated(database: Database, episode_id: int, digest: bytes) -> None:
    """An episode has grown or changed: what was kept of an earlier state is no memory of it."""
    removed = database.execute(
        "DELETE FROM compressed WHERE episode_id = ? AND digest <> ?", (episode_id, digest[:SAME])
    ).rowcount
    if removed:
        set_kept(database, episode_id, None)


def _digest(data: bytes | None) -> str:
    return "" if data is None else sha256(data).hexdigest()
