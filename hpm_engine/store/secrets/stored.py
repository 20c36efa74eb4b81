"""Secrets that stand in a store in clear: where, found by a look at all that it keeps."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator

import zstandard

from hpm_engine.job import Job
from hpm_engine.secrets.masking import Masker
from hpm_engine.store.file.database import Database
from hpm_engine.store.secrets.rows import SecretRows
from hpm_engine.store.sources import Sources
from hpm_engine.store.texts import unpack

# Text columns of ordinary tables, with the key of a row; what is packed is looked at by itself.
COLUMNS: tuple[tuple[str, str, str], ...] = (
    *(("episodes", column, "id") for column in ("task", "title", "agent_title")),
    *(("episodes", column, "id") for column in ("project", "cwd", "branch", "project_path")),
    ("notes", "text", "id"),
    ("tags", "name", "episode_id"),
    ("saved_searches", "text", "name"),
    ("recalls", "cue", "id"),
    ("memory_notes", "title", "id"),
    ("memory_note_versions", "text", "note_id"),
    *(("proposals", column, "id") for column in ("text", "because", "accepted")),
    ("checkpoints", "text", "id"),
    ("prototype_marks", "name", "prototype_id"),
    ("prototypes", "words", "id"),
    ("settings", "value", "name"),
    ("sources", "account", "id"),
    ("audit", "detail", "seq"),
    ("audit_contents", "text", "seq"),
)
_PLACES = {"episodes": "episode", "memory_note_versions": "note", "memory_notes": "note"}
_PAGE = 256  # texts that are read at a time
Found = dict[tuple[str, str], Counter[str]]


class StoredSecrets:
    """The scan of a store."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._rows = SecretRows(database)
        self._sources = Sources(database)

    def scan(self, job: Job) -> Found:
        """By rule and tag, where secrets stand in clear, with how often there."""
        with self._db.reading():
            masker = self._rows.masker()
            texts = self._db.value("SELECT count(*) FROM texts") or 0
            sources = [key for (key,) in self._db.rows("SELECT id FROM sources ORDER BY id")]
        found: Found = {}
        total = texts + len(sources) + len(COLUMNS)
        done = 0
        for page in self._texts(masker, found):
            done += page
            job.step(done, total, "looking at texts", "parts")
        for source in sources:
            done += 1
            job.step(done, total, "looking at original bytes", "parts")
            for span in masker.of_blocks(self._bytes(source)):
                _note(found, span.rule, span.tag, f"source:{source}")
        for table, column, key in COLUMNS:
            done += 1
            job.step(done, total, "looking at names and notes", "parts")
            place = _PLACES.get(table, table.removesuffix("s"))
            with self._db.reading():
                rows = self._db.rows(
                    f"SELECT {key}, {column} FROM main.{table} WHERE {column} <> ''"
                )
            for row, text in rows:
                for span in masker.spans(str(text).encode("utf-8", "replace")):
                    _note(found, span.rule, span.tag, f"{place}:{row}")
        return found

    def keep(self, found: Found) -> None:
        """Remember what a scan found, inside the caller's transaction."""
        self._rows.put_found(found, time.time_ns() // 1000, whole=True)

    def _texts(self, masker: Masker, found: Found) -> Iterator[int]:
        last, unpacker = 0, zstandard.ZstdDecompressor()
        while True:
            with self._db.reading():
                rows = self._db.rows(
                    f"SELECT id, size, data FROM texts WHERE id > ? ORDER BY id LIMIT {_PAGE}",
                    (last,),
                )
            if not rows:
                return
            for text_id, size, data in rows:
                with self._db.decoding(f"text {text_id}"):
                    text = unpack(data, size, unpacker)
                for span in masker.spans(text):
                    _note(found, span.rule, span.tag, self._step_of(text_id))
            last = rows[-1][0]
            yield len(rows)

    def _step_of(self, text_id: int) -> str:
        with self._db.reading():
            sql = "SELECT min(step_id) FROM parts WHERE text_id = ?"
            return f"step:{self._db.value(sql, (text_id,)) or 0}"

    def _bytes(self, source_id: int) -> Iterator[bytes]:
        """What is left of a source's bytes; a stretch that was evicted parts what is around it."""
        if self._sources.is_whole(source_id):
            yield from self._sources.raw(source_id)
            return
        with self._db.reading():
            rows = self._db.rows(
                "SELECT start, size FROM raw_chunks WHERE source_id = ? AND data <> x''"
                " ORDER BY start",
                (source_id,),
            )
        for start, size in rows:
            yield b"".join(self._sources.raw(source_id, start, size)) + b"\n\n"


def _note(found: Found, rule: str, tag: str, place: str) -> None:
    found.setdefault((rule, tag), Counter())[place] += 1
