"""A copy of a whole store in one file, whatever else is open or being written meanwhile."""

from __future__ import annotations

import logging
import os
import stat
from pathlib import Path

from hpm_engine.errors import CannotWrite, HPMError
from hpm_engine.job import Job
from hpm_engine.memory import Memory
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.file.copying import copy_pages, first_fault
from hpm_engine.store.file.database import Database
from hpm_engine.store.file.file_place import SIDE_FILES, beside
from hpm_engine.system.log.work import work
from hpm_engine.system.unfinished import unfinished
from hpm_engine.values.reports import Backup

_LOG = logging.getLogger(__name__)


def back_up(
    memory: Memory, destination: Path, job: Job | None = None, *, force: bool = False
) -> Backup:
    """Copy a store as it is now to ``destination``, which appears when it is whole and checked.

    Raises:
        CannotWrite: something is there already (a file may be replaced with ``force``), it cannot
            be written, or what was written is not what was read; nothing is left behind.
        Cancelled: asked to stop; nothing is left behind.
    """
    with work(_LOG, "backup") as counts:
        backup = _backed_up(memory, destination, job or Job(), force=force)
        counts.update(bytes=backup.size)
    return backup


def _backed_up(memory: Memory, destination: Path, job: Job, *, force: bool) -> Backup:
    memory.spare(destination)
    _refuse(destination, force=force)
    database = memory.internals.database
    part = unfinished(destination)
    try:
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        with database.reading():
            head = AuditLog(database, "").head()
            copy_pages(database, part, job)
        _check(part, head, job)
        _flush(part)
        _put(part, destination, force=force)
    except OSError as error:
        raise CannotWrite(
            f"{destination}: cannot be written ({error.strerror or error}). Choose another place."
        ) from error
    finally:
        for path in (part, *(beside(part, ending) for ending in (*SIDE_FILES, "-journal"))):
            path.unlink(missing_ok=True)
    return Backup(str(destination), destination.stat().st_size, *head)


def _refuse(destination: Path, *, force: bool) -> None:
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
            f"{destination}: there is a file already. Choose another name, or replace it (hpm "
            "backup --force)."
        )
    if any(beside(destination, ending).exists() for ending in SIDE_FILES):
        raise CannotWrite(
            f"{destination}: is a store that is open somewhere, or was when its program ended. "
            "Close it first, or choose another name."
        )


def _check(part: Path, head: tuple[int, str], job: Job) -> None:
    """Open the copy as any store is opened, and have its pages and its log's end looked at."""
    try:
        copy = Database(part, read_only=True, create=False)
        try:
            fault = first_fault(copy, job)
            if not fault and AuditLog(copy, "").head() != head:
                fault = "the log ends elsewhere"
        finally:
            copy.close()
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


def _put(part: Path, destination: Path, *, force: bool) -> None:
    _refuse(destination, force=force)  # somebody may have put something there meanwhile
    if force:
        part.replace(destination)
    else:
        try:
            os.link(part, destination)  # unlike a renaming it never replaces
        except FileExistsError:
            raise
        except OSError:  # a file system without links
            part.replace(destination)
    if hasattr(os, "O_DIRECTORY"):
        folder = os.open(destination.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
