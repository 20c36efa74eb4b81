"""The steps that hold a term, or speak most like some words, in the sessions of one folder."""

from __future__ import annotations

from collections.abc import Sequence

from hpm_engine.query.nodes import Text
from hpm_engine.store.file.database import Database
from hpm_engine.store.rows.steps import MOST_STEPS
from hpm_engine.store.search import step_sets

_SEQ_BITS = 24
_MOST = 300  # steps that hold one term, the latest
_STATED = 40  # steps that speak most like some words


class TermSteps:
    """The steps of the sessions of a folder or a project; of all sessions for the scope "".

    Inside the caller's ``reading``.
    """

    def __init__(self, database: Database, scope: str) -> None:
        self._db = database
        self._episodes = self._of_scope(scope)
        self.starts: dict[int, int] = dict(
            database.rows("SELECT id, started_at FROM episodes WHERE started_at IS NOT NULL")
        )

    @property
    def none(self) -> bool:
        """Whether the store has no session of the folder."""
        return self._episodes == "[]"

    def with_term(self, term: str) -> list[int]:
        """The ids of the latest steps that hold a term."""
        steps = step_sets.select(step_sets.matching(Text(term)))
        where, values = self._within("m.id")
        rows = self._db.rows(
            f"SELECT m.id FROM ({steps.sql}) m JOIN steps s ON s.id = m.id WHERE 1{where}"
            f" ORDER BY s.at DESC, s.id DESC LIMIT {_MOST}",
            (*steps.values, *values),
        )
        return [key for (key,) in rows]

    def saying(self, words: Sequence[str]) -> list[int]:
        """The ids of the steps in which somebody says most of some words."""
        if not words:
            return []
        where, values = self._within("rowid")
        rows = self._db.rows(
            f"SELECT rowid FROM step_fts WHERE step_fts MATCH ? AND rowid & {MOST_STEPS}"
            f" <> {MOST_STEPS}{where} ORDER BY rank LIMIT {_STATED}",
            (f"said : ({_any_of(words)})", *values),
        )
        return [key for (key,) in rows]

    def _within(self, column: str) -> tuple[str, tuple[str, ...]]:
        if not self._episodes:
            return "", ()
        sql = f" AND {column} >> {_SEQ_BITS} IN (SELECT value FROM json_each(?))"
        return sql, (self._episodes,)

    def _of_scope(self, scope: str) -> str:
        """The episodes of a folder or project, as JSON; "" for all."""
        folder = scope.rstrip("/\\")
        name = folder.replace("\\", "/").rpartition("/")[2]
        if not name:
            return ""
        rows = self._db.rows(
            "SELECT id FROM episodes WHERE cwd = ?1 OR substr(cwd, 1, length(?1) + 1) = ?1 || '/'"
            " OR project_path = ?1 OR project = ?1 OR project = ?2",
            (folder, name),
        )
        return f"[{','.join(str(episode_id) for (episode_id,) in rows)}]"


def likeness(database: Database, words: Sequence[str]) -> float:
    """How much like some words the likest step is, by BM25; 0 where no step has one of them."""
    if not words:
        return 0.0
    sql = "SELECT bm25(step_fts) FROM step_fts WHERE step_fts MATCH ? ORDER BY rank LIMIT 1"
    return -float(database.value(sql, (_any_of(words),)) or 0.0)


def _any_of(words: Sequence[str]) -> str:
    return " OR ".join('"' + word.replace('"', '""').replace("\0", " ") + '"' for word in words)
