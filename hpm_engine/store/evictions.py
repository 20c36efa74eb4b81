"""Which episodes could be evicted, where their bytes lie, and the note that they were."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from hpm_engine.job import Job
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.file.database import Database
from hpm_engine.store.file.doctor import interruptible
from hpm_engine.store.handed import HandedRows
from hpm_engine.store.learned.segments import merge
from hpm_engine.store.names import NAME
from hpm_engine.store.rows.compressed import SAME
from hpm_engine.store.rows.declaration import Columns, ReadBy
from hpm_engine.store.search.recall_index import RecallField
from hpm_engine.store.search.search_index import TABLES

_UNWIPED = "unwiped"  # among the totals: how many episodes went since the pages were last wiped
UNWIPED_FILES = "unwiped_files"  # and how many files
_ASKED = 500
_SLICE = 256  # pages of a search index in a transaction
INDEXES = (
    *TABLES,
    *(field.value for field in RecallField),
    *("memory_note_words", "checkpoint_words"),
)


class ByteRange(msgspec.Struct, frozen=True, gc=False):
    """Where an episode's bytes lie; ``size`` 0 is all of the source."""

    episode_id: int
    source_id: int
    start: int
    size: int


class Evictable(msgspec.Struct, frozen=True, gc=False):
    """A compressed episode that still has its whole text."""

    episode_id: int
    name: str  # what its session is called
    at: int | None
    pinned: bool
    made_at: int
    text_size: int
    kept_size: int


_REACH = Columns(
    ByteRange,
    {
        "episode_id": "e.id",
        "source_id": "e.source_id",
        "start": "e.raw_start",
        "size": "e.raw_size",
    },
)
_EVICTABLE = Columns(
    Evictable,
    {
        "episode_id": "e.id",
        "name": NAME,
        "at": "coalesce(e.ended_at, e.started_at)",
        "pinned": ReadBy("e.pinned", bool),
        "made_at": "c.made_at",
        "text_size": "e.text_size",
        "kept_size": "length(c.data)",
    },
)
_ADD = (
    "INSERT INTO totals (name, value) VALUES (?, ?)"
    " ON CONFLICT (name) DO UPDATE SET value = value + excluded.value"
)


class EvictionRows:
    """What eviction asks the store. Writing must happen inside the caller's transaction."""

    def __init__(self, database: Database, log: AuditLog) -> None:
        self._db, self._log = database, log

    def compressed(self, among: Iterable[int] | None = None) -> list[Evictable]:
        """The compressed episodes (of some) with their whole text, the oldest first."""
        sql = (
            f"SELECT {_EVICTABLE.sql} FROM compressed c"
            " JOIN episodes e ON e.id = c.episode_id"
            f" WHERE c.evicted_at IS NULL AND c.digest = substr(e.digest, 1, {SAME})"
        )
        rows = self._db.rows(sql) if among is None else list(self._each(f"{sql} AND e.id", among))
        episodes = _EVICTABLE.values(rows)
        return sorted(episodes, key=lambda episode: (episode.at or 0, episode.episode_id))

    def evicted(self, ids: Iterable[int]) -> set[int]:
        """Which of these episodes were evicted."""
        every = self._db.rows("SELECT episode_id FROM compressed WHERE evicted_at IS NOT NULL")
        return {key for (key,) in every} & set(ids)

    def places(self, ids: Iterable[int]) -> tuple[list[ByteRange], list[ByteRange]]:
        """Where these episodes' bytes lie, and those of whole ones in the same sources."""
        wanted = set(ids)
        sql = "SELECT DISTINCT source_id FROM episodes WHERE source_id IS NOT NULL AND id"
        sources = {key for (key,) in self._each(sql, wanted)}
        sql = (
            f"SELECT {_REACH.sql} FROM episodes e"
            " LEFT JOIN compressed c ON c.episode_id = e.id"
            " WHERE c.evicted_at IS NULL AND e.source_id"
        )
        ranges = _REACH.values(self._each(sql, sources))
        mine = [reach for reach in ranges if reach.episode_id in wanted]
        return mine, [reach for reach in ranges if reach.episode_id not in wanted]

    def _each(self, sql: str, keys: Iterable[int]) -> Iterator[Any]:
        """The rows of a query that ends before "IN (…)", some keys at a time."""
        left = sorted(set(keys))
        for start in range(0, len(left), _ASKED):
            part = left[start : start + _ASKED]
            yield from self._db.rows(f"{sql} IN ({','.join('?' * len(part))})", part)

    def source_sizes(self, ids: Iterable[int]) -> dict[int, int]:
        """The bytes of sources."""
        return dict(self._each("SELECT id, size FROM sources WHERE id", ids))

    def earlier_sources(self) -> dict[int, set[int]]:
        """Of each episode the sources that held earlier states of it, as the audit log tells."""
        superseded = dict(
            self._db.rows("SELECT lower(hex(sha256)), id FROM sources WHERE state = 'superseded'")
        )
        sources: dict[int, set[int]] = {}
        if not superseded:
            return sources
        rows = self._db.execute(
            "SELECT substr(subject, 8), json_extract(detail, '$.source'), CASE action WHEN 'import'"
            " THEN substr(subject, 9) ELSE json_extract(detail, '$.episodes') END FROM audit"
            " WHERE action IN ('import', 'keep') AND json_valid(detail)"
        )
        with self._db.decoding("the audit log"):
            for digest, source, episodes in rows:
                key = superseded.get(source or digest)
                for number in str(episodes or "").strip("[]").split(",") if key else ():
                    if number:
                        sources.setdefault(int(number), set()).add(superseded[source or digest])
        return sources

    def note(self, episode_id: int, at: int, after: bytes, detail: dict[str, int]) -> None:
        """Note that an episode's whole text went; ``after`` is the digest of what is left."""
        before = self._db.value("SELECT digest FROM episodes WHERE id = ?", (episode_id,))
        self._db.execute("UPDATE main.episodes SET digest = ? WHERE id = ?", (after, episode_id))
        HandedRows(self._db).forget_terms(episode_id)
        self._db.execute(
            "UPDATE compressed SET digest = ?, evicted_at = ? WHERE episode_id = ?",
            (after[:SAME], at, episode_id),
        )
        self._db.execute(_ADD, (_UNWIPED, 1))
        subject = f"episode:{episode_id}"
        self._log.append("evict", subject, before=before.hex(), after=after.hex(), detail=detail)

    def note_files(self, count: int) -> None:
        """Note that the bytes of files went, whose pages are to be wiped."""
        self._db.execute(_ADD, (UNWIPED_FILES, count))

    def unwiped(self) -> int:
        """How many episodes and files went since the freed pages were last wiped."""
        return sum(self._unwiped(name) for name in (_UNWIPED, UNWIPED_FILES))

    def _unwiped(self, name: str) -> int:
        count: int | None = self._db.value("SELECT value FROM totals WHERE name = ?", (name,))
        return count or 0

    def wipe(self, job: Job) -> bool:
        """Take what went out of the search indexes' old segments, and all freed pages away.

        Deleted words stay in FTS5's segments until these are merged, deleted rows in free pages
        until they are used again: so all segments become one, in slices, and then the file is
        written anew (``VACUUM``), which takes as much free space as the store has bytes. Raises
        ``Cancelled`` and ``CannotWrite``; what was evicted stays so, and the next call goes on.
        ``False`` where a reader of another program held the old pages back.
        """
        for name in INDEXES:
            more = first = True
            while more or first:
                job.step(0, None, "wiping the search indexes", "pages")
                with self._db.writing():
                    more = merge(self._db, name, _SLICE, first=first)
                first = False
                job.give_way()
        with interruptible(self._db, job, "writing the file anew"):
            if not self._db.compact():
                return False
        with self._db.writing():
            detail = {"episodes": self._unwiped(_UNWIPED)}
            if files := self._unwiped(UNWIPED_FILES):
                detail["files"] = files
            self._db.execute("DELETE FROM totals WHERE name IN (?, ?)", (_UNWIPED, UNWIPED_FILES))
            self._log.append("wipe", "store", detail=detail)
        return True
