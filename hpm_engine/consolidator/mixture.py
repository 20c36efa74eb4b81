"""A mixture of von Mises-Fisher prototypes with one concentration and equal weights.

p(c|θ) = Σ_k C_d(κ) exp(κ μ_kᵀc) / K on the unit sphere (Banerjee et al. 2005). Log-likelihood,
gradient and Fisher information are all *summed* over memories: on that one scale β = 1 would be
the Laplace approximation of the exact posterior, and the paper's β = 0.5 forgets on purpose.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hpm_engine.config import CONCENTRATION

Matrix = NDArray[np.float64]


def responsibilities(memories: Matrix, means: Matrix, kappa: float = CONCENTRATION.value) -> Matrix:
    """How much of each memory each prototype explains: ``(n, K)``, rows that sum to 1."""
    exponents: Matrix = kappa * (memories @ means.T)
    exponents -= exponents.max(axis=1, keepdims=True)
    np.exp(exponents, out=exponents)
    exponents /= exponents.sum(axis=1, keepdims=True)
    return exponents


def log_likelihood(memories: Matrix, means: Matrix, kappa: float = CONCENTRATION.value) -> float:
    """Σ log p(c|θ) in nats over ``memories`` (n, d), without the constant log C_d(κ)."""
    exponents = kappa * (memories @ means.T)
    highest = exponents.max(axis=1)
    exponents -= highest[:, None]
    each = highest + np.log(np.exp(exponents).sum(axis=1)) - np.log(len(means))
    return float(each.sum())


def gradient(memories: Matrix, means: Matrix, kappa: float = CONCENTRATION.value) -> Matrix:
    """The Riemannian gradient of the log-likelihood, ``(K, d)``: tangent to the sphere.

    Σ_c κ r_k(c) (c - (μ_kᵀc) μ_k).
    """
    shares = responsibilities(memories, means, kappa)
    along = (shares * (memories @ means.T)).sum(axis=0)
    pulls: Matrix = kappa * (shares.T @ memories - along[:, None] * means)
    return pulls
