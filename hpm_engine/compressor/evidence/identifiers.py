"""The identifiers of an episode: which there are, how often, in which steps and in which lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from hpm_engine.compressor.evidence.trajectory import EpisodeLines, ranges
from hpm_engine.encoder.equal_words import distinct, distinct_words

SHORTEST = 6  # characters: shorter ones cost a budget more than they tell
LONGEST = 64  # characters
IDENTIFIER = re.compile(rf"\b[A-Za-z_]\w{{{SHORTEST - 1},{LONGEST - 1}}}\b", re.ASCII)
_FEW = 200  # lines that are joined at once
_AT_ONCE = 500_000  # characters that are searched at once: all would stall a window
_LINE_END = 10  # the byte of a line feed
_OTHER = 0  # kinds of bytes
_DIGIT = 1
_LETTER = 2
_KINDS = bytes(
    _DIGIT
    if code in b"0123456789"
    else _LETTER
    if code < 128 and chr(code).isidentifier()
    else _OTHER
    for code in range(256)
)

Floats = NDArray[np.float32]
Counts = NDArray[np.int64]


class EpisodeIdentifiers:
    """Distinct identifiers of a trajectory, in the order of first sight.

    ``word``, ``step``, ``acted`` and ``times`` are parallel: one entry for each identifier in each
    half of each step (what was done there; what was shown). A half is seen as a whole before the
    next: training draws words by their places, so the order is part of what weights come from.
    """

    def __init__(self, trajectory: EpisodeLines) -> None:
        names, words, lines = _found(trajectory.lines)
        halves, half = _halves(trajectory, lines)
        by_half = np.argsort(half, kind="stable")
        own, which = distinct(words[by_half])
        order = words[by_half][own]
        ranks: Counts = np.argsort(order)
        self.words = tuple(names[word] for word in order.tolist())
        self.ids = {word: index for index, word in enumerate(self.words)}
        self.length = trajectory.length
        own, pair = distinct(half[by_half] * max(1, len(self)) + which)
        self.word, self.times = which[own], np.bincount(pair)
        half = halves[half[by_half[own]]]
        self.step, self.acted = half >> 1, half & 1
        self._line_count, self._in_lines = len(trajectory.lines), (lines, ranks[words])

    @cached_property
    def of_lines(self) -> tuple[Counts, Counts]:
        """Where each line's identifiers begin, and where the last ones end; and all of them.

        Each stands once in a line, and they are sorted there.
        """
        lines, words = self._in_lines
        pairs = _distinct(lines * max(1, len(self)) + words)
        lines = pairs // max(1, len(self))
        times = np.bincount(lines, minlength=self._line_count)
        return np.append(0, np.cumsum(times)), pairs - lines * max(1, len(self))

    def __len__(self) -> int:
        return len(self.words)

    def in_lines(self, lines: Counts) -> tuple[Counts, Counts]:
        """The identifiers of several lines: of which of them each is, and which it is."""
        begins, held = self.of_lines
        counts = begins[lines + 1] - begins[lines]
        return np.repeat(np.arange(len(lines)), counts), held[ranges(begins[lines], counts)]

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
        step_weights: Floats = np.bincount(steps, weights[words], self.length).astype(np.float32)
        return step_weights

    def home(self) -> Counts:
        """The step in which each identifier stands most often (the first of these)."""
        most, length = int(self.times.max(initial=0)) + 1, max(1, self.length)
        keys = np.sort((self.word * most + most - 1 - self.times) * length + self.step)
        words = keys // (most * length)
        homes: Counts = keys[np.flatnonzero(np.diff(words, prepend=-1))] % length
        return homes

    def _sum(self, values: Counts) -> Counts:
        return np.bincount(self.word, values, len(self)).astype(np.int64)


def _halves(trajectory: EpisodeLines, lines: Counts) -> tuple[Counts, Counts]:
    """The halves of steps in their order, each 2 · step + acted; and of each line its half."""
    keys = [2 * piece.seq + piece.acted for piece in trajectory.pieces]
    indexes = {key: index for index, key in enumerate(dict.fromkeys(keys))}
    of_pieces = np.array([indexes[key] for key in keys], np.int64)
    of_lines = np.repeat(of_pieces, [len(piece.lines) for piece in trajectory.pieces])
    return np.array(list(indexes), np.int64), of_lines[lines]


def _found(lines: Sequence[str]) -> tuple[list[str], Counts, Counts]:
    """Distinct identifiers; of each that stands in the lines which it is, and its line."""
    names: dict[str, int] = {}
    word_ids, line_ids, first = [], [], 0
    for text in _blocks(lines):
        data = text.encode("ascii", "replace")
        kinds = np.frombuffer(data.translate(_KINDS), np.uint8)
        edges = np.flatnonzero(np.diff(kinds > _OTHER, prepend=False, append=False))
        starts, sizes = edges[::2], np.diff(edges)[::2]
        fit = (kinds[starts] == _LETTER) & (sizes >= SHORTEST) & (sizes <= LONGEST)
        starts, sizes = starts[fit], sizes[fit]
        words, which = distinct_words(data, starts, sizes)
        known = [names.setdefault(word, len(names)) for word in words]
        word_ids.append(np.array(known, np.int64)[which])
        ends = np.append(np.flatnonzero(np.frombuffer(data, np.uint8) == _LINE_END), len(data))
        times = np.diff(np.searchsorted(starts, ends), prepend=0)
        line_ids.append(np.repeat(np.arange(first, first + len(times)), times))
        first += len(times)
    nothing = np.empty(0, np.int64)
    return list(names), np.concatenate([nothing, *word_ids]), np.concatenate([nothing, *line_ids])


def _blocks(lines: Sequence[str]) -> Iterator[str]:
    """The lines, joined to texts of about as many characters as are searched at once."""
    block: list[str] = []
    size = 0
    for start in range(0, len(lines), _FEW):
        block.append("\n".join(lines[start : start + _FEW]))
        size += len(block[-1])
        if size >= _AT_ONCE:
            yield "\n".join(block)
            block, size = [], 0
    if block:
        yield "\n".join(block)


def _distinct(values: Counts) -> Counts:
    """Sorted and each once; ``np.unique`` takes six times as long unless it counts them."""
    ordered = np.sort(values)
    distinct_values: Counts = ordered[np.diff(ordered, prepend=-1) != 0]
    return distinct_values
