"""Rebuilds an episode's steps from the stored values of a few, and says which were found again."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hpm_engine.compressor import decision_net
from hpm_engine.compressor.identifiers import Counts, Floats
from hpm_engine.compressor.mask_net import Weights
from hpm_engine.compressor.step_values import packed_values, unpacked_values

_SAME = 1e-5  # of cosine: steps with the same texts cannot be told apart


def values_of(weights: Weights, vectors: Floats) -> bytes:
    """What is stored of some steps' vectors ``(n, 512)``."""
    return packed_values(decision_net.values(weights, vectors))


def alike(weights: Weights, kept: Counts, stored: bytes, vectors: Floats) -> Floats:
    """Cosines ``(T, T)`` of each rebuilt vector with the true vector of each step.

    ``vectors`` ``(T, 512)`` are what the rebuilt ones are judged by; they are made from ``kept``
    and ``stored`` alone.
    """
    rebuilt = decision_net.decoded(weights, kept, unpacked_values(stored), len(vectors))
    found: Floats = _unit(rebuilt) @ _unit(vectors - weights["centre"]).T
    return found


def found_again(cosines: Floats) -> NDArray[np.bool_]:
    """Whether each step ``(T,)`` is the one that its rebuilt vector is nearest to (hit@1)."""
    own = np.diagonal(cosines)
    found: NDArray[np.bool_] = own >= cosines.max(axis=1, initial=-1.0) - _SAME
    return found


def _unit(vectors: Floats) -> Floats:
    found: Floats = vectors / np.maximum(1e-9, np.linalg.norm(vectors, axis=1, keepdims=True))
    return found
