"""The columns that rows of one kind are read from: one entry for each field of their value."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import starmap
from typing import Any, Generic, NamedTuple, TypeVar

import msgspec

T = TypeVar("T", bound=msgspec.Struct)


class ReadBy(NamedTuple):
    """A column whose stored form is another than the field's: ``read`` makes the one of the other.

    ``read`` raises ``ValueError``, ``LookupError`` or ``TypeError`` for what was never written.
    """

    sql: str
    read: Callable[[Any], Any]


GIVEN = ReadBy("NULL", lambda _: None)  # a field that no column holds: ``values`` is given it


class Columns(Generic[T]):
    """How values of one kind are read from SQL: by the names of their fields.

    ``columns`` has for each field of ``kind`` the expression that gives it, in any order: ``sql``
    lists them in the order of the fields, whatever that is. So a field may be added anywhere in a
    value, an entry anywhere here, and a column anywhere in a table, and nothing is shifted.

    Raises ``ValueError`` where a field has no entry, or an entry no field: on import.
    """

    def __init__(self, kind: type[T], columns: Mapping[str, str | ReadBy]) -> None:
        fields = kind.__struct_fields__
        if astray := set(fields) ^ set(columns):
            raise ValueError(f"{kind.__name__}: {', '.join(sorted(astray))}: no field, or no entry")
        entries = [columns[field] for field in fields]
        self.sql = ", ".join(entry if isinstance(entry, str) else entry.sql for entry in entries)
        self._kind = kind
        self._index = {field: index for index, field in enumerate(fields)}
        self._given = {field for field in fields if columns[field] is GIVEN}
        self._read = [
            (index, entry.read)
            for index, entry in enumerate(entries)
            if isinstance(entry, ReadBy) and entry is not GIVEN
        ]

    def value(self, row: Sequence[Any], **given: Any) -> T:
        """The value of a row of ``sql``; ``given`` are the fields that no column holds."""
        return self.values([row], **{field: [value] for field, value in given.items()})[0]

    def values(self, rows: Iterable[Sequence[Any]], **given: Iterable[Any]) -> list[T]:
        """The value of each row of ``sql``; ``given`` has such fields for each of them, in order.

        Raises ``ValueError`` for rows of another length, and what ``read`` raises.
        """
        if given.keys() != self._given:
            raise ValueError(f"given: {sorted(given)}; to be given: {sorted(self._given)}")
        # A column at a time: in rows of many fields it takes a third of what a row at a time does.
        columns: list[Iterable[Any]] = list(zip(*rows, strict=True))
        if not columns:
            return []
        if len(columns) != len(self._index):
            raise ValueError(f"rows of {len(columns)} columns, not of {len(self._index)}")
        for index, read in self._read:
            columns[index] = map(read, columns[index])
        for field, values in given.items():
            columns[self._index[field]] = values
        return list(starmap(self._kind, zip(*columns, strict=True)))


def insertion(table: str, columns: Iterable[str], verb: str = "INSERT") -> str:
    """The statement that writes a row: a ``?`` for each column, in the order in which they stand.

    Whatever other columns the table has, and wherever, get their defaults.
    """
    names = list(columns)
    return f"{verb} INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
