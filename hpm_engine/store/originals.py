"""The bytes that episodes and their steps came from, as they were."""

from __future__ import annotations

from collections.abc import Iterator

from hpm_engine.errors import DamagedStore, LimitExceeded
from hpm_engine.store.file.database import Database
from hpm_engine.store.rows.episodes import EpisodeRows
from hpm_engine.store.rows.steps import StepRows
from hpm_engine.store.sources import Sources
from hpm_engine.store.texts import LARGEST


class OriginalBytes:
    """Reads original bytes; each method sees one state of the store."""

    def __init__(
        self, database: Database, sources: Sources, episodes: EpisodeRows, steps: StepRows
    ) -> None:
        self._db = database
        self._sources = sources
        self._episodes = episodes
        self._steps = steps

    def whole(self, episode_id: int) -> Iterator[bytes]:
        """All of the file that an episode came from."""
        with self._db.reading():
            source_id, _, _ = self._episodes.span(episode_id)
        return self._sources.raw(source_id)

    def record(self, episode_id: int) -> bytes:
        """All of an episode's file, or its part of a file of many; raises ``LimitExceeded``."""
        with self._db.reading():
            source_id, start, size = self._episodes.span(episode_id)
            return self._joined(source_id, start, size or None, f"episode {episode_id}")

    def step(self, episode_id: int, seq: int) -> bytes:
        """The record behind one step; empty for a step that has none of its own."""
        with self._db.reading():
            span = self._steps.span(episode_id, seq)
            if span is None or not span[1]:
                return b""
            if span[1] > LARGEST:
                raise DamagedStore(
                    f"{self._db.path}: the record of step {seq + 1} of episode {episode_id} says"
                    f" that it has {span[1]:,} bytes, more than an import reads at once. Restore a"
                    " backup, or import the file again."
                )
            source_id, _, _ = self._episodes.span(episode_id)
            return b"".join(self._sources.raw(source_id, *span))

    def _joined(self, source_id: int, start: int, size: int | None, whose: str) -> bytes:
        """The bytes in one piece; a few kilobytes of a store may stand for gigabytes of them."""
        pieces, left = [], LARGEST
        for piece in self._sources.raw(source_id, start, size):
            pieces.append(piece)
            left -= len(piece)
            if left < 0:
                raise LimitExceeded(
                    f"{self._db.path}: the record of {whose} has more than {LARGEST:,} bytes, too"
                    " many to be shown at once. Write the file that it is in: hpm raw STORE"
                    " EPISODE -o FILE."
                )
        return b"".join(pieces)
