"""Erasures under way, the digests of their receipts, and what they cannot reach."""

from __future__ import annotations

import time
from collections.abc import Collection
from hashlib import sha256

from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.file.database import Database
from hpm_engine.store.rows.declaration import insertion
from hpm_engine.values.leaving.erasure import HeldPlace

_OUTSIDE = (
    (
        "SELECT count(*) FROM backups WHERE made_at IS NOT NULL",
        HeldPlace("backups", 0, "copies made before hold it until you delete them"),
    ),
    (
        "SELECT count(*) FROM audit WHERE action = 'export'",
        HeldPlace("exports on record", 0, "files that left the store are not reached"),
    ),
    (
        "SELECT count(*) FROM tuned_weights",
        HeldPlace("tuned models", 0, "they were fitted with it: numbers, no text"),
    ),
)


class ErasureRows:
    """Reads and writes inside the caller's transaction."""

    def __init__(self, database: Database, log: AuditLog) -> None:
        self._db, self._log = database, log

    def overwrite(self) -> None:
        """From now on what this connection deletes is overwritten in the file."""
        self._db.execute("PRAGMA secure_delete = ON")

    def head(self) -> int:
        """Another number once anybody has changed the store."""
        return int(self._db.value("SELECT coalesce(max(seq), 0) FROM audit"))

    def outside(self) -> list[HeldPlace]:
        """What may hold it outside of the store's tables, and is not reached."""
        found = []
        for sql, place in _OUTSIDE:
            if count := int(self._db.value(sql)):
                found.append(HeldPlace(place.what, count, place.note))
        return found

    def pinned_checkpoints(self, ids: Collection[int], episodes: Collection[int]) -> list[int]:
        """Those of some checkpoints, and of those of some episodes, that a pin keeps."""
        rows = self._db.rows("SELECT id, episode_id FROM checkpoints WHERE pinned ORDER BY id")
        return [key for key, episode_id in rows if key in ids or episode_id in episodes]

    def state(self) -> str:
        """The digest of what the store holds: of its episodes, notes and topics."""
        digest = sha256()
        for sql in (
            "SELECT id, digest FROM main.episodes ORDER BY id",
            "SELECT note_id, sha256 FROM memory_note_versions ORDER BY note_id, number",
            "SELECT id, mean FROM prototypes ORDER BY id",
        ):
            for key, data in self._db.execute(sql):
                digest.update(b"%d:" % key + bytes(data))
            digest.update(b"\0")
        return digest.hexdigest()

    def begin(self, report: str) -> int:
        """Note that the bytes of an erasure are still to be taken out of the file; its number."""
        values = {"at": time.time_ns() // 1000, "actor": self._log.actor, "report": report}
        self._db.execute(insertion("erasures", values), tuple(values.values()))
        return int(self._db.value("SELECT last_insert_rowid()"))

    def under_way(self) -> list[tuple[int, str, str]]:
        """The erasures whose bytes are still in the file: number, who asked, what they did."""
        return self._db.rows("SELECT id, actor, report FROM erasures ORDER BY id")

    def end(self, number: int) -> None:
        """The bytes are gone."""
        self._db.execute("DELETE FROM erasures WHERE id = ?", (number,))
