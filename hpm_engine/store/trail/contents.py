"""What rows of the log say of content, which lies beside them with its salt: erased, or opened."""

from __future__ import annotations

from collections.abc import Sequence

from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.file.database import Database

_AT_ONCE = 500  # rows in one statement


def erase_contents(database: Database, log: AuditLog, numbers: Sequence[int]) -> int:
    """Delete what rows say of content, salts included; how many said any.

    The rows stay and keep their proofs: they have a commitment alone, which nobody can try out
    without the salt. One more row says which they were. Inside the caller's transaction.
    """
    rows: list[int] = []
    for start in range(0, len(numbers), _AT_ONCE):
        part = tuple(numbers[start : start + _AT_ONCE])
        marks = ", ".join("?" * len(part))
        rows += (
            seq
            for (seq,) in database.execute(
                f"SELECT seq FROM audit_contents WHERE seq IN ({marks})", part
            )
        )
    if rows:
        each = [(seq,) for seq in rows]
        database.connection.executemany("DELETE FROM audit_contents WHERE seq = ?", each)
        log.append("erase contents", "audit", detail={"rows": sorted(rows)})
    return len(rows)
