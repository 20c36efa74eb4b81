"""The heights of a very long column of cards, and the position of each card."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate

BLOCK = 256  # heights


class Heights:
    """Heights of cards in blocks with a sum each: finding and changing cost O(√n)."""

    def __init__(self, heights: Iterable[int] = ()) -> None:
        self._heights = array("i", heights)
        self._sums = [
            sum(self._heights[start : start + BLOCK])
            for start in range(0, len(self._heights), BLOCK)
        ]
        self._ends = list(accumulate(self._sums))

    def first(self, count: int) -> array[int]:
        """The heights of the first ``count`` cards."""
        return self._heights[:count]

    def __len__(self) -> int:
        return len(self._heights)

    def __getitem__(self, position: int) -> int:
        return self._heights[position]

    @property
    def total(self) -> int:
        """The height of all cards together."""
        return self._ends[-1] if self._ends else 0

    def change(self, position: int, height: int) -> int:
        """Set one height; returns the difference to the one before."""
        difference = height - self._heights[position]
        if difference:
            self._heights[position] = height
            self._sums[position // BLOCK] += difference
            self._ends = list(accumulate(self._sums))
        return difference

    def top(self, position: int) -> int:
        """The y of a card's top."""
        block = position // BLOCK
        before = self._ends[block - 1] if block else 0
        return before + sum(self._heights[block * BLOCK : position])

    def covering(self, y: int) -> int:
        """The card that covers ``y``; the first or last one beyond the ends."""
        if not self._heights:
            return 0
        block = min(bisect_right(self._ends, max(0, y)), len(self._sums) - 1)
        top = self._ends[block - 1] if block else 0
        last = min((block + 1) * BLOCK, len(self._heights)) - 1
        for position in range(block * BLOCK, last):
            top += self._heights[position]
            if top > y:
                return position
        return last
