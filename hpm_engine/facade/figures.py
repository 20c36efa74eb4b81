"""A store in figures: what it holds, how it grew, whether it is whole."""

from __future__ import annotations

from hpm_engine.facade.internals import Internals
from hpm_engine.job import Job
from hpm_engine.store import figures
from hpm_engine.store.file.doctor import examine
from hpm_engine.values.reports import GrowthPoint, Health, Stats


class StoreFigures:
    """What ``Memory.figures`` is. Every method may raise ``HPMError``."""

    def __init__(self, internals: Internals) -> None:
        self._db = internals.database

    def stats(self) -> Stats:
        """The store in figures."""
        with self._db.reading():
            return figures.stats(self._db)

    def growth(self) -> tuple[GrowthPoint, ...]:
        """Episodes and steps by day."""
        with self._db.reading():
            return figures.growth(self._db)

    def health(self, *, check: bool = False, job: Job | None = None) -> Health:
        """Version, journal, sizes; with ``check`` the integrity of every page and link."""
        with self._db.reading():
            return examine(self._db, check=check, job=job or Job())
