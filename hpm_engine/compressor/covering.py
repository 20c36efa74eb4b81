"""Lines that together hold the identifiers worth most, by a greedy cover."""

from __future__ import annotations

import heapq
from collections.abc import Iterable

from hpm_engine.compressed import KeptFor
from hpm_engine.compressor.identifiers import IDENTIFIER, Floats, Identifiers
from hpm_engine.compressor.quotas import Line
from hpm_engine.compressor.trajectory import Trajectory

_PLACE = 8  # characters that a line costs beside its own, for saying where it stands
_LONGEST = 400  # characters of a line that is worth keeping for its identifiers


class Cover:
    """The lines of a trajectory with their identifiers; equal lines count once.

    Greedy weighted cover (Nemhauser, Wolsey and Fisher 1978), lazily: a line's gain only falls
    as others are taken, so that only the best one must be looked at again.
    """

    def __init__(self, trajectory: Trajectory, identifiers: Identifiers) -> None:
        self._lines: dict[tuple[int, ...], tuple[int, int, int]] = {}
        seen: set[str] = set()
        for place, piece in enumerate(trajectory.pieces):
            for number, line in enumerate(piece.lines):
                if len(line) > _LONGEST or line in seen:
                    continue
                seen.add(line)
                found = {identifiers.ids[word] for word in IDENTIFIER.findall(line)}
                if found:
                    key = tuple(sorted(found))
                    cost = len(line) + _PLACE
                    known = self._lines.get(key)
                    if known is None or cost < known[0]:
                        self._lines[key] = cost, place, number

    def order(self, weights: Floats, covered: set[int], room: float) -> Iterable[Line]:
        """Lines by gain for each character, until about ``room`` characters or nothing gains."""
        worth = weights.tolist()
        for word in covered:
            worth[word] = 0.0
        heap = [
            (-sum(worth[word] for word in words) / cost, words, cost, place, number)
            for words, (cost, place, number) in self._lines.items()
        ]
        heapq.heapify(heap)
        while heap and room > 0:
            density, words, cost, place, number = heap[0]
            gain = sum(worth[word] for word in words) / cost
            if gain <= 0:
                heapq.heappop(heap)
            elif gain < -density * 0.999:
                heapq.heapreplace(heap, (-gain, words, cost, place, number))
            else:
                heapq.heappop(heap)
                for word in words:
                    worth[word] = 0.0
                room -= cost
                yield Line(place, number, KeptFor.COVER)
