"""The notes that an agent is given with a recall."""

from __future__ import annotations

from hpm_engine.config import CUE_CHARACTERS
from hpm_engine.recall.words import FUNCTION_WORDS
from hpm_engine.store.file.database import Database
from hpm_engine.store.memory_notes.rows import MemoryNoteRows
from hpm_engine.store.memory_notes.visible_notes import VisibleNotes
from hpm_engine.values.memory_notes import NoteHit
from hpm_engine.values.recall import RecallScope
from hpm_engine.words.scripts import words_of

_MOST = 3  # notes; the context block has little room for them
_LEAST = 2  # telling words of the cue; of a cue that has fewer, all


class Noted:
    """Notes that answer to a cue. Reads inside the caller's transaction."""

    def __init__(self, database: Database) -> None:
        self._rows = MemoryNoteRows(database)
        self._visible = VisibleNotes(database)

    def hits(self, cue: str, scope: RecallScope) -> tuple[NoteHit, ...]:
        """The notes that whoever asks may see, the best first; none for a person.

        A person is shown notes beside a recall. What a block of a person's recall is for is not
        known, so it holds none: they are for agents of their own project. Raises ``BadQuery``
        where the rules of visibility say none.
        """
        if scope.reader is None:
            return ()
        words = dict.fromkeys(words_of(cue[: CUE_CHARACTERS.value].lower()))
        telling = [word for word in words if word not in FUNCTION_WORDS]
        within = self._visible.within(scope)
        if within is None or not telling:
            return ()
        return tuple(self._rows.like(telling, _MOST, within, min(_LEAST, len(telling))))
