"""Sessions that were given another name since they were read, in a file beside their own."""

from __future__ import annotations

from hpm_engine.ingest.codex.names import indexed_name
from hpm_engine.ingest.codex.reader import CodexReader
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.store.file.database import Database
from hpm_engine.store.sources import StoredSource


def renamed(database: Database, source: SourceFile, stored: StoredSource) -> bool:
    """Whether Codex's index has a later name for a session of a source that the store has.

    An older copy of the index takes no name back: only what was given after the session was
    imported is later for sure. Not where the text is evicted: reading it would bring it back.
    """
    if stored.format != CodexReader.format:
        return False
    sessions = database.rows(
        "SELECT coalesce(nullif(e.session_key, ''), e.key), e.title, e.imported_at, c.evicted_at"
        " FROM episodes e LEFT JOIN compressed c ON c.episode_id = e.id WHERE e.source_id = ?",
        (stored.id,),
    )
    if any(evicted is not None for *_, evicted in sessions):
        return False
    for key, title, imported_at, _ in sessions:
        name, at = indexed_name(key, source.beside) or (title, None)
        if name != title and (not title or (at or 0) > imported_at):
            return True
    return False
