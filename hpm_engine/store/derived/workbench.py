"""A derived part of a store made anew out of sight, and held against what the store has."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import zip_longest
from typing import Any, NamedTuple

from hpm_engine.errors import HPMError
from hpm_engine.job import Job
from hpm_engine.store.file.database import Database
from hpm_engine.store.schema.migrations import VIRTUAL_TABLES, migrate

_REFERENCE = re.compile(r" REFERENCES \w+ \(\w+\)(?: ON DELETE [A-Z]{3,8}(?: NULL)?)?")
_CREATE = re.compile(r"CREATE (VIRTUAL )?TABLE [\"']?\w+[\"']?")
_ASKED = 100  # words
_VOCABULARY = "derived_vocabulary_"

Build = Callable[[Database, Job], None]


class DerivedPart(NamedTuple):
    """Tables that follow from others, and what writes them, when they are empty, from those.

    ``build`` names tables without a schema, so that it writes temporary ones where there are some.
    ``compared`` are the columns of a table that tell, all without an entry.
    """

    name: str
    tables: tuple[str, ...]
    build: Build
    compared: dict[str, tuple[str, ...]]


def fault_of(database: Database, part: DerivedPart, job: Job) -> str:
    """What is wrong with a part, in words; "" where it is as it would be made anew."""
    driver = database.driver
    try:
        for table in VIRTUAL_TABLES.intersection(part.tables):
            if database.value(f"PRAGMA integrity_check({table})") != "ok":
                return f"{table} does not fit together"
        with _fresh_tables(database, part):
            part.build(database, job)
            for table in part.tables:
                if difference := _difference(database, part, table):
                    return difference
    except (driver.DatabaseError, HPMError, MemoryError) as error:
        if str(error) == "interrupted":
            raise
        return f"it cannot be read ({error})"
    return ""


def make_again(database: Database, part: DerivedPart, job: Job) -> None:
    """Empty a part and write it anew; inside the caller's transaction."""
    for table in part.tables:
        _emptied(database, table)
    part.build(database, job)


def fresh_schema(database: Database) -> dict[str, tuple[str, str]]:
    """What a store of today's schema has: by name the kind, and the statement that makes it."""
    rows = _of_new_store(database, "SELECT name, type, sql FROM sqlite_master WHERE sql <> ''")
    return {name: (kind, sql) for name, kind, sql in rows}


def fresh_totals(database: Database) -> list[tuple[str, int]]:
    """The sums of a store that was just made."""
    return _of_new_store(database, "SELECT name, value FROM totals")


def _of_new_store(database: Database, sql: str) -> list[Any]:
    connection = database.driver.connect(":memory:", isolation_level=None)
    try:
        connection.execute("BEGIN")
        migrate(connection)
        return list(connection.execute(sql))
    finally:
        connection.close()


@contextmanager
def _fresh_tables(database: Database, part: DerivedPart) -> Iterator[None]:
    """Empty temporary tables of the same names: unnamed schemas lead to them first."""
    schema = fresh_schema(database)
    database.execute("PRAGMA query_only = OFF")
    try:
        for table in part.tables:
            sql = _REFERENCE.sub("", schema[table][1])
            virtual = "VIRTUAL " if table in VIRTUAL_TABLES else ""
            database.execute(_CREATE.sub(f"CREATE {virtual}TABLE temp.{table}", sql, count=1))
        yield
    finally:
        for table in part.tables:
            database.execute(f"DROP TABLE IF EXISTS temp.{_VOCABULARY}{table}")
            database.execute(f"DROP TABLE IF EXISTS temp.{_VOCABULARY}{table}_fresh")
            database.execute(f"DROP TABLE IF EXISTS temp.{table}")
        if database.read_only:
            database.execute("PRAGMA query_only = ON")


def _difference(database: Database, part: DerivedPart, table: str) -> str:
    if table in VIRTUAL_TABLES:
        return _difference_of_words(database, table, part.compared.get(table, ()))
    columns = ", ".join(part.compared.get(table, ("*",)))
    for one, two, what in (("temp", "main", "lack"), ("main", "temp", "are too many")):
        count = database.value(
            f"SELECT count(*) FROM (SELECT {columns} FROM {one}.{table}"
            f" EXCEPT SELECT {columns} FROM {two}.{table})"
        )
        if count:
            return f"{count:,} rows of {table} {what}, or are other ones"
    return ""


def _difference_of_words(database: Database, table: str, columns: tuple[str, ...]) -> str:
    """Hold a full-text table against another: its rows, and of each word how often it stands."""
    ids = [
        database.execute(f"SELECT id FROM {schema}.{table}_docsize ORDER BY id")
        for schema in ("temp", "main")
    ]
    if any(fresh != stored for fresh, stored in zip_longest(*ids)):
        return f"{table} has other rows"
    database.execute(
        f"CREATE VIRTUAL TABLE temp.{_VOCABULARY}{table} USING fts5vocab(main, {table}, col)"
    )
    database.execute(
        f"CREATE VIRTUAL TABLE temp.{_VOCABULARY}{table}_fresh USING fts5vocab(temp, {table}, col)"
    )
    where = f" WHERE col IN ({', '.join(repr(name) for name in columns)})" if columns else ""
    words = [
        database.execute(f"SELECT term, col, doc, cnt FROM temp.{_VOCABULARY}{name}{where}")
        for name in (f"{table}_fresh", table)
    ]
    if any(fresh != stored for fresh, stored in zip_longest(*words)):
        return f"{table} has other words"
    return "" if _finds_the_same(database, table) else f"{table} does not find its words"


def _finds_the_same(database: Database, table: str) -> bool:
    """Ask for some words: what leads to them is no part of what was compared."""
    vocabulary = f"temp.{_VOCABULARY}{table}_fresh"
    step = max(1, database.value(f"SELECT count(*) FROM {vocabulary}") // _ASKED)
    rows = database.execute(f"SELECT term FROM {vocabulary}")
    for number, (term,) in enumerate(list(rows)):
        quoted = '"' + term.replace('"', '""') + '"'
        sql = "SELECT count(*) FROM {}.{table} WHERE {table} MATCH ?"
        if number % step == 0 and database.value(
            sql.format("temp", table=table), (quoted,)
        ) != database.value(sql.format("main", table=table), (quoted,)):
            return False
    return True


def _emptied(database: Database, table: str) -> None:
    if table not in VIRTUAL_TABLES:
        database.execute(f"DELETE FROM {table}")
        return
    try:
        database.execute(f"INSERT INTO {table} ({table}) VALUES ('delete-all')")
        database.execute(f"SELECT count(*) FROM {table} WHERE {table} MATCH 'a'")
    except database.driver.DatabaseError:  # what it consists of is gone or damaged
        sql: Any = fresh_schema(database)[table][1]
        database.execute(f"DROP TABLE IF EXISTS {table}")
        database.execute(sql)
