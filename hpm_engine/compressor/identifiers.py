"""The identifiers of an episode: which there are, how often, and in which steps."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
from numpy.typing import NDArray

from hpm_engine.compressor.trajectory import Trajectory

SHORTEST, LONGEST = 6, 64  # characters: shorter ones cost a budget more than they tell
IDENTIFIER = re.compile(rf"\b[A-Za-z_]\w{{{SHORTEST - 1},{LONGEST - 1}}}\b", re.ASCII)

Floats = NDArray[np.float32]
Counts = NDArray[np.int64]


class Identifiers:
    """Distinct identifiers of a trajectory, in the order of first sight.

    ``word``, ``step``, ``acted`` and ``times`` are parallel: one entry for each identifier in each
    half of each step (what was done there; what was shown).
    """

    def __init__(self, trajectory: Trajectory) -> None:
        ids: dict[str, int] = {}
        found: list[tuple[int, int, int, int]] = []
        halves: dict[tuple[int, bool], Counter[str]] = {}
        for piece in trajectory.pieces:
            counts = halves.setdefault((piece.seq, piece.acted), Counter())
            counts.update(IDENTIFIER.findall("\n".join(piece.lines)))
        for (seq, acted), counts in halves.items():
            for word, times in counts.items():
                found.append((ids.setdefault(word, len(ids)), seq, acted, times))
        self.words: tuple[str, ...] = tuple(ids)
        self.ids = ids
        self.length = trajectory.length
        table = np.array(found, np.int64).reshape(-1, 4)
        self.word, self.step, self.acted, self.times = table.T

    def __len__(self) -> int:
        return len(self.words)

    def total(self) -> Counts:
        """How often each identifier stands in the episode."""
        return self._sum(self.times)

    def frequency(self, *, acted: bool) -> Counts:
        """In how many steps each identifier was used (``acted``), or shown."""
        return self._sum((self.acted == acted).astype(np.int64))

    def sizes(self) -> Counts:
        """Bytes that each identifier takes in a list."""
        return np.array([len(word) + 1 for word in self.words], np.int64)

    def by_step(self, weights: Floats) -> Floats:
        """The weight of the identifiers of each step ``(T,)``, each counted once in a step."""
        pairs = np.unique(self.step * max(1, len(self)) + self.word)
        steps, words = np.divmod(pairs, max(1, len(self)))
        found: Floats = np.bincount(steps, weights[words], self.length).astype(np.float32)
        return found

    def home(self) -> Counts:
        """The step in which each identifier stands most often (the first of these)."""
        order = np.lexsort((self.step, -self.times, self.word))
        first = np.unique(self.word[order], return_index=True)[1]
        homes: Counts = self.step[order][first]
        return homes

    def _sum(self, values: Counts) -> Counts:
        return np.bincount(self.word, values, len(self)).astype(np.int64)
