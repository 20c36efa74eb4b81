"""An episode as compression sees it: the lines of its parts, in order, with who wrote them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import chain

import msgspec
import numpy as np
import zstandard
from numpy.typing import NDArray

from hpm_engine.config import DEEP_ZSTD_LEVEL
from hpm_engine.values.episodes import PartKind, Step, StepFlag, StepSource


class Piece(msgspec.Struct, frozen=True):
    """One part of a step; ``acted`` for what the agent said and did, else it was shown to it."""

    seq: int
    part: int
    kind: PartKind
    acted: bool
    lines: tuple[str, ...]


class EpisodeLines(msgspec.Struct, frozen=True, dict=True):
    """An episode's steps with their texts split into lines; copied steps have none.

    ``lines`` are those of all pieces, one after the other.
    """

    steps: tuple[Step, ...]
    pieces: tuple[Piece, ...]
    lines: tuple[str, ...]
    raw_size: int

    @property
    def length(self) -> int:
        """T, the number of steps."""
        return len(self.steps)

    @cached_property
    def sizes(self) -> NDArray[np.int64]:
        """The characters of each line, with its end."""
        return np.fromiter(map(len, self.lines), np.int64, len(self.lines)) + 1

    @cached_property
    def starts(self) -> NDArray[np.int64]:
        """The index of the first line of each piece, and at last the number of lines."""
        counts = [len(piece.lines) for piece in self.pieces]
        return np.concatenate([[0], np.cumsum(counts, dtype=np.int64)])

    @cached_property
    def seqs(self) -> NDArray[np.int64]:
        """The step of each piece."""
        return np.array([piece.seq for piece in self.pieces], np.int64)

    @cached_property
    def acted(self) -> NDArray[np.bool_]:
        """Of each piece whether the agent said or did it."""
        return np.array([piece.acted for piece in self.pieces], bool)

    @cached_property
    def firsts(self) -> NDArray[np.int64]:
        """Of the lines that differ, in their order, each the first of its kind."""
        count = len(self.lines)
        last = dict(zip(reversed(self.lines), range(count - 1, -1, -1), strict=True))
        return np.sort(np.fromiter(last.values(), np.int64, len(last)))

    def zstd_size(self) -> int:
        """Bytes of all texts together at zstd level 19."""
        text = "\n".join(self.lines)
        return len(zstandard.ZstdCompressor(level=DEEP_ZSTD_LEVEL.value).compress(text.encode()))


def trajectory(steps: Sequence[Step]) -> EpisodeLines:
    """The trajectory of an episode's steps, which must be all of them, in order."""
    pieces = []
    size = 0
    for seq, step in enumerate(steps):
        if StepFlag.COPIED in step.flags:
            continue  # counted, and kept, where it stood first
        for part_index, part in enumerate(step.parts):
            if part.text:
                size += len(part.text.encode())
                lines = tuple(part.text.split("\n"))
                pieces.append(Piece(seq, part_index, part.kind, _acted(step, part.kind), lines))
    lines = tuple(chain.from_iterable(piece.lines for piece in pieces))
    return EpisodeLines(tuple(steps), tuple(pieces), lines, size)


def _acted(step: Step, kind: PartKind) -> bool:
    return step.source is StepSource.AGENT and kind is not PartKind.RESULT


def ranges(starts: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """So many numbers from each start, one range after the other."""
    before = np.cumsum(counts) - counts
    return np.repeat(starts - before, counts) + np.arange(counts.sum())
