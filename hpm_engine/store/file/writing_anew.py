"""All that a store holds, written into a new file under another key, or under none."""

from __future__ import annotations

from pathlib import Path

from hpm_engine.job import Job
from hpm_engine.store.file.connection import attach_new
from hpm_engine.store.file.database import Database
from hpm_engine.store.file.doctor import interruptible
from hpm_engine.store.file.seal import Seal
from hpm_engine.store.file.shown_episodes import show_tables
from hpm_engine.store.schema.migrations import APPLICATION_ID


def keep_locked(database: Database) -> None:
    """Hold the lock that the next transaction takes until the connection is closed."""
    database.pragma("locking_mode = EXCLUSIVE")


def write_anew(database: Database, file: Path, seal: Seal | None, job: Job) -> None:
    """Fill an empty file with all that the store holds, and end the caller's transaction."""
    attach_new(database.connection, file, seal)
    show_tables(database.connection)
    with interruptible(database, job, "writing the store anew"):
        database.execute("SELECT sqlcipher_export('target')")
    database.execute(f"PRAGMA target.application_id = {APPLICATION_ID}")
    database.execute(f"PRAGMA target.user_version = {database.pragma('user_version')}")
    database.execute("COMMIT")
    database.execute("DETACH target")


def row_counts(database: Database) -> dict[str, int]:
    """The number of rows of each table."""
    sql = "SELECT name FROM main.sqlite_master WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%'"
    names = [name for (name,) in database.rows(f"{sql} ORDER BY name")]
    return {name: database.value(f'SELECT count(*) FROM main."{name}"') for name in names}
