"""Whole episodes that go, with everything that is made of them or speaks of them."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence

from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.checkpoints.rows import CheckpointRows
from hpm_engine.store.erasure.left_sessions import keep_erased, session_digest
from hpm_engine.store.erasure.trash import take_from_searches
from hpm_engine.store.evictions import EvictionRows
from hpm_engine.store.file.database import Database
from hpm_engine.store.leaving import forget_unused
from hpm_engine.store.rows.steps import MOST_STEPS, StepRows, step_id
from hpm_engine.store.search.search_index import SearchIndex
from hpm_engine.store.sources import Sources
from hpm_engine.store.trail.contents import erase_contents
from hpm_engine.values.leaving.erasure import HeldPlace

_AMONG = "IN (SELECT value FROM json_each(?))"
# What is said of the rows that have the number of an episode, by table.
_SAID = {
    "tags": "tags",
    "episode_tools": "tools that they called",
    "episode_use": "counts of their recalls",
    "handed": "memories of them that sessions were given",
    "handed_sessions": "records of what they were given",
    "notes": "your notes",
    "vectors": "vectors",
    "compressed": "compressed memories",
    "episode_words": "ledgers of identifiers",
    "changed_files": "changed files",
    "recall_episodes": "rows of recall's indexes",
    "recall_hits": "hits of recorded recalls",
    "prototype_members": "memories in topics",
    "checkpoints": "checkpoints",
}


class ErasedEpisodes:
    """Counts and removes episodes. Writing must happen inside the caller's transaction."""

    def __init__(self, database: Database, log: AuditLog, steps: StepRows) -> None:
        self._db, self._log, self._steps = database, log, steps
        self._sources = Sources(database)

    def along(self, ids: Sequence[int]) -> list[int]:
        """These episodes with all branches of their sessions and their subagents' sessions."""
        every, new = set(ids), set(ids)
        sql = (
            "SELECT x.id FROM main.episodes e JOIN main.episodes x ON x.format = e.format AND"
            " (x.parent_key IN (e.key, nullif(e.session_key, ''))"
            " OR x.session_key IN (e.key, nullif(e.session_key, ''))"
            f" OR x.key = nullif(e.session_key, '')) WHERE e.id {_AMONG}"
        )
        while new:
            found = {key for (key,) in self._db.rows(sql, (_listed(new),))}
            new = found - every
            every |= new
        known = "SELECT id FROM main.episodes WHERE id " + _AMONG
        return sorted(key for (key,) in self._db.rows(known, (_listed(every),)))

    def pinned(self, ids: Collection[int]) -> list[int]:
        """Those of them that a pin keeps."""
        sql = f"SELECT id FROM main.episodes WHERE pinned AND id {_AMONG} ORDER BY id"
        return [key for (key,) in self._db.rows(sql, (_listed(ids),))]

    def places(self, ids: Sequence[int]) -> list[HeldPlace]:
        """What holds these episodes, kind by kind."""
        if not ids:
            return []
        listed = _listed(ids)
        steps = self._count(f"SELECT count(*) FROM steps WHERE id >> 24 {_AMONG}", listed)
        found = [("episodes", len(ids)), ("steps", steps)]
        for table, column in self._with_episode():
            what = _SAID.get(table, table.replace("_", " "))
            sql = f"SELECT count(*) FROM main.{table} WHERE {column} {_AMONG}"
            found.append((what, self._count(sql, listed)))
        words = f"SELECT count(*) FROM step_fts_docsize WHERE id >> 24 {_AMONG}"
        found.append(("rows of the search for text", self._count(words, listed)))
        shared = (
            f"SELECT count(DISTINCT text_id) FROM parts WHERE step_id >> 24 {_AMONG} AND text_id"
            f" NOT IN (SELECT text_id FROM parts WHERE step_id >> 24 NOT {_AMONG})"
        )
        found.append(("texts that no other episode has", self._count(shared, listed, listed)))
        raw = f"SELECT count(DISTINCT source_id) FROM main.episodes WHERE id {_AMONG}"
        found.append(("original files", self._count(raw, listed)))
        proposals = f"SELECT count(*) FROM proposals WHERE session {self._keys()}"
        found.append(("proposals of their agents", self._count(proposals, listed)))
        links = f"SELECT count(*) FROM memory_note_links WHERE target {self._keys()}"
        found.append(("links of notes to them", self._count(links, listed)))
        return [HeldPlace(what, count) for what, count in found if count]

    def remove(self, ids: Sequence[int], secret: bytes) -> None:
        """Take episodes out of every table; an import knows their sessions by keyed digests."""
        listed = _listed(ids)
        earlier = EvictionRows(self._db, self._log).earlier_sources()
        rows = self._db.rows(
            "SELECT id, format, key, session_key, source_id, raw_start, raw_size"
            f" FROM main.episodes WHERE id {_AMONG}",
            (listed,),
        )
        checkpoints = f"SELECT id FROM checkpoints WHERE episode_id {_AMONG}"
        forgotten = [key for (key,) in self._db.rows(checkpoints, (listed,))]
        if forgotten:
            CheckpointRows(self._db, self._log).forget(forgotten)
        erase_contents(self._db, self._log, self._said_of(ids))
        for sql in (
            f"DELETE FROM proposals WHERE session {self._keys()}",
            f"DELETE FROM memory_note_links WHERE target {self._keys()}",
        ):
            self._db.execute(sql, (listed,))
        self._db.execute("CREATE INDEX IF NOT EXISTS parts_text ON parts (text_id)")
        index = SearchIndex(self._db)
        for key, format_, name, session, *_ in rows:
            self._remove(key, index)
            keep_erased(self._db, session_digest(secret, format_, session or name), kind="episode")
        for table, column in self._with_episode():
            self._db.execute(f"DELETE FROM main.{table} WHERE {column} {_AMONG}", (listed,))
        self._db.execute(f"DELETE FROM main.episodes WHERE id {_AMONG}", (listed,))
        for key, _, _, _, source_id, start, size in rows:
            for old in earlier.get(key, ()):
                self._let_go(old, 0, 0)
            if source_id is not None:
                self._let_go(source_id, start, size)

    def _remove(self, key: int, index: SearchIndex) -> None:
        bounds = step_id(key, 0), step_id(key, MOST_STEPS - 1)
        sql = "SELECT DISTINCT text_id FROM parts WHERE step_id BETWEEN ? AND ?"
        texts = [text_id for (text_id,) in self._db.rows(sql, bounds)]
        # Out of view first: what it shares with others is then found in these.
        sql = (
            "INSERT OR REPLACE INTO trash (episode_id, deleted_at, keep_until, actor)"
            " VALUES (?, 0, 0, '')"
        )
        self._db.execute(sql, (key,))
        take_from_searches(self._db, self._steps, index, key)
        self._db.execute("DELETE FROM parts WHERE step_id BETWEEN ? AND ?", bounds)
        self._db.execute("DELETE FROM steps WHERE id BETWEEN ? AND ?", bounds)
        forget_unused(self._db, texts)

    def _let_go(self, source_id: int, start: int, size: int) -> None:
        """Forget the bytes of an episode that is gone, and its source with its last one."""
        if self._db.value("SELECT 1 FROM sources WHERE id = ?", (source_id,)) is None:
            return
        if self._db.value("SELECT 1 FROM main.episodes WHERE source_id = ?", (source_id,)):
            # Without a place of its own its text may be anywhere in the file.
            self._sources.evict(source_id, start, start + size if size else None)
            return
        self._db.execute("DELETE FROM raw_chunks WHERE source_id = ?", (source_id,))
        self._db.execute("DELETE FROM sources WHERE id = ?", (source_id,))

    def _said_of(self, ids: Sequence[int]) -> list[int]:
        """The rows of the log that say something of episodes: tags, names."""
        names = json.dumps([f"episode:{key}" for key in ids])
        sql = (
            f"SELECT c.seq FROM audit a JOIN audit_contents c ON c.seq = a.seq"
            f" WHERE a.subject {_AMONG}"
        )
        return [seq for (seq,) in self._db.rows(sql, (names,))]

    def _with_episode(self) -> list[tuple[str, str]]:
        """The tables, whoever added them, whose rows have the number of an episode."""
        return [
            (table, "episode_id")
            for (table,) in self._db.rows(
                "SELECT m.name FROM main.sqlite_master m, pragma_table_info(m.name) c"
                " WHERE m.type = 'table' AND c.name = 'episode_id'"
                " AND m.name NOT IN ('trash', 'unfinished') ORDER BY m.name"
            )
        ]

    def _keys(self) -> str:
        return f"IN (SELECT key FROM main.episodes WHERE id {_AMONG})"

    def _count(self, sql: str, *values: str) -> int:
        return int(self._db.value(sql, values))


def _listed(ids: Collection[int]) -> str:
    return json.dumps(sorted(ids))
