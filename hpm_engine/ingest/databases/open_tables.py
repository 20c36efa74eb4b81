"""A private copy of a database, opened so that nothing in it can run, and read row by row.

Only plain tables are read, by statements that name their columns; views, triggers and virtual
tables are never touched, and an authorizer refuses everything else. Time is bounded by a deadline,
memory by a limit on values. A row that is damaged or too large costs itself alone.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from urllib.parse import quote

from hpm_engine.ingest.databases.kind import Columns, Selection, Value
from hpm_engine.ingest.databases.row_digests import OwnedRows
from hpm_engine.ingest.databases.row_lines import LeftOut, Row, WrongText
from hpm_engine.ingest.databases.session_lines import Loss

LONGEST = 32 * 1024 * 1024  # bytes of a value
_SECONDS = 1.5  # of processor time, for a database of any size
_BYTES_A_SECOND = 5_000_000  # of a larger one: a slow disk's pace
_LOG_BYTES_A_SECOND = 50_000_000  # while it is opened: the log is gone through once
_TABLES = 2_000  # tables at most
_COLUMNS = 500  # columns of a table
_INSTRUCTIONS = 2_000  # of SQLite's machine between two looks at the clock
_ALLOWED = frozenset((sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ))
_SEARCH = "instr"  # the only function of a statement
_MALFORMED = "malformed database schema"
_TOO_LARGE = f"more than {LONGEST:,} bytes"
_ROW_NUMBERS = ("rowid", "_rowid_", "oid")
_LIMITS = (
    (sqlite3.SQLITE_LIMIT_LENGTH, LONGEST),
    (sqlite3.SQLITE_LIMIT_SQL_LENGTH, 1_000_000),
    (sqlite3.SQLITE_LIMIT_EXPR_DEPTH, 100),
    (sqlite3.SQLITE_LIMIT_COMPOUND_SELECT, 5),
    (sqlite3.SQLITE_LIMIT_ATTACHED, 0),
    (sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH, 1),
)


class OpenTables:
    """The tables of a copy, as ``Tables``; what they could not give is in ``losses``.

    ``fault`` says what is damaged in the list of tables itself.
    """

    def __init__(self, path: Path, size: int) -> None:
        """Open a copy of ``size`` bytes. Raises ``sqlite3.Error`` where it is no database."""
        self.losses: list[Loss] = []
        self._seconds = _SECONDS + size / _BYTES_A_SECOND
        self._until = time.process_time() + _SECONDS + size / _LOG_BYTES_A_SECOND
        self.fault = ""
        self._numbers: dict[str, str] = {}
        uri = f"file:{quote(str(path))}?mode=rw"
        self._connection = sqlite3.connect(
            uri, uri=True, check_same_thread=False, isolation_level=None
        )
        try:
            self._open()
        except BaseException:
            self.close()
            raise

    def _open(self) -> None:
        connection = self._connection
        for limit, most in _LIMITS:
            connection.setlimit(limit, most)
        connection.text_factory = _text
        connection.set_progress_handler(self._is_late, _INSTRUCTIONS)
        for pragma in ("trusted_schema = OFF", "cell_size_check = ON", "query_only = ON"):
            connection.execute(f"PRAGMA {pragma}")
        try:
            names = self._table_names()
        except sqlite3.DatabaseError as error:
            if _MALFORMED not in str(error):
                raise
            connection.execute("PRAGMA writable_schema = ON")  # SQLite passes over what is damaged
            names = self._table_names()
            self.fault = str(error)
        self._names = {name.lower(): name for name in names}
        self._columns: dict[str, tuple[str, ...]] = {}
        for lower, name in self._names.items():
            rows = connection.execute(f"PRAGMA table_info({_quoted(name)})").fetchmany(_COLUMNS)
            self._columns[lower] = tuple(row[1] for row in rows if isinstance(row[1], str))
        connection.set_authorizer(_authorized)

    def _table_names(self) -> list[str]:
        sql = (
            "SELECT name FROM sqlite_master WHERE type = 'table' AND rootpage > 0"
            f" AND lower(name) NOT LIKE 'sqlite^_%' ESCAPE '^' LIMIT {_TABLES}"
        )
        return [name for (name,) in self._connection.execute(sql) if isinstance(name, str)]

    def close(self) -> None:
        """Close the copy."""
        self._connection.close()

    @property
    def columns(self) -> Columns:
        """The columns of each table, by its name in lower case."""
        return self._columns

    def begin(self) -> None:
        """Begin a session, or another task with a time of its own."""
        self._until = time.process_time() + self._seconds
        self.losses.clear()

    def index(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Make indexes on these columns of the copy, where none begins with one of them.

        Without one each session would be searched for in the whole table.
        """
        self._connection.set_authorizer(None)
        try:
            self._connection.execute("PRAGMA query_only = OFF")
            for number, (table, column) in enumerate(pairs):
                if column in self._columns.get(table, ()) and not self._is_indexed(table, column):
                    self._try_index(f"hpm_index_{number}", table, column)
            self._connection.execute("PRAGMA query_only = ON")
        finally:
            self._connection.set_authorizer(_authorized)

    def _try_index(self, name: str, table: str, column: str) -> None:
        try:
            self._connection.execute(
                f"CREATE INDEX IF NOT EXISTS {name} ON {self._table(table)} ({_quoted(column)})"
            )
        except sqlite3.Error:
            return  # a damaged table: it is read without

    def _is_indexed(self, table: str, column: str) -> bool:
        name = _quoted(self._names[table])
        for row in self._connection.execute(f"PRAGMA index_list({name})").fetchmany(_COLUMNS):
            info = f"PRAGMA index_info({_quoted(str(row[1]))})"
            first = self._connection.execute(info).fetchone()
            if first is not None and first[2] == column and not row[4]:
                return True
        return False

    def values(self, column: str, selection: Selection) -> Iterator[Value]:
        """The values of one column in the selected rows; none where there is no such column."""
        if column in self._columns.get(selection.table, ()):
            for row in self.rows(selection, (column,)):
                value = row.get(column)
                if column in row and not isinstance(value, LeftOut):
                    yield value

    def rows(self, selection: Selection, only: Sequence[str] = ()) -> Iterator[Row]:
        """The selected rows, in order; ``only`` these columns of them."""
        table = selection.table
        columns = only or self._columns.get(table, ())
        columns = [name for name in columns if name not in selection.omit]
        if not columns or (selection.column and selection.column not in self._columns[table]):
            return
        number = self._row_number(table)
        if not number:
            yield from self._rows_at_once(selection, columns)
            return
        names = ", ".join(map(_quoted, columns))
        sql = f"SELECT {names} FROM {self._table(table)} WHERE {number} = ?"
        for row_number in self._row_numbers(selection, number):
            yield self._row(table, sql, columns, number, row_number)

    def owned(self, rows: OwnedRows) -> Iterator[tuple[Value, Sequence[Value]]]:
        """The session of each row that names one, and its number and values, in no set order.

        Raises ``sqlite3.Error``, also for what is damaged or too large: nothing is left out.
        """
        number = self._row_number(rows.table)
        names = [f"t.{_quoted(name)}" for name in self._columns[rows.table]]
        values = ", ".join([f"t.{number}", *names] if number else names)
        column, tables = f"t.{_quoted(rows.column)}", f"{self._table(rows.table)} t"
        session = column
        if rows.through:
            session = f"o.{_quoted(rows.session)}"
            tables += f" JOIN {self._table(rows.through)} o ON o.{_quoted(rows.key)} = {column}"
        sql = f"SELECT {session}, {values} FROM {tables} WHERE {session} IS NOT NULL"
        for owner, *row in self._connection.execute(sql):
            yield owner, row

    def _row_numbers(self, selection: Selection, number: str) -> Iterator[int]:
        where, values = self._where(selection)
        order = [*self._order(selection), number]
        sql = f"SELECT {number} FROM {self._table(selection.table)}{where}"
        cursor = self._connection.execute(f"{sql} ORDER BY {', '.join(order)}", values)
        while True:
            try:
                row = cursor.fetchone()
            except sqlite3.Error as error:
                self._lose(f'table "{selection.table}"', error)
                return
            if row is None:
                return
            yield row[0]

    def _row(
        self, table: str, sql: str, columns: Sequence[str], number: str, row_number: int
    ) -> Row:
        """One row; its columns one by one where it cannot be read as a whole."""
        try:
            values = self._connection.execute(sql, (row_number,)).fetchone()
            return dict(zip(columns, values or (), strict=False))
        except sqlite3.Error:
            self._check_time()
        row: dict[str, Value | LeftOut] = {}
        for name in columns:
            one = f"SELECT {_quoted(name)} FROM {self._table(table)} WHERE {number} = ?"
            try:
                values = self._connection.execute(one, (row_number,)).fetchone()
                row[name] = values[0] if values else None
            except sqlite3.Error as error:
                self._check_time()
                self._lose(f'table "{table}", row {row_number}, column "{name}"', error)
                row[name] = LeftOut(_reason(error))
        return row

    def _rows_at_once(self, selection: Selection, columns: Sequence[str]) -> Iterator[Row]:
        """The rows of a table without row numbers."""
        where, values = self._where(selection)
        names = ", ".join(map(_quoted, columns))
        order = [*self._order(selection), *(str(place + 1) for place in range(len(columns)))]
        sql = f"SELECT {names} FROM {self._table(selection.table)}{where}"
        try:
            for row in self._connection.execute(f"{sql} ORDER BY {', '.join(order)}", values):
                yield dict(zip(columns, row, strict=True))
        except sqlite3.Error as error:
            self._check_time()
            self._lose(f'table "{selection.table}"', error)

    def _where(self, selection: Selection) -> tuple[str, tuple[Value, ...]]:
        if not selection.column:
            return "", ()
        column = _quoted(selection.column)
        if selection.prefix and isinstance(selection.value, str):
            end = selection.value + "\U0010ffff"
            return f" WHERE {column} >= ? AND {column} < ?", (selection.value, end)
        if selection.within:
            return f" WHERE instr({column}, ?) > 0", (selection.value,)
        return f" WHERE {column} = ?", (selection.value,)

    def _order(self, selection: Selection) -> list[str]:
        known = self._columns[selection.table]
        return [_quoted(name) for name in selection.order if name in known]

    def _row_number(self, table: str) -> str:
        """The name under which a table's rows have numbers; "" where they have none."""
        if table not in self._numbers:
            taken = {name.lower() for name in self._columns[table]}
            self._numbers[table] = ""
            for name in _ROW_NUMBERS:
                if name not in taken:
                    try:
                        self._connection.execute(f"SELECT {name} FROM {self._table(table)} LIMIT 0")
                    except sqlite3.Error:
                        break
                    self._numbers[table] = name
                    break
        return self._numbers[table]

    def _table(self, table: str) -> str:
        return _quoted(self._names[table])

    def _is_late(self) -> bool:
        return time.process_time() > self._until

    def _check_time(self) -> None:
        if self._is_late():
            raise sqlite3.OperationalError(_late(self._seconds))

    def _lose(self, place: str, error: sqlite3.Error) -> None:
        self._check_time()
        self.losses.append(Loss(place, _reason(error)))


def _late(seconds: float) -> str:
    return f"it takes more than {seconds:,.0f} s of processor time, as only a damaged one does"


def _reason(error: sqlite3.Error) -> str:
    return _TOO_LARGE if isinstance(error, sqlite3.DataError) else str(error)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(data: bytes) -> str | bytes:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return WrongText(data)


def _authorized(action: int, _: str | None, name: str | None, *__: str | None) -> int:
    allowed = action in _ALLOWED or (action == sqlite3.SQLITE_FUNCTION and name == _SEARCH)
    return sqlite3.SQLITE_OK if allowed else sqlite3.SQLITE_DENY
