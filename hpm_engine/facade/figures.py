"""A store in figures: what it holds, what agents did, whether it is whole."""

from __future__ import annotations

from hpm_engine.facade.internals import Internals
from hpm_engine.job import Job
from hpm_engine.prices.price_table import prices_in_use
from hpm_engine.store import figures
from hpm_engine.store.file.doctor import examine
from hpm_engine.values.activity import Activity, Given, Period, ToolAmount
from hpm_engine.values.prices import PriceTable
from hpm_engine.values.reports import Health, Stats

_ALL = Period()


class StoreFigures:
    """What ``Memory.figures`` is. Every method may raise ``HPMError``."""

    def __init__(self, internals: Internals) -> None:
        self._db = internals.database

    def stats(self) -> Stats:
        """The store in figures."""
        with self._db.reading():
            return figures.stats(self._db)

    def activity(
        self, period: Period = _ALL, prices: PriceTable | None = None, job: Job | None = None
    ) -> Activity:
        """What agents did in a period, and what it cost; by default with the prices in use."""
        from hpm_engine.store.activity import activity  # no part of opening a window, as below

        with self._db.reading():
            return activity(self._db, period, prices or prices_in_use(), job or Job())

    def tools(self, period: Period = _ALL) -> tuple[ToolAmount, ...]:
        """The tools that agents called in a period; looks at each of its steps."""
        from hpm_engine.store import use_figures

        with self._db.reading():
            return use_figures.tools(self._db, period)

    def given(self, period: Period = _ALL) -> Given:
        """What memory gave back in a period."""
        from hpm_engine.store import use_figures

        with self._db.reading():
            return use_figures.given(self._db, period)

    def last_cycle_at(self) -> int:
        """When the last cycle of consolidation ran, also one refused or undone; 0 without any.

        It spares who only wonders what is due the modules of consolidation.
        """
        from hpm_engine.store.learned.cycles import CycleRows

        with self._db.reading():
            return CycleRows(self._db).last_at()

    def has_vectors(self) -> bool:
        """Whether recall can find anything by meaning, and consolidation learn from it."""
        with self._db.reading():
            return figures.has_vectors(self._db)

    def health(self, *, check: bool = False, job: Job | None = None) -> Health:
        """Version, journal, sizes; with ``check`` the integrity of every page and link."""
        with self._db.reading():
            return examine(self._db, check=check, job=job or Job())
