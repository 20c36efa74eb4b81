"""Indexing again what an earlier version indexed for searches."""

from __future__ import annotations

from hpm_engine.facade.internals import Internals
from hpm_engine.job import Job
from hpm_engine.store.schema.reindexing import Reindexing
from hpm_engine.values.reports import ReindexReport


class SearchReindexing:
    """What ``Memory.reindexing`` is. Every method may raise ``HPMError``."""

    def __init__(self, internals: Internals) -> None:
        self._rows = Reindexing(internals.database, internals.log, internals.steps)

    def waiting(self) -> int:
        """How many steps are to be indexed again: searches find them by fewer words."""
        return self._rows.waiting()

    def run(self, job: Job | None = None) -> ReindexReport:
        """Take over what waits. Raises ``Cancelled`` with the batches before it kept."""
        return self._rows.run(job)
