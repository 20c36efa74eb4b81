"""Copying a store page by page into a file of its own."""

from __future__ import annotations

from pathlib import Path

from hpm_engine.errors import CannotWrite
from hpm_engine.job import Job
from hpm_engine.store.file.connection import connect
from hpm_engine.store.file.database import Database
from hpm_engine.store.file.doctor import interruptible
from hpm_engine.store.file.failures import explained

_PAGES = 512  # at once: 4 MiB between two looks at the cancel flag


def copy_pages(database: Database, target: Path, job: Job) -> None:
    """Copy all pages to the empty file ``target``, as they are in the caller's read transaction.

    What others write meanwhile does not make the copy begin again: it is of one moment.
    """
    database.value("SELECT count(*) FROM settings")  # the moment
    driver = database.driver
    with explained(target, driver):
        copy = connect(driver, str(target), database.seal, isolation_level=None)
        try:
            copy.execute("PRAGMA journal_mode = OFF")
            copy.execute("PRAGMA synchronous = OFF")  # the caller has it on disk before it is named

            def look(_status: int, left: int, total: int) -> None:
                job.step(total - left, total, "copying", "pages")
                if database.trouble():
                    raise CannotWrite(database.trouble())

            database.connection.backup(copy, pages=_PAGES, progress=look)
        finally:
            copy.close()


def first_fault(database: Database, job: Job) -> str:
    """What SQLite's check of every page and index finds first; empty if all is well."""
    with interruptible(database, job, "checking the copy"):
        fault = str(database.value("PRAGMA integrity_check(1)"))
    return "" if fault == "ok" else fault
