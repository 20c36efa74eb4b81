"""Whether a store is well: its version, its journal, its integrity."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from hashlib import sha256
from typing import TypeVar

from hpm_engine.errors import Cancelled
from hpm_engine.job import Job
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.checkpoints.examining import damaged_states
from hpm_engine.store.figures import file_size, table_sizes
from hpm_engine.store.file.database import Database
from hpm_engine.store.file.driver import wal_is_safe
from hpm_engine.store.rows.unfinished import left_behind
from hpm_engine.store.schema.expected_schema import SCHEMA_SQL, schema_problems
from hpm_engine.store.schema.rehash import damaged_originals, damaged_texts, texts_told
from hpm_engine.store.schema.reindexing import waiting
from hpm_engine.store.settings import store_id
from hpm_engine.store.trail.checking import verify_log
from hpm_engine.values.reports import Health
from hpm_engine.version import __version__

T = TypeVar("T")
_SYNCHRONOUS = ("OFF", "NORMAL", "FULL", "EXTRA")
_INSTRUCTIONS_PER_LOOK = 1_000_000  # SQLite's steps between two looks at the cancel flag


def examine(database: Database, *, check: bool, job: Job) -> Health:
    """Report on a store; ``check`` reads every page, text and original, seconds per gigabyte.

    What cannot be read is a problem among the others, never an error: who asks, expects some.
    """
    problems: list[str] = []

    def ask(question: Callable[[], T], otherwise: T) -> T:
        try:
            return question()
        except (database.driver.Error, MemoryError) as error:  # noise may say that it is huge
            if str(error) == "interrupted":
                raise
            problem = f"SQLite cannot read all of the file ({error}). Restore a backup, or import "
            problem += "the sources into a new store."
            if problem not in problems:
                problems.append(problem)
            return otherwise

    version = database.driver.sqlite_version
    if not wal_is_safe(database.driver.sqlite_version_info):
        problems.append(
            f"SQLite {version} has the WAL-reset bug; a rollback journal is used instead. Install "
            "sqlcipher3 0.6.4 or later for a fixed one."
        )
    if trouble := database.trouble():
        problems.append(trouble)
    problems += ask(partial(_schema, database), [])
    if check:
        with interruptible(database, job, "checking every page"):
            for question in (_end, _pages, _links, _texts, _steps, _weights):
                problems += ask(partial(question, database), [])
        problems += ask(partial(_hashes, database, job), [])
        problems += ask(partial(damaged_originals, database, job), [])
        with interruptible(database, job, "hashing states"):
            problems += ask(partial(damaged_states, database), [])
        problems += ask(lambda: _chain(database, job), [])
    rows, head = ask(AuditLog(database, "").head, (0, ""))
    wal = database.file.with_name(database.file.name + "-wal")
    page, schema, free = (
        ask(partial(database.pragma, name), 0)
        for name in ("page_size", "user_version", "freelist_count")
    )
    return Health(
        path=str(database.path),
        store_id=ask(partial(store_id, database), ""),
        schema=schema,
        program_version=__version__,
        sqlite_version=version,
        sqlite_driver=database.driver.__name__.partition(".")[0],
        journal_mode=database.pragma("journal_mode"),
        synchronous=_SYNCHRONOUS[database.pragma("synchronous")],
        wal_size=wal.stat().st_size if wal.exists() else 0,
        file_size=ask(lambda: file_size(database), 0),
        free_size=page * free,
        disk_free=shutil.disk_usage(database.file.parent).free,
        checked=check,
        audit_rows=rows,
        audit_head=head,
        tables=ask(lambda: table_sizes(database), ()),
        problems=tuple(problems),
        search_waiting=ask(lambda: waiting(database), 0),
        left_behind=ask(lambda: left_behind(database), 0),
    )


def _schema(database: Database) -> list[str]:
    return schema_problems(database.pragma("user_version"), database.rows(SCHEMA_SQL))


def _pages(database: Database) -> list[str]:
    """SQLite's own check of every page and index."""
    return [text for (text,) in database.rows("PRAGMA integrity_check") if text != "ok"]


def _end(database: Database) -> list[str]:
    """Whether the last page is whole: what SQLite says of the rest of one may be of anything."""
    is_there = not database.trouble()  # which is told by itself
    if is_there and database.file.stat().st_size % database.pragma("page_size"):
        return ["the file ends within a page: it was cut"]
    return []


def _links(database: Database) -> list[str]:
    orphans = len(database.rows("PRAGMA foreign_key_check"))
    return _counted(orphans, "rows refer to something that is gone")


def _texts(database: Database) -> list[str]:
    sql = "SELECT count(*) FROM parts WHERE text_id NOT IN (SELECT id FROM texts)"
    return _counted(database.value(sql), "parts of steps have lost their text")


def _hashes(database: Database, job: Job) -> list[str]:
    damaged = damaged_texts(database, job)
    with interruptible(database, job, "finding the steps of damaged texts"):
        return texts_told(database, damaged)


def _steps(database: Database) -> list[str]:
    sql = (
        "SELECT count(*) FROM episodes e WHERE steps <> (SELECT count(*) FROM steps s"
        " WHERE s.id BETWEEN e.id << 24 AND (e.id << 24) + 16777215)"
    )
    return _counted(database.value(sql), "episodes have another number of steps than they say")


def _weights(database: Database) -> list[str]:
    rows = database.execute("SELECT sha256, data FROM tuned_weights")
    damaged = sum(sha256(data).hexdigest() != digest for digest, data in rows)
    text = (
        f"{damaged:,} fine-tuned weights are not those that were stored. Go back to earlier ones: "
    )
    return [f"{text}hpm adapt --restore."] if damaged else []


def _chain(database: Database, job: Job) -> list[str]:
    reason = verify_log(database, job)[0].reason
    return [reason] if reason else []


def _counted(count: int, what: str) -> list[str]:
    return [f"{count:,} {what}. Restore a backup, or import the sources again."] if count else []


@contextmanager
def interruptible(database: Database, job: Job, note: str) -> Iterator[None]:
    """Let a job cancel what runs inside SQLite."""
    cancelled = threading.Event()

    def look() -> int:
        try:
            job.step(0, note=note)
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
