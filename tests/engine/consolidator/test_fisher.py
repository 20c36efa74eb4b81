from __future__ import annotations

import numpy as np
import pytest

from hpm_engine.consolidator.fisher import batched_fisher, fisher, penalty
from hpm_engine.consolidator.mixture import Matrix, gradient, log_likelihood
from hpm_engine.consolidator.windows import unit

KAPPA = 7.0


def rows(count: int, dimension: int = 6, seed: int = 0) -> Matrix:
    return unit(np.random.default_rng(seed).normal(size=(count, dimension)))


def moved_along(means: Matrix, k: int, direction: Matrix, by: float) -> Matrix:
    """The k-th prototype moved along the sphere in a tangent direction."""
    result = means.copy()
    length = float(np.linalg.norm(direction))
    result[k] = np.cos(by * length) * means[k] + np.sin(by * length) * direction / length
    return result


def differences(memory: Matrix, means: Matrix) -> Matrix:
    """The score of one memory by central differences of log p along each tangent direction."""
    fisher = np.zeros_like(means)
    h = 1e-5
    for k in range(len(means)):
        for j in range(means.shape[1]):
            tangent = np.eye(means.shape[1])[j] - means[k, j] * means[k]
            ahead = log_likelihood(memory, moved_along(means, k, tangent, h), KAPPA)
            behind = log_likelihood(memory, moved_along(means, k, tangent, -h), KAPPA)
            fisher[k, j] = (ahead - behind) / (2 * h)
    return fisher


def test_the_gradient_is_that_of_the_log_likelihood() -> None:
    memories, means = rows(4), rows(3, seed=1)
    expected = sum(differences(memories[i : i + 1], means) for i in range(4))
    assert gradient(memories, means, KAPPA) == pytest.approx(expected, abs=1e-6)


def test_fisher_equals_squared_finite_differences_of_each_memory() -> None:
    memories, means = rows(5), rows(3, seed=1)
    expected = sum(differences(memories[i : i + 1], means) ** 2 for i in range(5))
    assert fisher(memories, means, KAPPA) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("size", [1, 2, 7, 40])
def test_fisher_does_not_depend_on_the_size_of_a_batch(size: int) -> None:
    memories, means = rows(40), rows(5, seed=1)
    parts = sum(fisher(memories[i : i + size], means, KAPPA) for i in range(0, 40, size))
    assert parts == pytest.approx(fisher(memories, means, KAPPA), rel=1e-9)


def test_the_batched_rival_does_depend_on_it() -> None:
    memories, means = rows(40), rows(5, seed=1)
    by_one, by_ten = (batched_fisher(memories, means, size, KAPPA).sum() for size in (1, 10))
    assert by_one == pytest.approx(fisher(memories, means, KAPPA).sum())
    assert by_ten < by_one / 5


def test_fisher_is_never_negative_even_where_a_memory_is_the_prototype() -> None:
    means = rows(50, dimension=256)
    assert (fisher(means, means) >= 0).all()


def test_a_prototype_that_explains_nothing_has_no_information() -> None:
    means = np.eye(4)[:2]
    assert fisher(means[:1], means, 200.0)[1] == pytest.approx(np.zeros(4), abs=1e-12)


def test_the_penalty_is_zero_at_the_anchor_and_positive_after_a_step() -> None:
    means = rows(3)
    information = fisher(rows(10, seed=2), means, KAPPA)
    away = unit(means + 0.01 * rows(3, seed=3))
    assert penalty(means, means, information, 0.5) == 0
    assert penalty(away, means, information, 0.5) > 0
    assert penalty(away, means, information, 0.0) == 0
