"""Known sources beside which a file changed since they were read: a title, a saved result."""

from __future__ import annotations

from hpm_engine.ingest.sources.beside import companion_digest
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.store.file.database import Database
from hpm_engine.store.rows.episodes import EpisodeRows
from hpm_engine.store.sources import Sources, StoredSource


def companions_changed(
    database: Database, sources: Sources, source: SourceFile, stored: StoredSource, base: str
) -> bool:
    """Whether a file that the reader of a stored source asked for is another one, or came.

    False where one of them went, and for a copy of the source at another path: what they said
    would be lost. False for evicted text: reading the source would bring it back. ``base`` is a
    prefix that stored paths lack.
    """
    account = sources.account(stored.id)
    if account is None or not account.companions:
        return False
    if stored.path != source.name.removeprefix(base):
        return False
    changed = False
    for relative, before in account.companions:
        digest = companion_digest(source.beside(relative))
        if before and not digest:
            return False
        changed = changed or digest != before
    sessions = EpisodeRows(database).sessions_of(stored.id) if changed else ()
    return changed and all(session.evicted_at is None for session in sessions)
