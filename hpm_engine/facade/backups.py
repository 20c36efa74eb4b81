"""The backups that a store knows of, and the plan by which they are made."""

from __future__ import annotations

import time
from pathlib import Path

from hpm_engine.errors import BadQuery
from hpm_engine.facade.internals import Internals
from hpm_engine.store.backups.rows import BackupRows
from hpm_engine.values.reports import Changed
from hpm_engine.values.safety.backups import BackupPlan, Every, KnownBackup

_MOST = 1_000  # backups that a plan may keep of a kind


class KnownBackups:
    """What ``Memory.backups`` is. Every method may raise ``HPMError``."""

    def __init__(self, internals: Internals) -> None:
        self._db = internals.database
        self._rows = BackupRows(internals.database, internals.log)

    def all(self) -> tuple[KnownBackup, ...]:
        """Every backup that is known, the newest first, whether or not it is still there."""
        with self._db.reading():
            return self._rows.all()

    def existing(self) -> tuple[KnownBackup, ...]:
        """Those whose file is still there: what was taken out of the store may be in them."""
        return tuple(backup for backup in self.all() if backup.exists)

    def pin(self, backup_id: int, *, pinned: bool = True) -> Changed:
        """Keep a backup whatever the plan says, or no longer. Raises ``NotFound``."""
        with self._db.writing():
            return self._rows.pin(backup_id, pinned=pinned)

    def plan(self) -> BackupPlan:
        """How often the store is backed up by itself, and what was the matter last."""
        with self._db.reading():
            return self._rows.plan()

    def set_plan(self, plan: BackupPlan) -> Changed:
        """Have another plan. Raises ``BadQuery`` for one that cannot be kept."""
        if plan.every is not Every.NEVER:
            if not Path(plan.folder).is_absolute() or "\0" in plan.folder:
                raise BadQuery("Backups by themselves need a folder, as an absolute path.", 0)
            if not 1 <= plan.last <= _MOST or not all(
                0 <= count <= _MOST for count in (plan.daily, plan.weekly)
            ):
                raise BadQuery(
                    f"Keep at least 1 of the last backups, and at most {_MOST:,} of a kind.", 0
                )
        with self._db.writing():
            return self._rows.set_plan(plan)

    def due(self) -> bool:
        """Whether the plan asks for a backup now."""
        with self._db.reading():
            return self._rows.due(time.time_ns() // 1000)
