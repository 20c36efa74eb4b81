"""A memory as a vector: five steps of an episode, seen in the light of the whole episode."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hpm_engine.config import MEMORY_STEPS
from hpm_engine.consolidator.mixture import Matrix


def window_spans(count: int) -> list[tuple[int, int]]:
    """Which of ``count`` encoded steps make a memory each: whole windows, or one short episode.

    What is left at the end is no memory: an episode that is still growing will fill it.
    """
    length = MEMORY_STEPS.value
    if 0 < count < length:
        return [(0, count)]
    return [(start, start + length) for start in range(0, count - length + 1, length)]


def memories_of(steps: NDArray[np.floating], shares: NDArray[np.floating] | None = None) -> Matrix:
    """The memories of an episode from its step vectors (n, d): rows (m, d), not yet centred.

    Half of each is the mean of its steps, half that of the episode: a command says more in the
    light of the work it belongs to. ``shares`` (n,) weigh the steps: the mask m_t of compression.
    """
    weighted = steps.astype(np.float64)
    if shares is not None:
        weighted = weighted * shares[:, None].astype(np.float64)
    whole = unit(weighted.sum(axis=0, keepdims=True))
    spans = window_spans(len(steps))
    sums = [weighted[start:stop].sum(axis=0) for start, stop in spans]
    return unit(np.array(sums).reshape(-1, steps.shape[1])) + whole


def centred(memories: Matrix, origin: Matrix) -> Matrix:
    """Unit rows seen from ``origin`` (d,): texts share so much that all cosines are high."""
    return unit(memories - origin)


def unit(rows: Matrix) -> Matrix:
    """Rows of length 1; a row of zeros stays one."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, 1e-12))
