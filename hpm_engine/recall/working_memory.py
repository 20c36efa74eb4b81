"""Working memory: the steps that recalls are using now stay decoded; the coldest leave."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from hpm_engine.config import BUFFER_SIZE
from hpm_engine.values.episodes import Step

_FADE = 0.98  # of an episode's heat, at each use of any other

Read = Callable[[list[tuple[int, int]]], Iterable[Step]]


class WorkingMemory:
    """Steps by episode, for the episodes that recalls came back to most and latest.

    An entry speaks for one state of an episode, named by its digest: once the episode has
    changed, what was kept of it is dropped.
    """

    def __init__(self, capacity: int = BUFFER_SIZE.value) -> None:
        self._capacity = capacity
        self._steps: dict[int, tuple[bytes, dict[int, Step]]] = {}
        self._heat: dict[int, tuple[float, int]] = {}  # heat, and the use that it is as of
        self._uses = 0

    def steps(
        self, wanted: Iterable[tuple[int, int]], digests: Mapping[int, bytes], read: Read
    ) -> dict[tuple[int, int], Step]:
        """Steps by episode and position; those not at hand are read, all in one go.

        ``digests`` tell the episodes' present states. What is not there is left out.
        """
        positions = sorted(set(wanted))
        for episode_id in {episode_id for episode_id, _ in positions}:
            if self._steps.get(episode_id, (None,))[0] != digests.get(episode_id):
                self._steps[episode_id] = digests.get(episode_id, b""), {}
            self._warm(episode_id)
        missing = [(key, seq) for key, seq in positions if seq not in self._steps[key][1]]
        for step in read(missing) if missing else ():
            self._steps[step.episode_id][1][step.seq] = step
        steps = {
            (key, seq): self._steps[key][1][seq]
            for key, seq in positions
            if seq in self._steps[key][1]
        }
        if len(self._steps) > self._capacity:
            for episode_id in self.hot()[self._capacity :]:
                self.forget(episode_id)
        return steps

    def hot(self) -> list[int]:
        """The episodes held, hottest first."""
        return sorted(self._steps, key=lambda key: (-self._heat_now(key), key))

    def forget(self, episode_id: int) -> None:
        """Let go of an episode at once."""
        self._steps.pop(episode_id, None)
        self._heat.pop(episode_id, None)

    def _warm(self, episode_id: int) -> None:
        heat = self._heat_now(episode_id) + 1
        self._uses += 1
        self._heat[episode_id] = heat, self._uses

    def _heat_now(self, episode_id: int) -> float:
        heat, use = self._heat.get(episode_id, (0.0, 0))
        return heat * float(_FADE ** (self._uses - use))
