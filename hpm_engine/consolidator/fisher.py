"""The Fisher information's diagonal: how much the memories so far care about each coordinate.

Per memory, squared, then summed (van de Ven 2025, arXiv 2502.11756, calls it empirical and exact
in the sample). Squaring a batch's gradient instead is the popular mistake: within a batch the
gradients of a fitted model cancel, and what is left protects nothing.
"""

from __future__ import annotations

import numpy as np

from hpm_engine.config import CONCENTRATION
from hpm_engine.consolidator.mixture import Matrix, gradient, responsibilities


def fisher(memories: Matrix, means: Matrix, kappa: float = CONCENTRATION.value) -> Matrix:
    """F_kj = Σ_c g_kj(c)², ``(K, d)``, of ``memories`` (n, d) under the prototypes ``means``.

    Squares are taken apart so that no (n, K, d) array is ever made.
    """
    shares = responsibilities(memories, means, kappa) ** 2
    cosines = memories @ means.T
    crossed = (shares * cosines).T @ memories
    squared = (shares * cosines**2).sum(axis=0)
    diagonal = shares.T @ memories**2 - 2 * means * crossed + means**2 * squared[:, None]
    # Rounding may leave a hair below zero where a memory is the prototype itself.
    information: Matrix = kappa**2 * np.maximum(diagonal, 0.0)
    return information


def batched_fisher(
    memories: Matrix, means: Matrix, batch: int = 25, kappa: float = CONCENTRATION.value
) -> Matrix:
    """The rival: the mean gradient of each batch, squared; depends on the batch's size."""
    squares = np.zeros_like(means)
    for start in range(0, len(memories), batch):
        part = memories[start : start + batch]
        squares += (gradient(part, means, kappa) / len(part)) ** 2
    return squares


def penalty(means: Matrix, anchors: Matrix, information: Matrix, beta: float) -> float:
    """(β/2) Σ F (θ - θ*)²: what elastic weight consolidation adds to the loss, in nats."""
    return float(penalties(means, anchors, information, beta).sum())


def penalties(means: Matrix, anchors: Matrix, information: Matrix, beta: float) -> Matrix:
    """The same by prototype, ``(K,)``."""
    each: Matrix = beta / 2 * (information * (means - anchors) ** 2).sum(axis=1)
    return each
