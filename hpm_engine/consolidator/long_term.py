"""What tier 3 holds in memory: prototypes, how firmly each is held, and how much it explains."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hpm_engine.consolidator.mixture import Matrix


class LongTerm(NamedTuple):
    """K prototypes in d dimensions; never changed in place.

    ``means`` (K, d) are unit rows and, between cycles, the anchor θ* as well; ``information``
    (K, d) is the Fisher diagonal of all memories consolidated so far; ``counts`` (K,) how many
    memories each explains, and ``resultants`` (K,) the length of their sum.
    """

    means: Matrix
    information: Matrix
    counts: NDArray[np.float64]
    resultants: NDArray[np.float64]

    @classmethod
    def empty(cls, dimension: int) -> LongTerm:
        """No prototypes yet."""
        none = np.zeros((0, dimension))
        return cls(none, none, np.zeros(0), np.zeros(0))

    def with_born(self, means: Matrix) -> LongTerm:
        """The same with new prototypes behind, anchored where they are by no information."""
        nothing = np.zeros(len(means))
        return LongTerm(
            np.vstack([self.means, means]),
            np.vstack([self.information, np.zeros_like(means)]),
            np.concatenate([self.counts, nothing]),
            np.concatenate([self.resultants, nothing]),
        )

    def only(self, rows: NDArray[np.int64]) -> LongTerm:
        """These prototypes alone, in this order."""
        return LongTerm(*(array[rows] for array in self))
