"""Opening a store of any earlier schema: it is brought up to date first, in one transaction."""

from __future__ import annotations

import logging
import time
import uuid
from functools import partial
from pathlib import Path

from hpm_engine.audit.chain import iso_time
from hpm_engine.errors import CannotOpen, ReadOnlyStore
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.file.database import Database
from hpm_engine.store.file.shown_episodes import show_episodes
from hpm_engine.store.rows.projects import ProjectRows
from hpm_engine.store.schema.migrations import SCHEMA, migrate
from hpm_engine.store.settings import store_id
from hpm_engine.values.upgrade import Upgrade

_LOG = logging.getLogger(__name__)


def open_database(
    path: Path, *, read_only: bool, create: bool, actor: str
) -> tuple[Database, Upgrade | None]:
    """The store at ``path`` in today's schema, and what brought it there; raises ``CannotOpen``.

    A store of an earlier version that is asked for reading only is opened once for writing: there
    is one shape of store to read, and none of its readers needs to know the earlier ones.
    """
    database, upgrade = _opened(path, read_only=read_only, create=create, actor=actor)
    schema = database.pragma("user_version")
    _LOG.info("%s has the id %s, schema %d", path, _id(database), schema)
    return database, upgrade


def _opened(
    path: Path, *, read_only: bool, create: bool, actor: str
) -> tuple[Database, Upgrade | None]:
    database = Database(path, read_only=read_only, create=create, born=partial(_born, actor))
    try:
        if not database.outdated:
            return database, None
        if not read_only:
            return database, _upgrade(database, actor)
    except BaseException:
        database.close()
        raise
    database.close()
    upgrade = _upgrade_file(path, actor)
    return Database(path, read_only=True, create=False), upgrade


def _born(actor: str, database: Database) -> None:
    """Begin the log of a new store: its first row says whose log it is."""
    log, store = AuditLog(database, actor), store_id(database)
    begun_at = iso_time(time.time_ns() // 1000)
    log.tree.begin(store, begun_at)
    log.append("create", "store", detail={"store": store, "begun": begun_at, "schema": SCHEMA})


def _bound(database: Database, log: AuditLog) -> dict[str, object]:
    """Begin the tree of a log that had none: its upgrade's row commits to the rows before it."""
    store, begun_at = store_id(database), iso_time(time.time_ns() // 1000)
    log.tree.begin(store, begun_at)
    rows, root = (head.rows, head.root.hex()) if (head := log.tree.head()) else (0, "")
    return {"store": store, "begun": begun_at, "earlier": rows, "root": root}


def _id(database: Database) -> str:
    """The store's own id; ``none`` where a stranger wrote something else there."""
    try:
        return str(uuid.UUID(database.value("SELECT value FROM settings WHERE name = 'store_id'")))
    except (ValueError, TypeError, AttributeError, database.driver.Error):
        return "none"


def _upgrade_file(path: Path, actor: str) -> Upgrade | None:
    try:
        database = Database(path, read_only=False, create=False)
    except ReadOnlyStore as error:
        raise CannotOpen(
            f"{path}: made by an earlier version of this program, and cannot be brought up to date "
            "here: the file or its folder does not allow writing, so that nothing in it can be "
            "shown. Copy the store elsewhere, to where you may write, and open the copy."
        ) from error
    try:
        return _upgrade(database, actor)
    finally:
        database.close()


def _upgrade(database: Database, actor: str) -> Upgrade | None:
    with database.writing():
        before = database.pragma("user_version")
        if before >= SCHEMA:
            show_episodes(database.connection, SCHEMA)
            return None  # another thread or program was quicker
        files, size = _non_traces(database)
        steps = migrate(database.connection)
        if "m016_project_paths" in steps:
            ProjectRows(database).settle_all()
        freed = (files, size) if "m014_no_bytes_of_non_traces" in steps else (0, 0)
        upgrade = Upgrade(before, SCHEMA, *freed, *_waiting(database, steps))
        detail: dict[str, object] = {"from": before, "to": SCHEMA, "steps": steps}
        if upgrade.files_freed:
            detail |= {"files_freed": files, "bytes_freed": size}
        log = AuditLog(database, actor)
        if "m030_audit_tree" in steps:
            detail |= _bound(database, log)
        log.append("upgrade", "store", detail=detail)
    show_episodes(database.connection, SCHEMA)
    _LOG.info("brought up to date from schema %d to %d: %s", before, SCHEMA, ", ".join(steps))
    _tell(database.path, upgrade)
    return upgrade


def _waiting(database: Database, steps: list[str]) -> tuple[int, int]:
    """How many steps and episodes are to be indexed again, where one of the migrations says so."""
    if not {"m013_every_script", "m019_usual_letters", "m020_bare_letters"} & set(steps):
        return 0, 0
    from hpm_engine.store.schema.reindexing import waiting
    from hpm_engine.store.search.recall_index import RecallIndex  # only here: opening stays quick

    return waiting(database), RecallIndex(database).count_unprepared()


def _tell(path: Path, upgrade: Upgrade) -> None:
    """Say what was taken out or waits. Without a handler Python writes it to stderr."""
    first, *more = upgrade.sentences()
    if not more:
        return
    if upgrade.files_freed:
        more.append(
            "`hpm sources --aside` lists such files, `hpm sources --wipe` wipes their space."
        )
    if upgrade.steps_waiting or upgrade.episodes_waiting:
        more.append("`hpm index` indexes for searches, `hpm recall` for both.")
    _LOG.warning("%s: %s", path, " ".join((first, *more)))


def _non_traces(database: Database) -> tuple[int, int]:
    """How many files that were no traces have their bytes in the store, and how many bytes."""
    row: tuple[int, int] = database.rows(
        "SELECT count(*), coalesce(sum(size), 0) FROM sources"
        " WHERE state = 'aside' AND format = '' AND id IN (SELECT source_id FROM raw_chunks)"
    )[0]
    return row
