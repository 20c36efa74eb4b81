"""The steps of an episode: in brief, whole, or those that match a text."""

from __future__ import annotations

from hpm_engine.facade.internals import Internals
from hpm_engine.job import Job
from hpm_engine.values.episodes import Step, StepOutline


class EpisodeSteps:
    """What ``Memory.steps`` is. Every method may raise ``HPMError``."""

    def __init__(self, internals: Internals) -> None:
        self._db = internals.database
        self._rows = internals.steps
        self._finder = internals.finder

    def outline(self, episode_id: int) -> list[StepOutline]:
        """All steps of an episode in brief, in order."""
        with self._db.reading():
            return self._rows.outline(episode_id)

    def read(self, episode_id: int, start: int = 0, stop: int | None = None) -> list[Step]:
        """The steps at positions ``start`` to ``stop`` (exclusive), with all their text."""
        with self._db.reading():
            return self._rows.steps(episode_id, start, stop)

    def matching(self, episode_id: int, text: str, job: Job | None = None) -> list[int]:
        """The positions of an episode's steps that match a search text. Raises ``BadQuery``."""
        with self._db.reading():
            return self._finder.hits(episode_id, text, job)
