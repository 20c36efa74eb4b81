"""Indexing again what an earlier version indexed: in batches, each safe on its own."""

from __future__ import annotations

from hpm_engine.job import Job
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.database import Database
from hpm_engine.store.search_index import SearchIndex, row_of
from hpm_engine.store.segments import merge
from hpm_engine.store.step_rows import StepRows, place_of

_BATCH = 2_000  # steps in a transaction: about half a second of work
_PAGES = 4_000  # written by one transaction of a merge


class Reindexing:
    """Takes steps from the earlier full-text table into today's.

    Each step is in one of the two, and a search asks both: nothing is lost meanwhile, but words
    inside running text and parts of names are found only where the steps have been taken over.
    """

    def __init__(self, database: Database, log: AuditLog, steps: StepRows) -> None:
        self._db, self._log, self._steps = database, log, steps

    def waiting(self) -> int:
        """How many steps are to be indexed again."""
        return waiting(self._db)

    def run(self, job: Job) -> int:
        """Take over what waits; how many steps. ``Cancelled`` keeps the batches before it."""
        with self._db.reading():
            total = self.waiting()
        done = 0
        while total:
            job.step(done, max(total, done), "indexing for search again", "steps")
            with self._db.writing():
                moved = self._move()
                if moved:
                    self._log.append("index", "search", detail={"steps": moved})
            if not moved:
                break
            done += moved
            job.give_way()
        if done:
            self._tidy(job)
        return done

    def _move(self) -> int:
        sql = "SELECT id FROM step_fts_earlier_docsize ORDER BY id LIMIT ?"
        keys = [key for (key,) in self._db.rows(sql, (_BATCH,))]
        index = SearchIndex(self._db)
        for start in range(0, len(keys), 200):
            some = [place_of(key) for key in keys[start : start + 200]]
            parts = {(step.episode_id, step.seq): step.parts for step in self._steps.chosen(some)}
            rows = [row_of(key, parts.get(place_of(key), ())) for key in keys[start : start + 200]]
            index.add([row for row in rows if row is not None])
        index.flush()
        delete = "DELETE FROM step_fts_earlier WHERE rowid = ?"
        self._db.connection.executemany(delete, [(key,) for key in keys])
        return len(keys)

    def _tidy(self, job: Job) -> None:
        """Free the earlier table, once it is empty; make one segment of today's many."""
        with self._db.writing():
            if not self.waiting():
                self._db.execute(
                    "INSERT INTO step_fts_earlier (step_fts_earlier) VALUES ('delete-all')"
                )
        first = more = True
        while more:
            job.step(0, None, "tidying the index")
            with self._db.writing():
                more = merge(self._db, "step_fts", _PAGES, first=first)
            first = False
            job.give_way()


def waiting(database: Database) -> int:
    """How many steps an earlier version indexed, and this one has not yet."""
    count: int = database.value("SELECT count(*) FROM step_fts_earlier_docsize")
    return count
