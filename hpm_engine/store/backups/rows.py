"""The backups that a store knows of, and the plan by which they are made."""

from __future__ import annotations

import time
from hashlib import sha256
from pathlib import Path

from msgspec import structs

from hpm_engine.errors import NotFound
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.file.database import Database
from hpm_engine.store.rows.declaration import GIVEN, Columns, ReadBy, insertion
from hpm_engine.values.reports import Changed
from hpm_engine.values.safety.backups import BackupPlan, Every, KnownBackup

_BACKUP = Columns(
    KnownBackup,
    {
        **{name: name for name in ("id", "path", "size", "audit_rows", "audit_head")},
        "made_at": "coalesce(made_at, begun_at)",
        "sha256": "lower(hex(sha256))",
        "planned": ReadBy("planned", bool),
        "pinned": ReadBy("pinned", bool),
        "exists": GIVEN,
    },
)
_PLAN = Columns(
    BackupPlan,
    {
        **{name: name for name in ("folder", "last", "daily", "weekly", "tried_at", "failure")},
        "every": ReadBy("every", Every),
    },
)
_CHANGED = Changed.SETTINGS | Changed.AUDIT
_RETRY = 3_600_000_000  # microseconds after an attempt that failed


class BackupRows:
    """Backups and their plan. Writing must happen inside the caller's transaction."""

    def __init__(self, database: Database, audit: AuditLog) -> None:
        self._db, self._audit = database, audit

    # -- reading ----------------------------------------------------------------------------------

    def all(self) -> tuple[KnownBackup, ...]:
        """Every backup that is known, the newest first."""
        rows = self._db.rows(
            f"SELECT {_BACKUP.sql} FROM backups ORDER BY coalesce(made_at, begun_at) DESC, id DESC"
        )
        backups = _BACKUP.values(rows, exists=[True] * len(rows))
        return tuple(structs.replace(backup, exists=_is_there(backup.path)) for backup in backups)

    def get(self, backup_id: int) -> KnownBackup:
        """A backup by its number; raises ``NotFound``."""
        for backup in self.all():
            if backup.id == backup_id:
                return backup
        raise NotFound(
            f"{self._db.path}: knows of no backup {backup_id}. hpm backups lists those it knows."
        )

    def plan(self) -> BackupPlan:
        """The plan; that of nothing, where there is none."""
        rows = self._db.rows(f"SELECT {_PLAN.sql} FROM backup_plan")
        return _PLAN.value(rows[0]) if rows else BackupPlan()

    def due(self, now: int) -> bool:
        """Whether the plan asks for a backup now."""
        plan = self.plan()
        if plan.every is Every.NEVER or not plan.folder:
            return False
        last = self._db.value("SELECT max(made_at) FROM backups WHERE planned") or 0
        if plan.tried_at > now or last > now:  # the clock was put back
            return True
        waited = plan.tried_at + min(_RETRY, plan.every.period)
        return bool(now >= last + plan.every.period and (now >= waited or plan.tried_at <= last))

    # -- writing ----------------------------------------------------------------------------------

    def begin(self, path: str, *, planned: bool) -> None:
        """Note that a backup is going to be at a path, so that it is known even if this ends."""
        columns = ("path", "begun_at", "planned")
        sql = insertion("backups", columns) + " ON CONFLICT (path) DO NOTHING"
        self._db.execute(sql, (path, _now(), planned))

    def give_up(self, path: str) -> None:
        """Nothing came of it: what was not made is not known."""
        self._db.execute("DELETE FROM backups WHERE path = ? AND made_at IS NULL", (path,))

    def done(self, backup: KnownBackup) -> Changed:
        """Note that a backup is there."""
        values = {
            "path": backup.path,
            "begun_at": backup.made_at,
            "made_at": backup.made_at,
            "size": backup.size,
            "sha256": bytes.fromhex(backup.sha256),
            "audit_rows": backup.audit_rows,
            "audit_head": backup.audit_head,
            "planned": backup.planned,
        }
        updates = ", ".join(f"{name} = excluded.{name}" for name in values if name != "path")
        sql = insertion("backups", values) + f" ON CONFLICT (path) DO UPDATE SET {updates}"
        self._db.execute(sql, tuple(values.values()))
        self._append("back up", backup.path, after=backup.sha256, detail=_facts(backup))
        return _CHANGED

    def pin(self, backup_id: int, *, pinned: bool) -> Changed:
        """Keep a backup whatever the plan says, or no longer. Raises ``NotFound``."""
        backup = self.get(backup_id)
        if backup.pinned is pinned:
            return Changed.NOTHING
        self._db.execute("UPDATE backups SET pinned = ? WHERE id = ?", (pinned, backup_id))
        if pinned:
            self._append("pin backup", backup.path)
        else:
            self._append("unpin backup", backup.path)
        return _CHANGED

    def forget(self, backup: KnownBackup, *, removed: bool) -> None:
        """A backup is known no longer: its file was removed by the plan, or is gone."""
        if not self._db.execute("DELETE FROM backups WHERE id = ?", (backup.id,)).rowcount:
            return
        detail: dict[str, object] = {"size": backup.size, "removed": removed}
        self._append("forget backup", backup.path, before=backup.sha256, detail=detail)

    def set_plan(self, plan: BackupPlan) -> Changed:
        """Have another plan."""
        before = self.plan()
        after = structs.replace(plan, tried_at=before.tried_at, failure="")
        if after == before:
            return Changed.NOTHING
        self._put_plan(after)
        detail = {"every": plan.every.value, "last": plan.last, "daily": plan.daily}
        self._append("plan backups", plan.folder, detail=detail | {"weekly": plan.weekly})
        return _CHANGED

    def take_turn(self, now: int) -> bool:
        """Whether a backup is due and nobody else is at it; from now on somebody is."""
        if not self.due(now):
            return False
        self._db.execute("UPDATE backup_plan SET tried_at = ?", (now,))
        return True

    def failed(self, failure: str) -> None:
        """Note what was the matter with the last attempt; "" for nothing."""
        sql = "UPDATE backup_plan SET failure = ? WHERE failure <> ?"
        self._db.execute(sql, (failure, failure))

    def take_over(self, other: list[tuple[object, ...]]) -> None:
        """Know what another state of this store knows, beside its own."""
        columns = _ALL_COLUMNS
        self._db.connection.executemany(
            insertion("backups", columns)
            + " ON CONFLICT (path) DO UPDATE SET "
            + ", ".join(f"{name} = excluded.{name}" for name in columns[1:]),
            other,
        )

    def rows(self) -> list[tuple[object, ...]]:
        """What ``take_over`` takes."""
        return self._db.rows(f"SELECT {', '.join(_ALL_COLUMNS)} FROM backups")

    def _put_plan(self, plan: BackupPlan) -> None:
        values = structs.asdict(plan) | {"id": 1, "every": plan.every.value}
        sql = insertion("backup_plan", values, "INSERT OR REPLACE")
        self._db.execute(sql, tuple(values.values()))

    def _append(
        self,
        action: str,
        path: str,
        *,
        before: str = "",
        after: str = "",
        detail: dict[str, object] | dict[str, int] | dict[str, int | str] | None = None,
    ) -> None:
        named = {"name": sha256(path.encode("utf-8", "surrogateescape")).hexdigest()}
        self._audit.append(
            action, "backups", before=before, after=after, detail=named | dict(detail or {})
        )


_ALL_COLUMNS = (
    *("path", "begun_at", "made_at", "size", "sha256", "audit_rows", "audit_head"),
    *("planned", "pinned"),
)


def _facts(backup: KnownBackup) -> dict[str, object]:
    return {
        "size": backup.size,
        "rows": backup.audit_rows,
        "head": backup.audit_head,
        "planned": backup.planned,
    }


def _is_there(path: str) -> bool:
    try:
        return Path(path).is_file()
    except (OSError, ValueError):
        return False


def _now() -> int:
    return time.time_ns() // 1000
