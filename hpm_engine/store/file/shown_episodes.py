"""Episodes in the trash are out of view everywhere: the one place that hides them.

Every connection has a temporary view "episodes", which stands before the table of that name: what
reads episodes by their plain name reads those that are shown. What writes them, or must know of
the hidden ones too, says "main.episodes".
"""

from __future__ import annotations

from typing import Any

_VIEW = (
    "CREATE TEMP VIEW episodes AS SELECT {} FROM main.episodes"
    " WHERE id NOT IN (SELECT episode_id FROM main.trash)"
)


def show_episodes(connection: Any, schema: int) -> None:
    """Set the view up, once the store has today's ``schema``; before that nothing is hidden."""
    if connection.execute("PRAGMA user_version").fetchone()[0] != schema:
        return
    only_reads = connection.execute("PRAGMA query_only").fetchone()[0]
    connection.execute("PRAGMA query_only = OFF")  # of what is temporary, too, it lets nothing be
    connection.execute("DROP VIEW IF EXISTS temp.episodes")
    columns = [row[1] for row in connection.execute("PRAGMA main.table_info(episodes)")]
    connection.execute(_VIEW.format(", ".join(columns)))
    connection.execute(f"PRAGMA query_only = {'ON' if only_reads else 'OFF'}")


def vacuum(connection: Any, schema: int) -> None:
    """Write the file anew: SQLite looks for tables to index by their plain names meanwhile."""
    connection.execute("DROP VIEW IF EXISTS temp.episodes")
    try:
        connection.execute("VACUUM")
    finally:
        show_episodes(connection, schema)
