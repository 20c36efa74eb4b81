"""What going back to a backup would bring and take."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from msgspec import structs

from hpm_engine.errors import CannotWrite, HPMError, StoreMissing
from hpm_engine.job import Job
from hpm_engine.memory import Memory, open_memory
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.backups.comparing import difference, is_beginning
from hpm_engine.store.backups.marking import held_counts, is_of_today, mark_of
from hpm_engine.store.file.copying import copy_pages
from hpm_engine.store.file.database import Database
from hpm_engine.store.file.file_place import SIDE_FILES, beside
from hpm_engine.store.settings import store_id
from hpm_engine.system.unfinished import unfinished
from hpm_engine.values.safety.backups import RestorePreview


def preview_restore(store: Path, backup: Path, job: Job | None = None) -> RestorePreview:
    """What going back to a backup would bring and take. Nothing is changed, in neither file.

    Raises ``CannotOpen`` for a backup that cannot be read; a store that cannot is no reason.
    """
    must_be_another(store, backup)
    with _readable(store, backup, job or Job()) as copy:
        now, reason = _opened(store)
        try:
            return _compared(_alone(store, backup, copy, reason), copy, now)
        finally:
            if now is not None:
                now.close()


def must_be_another(store: Path, backup: Path) -> None:
    """Raise ``CannotWrite`` where a backup is the store itself."""
    with suppress(OSError):
        if backup.samefile(store):
            raise CannotWrite(f"{backup}: is the store itself. Name a backup of it.")


def copy_whole(backup: Path, part: Path, job: Job) -> None:
    """Copy a backup to a new file, mode 0600, with what may wait beside it."""
    with closing(Database(backup, read_only=True, create=False)) as database:
        size = database.pragma("page_count") * database.pragma("page_size")
        if shutil.disk_usage(part.parent).free < size:
            raise CannotWrite(
                f"{part.parent}: there is no room for {size:,} bytes. Free some space; nothing was "
                "changed."
            )
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        with database.reading():
            copy_pages(database, part, job)


@contextmanager
def _readable(store: Path, backup: Path, job: Job) -> Iterator[Memory]:
    """A backup for reading; one of an earlier version is read in a copy, and stays as it is."""
    if is_of_today(backup):
        with open_memory(backup, read_only=True) as memory:
            yield memory
        return
    part = unfinished(store)
    try:
        copy_whole(backup, part, job)
        with open_memory(part) as memory:
            yield memory
    finally:
        for path in (part, *(beside(part, ending) for ending in SIDE_FILES)):
            with suppress(OSError):
                path.unlink(missing_ok=True)


def _opened(store: Path) -> tuple[Memory | None, str]:
    try:
        memory = open_memory(store, read_only=True)
    except StoreMissing:
        return None, "there is no such file"
    except HPMError as error:
        return None, str(error)
    return memory, ""


def _alone(store: Path, backup: Path, copy: Memory, reason: str) -> RestorePreview:
    """What a backup holds, where there is nothing to hold it against."""
    then = copy.internals.database
    with then.reading():
        mark, held = mark_of(then), held_counts(then)
    return RestorePreview(
        store=str(store),
        backup=str(backup),
        made_at=mark.made_at if mark else int(backup.stat().st_mtime * 1e6),
        size=backup.stat().st_size,
        same_store=True,
        now=None,
        then=held,
        lost=(),
        lost_count=0,
        back=(),
        back_count=held.episodes,
        other_count=0,
        log_rows_lost=0,
        is_prefix=False,
        reason=reason,
    )


def _compared(alone: RestorePreview, copy: Memory, now: Memory | None) -> RestorePreview:
    if now is None:
        return alone
    then, present = copy.internals.database, now.internals.database
    try:
        with then.reading(), present.reading():
            between = difference(present, then)
            log = AuditLog(then, "").head()
            begins = is_beginning(log, present)
            rows = AuditLog(present, "").head()[0]
            return structs.replace(
                alone,
                same_store=store_id(present) == store_id(then),
                now=held_counts(present),
                lost=between.first,
                lost_count=between.first_count,
                back=between.second,
                back_count=between.second_count,
                other_count=between.other,
                log_rows_lost=rows - log[0] if begins else rows,
                is_prefix=begins,
            )
    except HPMError as error:  # damaged beyond its first pages
        return structs.replace(alone, reason=str(error))
