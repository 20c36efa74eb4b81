"""Which journal a store is written with."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from hpm_engine.store.file.driver import wal_is_safe
from hpm_engine.store.file.locking import LOOK_UP_MS

if TYPE_CHECKING:
    from hpm_engine.store.file.database import Database


def set_journal(database: Database, timeout_ms: int) -> None:
    """WAL where it is safe; a rollback journal, which doctor reports, where it is not."""
    wanted = "wal" if wal_is_safe(database.driver.sqlite_version_info) else "truncate"
    until = time.monotonic() + timeout_ms / 1000
    while database.pragma("journal_mode") != wanted:
        try:
            database.pragma(f"journal_mode = {wanted}")
        except database.driver.OperationalError as error:  # SQLite does not wait for this lock
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(LOOK_UP_MS / 1000)
    database.pragma("synchronous = FULL")
