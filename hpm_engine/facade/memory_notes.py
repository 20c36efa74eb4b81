"""The notes of agents' memories, and people's instructions for agents."""

from __future__ import annotations

import difflib
from pathlib import Path

from hpm_engine.facade.internals import Internals
from hpm_engine.job import Job
from hpm_engine.query import as_text
from hpm_engine.query.notes import as_search_of_notes, words_asked
from hpm_engine.store.memory_notes.rows import MemoryNoteRows
from hpm_engine.store.secrets.border import SecretBorder
from hpm_engine.values.episodes import EpisodeQuery
from hpm_engine.values.memory_notes import (
    MemoryNote,
    MemoryNoteDetail,
    MemoryNoteQuery,
    MemoryNoteVersion,
    NoteCount,
    NoteHit,
    NotesExported,
)
from hpm_engine.values.note_evidence import LineEvidence
from hpm_engine.words.scripts import words_of

_MOST_COUNTED = 1_000  # notes; a count that is shown beside a list needs no more


class MemoryNotes:
    """What ``Memory.memory_notes`` is: imports alone change notes. May raise ``HPMError``.

    ``Memory.notes`` is another thing: what a person wrote on episodes.
    """

    def __init__(self, internals: Internals) -> None:
        self._db = internals.database
        self._steps = internals.steps
        self._log = internals.log
        self._rows = MemoryNoteRows(internals.database)

    def find(self, query: MemoryNoteQuery | None = None) -> list[MemoryNote]:
        """The notes that a query asks for, all without one. Raises ``BadQuery``."""
        with self._db.reading():
            return self._rows.find(query or MemoryNoteQuery())

    def count_for(self, query: EpisodeQuery) -> NoteCount | None:
        """How many notes hold what a search of episodes asks for.

        None where it has no words that notes would have to hold, or asks what no note has. Raises
        ``BadQuery``.
        """
        text = as_text(query)
        search = as_search_of_notes(text)
        if not search:
            return None
        with self._db.reading():
            notes = self._rows.count(search, _MOST_COUNTED + 1)
        most = min(notes, _MOST_COUNTED)
        return NoteCount(search, most, notes > _MOST_COUNTED, words_asked(text))

    def detail(self, note_id: int) -> MemoryNoteDetail:
        """A note with its text and what it names; raises ``NotFound``."""
        with self._db.reading():
            return self._rows.detail(note_id)

    def versions(self, note_id: int) -> list[MemoryNoteVersion]:
        """Every wording of a note, the oldest first; raises ``NotFound``."""
        with self._db.reading():
            return self._rows.versions(self._rows.get(note_id).id)

    def version(self, note_id: int, number: int) -> MemoryNoteVersion:
        """One wording of a note. Raises ``NotFound``, and ``BadQuery`` for a number below 1."""
        with self._db.reading():
            return self._rows.version(note_id, number)

    def difference(self, note_id: int, earlier: int, later: int) -> list[str]:
        """The lines of a unified diff of two versions. Raises ``NotFound``, and ``BadQuery``."""
        versions = self.version(note_id, earlier), self.version(note_id, later)
        before, after = (version.text.splitlines() for version in versions)
        names = (f"version {earlier}", f"version {later}")
        return list(difflib.unified_diff(before, after, *names, lineterm=""))

    def evidence(self, note_id: int, job: Job | None = None) -> list[LineEvidence]:
        """What the sessions of its folder show of each line of a note.

        Raises ``NotFound``, and ``Cancelled`` where the job is.
        """
        from hpm_engine.evidence.judge import NoteEvidence

        return NoteEvidence(self._db, self._steps).of(note_id, job)

    def like(self, cue: str, count: int = 3) -> list[NoteHit]:
        """The notes that are still there and say most of a cue's words, the best first.

        For a person, who sees every note; what an agent is given is ``Recall.noted``.
        """
        with self._db.reading():
            return self._rows.like(words_of(cue), count)

    def export_okf(self, folder: Path, query: MemoryNoteQuery | None = None) -> NotesExported:
        """Write notes as a new folder in the Open Knowledge Format. Raises ``CannotWrite``."""
        from hpm_engine.export.notes_bundle import NoteText, export_bundle

        with self._db.writing():
            notes = self._rows.find(query or MemoryNoteQuery())
            clean = SecretBorder(self._db).for_files()
            texts = [
                NoteText(note, clean(self._rows.detail(note.id).text.encode()).decode())
                for note in notes
            ]
            return export_bundle(texts, folder, self._log)
