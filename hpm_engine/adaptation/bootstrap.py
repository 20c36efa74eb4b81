"""Paired bootstrap intervals, over queries and over clusters of queries."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from hpm_engine.config import CONFIDENCE

_ROUNDS = 10_000


def by_query(values: Sequence[float], seed: int = 0) -> tuple[float, float]:
    """The 95 % interval of the mean of ``values``, each query drawn anew."""
    return by_cluster(values, range(len(values)), seed)


def by_cluster(
    values: Sequence[float], clusters: Sequence[object], seed: int = 0
) -> tuple[float, float]:
    """The same, whole clusters drawn anew; with few clusters it is likely too narrow."""
    array = np.asarray(values, dtype=float)
    names = {name: number for number, name in enumerate(dict.fromkeys(clusters))}
    of = np.array([names[name] for name in clusters])
    sums = np.bincount(of, array, len(names)).astype(np.float64)
    sizes = np.bincount(of, minlength=len(names)).astype(np.float64)
    means = _means(sums, sizes, np.random.default_rng(seed))
    low, high = np.percentile(means, [(100 - CONFIDENCE.value) / 2, (100 + CONFIDENCE.value) / 2])
    return float(low), float(high)


def _means(
    sums: NDArray[np.float64], sizes: NDArray[np.float64], random: np.random.Generator
) -> NDArray[np.float64]:
    """Means of resampled clusters, in portions that fit the processor's cache."""
    means = []
    for _ in range(0, _ROUNDS, 500):
        drawn = random.integers(0, len(sums), (500, len(sums)))
        means.append(sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1))
    return np.concatenate(means)
