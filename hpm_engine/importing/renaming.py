"""Sessions that got another name in a file beside their own since they were imported."""

from __future__ import annotations

from hpm_engine.ingest.codex.names import indexed_name
from hpm_engine.ingest.codex.reader import CodexReader
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.store.file.database import Database
from hpm_engine.store.rows.episodes import EpisodeRows
from hpm_engine.store.sources import StoredSource


def renamed(database: Database, source: SourceFile, stored: StoredSource) -> bool:
    """Whether Codex's index has a later name for a session of a stored source.

    An older copy of the index takes no name back: only a name from after the import of the session
    is certainly later. False for evicted text: reading the source would bring it back.
    """
    if stored.format != CodexReader.format:
        return False
    sessions = EpisodeRows(database).sessions_of(stored.id)
    if any(session.evicted_at is not None for session in sessions):
        return False
    for session in sessions:
        name, at = indexed_name(session.key, source.beside) or (session.title, None)
        if name != session.title and (not session.title or (at or 0) > session.imported_at):
            return True
    return False
