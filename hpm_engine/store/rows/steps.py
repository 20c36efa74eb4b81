"""Steps and their parts: written in batches, read by the page."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from sys import intern
from typing import Any

from hpm_engine.job import Job
from hpm_engine.store.encoded_step import KIND_CODE, KINDS, SOURCE_CODE, SOURCES, EncodedStep
from hpm_engine.store.file.database import Database
from hpm_engine.store.learned.vectors import VectorRows
from hpm_engine.store.rows.declaration import GIVEN, Columns, ReadBy, insertion
from hpm_engine.store.search.recall_index import RecallIndex
from hpm_engine.store.search.search_index import SearchIndex, searchable
from hpm_engine.store.texts import Texts
from hpm_engine.values.drafts import StepDraft
from hpm_engine.values.episodes import Part, PartKind, Step, StepFlag, StepOutline

# An id holds its episode and its position, so that an episode's steps lie together on disk and
# the search index can tell episodes apart without a look-up.
_POSITION_BITS = 24
MOST_STEPS = (1 << _POSITION_BITS) - 1  # the last place is the title's, in the search index
_BATCH_STEPS = 4096
_PAGE = 200  # steps that are read at a time where all are gone through
_BATCH_BYTES = 8 * 1024 * 1024


def step_id(episode_id: int, seq: int) -> int:
    """The id of the step at position ``seq`` of an episode."""
    return episode_id << _POSITION_BITS | seq


def place_of(key: int) -> tuple[int, int]:
    """The episode and the position of the step with this id."""
    return key >> _POSITION_BITS, key & MOST_STEPS


_STEP = Columns(
    Step,
    {
        "episode_id": f"id >> {_POSITION_BITS}",
        "seq": f"id & {MOST_STEPS}",
        "source": ReadBy("source", SOURCES.__getitem__),
        "flags": ReadBy("flags", StepFlag),
        "at": "at",
        "model": "model",
        "tokens_in": "tokens_in",
        "tokens_out": "tokens_out",
        "parts": GIVEN,
    },
)


def _count_of(kind: PartKind) -> str:
    return f"COALESCE(SUM(kind = {KIND_CODE[kind]}), 0)"


_OUTLINE = Columns(
    StepOutline,
    {
        "seq": f"id & {MOST_STEPS}",
        "source": ReadBy("source", SOURCES.__getitem__),
        "flags": ReadBy("flags", StepFlag),
        "at": "at",
        "tool": "tool",
        "text_size": "text_size",
        "model": ReadBy("model", intern),
        "messages": _count_of(PartKind.MESSAGE),
        "thoughts": _count_of(PartKind.REASONING),
        "calls": _count_of(PartKind.CALL),
    },
)
_PART = Columns(
    Part,
    {
        "kind": ReadBy("kind", KINDS.__getitem__),
        "text": GIVEN,
        "name": "name",
        "call_id": "call_id",
        "is_error": ReadBy("is_error", bool),
    },
)
# As ``_step_row`` and ``part_rows`` give them.
_INSERT_STEP = insertion(
    "steps",
    (
        *("id", "source", "flags", "at", "tool", "model", "tokens_in", "tokens_out"),
        *("text_size", "raw_start", "raw_size", "digest"),
    ),
)
INSERT_PART = insertion(
    "parts", ("step_id", "position", "kind", "name", "call_id", "is_error", "text_id")
)


def _step_row(key: int, step: EncodedStep) -> tuple[Any, ...]:
    draft = step.draft
    tools = [part.name for part in draft.parts if part.kind is PartKind.CALL]
    return (
        key,
        SOURCE_CODE[draft.source],
        int(draft.flags),
        draft.at,
        tools[0] if tools else "",
        draft.model,
        draft.tokens_in,
        draft.tokens_out,
        step.text_size,
        draft.raw_start,
        draft.raw_size,
        step.digest,
    )


def part_rows(key: int, step: EncodedStep, ids: dict[bytes, int]) -> list[tuple[Any, ...]]:
    """The rows of a step's parts; ``ids`` are those of its texts, by digest."""
    # A bool would take the driver's slow path.
    return [
        (key, position, KIND_CODE[p.kind], p.name, p.call_id, 1 if p.is_error else 0, ids[digest])
        for position, (p, digest) in enumerate(zip(step.draft.parts, step.digests, strict=True))
    ]


class StepRows:
    """The steps of a store. Writing must happen inside the caller's transaction."""

    def __init__(self, database: Database, texts: Texts, index: SearchIndex) -> None:
        self._db = database
        self._texts = texts
        self._index = index
        self._vectors = VectorRows(database)
        self._recall = RecallIndex(database)
        self._pending: list[tuple[int, EncodedStep]] = []
        self._size = 0
        self._unindexed: set[bytes] = set()  # texts whose step in the index was removed

    def begin(self) -> None:
        """Start a transaction: what an undone one had pending is forgotten."""
        self._pending.clear()
        self._size = 0
        self._unindexed.clear()
        self._texts.begin()
        self._index.begin()

    def add(self, episode_id: int, seq: int, step: EncodedStep) -> None:
        """Write a step, sooner or later: ``flush`` makes sure."""
        self._pending.append((step_id(episode_id, seq), step))
        self._size += step.text_size
        if self._size >= _BATCH_BYTES or len(self._pending) >= _BATCH_STEPS:
            self.write()

    def flush(self) -> None:
        """Write all that was added, and make it searchable."""
        self.write()
        self._texts.flush()
        self._index.flush()

    def write(self) -> None:
        """Write what was added; texts and the search index may wait for ``flush``."""
        texts: dict[bytes, bytes] = {}
        for _, step in self._pending:
            texts.update(zip(step.digests, step.texts, strict=True))
        ids, new = self._texts.put(texts)
        back = self._unindexed & texts.keys()
        new |= back
        self._unindexed -= back
        connection = self._db.connection
        connection.executemany(_INSERT_STEP, [_step_row(key, step) for key, step in self._pending])
        connection.executemany(
            INSERT_PART,
            [row for key, step in self._pending for row in part_rows(key, step, ids)],
        )
        self._index.add(
            [row for key, step in self._pending if (row := searchable(key, step, new)) is not None]
        )
        self._pending.clear()
        self._size = 0

    def name(self, episode_id: int, title: str, *, anew: bool) -> None:
        """Make a title searchable, in the place that no step has; ``anew``: there was one."""
        key = step_id(episode_id, MOST_STEPS)
        if anew:
            self.flush()
        self._index.name(key, title, anew=anew)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """A part of the transaction that is undone alone when it fails.

        Costly for the search index, which writes a segment of its own for each.
        """
        self.flush()
        try:
            with self._db.savepoint():
                yield
                self.flush()
        except BaseException:
            self.begin()
            raise

    def remove_from(self, episode_id: int, seq: int) -> None:
        """Delete an episode's steps from position ``seq`` on."""
        self.flush()
        first, last = step_id(episode_id, seq), step_id(episode_id, MOST_STEPS - 1)
        self._unindexed |= self._index.remove(first, last)
        self._vectors.remove_from(episode_id, seq)
        self._recall.remove(episode_id, step_id(episode_id, 0), last)
        self._db.execute("DELETE FROM parts WHERE step_id BETWEEN ? AND ?", (first, last))
        self._db.execute("DELETE FROM steps WHERE id BETWEEN ? AND ?", (first, last))

    def forget_copied(self, episode_id: int, first: int, last: int) -> set[bytes]:
        """Make what is copied at the positions ``first`` to ``last`` no longer searchable.

        Gives the digests of the prompts among it, as ``SearchIndex.remove_copied``.
        """
        self.flush()
        return self._index.remove_copied(step_id(episode_id, first), step_id(episode_id, last))

    def known(self, episode_id: int) -> list[tuple[bytes, int, int]]:
        """The digest of each of an episode's steps, and where its record lies in the source."""
        first, last = step_id(episode_id, 0), step_id(episode_id, MOST_STEPS - 1)
        sql = "SELECT digest, raw_start, raw_size FROM steps WHERE id BETWEEN ? AND ? ORDER BY id"
        return self._db.rows(sql, (first, last))

    def move(self, episode_id: int, places: list[tuple[int, StepDraft]]) -> None:
        """Note that the same steps, by position, lie elsewhere in the episode's source now."""
        self._db.connection.executemany(
            "UPDATE steps SET raw_start = ?, raw_size = ? WHERE id = ?",
            [(step.raw_start, step.raw_size, step_id(episode_id, seq)) for seq, step in places],
        )

    def span(self, episode_id: int, seq: int) -> tuple[int, int] | None:
        """Where a step's record lies in its source: start and size in bytes."""
        if not 0 <= seq < MOST_STEPS:
            return None
        sql = "SELECT raw_start, raw_size FROM steps WHERE id = ?"
        rows = self._db.rows(sql, (step_id(episode_id, seq),))
        return rows[0] if rows else None

    def outline(self, episode_id: int) -> list[StepOutline]:
        """All steps of an episode in brief."""
        sql = (
            f"SELECT {_OUTLINE.sql} FROM steps LEFT JOIN parts ON step_id = id"
            " WHERE id BETWEEN ? AND ? GROUP BY id ORDER BY id"
        )
        first, last = step_id(episode_id, 0), step_id(episode_id, MOST_STEPS - 1)
        with self._db.decoding("steps"):
            return _OUTLINE.values(self._db.execute(sql, (first, last)))

    def steps(
        self,
        episode_id: int,
        start: int,
        stop: int | None,
        kinds: Collection[PartKind] | None = None,
    ) -> list[Step]:
        """The steps at positions ``start`` to ``stop``, all their text or some kinds."""
        first = step_id(episode_id, 0)
        end = MOST_STEPS if stop is None else min(stop, MOST_STEPS)
        bounds = first + start, first + end
        within = "step_id >= ? AND step_id < ?"
        if kinds is not None:
            within += f" AND kind IN ({','.join(str(KINDS.index(kind)) for kind in kinds)})"
        return self._steps("id >= ? AND id < ?", within, bounds)

    def each(
        self, episode_id: int, count: int, job: Job | None = None, note: str = ""
    ) -> Iterator[Step]:
        """All steps in order, with all their text, while few are held.

        ``count`` is how many they were when their episode was read: those that came since are read
        too. ``job`` hears how far it is, with ``note``.
        """
        job = job or Job()
        start, last = 0, False
        while not last:
            job.step(start, count, note, "steps")
            page = self.steps(episode_id, start, start + _PAGE)
            yield from page
            start += _PAGE
            last = start >= count and len(page) < _PAGE

    def chosen(self, positions: Sequence[tuple[int, int]]) -> list[Step]:
        """Single steps, up to a few hundred, by episode and position; all their text."""
        keys = [step_id(episode_id, seq) for episode_id, seq in positions]
        marks = ",".join("?" * len(keys))
        return self._steps(f"id IN ({marks})", f"step_id IN ({marks})", keys)

    def _steps(self, condition: str, of_parts: str, values: Sequence[int]) -> list[Step]:
        """The steps that meet a condition, with those of their parts that meet another."""
        rows = self._db.rows(
            f"SELECT id, {_STEP.sql} FROM steps WHERE {condition} ORDER BY id", values
        )
        parts = self._parts(of_parts, values)
        with self._db.decoding("steps"):
            of_steps = [tuple(parts.get(key, ())) for key, *_ in rows]
            return _STEP.values([row[1:] for row in rows], parts=of_steps)

    def _parts(self, condition: str, values: Sequence[int]) -> dict[int, list[Part]]:
        rows = self._db.rows(
            f"SELECT step_id, text_id, {_PART.sql} FROM parts"
            f" WHERE {condition} ORDER BY step_id, position",
            values,
        )
        texts = self._texts.get(text_id for _, text_id, *_ in rows)
        parts: dict[int, list[Part]] = {}
        with self._db.decoding("parts of steps"):
            of_rows = [texts[text_id] for _, text_id, *_ in rows]
            in_order = _PART.values([row[2:] for row in rows], text=of_rows)
        for (key, *_), part in zip(rows, in_order, strict=True):
            parts.setdefault(key, []).append(part)
        return parts
