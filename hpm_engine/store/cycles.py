"""The history of consolidation: a row for each cycle, the last ones with what undoes them."""

from __future__ import annotations

import time

import msgspec
import zstandard
from msgspec import structs

from hpm_engine.consolidated import CycleReport
from hpm_engine.store.database import Database
from hpm_engine.store.prototypes import Change

UNDOABLE = 10  # cycles
_LARGEST = 1 << 30  # bytes of what undoes a cycle; a stranger's store could say anything
_TOLD = (
    "SELECT id, at, report, undone_at FROM cycles"
    " UNION ALL SELECT id, at, report, NULL FROM refused_cycles"
)


class CycleRows:
    """The cycles of a store. Writing must happen inside the caller's transaction."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def head(self) -> tuple[int, int]:
        """The last cycle's id, and how many were undone: another after any change."""
        sql = "SELECT coalesce(max(id), 0), count(undone_at) FROM cycles"
        last, undone = self._db.rows(sql)[0]
        return last, undone

    def standing(self) -> int:
        """How many cycles there were that nobody undid."""
        found: int = self._db.value("SELECT count(*) FROM cycles WHERE undone_at IS NULL")
        return found

    def refusals(self) -> int:
        """How many cycles were refused."""
        found: int = self._db.value("SELECT count(*) FROM refused_cycles")
        return found

    def count(self) -> int:
        """How many cycles there were: standing, undone and refused."""
        found: int = self._db.value(f"SELECT count(*) FROM ({_TOLD})")
        return found

    def refuse(self, report: CycleReport) -> None:
        """Keep the report of a cycle that was refused."""
        self._db.execute(
            "INSERT INTO refused_cycles (at, report) VALUES (?, ?)",
            (report.at, msgspec.json.encode(report).decode()),
        )

    def add(self, report: CycleReport, scores: dict[str, float], undo: Change) -> None:
        """Write a cycle; ones long past can be undone no more."""
        packed = zstandard.compress(msgspec.msgpack.encode(undo), 3)
        self._db.execute(
            "INSERT INTO cycles (id, at, scores, report, undo) VALUES (?, ?, ?, ?, ?)",
            (
                report.id,
                report.at,
                msgspec.json.encode(scores).decode(),
                msgspec.json.encode(report).decode(),
                packed,
            ),
        )
        self._db.execute(
            "UPDATE cycles SET undo = NULL WHERE undo IS NOT NULL AND undone_at IS NULL AND id <="
            " (SELECT id FROM cycles WHERE undone_at IS NULL ORDER BY id DESC LIMIT 1 OFFSET ?)",
            (UNDOABLE,),
        )

    def history(self) -> list[dict[str, float]]:
        """The scores by project after each cycle that stands and was measured, oldest first."""
        rows = self._db.rows(
            "SELECT scores FROM cycles WHERE undone_at IS NULL AND scores <> '{}' ORDER BY id"
        )
        with self._db.decoding("cycles"):
            return [msgspec.json.decode(text, type=dict[str, float]) for (text,) in rows]

    def reports(self, offset: int = 0, limit: int = 200) -> list[CycleReport]:
        """What cycles did, newest first; refused ones have no id."""
        rows = self._db.rows(
            f"SELECT report, undone_at FROM ({_TOLD}) ORDER BY at DESC, id DESC LIMIT ? OFFSET ?",
            (limit, offset),
        )
        with self._db.decoding("cycles"):
            return [
                structs.replace(msgspec.json.decode(text, type=CycleReport), undone_at=undone_at)
                for text, undone_at in rows
            ]

    def undoable(self) -> list[CycleReport]:
        """The cycles that can still be undone, newest first."""
        rows = self._db.rows(
            "SELECT report FROM cycles WHERE undone_at IS NULL AND undo IS NOT NULL"
            " ORDER BY id DESC"
        )
        with self._db.decoding("cycles"):
            return [msgspec.json.decode(text, type=CycleReport) for (text,) in rows]

    def last(self) -> tuple[int, Change | None] | None:
        """The last cycle that stands, and what undoes it; ``None`` if there is none."""
        rows = self._db.rows(
            "SELECT id, undo FROM cycles WHERE undone_at IS NULL ORDER BY id DESC LIMIT 1"
        )
        if not rows:
            return None
        key, packed = rows[0]
        if packed is None:
            return key, None
        return key, self._unpacked(packed)

    def undos(self) -> list[tuple[int, Change]]:
        """What undoes each of the last cycles that stand, newest first."""
        rows = self._db.rows(
            "SELECT id, undo FROM cycles WHERE undone_at IS NULL ORDER BY id DESC LIMIT ?",
            (UNDOABLE,),
        )
        return [(key, self._unpacked(packed)) for key, packed in rows if packed is not None]

    def _unpacked(self, packed: bytes) -> Change:
        with self._db.decoding("cycles"):
            data = zstandard.ZstdDecompressor().decompress(packed, max_output_size=_LARGEST)
            return msgspec.msgpack.decode(data, type=Change)

    def mark_undone(self, cycle_id: int) -> None:
        """Say that a cycle was undone; its row stays as history."""
        self._db.execute(
            "UPDATE cycles SET undone_at = ?, undo = NULL WHERE id = ?",
            (time.time_ns() // 1000, cycle_id),
        )
