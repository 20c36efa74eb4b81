"""The interface of a kind of database: how it is recognised, and which rows are one session."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

import msgspec

Value = str | bytes | int | float | None  # as SQLite holds it
Columns = Mapping[str, tuple[str, ...]]  # the columns of each table, names in lower case


class Selection(msgspec.Struct, frozen=True):
    """Rows of one table, in order: all, or those whose ``column`` holds ``value``.

    ``prefix``: those whose ``column`` is text that begins with ``value``; ``within``: text that
    holds it anywhere. ``order`` names columns; those that the table lacks are passed over, and the
    rows' own numbers come last. ``omit`` names columns that are not read.
    """

    table: str
    column: str = ""
    value: Value = None
    order: tuple[str, ...] = ()
    prefix: bool = False
    within: bool = False
    omit: tuple[str, ...] = ()


class Tables(Protocol):
    """The tables of an open database. What is damaged or too large is left out of them."""

    @property
    def columns(self) -> Columns:
        """The columns of each table that holds rows; views and virtual tables are none."""
        ...

    def values(self, column: str, selection: Selection) -> Iterator[Value]:
        """The values of one column in the selected rows; none where there is no such column."""
        ...


class DatabaseKind(Protocol):
    """One kind of database. It holds no state between databases."""

    format: str  # of its sessions: "opencode"
    agent: str  # for sentences: "OpenCode"

    def recognises(self, columns: Columns, name: str) -> bool:
        """Whether a database of these tables is of this kind; ``name`` is its path.

        The path only tells apart agents that have the same tables.
        """
        ...

    def sessions(self, tables: Tables) -> Iterator[str]:
        """The ids of the sessions, each once."""
        ...

    def selections(self, tables: Tables, session: str) -> Iterator[Selection]:
        """The rows of a session, in the order in which its reader wants them."""
        ...

    def indexes(self, columns: Columns) -> Sequence[tuple[str, str]]:
        """The (table, column) pairs that selections ask for: the copy gets an index on each."""
        ...


def has(columns: Columns, table: str, *wanted: str) -> bool:
    """Whether a table is there with all these columns."""
    return table in columns and set(wanted) <= set(columns[table])
