"""The trash: episodes that a person deleted, until a date."""

from __future__ import annotations

from collections.abc import Sequence

from hpm_engine.config import TRASH_DAYS
from hpm_engine.errors import BadQuery
from hpm_engine.facade.internals import Internals
from hpm_engine.store.erasure.trash import DAYS, TrashRows
from hpm_engine.store.settings import Settings
from hpm_engine.values.leaving.trash import TrashedEpisode
from hpm_engine.values.reports import Changed, Edit


class Trash:
    """What ``Memory.trash`` is. Every method may raise ``HPMError``."""

    def __init__(self, internals: Internals) -> None:
        self._internals = internals
        self._db = internals.database
        self._rows = TrashRows(internals.database, internals.log, internals.steps)

    def put(self, ids: Sequence[int]) -> Edit:
        """Delete episodes: out of view and of every search, until ``restore`` or the edit's undo.

        Raises ``CannotWrite`` where one of them is pinned; then nothing is changed.
        """
        with self._db.writing():
            return self._rows.put(ids)

    def restore(self, ids: Sequence[int]) -> Edit:
        """Bring episodes back; recall finds them again once its own jobs have run."""
        with self._db.writing():
            return self._rows.restore(ids)

    def listed(self) -> list[TrashedEpisode]:
        """What is in the trash, what was deleted last first."""
        with self._db.reading():
            return self._rows.listed()

    def days(self) -> int:
        """How many days what is deleted stays in the trash."""
        with self._db.reading():
            return self._rows.days()

    def set_days(self, days: int) -> Changed:
        """Keep what is deleted from now on for so many days. Raises ``BadQuery``."""
        least, most = TRASH_DAYS.bounds
        if not least <= days <= most:
            raise BadQuery(f"The trash keeps episodes for {least:,} to {most:,} days.", 0)
        with self._db.writing():
            return Settings(self._db, self._internals.log).set(DAYS, str(days))
