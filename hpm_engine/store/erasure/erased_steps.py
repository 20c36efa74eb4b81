"""Steps without what is erased: their texts, their places in searches, their original records."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256

import msgspec
import zstandard

from hpm_engine.config import LINE_BYTES
from hpm_engine.job import Job
from hpm_engine.store.encoded_step import encode_step
from hpm_engine.store.erasure.left_sessions import keep_erased, line_digest, step_digest
from hpm_engine.store.erasure.needle import MARK, ErasedPattern
from hpm_engine.store.file.database import Database
from hpm_engine.store.learned.settled import set_kept, unsettle
from hpm_engine.store.learned.vectors import VectorRows
from hpm_engine.store.leaving import draft_of, find_elsewhere, forget_unused
from hpm_engine.store.rows.steps import INSERT_PART, MOST_STEPS, StepRows, part_rows, step_id
from hpm_engine.store.search.recall_index import RecallIndex
from hpm_engine.store.search.search_index import SearchIndex, searchable
from hpm_engine.store.sources import Sources
from hpm_engine.store.texts import Texts, unpack
from hpm_engine.values.episodes import Part, Step

_BATCH = 500  # texts that are looked through at a time
Span = tuple[int, int]  # first byte, and behind the last


class ErasedSteps:
    """Finds and rewrites steps. Writing must happen inside the caller's transaction."""

    def __init__(self, database: Database, steps: StepRows) -> None:
        self._db, self._steps = database, steps
        self._index, self._texts = SearchIndex(database), Texts(database)
        self._sources = Sources(database)

    def holding(self, needle: ErasedPattern, job: Job) -> dict[int, list[int]]:
        """The steps that hold it, by episode, those in the trash too."""
        ids = [key for (key,) in self._db.rows("SELECT id FROM texts ORDER BY id")]
        hits: list[int] = []
        for start in range(0, len(ids), _BATCH):
            job.step(start, len(ids), "looking through texts", "texts")
            some = self._texts.get(ids[start : start + _BATCH])
            hits += [key for key, text in some.items() if needle.holds(text)]
        rows = self._db.rows(
            "SELECT DISTINCT step_id FROM parts WHERE text_id IN (SELECT value FROM json_each(?))"
            " OR hpm_holds(name) OR hpm_holds(call_id) ORDER BY step_id",
            (json.dumps(hits),),
        )
        return by_episode(key for (key,) in rows)

    def rewrite(
        self, episode_id: int, positions: Sequence[int], needle: ErasedPattern | None, secret: bytes
    ) -> None:
        """Take it out of steps; without a needle all that they say goes."""
        first, last = step_id(episode_id, 0), step_id(episode_id, MOST_STEPS - 1)
        before: list[int] = []
        prompts: set[bytes] = set()
        for start in range(0, len(positions), _BATCH):
            some = [(episode_id, seq) for seq in positions[start : start + _BATCH]]
            for step in self._steps.chosen(some):
                gone, repeated = self._rewrite_step(step, needle, secret)
                before += gone
                prompts |= repeated
        self._index.flush()
        forget_unused(self._db, sorted(set(before)))
        find_elsewhere(self._db, self._steps, self._index, prompts)
        # What is made of an episode's steps is made again of what is left.
        RecallIndex(self._db).remove(episode_id, first, last)
        VectorRows(self._db).remove_from(episode_id, 0)
        for table in ("compressed", "episode_words"):
            self._db.execute(f"DELETE FROM {table} WHERE episode_id = ?", (episode_id,))
        self._db.execute("UPDATE handed SET terms = x'' WHERE episode_id = ?", (episode_id,))
        set_kept(self._db, episode_id, None)
        unsettle(self._db, [episode_id])
        self._settle(episode_id, first, last)

    def _rewrite_step(
        self, step: Step, needle: ErasedPattern | None, secret: bytes
    ) -> tuple[list[int], set[bytes]]:
        key = step_id(step.episode_id, step.seq)
        sql = "SELECT text_id FROM parts WHERE step_id = ?"
        before = [text_id for (text_id,) in self._db.rows(sql, (key,))]
        repeated = self._index.remove(key, key)
        encoded = encode_step(draft_of(msgspec.structs.replace(step, parts=_without(step, needle))))
        old = self._db.value("SELECT digest FROM steps WHERE id = ?", (key,))
        keep_erased(self._db, step_digest(secret, old), encoded.digest)
        self._db.execute("DELETE FROM parts WHERE step_id = ?", (key,))
        ids, new = self._texts.put(dict(zip(encoded.digests, encoded.texts, strict=True)))
        self._texts.flush()
        self._db.connection.executemany(INSERT_PART, part_rows(key, encoded, ids))
        sql = "UPDATE steps SET digest = ?, text_size = ? WHERE id = ?"
        self._db.execute(sql, (encoded.digest, encoded.text_size, key))
        shown = new | (repeated & set(encoded.digests))
        row = searchable(key, encoded, shown)
        if row is not None and self._is_shown(step.episode_id):
            self._index.add([row])
        return before, repeated - set(encoded.digests)

    def _settle(self, episode_id: int, first: int, last: int) -> None:
        digests = self._db.rows(
            "SELECT digest FROM steps WHERE id BETWEEN ? AND ? ORDER BY id", (first, last)
        )
        whole = sha256(b"".join(digest for (digest,) in digests)).digest()
        self._db.execute(
            "UPDATE main.episodes SET digest = ?, text_size = (SELECT coalesce(sum(text_size), 0)"
            " FROM steps WHERE steps.id BETWEEN ? AND ?) WHERE id = ?",
            (whole, first, last, episode_id),
        )

    def _is_shown(self, episode_id: int) -> bool:
        sql = "SELECT 1 FROM trash WHERE episode_id = ?"
        return not self._db.value(sql, (episode_id,))

    # -- original bytes --------------------------------------------------------------------------

    def records(self, steps: dict[int, list[int]]) -> dict[int, list[Span]]:
        """Where the records of steps lie; all of a source where a step has no record of its own."""
        spans: dict[int, list[Span]] = {}
        for episode_id, positions in steps.items():
            sql = "SELECT source_id FROM main.episodes WHERE id = ?"
            source_id = self._db.value(sql, (episode_id,))
            if source_id is None:
                continue
            for seq in positions:
                start, size = self._steps.span(episode_id, seq) or (0, 0)
                whole = self._sources.get(source_id).size
                span = (start, start + size) if size else (0, whole)
                spans.setdefault(source_id, []).append(span)
        return spans

    def lines(self, needle: ErasedPattern, job: Job) -> dict[int, list[Span]]:
        """The lines of all original bytes that hold it, by source."""
        sources = [key for (key,) in self._db.rows("SELECT DISTINCT source_id FROM raw_chunks")]
        spans: dict[int, list[Span]] = {}
        for done, source_id in enumerate(sources):
            job.step(done, len(sources), "looking through original files", "files")
            found = [
                span for line, span in self._each_line(source_id, needle) if needle.in_record(line)
            ]
            if found:
                spans[source_id] = found
        return spans

    def cut(self, spans: dict[int, list[Span]], secret: bytes) -> int:
        """Forget original bytes, and know their lines again; how many bytes went."""
        # Made once: without it each text would cost a look at all parts.
        self._db.execute("CREATE INDEX IF NOT EXISTS parts_text ON parts (text_id)")
        gone = 0
        for source_id, ranges in spans.items():
            for line, (start, stop) in self._each_line(source_id):
                if any(start < end and begin < stop for begin, end in ranges):
                    keep_erased(self._db, line_digest(secret, line), b"")
            for start, stop in ranges:
                gone += self._sources.evict(source_id, start, stop)
        return gone

    def _each_line(
        self, source_id: int, needle: ErasedPattern | None = None
    ) -> Iterator[tuple[bytes, Span]]:
        """The lines of a source's bytes that are still there, with their places.

        With a ``needle`` those around it: a chunk without it is passed over.
        """
        sql = "SELECT start, size, data FROM raw_chunks WHERE source_id = ? ORDER BY start"
        unpacker = zstandard.ZstdDecompressor(max_window_size=1 << 27)
        rest, begin = b"", 0
        for start, size, data in self._db.rows(sql, (source_id,)):
            if size and not data:  # it went before
                yield from split(rest, begin, last=True)[0]
                rest = b""
                continue
            if not rest:
                begin = start
            with self._db.decoding(f"bytes of source {source_id}"):
                rest += unpack(data, size, unpacker)
            if needle is not None and not needle.is_worth(rest):
                kept = rest[rest.rfind(b"\n") + 1 :]
            else:
                lines, kept = split(rest, begin, last=len(rest) > LINE_BYTES.value)
                yield from lines
            begin += len(rest) - len(kept)
            rest = kept
        yield from split(rest, begin, last=True)[0]


def split(data: bytes, begin: int, *, last: bool) -> tuple[list[tuple[bytes, Span]], bytes]:
    """The whole lines of some bytes with their places, and what is left of a line under way."""
    lines: list[tuple[bytes, Span]] = []
    pieces = data.split(b"\n")
    pieces = [piece + b"\n" for piece in pieces[:-1]] + pieces[-1:]
    for number, piece in enumerate(pieces):
        if number == len(pieces) - 1 and not last and not piece.endswith(b"\n"):
            return lines, piece
        if piece:
            lines.append((piece, (begin, begin + len(piece))))
        begin += len(piece)
    return lines, b""


def by_episode(keys: Iterable[int]) -> dict[int, list[int]]:
    """Steps by their episode, from their ids."""
    steps: dict[int, list[int]] = {}
    for key in keys:
        steps.setdefault(key >> 24, []).append(key & MOST_STEPS)
    return steps


def _without(step: Step, needle: ErasedPattern | None) -> tuple[Part, ...]:
    if needle is None:
        return tuple(
            msgspec.structs.replace(part, text=MARK if part.text else "") for part in step.parts
        )
    return tuple(
        msgspec.structs.replace(
            part,
            text=needle.replaced(part.text),
            name=needle.replaced(part.name),
            call_id=needle.replaced(part.call_id),
        )
        for part in step.parts
    )
