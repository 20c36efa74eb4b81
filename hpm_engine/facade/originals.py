"""The bytes that episodes and their steps came from."""

from __future__ import annotations

from collections.abc import Iterator

from hpm_engine.facade.internals import Internals
from hpm_engine.store.originals import OriginalBytes


class EpisodeOriginals:
    """What ``Memory.originals`` is. Every method may raise ``HPMError``, ``Evicted`` among them."""

    def __init__(self, internals: Internals) -> None:
        self._originals = OriginalBytes(
            internals.database, internals.sources, internals.episodes, internals.steps
        )

    def whole(self, episode_id: int) -> Iterator[bytes]:
        """The bytes of the file that an episode came from, as they were."""
        return self._originals.whole(episode_id)

    def record(self, episode_id: int) -> bytes:
        """An episode's own record: all of its file, or its part of a file of many."""
        return self._originals.record(episode_id)

    def step(self, episode_id: int, seq: int) -> bytes:
        """The record behind one step; empty for a step that has none of its own."""
        return self._originals.step(episode_id, seq)
