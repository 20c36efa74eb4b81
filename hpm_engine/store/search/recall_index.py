"""What recall searches: words, changes and paths of episodes, words of steps; kept by the job."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

import msgspec

from hpm_engine.store.file.database import Database
from hpm_engine.store.learned.segments import merge
from hpm_engine.store.rows.declaration import insertion
from hpm_engine.words.scripts import begins

_ASKED = 500


class RecallField(StrEnum):
    """A field that recall searches, a full-text table; ids are episodes' but for ``STEPS``."""

    WORDS = "recall_words"
    PATCH = "recall_patch"
    CHANGED = "recall_changed"
    TOUCHED = "recall_touched"
    STEPS = "recall_steps"


EPISODE_FIELDS = (RecallField.WORDS, RecallField.PATCH, RecallField.CHANGED, RecallField.TOUCHED)
_COLUMN = {
    RecallField.WORDS: "words",
    RecallField.PATCH: "patch",
    RecallField.CHANGED: "paths",
    RecallField.TOUCHED: "paths",
}


class RecallText(msgspec.Struct, frozen=True):
    """What is indexed of one episode; ``steps`` by step id, ``files`` as (stem, path)."""

    texts: Mapping[RecallField, str]
    steps: Mapping[int, str]
    files: frozenset[tuple[str, str]]


class RecallIndex:
    """The tables that recall searches. Writing must happen inside the caller's transaction."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def unprepared(self, after: int = 0, limit: int = -1) -> list[tuple[int, bytes]]:
        """Episodes with an id above ``after`` whose present state is not indexed: id, digest."""
        return self._db.rows(
            "SELECT e.id, e.digest FROM episodes e LEFT JOIN recall_episodes r"
            " ON r.episode_id = e.id WHERE e.id > ? AND r.digest IS NOT e.digest"
            " ORDER BY e.id LIMIT ?",
            (after, limit),
        )

    def count_unprepared(self) -> int:
        """How many episodes are not indexed, or were changed since."""
        count: int = self._db.value(
            "SELECT count(*) FROM episodes e LEFT JOIN recall_episodes r"
            " ON r.episode_id = e.id WHERE r.digest IS NOT e.digest"
        )
        return count

    def count_missing(self) -> int:
        """How many episodes cannot be found: a change of any step takes an episode out."""
        count: int = self._db.value(
            "SELECT (SELECT count(*) FROM episodes) - (SELECT count(*) FROM recall_episodes)"
        )
        return count

    def mostly_gone(self) -> bool:
        """Whether over half of what FTS5 counts is deleted, or about to be: see ``clear``."""
        counted = self.count(RecallField.WORDS)
        rows: int = self._db.value(f"SELECT count(*) FROM {RecallField.WORDS.value}_docsize")
        stale: int = self._db.value(
            "SELECT count(*) FROM episodes e JOIN recall_episodes r ON r.episode_id = e.id"
            " WHERE r.digest IS NOT e.digest"
        )
        return counted - rows + stale > counted / 2

    def clear(self) -> None:
        """Forget all that is indexed, and what FTS5 has counted.

        A contentless table goes on counting the rows deleted from it, and BM25 weighs words by that
        count: an index made anew row by row would rank otherwise than one made at once.
        """
        for field in RecallField:
            self._db.execute(f"INSERT INTO {field.value} ({field.value}) VALUES ('delete-all')")
        self._db.execute("DELETE FROM recall_episodes")
        self._db.execute("DELETE FROM changed_files")

    def put(self, episode_id: int, digest: bytes, text: RecallText) -> None:
        """Index an episode of which nothing is indexed: see ``remove``."""
        for field in EPISODE_FIELDS:
            if content := text.texts.get(field):
                sql = f"INSERT INTO {field.value} (rowid, {_COLUMN[field]}) VALUES (?, ?)"
                self._db.execute(sql, (episode_id, content))
        self._db.connection.executemany(
            f"INSERT INTO {RecallField.STEPS.value} (rowid, words) VALUES (?, ?)",
            list(text.steps.items()),
        )
        self._db.connection.executemany(
            "INSERT INTO changed_files (stem, episode_id, path) VALUES (?, ?, ?)",
            [(stem, episode_id, path) for stem, path in sorted(text.files)],
        )
        sql = insertion("recall_episodes", ("episode_id", "digest"))
        self._db.execute(sql, (episode_id, digest))

    def remove(self, episode_id: int, first: int, last: int) -> None:
        """Forget all that is indexed of an episode, whose steps have ids ``first`` to ``last``."""
        sql = "DELETE FROM recall_episodes WHERE episode_id = ?"
        if not self._db.execute(sql, (episode_id,)).rowcount:
            return
        for field in EPISODE_FIELDS:
            self._db.execute(f"DELETE FROM {field.value} WHERE rowid = ?", (episode_id,))
        # Found by the document sizes: a contentless table cannot be asked for a range of rows.
        ids = self._db.rows(
            "SELECT id FROM recall_steps_docsize WHERE id BETWEEN ? AND ?", (first, last)
        )
        self._db.connection.executemany("DELETE FROM recall_steps WHERE rowid = ?", ids)
        self._db.execute("DELETE FROM changed_files WHERE episode_id = ?", (episode_id,))

    def count(self, field: RecallField) -> int:
        """How many episodes (or steps) a field has had: the N of FTS5's own BM25."""
        # Its record of sums begins with it; counting the rows would take 30 ms a million.
        block: bytes | None = self._db.value(f"SELECT block FROM {field.value}_data WHERE id = 1")
        return _varint(block or b"\0")

    def last(self, field: RecallField) -> int:
        """The highest id in a field; 0 where it is empty."""
        last: int | None = self._db.value(f"SELECT max(id) FROM {field.value}_docsize")
        return last or 0

    def frequencies(self, field: RecallField, words: Sequence[str], after: int = -1) -> list[int]:
        """In how many episodes (or steps) with an id above ``after`` each word stands."""
        table = field.value
        within = f"{table} MATCH value AND rowid > ?" if after >= 0 else f"{table} MATCH value"
        sql = f"SELECT (SELECT count(*) FROM {table} WHERE {within}) FROM json_each(?) ORDER BY key"
        asked = (after,) if after >= 0 else ()
        return [count for (count,) in self._db.rows(sql, (*asked, _listed(words)))]

    def bm25(
        self, field: RecallField, words: Iterable[str], limit: int | None = None, after: int = -1
    ) -> list[tuple[int, float]]:
        """The BM25 score (k1 1.2, b 0.75) of all that has any of the words: id, score.

        With ``limit`` only the best; only ids above ``after``.
        """
        table = field.value
        sql = f"SELECT rowid, -rank FROM {table} WHERE {table} MATCH ?"
        if after >= 0:
            sql += f" AND rowid > {after:d}"
        if limit is not None:
            sql += f" ORDER BY rank LIMIT {limit:d}"
        return self._db.rows(sql, (" OR ".join(map(_quoted, words)),))

    def standing(
        self, field: RecallField, words: Sequence[str], spans: Sequence[tuple[int, int]]
    ) -> list[tuple[int, int]]:
        """Where words stand among some ids: the word's place in ``words``, the id.

        ``spans`` are the first and the last id of each run of ids to look at. Takes 15 microseconds
        for each word and span, however many there are outside.
        """
        table = field.value
        # CROSS JOIN keeps the order: each look-up is one seek in the word's own list.
        sql = (
            f"SELECT w.key, f.rowid FROM json_each(?) s CROSS JOIN json_each(?) w"
            f" CROSS JOIN {table} f WHERE f.{table} MATCH w.value"
            f" AND f.rowid BETWEEN s.value ->> 0 AND s.value ->> 1"
        )
        return self._db.rows(sql, (json.dumps(spans), _listed(words)))

    def pages(self, field: RecallField) -> list[int]:
        """How many leaf pages each of the segments has into which FTS5 wrote a field."""
        sql = f"SELECT count(*) FROM {field.value}_idx GROUP BY segid"
        return [count for (count,) in self._db.rows(sql)]

    def merge(self, field: RecallField, pages: int, *, first: bool) -> bool:
        """Merge a field's segments, about so many pages at a time; see ``segments.merge``."""
        return merge(self._db, field.value, pages, first=first)

    def changed_files(self, stems: Iterable[str]) -> list[tuple[int, str]]:
        """Episodes that changed a file with one of these stems: episode, path."""
        wanted = sorted(set(stems))[:_ASKED]
        marks = ",".join("?" * len(wanted))
        sql = f"SELECT episode_id, path FROM changed_files WHERE stem IN ({marks})"
        return self._db.rows(sql, wanted) if wanted else []

    def digests(self, episode_ids: Iterable[int]) -> dict[int, bytes]:
        """The digests of episodes' present states, for up to some thousands."""
        wanted = sorted(set(episode_ids))
        marks = ",".join("?" * len(wanted))
        sql = f"SELECT id, digest FROM episodes WHERE id IN ({marks})"
        return dict(self._db.rows(sql, wanted))

    def changed_by(self, episode_ids: Iterable[int]) -> dict[int, list[str]]:
        """The files that each of up to some thousand episodes changed."""
        wanted = sorted(set(episode_ids))
        marks = ",".join("?" * len(wanted))
        paths: dict[int, list[str]] = {}
        sql = f"SELECT episode_id, path FROM changed_files WHERE episode_id IN ({marks})"
        for episode_id, path in self._db.rows(f"{sql} ORDER BY path", wanted):
            paths.setdefault(episode_id, []).append(path)
        return paths


def _listed(words: Sequence[str]) -> str:
    return json.dumps([_quoted(word) for word in words])


def _quoted(word: str) -> str:
    return '"' + word.replace('"', '""') + '"' + "*" * begins(word)


def _varint(data: bytes) -> int:
    """SQLite's variable-length integer at the beginning of ``data``."""
    value = 0
    for byte in data[:8]:
        value = value << 7 | byte & 0x7F
        if not byte & 0x80:
            return value
    return value << 8 | data[8]
