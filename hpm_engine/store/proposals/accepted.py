"""What agents proposed and a person accepted, as recall gives it to agents."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from hpm_engine.store.file.database import Database
from hpm_engine.store.proposals.rows import ACCEPTED
from hpm_engine.store.rows.declaration import Columns
from hpm_engine.store.rows.projects import CHOSEN, chosen
from hpm_engine.store.visible import VisibleRows, any_of
from hpm_engine.values.proposals import AcceptedNote
from hpm_engine.values.recall import RecallScope

# Rows ``e`` as the conditions on an episode's agent and project want them. A project that got
# another name since goes by that name.
_ROWS = f"""(
  SELECT n.id, p.accepted AS text, p.agent, p.decided_at AS accepted_at,
    CASE WHEN n.scope = '' THEN '' ELSE coalesce(k.project, p.project) END AS project,
    coalesce(k.project_path, '') AS project_path
  FROM proposals p JOIN memory_notes n ON n.store = '{ACCEPTED}' AND n.key = CAST(p.id AS TEXT)
  LEFT JOIN episodes k ON k.id = (
    SELECT x.id FROM episodes x WHERE x.project_path = n.scope AND x.project_path <> '' LIMIT 1
  )
  WHERE p.state = 'accepted' AND n.gone_at IS NULL
) e"""
_NOTE = Columns(
    AcceptedNote,
    {
        "note_id": "e.id",
        "text": "e.text",
        "agent": "e.agent",
        "project": "e.project",
        "accepted_at": "e.accepted_at",
    },
)
_ASKED = 40  # words
_MOST = 60  # notes: a fifth of the largest block has room for no more


class AcceptedNotes:
    """The accepted notes of a store. Reads inside the caller's transaction."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def within(self, words: Iterable[str], scope: RecallScope) -> list[AcceptedNote]:
        """What somebody is given who asks within a scope, the best first.

        Notes that have some of the words come first, those with most of them before others; then
        the latest of those for the project asked about and for everywhere. An agent is given those
        of its own project and for everywhere alone, unless a rule says that it sees others; nobody
        what the rules of visibility keep from ``scope.reader``. A person sees all.
        """
        if not self._db.value("SELECT EXISTS (SELECT 1 FROM proposals WHERE state = 'accepted')"):
            return []
        conditions, values = self._conditions(scope)
        where = "".join(f" AND {condition}" for condition in conditions)
        project = scope.project or (scope.reader.project if scope.reader is not None else "")
        own = f"(e.project = '' OR (? <> '' AND {CHOSEN}))"
        sought = " OR ".join('"' + word.replace('"', '""') + '"' for word in list(words)[:_ASKED])
        rows = self._db.rows(
            # Else the words are searched for once for each note.
            "WITH w AS MATERIALIZED (SELECT rowid AS id, rank AS rank FROM memory_note_words"
            " WHERE memory_note_words MATCH ?)"
            f" SELECT {_NOTE.sql} FROM {_ROWS} LEFT JOIN w ON w.id = e.id"
            f" WHERE (w.id IS NOT NULL OR {own}){where}"
            " ORDER BY w.id IS NULL, w.rank, e.accepted_at DESC, e.id DESC LIMIT ?",
            (sought or '""', project, *chosen(project), *values, _MOST),
        )
        return _NOTE.values(rows)

    def _conditions(self, scope: RecallScope) -> tuple[list[str], list[Any]]:
        apart = "e.id NOT IN (SELECT number FROM quarantine WHERE kind = 'note')"
        conditions: list[str] = [apart]
        values: list[Any] = []
        if scope.project:
            conditions.append(f"(e.project = '' OR {CHOSEN})")
            values += chosen(scope.project)
        if scope.agent:
            conditions.append("e.agent = ?")
            values.append(scope.agent)
        if scope.reader is not None:
            rows = VisibleRows(self._db)
            parts, names = ["e.project = ''"], rows.rules().allowed_to(scope.reader)
            if scope.reader.project:
                parts.append(CHOSEN)
                values += chosen(scope.reader.project)
            if named := [name for each in names for name in each[1:]]:
                condition, more = any_of(tuple(named))
                parts.append(condition)
                values += more
            conditions.append(f"({' OR '.join(parts)})")
            for condition, more in rows.conditions(scope.reader):
                conditions.append(condition)
                values += more
        return conditions, values
