"""A copy of a whole store in one file, whatever else is open or being written meanwhile."""

from __future__ import annotations

import logging
import os
import shutil
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path

from hpm_engine.errors import CannotOpen, CannotWrite, HPMError
from hpm_engine.job import Job
from hpm_engine.memory import Memory, open_memory
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.backups.marking import held_counts, mark_of_file, put_mark
from hpm_engine.store.backups.rows import BackupRows
from hpm_engine.store.file.copying import copy_pages, first_fault
from hpm_engine.store.file.file_place import SIDE_FILES, beside
from hpm_engine.store.settings import store_id
from hpm_engine.system.log.work import work
from hpm_engine.system.output_file import sync_folder
from hpm_engine.system.unfinished import remove_left, unfinished
from hpm_engine.values.safety.backups import Backup, BackupMark, HeldCounts, KnownBackup

_LOG = logging.getLogger(__name__)
_BLOCK = 4 * 1024 * 1024  # bytes that are hashed at a time
_SPARE = 16 * 1024 * 1024  # bytes that a disk must have left beside a backup


def back_up(
    memory: Memory,
    destination: Path,
    job: Job | None = None,
    *,
    force: bool = False,
    record: bool = True,
    planned: bool = False,
    check: bool = True,
) -> Backup:
    """Copy a store as it is now to ``destination``, which appears when it is whole and checked.

    With ``force`` an earlier backup of the same store may be replaced, and nothing else. That it
    was made is noted in the store and its log, by a connection of its own, unless the store cannot
    be written or ``record`` is off; ``recorded`` says whether it was. Without ``check`` it is a
    copy of a store as it is, sound or not, before somebody repairs it.

    Raises:
        CannotWrite: something is there already, it cannot be written, or what was written is not
            what was read; nothing is left behind.
        Cancelled: asked to stop; nothing is left behind.
    """
    with work(_LOG, "backup") as counts:
        backup = _backed_up(memory, destination, job or Job(), force, record, planned, check)
        counts.update(bytes=backup.size)
    return backup


def backup_name(store: Path, now: int) -> str:
    """What a backup of a store is called that was made then, in a folder of backups."""
    stamp = time.strftime("%Y-%m-%d-%H%M%S", time.gmtime(now // 1_000_000))
    return f"{store.stem}-{stamp}Z{store.suffix}"


def _backed_up(
    memory: Memory,
    destination: Path,
    job: Job,
    force: bool,
    record: bool,
    planned: bool,
    check: bool,
) -> Backup:
    destination = Path(os.path.abspath(destination))
    memory.spare(destination)
    database = memory.internals.database
    _refuse(destination, store_id(database), force=force)
    _need_room(memory, destination)
    recorded = record and _noted_begin(memory, destination, planned=planned)
    remove_left(destination.parent, memory.path.stem)
    part = unfinished(destination)
    try:
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        with database.reading():
            held = held_counts(database)
            rows, head = AuditLog(database, "").head()
            mark = BackupMark(store_id(database), time.time_ns() // 1000, rows, head)
            copy_pages(database, part, job)
        put_mark(part, mark)
        if check:
            _check(part, mark, held, job)
        _flush(part)
        digest = _digest(part, job)
        _put(part, destination, mark.store_id, force=force)
    except BaseException as error:
        if recorded:
            _noted_end(memory, destination)
        if isinstance(error, OSError):
            raise CannotWrite(
                f"{destination}: cannot be written ({error.strerror or error}). Choose another"
                " place."
            ) from error
        raise
    finally:
        for path in (part, *(beside(part, ending) for ending in (*SIDE_FILES, "-journal"))):
            with suppress(OSError):
                path.unlink(missing_ok=True)
    size = destination.stat().st_size
    known = KnownBackup(
        0, str(destination), mark.made_at, size, digest, rows, head, planned, pinned=False
    )
    recorded = record and _noted_done(memory, known)
    return Backup(str(destination), size, rows, head, digest, recorded)


def _refuse(destination: Path, store: str, *, force: bool) -> None:
    try:
        mode = destination.lstat().st_mode
    except FileNotFoundError:
        return
    except OSError as error:
        raise CannotWrite(f"{destination}: cannot be written ({error.strerror}).") from error
    if not stat.S_ISREG(mode):
        what = "a link" if stat.S_ISLNK(mode) else "no plain file"
        raise CannotWrite(f"{destination}: is {what}. Choose another name.")
    if not force:
        raise CannotWrite(
            f"{destination}: there is a file already. Choose another name, or replace an earlier "
            "backup (hpm backup --force)."
        )
    if any(beside(destination, ending).exists() for ending in SIDE_FILES):
        raise CannotWrite(
            f"{destination}: is a store that is open somewhere, or was when its program ended. "
            "Close it first, or choose another name."
        )
    mark = mark_of_file(destination)
    if mark is None or mark.store_id != store:
        raise CannotWrite(
            f"{destination}: is no backup of this store, and was left as it is. Choose another "
            "name."
        )


def _need_room(memory: Memory, destination: Path) -> None:
    """Raise before a byte is written where all of them cannot be: a copy has all pages."""
    database = memory.internals.database
    wanted = database.pragma("page_count") * database.pragma("page_size") + _SPARE
    try:
        free = shutil.disk_usage(destination.parent).free
    except OSError:
        return  # the writing says why
    if free < wanted:
        raise CannotWrite(
            f"{destination}: the copy takes {wanted - _SPARE:,} bytes, and {free:,} are free on "
            "that disk. Choose another place, or free some space."
        )


def _check(part: Path, mark: BackupMark, held: HeldCounts, job: Job) -> None:
    """Open the copy as any store is opened, and hold it against what was to be copied.

    Its pages, its links, its log from the first row to the last, and how much there is of
    everything.
    """
    try:
        with open_memory(part, read_only=True) as copy:
            database = copy.internals.database
            fault = first_fault(database, job)
            if not fault and AuditLog(database, "").head() != (mark.audit_rows, mark.audit_head):
                fault = "the log ends elsewhere"
            if not fault and held_counts(database) != held:
                fault = "it holds less, or more, than the store"
            fault = fault or copy.audit.verify(job=job, kept=False).reason
    except HPMError as error:
        fault = str(error)
    if fault:
        raise CannotWrite(
            f"{part}: the copy is not sound ({fault}). It was removed. Check the store with hpm "
            "doctor --check, and the disk that was written to."
        )


def _flush(path: Path) -> None:
    with path.open("rb+") as stream:
        os.fsync(stream.fileno())


def _digest(path: Path, job: Job) -> str:
    digest, size, done = sha256(), path.stat().st_size, 0
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            job.step(done >> 20, size >> 20, "hashing the copy", "MB")
            digest.update(block)
            done += len(block)
    return digest.hexdigest()


def _put(part: Path, destination: Path, store: str, *, force: bool) -> None:
    _refuse(destination, store, force=force)  # somebody may have put something there meanwhile
    if force:
        part.replace(destination)
    else:
        try:
            os.link(part, destination)  # unlike a renaming it never replaces
        except FileExistsError:
            raise
        except OSError:  # a file system without links
            part.replace(destination)
    sync_folder(destination.parent)


# -- what the store knows of it ----------------------------------------------------------------


@contextmanager
def _rows_of(memory: Memory) -> Iterator[BackupRows]:
    """The store's list of backups, to be written in one short transaction."""
    actor = memory.internals.log.actor
    with open_memory(memory.path, actor=actor) as writer:
        own = writer.internals
        with own.database.writing():
            yield BackupRows(own.database, own.log)


def _noted_begin(memory: Memory, destination: Path, *, planned: bool) -> bool:
    """Note where the backup is going to be: whatever ends this, the store knows of the file."""
    with suppress(CannotOpen, CannotWrite), _rows_of(memory) as rows:
        rows.begin(str(destination), planned=planned)
        return True
    return False


def _noted_end(memory: Memory, destination: Path) -> None:
    with suppress(CannotOpen, CannotWrite), _rows_of(memory) as rows:
        rows.give_up(str(destination))


def _noted_done(memory: Memory, backup: KnownBackup) -> bool:
    with suppress(CannotOpen, CannotWrite), _rows_of(memory) as rows:
        rows.done(backup)
        return True
    return False
