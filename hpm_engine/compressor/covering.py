"""Lines that together hold the identifiers worth most, by a greedy cover."""

from __future__ import annotations

import heapq

import numpy as np

from hpm_engine.compressor.identifiers import Floats, Identifiers
from hpm_engine.compressor.trajectory import Trajectory

_PLACE = 8  # characters that a line costs beside its own, for saying where it stands
_LONGEST = 400  # characters of a line that is worth keeping for its identifiers
_STALE = 0.999  # a gain that fell by more is looked at again


class Cover:
    """The next line by what its identifiers are worth for each of its characters.

    Greedy weighted cover (Nemhauser, Wolsey and Fisher 1978), lazily: a line's gain only falls
    as others are taken, so that only the best one must be looked at again. Equal lines count once.
    """

    def __init__(self, trajectory: Trajectory, identifiers: Identifiers, worth: Floats) -> None:
        self._identifiers = identifiers
        self._worth: list[float] = worth.tolist()
        self._known: dict[int, list[int]] = {}  # of lines: each is looked at several times
        lines = trajectory.lines
        first = np.array(list({line: at for at, line in reversed([*enumerate(lines)])}.values()))
        first = first.astype(np.int64)
        self._costs = [len(line) + _PLACE for line in lines]
        costs = np.array(self._costs, np.int64)
        gains = identifiers.line_sums(worth)
        kept = first[(gains[first] > 0) & (costs[first] <= _LONGEST + _PLACE)]
        densities = -gains[kept] / costs[kept]
        order = np.lexsort((kept, densities))
        # Sorted, it is a heap.
        self._heap: list[tuple[float, int]] = list(
            zip(densities[order].tolist(), kept[order].tolist(), strict=True)
        )

    def take(self, line: int) -> None:
        """A line is kept: its identifiers are worth nothing any more."""
        if self._heap:
            for word in self._words(line):
                self._worth[word] = 0.0

    def best(self) -> int | None:
        """The line that gains most by identifiers that no taken line holds, if any."""
        heap, worth = self._heap, self._worth
        while heap:
            density, line = heap[0]
            gain = sum([worth[word] for word in self._words(line)]) / self._costs[line]
            if gain <= 0:
                heapq.heappop(heap)
            elif gain < -density * _STALE:
                heapq.heapreplace(heap, (-gain, line))
            else:
                heapq.heappop(heap)
                return line
        return None

    def _words(self, line: int) -> list[int]:
        found = self._known.get(line)
        if found is None:
            found = self._known[line] = self._identifiers.in_line(line).tolist()
        return found
