"""Going back to a backup: the exchange of the store's file."""

from __future__ import annotations

import logging
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from hashlib import sha256
from pathlib import Path

from hpm_engine.backup.preview import copy_whole, must_be_another
from hpm_engine.errors import (
    CannotWrite,
    DamagedStore,
    HPMError,
    NotAStore,
    StoreMissing,
)
from hpm_engine.index.cache import index_folder
from hpm_engine.job import Job
from hpm_engine.memory import open_memory
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.backups.comparing import is_beginning
from hpm_engine.store.backups.marking import mark_of, unmark
from hpm_engine.store.backups.rows import BackupRows
from hpm_engine.store.file.copying import first_fault
from hpm_engine.store.file.database import Database
from hpm_engine.store.file.file_place import SIDE_FILES, beside
from hpm_engine.store.file.holding import alone, busy, holders
from hpm_engine.store.settings import store_id
from hpm_engine.system.log.work import work
from hpm_engine.system.output_file import sync_folder
from hpm_engine.system.unfinished import unfinished
from hpm_engine.values.safety.backups import BackupMark, BackupRestored

_LOG = logging.getLogger(__name__)
_ASIDE = "-before-restore-"


def go_back(
    store: Path,
    backup: Path,
    job: Job | None = None,
    *,
    actor: str = "person",
    other: bool = False,
) -> BackupRestored:
    """Put a backup in the place of a store, whose file stays beside it under another name.

    The store that is there then says so in its log, with where the log of the other had come to,
    and knows the backups that either knew. ``other`` allows a backup of another store.

    Raises:
        StoreBusy: another program has the store open.
        CannotWrite: the backup is of another store, is not sound, or there is no room; the store
            is as it was.
        Cancelled: asked to stop; the store is as it was.
    """
    job = job or Job()
    must_be_another(store, backup)
    with work(_LOG, "going back to a backup") as counts:
        restored = _gone_back(store, backup, job, actor, other=other)
        counts["rows"] = restored.audit_rows
    return restored


def _gone_back(store: Path, backup: Path, job: Job, actor: str, *, other: bool) -> BackupRestored:
    _drop_second_names(store)
    part = unfinished(store)
    try:
        with _held(store) as present:
            copy_whole(backup, part, job)
            aside = _aside(store) if os.path.lexists(store) else None
            rows = _made_ready(part, store, present, aside, job, actor, other=other)
            _flush(part)
            _exchange(part, store, aside, whole=present is not None)
    except OSError as error:
        raise CannotWrite(
            f"{store}: cannot be written ({error.strerror or error}). It is as it was."
        ) from error
    finally:
        for path in (part, *(beside(part, ending) for ending in (*SIDE_FILES, "-journal"))):
            with suppress(OSError):
                path.unlink(missing_ok=True)
    _drop_caches(store)
    return BackupRestored(str(store), "" if aside is None else str(aside), rows)


# -- the store that is there now -------------------------------------------------------------------


@contextmanager
def _held(store: Path) -> Iterator[Database | None]:
    """The store for this program alone; ``None`` where there is none that can be read."""
    try:
        database = Database(store, read_only=False, create=False)
    except StoreMissing:
        yield None
        return
    except (DamagedStore, NotAStore):
        if holders(store):
            raise busy(store) from None
        yield None
        return
    try:
        damaged = ""
        try:
            holding = alone(database)
            holding.__enter__()
        except database.driver.DatabaseError as error:
            damaged = str(error)
        if damaged:
            if holders(store):
                raise busy(store)
            yield None
            return
        try:
            yield database
        finally:
            holding.__exit__(None, None, None)
    finally:
        database.close()


def _aside(store: Path) -> Path:
    stamp = time.strftime("%Y-%m-%d-%H%M%SZ", time.gmtime())
    for count in range(1, 1_000):
        number = f"-{count}" if count > 1 else ""
        path = store.with_name(f"{store.stem}{_ASIDE}{stamp}{number}{store.suffix}")
        if not os.path.lexists(path):
            return path
    raise CannotWrite(f"{store}: no name is free beside it to put the present file under.")


def _drop_second_names(store: Path) -> None:
    """Take away second names of the store's file, which a killed exchange left.

    Two names of one file would have two logs beside it.
    """
    with suppress(OSError):
        for path in store.parent.glob("*"):
            named = path.name.startswith(f"{store.stem}{_ASIDE}")
            if named and not path.is_symlink() and path.samefile(store):
                path.unlink()


def _exchange(part: Path, store: Path, aside: Path | None, *, whole: bool) -> None:
    """Give the present file another name, and its name to the new one."""
    if aside is not None:
        try:
            os.link(store, aside)
        except FileExistsError:
            raise
        except OSError:  # a file system without links
            shutil.copy2(store, aside)
        aside.chmod(0o600)
        for ending in SIDE_FILES:  # of a damaged store; one that is whole has none now
            side = beside(store, ending)
            if not whole and side.exists():
                side.replace(beside(aside, ending))
    else:
        for ending in SIDE_FILES:  # left by a store that is gone: they must not be played in
            side = beside(store, ending)
            if side.exists():
                side.replace(beside(store, f"{ending}{_ASIDE}{time.time_ns()}"))
    part.replace(store)
    sync_folder(store.parent)


def _drop_caches(store: Path) -> None:
    """What was computed of the other state does not speak of this one."""
    with (
        suppress(HPMError, OSError),
        closing(Database(store, read_only=True, create=False)) as database,
    ):
        shutil.rmtree(index_folder(database), ignore_errors=True)


# -- the backup ------------------------------------------------------------------------------------


def _made_ready(
    part: Path,
    store: Path,
    present: Database | None,
    aside: Path | None,
    job: Job,
    actor: str,
    *,
    other: bool,
) -> int:
    """Check the copy of a backup, and have it say what it is from now on; rows of its log."""
    with open_memory(part, actor=actor) as memory:
        own = memory.internals
        fault = first_fault(own.database, job) or memory.audit.verify(job=job, kept=False).reason
        if fault:
            raise CannotWrite(f"The backup is not sound ({fault}). The store is as it was.")
        if present is not None and not other and store_id(present) != store_id(own.database):
            raise CannotWrite(
                f"{store}: the backup is of another store, and the present one is as it was. Open "
                "the backup itself, or say --other-store."
            )
        mark = mark_of(own.database)
        rows, head = AuditLog(own.database, "").head()
        detail: dict[str, object] = {"rows": rows, "head": head}
        if mark is not None:
            detail["made_at"] = mark.made_at
        with own.database.writing():
            unmark(own.database)
            if present is not None:
                detail |= _before(present, mark, (rows, head))
                known = BackupRows(own.database, own.log)
                known.take_over(BackupRows(present, own.log).rows())
            if aside is not None:
                detail["aside"] = sha256(str(aside).encode("utf-8", "surrogateescape")).hexdigest()
            own.log.append("restore backup", "store", detail=detail)
        count = own.log.head()[0]
        own.database.pragma("journal_mode = DELETE")  # one file, whatever becomes of its name
    return count


def _before(present: Database, mark: BackupMark | None, log: tuple[int, str]) -> dict[str, object]:
    """Where the log of the present store has come to, for whoever holds it against this one."""
    rows, head = AuditLog(present, "").head()
    begins = is_beginning(log, present)
    lost = rows - log[0] if begins else rows
    return {
        "before_rows": rows,
        "before_head": head,
        "is_prefix": begins,
        "log_rows_lost": max(0, lost),
        "marked": mark is not None,
    }


def _flush(path: Path) -> None:
    with path.open("rb+") as stream:
        os.fsync(stream.fileno())
