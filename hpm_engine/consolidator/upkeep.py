"""Upkeep after learning: equal prototypes are merged, and those that nothing uses retire."""

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
    tidied = LongTerm(*(array.copy() for array in long_term))
    gone: dict[int, int] = {}
    cosines = np.triu(tidied.means @ tidied.means.T, 1)
    for row, other in np.argwhere(cosines > MERGE_COSINE.value).tolist():
        if row in gone or other in gone or (row in pinned and other in pinned):
            continue
        first = (row in pinned, tidied.counts[row]) >= (other in pinned, tidied.counts[other])
        into, away = (row, other) if first else (other, row)
        absorb(tidied, into, away)
        gone[away] = into
    unused = (tidied.counts < RETIREMENT_COUNT.value) & (
        np.array(idle, int) >= RETIREMENT_CYCLES.value
    )
    retired = [
        row for row in np.flatnonzero(unused).tolist() if row not in gone and row not in pinned
    ]
    rows = range(len(tidied.means))
    kept = np.array([k for k in rows if k not in gone and k not in retired], np.int64)
    after = tidied.only(kept)
    return UpkeepResult(after, kept, tuple(gone.items()), tuple(retired))


def absorb(long_term: LongTerm, into: int, away: int) -> None:
    """Merge a row into another, in place: the count-weighted mean, held by what holds both."""
    weights = long_term.counts[[into, away]] + 1e-9
    long_term.means[into] = unit((weights @ long_term.means[[into, away]])[None])[0]
    long_term.information[into] += long_term.information[away]
    long_term.counts[into] += long_term.counts[away]
    long_term.resultants[into] += long_term.resultants[away]
