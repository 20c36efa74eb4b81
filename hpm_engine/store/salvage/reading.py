"""The rows of a damaged file that can still be read: around the pages that cannot."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from hpm_engine.errors import Cancelled
from hpm_engine.job import Job
from hpm_engine.store.file.database import Database

_TOGETHER = 256  # rows of a statement
_FURTHEST = 1 << 62
_TRIES = 20_000  # jumps over what cannot be read, in one table
_TYPES = {"INTEGER": (int,), "REAL": (float, int), "TEXT": (str,), "BLOB": (bytes,)}


class SavedColumn(NamedTuple):
    """A column of a table: what may stand in it."""

    name: str
    kind: str
    needed: bool


class DamagedTable:
    """A table of a damaged file, read by its key from both sides of what cannot be read."""

    def __init__(
        self, database: Database, table: str, columns: list[SavedColumn], key: str
    ) -> None:
        self._db = database
        self._columns = columns
        self._key = key
        self._names = ", ".join(f'"{column.name}"' for column in columns)
        self._table = table
        self.skipped = 0  # places where rows could not be read
        self.odd = 0  # rows that hold what was never written

    def rows(self, job: Job) -> Iterator[tuple[Any, ...]]:
        """Every row that can be read and is what this program writes."""
        for row in self._by_key(job) if self._key else self._from_both_sides(job):
            if self._fits(row):
                yield row
            else:
                self.odd += 1

    def _by_key(self, job: Job) -> Iterator[tuple[Any, ...]]:
        """By a whole number, rising: over what cannot be read it jumps, ever further."""
        after, jump, tries = -_FURTHEST, 1, 0
        sql = (
            f"SELECT {self._key}, {self._names} FROM main.{self._table} WHERE {self._key} > ?"
            f" ORDER BY {self._key}"
        )
        while after < _FURTHEST and tries < _TRIES:
            job.step(tries, note=f"reading {self._table}", unit="rows")
            read, failed = 0, False
            try:
                for key, *row in self._db.execute(sql, (after,)):
                    if not isinstance(key, int) or (key <= after and read):
                        continue
                    after, jump, read = key, 1, read + 1
                    yield tuple(row)
                    if not read % _TOGETHER:
                        job.step(read, note=f"reading {self._table}", unit="rows")
            except self._db.driver.Error as error:
                if str(error) == "interrupted":
                    raise Cancelled from error
                failed = True
            if not failed:
                return
            if (not read and jump == 1) or read:
                self.skipped += 1
            tries += 1
            after, jump = after + jump if after > -_FURTHEST else 0, jump * 2

    def _from_both_sides(self, job: Job) -> Iterator[tuple[Any, ...]]:
        """In the order of the table, then against it, up to what cannot be read."""
        known: set[tuple[Any, ...]] = set()
        order = ", ".join(f'"{column.name}"' for column in self._columns[:3])
        for direction in ("", f" ORDER BY {order.replace(',', ' DESC,')} DESC"):
            try:
                sql = f"SELECT {self._names} FROM main.{self._table}{direction}"
                for row in self._db.execute(sql):
                    job.step(len(known), note=f"reading {self._table}", unit="rows")
                    if row not in known:
                        known.add(row)
                        yield row
                return
            except self._db.driver.Error as error:
                if str(error) == "interrupted":
                    raise Cancelled from error
                self.skipped += not direction

    def _fits(self, row: tuple[Any, ...]) -> bool:
        for column, value in zip(self._columns, row, strict=True):
            if value is None:
                if column.needed:
                    return False
            elif not isinstance(value, _TYPES.get(column.kind, (object,))):
                return False
        return True


def columns_of(database: Database, table: str) -> list[SavedColumn]:
    """The columns of a table."""
    rows = database.rows(f"SELECT name, type, \"notnull\", pk FROM pragma_table_info('{table}')")
    return [SavedColumn(name, kind, bool(needed) and not pk) for name, kind, needed, pk in rows]


def key_of(database: Database, table: str) -> str:
    """The whole number by which a table is ordered; "" where it is by something else."""
    rows = database.rows(f"SELECT name, type, pk FROM pragma_table_info('{table}') ORDER BY pk")
    first = [name for name, kind, pk in rows if pk == 1 and kind == "INTEGER"]
    sql = database.value("SELECT sql FROM main.sqlite_master WHERE name = ?", (table,)) or ""
    if "WITHOUT ROWID" in sql:
        return first[0] if first and len([1 for _, _, pk in rows if pk]) == 1 else ""
    return "rowid"
