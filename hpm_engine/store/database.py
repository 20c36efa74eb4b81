"""The connection to a store file: how it is opened, written to, and what can go wrong."""

from __future__ import annotations

import os
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any
from urllib.parse import quote

from zstandard import ZstdError

from hpm_engine.errors import (
    BadQuery,
    Cancelled,
    CannotOpen,
    DamagedStore,
    HPMError,
    NewerStore,
    NotAStore,
    NotFound,
    ReadOnlyStore,
    StoreMissing,
)
from hpm_engine.store.driver import load_driver, wal_is_safe
from hpm_engine.store.failures import in_words
from hpm_engine.store.migrations import APPLICATION_ID, SCHEMA, TRIGGERS, migrate

BUSY_TIMEOUT_MS = 5_000
LOOK_UP_MS = 100  # while waiting for another program's write: how often to look for a stop
CACHE_KIB = 32 * 1024
_PAGE = 8192  # bytes, of a new store: commits of an import take a third less than with 4096
# What may go on beside a call that stays outside Python's lock for long.
Beside = Callable[[], AbstractContextManager[None]]


class Database:
    """One connection to one store file, used by the thread that opened it."""

    def __init__(self, path: Path, *, read_only: bool, create: bool) -> None:
        self.path = path
        self.read_only = read_only
        self.driver = load_driver()
        self._stopping = threading.Event()
        self._guard = threading.Lock()  # a connection must not close while it is interrupted
        self._closed = False
        self.file = _file(path)
        _check_place(path, self.file, read_only=read_only, create=create)
        made = not self.file.exists()
        if made:
            # Before SQLite would, and for the owner alone from the first moment.
            self.file.touch(mode=0o600)
        try:
            with self._explained():
                self.connection = self._connect()
                try:
                    self._prepare(create=create)
                except BaseException:
                    self.connection.close()
                    raise
        except BaseException:
            if made and not self.file.stat().st_size:
                self.file.unlink()
            raise

    def _connect(self) -> Any:
        mode = "ro" if self.read_only else "rwc"
        uri = f"file:{quote(os.fsencode(self.file))}?mode={mode}"
        if self.read_only and not _folder_is_writable(self.file) and not _has_wal(self.file):
            # A WAL store cannot make its side files here, and with none left it needs none.
            uri += "&immutable=1"
        connection = self.driver.connect(
            uri, uri=True, timeout=BUSY_TIMEOUT_MS / 1000, isolation_level=None
        )
        for pragma in (
            "trusted_schema = OFF",
            "cell_size_check = ON",
            "mmap_size = 0",
            "foreign_keys = ON",
            "temp_store = MEMORY",
            f"cache_size = -{CACHE_KIB}",
        ):
            connection.execute(f"PRAGMA {pragma}")
        return connection

    def _prepare(self, *, create: bool) -> None:
        application, schema = self.pragma("application_id"), self.pragma("user_version")
        if not self.pragma("page_count") or (application == 0 and not self._has_tables()):
            if not create or self.read_only:
                raise NotAStore(
                    f"{self.path}: an empty file, not a store. Choose another file, or make a "
                    "new store under another name."
                )
            self._create()
        elif application != APPLICATION_ID:
            raise NotAStore(
                f"{self.path}: a database of another program, not an HPM store. It was left as "
                "it is; choose a .hpm file."
            )
        elif schema > SCHEMA:
            raise NewerStore(
                f"{self.path}: made by a newer version (schema {schema}; this one knows "
                f"{SCHEMA}). Update HPM Inspector to open it."
            )
        self._refuse_foreign_code()
        if not self.read_only:
            self._journal()

    def _create(self) -> None:
        self.pragma(f"page_size = {_PAGE}")
        with self.writing():
            if self.pragma("application_id"):
                return  # another program made it while this one waited to
            self.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            migrate(self.connection)
            self.execute("INSERT INTO settings VALUES ('store_id', ?)", (str(uuid.uuid4()),))

    def _journal(self) -> None:
        """WAL where it is safe; a rollback journal, which doctor reports, where it is not."""
        wanted = "wal" if wal_is_safe(self.driver.sqlite_version_info) else "truncate"
        until = time.monotonic() + BUSY_TIMEOUT_MS / 1000
        while self.pragma("journal_mode") != wanted:
            try:
                self.pragma(f"journal_mode = {wanted}")
            except self.driver.OperationalError as error:  # SQLite does not wait for this lock
                if "locked" not in str(error) or time.monotonic() > until:
                    raise
                time.sleep(LOOK_UP_MS / 1000)
        self.pragma("synchronous = FULL")

    def _has_tables(self) -> bool:
        return bool(self.value("SELECT count(*) FROM sqlite_master"))

    @property
    def outdated(self) -> bool:
        """Whether an earlier version made this store: see ``hpm_engine.store.upgrade``."""
        schema: int = self.pragma("user_version")
        return schema < SCHEMA

    def _refuse_foreign_code(self) -> None:
        rows = self.rows("SELECT name, sql FROM sqlite_master WHERE type IN ('trigger', 'view')")
        foreign = sorted(str(name) for name, sql in rows if TRIGGERS.get(name) != sql)
        if foreign:
            raise DamagedStore(
                f"{self.path}: holds code that this program did not put there "
                f"({', '.join(foreign)}). It was not opened; ask whoever sent it."
            )

    def execute(self, sql: str, parameters: Any = ()) -> Any:
        """Run one statement; the cursor."""
        return self.connection.execute(sql, parameters)

    def rows(self, sql: str, parameters: Any = ()) -> list[Any]:
        """All rows of a query, as tuples."""
        result: list[Any] = self.connection.execute(sql, parameters).fetchall()
        return result

    def value(self, sql: str, parameters: Any = ()) -> Any:
        """The first column of the first row, or ``None``."""
        row = self.connection.execute(sql, parameters).fetchone()
        return None if row is None else row[0]

    def pragma(self, text: str) -> Any:
        """A pragma's value."""
        return self.value(f"PRAGMA {text}")

    @contextmanager
    def reading(self) -> Iterator[None]:
        """One consistent view of the store across several queries."""
        if self.connection.in_transaction:
            yield
            return
        with self._explained():
            self.execute("BEGIN")
            try:
                yield
            finally:
                if self.connection.in_transaction:
                    self.execute("ROLLBACK")  # in a damaged file COMMIT fails even so

    @contextmanager
    def writing(self, beside: Beside = nullcontext) -> Iterator[None]:
        """One transaction: all of it is on disk when the block ends, or none of it.

        The commit, which stays outside Python's lock for long, runs in the context ``beside``.
        Raises ``StoreBusy`` when another program keeps writing, ``CannotWrite`` when the disk
        is full or fails.
        """
        if self.read_only:
            raise ReadOnlyStore(f"{self.path}: opened for reading only; nothing was changed.")
        with self._explained():
            self._begin()
            try:
                yield
                with beside():
                    self.execute("COMMIT")
            except BaseException:
                if self.connection.in_transaction:
                    self.execute("ROLLBACK")
                raise

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """A part of a transaction that is undone alone when it fails."""
        self.execute("SAVEPOINT part")
        try:
            yield
        except BaseException:
            # A full disk can end the whole transaction, its savepoints with it.
            if self.connection.in_transaction:
                self.execute("ROLLBACK TO part")
                self.execute("RELEASE part")
            raise
        self.execute("RELEASE part")

    def _begin(self) -> None:
        """Wait for another program's write, but never for longer than it takes to stop.

        SQLite's own waiting cannot be interrupted, so it is done in short pieces.
        """
        self._stopping.clear()
        until = time.monotonic() + 3 * BUSY_TIMEOUT_MS / 1000
        self.pragma(f"busy_timeout = {min(LOOK_UP_MS, BUSY_TIMEOUT_MS)}")
        try:
            while not self._has_begun(last=time.monotonic() >= until):
                if self._stopping.is_set():
                    raise Cancelled
        finally:
            self.pragma(f"busy_timeout = {BUSY_TIMEOUT_MS}")

    def _has_begun(self, *, last: bool) -> bool:
        try:
            self.execute("BEGIN IMMEDIATE")
        except self.driver.OperationalError as error:
            if last or "locked" not in str(error):
                raise
            return False
        return True

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """SQLite's errors in the words of the person who reads them."""
        try:
            yield
        except HPMError:
            raise
        except self.driver.Error as error:
            if str(error) == "interrupted":
                raise Cancelled from error
            raise in_words(self.path, str(error)) from error
        except OverflowError as error:
            raise NotFound(f"{self.path}: no number in a store is that large.") from error
        except UnicodeEncodeError as error:
            raise BadQuery(
                f"{self.path}: {error.object!a} is no text that a store could hold.",
                error.start,
            ) from error

    @contextmanager
    def decoding(self, what: str) -> Iterator[None]:
        """Where rows become values: ``DamagedStore`` for those that this program never wrote."""
        try:
            yield
        except (ValueError, LookupError, TypeError, ZstdError) as error:
            raise DamagedStore(
                f"{self.path}: {what} cannot be read; somebody or something changed them ({error})."
                " Restore a backup, or import the sources again."
            ) from error

    def compact(self) -> bool:
        """Write the file anew, without its free pages and whatever lies in them.

        ``False`` while a reader of another connection keeps the file's old pages from going.
        """
        with self._explained():
            self.execute("VACUUM")
            return not self.pragma("wal_checkpoint(TRUNCATE)")

    def interrupt(self) -> None:
        """Stop the statement that runs, or the wait for another program; safe from any thread."""
        with self._guard:
            if not self._closed:
                self._stopping.set()
                self.connection.interrupt()

    def files(self) -> list[Path]:
        """The store file and those that SQLite keeps beside it now."""
        names = (self.file.name + ending for ending in ("", "-wal", "-shm", "-journal"))
        return [file for name in names if (file := self.file.with_name(name)).exists()]

    def close(self) -> None:
        """Close the connection; the last one to close folds the WAL into the file."""
        with self._guard:
            self._closed = True
        self.connection.close()


def _file(path: Path) -> Path:
    """Where the file itself lies: SQLite puts its side files there, not beside a link to it."""
    try:
        file = path.resolve()
        file.exists()
    except (OSError, ValueError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise CannotOpen(f"{path}: no store can be there ({reason}).") from error
    return file


def _check_place(shown: Path, path: Path, *, read_only: bool, create: bool) -> None:
    """Raise if the file at ``path``, which the person calls ``shown``, cannot be opened."""
    if not path.parent.is_dir():
        raise StoreMissing(f"{shown}: the folder {path.parent} does not exist.")
    if path.is_dir():
        raise NotAStore(f"{shown}: a folder, not a store. Choose a .hpm file.")
    if not path.exists():
        if not create or read_only:
            raise StoreMissing(f"{shown}: no such file. Check the name, or make a new store there.")
        if not _folder_is_writable(path):
            raise ReadOnlyStore(f"{shown}: the folder {path.parent} does not allow writing.")
    elif not os.access(path, os.R_OK):
        raise CannotOpen(f"{shown}: you are not allowed to read this file.")
    elif not read_only and not (os.access(path, os.W_OK) and _folder_is_writable(path)):
        raise ReadOnlyStore(
            f"{shown}: the file or its folder does not allow writing. Copy the store elsewhere, "
            "or open it for reading only."
        )


def _folder_is_writable(path: Path) -> bool:
    return os.access(path.parent, os.W_OK)


def _has_wal(path: Path) -> bool:
    wal = path.with_name(path.name + "-wal")
    return wal.exists() and wal.stat().st_size > 0
