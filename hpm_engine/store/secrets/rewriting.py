"""Secrets taken out of what a store has: texts, search, original bytes, names and notes."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from hashlib import sha256
from itertools import accumulate

import msgspec

from hpm_engine.job import Job
from hpm_engine.secrets.masking import MaskedSpan, Masker, pieces
from hpm_engine.store.abridging import Abridger
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.file.database import Database
from hpm_engine.store.learned.settled import evicted, unsettle
from hpm_engine.store.learned.vectors import VectorRows
from hpm_engine.store.leaving import draft_of, forget_unused
from hpm_engine.store.rows.compressed import SAME, forget_outdated
from hpm_engine.store.rows.steps import MOST_STEPS, StepRows, place_of, step_id
from hpm_engine.store.search.recall_index import RecallIndex
from hpm_engine.store.secrets.stored import COLUMNS, Found
from hpm_engine.store.sources import Sources, pack_chunks
from hpm_engine.store.trail.contents import erase_contents
from hpm_engine.words.calls import plain_words
from hpm_engine.words.scripts import segmented

_NAMES = ("task", "title", "agent_title", "project", "cwd", "branch", "project_path")
_FIELDS = (
    *("parent_key", "continues_key", "agent", "model", "project", "cwd", "branch", "task"),
    *("outcome", "started_at", "ended_at", "steps", "agent_steps", "calls", "errors"),
    *("tokens_in", "tokens_out", "cost_usd", "text_size"),
)
_FIXED = frozenset(("episodes", "audit", "audit_contents"))  # rewritten otherwise, and never


class SecretRewriter:
    """Takes secrets out. Everything happens in the caller's transaction."""

    def __init__(self, database: Database, log: AuditLog, steps: StepRows, masker: Masker) -> None:
        self._db, self._log, self._steps, self._masker = database, log, steps, masker
        self._abridger = Abridger(database, steps)
        self._sources = Sources(database)
        self._values: set[str] = set()  # the secrets themselves, while they are taken out

    def rewrite(self, found: Found, job: Job) -> Counter[str]:
        """Mask what was found wherever it stands; how many steps, sources and names changed."""
        done: Counter[str] = Counter()
        places = {place for counted in found.values() for place in counted}
        self._abridger.begin()
        steps = {int(place[5:]) for place in places if place.startswith("step:")} - {0}
        steps |= self._also(steps)
        episodes = {place_of(key)[0] for key in steps}
        episodes |= {int(place[8:]) for place in places if place.startswith("episode:")}
        old: list[int] = []
        for number, episode_id in enumerate(sorted(episodes)):
            job.step(number, len(episodes), "rewriting sessions", "episodes")
            mine = sorted(key for key in steps if place_of(key)[0] == episode_id)
            old += self._episode(episode_id, mine)
            done["steps"] += len(mine)
        done["episodes"] = len(episodes)
        forget_unused(self._db, old)
        for place in sorted(places):
            if place.startswith("source:"):
                job.step(done["sources"], None, "rewriting original bytes", "files")
                done["sources"] += self._source(int(place[7:]))
        done["names"] = self._columns()
        self._forget_learned(sorted(episodes))
        return done

    def _also(self, keys: Iterable[int]) -> set[int]:
        """The other steps that have a text of these: a text is stored once."""
        marks = ",".join(str(int(key)) for key in keys)
        sql = (
            "SELECT DISTINCT step_id FROM parts WHERE text_id IN"
            f" (SELECT text_id FROM parts WHERE step_id IN ({marks}))"
        )
        return {key for (key,) in self._db.rows(sql)}

    def _text(self, text: str) -> str:
        data = text.encode()
        masked, spans = self._masker.mask(data)
        self._values |= {data[span.start : span.end].decode("utf-8", "replace") for span in spans}
        return masked.decode() if spans else text

    def _episode(self, episode_id: int, keys: list[int]) -> list[int]:
        before: bytes = self._db.value(
            "SELECT digest FROM main.episodes WHERE id = ?", (episode_id,)
        )
        gone = evicted(self._db, [episode_id])
        old: list[int] = []
        size = 0
        for key in keys:
            [step] = self._steps.chosen([place_of(key)])
            parts = tuple(
                msgspec.structs.replace(part, text=self._text(part.text)) for part in step.parts
            )
            size -= sum(len(part.text.encode()) for part in step.parts)
            rewritten, texts = self._abridger.rewrite(
                key, draft_of(msgspec.structs.replace(step, parts=parts))
            )
            size += rewritten.text_size
            old += texts
        sql = f"SELECT {', '.join(_NAMES)} FROM main.episodes WHERE id = ?"
        names = dict(zip(_NAMES, self._db.rows(sql, (episode_id,))[0], strict=True))
        masked = {name: self._text(text or "") for name, text in names.items()}
        columns = ", ".join(f"{name} = ?" for name in _NAMES)
        self._db.execute(
            f"UPDATE main.episodes SET {columns}, text_size = text_size + ? WHERE id = ?",
            (*masked.values(), size, episode_id),
        )
        if (masked["title"], masked["agent_title"]) != (names["title"], names["agent_title"]):
            lines = "\n".join(filter(None, (masked["title"], masked["agent_title"])))
            self._steps.name(episode_id, lines, anew=True)
            self._steps.flush()
        first, last = step_id(episode_id, 0), step_id(episode_id, MOST_STEPS - 1)
        if keys:
            VectorRows(self._db).remove_from(episode_id, place_of(keys[0])[1])
        RecallIndex(self._db).remove(episode_id, first, last)
        after = self._digest(episode_id, first, last, whole=not gone)
        self._db.execute("UPDATE main.episodes SET digest = ? WHERE id = ?", (after, episode_id))
        if gone:
            sql = "UPDATE compressed SET digest = ? WHERE episode_id = ?"
            self._db.execute(sql, (after[:SAME], episode_id))
        else:
            forget_outdated(self._db, episode_id, after)
        unsettle(self._db, [episode_id])
        subject = f"episode:{episode_id}"
        detail = {"steps": len(keys)}
        self._log.append(
            "redact secrets", subject, before=before.hex(), after=after.hex(), detail=detail
        )
        return old

    def _digest(self, episode_id: int, first: int, last: int, *, whole: bool) -> bytes:
        """An episode's digest, as an import takes it; of an evicted one as eviction does."""
        sql = "SELECT digest FROM steps WHERE id BETWEEN ? AND ? ORDER BY id"
        digest = sha256(b"".join(step for (step,) in self._db.rows(sql, (first, last))))
        if whole:
            columns = (*_FIELDS, "title", "agent_title")
            sql = f"SELECT {', '.join(columns)} FROM main.episodes WHERE id = ?"
            fields = dict(zip(columns, self._db.rows(sql, (episode_id,))[0], strict=True))
            for name in ("title", "agent_title"):
                if not fields[name]:
                    del fields[name]
            digest.update(msgspec.msgpack.encode(fields, order="sorted"))
        return digest.digest()

    def _source(self, source_id: int) -> int:
        """Mask a source's bytes; of one that was evicted in parts nothing is kept."""
        if not self._sources.is_whole(source_id):
            self._sources.evict(source_id)
            return 1
        spans = list(self._masker.of_blocks(self._sources.raw(source_id)))
        if not spans:
            return 0
        masked = b"".join(pieces(self._sources.raw(source_id), spans))
        digest = sha256(masked).digest()
        self._db.execute("DELETE FROM raw_chunks WHERE source_id = ?", (source_id,))
        self._db.execute(
            "UPDATE sources SET read_sha256 = coalesce(read_sha256, sha256),"
            " read_size = coalesce(read_size, size), sha256 = ?, size = ?, stored = 0,"
            " masked = coalesce(masked, 0) + ? WHERE id = ?",
            (digest, len(masked), len(spans), source_id),
        )
        self._sources.append(source_id, pack_chunks([masked]))
        self._move(source_id, spans)
        return 1

    def _move(self, source_id: int, spans: list[MaskedSpan]) -> None:
        """Let steps and episodes lie where their records are now."""
        ends = [span.end for span in spans]
        shifts = [0, *accumulate(len(s.replacement) - (s.end - s.start) for s in spans)]

        def moved(offset: int) -> int:
            return offset + shifts[bisect_right(ends, offset)]

        sql = "SELECT id, raw_start, raw_size FROM main.episodes WHERE source_id = ?"
        for episode_id, start, size in self._db.rows(sql, (source_id,)):
            if size:
                self._db.execute(
                    "UPDATE main.episodes SET raw_start = ?, raw_size = ? WHERE id = ?",
                    (moved(start), moved(start + size) - moved(start), episode_id),
                )
            first, last = step_id(episode_id, 0), step_id(episode_id, MOST_STEPS - 1)
            rows = self._db.rows(
                "SELECT raw_start, raw_size, id FROM steps WHERE id BETWEEN ? AND ? AND raw_size",
                (first, last),
            )
            self._db.connection.executemany(
                "UPDATE steps SET raw_start = ?, raw_size = ? WHERE id = ?",
                [(moved(a), moved(a + n) - moved(a), key) for a, n, key in rows],
            )

    def _columns(self) -> int:
        """Mask names, notes, searches and what else is text; the log alone is never changed."""
        changed, notes = self._contents(), set()
        for table, column, key in COLUMNS:
            if table in _FIXED:
                continue
            for row, text in self._db.rows(f"SELECT {key}, {column} FROM main.{table}"):
                if (masked := self._text(str(text or ""))) != (text or ""):
                    sql = f"UPDATE OR REPLACE main.{table} SET {column} = ? WHERE {key} = ?"
                    self._db.execute(f"{sql} AND {column} = ?", (masked, row, text))
                    changed += 1
                    if table == "memory_note_versions":
                        notes.add(row)
        for note_id in notes:
            self._note(note_id)
        return changed

    def _contents(self) -> int:
        """Erase what rows of the log quoted: it stands beside the log, which holds without it."""
        rows = [
            seq
            for seq, text in self._db.rows("SELECT seq, text FROM audit_contents")
            if self._text(text) != text
        ]
        return erase_contents(self._db, self._log, rows)

    def _note(self, note_id: int) -> None:
        sql = "SELECT number, text FROM memory_note_versions WHERE note_id = ? ORDER BY number"
        rows = self._db.rows(sql, (note_id,))
        self._db.connection.executemany(
            "UPDATE memory_note_versions SET sha256 = ? WHERE note_id = ? AND number = ?",
            [(sha256(text.encode()).digest(), note_id, number) for number, text in rows],
        )
        gone = self._db.execute(
            "DELETE FROM memory_note_words WHERE rowid = ?", (note_id,)
        ).rowcount
        if gone:
            name = self._db.value("SELECT name FROM memory_notes WHERE id = ?", (note_id,))
            words = segmented(plain_words(rows[-1][1]))
            sql = "INSERT INTO memory_note_words (rowid, name, words) VALUES (?, ?, ?)"
            self._db.execute(sql, (note_id, segmented(name), words))

    def _forget_learned(self, episode_ids: list[int]) -> None:
        """Forget words that were drawn from what is masked now, and what could bring them back."""
        for episode_id in episode_ids:
            self._db.execute("DELETE FROM episode_words WHERE episode_id = ?", (episode_id,))
        values = {value for value in self._values if len(value) >= 6}
        for prototype_id, words in self._db.rows("SELECT id, words FROM prototypes"):
            left = words
            for value in values:
                left = left.replace(value, "").replace(value.lower(), "")
            if left != words:
                sql = "UPDATE prototypes SET words = ? WHERE id = ?"
                self._db.execute(sql, (left, prototype_id))
        self._db.execute("UPDATE cycles SET undo = NULL WHERE undo IS NOT NULL")
        self._values.clear()
