"""The episodes of a store: finding, reading and exporting them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from hpm_engine.facade.internals import Internals
from hpm_engine.job import Job
from hpm_engine.values.episodes import Episode, EpisodeDetail, EpisodeList, EpisodeQuery, Facets
from hpm_engine.values.reports import Exported


class Episodes:
    """What ``Memory.episodes`` is. Every method may raise ``HPMError``."""

    def __init__(self, internals: Internals) -> None:
        self._internals = internals
        self._db = internals.database
        self._rows = internals.episodes

    def find(self, query: EpisodeQuery, job: Job | None = None) -> EpisodeList:
        """The ids that a query finds, in its order. Raises ``BadQuery``."""
        with self._db.reading():
            return self._internals.finder.find(query, job)

    def get(self, ids: Sequence[int]) -> list[Episode]:
        """The rows of ``ids`` in that order; ids that are gone are left out."""
        with self._db.reading():
            return self._rows.get(ids)

    def detail(self, episode_id: int | str) -> EpisodeDetail:
        """All about one episode (a text: its session's id or title). Raises ``NotFound``."""
        with self._db.reading():
            return self._rows.detail(episode_id)

    def facets(self) -> Facets:
        """The values that filters can offer."""
        with self._db.reading():
            return self._rows.facets()

    def export(
        self, episode_id: int, destination: Path | BinaryIO, *, job: Job | None = None
    ) -> Exported:
        """Write an episode as an ATIF trajectory, lossless both ways. The export is logged.

        Raises ``NotFound``, and ``CannotWrite`` with no file left behind.
        """
        # A window reads no trajectories.
        from hpm_engine.export.episode_export import EpisodeExporter

        if isinstance(destination, Path):
            self._internals.spare(destination)
        exporter = EpisodeExporter(self._db, self._internals.log, self._rows, self._internals.steps)
        return exporter.export(episode_id, destination, job or Job())
