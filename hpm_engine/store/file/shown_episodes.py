"""Episodes in the trash are out of view everywhere: the one place that hides them.

Every connection has temporary views "episodes" and "prototype_members", which stand before the
tables of these names: what reads them by their plain names reads what is shown. What writes them,
or must know of the hidden ones too, says "main.episodes".
"""

from __future__ import annotations

from typing import Any

_VIEW = (
    "CREATE TEMP VIEW {0} AS SELECT {1} FROM main.{0}"
    " WHERE {2} NOT IN (SELECT episode_id FROM main.trash)"
)
_SHOWN = (("episodes", "id"), ("prototype_members", "episode_id"))


def show_episodes(connection: Any, schema: int) -> None:
    """Set the views up, once the store has today's ``schema``; before that nothing is hidden."""
    if connection.execute("PRAGMA user_version").fetchone()[0] != schema:
        return
    only_reads = connection.execute("PRAGMA query_only").fetchone()[0]
    connection.execute("PRAGMA query_only = OFF")  # of what is temporary, too, it lets nothing be
    show_tables(connection)
    for table, key in _SHOWN:
        columns = [row[1] for row in connection.execute(f"PRAGMA main.table_info({table})")]
        connection.execute(_VIEW.format(table, ", ".join(columns), key))
    connection.execute(f"PRAGMA query_only = {'ON' if only_reads else 'OFF'}")


def show_tables(connection: Any) -> None:
    """Take the views away, for what must find each table by its plain name."""
    for table, _ in _SHOWN:
        connection.execute(f"DROP VIEW IF EXISTS temp.{table}")


def vacuum(connection: Any, schema: int) -> None:
    """Write the file anew: SQLite looks for tables to index by their plain names meanwhile."""
    show_tables(connection)
    try:
        connection.execute("VACUUM")
    finally:
        show_episodes(connection, schema)
