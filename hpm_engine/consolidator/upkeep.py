"""After learning: prototypes that say the same become one, those that nothing uses go."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hpm_engine.config import MERGE_COSINE, RETIREMENT_COUNT, RETIREMENT_CYCLES
from hpm_engine.consolidator.long_term import LongTerm
from hpm_engine.consolidator.windows import unit


class UpkeepResult(NamedTuple):
    """What is left: ``kept`` are rows of what was, in order; pairs are (gone, into) rows."""

    after: LongTerm
    kept: NDArray[np.int64]
    merged: tuple[tuple[int, int], ...]
    retired: tuple[int, ...]


def tidy(long_term: LongTerm, idle: Sequence[int], pinned: Collection[int] = ()) -> UpkeepResult:
    """Merge and retire; ``idle`` is for how many cycles each prototype had no new member.

    The rows ``pinned`` stay: others may be merged into them.
    """
    made = LongTerm(*(one.copy() for one in long_term))
    gone: dict[int, int] = {}
    cosines = np.triu(made.means @ made.means.T, 1)
    for one, other in np.argwhere(cosines > MERGE_COSINE.value).tolist():
        if one in gone or other in gone or (one in pinned and other in pinned):
            continue
        first = (one in pinned, made.counts[one]) >= (other in pinned, made.counts[other])
        into, away = (one, other) if first else (other, one)
        absorb(made, into, away)
        gone[away] = into
    unused = (made.counts < RETIREMENT_COUNT.value) & (
        np.array(idle, int) >= RETIREMENT_CYCLES.value
    )
    retired = [
        row for row in np.flatnonzero(unused).tolist() if row not in gone and row not in pinned
    ]
    rows = range(len(made.means))
    kept = np.array([k for k in rows if k not in gone and k not in retired], np.int64)
    after = made.only(kept)
    return UpkeepResult(after, kept, tuple(gone.items()), tuple(retired))


def absorb(made: LongTerm, into: int, away: int) -> None:
    """Merge a row into another, in place: the count-weighted mean, held by what holds both."""
    weights = made.counts[[into, away]] + 1e-9
    made.means[into] = unit((weights @ made.means[[into, away]])[None])[0]
    made.information[into] += made.information[away]
    made.counts[into] += made.counts[away]
    made.resultants[into] += made.resultants[away]
