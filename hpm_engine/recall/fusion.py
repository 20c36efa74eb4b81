"""Parts of a score on one scale: z-scores among the candidates, weighted and summed."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from hpm_engine.recall.weights import PartName
from hpm_engine.values.recall import ScorePart

_STANDING = frozenset((PartName.RECENCY, PartName.IMPORTANCE, PartName.USE))
_FEW = 64  # candidates
_DIGITS = 9  # of a score
_HEAD = 64  # of all, among which those with one score are told apart by time


class Measured(msgspec.Struct, frozen=True):
    """One part's measure of episodes (or steps) by id; ``absent`` is that of all others.

    ``most`` is how many standard deviations it may count.
    """

    name: str
    weight: float
    values: Mapping[int, float]
    absent: float = 0.0
    most: float = math.inf


class Ranking(msgspec.Struct, frozen=True):
    """The candidates, best first, with what each part gave them.

    ``raw`` and ``z`` have shape (parts, candidates), in the order of ``ids``.
    """

    ids: NDArray[np.int64]
    scores: NDArray[np.float64]
    raw: NDArray[np.float64]
    z: NDArray[np.float64]
    parts: tuple[Measured, ...]

    @property
    def ties(self) -> NDArray[np.float64]:
        """The scores, those equal that only the order of a sum tells apart."""
        return self.scores.round(_DIGITS)

    def best(self, k: int) -> list[int]:
        """The ranks of the first ``k`` candidates that more speaks for than against.

        Where nothing tells the candidates apart, a lone one for example: those that any part
        found. Among a few candidates also all that have words of the cue, unless age was to count:
        where most of a small store has them, half of those stand below the mean.
        """
        if len(self.scores) and not self.scores.any():
            absent = np.array([part.absent for part in self.parts])[:, None]
            some = np.flatnonzero((self.raw > absent).any(axis=0))[:k]
        else:
            some = np.flatnonzero((self.scores > 0) | self._worded())[:k]
        return [int(rank) for rank in some]

    def _worded(self) -> NDArray[np.bool_]:
        worded = np.zeros(len(self.ids), np.bool_)
        names = {part.name for part in self.parts}
        if len(self.ids) <= _FEW and not names & _STANDING:
            for row, part in enumerate(self.parts):
                if part.name == PartName.WORDS:
                    worded |= self.raw[row] > part.absent
        return worded

    def latest_first(self, times: Callable[[list[int]], Mapping[int, int]]) -> Ranking:
        """The same, where candidates with one score stand in the order of their times, last first.

        ``times`` is asked only of the foremost, and only where there are such.
        """
        head = self.ties[:_HEAD]
        same = np.flatnonzero(head[1:] == head[:-1])
        if not len(same):
            return self
        tied = np.union1d(same, same + 1)
        known = times(self.ids[tied].tolist())
        times_at = np.array([known.get(key, 0) for key in self.ids[: len(head)].tolist()])
        order = np.lexsort((-self.ids[: len(head)], -times_at, -head))
        order = np.concatenate([order, np.arange(len(head), len(self.ids))])
        return Ranking(
            self.ids[order], self.scores[order], self.raw[:, order], self.z[:, order], self.parts
        )

    def explain(self, rank: int) -> tuple[ScorePart, ...]:
        """The parts of the score of the candidate at ``rank``."""
        given = [
            part.weight * float(z) for part, z in zip(self.parts, self.z[:, rank], strict=True)
        ]
        for_it = sum(value for value in given if value > 0) or 1.0
        return tuple(
            ScorePart(
                part.name,
                float(self.raw[row, rank]),
                float(self.z[row, rank]),
                part.weight,
                max(0.0, value) / for_it,
            )
            for row, (part, value) in enumerate(zip(self.parts, given, strict=True))
        )


def fuse(pool: Sequence[int], parts: Sequence[Measured], *, latest_first: bool = False) -> Ranking:
    """Rank ``pool`` by the weighted sum of the parts' z-scores; ties by id, rising or falling.

    Scores are fused rather than ranks: reciprocal rank fusion was worse than BM25 alone at the
    head of the list (LoCoMo). A part that tells no candidate from another adds nothing.
    """
    ids = np.array(sorted(pool), dtype=np.int64)
    raw = np.array([_row(ids, part) for part in parts]).reshape(len(parts), len(ids))
    if not len(ids):
        return Ranking(ids, np.zeros(0), raw, raw, tuple(parts))
    spread = raw.std(axis=1, keepdims=True)
    z = np.divide(raw - raw.mean(axis=1, keepdims=True), spread, where=spread > 1e-12, out=raw * 0)
    z = np.minimum(z, np.array([[part.most] for part in parts]).reshape(len(parts), 1))
    weights = np.array([part.weight for part in parts])
    scores = weights @ z
    order = np.lexsort((-ids if latest_first else ids, -scores))
    return Ranking(ids[order], scores[order], raw[:, order], z[:, order], tuple(parts))


def _row(ids: NDArray[np.int64], part: Measured) -> NDArray[np.float64]:
    """A part's measure of each of the ``ids`` (n,), which are in order: (n,)."""
    row = np.full(len(ids), part.absent)
    keys = np.fromiter(part.values.keys(), np.int64, len(part.values))
    values = np.fromiter(part.values.values(), np.float64, len(part.values))
    indexes = np.searchsorted(ids, keys)
    there = indexes < len(ids)
    there[there] = ids[indexes[there]] == keys[there]
    row[indexes[there]] = values[there]
    return row
