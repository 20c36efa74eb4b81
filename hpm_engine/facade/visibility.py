"""Who may see which episodes and notes, by the store's rules."""

from __future__ import annotations

from collections.abc import Sequence

from hpm_engine.facade.internals import Internals
from hpm_engine.store.memory_notes.visible_notes import VisibleNotes
from hpm_engine.store.visible import VisibleRows
from hpm_engine.values.visibility import Reader, Visibility


class VisibilityRules:
    """What ``Memory.visibility`` is. Every method may raise ``HPMError``."""

    def __init__(self, internals: Internals) -> None:
        self._db = internals.database
        self._rows = VisibleRows(internals.database)
        self._notes = VisibleNotes(internals.database)

    def rules(self) -> Visibility:
        """The rules as they are now. Raises ``BadQuery`` where the setting says none."""
        return self._rows.rules()

    def count(self, reader: Reader) -> int:
        """How many episodes a reader sees."""
        return self._rows.count(reader)

    def seen(self, reader: Reader, ids: Sequence[int]) -> list[int]:
        """Those of some episodes that a reader sees, in their order."""
        return self._rows.seen(reader, ids)

    def count_notes(self, reader: Reader | None) -> int:
        """How many notes of memories that are still there a reader sees; a person sees all."""
        with self._db.reading():
            return self._notes.count(reader)

    def private(self) -> set[int]:
        """The episodes that somebody must not see, and that do not settle into prototypes."""
        return self._rows.private()

    def unmatched(self) -> list[str]:
        """The names in rules ("project:NAME") that no episode and no note has.

        They are mistyped, or not here yet.
        """
        with self._db.reading():
            return [name.text() for name in self._rows.unmatched() if not self._notes.matches(name)]
