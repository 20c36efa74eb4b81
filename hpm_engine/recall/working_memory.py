"""Working memory: the steps that recalls are using now stay decoded; the coldest leave."""

from __future__ import annotations

from collections.abc import Callable

from hpm_engine.records import Step

CAPACITY = 100  # episodes (the paper's N)
_FADE = 0.98  # of an episode's heat, at each use of any other


class WorkingMemory:
    """Steps by episode, for the episodes that recalls came back to most and latest.

    An entry speaks for one state of an episode, named by its digest: once the episode has
    changed, what was kept of it is dropped.
    """

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._steps: dict[int, tuple[bytes, dict[int, Step]]] = {}
        self._heat: dict[int, tuple[float, int]] = {}  # heat, and the use that it is as of
        self._uses = 0

    def step(
        self, episode_id: int, digest: bytes, seq: int, read: Callable[[], list[Step]]
    ) -> Step | None:
        """A step of an episode in the state ``digest``; read where it is not at hand."""
        known, steps = self._steps.get(episode_id, (b"", {}))
        if known != digest:
            steps = {}
            self._steps[episode_id] = digest, steps
        self._warm(episode_id)
        if seq not in steps:
            found = read()
            if not found:
                return None
            steps[seq] = found[0]
        return steps[seq]

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
        while len(self._steps) > self._capacity:
            self.forget(min(self._steps, key=lambda key: (self._heat_now(key), key)))

    def _heat_now(self, episode_id: int) -> float:
        heat, at = self._heat.get(episode_id, (0.0, 0))
        return heat * float(_FADE ** (self._uses - at))
