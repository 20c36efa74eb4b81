"""The frozen values of ageing: what a store does with old episodes, what that would move, and did.

Sizes are bytes, times Unix microseconds. ``Memory.compression.ageing`` gives them.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import ClassVar

import msgspec

from hpm_engine.config import BUFFER_SIZE, RETENTION_DAYS
from hpm_engine.values.compression import Budget, CompressionReport, RestoreReport
from hpm_engine.values.reports import Changed


class Originals(StrEnum):
    """What becomes of the whole texts and the original bytes once an episode is compressed."""

    KEPT = "kept"  # cold: they stay in the store, unread until somebody asks
    DAYS = "days"  # they stay for some days after the compression
    EVICTED = "evicted"  # they go with the next ageing


class AgeingSettings(msgspec.Struct, frozen=True):
    """How a store ages: its settings ``compression.…``.

    ``hpm_engine.compressor.ageing.ageing`` reads them.

    ``projects`` have a budget of their own; ``scorer`` is "" for the default.
    """

    newest: int = BUFFER_SIZE.value
    budget: Budget = Budget()
    projects: Mapping[str, Budget] = {}
    scorer: str = ""
    originals: Originals = Originals.KEPT
    days: int = RETENTION_DAYS.value  # where originals stay for days
    by_use: bool = False  # recalls warm less whose sessions ignored what they were given
    automatic: bool = True  # by the store's schedule too, not only when asked

    def budget_of(self, project: str) -> Budget:
        """The budget of a project's episodes."""
        parts = project.split("/")
        names = ("/".join(parts[at:]) for at in range(len(parts)))  # it may have been "api" alone
        return next((self.projects[name] for name in names if name in self.projects), self.budget)


class Leaving(msgspec.Struct, frozen=True):
    """An episode whose whole text would go."""

    episode_id: int
    name: str  # what its session is called
    at: int | None
    text_size: int
    kept_size: int  # of its compressed memory


class EvictionPreview(msgspec.Struct, frozen=True):
    """What would go for good: no undo, and importing the same file again changes nothing.

    ``original_size`` counts the bytes of the imported files. What stays is told apart: ``pinned``;
    ``spared`` because it is among the newest, or recalled again and again; ``held`` because its
    file also holds an episode that stays; ``waiting`` for its days to pass.
    """

    episodes: int
    text_size: int
    kept_size: int
    original_size: int
    oldest: int | None
    newest: int | None
    pinned: int
    spared: int
    held: int
    waiting: int
    largest: tuple[Leaving, ...]  # 50 at most


class EvictionReport(msgspec.Struct, frozen=True):
    """What an eviction did; ``wiped`` says that freed pages hold none of it any more."""

    CHANGES: ClassVar[Changed] = Changed.EPISODES | Changed.RECALLS | Changed.AUDIT
    episodes: int = 0
    text_size: int = 0
    original_size: int = 0
    freed: int = 0  # bytes by which the file became smaller
    wiped: bool = True

    @property
    def changed(self) -> Changed:
        """What it changed in the store; wiping after an earlier eviction changes the log."""
        return self.CHANGES if self.episodes else Changed.AUDIT if self.freed else Changed.NOTHING


class AgeingReport(msgspec.Struct, frozen=True):
    """What one ageing did; ``ids`` are the episodes that it was to compress."""

    CHANGES: ClassVar[Changed] = EvictionReport.CHANGES
    restored: int
    compressed: CompressionReport
    evicted: EvictionReport
    ids: tuple[int, ...] = ()

    @property
    def changed(self) -> Changed:
        """What its three parts changed in the store."""
        restored = RestoreReport(self.restored).changed
        return restored | self.compressed.changed | self.evicted.changed


class AgeingOutlook(msgspec.Struct, frozen=True):
    """What an ageing would do now, and what was begun and waits to be finished.

    ``unwiped`` says that an eviction was broken off before the freed pages were wiped,
    ``by_itself`` that the store's schedule ages it: the settings want it, and a person agreed.
    """

    settings: AgeingSettings
    compress: int
    compress_size: int  # bytes of their texts
    restore: int
    eviction: EvictionPreview
    unwiped: bool
    by_itself: bool = False

    @property
    def idle(self) -> bool:
        """Whether there is nothing to do."""
        return not (self.compress or self.restore or self.eviction.episodes or self.unwiped)
