"""The notes of agents' memories, stored as an import meets them; what went is marked, not lost."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from hpm_engine.errors import NothingToImport
from hpm_engine.importing.preparation import PreparedSource
from hpm_engine.importing.secret_masking import SourceMasking
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.file.database import Database
from hpm_engine.store.memory_notes.writer import MemoryNoteWriter, WrittenNote
from hpm_engine.values.reports import Changed, FileReport, FileStatus

_MEMBER = "!/"  # between an archive's path and a member's


class NoteKeeper:
    """The keeper of notes, inside the importer's transactions; ``changed`` says what changed.

    ``base`` is a prefix that the stored paths lack; without one they are absolute.
    """

    def __init__(
        self, database: Database, audit: AuditLog, base: str, masking: SourceMasking
    ) -> None:
        self._db, self._masking = database, masking
        self._writer = MemoryNoteWriter(database, audit)
        self._base = base
        self._known: set[str] | None = None
        self._met: set[str] = set()
        self.changed = Changed.NOTHING

    def keep(self, source: SourceFile, prepared: PreparedSource) -> FileReport:
        """Store a file's notes; those that it no longer holds are marked as gone."""
        path = self._path(source.name)
        notes = prepared.notes or ()
        if not notes and path not in self._paths():
            raise NothingToImport(f"{source.name}: it holds no note.")
        self._writer.take_from_aside(path)
        written = []
        for draft in notes:
            if draft.key.startswith(source.name):
                draft.key = path + draft.key.removeprefix(source.name)
            draft.scope = self._scope(draft.scope, source.name)
            written.append(self._writer.write(draft, path))
        written += self._writer.leave(path, [note.id for note in written])
        self._paths().add(path)
        self._met.add(path)
        if any(note.added or note.changed for note in written):
            self._masking.note(prepared.source or source)
        return self._report(source, prepared.format, written)

    def leave(self, source: SourceFile) -> int:
        """Mark the notes of a file as gone that is no memory any more; how many those were."""
        path = self._path(source.name)
        self._met.add(path)
        return self.mark_gone([path]) if path in self._paths() else 0

    def missing(self, paths: Sequence[Path]) -> list[str]:
        """The files with notes below ``paths`` that this import did not meet, for they are gone."""
        with self._db.reading():
            known = self._paths() - self._met
        roots = [os.path.abspath(path) for path in paths if path.exists()]
        archives = {path.split(_MEMBER, 1)[0] for path in self._met if _MEMBER in path}
        missing = []
        for path in sorted(known):
            file = path.split(_MEMBER, 1)[0]
            place = os.path.abspath(self._base + file)
            if any(place == root or place.startswith(root + os.sep) for root in roots) and (
                not os.path.lexists(place) or (_MEMBER in path and file in archives)
            ):
                missing.append(path)
        return missing

    def mark_gone(self, paths: Iterable[str]) -> int:
        """Mark the notes of these files as gone; how many those were."""
        gone = [note for path in paths for note in self._writer.leave(path, ())]
        self._note(gone)
        return len(gone)

    def _paths(self) -> set[str]:
        if self._known is None:
            self._known = set(self._writer.paths())
        return self._known

    def _path(self, name: str) -> str:
        if self._base:
            return name.removeprefix(self._base)
        file, mark, member = name.partition(_MEMBER)
        return os.path.abspath(file) + mark + member

    def _scope(self, scope: str, name: str) -> str:
        """A scope that is a folder of the file's own path, as the path is stored."""
        if scope and name.startswith(scope):
            return self._path(scope)
        return scope

    def _report(self, source: SourceFile, format_: str, written: list[WrittenNote]) -> FileReport:
        self._note(written)
        added = sum(note.added for note in written)
        changed = sum(note.changed for note in written)
        gone = sum(note.gone for note in written)
        status = FileStatus.EXTENDED if changed or gone else FileStatus.UNCHANGED
        return FileReport(
            source.name,
            FileStatus.ADDED if added else status,
            format=format_,
            size=source.size,
            account=source.account.sums(),
            notes_added=added,
            notes_changed=changed,
            notes_gone=gone,
        )

    def _note(self, written: Iterable[WrittenNote]) -> None:
        if any(note.added or note.changed or note.gone for note in written):
            self.changed |= Changed.NOTES | Changed.AUDIT
