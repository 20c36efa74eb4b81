"""Indexing again what an earlier version indexed: in batches, each safe on its own."""

from __future__ import annotations

import logging

from hpm_engine.job import Job
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.file.database import Database
from hpm_engine.store.learned.segments import merge
from hpm_engine.store.rows.episodes import EpisodeRows
from hpm_engine.store.rows.steps import MOST_STEPS, StepRows, place_of, step_id
from hpm_engine.store.search.search_index import SearchIndex, SearchRow, row_of
from hpm_engine.system.log.work import work
from hpm_engine.values.reports import ReindexReport
from hpm_engine.words.calls import plain_words
from hpm_engine.words.scripts import ANEW, segmented

_LOG = logging.getLogger(__name__)
_BATCH = 2_000  # steps in a transaction: about half a second of work
_PAGES = 4_000  # written by one transaction of a merge
_ANEW = (
    "id > (SELECT value FROM totals WHERE name = 'index_anew_after')"
    " AND id <= (SELECT value FROM totals WHERE name = 'index_anew_last')"
)


class Reindexing:
    """Takes steps from the earlier full-text table into today's, and prepares today's anew.

    Each step is in one of the two, and a search asks both: nothing is lost meanwhile, but words
    inside running text and parts of names are found only where the steps have been taken over.
    Steps of today's table with letters that are prepared otherwise since are written again there.
    """

    def __init__(self, database: Database, log: AuditLog, steps: StepRows) -> None:
        self._db, self._log, self._steps = database, log, steps

    def waiting(self) -> int:
        """How many steps are to be indexed again: searches find them by fewer words."""
        with self._db.reading():
            return waiting(self._db)

    def run(self, job: Job | None = None) -> ReindexReport:
        """Take over what waits. Raises ``Cancelled`` with the batches before it kept."""
        if not (total := self.waiting()):
            return ReindexReport(0)
        with work(_LOG, "indexing for search again") as counts:
            counts["steps"] = done = self._run(job or Job(), total)
        return ReindexReport(done)

    def _run(self, job: Job, total: int) -> int:
        done = 0
        while True:
            job.step(done, max(total, done), "indexing for search again", "steps")
            with self._db.writing():
                moved = self._prepare_anew() or self._move()
                if moved:
                    self._log.append("index", "search", detail={"steps": moved})
            if not moved:
                break
            done += moved
            job.give_way()
        if done:
            self._tidy(job)
        return done

    def _prepare_anew(self) -> int:
        sql = f"SELECT id FROM step_fts_docsize WHERE {_ANEW} ORDER BY id LIMIT ?"
        keys = [key for (key,) in self._db.rows(sql, (_BATCH,))]
        if not keys:
            return 0
        names = EpisodeRows(self._db)
        rows: list[SearchRow] = []
        for start in range(0, len(keys), 200):
            some = [place_of(key) for key in keys[start : start + 200]]
            for step in self._steps.chosen(some):
                if any(ANEW.search(plain_words(part.text)) for part in step.parts):
                    row = row_of(step_id(step.episode_id, step.seq), step.parts)
                    rows += [row] if row is not None else []
            for episode_id, seq in some:
                if seq == MOST_STEPS and ANEW.search(titles := names.titles(episode_id)):
                    rows.append((step_id(episode_id, seq), segmented(titles), "", ""))
        delete = "DELETE FROM step_fts WHERE rowid = ?"
        self._db.connection.executemany(delete, [(row[0],) for row in rows])
        index = SearchIndex(self._db)
        index.add(rows)
        index.flush()
        sql = "UPDATE totals SET value = ? WHERE name = 'index_anew_after'"
        self._db.execute(sql, (keys[-1],))
        return len(keys)

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
    count: int = database.value(
        "SELECT (SELECT count(*) FROM step_fts_earlier_docsize)"
        f" + (SELECT count(*) FROM step_fts_docsize WHERE {_ANEW})"
    )
    return count
