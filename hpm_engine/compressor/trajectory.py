"""An episode as compression sees it: the lines of its parts, in order, with who wrote them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import msgspec
import zstandard

from hpm_engine.records import PartKind, Step, StepFlag, StepSource

RAW_LEVEL = 19


class Piece(msgspec.Struct, frozen=True):
    """One part of a step; ``acted`` for what the agent said and did, else it was shown to it."""

    seq: int
    part: int
    kind: PartKind
    acted: bool
    lines: tuple[str, ...]


class Trajectory(msgspec.Struct, frozen=True):
    """The steps of an episode with their texts in lines; copied steps have none.

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

    def zstd_size(self) -> int:
        """Bytes of all texts together at zstd level 19."""
        text = "\n".join(self.lines)
        return len(zstandard.ZstdCompressor(level=RAW_LEVEL).compress(text.encode()))


def trajectory(steps: Sequence[Step]) -> Trajectory:
    """The trajectory of an episode's steps, which must be all of them, in order."""
    pieces = []
    size = 0
    for seq, step in enumerate(steps):
        if step.flags & StepFlag.COPIED:
            continue  # counted, and kept, where it stood first
        for place, part in enumerate(step.parts):
            if part.text:
                size += len(part.text.encode())
                lines = tuple(part.text.split("\n"))
                pieces.append(Piece(seq, place, part.kind, _acted(step, part.kind), lines))
    lines = tuple(chain.from_iterable(piece.lines for piece in pieces))
    return Trajectory(tuple(steps), tuple(pieces), lines, size)


def _acted(step: Step, kind: PartKind) -> bool:
    return step.source is StepSource.AGENT and kind is not PartKind.RESULT
