"""Episodes that an import writes in slices: out of view until all of their file is there.

Their steps lie under numbers that no row of ``episodes`` has, so that nothing finds or counts
them. What a killed import left of them is removed by the next.
"""

from __future__ import annotations

import os
import platform
import time
import uuid

from hpm_engine.errors import HPMError
from hpm_engine.job import Job
from hpm_engine.store.episode_writer import next_id
from hpm_engine.store.file.database import Database
from hpm_engine.store.leaving import find_elsewhere, forget_unused
from hpm_engine.store.rows.declaration import insertion
from hpm_engine.store.rows.steps import MOST_STEPS, StepRows, step_id
from hpm_engine.store.search.search_index import SearchIndex
from hpm_engine.system.unfinished import lives

_ABANDONED_US = 600 * 1_000_000  # without a slice, of a run that this machine cannot look for
_SLICE = 2_000  # steps that one transaction removes: a fraction of a second
_live: set[str] = set()  # the runs of this process


class Overtaken(HPMError):
    """What a run had written was taken for a dead one's and removed: it begins again."""


class UnfinishedRows:
    """The unfinished episodes of a store; one object for each run of an import."""

    def __init__(self, database: Database, steps: StepRows, index: SearchIndex) -> None:
        self._db, self._steps, self._index = database, steps, index
        self._run = uuid.uuid4().hex
        self._ids: list[int] = []

    def begin(self) -> None:
        """A source begins."""
        _live.add(self._run)
        self._ids = []

    def take(self) -> int:
        """A number for an episode; inside the caller's transaction."""
        episode_id = next_id(self._db)
        self._db.execute(
            insertion("unfinished", ("episode_id", "run", "host", "pid", "written_at")),
            (episode_id, self._run, platform.node(), os.getpid(), _now()),
        )
        self._ids.append(episode_id)
        return episode_id

    def check(self) -> None:
        """Say that this run lives. Raises ``Overtaken``; inside the caller's transaction."""
        sql = "UPDATE unfinished SET written_at = ? WHERE run = ?"
        if self._db.execute(sql, (_now(), self._run)).rowcount != len(self._ids):
            raise Overtaken(f"{self._db.path}: another import removed what this one had written.")

    def finish(self) -> None:
        """The episodes are in view now; inside the caller's transaction."""
        self._db.execute("DELETE FROM unfinished WHERE run = ?", (self._run,))

    def discard(self) -> None:
        """Remove what this run has written and not finished; raises ``Cancelled`` if stopped."""
        try:
            self._remove(self._run, Job())
        finally:
            _live.discard(self._run)

    def sweep(self, job: Job) -> None:
        """Remove what dead runs have left; raises ``Cancelled``."""
        sql = "SELECT run, host, pid, max(written_at) FROM unfinished GROUP BY run"
        with self._db.reading():
            rows = self._db.rows(sql)
        for run, host, pid, written_at in rows:
            if _is_dead(run, host, pid, written_at):
                self._remove(run, job)

    def _remove(self, run: str, job: Job) -> None:
        with self._db.reading():
            rows = self._db.rows("SELECT episode_id FROM unfinished WHERE run = ?", (run,))
        for (key,) in rows:
            more = True
            while more:
                job.step(0, note="removing what a stopped import left")
                with self._db.writing():
                    more = self._remove_some(key)

    def _remove_some(self, episode_id: int) -> bool:
        """Remove some of an episode's steps, the last first; whether there are more."""
        first, last = step_id(episode_id, 0), step_id(episode_id, MOST_STEPS - 1)
        sql = "SELECT id FROM steps WHERE id BETWEEN ? AND ? ORDER BY id DESC LIMIT 1 OFFSET ?"
        start = self._db.value(sql, (first, last, _SLICE - 1)) or first
        bounds = start, last
        sql = "SELECT DISTINCT text_id FROM parts WHERE step_id BETWEEN ? AND ?"
        texts = [key for (key,) in self._db.rows(sql, bounds)]
        self._index.begin()
        prompts = self._index.remove(*bounds)
        self._db.execute("DELETE FROM parts WHERE step_id BETWEEN ? AND ?", bounds)
        self._db.execute("DELETE FROM steps WHERE id BETWEEN ? AND ?", bounds)
        forget_unused(self._db, texts)
        find_elsewhere(self._db, self._steps, self._index, prompts)
        self._index.flush()
        if start > first:
            return True
        self._db.execute("DELETE FROM unfinished WHERE episode_id = ?", (episode_id,))
        return False


def left_behind(database: Database) -> int:
    """How many steps dead runs have left, which the next import removes."""
    rows = database.rows("SELECT run, host, pid, max(written_at) FROM unfinished GROUP BY run")
    dead = [run for run, *seen in rows if _is_dead(run, *seen)]
    sql = (
        "SELECT count(*) FROM unfinished u JOIN steps s"
        " ON s.id BETWEEN u.episode_id << 24 AND (u.episode_id << 24) + 16777215 WHERE u.run = ?"
    )
    return sum(database.value(sql, (run,)) for run in dead)


def _is_dead(run: str, host: str, pid: int, written_at: int) -> bool:
    if host == platform.node():
        if pid == os.getpid():
            return run not in _live
        if not lives(pid):
            return True
    return _now() - written_at > _ABANDONED_US


def _now() -> int:
    return time.time_ns() // 1000
