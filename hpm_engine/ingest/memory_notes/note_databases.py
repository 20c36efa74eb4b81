"""Databases that hold notes: the whole memory is one source, its notes are read from its rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from hpm_engine.ingest.databases.kind import Columns, Selection, Tables, has
from hpm_engine.ingest.databases.row_lines import ROW_LINE, cell_text, told_by
from hpm_engine.ingest.memory_notes.reader import NoteReader
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.sources.typed_records import typed_records
from hpm_engine.values.memory_notes import MemoryNoteDraft

_ALL = "notes"  # the one member of such a database

Row = Mapping[str, object]
Rows = Mapping[str, list[Row]]  # the rows of each table that is read


def text_of(row: Row, column: str) -> str:
    """The text of a column; "" for none."""
    return cell_text(row.get(column))


class NoteTables(NamedTuple):
    """Which tables of a database are read for its notes, and by which columns it is known.

    ``order`` has for each table the columns that its rows are sorted by; ``marks`` are columns that
    tables have to have.
    """

    order: Mapping[str, tuple[str, ...]]
    marks: Mapping[str, tuple[str, ...]]


class NoteDatabase:
    """A database of notes, as ``DatabaseKind``: all its rows are one member."""

    def __init__(self, format_: str, agent: str, tables: NoteTables) -> None:
        self.format, self.agent = format_, agent
        self._tables = tables

    def recognises(self, columns: Columns, name: str) -> bool:
        """Whether the tables are there, with the columns by which they are known."""
        marks = self._tables.marks.items()
        return all(has(columns, table, *wanted) for table, wanted in marks)

    def sessions(self, tables: Tables) -> Iterator[str]:
        """The one member."""
        yield _ALL

    def selections(self, tables: Tables, session: str) -> Iterator[Selection]:
        """All rows of the tables that are read."""
        for table, order in self._tables.order.items():
            if table in tables.columns:
                yield Selection(table, order=order)

    def indexes(self, columns: Columns) -> Sequence[tuple[str, str]]:
        """None: the tables are read from end to end."""
        return ()


class NoteDatabaseReader(NoteReader):
    """The notes of a database, from the lines of its rows."""

    def __init__(
        self,
        format_: str,
        notes_of: Callable[[Rows, SourceFile], Iterator[MemoryNoteDraft]],
    ) -> None:
        self.format = format_
        self._notes_of = notes_of

    def recognises(self, source: SourceFile) -> bool:
        """Whether the lines are rows of such a database."""
        return told_by(source, self.format)

    def notes(self, source: SourceFile) -> Iterator[MemoryNoteDraft]:
        """The notes in the order of their rows."""
        rows: dict[str, list[Row]] = {}
        for located in typed_records(source, ROW_LINE, "a row"):
            if located.record.table:
                rows.setdefault(located.record.table, []).append(located.record.row)
            else:
                source.account.pass_over("the head of a database's rows")
        yield from self._notes_of(rows, source)
