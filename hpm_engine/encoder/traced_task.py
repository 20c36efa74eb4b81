"""A task and the trace of working on it, as embeddings: what φ learns from and is judged by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hpm_engine.encoder.phi import known_steps

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Steps(NamedTuple):
    """An episode's step embeddings, ``(steps, 256)`` each: what was shown, what was done.

    ``plain`` is what their mean is taken of.
    """

    states: NDArray[np.float32]
    actions: NDArray[np.float32]
    plain: NDArray[np.float32]

    def at(self, positions: NDArray[np.int64]) -> Steps:
        """Some of the steps."""
        return Steps(self.states[positions], self.actions[positions], self.plain[positions])


class TracedTask(NamedTuple):
    """An issue ``(256,)`` of a repository, the files that its solution changed, and the steps."""

    episode: int
    repository: str
    files: frozenset[str]
    issue: NDArray[np.float32]
    steps: Steps


def steps_of(states: NDArray[np.float32], actions: NDArray[np.float32]) -> Steps:
    """An episode's steps, without those of which nothing is known."""
    return Steps(*known_steps(states, actions))


def as_query(state: NDArray[np.float32]) -> Steps:
    """A query: an episode of one state without an action (C1 (0) of the reconstruction)."""
    row = state[None, :]
    return Steps(row, np.zeros_like(row), row)


def repository_groups(tasks: Sequence[TracedTask], count: int) -> list[list[TracedTask]]:
    """The tasks in ``count`` groups of about one size, each repository in one of them."""
    repositories: dict[str, list[TracedTask]] = {}
    for task in tasks:
        repositories.setdefault(task.repository, []).append(task)
    groups: list[list[TracedTask]] = [[] for _ in range(count)]
    for name in sorted(repositories, key=lambda name: (-len(repositories[name]), name)):
        min(groups, key=len).extend(repositories[name])
    return groups
