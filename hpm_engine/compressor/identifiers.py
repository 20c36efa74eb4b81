"""The identifiers of an episode: which there are, how often, in which steps and in which lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from hpm_engine.compressor.trajectory import Trajectory

SHORTEST, LONGEST = 6, 64  # characters: shorter ones cost a budget more than they tell
_WORD = rf"\b[A-Za-z_]\w{{{SHORTEST - 1},{LONGEST - 1}}}\b"
IDENTIFIER = re.compile(_WORD, re.ASCII)
_OR_END = re.compile(rf"\n|{_WORD}", re.ASCII)
_AT_ONCE = 2_000  # lines that are searched at once: one takes long, and all would stall a window

Floats = NDArray[np.float32]
Counts = NDArray[np.int64]


class Identifiers:
    """Distinct identifiers of a trajectory, in the order of first sight.

    ``word``, ``step``, ``acted`` and ``times`` are parallel: one entry for each identifier in each
    half of each step (what was done there; what was shown). A half is seen as a whole before the
    next: training draws words by their places, so the order is part of what weights come from.
    """

    def __init__(self, trajectory: Trajectory) -> None:
        found = _found(trajectory.lines)
        names = [word for word in dict.fromkeys(found) if word != "\n"]
        codes = {"\n": -1} | {name: code for code, name in enumerate(names)}
        every = np.fromiter(map(codes.__getitem__, found), np.int64, len(found))
        lines: Counts = np.cumsum(every < 0, dtype=np.int64)[every >= 0]
        words = every[every >= 0]
        halves, half = _halves(trajectory, lines)
        by_half = np.argsort(half, kind="stable")
        first = np.zeros(len(names), np.int64)
        first[words[by_half][::-1]] = np.arange(len(words))[::-1]
        order = np.argsort(first)
        places: Counts = np.argsort(order)
        self.words = tuple(names[code] for code in order.tolist())
        self.ids = {word: place for place, word in enumerate(self.words)}
        self.length = trajectory.length
        self._read_halves(halves, half[by_half], places[words[by_half]])
        self._line_count, self._in_lines = len(trajectory.lines), (lines, places[words])

    def _read_halves(self, halves: Counts, half: Counts, words: Counts) -> None:
        # Pair and place in one number: sorting these is ten times as fast as sorting by two.
        size = max(1, len(words))
        keys = np.sort((half * max(1, len(self)) + words) * size + np.arange(len(words)))
        pairs, place = np.divmod(keys, size)
        begins = np.flatnonzero(np.diff(pairs, prepend=-1))
        order = np.argsort(place[begins])
        half, self.word = np.divmod(pairs[begins][order], max(1, len(self)))
        self.times: Counts = np.diff(begins, append=len(pairs))[order]
        self.step, self.acted = halves[half] >> 1, halves[half] & 1

    @cached_property
    def _of_lines(self) -> tuple[Counts, Counts]:
        """Where each line's identifiers begin, and all of them, each once in a line."""
        lines, words = self._in_lines
        pairs = _distinct(lines * max(1, len(self)) + words)
        lines, held = np.divmod(pairs, max(1, len(self)))
        return np.searchsorted(lines, np.arange(self._line_count + 1)), held

    def __len__(self) -> int:
        return len(self.words)

    def in_line(self, line: int) -> Counts:
        """The identifiers of one of ``Trajectory.lines``, each once."""
        first, held = self._of_lines
        return held[first[line] : first[line + 1]]

    def in_lines(self, lines: Counts) -> tuple[Counts, Counts]:
        """The identifiers of several lines: of which of them each is, and which it is."""
        first, held = self._of_lines
        starts, counts = first[lines], first[lines + 1] - first[lines]
        owners = np.repeat(np.arange(len(lines)), counts)
        skipped = np.repeat(starts - np.cumsum(counts) + counts, counts)
        return owners, held[skipped + np.arange(len(owners))]

    def line_sums(self, weights: Floats) -> Floats:
        """The weight of the identifiers of each line, each counted once in a line."""
        first, held = self._of_lines
        sums = np.concatenate([[0.0], np.cumsum(weights[held], dtype=np.float64)])
        found: Floats = (sums[first[1:]] - sums[first[:-1]]).astype(np.float32)
        return found

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
        pairs = _distinct(self.step * max(1, len(self)) + self.word)
        steps, words = np.divmod(pairs, max(1, len(self)))
        found: Floats = np.bincount(steps, weights[words], self.length).astype(np.float32)
        return found

    def home(self) -> Counts:
        """The step in which each identifier stands most often (the first of these)."""
        most, length = int(self.times.max(initial=0)) + 1, max(1, self.length)
        keys = np.sort((self.word * most + most - 1 - self.times) * length + self.step)
        words = keys // (most * length)
        homes: Counts = keys[np.flatnonzero(np.diff(words, prepend=-1))] % length
        return homes

    def _sum(self, values: Counts) -> Counts:
        return np.bincount(self.word, values, len(self)).astype(np.int64)


def _halves(trajectory: Trajectory, lines: Counts) -> tuple[Counts, Counts]:
    """The halves of steps in their order, each 2 · step + acted; and of each line its half."""
    keys = [2 * one.seq + one.acted for one in trajectory.pieces]
    places = {key: place for place, key in enumerate(dict.fromkeys(keys))}
    of_pieces = np.array([places[key] for key in keys], np.int64)
    of_lines = np.repeat(of_pieces, [len(one.lines) for one in trajectory.pieces])
    return np.array(list(places), np.int64), of_lines[lines]


def _found(lines: Sequence[str]) -> list[str]:
    """All identifiers in their order, and a line end behind each line."""
    found: list[str] = []
    for start in range(0, len(lines), _AT_ONCE):
        text = "\n".join(lines[start : start + _AT_ONCE])
        found += _OR_END.findall(text)
        found.append("\n")
    return found


def _distinct(values: Counts) -> Counts:
    """Sorted and each once; ``np.unique`` takes six times as long unless it counts them."""
    ordered = np.sort(values)
    found: Counts = ordered[np.diff(ordered, prepend=-1) != 0]
    return found
