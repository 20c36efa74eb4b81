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


class Ranks(NamedTuple):
    """Reciprocal ranks of one issue; ``related`` is ``None`` where no other changed its files."""

    own: float
    related: float | None

    @property
    def mean(self) -> float:
        """Of the two, or of the one that there is."""
        return self.own if self.related is None else (self.own + self.related) / 2


def ranks(network: PhiNetwork, tasks: Sequence[TracedTask]) -> list[Ranks | None]:
    """The ranks of each task; ``None`` where its repository has fewer than five episodes."""
    issues = network.embedded([as_query(task.issue) for task in tasks])
    episodes = network.embedded([task.steps for task in tasks])
    repositories = np.array([task.repository for task in tasks])
    found: list[Ranks | None] = []
    for at, task in enumerate(tasks):
        among = np.flatnonzero(repositories == task.repository)
        if len(among) < _FEWEST:
            found.append(None)
            continue
        order = among[np.argsort(-(episodes[among] @ issues[at]), kind="stable")].tolist()
        own = 1 / (1 + order.index(at))
        order.remove(at)
        places = (place for place, x in enumerate(order) if tasks[x].files & task.files)
        first = next(places, None)
        found.append(Ranks(own, None if first is None else 1 / (1 + first)))
    return found


def watched(network: PhiNetwork, tasks: Sequence[TracedTask], number: int) -> Watched:
    """Look at ``tasks`` after round ``number``."""
    found = [one for one in ranks(network, tasks) if one is not None]
    related = [one.related for one in found if one.related is not None]
    return Watched(number, _mean([one.own for one in found]), _mean(related))


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
