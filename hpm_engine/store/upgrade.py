"""Opening a store of any earlier schema: it is brought up to date first, in one transaction."""

from __future__ import annotations

import logging
from pathlib import Path

from hpm_engine.errors import CannotOpen, ReadOnlyStore
from hpm_engine.plurals import counted
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.database import Database
from hpm_engine.store.migrations import SCHEMA, migrate
from hpm_engine.store.project_rows import ProjectRows


def open_database(path: Path, *, read_only: bool, create: bool, actor: str) -> Database:
    """The store at ``path`` in today's schema; raises ``CannotOpen``.

    A store of an earlier version that is asked for reading only is opened once for writing: there
    is one shape of store to read, and none of its readers needs to know the earlier ones.
    """
    database = Database(path, read_only=read_only, create=create)
    try:
        if not database.outdated:
            return database
        if not read_only:
            _upgrade(database, actor)
            return database
    except BaseException:
        database.close()
        raise
    database.close()
    _upgrade_file(path, actor)
    return Database(path, read_only=True, create=False)


def _upgrade_file(path: Path, actor: str) -> None:
    try:
        database = Database(path, read_only=False, create=False)
    except ReadOnlyStore as error:
        raise CannotOpen(
            f"{path}: made by an earlier version of this program, and cannot be brought up to date "
            "here: the file or its folder does not allow writing. Copy the store elsewhere."
        ) from error
    try:
        _upgrade(database, actor)
    finally:
        database.close()


def _upgrade(database: Database, actor: str) -> None:
    with database.writing():
        before = database.pragma("user_version")
        if before >= SCHEMA:
            return  # another thread or program was quicker
        files, size = _non_traces(database)
        steps = migrate(database.connection)
        if "m016_project_paths" in steps:
            ProjectRows(database).settle_all()
        detail: dict[str, object] = {"from": before, "to": SCHEMA, "steps": steps}
        if files and "m014_no_bytes_of_non_traces" in steps:
            detail |= {"files_freed": files, "bytes_freed": size}
        AuditLog(database, actor).append("upgrade", "store", detail=detail)
    if "files_freed" in detail:
        # Without a handler Python writes it to stderr, which is what a terminal wants.
        logging.getLogger(__name__).warning(
            "%s: brought up to date. The bytes of %s that were no traces (%s) were taken out "
            "of the store; `hpm sources --aside` lists them, `hpm sources --wipe` wipes the space.",
            database.path,
            counted(files, "file"),
            counted(size, "byte"),
        )


def _non_traces(database: Database) -> tuple[int, int]:
    """How many files that were no traces have their bytes in the store, and how many bytes."""
    row: tuple[int, int] = database.rows(
        "SELECT count(*), coalesce(sum(size), 0) FROM sources"
        " WHERE state = 'aside' AND format = '' AND id IN (SELECT source_id FROM raw_chunks)"
    )[0]
    return row
