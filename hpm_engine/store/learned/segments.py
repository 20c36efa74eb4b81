"""Merging the segments of a full-text table: what was deleted leaves them with it."""

from __future__ import annotations

from hpm_engine.store.file.database import Database

_MERGED = 2  # changes at least, where FTS5 merged anything


def merge(database: Database, table: str, pages: int, *, first: bool) -> bool:
    """Write about so many pages more of one segment that takes the place of all others.

    ``first`` begins it. Returns whether there may be more to do. FTS5 says so itself by what
    it changed (its documentation, section 6.7).
    """
    before = database.connection.total_changes
    sql = f"INSERT INTO {table} ({table}, rank) VALUES (?, ?)"
    if first:
        database.execute(sql, ("usermerge", 2))
    database.execute(sql, ("merge", -pages if first else pages))
    return bool(database.connection.total_changes - before >= _MERGED)
