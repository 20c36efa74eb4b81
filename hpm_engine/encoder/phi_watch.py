"""The ranks of a φ on repositories that it was not trained on, which tell when to stop."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from hpm_engine.encoder.phi_network import PhiNetwork
from hpm_engine.encoder.traced_task import TracedTask, as_query

_FEWEST = 5  # episodes of a repository whose tasks are ranked


class Watched(NamedTuple):
    """Mean reciprocal ranks after a round, among the episodes of an issue's repository."""

    round: int
    own: float  # of the issue's own episode
    related: float  # of the first other that changed one of its files; 0.0 without such episodes

    @property
    def score(self) -> float:
        """The sum of both ranks, by which rounds are compared."""
        return self.own + self.related

    def better(self, best: Watched, start: Watched) -> bool:
        """Whether this beats the ``best`` so far, with neither rank below that of the ``start``."""
        worse = self.own < start.own or self.related < start.related
        return not worse and self.score > best.score


class Ranks(NamedTuple):
    """Reciprocal ranks of one issue; ``related`` is ``None`` where no other changed its files."""

    own: float
    related: float | None

    @property
    def mean(self) -> float:
        """The mean of the two ranks, or the only one."""
        return self.own if self.related is None else (self.own + self.related) / 2


def ranks(network: PhiNetwork, tasks: Sequence[TracedTask]) -> list[Ranks | None]:
    """The ranks of each task; ``None`` where its repository has fewer than five episodes."""
    issues = network.embedded([as_query(task.issue) for task in tasks])
    episodes = network.embedded([task.steps for task in tasks])
    repositories = np.array([task.repository for task in tasks])
    every: list[Ranks | None] = []
    for index, task in enumerate(tasks):
        among = np.flatnonzero(repositories == task.repository)
        if len(among) < _FEWEST:
            every.append(None)
            continue
        order = among[np.argsort(-(episodes[among] @ issues[index]), kind="stable")].tolist()
        own = 1 / (1 + order.index(index))
        order.remove(index)
        related = (rank for rank, other in enumerate(order) if tasks[other].files & task.files)
        first = next(related, None)
        every.append(Ranks(own, None if first is None else 1 / (1 + first)))
    return every


def watched(network: PhiNetwork, tasks: Sequence[TracedTask], number: int) -> Watched:
    """The mean ranks of ``tasks`` after round ``number``."""
    ranked = [task_ranks for task_ranks in ranks(network, tasks) if task_ranks is not None]
    related = [task_ranks.related for task_ranks in ranked if task_ranks.related is not None]
    return Watched(number, _mean([task_ranks.own for task_ranks in ranked]), _mean(related))


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
