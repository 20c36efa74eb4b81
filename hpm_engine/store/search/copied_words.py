"""Words that an episode repeats of another one: to be found in it as long as nowhere else."""

from __future__ import annotations

from hpm_engine.store.file.database import Database
from hpm_engine.store.leaving import find_elsewhere
from hpm_engine.store.rows.steps import MOST_STEPS, StepRows, step_id
from hpm_engine.store.search.search_index import SearchIndex
from hpm_engine.values.episodes import StepFlag

_COPIED = int(StepFlag.COPIED)
_ITSELF = 2  # an episode is the first of its origins and of its copies
_ORIGINS = (
    "WITH RECURSIVE origins(id) AS (SELECT ?"
    " UNION SELECT o.id FROM origins f JOIN episodes e ON e.id = f.id JOIN episodes o"
    " ON o.format = e.format AND o.key IN (e.continues_key, e.parent_key) AND o.key <> '')"
    " SELECT id FROM origins"
)
_FOLLOWERS = (
    "WITH RECURSIVE followers(id, format, key) AS ("
    " SELECT id, format, key FROM episodes WHERE id = ?"
    " UNION SELECT e.id, e.format, e.key FROM followers f JOIN episodes e"
    " ON e.format = f.format AND e.continues_key = f.key AND e.continues_key <> ''"
    " UNION SELECT e.id, e.format, e.key FROM followers f JOIN episodes e"
    " ON e.format = f.format AND e.parent_key = f.key AND e.parent_key <> '')"
    " SELECT id FROM followers"
)


class CopiedWords:
    """Leaves what was copied to the episode that it is of, once the store has that one."""

    def __init__(self, database: Database, steps: StepRows) -> None:
        self._db, self._steps = database, steps

    def settle(self, episode_id: int) -> None:
        """Look at an episode that was written: at what it copied, and who copied of it."""
        origins = [origin for (origin,) in self._db.rows(_ORIGINS, (episode_id,))]
        copies = [copy for (copy,) in self._db.rows(_FOLLOWERS, (episode_id,))]
        if len(origins) + len(copies) == _ITSELF:
            return
        self._steps.write()
        for copy in copies:
            if self._first(copy, "flags & ?") is not None:
                for origin in origins:
                    self._leave(copy, origin)

    def _leave(self, copy: int, origin: int) -> None:
        """Take what lies in ``copy`` where ``origin`` has its own steps out of the index."""
        if copy == origin:
            return
        own = self._first(origin, "NOT flags & ?")
        last = self._db.value("SELECT max(id) FROM steps WHERE id BETWEEN ? AND ?", _span(origin))
        if own is not None:
            start = step_id(origin, 0)
            prompts = self._steps.forget_copied(copy, own - start, last - start)
            find_elsewhere(self._db, self._steps, SearchIndex(self._db), prompts, (own, last))

    def _first(self, episode_id: int, condition: str) -> int | None:
        sql = f"SELECT min(id) FROM steps WHERE id BETWEEN ? AND ? AND {condition}"
        first: int | None = self._db.value(sql, (*_span(episode_id), _COPIED))
        return first


def _span(episode_id: int) -> tuple[int, int]:
    return step_id(episode_id, 0), step_id(episode_id, MOST_STEPS - 1)
