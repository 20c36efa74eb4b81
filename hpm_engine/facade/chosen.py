"""The folders and files that a store is kept up to date with."""

from __future__ import annotations

import os
from pathlib import Path

from hpm_engine.facade.internals import Internals
from hpm_engine.store.chosen_sources import ChosenSources
from hpm_engine.store.settings import Settings
from hpm_engine.values.reports import Changed
from hpm_engine.values.syncing import SYNC_BY_ITSELF, ChosenSource


class ChosenFolders:
    """What ``Memory.chosen`` is. Every method may raise ``HPMError``."""

    def __init__(self, internals: Internals) -> None:
        self._db = internals.database
        self._settings = Settings(internals.database, internals.log)
        self._rows = ChosenSources(internals.database, internals.log)

    def all(self) -> tuple[ChosenSource, ...]:
        """Every chosen source, by path."""
        return self._rows.all()

    def add(self, path: Path, agent: str = "") -> Changed:
        """Choose a folder or file; ``agent`` is the one whose folder it was found to be.

        Raises ``BadQuery`` for a path that is none.
        """
        return self._rows.add(os.path.abspath(path), agent)

    def remove(self, path: Path) -> Changed:
        """Keep a source up to date no longer; what was imported stays. Raises ``NotFound``."""
        return self._rows.remove(os.path.abspath(path))

    def pause(self, path: Path, *, paused: bool = True) -> Changed:
        """Leave a source alone for a while, or go on with it. Raises ``NotFound``."""
        return self._rows.pause(os.path.abspath(path), paused)

    def by_itself(self) -> bool:
        """Whether a program that has the store open looks for what is new by itself."""
        with self._db.reading():
            return self._settings.all().get(SYNC_BY_ITSELF) != "no"

    def set_by_itself(self, wanted: bool) -> Changed:
        """Switch that on or off."""
        if wanted == self.by_itself():
            return Changed.NOTHING
        with self._db.writing():
            return self._settings.set(SYNC_BY_ITSELF, "yes" if wanted else "no")
