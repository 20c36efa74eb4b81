"""Whether a store is well: its version, its journal, its integrity."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from hpm_engine.errors import Cancelled
from hpm_engine.job import Job
from hpm_engine.reports import Health
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.database import Database
from hpm_engine.store.driver import wal_is_safe
from hpm_engine.store.figures import file_size, table_sizes
from hpm_engine.version import __version__

_SYNCHRONOUS = ("OFF", "NORMAL", "FULL", "EXTRA")
_INSTRUCTIONS_PER_LOOK = 1_000_000  # SQLite's steps between two looks at the cancel flag


def examine(database: Database, *, check: bool, job: Job) -> Health:
    """Report on a store; ``check`` reads every page, which takes seconds per gigabyte."""
    problems: list[str] = []
    version = database.driver.sqlite_version
    if not wal_is_safe(database.driver.sqlite_version_info):
        problems.append(
            f"SQLite {version} has the WAL-reset bug; a rollback journal is used instead. Install "
            "sqlcipher3 0.6.4 or later for a fixed one."
        )
    if check:
        with _interruptible(database, job):
            problems += _integrity(database)
    rows, head = AuditLog(database, "").head()
    wal = database.path.with_name(database.path.name + "-wal")
    page = database.pragma("page_size")
    return Health(
        path=str(database.path),
        store_id=database.value("SELECT value FROM settings WHERE name = 'store_id'") or "",
        schema=database.pragma("user_version"),
        program_version=__version__,
        sqlite_version=version,
        sqlite_driver=database.driver.__name__.partition(".")[0],
        journal_mode=database.pragma("journal_mode"),
        synchronous=_SYNCHRONOUS[database.pragma("synchronous")],
        wal_size=wal.stat().st_size if wal.exists() else 0,
        file_size=file_size(database),
        free_size=page * database.pragma("freelist_count"),
        disk_free=shutil.disk_usage(database.path.parent).free,
        checked=check,
        audit_rows=rows,
        audit_head=head,
        tables=table_sizes(database),
        problems=tuple(problems),
    )


def _integrity(database: Database) -> list[str]:
    """SQLite's own checks, then the links and copies that it does not know of."""
    found = [text for (text,) in database.rows("PRAGMA integrity_check") if text != "ok"]
    orphans = len(database.rows("PRAGMA foreign_key_check"))
    for count, what in (
        (orphans, "rows refer to something that is gone"),
        (
            database.value(
                "SELECT count(*) FROM parts WHERE text_id NOT IN (SELECT id FROM texts)"
            ),
            "parts of steps have lost their text",
        ),
        (
            database.value(
                "SELECT count(*) FROM episodes e WHERE steps <> (SELECT count(*) FROM steps s"
                " WHERE s.id BETWEEN e.id << 24 AND (e.id << 24) + 16777215)"
            ),
            "episodes have another number of steps than they say",
        ),
    ):
        if count:
            found.append(f"{count:,} {what}. Restore a backup, or import the sources again.")
    return found


@contextmanager
def _interruptible(database: Database, job: Job) -> Iterator[None]:
    """Let a job cancel what runs inside SQLite."""
    cancelled = threading.Event()

    def look() -> int:
        try:
            job.step(0, note="checking every page")
        except Cancelled:
            cancelled.set()
            return 1
        return 0

    database.connection.set_progress_handler(look, _INSTRUCTIONS_PER_LOOK)
    try:
        yield
    except database.driver.OperationalError:
        if cancelled.is_set():
            raise Cancelled from None
        raise
    finally:
        database.connection.set_progress_handler(None, 0)
