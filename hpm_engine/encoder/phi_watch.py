"""How well a φ finds episodes of repositories that it was not trained on: when to stop."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from hpm_engine.encoder.phi_network import PhiNetwork
from hpm_engine.encoder.traced_task import TracedTask, as_query

_FEWEST = 5  # episodes of a repository


class Watched(NamedTuple):
    """Mean reciprocal ranks after a round, among the episodes of an issue's repository.

    ``own`` of the issue's own episode; ``related`` of the first other that changed one of its
    files, 0.0 where no issue has one.
    """

    round: int
    own: float
    related: float

    @property
    def score(self) -> float:
        """What is compared: both count the same."""
        return self.own + self.related

    def better(self, best: Watched, start: Watched) -> bool:
        """Whether this beats the ``best`` so far, with neither rank below that of the ``start``."""
        worse = self.own < start.own or self.related < start.related
        return not worse and self.score > best.score


def watched(network: PhiNetwork, tasks: Sequence[TracedTask], number: int) -> Watched:
    """Look at ``tasks`` after round ``number``."""
    issues = network.embedded([as_query(task.issue) for task in tasks])
    episodes = network.embedded([task.steps for task in tasks])
    repositories = np.array([task.repository for task in tasks])
    own, related = [], []
    for at, task in enumerate(tasks):
        among = np.flatnonzero(repositories == task.repository)
        if len(among) < _FEWEST:
            continue
        order = among[np.argsort(-(episodes[among] @ issues[at]), kind="stable")].tolist()
        own.append(1 / (1 + order.index(at)))
        order.remove(at)
        places = (place for place, x in enumerate(order) if tasks[x].files & task.files)
        if (first := next(places, None)) is not None:
            related.append(1 / (1 + first))
    return Watched(number, _mean(own), _mean(related))


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
