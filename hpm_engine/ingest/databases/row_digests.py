"""Digests of sessions' rows: whether a session changed, without telling it in lines.

Times and counts that agents keep are not believed: all values are read, table by table, and each
row is counted to the sessions that it is told in. Rows of sessions that are not there, such as
deleted ones, are counted to all.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Protocol, runtime_checkable

import msgspec

from hpm_engine.ingest.databases.kind import Columns, Value, has
from hpm_engine.ingest.databases.row_lines import WrongText
from hpm_engine.version import __version__


def _told_apart(value: object) -> object:
    """Text that is no UTF-8, which is no blob."""
    if isinstance(value, WrongText):
        return "text", bytes(value)
    raise TypeError(f"no value of SQLite: {type(value).__name__}")


_ENCODER = msgspec.msgpack.Encoder(enc_hook=_told_apart)


class OwnedRows(msgspec.Struct, frozen=True):
    """The session of each row of a table: ``column`` names it, or a row of another table.

    With ``through`` it is named by ``session`` of the row there whose ``key`` is ``column``'s.
    """

    table: str
    column: str
    through: str = ""
    key: str = ""
    session: str = ""


@runtime_checkable
class Owner(Protocol):
    """A kind of database that knows whose each row is."""

    format: str

    def owned(self, columns: Columns) -> Sequence[OwnedRows]:
        """All rows that its ``selections`` may choose, by the session that they are chosen for."""
        ...


class OwnedTables(Protocol):
    """The tables of an open database."""

    @property
    def columns(self) -> Columns:
        """The columns of each table."""
        ...

    def owned(self, rows: OwnedRows) -> Iterator[tuple[Value, Sequence[Value]]]:
        """The session of each row that names one, with its values. Raises ``sqlite3.Error``."""
        ...


def by_session_id(columns: Columns, *but: str) -> Iterator[OwnedRows]:
    """The tables whose rows name their session as ``session_id``, ``but`` these."""
    for table in sorted(columns.keys() - set(but)):
        if has(columns, table, "session_id"):
            yield OwnedRows(table, "session_id")


def row_digests(kind: object, tables: OwnedTables, sessions: Sequence[str]) -> Mapping[str, bytes]:
    """The digest (SHA-256) of each session's rows; empty where they cannot all be read.

    Equal digests mean that a session is told in the same lines by this version of the program.
    """
    if not isinstance(kind, Owner):
        return {}
    shape = sorted((table, *names) for table, names in tables.columns.items())
    begin = _ENCODER.encode((__version__, kind.format, shape))
    hashes = {session: sha256(begin + _ENCODER.encode(session)) for session in sessions}
    others = sha256()
    try:
        for owned in kind.owned(tables.columns):
            name = _ENCODER.encode((owned.table, owned.column))
            for session, row in tables.owned(owned):
                known = hashes.get(str(session))  # as kinds name it: some ids are numbers
                (others if known is None else known).update(name + _ENCODER.encode(row))
    except (sqlite3.Error, OverflowError):  # what is damaged or too large is found on telling it
        return {}
    rest = others.digest()
    for known in hashes.values():
        known.update(rest)
    return {session: known.digest() for session, known in hashes.items()}
