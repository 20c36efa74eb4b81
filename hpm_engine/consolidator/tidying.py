"""After learning: prototypes that say the same become one, those that nothing uses go."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hpm_engine.consolidator.long_term import LongTerm
from hpm_engine.consolidator.windows import unit

ALIKE = 0.95  # cosine above which two prototypes are one
IDLE_CYCLES = 20  # without a new member, and
FEWEST = 1.0  # with less than so many memories, a prototype is retired
MOST = 512  # prototypes; beyond, nothing is born until some are merged or retired


class Tidied(NamedTuple):
    """What is left: ``kept`` are rows of what was, in order; pairs are (gone, into) rows."""

    after: LongTerm
    kept: NDArray[np.int64]
    merged: tuple[tuple[int, int], ...]
    retired: tuple[int, ...]


def tidy(long_term: LongTerm, idle: Sequence[int]) -> Tidied:
    """Merge and retire; ``idle`` is for how many cycles each prototype had no new member.

    A merged prototype is the count-weighted mean, held by the information of both.
    """
    means, information, counts, resultants = (one.copy() for one in long_term)
    gone: dict[int, int] = {}
    cosines = np.triu(means @ means.T, 1)
    for one, other in np.argwhere(cosines > ALIKE).tolist():
        if one in gone or other in gone:
            continue
        into, away = (one, other) if counts[one] >= counts[other] else (other, one)
        weights = counts[[into, away]] + 1e-9
        means[into] = unit((weights @ means[[into, away]])[None])[0]
        information[into] += information[away]
        counts[into] += counts[away]
        resultants[into] += resultants[away]
        gone[away] = into
    unused = (counts < FEWEST) & (np.array(idle, int) >= IDLE_CYCLES)
    retired = [int(row) for row in np.flatnonzero(unused) if int(row) not in gone]
    kept = np.array([k for k in range(len(means)) if k not in gone and k not in retired], np.int64)
    after = LongTerm(means, information, counts, resultants).only(kept)
    return Tidied(after, kept, tuple(gone.items()), tuple(retired))
