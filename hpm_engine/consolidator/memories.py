"""The memories of a store as vectors: which wait, which are long-term, and their unit rows."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hpm_engine.compressor.packing.container import unpack
from hpm_engine.consolidator.mixture import Matrix
from hpm_engine.consolidator.windows import memories_of, window_spans
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.erasure.quarantine import set_apart
from hpm_engine.store.file.database import Database
from hpm_engine.store.learned.vectors import VectorRows
from hpm_engine.store.rows.compressed import CompressedRows
from hpm_engine.store.visible import VisibleRows
from hpm_engine.values.vectors import EpisodeVectors, StoredEncoder

Key = tuple[int, int]  # of a memory: its episode, and its number there


class MemoryWindow(NamedTuple):
    """Where a memory lies: an episode's steps from ``start`` to before ``stop``."""

    episode_id: int
    number: int
    start: int
    stop: int


class Memories:
    """Reads memories inside the caller's transaction; holds none of their vectors."""

    def __init__(self, database: Database, log: AuditLog, encoder: StoredEncoder) -> None:
        self._db = database
        self._vectors = VectorRows(database)
        self._compressed = CompressedRows(database, log)
        self._visible = VisibleRows(database)
        self._encoder = encoder

    def counts(self) -> dict[int, int]:
        """How many memories each encoded episode has."""
        return {
            episode_id: len(window_spans(count))
            for episode_id, count in self._vectors.counts(self._encoder)
        }

    def grown(self) -> set[int]:
        """The episodes that have steps which were not encoded yet, beside some that were."""
        return self._vectors.grown(self._encoder)

    def waiting(self, known: Iterable[Key]) -> list[Key]:
        """The memories that no prototype holds, in order; what is private never settles."""
        known, private = set(known), self.private()
        return [
            (episode_id, number)
            for episode_id, count in self.counts().items()
            if episode_id not in private
            for number in range(count)
            if (episode_id, number) not in known
        ]

    def private(self) -> set[int]:
        """The episodes that are private, or set apart: a cycle neither learns nor replays them."""
        return self._visible.private() | set_apart(self._db)

    def read(self, wanted: Iterable[Key]) -> tuple[list[MemoryWindow], Matrix]:
        """The windows and rows (n, d) of memories, by key; those that are gone are left out."""
        read_windows: list[MemoryWindow] = []
        rows: list[Matrix] = []
        for episode_id, group in groupby(sorted(wanted), key=lambda key: key[0]):
            numbers = [number for _, number in group]
            for windows, vectors in self._of(episode_id):
                here = [number for number in numbers if number < len(windows)]
                read_windows += [windows[number] for number in here]
                rows.append(vectors[here])
        return read_windows, np.vstack([np.zeros((0, self._encoder.dimension)), *rows])

    def _of(self, episode_id: int) -> Iterable[tuple[list[MemoryWindow], Matrix]]:
        for row in self._vectors.get(self._encoder, [episode_id]):
            positions = np.frombuffer(row.positions, "<u4")
            steps = np.frombuffer(row.data, "<f2").reshape(row.count, -1)
            shares = self._mask(row, positions)
            windows = [
                MemoryWindow(
                    episode_id, number, int(positions[start]), int(positions[stop - 1]) + 1
                )
                for number, (start, stop) in enumerate(window_spans(row.count))
            ]
            yield windows, memories_of(steps, shares)

    def _mask(
        self, row: EpisodeVectors, positions: NDArray[np.uint32]
    ) -> NDArray[np.float64] | None:
        """m_t of a compressed episode's steps, never quite 0: a memory must have a direction."""
        compressed = self._compressed.get(row.episode_id)
        if compressed is None:
            return None
        mask = np.frombuffer(unpack(compressed.data).mask, np.uint8)
        if not len(positions) or positions[-1] >= len(mask):
            return None
        shares: NDArray[np.float64] = np.maximum(mask[positions] / 255, 0.01)
        return shares
