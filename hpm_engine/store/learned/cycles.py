"""The history of consolidation: a row for each cycle, the last ones with what undoes them."""

from __future__ import annotations

import logging
import time

import msgspec
import zstandard
from msgspec import structs

from hpm_engine.config import UNDOABLE_RUNS
from hpm_engine.errors import NotFound
from hpm_engine.store.file.database import Database
from hpm_engine.store.learned.prototypes import PrototypeChange
from hpm_engine.values.consolidation import Agreement, CycleReport, CycleRun

_LOG = logging.getLogger(__name__)
AGREED = "consolidation_agreed"  # the setting: a cycle, and when a person agreed to what it left
_RUNS = (  # a row for each run: its number among those of its kind, and when it ended
    "SELECT 0 AS refused, coalesce(json_extract(report, '$.run'), id) AS run, max(at) AS at"
    " FROM cycles GROUP BY 2 UNION ALL SELECT 1, id, at FROM refused_cycles"
)
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
        count: int = self._db.value("SELECT count(*) FROM cycles WHERE undone_at IS NULL")
        return count

    def refusals(self) -> int:
        """How many cycles were refused."""
        count: int = self._db.value("SELECT count(*) FROM refused_cycles")
        return count

    def count(self) -> int:
        """How many cycles there were: standing, undone and refused."""
        count: int = self._db.value(f"SELECT count(*) FROM ({_TOLD})")
        return count

    def last_at(self) -> int:
        """When the last of all cycles ran, in microseconds; 0 if there was none."""
        at: int = self._db.value(f"SELECT coalesce(max(at), 0) FROM ({_TOLD})")
        return at

    def refuse(self, report: CycleReport) -> None:
        """Keep the report of a cycle that was refused."""
        _LOG.info("a cycle of %d memories is refused", report.memories)
        self._db.execute(
            "INSERT INTO refused_cycles (at, report) VALUES (?, ?)",
            (report.at, msgspec.json.encode(report).decode()),
        )

    def add(self, report: CycleReport, scores: dict[str, float], undo: PrototypeChange) -> None:
        """Write a cycle; runs long past can be undone no more.

        What undoes a run of cycles stands with its last one: it is what was there before the first.
        """
        if report.run not in (None, report.id) and (last := self.last()) is not None:
            key, change = last
            undo = undo if change is None else undo.before(change)
            self._db.execute("UPDATE cycles SET undo = NULL WHERE id = ?", (key,))
        self._db.execute(
            "INSERT INTO cycles (id, at, scores, report, undo) VALUES (?, ?, ?, ?, ?)",
            (
                report.id,
                report.at,
                msgspec.json.encode(scores).decode(),
                msgspec.json.encode(report).decode(),
                zstandard.compress(msgspec.msgpack.encode(undo), 3),
            ),
        )
        _LOG.info("cycle %d: %d memories, %d born", report.id, report.memories, len(report.born))
        self._db.execute(
            "UPDATE cycles SET undo = NULL WHERE undo IS NOT NULL AND undone_at IS NULL AND id <="
            " (SELECT id FROM cycles WHERE undone_at IS NULL AND undo IS NOT NULL"
            " ORDER BY id DESC LIMIT 1 OFFSET ?)",
            (UNDOABLE_RUNS.value,),
        )

    def goes_on(self, run: int | None) -> bool:
        """Whether a cycle of ``run`` would follow upon another of it, with nothing in between."""
        last = self._newest()
        return run is not None and last is not None and last.run == run and self._keeps(last.id)

    def run_of(self, cycle_id: int) -> int:
        """The first cycle of a cycle's run."""
        sql = "SELECT coalesce(json_extract(report, '$.run'), id) FROM cycles WHERE id = ?"
        return int(self._db.value(sql, (cycle_id,)))

    def agreement(self) -> Agreement:
        """What was forgotten since a person agreed."""
        said = self._db.value("SELECT value FROM settings WHERE name = ?", (AGREED,)) or ""
        cycle, _, at = said.partition(" ")
        agreed, moment = int(cycle) if cycle.isdecimal() else 0, int(at) if at.isdecimal() else 0
        last = self._newest()
        lost = last.lost if last is not None and (last.id or 0) > agreed else 0.0
        newest = next(iter(self.reports(0, 1)), None)
        waits = newest is not None and newest.asks and newest.at > moment
        return Agreement(agreed, lost, newest.refused if newest is not None and waits else "")

    def agreed(self) -> str:
        """What the setting ``AGREED`` says once a person agrees to what was forgotten so far."""
        return f"{self.head()[0]} {time.time_ns() // 1000}"

    def _newest(self) -> CycleReport | None:
        sql = "SELECT report FROM cycles WHERE undone_at IS NULL ORDER BY id DESC LIMIT 1"
        rows = self._db.rows(sql)
        with self._db.decoding("cycles"):
            return msgspec.json.decode(rows[0][0], type=CycleReport) if rows else None

    def _keeps(self, cycle_id: int | None) -> bool:
        sql = "SELECT undo IS NOT NULL FROM cycles WHERE id = ?"
        return bool(self._db.value(sql, (cycle_id,)))

    def history(self) -> list[dict[str, float]]:
        """The scores by project after each cycle that stands and was measured, oldest first."""
        rows = self._db.rows(
            "SELECT scores FROM cycles WHERE undone_at IS NULL AND scores <> '{}' ORDER BY id"
        )
        with self._db.decoding("cycles"):
            return [msgspec.json.decode(text, type=dict[str, float]) for (text,) in rows]

    def times(self) -> dict[int, int]:
        """When each cycle was published."""
        return dict(self._db.rows("SELECT id, at FROM cycles"))

    def reports(self, offset: int = 0, limit: int = 200) -> list[CycleReport]:
        """What cycles did, newest first; refused ones have no id."""
        rows = self._db.rows(
            f"SELECT report, undone_at FROM ({_TOLD}) ORDER BY at DESC, id DESC LIMIT ? OFFSET ?",
            (limit, offset),
        )
        with self._db.decoding("cycles"):
            return [_report(text, undone_at) for text, undone_at in rows]

    def run_count(self) -> int:
        """How many runs there were: standing, undone and refused."""
        count: int = self._db.value(f"SELECT count(*) FROM ({_RUNS})")
        return count

    def runs(self, offset: int = 0, limit: int = 200) -> list[list[CycleReport]]:
        """The cycles of each run, newest run first, its oldest cycle first."""
        rows = self._db.rows(
            f"SELECT refused, run FROM ({_RUNS}) ORDER BY at DESC, run DESC LIMIT ? OFFSET ?",
            (limit, offset),
        )
        return [self._of_refused(key) if refused else self.of_run(key) for refused, key in rows]

    def of_run(self, run: int) -> list[CycleReport]:
        """The cycles of a run, oldest first."""
        rows = self._db.rows(
            "SELECT report, undone_at FROM cycles"
            " WHERE id >= ? AND coalesce(json_extract(report, '$.run'), id) = ? ORDER BY id",
            (run, run),
        )
        with self._db.decoding("cycles"):
            return [_report(text, undone_at) for text, undone_at in rows]

    def forgotten_in(self, run: int | None) -> float:
        """By how much what canaries find fell in a run so far (negative: it rose)."""
        if not self.goes_on(run):
            return 0.0
        return sum(
            report.found_before - report.found
            for report in self.of_run(run or 0)
            if report.found_before is not None and report.found is not None
        )

    def refused_at(self, at: int) -> list[CycleReport]:
        """The cycle that was refused at a moment."""
        return self._of_refused(at, "at")

    def _of_refused(self, value: int, column: str = "id") -> list[CycleReport]:
        rows = self._db.rows(f"SELECT report FROM refused_cycles WHERE {column} = ?", (value,))
        with self._db.decoding("cycles"):
            return [_report(text, None) for (text,) in rows]

    def report(self, cycle_id: int) -> CycleReport:
        """What a cycle did that was not refused; raises ``NotFound``."""
        rows = self._db.rows("SELECT report, undone_at FROM cycles WHERE id = ?", (cycle_id,))
        if not rows:
            raise NotFound(f"{self._db.path}: there is no cycle {cycle_id}.")
        with self._db.decoding("cycles"):
            return _report(*rows[0])

    def undoable(self) -> list[CycleRun]:
        """The runs of cycles that can still be undone, newest first."""
        rows = self._db.rows(
            "SELECT report FROM cycles WHERE undone_at IS NULL AND undo IS NOT NULL"
            " ORDER BY id DESC"
        )
        with self._db.decoding("cycles"):
            reports = [msgspec.json.decode(text, type=CycleReport) for (text,) in rows]
        return [self._run(report) for report in reports]

    def _run(self, last: CycleReport) -> CycleRun:
        key = last.id or 0
        first = last.run or key
        began, cycles, memories, born = self._db.rows(
            "SELECT min(at), count(*), sum(json_extract(report, '$.memories')),"
            " sum(json_array_length(report, '$.born'))"
            " FROM cycles WHERE undone_at IS NULL AND id BETWEEN ? AND ?",
            (first, key),
        )[0]
        return CycleRun(
            first=first,
            last=key,
            began=began,
            at=last.at,
            cycles=cycles,
            memories=memories,
            born=born,
            trigger=last.trigger,
        )

    def last(self) -> tuple[int, PrototypeChange | None] | None:
        """The last cycle that stands, and what undoes its run; ``None`` if there is none."""
        rows = self._db.rows(
            "SELECT id, undo FROM cycles WHERE undone_at IS NULL ORDER BY id DESC LIMIT 1"
        )
        if not rows:
            return None
        key, packed = rows[0]
        if packed is None:
            return key, None
        return key, self._unpacked(packed)

    def undos(self) -> list[tuple[int, PrototypeChange]]:
        """What undoes each of the last runs that stand, newest first, by its last cycle."""
        rows = self._db.rows(
            "SELECT id, undo FROM cycles WHERE undone_at IS NULL AND undo IS NOT NULL"
            " ORDER BY id DESC LIMIT ?",
            (UNDOABLE_RUNS.value,),
        )
        return [(key, self._unpacked(packed)) for key, packed in rows]

    def _unpacked(self, packed: bytes) -> PrototypeChange:
        with self._db.decoding("cycles"):
            data = zstandard.ZstdDecompressor().decompress(packed, max_output_size=_LARGEST)
            return msgspec.msgpack.decode(data, type=PrototypeChange)

    def mark_undone(self, first: int) -> None:
        """Say that the cycles from ``first`` on were undone; their rows stay as history."""
        _LOG.info("cycles from %d on are undone", first)
        self._db.execute(
            "UPDATE cycles SET undone_at = ?, undo = NULL WHERE id >= ? AND undone_at IS NULL",
            (time.time_ns() // 1000, first),
        )


def _report(text: str, undone_at: int | None) -> CycleReport:
    return structs.replace(msgspec.json.decode(text, type=CycleReport), undone_at=undone_at)
