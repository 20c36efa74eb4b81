"""A task and its trace as embeddings, for φ to learn from and to be judged by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hpm_engine.encoder.phi import known_steps

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Steps(NamedTuple):
    """An episode's step embeddings, each of shape ``(steps, 256)``."""

    states: NDArray[np.float32]  # the texts before each action
    actions: NDArray[np.float32]
    plain: NDArray[np.float32]  # of their mean: the action, or the state of a step without one

    def at(self, positions: NDArray[np.int64]) -> Steps:
        """The steps at these positions."""
        return Steps(self.states[positions], self.actions[positions], self.plain[positions])


class TracedTask(NamedTuple):
    """An issue ``(256,)`` of a repository, the files that its solution changed, and the steps."""

    episode: int
    repository: str
    files: frozenset[str]
    issue: NDArray[np.float32]
    steps: Steps


def steps_of(states: NDArray[np.float32], actions: NDArray[np.float32]) -> Steps:
    """An episode's steps, without those of zeros."""
    return Steps(*known_steps(states, actions))


def as_query(state: NDArray[np.float32]) -> Steps:
    """A query: an episode of one state without an action (C1 (0) of the reconstruction)."""
    row = state[None, :]
    return Steps(row, np.zeros_like(row), row)


def repository_groups(tasks: Sequence[TracedTask], count: int) -> list[list[TracedTask]]:
    """The tasks in ``count`` groups of similar sizes, each repository in one group."""
    repositories: dict[str, list[TracedTask]] = {}
    for task in tasks:
        repositories.setdefault(task.repository, []).append(task)
    groups: list[list[TracedTask]] = [[] for _ in range(count)]
    for name in sorted(repositories, key=lambda name: (-len(repositories[name]), name)):
        min(groups, key=len).extend(repositories[name])
    return groups
