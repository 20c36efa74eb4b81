"""Made tasks whose issues share a direction with their episodes."""

from __future__ import annotations

import numpy as np

from hpm_engine.encoder.shipped import DIMENSION
from hpm_engine.encoder.traced_task import TracedTask, steps_of


def made_tasks(
    count: int, seed: int = 3, *, repositories: int = 2, hidden: bool = False
) -> list[TracedTask]:
    """``count`` tasks; with ``hidden`` the episode's common part is the issue turned elsewhere.

    The plain mean cannot see what was turned, a trained φ can learn to turn it back.
    """
    chance = np.random.default_rng(seed)
    turn = np.linalg.qr(np.random.default_rng(1).standard_normal((DIMENSION, DIMENSION)))[0]
    tasks = []
    for number in range(count):
        issue = unit(chance.standard_normal(DIMENSION))
        core = issue @ turn if hidden else issue
        steps = int(chance.integers(2, 9))
        noise = chance.standard_normal((2, steps, DIMENSION)) / np.sqrt(DIMENSION)
        states, actions = (unit(core + rows) for rows in noise)
        states[0] = 0
        repository = f"repository {number % repositories}"
        files = frozenset({f"file {number}"})
        steps_made = steps_of(states.astype(np.float32), actions.astype(np.float32))
        tasks.append(TracedTask(number, repository, files, issue.astype(np.float32), steps_made))
    return tasks


def unit(rows: np.ndarray) -> np.ndarray:
    """Rows of length 1."""
    lengths: np.ndarray = np.linalg.norm(rows, axis=-1, keepdims=True)
    return rows / lengths
