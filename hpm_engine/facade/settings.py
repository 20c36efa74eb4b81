"""The settings that live in a store."""

from __future__ import annotations

from hpm_engine.compressor.ageing.settings import ageing_settings
from hpm_engine.facade.internals import Internals
from hpm_engine.store.settings import Settings
from hpm_engine.values.ageing import AgeingSettings
from hpm_engine.values.reports import Changed


class StoreSettings:
    """What ``Memory.settings`` is. Every method may raise ``HPMError``."""

    def __init__(self, internals: Internals) -> None:
        self._db = internals.database
        self._rows = Settings(internals.database, internals.log)

    def all(self) -> dict[str, str]:
        """Every setting, by name."""
        with self._db.reading():
            return self._rows.all()

    def ageing(self) -> AgeingSettings:
        """How the store ages, as ``compression.ageing`` has it, without loading what ages it."""
        return ageing_settings(self.all())

    def set(self, name: str, value: str) -> Changed:
        """Change a setting; one that has the value already is left alone."""
        with self._db.writing():
            return self._rows.set(name, value)
