"""What a person wrote on episodes and steps."""

from __future__ import annotations

from hpm_engine.facade.internals import Internals
from hpm_engine.store.notes import NoteRows
from hpm_engine.values.notes import Note
from hpm_engine.values.reports import Edit


class EpisodeNotes:
    """What ``Memory.notes`` is. Every method may raise ``HPMError``; ``marks.undo`` undoes edits.

    The log has a note's length and a salted digest, never its text.
    """

    def __init__(self, internals: Internals) -> None:
        self._db = internals.database
        self._rows = NoteRows(internals.database, internals.log)

    def of(self, episode_id: int) -> tuple[Note, ...]:
        """The notes of an episode: those on the whole, then those on steps, the oldest first."""
        with self._db.reading():
            return self._rows.of(episode_id)

    def get(self, note_id: int) -> Note:
        """A note by its number; raises ``NotFound``."""
        with self._db.reading():
            return self._rows.get(note_id)

    def add(self, episode_id: int, text: str, seq: int | None = None) -> Edit:
        """Write a note on an episode, or on the step at ``seq``.

        Raises ``NotFound``, and ``BadQuery`` for an empty or overlong text.
        """
        with self._db.writing():
            return self._rows.add(episode_id, text, seq)

    def change(self, note_id: int, text: str) -> Edit:
        """Write a note anew; raises as ``add``."""
        with self._db.writing():
            return self._rows.change(note_id, text)

    def delete(self, note_id: int) -> Edit:
        """Take a note away; raises ``NotFound``."""
        with self._db.writing():
            return self._rows.delete(note_id)
