"""What a person marks: pins and tags of episodes, and undoing any such edit."""

from __future__ import annotations

from collections.abc import Sequence

from hpm_engine.facade.internals import Internals
from hpm_engine.store.erasure.quarantine import QUARANTINE, QuarantineRows
from hpm_engine.store.erasure.trash import TRASH, TrashRows
from hpm_engine.store.marks import MarkRows
from hpm_engine.values.reports import Edit


class PersonMarks:
    """What ``Memory.marks`` is. Every method may raise ``HPMError``."""

    def __init__(self, internals: Internals) -> None:
        self._db = internals.database
        self._rows = MarkRows(internals.database, internals.log)
        self._quarantine = QuarantineRows(internals.database, internals.log)
        self._trash = TrashRows(internals.database, internals.log, internals.steps)

    def set_pinned(self, ids: Sequence[int], pinned: bool) -> Edit:
        """Pin or unpin episodes; the edit undoes it."""
        with self._db.writing():
            return self._rows.set_pinned(ids, pinned)

    def add_tag(self, ids: Sequence[int], tag: str) -> Edit:
        """Give episodes a tag; the edit undoes it."""
        with self._db.writing():
            return self._rows.add_tag(ids, tag)

    def remove_tag(self, ids: Sequence[int], tag: str) -> Edit:
        """Take a tag from episodes; the edit undoes it."""
        with self._db.writing():
            return self._rows.remove_tag(ids, tag)

    def undo(self, edit: Edit) -> Edit:
        """Put back what an edit changed, whatever its kind; gives what redoes it."""
        with self._db.writing():
            if edit.kind == TRASH:
                return self._trash.undo(edit)
            if edit.kind.endswith(QUARANTINE):
                return self._quarantine.undo(edit)
            return self._rows.undo(edit)
