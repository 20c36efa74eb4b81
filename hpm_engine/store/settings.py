"""The settings that live in the store."""

from __future__ import annotations

from hashlib import sha256

from hpm_engine.audit.chain import canonical_json
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.file.database import Database
from hpm_engine.store.rows.declaration import insertion
from hpm_engine.values.reports import Changed

AUDIT_TEXTS = "audit.texts"  # a setting: "kept" without it
DIGESTS = "digests"


class Settings:
    """Names and values. Setting must happen inside the caller's transaction."""

    def __init__(self, database: Database, log: AuditLog) -> None:
        self._db = database
        self._log = log

    def all(self) -> dict[str, str]:
        """Every setting, by name."""
        return dict(self._db.rows("SELECT name, value FROM settings ORDER BY name"))

    def set(self, name: str, value: str) -> Changed:
        """Change a setting and log it; one that has the value already is left alone."""
        before = self._db.value("SELECT value FROM settings WHERE name = ?", (name,))
        if before == value:
            return Changed.NOTHING
        sql = insertion("settings", ("name", "value"), "INSERT OR REPLACE")
        self._db.execute(sql, (name, value))
        self._log.append(
            "set",
            f"setting:{name}",
            before="" if before is None else _digest(before),
            after=_digest(value),
            content={"value": value},
        )
        return Changed.SETTINGS | Changed.AUDIT


def keeps_texts(database: Database) -> bool:
    """Whether the log keeps what recalls asked; only digests of it otherwise."""
    sql = "SELECT value FROM settings WHERE name = ?"
    return bool(database.value(sql, (AUDIT_TEXTS,)) != DIGESTS)


def store_id(database: Database) -> str:
    """The store's own id; "" where it has none."""
    return database.value("SELECT value FROM settings WHERE name = 'store_id'") or ""


def _digest(value: str) -> str:
    return sha256(canonical_json(value).encode()).hexdigest()
