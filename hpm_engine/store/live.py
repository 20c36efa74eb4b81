"""Episodes whose files were imported a moment ago."""

from __future__ import annotations

from hpm_engine.store.file.database import Database


def lately_imported(database: Database, since: int) -> list[int]:
    """The ids of episodes whose source came or grew since then (Unix microseconds)."""
    sql = (
        "SELECT e.id FROM sources s JOIN episodes e ON e.source_id = s.id"
        " WHERE s.imported_at >= ? ORDER BY e.id"
    )
    return [episode_id for (episode_id,) in database.rows(sql, (since,))]
