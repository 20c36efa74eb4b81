"""The steps and episodes that the vectors of an index stand for, in their order."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from hpm_engine.values.vectors import EpisodeVectors

_POSITION_BITS = 24  # of a step's id: see hpm_engine.store.rows.steps.step_id


class Listing:
    """Which store row, episode and step each vector is of.

    ``rows`` has shape (r, 3), 64-bit: a store row's id, its episode, how many vectors it has.
    ``positions`` has shape (n,), 32-bit: each vector's step.
    """

    def __init__(self, rows: NDArray[np.int64], positions: NDArray[np.uint32]) -> None:
        self.rows = rows
        self.positions = positions

    @classmethod
    def of(cls, vectors: Iterable[EpisodeVectors]) -> Listing:
        """The listing of rows as they come from the store."""
        rows, positions = [], []
        for episode in vectors:
            rows.append((episode.id, episode.episode_id, episode.count))
            positions.append(episode.positions)
        return cls(
            np.array(rows, dtype=np.int64).reshape(-1, 3),
            np.frombuffer(b"".join(positions), dtype="<u4"),
        )

    def __len__(self) -> int:
        return len(self.positions)

    @property
    def last_row(self) -> int:
        """The largest id of a store row; 0 without any."""
        return int(self.rows[:, 0].max(initial=0))

    def step_ids(self, indexes: NDArray[np.int64]) -> NDArray[np.int64]:
        """The ids of the steps whose vectors lie at ``indexes``."""
        return self.episode_ids(indexes) << _POSITION_BITS | self.positions[indexes]

    def episode_ids(self, indexes: NDArray[np.int64]) -> NDArray[np.int64]:
        """The ids of the episodes whose vectors lie at ``indexes``."""
        ends = np.cumsum(self.rows[:, 2])
        rows: NDArray[np.int64] = self.rows[np.searchsorted(ends, indexes, side="right"), 1]
        return rows

    def alive(self, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which of the listing's rows are among the ids ``rows``."""
        return np.isin(self.rows[:, 0], rows)

    def kept(
        self, alive: NDArray[np.bool_], allowed: NDArray[np.int64] | None
    ) -> NDArray[np.bool_] | None:
        """Which vectors may be found: shape (n,), or ``None`` for all.

        Those of the rows that are ``alive``, and of episodes in ``allowed`` where that is given.
        """
        rows = alive if allowed is None else alive & np.isin(self.rows[:, 1], allowed)
        return None if rows.all() else np.repeat(rows, self.rows[:, 2])

    def followed_by(self, other: Listing) -> Listing:
        """This listing with another behind it."""
        return Listing(
            np.concatenate([self.rows, other.rows]),
            np.concatenate([self.positions, other.positions]),
        )
