"""One cycle: memories are drawn, learned slice by slice, and linked to their prototypes."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from msgspec import structs

from hpm_engine.config import PROTOTYPES, SLICE_MEMORIES
from hpm_engine.consolidator.base import Base, floats
from hpm_engine.consolidator.learning import LearnedSlice, learn
from hpm_engine.consolidator.memories import Key, Memories, MemoryWindow
from hpm_engine.consolidator.mixture import Matrix
from hpm_engine.consolidator.rule import LearningRule
from hpm_engine.consolidator.windows import centred
from hpm_engine.job import Job
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.file.database import Database
from hpm_engine.system.log.work import work
from hpm_engine.values.consolidation import Member

_LOG = logging.getLogger(__name__)
_SAMPLED = 1_000  # memories of which the origin is the mean
_LIGHTEST = 0.05  # share of a memory from which a prototype is linked to it
_IDS = 1 << 20  # prototypes that one cycle may bear


class Cycle:
    """A cycle under way. ``run`` may be cancelled, and called again to go on.

    Holds keys of memories, and of their vectors a slice at a time: memory stays flat.
    """

    def __init__(
        self, database: Database, log: AuditLog, base: Base, limit: int, rule: LearningRule
    ) -> None:
        self.base = base
        self.rule = rule
        self.limit = limit
        self._db = database
        self.memories = Memories(database, log, base.encoder)
        self.long_term = base.long_term()
        known = (
            [] if base.outdated else [(member.episode_id, member.number) for member in base.members]
        )
        self._known = sorted(set(known))
        self.ids = [] if base.outdated else [row.id for row in base.rows]
        self.members: list[Member] = []
        self.replayed: list[Key] = []
        self.held_by: dict[int, float] = defaultdict(float)  # nats, by prototype
        self.last: LearnedSlice | None = None
        with database.reading():
            waiting = self.memories.waiting(self._known)
            private = self.memories.private()
            self.origin = self._origin(waiting)
        self._replayable = [key for key in self._known if key[0] not in private]
        random = np.random.default_rng((base.number, 0))
        drawn = [waiting[i] for i in random.permutation(len(waiting))[:limit]]
        self.slices = [
            drawn[i : i + SLICE_MEMORIES.value] for i in range(0, len(drawn), SLICE_MEMORIES.value)
        ]
        self.left = len(waiting) - len(drawn)
        self._done = 0

    @property
    def born(self) -> list[int]:
        """The ids of the prototypes that this cycle bore so far."""
        return [key for key in self.ids if key >= self.base.cycle_id * _IDS]

    def pinned_rows(self) -> list[int]:
        """The rows of the prototypes that a person pinned."""
        return [row for row, key in enumerate(self.ids) if key in self.base.pinned]

    def run(self, job: Job) -> None:
        """Learn what is left to learn. Raises ``Cancelled`` between two gradient steps."""
        with work(_LOG, "cycle") as counts:
            self._run(job)
            counts.update(memories=self._total(), born=len(self.born), left=self.left)

    def _run(self, job: Job) -> None:
        while self._done < len(self.slices):
            job.step(self._done * SLICE_MEMORIES.value, self._total(), "consolidating", "memories")
            self._learn(self.slices[self._done], job)
            self._done += 1
            job.give_way()

    def rows(self, wanted: Sequence[Key]) -> tuple[list[MemoryWindow], Matrix]:
        """The windows and centred unit rows of memories that are still there."""
        with self._db.reading():
            windows, rows = self.memories.read(wanted)
        return windows, centred(rows, self.origin)

    def _learn(self, keys: Sequence[Key], job: Job) -> None:
        """A slice, by a chance of its own: stopped and begun again, it comes out the same."""
        random = np.random.default_rng((self.base.number, 1 + self._done))
        windows, rows = self.rows(keys)
        if not windows:
            return
        known = random.permutation(len(self._replayable))[: self.rule.replay]
        again, replayed = self.rows([self._replayable[i] for i in known])
        births = min(self.rule.births, PROTOTYPES.value - len(self.ids))
        rule = structs.replace(self.rule, births=births)
        within = _Slice(job, self._done * SLICE_MEMORIES.value, len(keys), self._total())
        learned = learn(self.long_term, rows, replayed, rule, random, within, self.pinned_rows())
        first = self.base.cycle_id * _IDS + len(self.born)
        self.ids += range(first, first + learned.born)
        self.long_term, self.last = learned.after, learned
        for key, nats in zip(self.ids, learned.held_by.tolist(), strict=True):
            self.held_by[key] += nats
        self.replayed += [(window.episode_id, window.number) for window in again]
        self.members += self._linked(windows, learned.shares)

    def _linked(self, windows: Sequence[MemoryWindow], shares: Matrix) -> list[Member]:
        return [
            Member(self.ids[k], *window, float(row[k]), self.base.cycle_id)
            for window, row in zip(windows, shares, strict=True)
            for k in np.flatnonzero(row >= _LIGHTEST).tolist()
        ]

    def _origin(self, waiting: Sequence[Key]) -> Matrix:
        """What the store's memories have in common, as of its first cycle."""
        if self.base.space is not None and not self.base.outdated:
            return floats(self.base.space.origin)
        random = np.random.default_rng(0)
        sampled = random.permutation(len(waiting))[:_SAMPLED]
        _, rows = self.memories.read([waiting[i] for i in sampled])
        mean = rows.mean(axis=0) if len(rows) else np.zeros(self.base.encoder.dimension)
        return mean.astype("<f4").astype(np.float64)

    def _total(self) -> int:
        return sum(map(len, self.slices))


class _Slice(Job):
    """Reports a slice's steps as memories of the whole cycle."""

    def __init__(self, job: Job, before: int, size: int, total: int) -> None:
        super().__init__()
        self._job = job
        self._before, self._size, self._whole = before, size, total

    def step(
        self,
        done: int,
        total: int | None = None,
        note: str = "",
        unit: str = "",
        figures: tuple[float, ...] = (),
    ) -> None:
        """The share of the slice that is done, in memories. Raises ``Cancelled``."""
        learned = self._before + self._size * done // (total or 1)
        self._job.step(learned, self._whole, note, "memories", figures)
