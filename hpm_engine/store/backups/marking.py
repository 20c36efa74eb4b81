"""The row by which a file says that it is a backup, and of which store."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hpm_engine.errors import HPMError
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.file.connection import connect
from hpm_engine.store.file.database import Database
from hpm_engine.store.file.driver import load_driver
from hpm_engine.store.file.failures import explained
from hpm_engine.store.file.seal import salt_of, seal_of
from hpm_engine.store.rows.declaration import Columns, insertion
from hpm_engine.store.schema.migrations import SCHEMA
from hpm_engine.store.settings import store_id
from hpm_engine.values.safety.backups import BackupMark, HeldCounts

_FIELDS = ("store_id", "made_at", "audit_rows", "audit_head")
_MARK = Columns(BackupMark, {field: field for field in _FIELDS})
_COUNTED = {
    **{
        table: f"(SELECT count(*) FROM {table})"
        for table in (
            *("episodes", "steps", "sources", "tags", "notes", "memory_notes", "recalls"),
            "prototypes",
        )
    },
    "audit_rows": "(SELECT count(*) FROM audit)",
}
_HELD = Columns(HeldCounts, _COUNTED)


def put_mark(path: Path, mark: BackupMark) -> None:
    """Say in a finished copy that it is a backup; nothing else has it open.

    It is one file from then on, without a side file, so that it can be read where nobody may write.
    """
    driver = load_driver()
    with explained(path, driver):
        connection = connect(driver, str(path), seal_of(path, path), isolation_level=None)
        try:
            for pragma in ("journal_mode = DELETE", "journal_mode = OFF", "synchronous = OFF"):
                connection.execute(f"PRAGMA {pragma}")
            connection.execute("BEGIN")
            connection.execute("DELETE FROM backup_mark")
            columns = ("id", *_FIELDS)
            values = (1, mark.store_id, mark.made_at, mark.audit_rows, mark.audit_head)
            connection.execute(insertion("backup_mark", columns), values)
            connection.execute("COMMIT")
        finally:
            connection.close()


def mark_of(database: Database) -> BackupMark | None:
    """What a store says of being a backup; ``None`` for one that is none.

    A backup that somebody has worked with since is a store of its own.
    """
    if not database.value("SELECT count(*) FROM sqlite_master WHERE name = 'backup_mark'"):
        return None
    rows: list[Any] = database.rows(f"SELECT {_MARK.sql} FROM backup_mark")
    if len(rows) != 1:
        return None
    mark = _MARK.value(rows[0])
    same = (mark.audit_rows, mark.audit_head) == AuditLog(database, "").head()
    return mark if same and mark.store_id == store_id(database) else None


def mark_of_file(path: Path) -> BackupMark | None:
    """The same of a file; ``None`` also for what is no store of today's shape, or cannot be read.

    Nothing is changed in it, nor left beside it.
    """
    if path.is_symlink() or not path.is_file():
        return None
    try:
        database = Database(path, read_only=True, create=False)
    except HPMError:
        return None
    try:
        return mark_of(database)
    except (database.driver.Error, HPMError):
        return None
    finally:
        database.close()


def held_counts(database: Database) -> HeldCounts:
    """How many there are of what a store holds."""
    return _HELD.value(database.rows(f"SELECT {_HELD.sql}")[0])


def unmark(database: Database) -> None:
    """Be no backup any longer; inside the caller's transaction."""
    database.execute("DELETE FROM backup_mark")
    # What was computed of another state of the store does not speak of this one.
    database.execute("DELETE FROM index_generations")


def is_of_today(path: Path) -> bool:
    """Whether a file is a store of today's schema, as far as its header tells."""
    try:
        with path.open("rb") as stream:
            header = stream.read(100)
    except OSError:
        return True  # opening it says why
    if salt_of(path) is not None:
        return True  # its header is encrypted
    return int.from_bytes(header[60:64], "big") == SCHEMA
