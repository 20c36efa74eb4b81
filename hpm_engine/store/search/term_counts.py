"""In how many sessions of a project a term stands, by the index that recall searches."""

from __future__ import annotations

from collections.abc import Set

from hpm_engine.store.file.database import Database
from hpm_engine.store.rows.projects import CHOSEN, chosen
from hpm_engine.words.scripts import words_of

_MOST = 400  # other sessions that are asked, the latest


class TermCounts:
    """Reads inside the caller's transaction."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def others(self, episode_id: int, before: int, without: Set[int]) -> frozenset[int]:
        """The latest other sessions of an episode's project that had ended before a time.

        Subagents are left out.
        """
        project = self._db.value("SELECT project FROM episodes WHERE id = ?", (episode_id,))
        if not project:
            return frozenset()
        rows = self._db.rows(
            f"SELECT e.id FROM episodes e WHERE {CHOSEN} AND e.parent_key = ''"
            " AND coalesce(e.ended_at, e.started_at, 0) < ?"
            " ORDER BY e.started_at DESC, e.id DESC LIMIT ?",
            (*chosen(project), before, _MOST),
        )
        return frozenset(key for (key,) in rows) - without

    def holding(self, text: str, among: Set[int], *, begun: bool = False) -> int:
        """How many of some episodes have a text's words in a row, the last perhaps only begun."""
        words = words_of(text)
        if not words or not among:
            return 0
        phrase = '"' + " ".join(word.replace('"', '""') for word in words) + '"'
        phrase += "*" if begun else ""
        rows = self._db.rows("SELECT rowid FROM recall_words WHERE recall_words MATCH ?", (phrase,))
        return sum(key in among for (key,) in rows)
