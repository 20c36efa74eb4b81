"""Backups by a plan: made when they are due, and removed when there are too many."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from hpm_engine.backup.copy import back_up, backup_name
from hpm_engine.errors import HPMError
from hpm_engine.job import Job
from hpm_engine.memory import Memory
from hpm_engine.store.backups.marking import mark_of_file
from hpm_engine.store.backups.rows import BackupRows
from hpm_engine.store.settings import store_id
from hpm_engine.system.log.work import work
from hpm_engine.values.safety.backups import BackupPlan, BackupTurn, KnownBackup

_LOG = logging.getLogger(__name__)


def keep_backups(memory: Memory, job: Job | None = None) -> BackupTurn | None:
    """Make a backup if the plan asks for one now, and remove those that are too many.

    ``None`` where nothing was due. What goes wrong is noted in the store and given back, for it is
    no reason to stop what calls this; the next attempt is within the hour. Raises ``Cancelled``.
    """
    if not memory.backups.due() or not _takes_turn(memory):
        return None
    job = job or Job()
    with work(_LOG, "planned backup") as counts:
        turn = _turn(memory, job)
        counts.update(bytes=turn.size, removed=len(turn.removed))
    return turn


def rotate(memory: Memory) -> tuple[str, ...]:
    """Remove the backups of the plan that are too many; the paths of those that went.

    Only files go that were made by the plan, are not pinned and say of themselves that they are
    backups of this store.
    """
    backups = [backup for backup in memory.backups.all() if backup.planned]
    keep = kept(backups, memory.backups.plan())
    own = memory.internals
    removed = []
    for backup in backups:
        path = Path(backup.path)
        if not backup.exists:
            if path.parent.is_dir():  # else the disk may be out of reach for now
                with own.database.writing():
                    BackupRows(own.database, own.log).forget(backup, removed=False)
        elif backup.id not in keep and _is_ours(memory, path):
            try:
                path.unlink()
            except OSError as error:
                reason = error.strerror or str(error)
                raise HPMError(
                    f"{path}: this old backup cannot be removed ({reason}). Remove it yourself, or "
                    "let the plan keep more."
                ) from error
            removed.append(backup.path)
            with own.database.writing():
                BackupRows(own.database, own.log).forget(backup, removed=True)
    return tuple(removed)


def kept(backups: Sequence[KnownBackup], plan: BackupPlan) -> set[int]:
    """The ids of those that a plan keeps: pinned ones, the last, and of days and weeks the newest.

    ``backups`` are given the newest first.
    """
    there = [backup for backup in backups if backup.exists]
    keep = {backup.id for backup in there if backup.pinned}
    keep |= {backup.id for backup in there[: plan.last]}
    for count, form in ((plan.daily, "%Y-%m-%d"), (plan.weekly, "%G-%V")):
        newest: dict[str, int] = {}
        for backup in there:
            moment = datetime.fromtimestamp(backup.made_at / 1e6, UTC)
            newest.setdefault(moment.strftime(form), backup.id)
        keep |= set(list(newest.values())[:count])
    return keep


def _turn(memory: Memory, job: Job) -> BackupTurn:
    path, size, failure = "", 0, ""
    removed: tuple[str, ...] = ()
    try:
        folder = _folder(memory.backups.plan())
        goal = folder / backup_name(memory.path, time.time_ns() // 1000)
        saved = back_up(memory, goal, job, planned=True)
        path, size = saved.path, saved.size
        removed = rotate(memory)
    except HPMError as error:
        failure = str(error)
        _LOG.warning("%s: the planned backup failed", memory.path, exc_info=True)
    own = memory.internals
    with own.database.writing():
        BackupRows(own.database, own.log).failed(failure)
    return BackupTurn(path, size, removed, failure)


def _takes_turn(memory: Memory) -> bool:
    own = memory.internals
    with own.database.writing():
        return BackupRows(own.database, own.log).take_turn(time.time_ns() // 1000)


def _folder(plan: BackupPlan) -> Path:
    folder = Path(plan.folder)
    try:
        if not folder.is_dir() and folder.parent.is_dir():
            os.mkdir(folder, 0o700)
    except OSError as error:
        raise HPMError(
            f"{folder}: this folder for backups cannot be made ({error.strerror}). Choose another."
        ) from error
    if not folder.is_dir():
        raise HPMError(
            f"{folder}: the folder for backups is not there. Connect its disk, or choose another."
        )
    return folder


def _is_ours(memory: Memory, path: Path) -> bool:
    mark = mark_of_file(path)
    return mark is not None and mark.store_id == store_id(memory.internals.database)
