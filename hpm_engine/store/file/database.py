"""The connection to a store file: how it is opened, written to, and what can go wrong."""

from __future__ import annotations

import logging
import os
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from zstandard import ZstdError

from hpm_engine.errors import (
    DamagedStore,
    NewerStore,
    NotAStore,
    ReadOnlyStore,
    StoreReplaced,
)
from hpm_engine.store.file.connection import PAGE, connect, open_connection
from hpm_engine.store.file.driver import load_driver
from hpm_engine.store.file.failures import explained
from hpm_engine.store.file.file_place import (
    check_place,
    file_at,
    free_side_files,
    has_wal,
    is_writable,
    unchanging,
)
from hpm_engine.store.file.journal import set_journal
from hpm_engine.store.file.locking import begin
from hpm_engine.store.file.same_content import SameContent
from hpm_engine.store.file.same_file import SameFile
from hpm_engine.store.file.seal import seal_of
from hpm_engine.store.file.shown_episodes import show_episodes, vacuum
from hpm_engine.store.schema.expected_schema import SCHEMA_SQL, refuse_foreign
from hpm_engine.store.schema.migrations import APPLICATION_ID, SCHEMA, migrate

_LOG = logging.getLogger(__name__)
BUSY_TIMEOUT_MS = 5_000
FOLD_EVERY_S = 1.0

# What may go on beside a call that stays outside Python's lock for long.
Beside = Callable[[], AbstractContextManager[None]]
Born = Callable[["Database"], None]


class Database:
    """One connection to one store file, used by the thread that opened it."""

    def __init__(
        self, path: Path, *, read_only: bool, create: bool, born: Born = lambda database: None
    ) -> None:
        """Open a store, or make one; ``born`` writes more into a new one as it is made."""
        self.path = path
        self.read_only = read_only
        self.driver = load_driver()
        self._stopping = threading.Event()
        self._guard = threading.Lock()  # a connection must not close while it is interrupted
        self._closed = False
        # What a transaction does last, by name; none of it is done twice, or after an undoing.
        self.at_commit: dict[str, Callable[[], None]] = {}
        self.logged = 0  # rows of the log that were committed here and not signed yet
        self._born = born
        self._folded = 0.0  # when the WAL was last folded into the file
        self.file = file_at(path)
        check_place(path, self.file, read_only=read_only, create=create)
        is_new = not self.file.exists()
        if is_new:
            # Before SQLite would, and for the owner alone from the first moment.
            self.file.touch(mode=0o600)
        try:
            with self._explained():
                self.seal = seal_of(path, self.file)
                self._content = SameContent(self.file, self._looked, self.seal)
                self._same = SameFile(path, self.file, self._content)
                self.connection = self._connect()
                try:
                    self._prepare(create=create)
                    self._same.note()
                    self._same.check()
                except BaseException:
                    self.connection.close()
                    self._content.close()
                    raise
        except BaseException:
            with suppress(FileNotFoundError):  # somebody moved it meanwhile
                if is_new and not self.file.stat().st_size:
                    self.file.unlink()
            raise
        _LOG.info("%s is open for %s", path, "reading" if read_only else "writing")

    def _connect(self) -> Any:
        # A reader that could not write would leave its side files, and what they hold, behind.
        self._folds = is_writable(self.file)
        uri = f"file:{quote(os.fsencode(self.file))}?mode={'rw' if self._folds else 'ro'}"
        if self.read_only and unchanging(self.file):
            uri += "&immutable=1"
        if self._folds:
            free_side_files(self.file)
        return open_connection(
            self.driver, uri, self.path, self.seal, BUSY_TIMEOUT_MS, read_only=self.read_only
        )

    def _prepare(self, *, create: bool) -> None:
        application, schema = self.pragma("application_id"), self.pragma("user_version")
        empty = not self.value("SELECT count(*) FROM sqlite_master")
        if not self.pragma("page_count") or (application == 0 and empty):
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
        refuse_foreign(self.path, self.pragma("user_version"), self.rows(SCHEMA_SQL))
        show_episodes(self.connection, SCHEMA)
        if not self.read_only:
            set_journal(self, BUSY_TIMEOUT_MS)

    def _create(self) -> None:
        self.pragma(f"page_size = {PAGE}")
        with self.writing():
            if self.pragma("application_id"):
                return  # another program made it while this one waited to
            self.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            migrate(self.connection)
            sql = "INSERT INTO settings (name, value) VALUES ('store_id', ?)"
            self.execute(sql, (str(uuid.uuid4()),))
            self._born(self)

    @property
    def outdated(self) -> bool:
        """Whether an earlier version made this store: see ``hpm_engine.store.schema.upgrade``."""
        return bool(self.pragma("user_version") < SCHEMA)

    def execute(self, sql: str, parameters: Any = ()) -> Any:
        """Run one statement; the cursor."""
        return self.connection.execute(sql, parameters)

    def rows(self, sql: str, parameters: Any = ()) -> list[Any]:
        """All rows of a query, as tuples."""
        return list(self.connection.execute(sql, parameters))

    def value(self, sql: str, parameters: Any = ()) -> Any:
        """The first column of the first row, or ``None``."""
        row = self.connection.execute(sql, parameters).fetchone()
        return None if row is None else row[0]

    def pragma(self, text: str) -> Any:
        """A pragma's value; SQLCipher writes some of its numbers as text."""
        value = self.value(f"PRAGMA {text}")
        return int(value) if isinstance(value, str) and value.isdecimal() else value

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
            self._same.check()
            self._stopping.clear()
            begin(self.connection, self.driver, self._stopping, BUSY_TIMEOUT_MS)
            try:
                self._content.begun()
                self._same.check()
                yield
                for last in [*self.at_commit.values()]:
                    last()
                self._same.check()
                with beside():
                    self.execute("COMMIT")
            except BaseException:
                if self.connection.in_transaction:
                    self.execute("ROLLBACK")
                raise
            finally:
                self.at_commit.clear()
                self._content.ended()
            self._same.check()  # what is not in the file there was not stored
            if time.monotonic() - self._folded >= FOLD_EVERY_S:
                with beside():
                    self.fold()

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

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """SQLite's errors in words; what a file that is not ours any more makes of reading it."""
        try:
            with explained(self.path, self.driver):
                yield
        except (DamagedStore, NotAStore) as error:
            if hasattr(self, "connection") and (trouble := self._same.trouble()):
                raise StoreReplaced(trouble) from error
            raise

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
            self._same.check()
            vacuum(self.connection, SCHEMA)
            folded = not self.pragma("wal_checkpoint(TRUNCATE)")
            self._same.shrunk()
            self._content.ended()
            return folded

    def fold(self) -> None:
        """Put what the WAL holds into the file, if no reader needs it: the file is whole then."""
        self._folded = time.monotonic()
        if not self._folds or self.connection.in_transaction or not has_wal(self.file):
            return
        self.pragma("busy_timeout = 0")
        with suppress(self.driver.Error):  # it stays where it is until the next time
            self.pragma("wal_checkpoint(TRUNCATE)")
        self.pragma(f"busy_timeout = {BUSY_TIMEOUT_MS}")

    def trouble(self) -> str:
        """What happened to the file since it was opened, and the remedy; empty if nothing did.

        Folds what waits, for only then can the file's content be told from another's.
        """
        if not (trouble := self._same.trouble()):
            self.fold()
        return trouble

    def _looked(self, sql: str) -> Any:
        """``value``; ``ValueError`` where SQLite cannot read the file any more."""
        try:
            return self.value(sql)
        except self.driver.DatabaseError as error:
            raise ValueError(str(error)) from error

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
        """Close the connection and fold the WAL into the file, whichever closes last.

        Where the file is no longer the one that was opened, its log goes into what is open,
        wherever that lies by now, and does not stay beside a file that it does not belong to.
        """
        _LOG.info("%s is closed", self.path)
        with self._guard:
            self._closed = True
        if self.connection.in_transaction:
            with suppress(self.driver.Error):
                self.execute("ROLLBACK")
        if not self._same.is_there:
            if self._same.owns("-wal"):
                self.fold()
            self._same.take_sides_away()
        elif not self._same.trouble(cut=False):
            self.fold()
        self.connection.close()
        self._content.close()
        if (
            not self._same.overwritten
            and self._folds
            and self._same.is_there
            and self._same.owns("-wal")
        ):
            self._close_after_another()

    def _close_after_another(self) -> None:
        """Two that close at the same moment each take the other for the last one."""
        with suppress(self.driver.Error):
            connection = connect(self.driver, str(self.file), self.seal, timeout=0)
            try:
                connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            finally:
                connection.close()
