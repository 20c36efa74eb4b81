"""Lines that together hold the identifiers worth most, by a greedy cover."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hpm_engine.compressor.evidence.identifiers import Counts, EpisodeIdentifiers, Floats
from hpm_engine.compressor.evidence.trajectory import EpisodeLines, ranges

_POSITION_COST = 8  # characters that a line costs beside its own, for saying where it stands
_LONGEST = 400  # characters of a line that is worth keeping for its identifiers
_LEAST = np.finfo(np.float64).tiny
_NEAR = 0.5  # of the best gain: lines that gain so much are taken in one go
_FEW = 1 / 16  # of those: so few at a time could take as many rounds as there are lines
_NEARER = 0.8  # of the best gain: what lines that are valued in turn must gain


class Cover:
    """The next line by what its identifiers are worth for each of its characters.

    Greedy weighted cover (Nemhauser, Wolsey and Fisher 1978) by descending thresholds
    (Badanidiyuru and Vondrák 2014): all lines are valued at once, and those near the best that
    share no identifier are taken before lines are valued again. Where those are few, because most
    share some with a better one, lines near the best are valued in turn. Equal lines count once.
    """

    def __init__(
        self, trajectory: EpisodeLines, identifiers: EpisodeIdentifiers, worth: Floats
    ) -> None:
        costs = trajectory.sizes + (_POSITION_COST - 1)
        first = trajectory.firsts
        self._worth = worth.astype(np.float64)
        self._lines = first[costs[first] <= _LONGEST + _POSITION_COST]
        self._costs = costs[self._lines]
        self._owners, self._held = identifiers.in_lines(self._lines)
        self._taken = bytearray(len(worth))  # 1 for each identifier that a taken line holds
        self._ready: list[tuple[int, int]] = []  # lines and their new identifiers, best last
        begins, words = identifiers.of_lines
        self._begins: list[int] = begins.tolist()
        self._words: list[int] = words.tolist()

    def take(self, line: int) -> None:
        """A line is kept: its identifiers are worth nothing any more."""
        taken = self._taken
        for word in self._words[self._begins[line] : self._begins[line + 1]]:
            taken[word] = 1

    def best(self) -> int | None:
        """A line that gains about most by identifiers that no taken line holds, if any."""
        taken = self._taken
        while self._ready or self._value():
            line, new = self._ready.pop()
            words = self._words[self._begins[line] : self._begins[line + 1]]
            if len([word for word in words if not taken[word]]) >= new:
                return line
        return None

    def _value(self) -> bool:
        """Find the best lines anew; false where no line gains anything."""
        left = np.where(np.frombuffer(self._taken, np.uint8), 0.0, self._worth)
        gains = np.bincount(self._owners, left[self._held], len(self._lines)) / self._costs
        gaining = gains > 0
        if 2 * np.count_nonzero(gaining) < len(gains):
            self._keep(gaining)
            gains = gains[gaining]
        most = float(gains.max(initial=0.0))
        near = np.flatnonzero(gains >= max(_NEAR * most, _LEAST))
        near = near[np.argsort(gains[near], kind="stable")]
        self._ready = self._apart(near)
        if len(self._ready) < _FEW * len(near):
            self._ready = self._in_turn(near, _NEARER * most)
        return bool(self._ready)

    def _keep(self, gaining: NDArray[np.bool_]) -> None:
        positions, of = np.cumsum(gaining) - 1, gaining[self._owners]
        self._owners, self._held = positions[self._owners[of]], self._held[of]
        self._lines, self._costs = self._lines[gaining], self._costs[gaining]

    def _apart(self, near: Counts) -> list[tuple[int, int]]:
        """Those of the lines, best last, that share no new identifier with a better one."""
        begins = np.searchsorted(self._owners, near)
        counts = np.searchsorted(self._owners, near, "right") - begins
        held = self._held[ranges(begins, counts)]
        untaken = np.frombuffer(self._taken, np.uint8)[held] == 0
        ranks, held = np.repeat(np.arange(len(near)), counts)[untaken], held[untaken]
        best = np.zeros(len(self._worth), np.int64)
        np.maximum.at(best, held, ranks)
        new = np.bincount(ranks, minlength=len(near))
        own = np.bincount(ranks[best[held] == ranks], minlength=len(near))
        apart = own == new
        return list(zip(self._lines[near[apart]].tolist(), new[apart].tolist(), strict=True))

    def _in_turn(self, near: Counts, least: float) -> list[tuple[int, int]]:
        """Those of the lines, best last, that gain enough when the better ones are taken."""
        taken, lines = bytearray(self._taken), []
        for line, due in zip(self._lines[near[::-1]], least * self._costs[near[::-1]], strict=True):
            held = self._words[self._begins[line] : self._begins[line + 1]]
            words = [word for word in held if not taken[word]]
            if self._worth[words].sum(dtype=np.float64) >= due:
                lines.append((int(line), len(words)))
                for word in words:
                    taken[word] = 1
        return lines[::-1]
