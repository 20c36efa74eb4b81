"""What one state of a store holds against another."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.file.database import Database
from hpm_engine.store.names import NAME
from hpm_engine.values.safety.backups import OnlyThere

_LISTED = 200  # episodes of each kind


class StoreDifference(NamedTuple):
    """The episodes that each of two stores holds alone, and how many differ."""

    first: tuple[OnlyThere, ...]
    first_count: int
    second: tuple[OnlyThere, ...]
    second_count: int
    other: int


def difference(first: Database, second: Database) -> StoreDifference:
    """Compare the episodes of two stores by their sessions, and those in both by their digests."""
    mine, yours = (_states(database) for database in (first, second))
    only_first = sorted(key for name, (key, _) in mine.items() if name not in yours)
    only_second = sorted(key for name, (key, _) in yours.items() if name not in mine)
    other = sum(
        1 for name, (_, digest) in mine.items() if name in yours and yours[name][1] != digest
    )
    return StoreDifference(
        _named(first, only_first[:_LISTED]),
        len(only_first),
        _named(second, only_second[:_LISTED]),
        len(only_second),
        other,
    )


def is_beginning(log: tuple[int, str], database: Database) -> bool:
    """Whether a log of so many rows with that last hash is the beginning of a store's."""
    rows, head = log
    known = AuditLog(database, "").numbered([rows])
    return not rows or bool(known and known[0].hash == head)


def _states(database: Database) -> dict[tuple[str, str], tuple[int, bytes]]:
    rows = database.execute("SELECT format, key, id, digest FROM episodes")
    return {(kind, key): (number, digest) for kind, key, number, digest in rows}


def _named(database: Database, ids: Iterable[int]) -> tuple[OnlyThere, ...]:
    wanted = list(ids)
    marks = ",".join("?" * len(wanted))
    sql = f"SELECT e.id, {NAME}, e.steps FROM episodes e WHERE e.id IN ({marks}) ORDER BY e.id"
    return tuple(OnlyThere(*row) for row in database.rows(sql, wanted))
