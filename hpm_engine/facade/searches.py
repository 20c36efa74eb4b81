"""Searches kept by name, in the store that they search."""

from __future__ import annotations

from hpm_engine.facade.internals import Internals
from hpm_engine.store.saved_searches import SavedSearches
from hpm_engine.values.episodes import SavedSearch
from hpm_engine.values.reports import Changed


class KeptSearches:
    """What ``Memory.searches`` is. Every method may raise ``HPMError``."""

    def __init__(self, internals: Internals) -> None:
        self._rows = SavedSearches(internals.database, internals.log)

    def all(self) -> tuple[SavedSearch, ...]:
        """Every saved search, by name."""
        return self._rows.all()

    def get(self, name: str) -> SavedSearch:
        """The search of that name; raises ``NotFound``, which names those that there are."""
        return self._rows.get(name)

    def save(self, name: str, text: str) -> Changed:
        """Keep a search under a name, in place of one that had it.

        Raises ``BadQuery`` for a search that cannot be understood, and for an empty or overlong
        name.
        """
        return self._rows.save(name, text)

    def rename(self, name: str, new: str) -> Changed:
        """Give a search another name; raises ``NotFound``, and ``BadQuery`` for a taken one."""
        return self._rows.rename(name, new)

    def delete(self, name: str) -> Changed:
        """Forget a search; raises ``NotFound``. Saving it again puts it back."""
        return self._rows.delete(name)
